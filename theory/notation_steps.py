"""Symbols that only the printed proof steps use: name, meaning, domain, unit, LaTeX.

F' = (2 eta/n^2) sum_i grad f^i(X^i) is the mean step with full gradients, F the step taken.
"""

STEP_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    # one step, all agents
    ("R1", "||(1/n) sum_i grad f^i(X^i)||^2", "real >= 0", "f^2/x^2", "R_1"),
    ("R2", "<mu - x*, (1/n) sum_i grad f^i(X^i)>", "real", "f", "R_2"),
    ("R3", "||E_t(F' - F)||", "real >= 0", "x", "R_3"),
    ("descent_sq", "||mu - x* - F'||^2", "real >= 0", "x^2", r"\|\mu_t-x^*-F'\|^2"),
    ("F_err_sq", "E_t||F' - F||^2", "real >= 0", "x^2", r"E_t\|F'-F\|^2"),
    ("F_cross", "E_t<mu - x* - F', F' - F>", "real", "x^2", r"E_t\langle\mu_t-x^*-F',F'-F\rangle"),
    ("spread_sum", "sum_{i != j} <X^i - mu, X^j - mu>", "real", "x^2", r"P_1 n^2(n-1)"),
    ("M_G0", "sum over N0 of E||G^i||^2", "real >= 0", "f^2/x^2", r"\sum_{N_0}E\|G^i\|^2"),
    ("M_G1", "sum over N1 of E||G^i||^2", "real >= 0", "f^2/x^2", r"\sum_{N_1}E\|G^i\|^2"),
    ("g0_sq", "sum over N0 of ||grad f^i(X^i)||^2", "real >= 0", "f^2/x^2", r"\sum_{N_0}g_i^2"),
    ("g1_sq", "sum over N1 of ||grad f^i(X^i)||^2", "real >= 0", "f^2/x^2", r"\sum_{N_1}g_i^2"),
    ("Gamma0", "sum over N0 of ||X^i - mu||^2", "real >= 0", "x^2", r"\sum_{N_0}\|X^i-\mu\|^2"),
    ("Gamma1", "sum over N1 of ||X^i - mu||^2", "real >= 0", "x^2", r"\sum_{N_1}\|X^i-\mu\|^2"),
    (
        "grad_two_means_sq",
        "||(1/n0) sum_{N0} grad f^i(mu) + (1/n1) sum_{N1} grad f^i(mu)||^2",
        "real >= 0",
        "f^2/x^2",
        r"\|\tfrac1{n_0}\sum_{N_0}\nabla f^i(\mu)+\tfrac1{n_1}\sum_{N_1}\nabla f^i(\mu)\|^2",
    ),
    (
        "grad_weighted_sq",
        "||(n0/n) (1/n0) sum_{N0} grad f^i(mu) + (n1/n) (1/n1) sum_{N1} grad f^i(mu)||^2",
        "real >= 0",
        "f^2/x^2",
        r"\|\tfrac1n\sum_i\nabla f^i(\mu)\|^2",
    ),
    # one agent
    ("to_mean_dot_g", "<mu - X^i, grad f^i(X^i)>", "real", "f", r"\langle\mu-X^i,g_i\rangle"),
    ("to_mean_rise", "f^i(mu) - f^i(X^i)", "real", "f", r"f^i(\mu)-f^i(X^i)"),
    ("to_mean_sq", "||mu - X^i||^2", "real >= 0", "x^2", r"\|\mu-X^i\|^2"),
    (
        "to_mean_grad_sq",
        "||grad f^i(mu) - grad f^i(X^i)||^2",
        "real >= 0",
        "f^2/x^2",
        r"\|\nabla f^i(\mu)-\nabla f^i(X^i)\|^2",
    ),
    ("off_dot_g", "<X^i - x*, grad f^i(X^i)>", "real", "f", r"\langle X^i-x^*,g_i\rangle"),
    ("off_rise", "f^i(X^i) - f^i(x*)", "real", "f", r"f^i(X^i)-f^i(x^*)"),
    ("off_sq", "||X^i - x*||^2", "real >= 0", "x^2", r"\|X^i-x^*\|^2"),
    # one function at two points
    (
        "grad_gap",
        "||grad f^i(x) - grad f^i(y)||",
        "real >= 0",
        "f/x",
        r"\|\nabla f^i(x)-\nabla f^i(y)\|",
    ),
    (
        "bregman",
        "f^i(x) - f^i(y) - <x - y, grad f^i(y)>",
        "real",
        "f",
        r"f^i(x)-f^i(y)-\langle x-y,\nabla f^i(y)\rangle",
    ),
    # noise, and weights of a run
    ("noise_first", "E||grad F^i - grad f^i||", "real >= 0", "f/x", r"E\|\nabla F^i-\nabla f^i\|"),
    (
        "noise_second",
        "E||grad F^i - grad f^i||^2",
        "real >= 0",
        "f^2/x^2",
        r"E\|\nabla F^i-\nabla f^i\|^2",
    ),
    ("S_T", "the divisor of y_T", "real > 0", "1", "S_T"),
    ("w_T", "the last weight", "real > 0", "1", "w_T"),
)
"""Appended to the notation."""
