"""Is it true, and how tight? Ground truth, exact evidence, verdicts, the audit.

claim -> `instance` -> ground truth (`optimum`) -> evidence (`onestep`, `trajectory`) -> `judge`,
where alone claims meet evidence -> `verdict`, `audit`. Nothing is re-exported here, so that
evidence does not import claims with its package.
"""
