"""The proof checker: exact signs, quadratic forms over families, and the run of a proof."""
