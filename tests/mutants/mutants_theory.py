"""Wrong versions of what is claimed: bounds, definitions of the proof language, its axioms."""

from case import Mutant

FORMULA = (
    "tests/theory/test_published_formulas.py::"
    "test_encoded_bound_equals_the_formula_typed_from_the_paper"
)
ACCEPTED = "tests/verify/test_proof_checker.py::test_every_proof_on_record_is_accepted"
IDENTITY = (
    "tests/theory/test_identities.py::"
    "test_identities_of_one_interaction_equal_the_average_over_all_outcomes"
)
AXIOMS = "tests/theory/test_axioms.py"

BOUNDS = (
    Mutant(
        "lemma 2: 4 is 2",
        "theory/published/lemmas.py",
        "(1 - 1 / (2 * n)) * Gamma + 4 / n * eta**2 * M_G",
        "(1 - 1 / (2 * n)) * Gamma + 2 / n * eta**2 * M_G",
        f"{FORMULA}[0-lemma-2]",
        "a bound's constant",
        quick=True,
    ),
    Mutant(
        "lemma 10: exponent 1 for 3/2",
        "theory/published/lemmas.py",
        "LEMMA_10 = eta * n0 * L * (d + 3) ** sp.Rational(3, 2) / (2 * c * n)",
        "LEMMA_10 = eta * n0 * L * (d + 3) / (2 * c * n)",
        f"{FORMULA}[0-lemma-10]",
        "a bound's exponent",
    ),
    Mutant(
        "lemma 13: 448 is 445",
        "theory/published/lemmas.py",
        "(96 * d + 448)",
        "(96 * d + 445)",
        f"{FORMULA}[0-lemma-13]",
        "a digit of a constant",
    ),
    Mutant(
        "lemma 20: a sign",
        "theory/published/lemmas.py",
        "(2 * L * GRADIENTS * eta**2 / n**3 - eta / n) * grad_sq",
        "(2 * L * GRADIENTS * eta**2 / n**3 + eta / n) * grad_sq",
        f"{FORMULA}[0-lemma-20]",
        "ascent in place of descent",
    ),
    Mutant(
        "lemma 11: the limit of the step size doubled",
        "theory/published/lemmas.py",
        "STEP_11 = sp.Le(eta, 1 / (14 * L * sp.sqrt(d + 4)))",
        "STEP_11 = sp.Le(eta, 1 / (7 * L * sp.sqrt(d + 4)))",
        f"{ACCEPTED}[lemma-11-published]",
        "a hypothesis that is too weak for the claim",
    ),
    Mutant(
        "theorem 1.1: S_T without T",
        "theory/published/theorems.py",
        "S_T = T * w_T",
        "S_T = w_T",
        f"{FORMULA}[0-theorem-1.1]",
        "the sum of the weights as one of them",
    ),
    Mutant(
        "repaired lemma 20: L as printed",
        "theory/repaired/lemmas.py",
        "12 * L**3 * (d + 4)",
        "12 * L * (d + 4)",
        f"{ACCEPTED}[lemma-20-repaired]",
        "the published mistake in the repaired edition",
    ),
    Mutant(
        "repaired theorem 1.1 explicit: 81 is 8",
        "theory/repaired/theorems.py",
        "noise = 81 * (d + 4) * n0 * vs0",
        "noise = 8 * (d + 4) * n0 * vs0",
        f"{ACCEPTED}[theorem-1.1-explicit-repaired]",
        "a constant below what the proof gives",
    ),
    Mutant(
        "identity: consensus contracts too fast",
        "theory/sharp/identities.py",
        "(n - 2) / (n - 1) * Gamma",
        "(n - 2) / n * Gamma",
        IDENTITY,
        "n for n - 1",
    ),
    Mutant(
        "identity: distance with half the drift",
        "theory/sharp/identities.py",
        "a_sq - 4 * eta / n * mu_m",
        "a_sq - 2 * eta / n * mu_m",
        IDENTITY,
        "one agent only steps",
    ),
    Mutant(
        "identity: the sixth moment of a norm",
        "theory/sharp/identities.py",
        "d * (d + 2) * (d + 4),",
        "d * (d + 1) * (d + 4),",
        "tests/theory/test_identities.py::"
        "test_the_sixth_moment_of_the_norm_is_the_sum_over_coordinates",
        "a Gaussian moment",
    ),
    Mutant(
        "mixing: the gap of the complete graph",
        "theory/sharp/mixing.py",
        'return _pairs("pair", 1 / (n - 1), aligned=True)',
        'return _pairs("pair", 1 / n, aligned=True)',
        "tests/verify/sharp/test_recursions.py::"
        "test_second_moments_of_the_mixing_are_those_of_all_meetings[4-pair]",
        "the rate at which agents come to agree",
    ),
    Mutant(
        "evaluation: sums are products",
        "theory/evaluate.py",
        "out = out + part(values) if adding else out * part(values)",
        "out = out * part(values)",
        "tests/theory/test_evaluation.py::test_exact_evaluation_gives_the_rational_itself",
        "the one place where every bound becomes a number",
    ),
    Mutant(
        "evaluation: the slack of a condition turned round",
        "theory/evaluate.py",
        "return value_of(relation.gts, values) - value_of(relation.lts, values)",
        "return value_of(relation.lts, values) - value_of(relation.gts, values)",
        "tests/theory/test_evaluation.py::test_a_condition_on_its_limit_has_no_slack",
        "hypotheses are met where they are violated",
    ),
)

DEFINITIONS = (
    Mutant(
        "definition: Gamma unnormalised",
        "theory/proofs/definitions.py",
        '"Gamma": everywhere("x", "x") / n,',
        '"Gamma": everywhere("x", "x"),',
        f"{AXIOMS}::test_definitions_are_the_quantities_of_a_population",
        "n Gamma in every proof",
    ),
    Mutant(
        "definition: the mean of the pair's step",
        "theory/proofs/definitions.py",
        "step = _times(_G, -eta / n)",
        "step = _times(_G, -eta / (2 * n))",
        f"{ACCEPTED}[identity-distance-sharp]",
        "one agent only steps",
    ),
    Mutant(
        "definition: pairs drawn with replacement",
        "theory/proofs/definitions.py",
        "- same) / (n * (n - 1))",
        "- same) / n**2",
        f"{ACCEPTED}[identity-pair-second-moment-sharp]",
        "an agent may meet itself",
    ),
    Mutant(
        "definition: both agents use the same u",
        "theory/proofs/definitions.py",
        'if p[1] == q[1] == "G":',
        'if "G" in (p[1], q[1]):',
        f"{ACCEPTED}[identity-consensus-sharp]",
        "<G, x> taken for the second moment of G",
    ),
    Mutant(
        "definition: average with a weight",
        "theory/proofs/definitions.py",
        'for name, a in (("x", ONE / 2), ("G", -eta / 2))',
        'for name, a in (("x", 2 * ONE / 3), ("G", -2 * eta / 3))',
        f"{ACCEPTED}[identity-consensus-sharp]",
        "the two models after a meeting",
    ),
    Mutant(
        "definition: a matching that leaves nobody alone",
        "theory/proofs/definitions.py",
        "alone = 1 - 2 * (1 - rho) * (n - 1) / n",
        "alone = 0 * n",
        "tests/verify/sharp/test_laws.py"
        "::test_definitions_of_a_step_are_the_means_over_all_meetings[matching-ring-5]",
        "odd numbers of agents",
    ),
    Mutant(
        "definition: edges counted twice",
        "theory/proofs/definitions.py",
        "return same / n - met(first, second) / 2",
        "return same / n - met(first, second)",
        "tests/verify/sharp/test_laws.py"
        "::test_definitions_of_a_step_are_the_means_over_all_meetings[graph-ring-5]",
        "who meets along an edge",
    ),
    Mutant(
        "definition: M_f with the weights exchanged",
        "theory/proofs/definitions.py",
        '(alpha0 * everywhere_in(0, "g") + alpha1 * everywhere_in(1, "g")) / n',
        '(alpha1 * everywhere_in(0, "g") + alpha0 * everywhere_in(1, "g")) / n',
        f"{AXIOMS}::test_definitions_are_the_quantities_of_a_population",
        "alpha0 belongs to the zeroth-order agents",
    ),
    Mutant(
        "definition: n1 = n",
        "theory/proofs/definitions.py",
        "{n1: n - n0, nu: eta / c}",
        "{n1: n, nu: eta / c}",
        f"{AXIOMS}::test_expanding_keeps_the_value_of_a_parameter",
        "first-order agents counted twice",
    ),
    Mutant(
        "definition: nu = eta c",
        "theory/proofs/definitions.py",
        "{n1: n - n0, nu: eta / c}",
        "{n1: n - n0, nu: eta * c}",
        f"{AXIOMS}::test_expanding_keeps_the_value_of_a_parameter",
        "the smoothing radius",
    ),
    Mutant(
        "Gaussian moments: degree off by 2",
        "theory/proofs/gaussian.py",
        "return (d + degree) * moment(squares - 1, *vectors)",
        "return (d + degree + 2) * moment(squares - 1, *vectors)",
        f"{ACCEPTED}[identity-sixth-moment-sharp]",
        "E||u||^2 = d + 2",
    ),
    Mutant(
        "series: w_t = q^t",
        "theory/proofs/series.py",
        "S_T = GROWTH / RATE",
        "S_T = GROWTH / (2 * RATE)",
        f"{AXIOMS}::test_the_sum_of_the_weights_is_that_of_a_geometric_series",
        "half the weights",
    ),
    Mutant(
        "vectors: the size of a group is forgotten",
        "theory/proofs/vectors.py",
        "return sp.Add(*parts, size * rest)",
        "return sp.Add(*parts, rest)",
        f"{AXIOMS}::test_a_common_vector_counts_once_for_every_agent_of_a_group",
        "a common vector counted once in a sum over agents",
    ),
)

FALSE_AXIOMS = (
    Mutant(
        "axiom: smoothness with L for L^2",
        "theory/proofs/axioms.py",
        "return _known(L**2 * over(group, x, x) - over(group, change, change)",
        "return _known(L * over(group, x, x) - over(group, change, change)",
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[lipschitz]",
        "false for L > 1",
    ),
    Mutant(
        "axiom: A3 without the number of agents",
        "theory/proofs/axioms.py",
        "_known(SIZES[group] * vs_sq[group] - over(group, away, away)",
        "_known(vs_sq[group] - over(group, away, away)",
        f"{AXIOMS}::test_a_common_vector_counts_once_for_every_agent_of_a_group",
        "a mean for a sum",
    ),
    Mutant(
        "axiom: gradient at the mean with L for 2 L",
        "theory/proofs/axioms.py",
        "return _known(2 * L * e - inner(h_bar, h_bar)",
        "return _known(L * e - inner(h_bar, h_bar)",
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[gradient_at_mean]",
        "a factor 2",
    ),
    Mutant(
        "axiom: monotone the wrong way",
        "theory/proofs/axioms.py",
        'return _known(over(group, member("x", group), change), "convexity", "convex")',
        'return _known(-over(group, member("x", group), change), "convexity", "convex")',
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[monotone]",
        "a sign",
    ),
    Mutant(
        "axiom: strong convexity with l for l/2",
        "theory/proofs/axioms.py",
        'level("f_X", group) - over(group, g, away) + l / 2 * over(group, away, away)',
        'level("f_X", group) - over(group, g, away) + l * over(group, away, away)',
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[convexity_at]",
        "twice the curvature",
    ),
    Mutant(
        "axiom: smoothness with L/4 for L/2",
        "theory/proofs/axioms.py",
        'level("f_X", group) - over(group, g, x) + L / 2 * over(group, x, x)',
        'level("f_X", group) - over(group, g, x) + L / 4 * over(group, x, x)',
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[smoothness_at]",
        "half the curvature",
    ),
    Mutant(
        "axiom: Jensen the wrong way",
        "theory/proofs/axioms.py",
        'Total(sp.Symbol("G_sq"), group) - own("m", "m", group), "Jensen"',
        'own("m", "m", group) - Total(sp.Symbol("G_sq"), group), "Jensen"',
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[second_moment]",
        "E||G||^2 <= ||m||^2",
    ),
    Mutant(
        "axiom: forward gradients with d/rv",
        "theory/proofs/axioms.py",
        'q = (d + 1) / symbols("rv")[0] + 1',
        'q = d / symbols("rv")[0] + 1',
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[forward_square]",
        "d + 1 is exact, d is too small",
    ),
    Mutant(
        "axiom: descent with L/4",
        "theory/proofs/axioms.py",
        "return _known(drift + L / 2 * step_sq - f_step",
        "return _known(drift + L / 4 * step_sq - f_step",
        f"{AXIOMS}::test_axioms_hold_on_quadratic_populations[smooth_descent]",
        "half the curvature",
    ),
)

THEORY = (*BOUNDS, *DEFINITIONS, *FALSE_AXIOMS)
