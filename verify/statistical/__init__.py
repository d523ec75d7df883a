"""Verdicts from simulated replicas, where trajectories have no exact evidence.

Confidence bounds valid at every sample size (`bounds`), replicas (`replicas`), verdicts.
"""
