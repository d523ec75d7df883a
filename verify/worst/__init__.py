"""Worst cases of one step by semidefinite programming, certified outside the solver."""
