"""Pictures, one module a figure: each reads stored rows and never simulates."""

from paper_figures.bound_vs_exact import draw, save

__all__ = ["draw", "save"]
