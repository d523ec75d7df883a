"""The language of proofs: vectors, definitions, axioms, and proofs as data."""
