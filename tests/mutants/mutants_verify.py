"""Wrong versions of what judges: exact evidence, verdicts, the proof checker."""

from case import Mutant

PAIRS = (
    "tests/verify/onestep/test_onestep_exact.py::"
    "test_identities_and_enumeration_of_pairs_give_the_same_narrow_ball"
)
ALGORITHM = (
    "tests/verify/onestep/test_onestep_algorithm.py::test_one_interaction_agrees_with_algorithm_1"
)
ENUMERATION = (
    "tests/verify/trajectory/test_moments_exact.py::"
    "test_both_forms_equal_the_enumeration_of_meetings"
)
JUDGE = "tests/verify/test_judge.py"
CHECKER = "tests/verify/test_proof_checker.py"
SOUND = "tests/verify/test_proof_soundness.py"

EVIDENCE = (
    Mutant(
        "pair identity: the cross term doubled",
        "verify/onestep/pairs.py",
        "pair_sq = 2 * S + 2 * (whole @ whole",
        "pair_sq = 2 * S + 4 * (whole @ whole",
        f"{PAIRS}[a_sq_next-quadratic]",
        "a factor 2 in E||G_i + G_j||^2",
    ),
    Mutant(
        "pair identity: consensus without its cross term's share",
        "verify/onestep/pairs.py",
        "- 2 * eta * (n - 2) * x_dot_m / (n * (n - 1))",
        "- 2 * eta * x_dot_m / (n - 1)",
        f"{PAIRS}[Gamma_next-quadratic]",
        "(n - 2)/n is forgotten",
    ),
    Mutant(
        "pair identity: the mean takes one step",
        "verify/onestep/pairs.py",
        "step = -2 * eta * whole / (n * n)",
        "step = -eta * whole / (n * n)",
        f"{PAIRS}[a_sq_next-quadratic]",
        "one agent only steps",
    ),
    Mutant(
        "enumeration: Gamma unnormalised",
        "verify/onestep/pairs.py",
        "(others + 2 * met) / n - mean_step_sq",
        "(others + 2 * met) - mean_step_sq",
        f"{PAIRS}[Gamma_next-quadratic]",
        "n Gamma",
    ),
    Mutant(
        "enumeration: one of the pair keeps its model",
        "verify/onestep/pairs.py",
        "(others + 2 * met) / n - mean_step_sq",
        "(others + met) / n - mean_step_sq",
        f"{PAIRS}[Gamma_next-quadratic]",
        "the second of the pair is lost",
    ),
    Mutant(
        "moments: directions share nothing",
        "verify/onestep/kinds.py",
        "return one / directions + mean_norm_sq * (directions - 1) / directions",
        "return one / directions",
        f"{ALGORITHM}[2-3-quadratic]",
        "the mean's part of an average of rv directions is forgotten",
    ),
    Mutant(
        "moments: curvature of the two-point estimate halved",
        "verify/onestep/quadratic.py",
        "return nu * nu / 4 * (len(A) + 4) * (trace * trace + 2 * (A * A).sum())",
        "return nu * nu / 4 * (len(A) + 4) * (trace * trace + (A * A).sum())",
        "tests/verify/onestep/test_onestep_smoothing.py"
        "::test_smoothing_in_one_dimension_is_the_certified_integral[0.25-0.7-quadratic]",
        "E (u'Au)^2 = (tr A)^2 + 2 tr A^2",
    ),
    Mutant(
        "Gaussian moments: E u^4 = 1",
        "verify/onestep/gaussian.py",
        "_MOMENT = (1, 0, 1, 0, 3, 0, 15)",
        "_MOMENT = (1, 0, 1, 0, 1, 0, 15)",
        "tests/verify/onestep/test_onestep_exact.py::test_gaussian_moments_by_coordinates",
        "a variance in place of a kurtosis",
    ),
    Mutant(
        "quadrature: the error bound left out",
        "verify/onestep/quadrature.py",
        "return (self._aliasing(big) + tail).upper()",
        "return (tail * 0).upper()",
        "tests/verify/onestep/test_onestep_quadrature.py::"
        "test_a_coarse_rule_contains_the_exact_value[14]",
        "a quadrature that calls itself exact",
    ),
    Mutant(
        "meetings: the probability of a pair",
        "verify/trajectory/model.py",
        "meet, gone = 2 * one / (n * (n - 1)), 2 * one / n",
        "meet, gone = one / (n * (n - 1)), 2 * one / n",
        f"{ENUMERATION}[3-1-own-pair]",
        "ordered pairs for unordered ones",
    ),
    Mutant(
        "meetings: an idle agent in every matching",
        "verify/trajectory/model.py",
        "meet, idle, both = one / n, one / n, one / (n * (n - 2))",
        "meet, idle, both = one / n, one / n, one / (n * (n - 1))",
        f"{ENUMERATION}[5-2-own-matching]",
        "two pairs of a matching meet as if they were independent",
    ),
    Mutant(
        "moments of a run: H of the two-point estimate",
        "verify/trajectory/model.py",
        "(trace * trace + 2 * square) * r + 4 * trace * a * r + 8 * a * a * r",
        "(trace * trace + 2 * square) * r + 4 * trace * a * r + 4 * a * a * r",
        "tests/verify/trajectory/test_moments_exact.py::"
        "test_a_population_of_one_kind_is_exact[1-two-point]",
        "8 A^2 in Isserlis's formula",
    ),
    Mutant(
        "powers: one step too few",
        "verify/trajectory/powers.py",
        "return first + second + product(first, second)",
        "return first + second",
        "tests/verify/trajectory/test_moments_runs.py::"
        "test_a_thousand_million_interactions_reach_the_fixed_point",
        "(I + E)^2 = I + 2 E",
    ),
    Mutant(
        "evidence: Gamma unnormalised",
        "verify/onestep/measure.py",
        '"Gamma": lambda s: (s.away * s.away).sum() / s.n',
        '"Gamma": lambda s: (s.away * s.away).sum()',
        f"{ALGORITHM}[3-1-quadratic]",
        "every claim about Gamma would be judged with n Gamma",
    ),
    Mutant(
        "evidence: error of the estimator, sign",
        "verify/onestep/measure.py",
        "return state.second[agent] - 2 * (state.m[agent] @ g) + g @ g",
        "return state.second[agent] + 2 * (state.m[agent] @ g) + g @ g",
        f"{ALGORITHM}[3-1-quadratic]",
        "E||G + g||^2 for E||G - g||^2",
    ),
)

VERDICTS = (
    Mutant(
        "judge: overlapping balls hold",
        "verify/judge.py",
        'return "undecided", f"balls',
        'return "holds", f"balls',
        f"{JUDGE}::test_balls_decide[subject4-lhs4-rhs4-undecided]",
        "what is undecided is called true",
        quick=True,
    ),
    Mutant(
        "judge: sides exchanged",
        "verify/judge.py",
        'small, large = (rhs, lhs) if relation == ">="',
        'small, large = (rhs, lhs) if relation == "<="',
        f"{JUDGE}::test_swapped_sides_are_caught",
        "every upper bound is read as a lower one",
    ),
    Mutant(
        "judge: enclosures as wide as the terms decide",
        "verify/judge.py",
        "ENCLOSURE_WIDTH = 1e-12",
        "ENCLOSURE_WIDTH = 1e12",
        f"{JUDGE}::test_balls_decide[subject12-lhs12-rhs12-not-exact]",
        "an identity holds wherever its evidence is loose",
    ),
    Mutant(
        "judge: claims speak outside their hypotheses",
        "verify/judge.py",
        'return Judgement("silent", reason) if reason else judge_admitted(claim, instance)',
        "return judge_admitted(claim, instance)",
        f"{JUDGE}::test_a_claim_outside_its_hypotheses_is_silent",
        "instances beyond the step size would refute the claim",
    ),
    Mutant(
        "hypotheses: ties to the float",
        "verify/hypotheses.py",
        'numbers["c"] = numbers["eta"] / numbers["nu"]',
        'numbers["c"] = ball(float(instance.eta) / float(instance.nu))',
        f"{JUDGE}::test_c_is_eta_over_nu_exactly",
        "a rounded quotient where an exact one is promised",
    ),
    Mutant(
        "balls: precision of a float",
        "verify/balls.py",
        "PRECISION_BITS = 256",
        "PRECISION_BITS = 53",
        "tests/verify/test_balls.py::test_the_working_precision_is_256_bits",
        "balls as wide as rounding errors of floats",
    ),
    Mutant(
        "balls: half of an enclosure",
        "verify/balls.py",
        "return lower.union(upper)",
        "return lower",
        "tests/verify/test_balls.py::test_between_covers_both_numbers_and_what_lies_between",
        "f* is its lower bound",
    ),
    Mutant(
        "twins: a smaller constant is a larger one",
        "verify/twins.py",
        'return LARGER if subtracted == (claim.relation == "<=") else SMALLER',
        'return SMALLER if subtracted == (claim.relation == "<=") else LARGER',
        "tests/verify/test_twins.py::test_a_subtracted_constant_is_made_larger",
        "twins that are weaker than the claim",
    ),
)

CHECKING = (
    Mutant(
        "checker: a negative multiplier is accepted",
        "verify/proofs/check.py",
        'self.nonnegative(sp.sympify(multiplier), f"the multiplier {multiplier}")',
        "pass",
        f"{CHECKER}::test_a_negative_multiplier_is_refused",
        "an inequality used backwards",
    ),
    Mutant(
        "checker: the rest is not looked at",
        "verify/proofs/check.py",
        'self.nonnegative(rest, "the terms that are left")',
        "pass",
        f"{SOUND}::test_a_false_constant_is_not_accepted",
        "noise terms of any size are proved",
    ),
    Mutant(
        "checker: the form is not looked at",
        "verify/proofs/check.py",
        "found = semidefinite(form, self.region)",
        "found = semidefinite({}, self.region)",
        f"{CHECKER}::test_an_indefinite_form_is_refuted_with_numbers",
        "quadratic forms are proved without being definite",
    ),
    Mutant(
        "checker: assumptions are not compared",
        "verify/proofs/check.py",
        "known.assumptions - self.claim.assumptions - kinds",
        "frozenset[str]()",
        f"{CHECKER}::test_an_axiom_outside_its_assumptions_is_refused",
        "convexity in a proof about functions that are not",
    ),
    Mutant(
        "checker: unproved claims may be used",
        "verify/proofs/check.py",
        'if name not in self.proved or self.proved[name].outcome != "accepted":',
        "if name not in self.proved:",
        f"{SOUND}::test_a_claim_whose_proof_failed_may_not_be_used",
        "one failed proof carries another",
    ),
    Mutant(
        "checker: conditions of a claim that is used are not asked for",
        "verify/proofs/check.py",
        "self.settle(condition, chosen, used.key)",
        "pass",
        f"{CHECKER}::test_the_conditions_of_a_claim_that_is_used_are_asked_for",
        "Lemma 8 without alpha0 >= alpha1",
    ),
    Mutant(
        "checker: any parameter may be chosen",
        "verify/proofs/check.py",
        "if name not in (alpha0, alpha1):",
        "if name in ():",
        f"{CHECKER}::test_only_free_parameters_are_chosen",
        "Lemma 2 at another step size",
    ),
    Mutant(
        "checker: identities one way only",
        "verify/proofs/check.py",
        'if self.claim.relation == "==" and (lhs, rhs) not in pairs:',
        'if self.claim.relation == "=" and (lhs, rhs) not in pairs:',
        f"{CHECKER}::test_an_identity_holds_both_ways",
        "an upper bound is called an identity",
    ),
    Mutant(
        "forms: deviations are skipped",
        "verify/proofs/forms.py",
        "parts = (*(_deviations(coefficients, g) for g in GROUPS), _means(coefficients))",
        "parts = (_means(coefficients),)",
        f"{SOUND}::test_deviations_within_a_group_are_asked_for[0]",
        "a checker that skips a block",
    ),
    Mutant(
        "forms: means are skipped",
        "verify/proofs/forms.py",
        "(*(_deviations(coefficients, g) for g in GROUPS), _means(coefficients))",
        "(*(_deviations(coefficients, g) for g in GROUPS),)",
        f"{SOUND}::test_means_of_the_groups_are_asked_for[0]",
        "a checker that skips a block",
    ),
    Mutant(
        "forms: the second group is skipped",
        "verify/proofs/forms.py",
        "_deviations(coefficients, g) for g in GROUPS)",
        "_deviations(coefficients, 0) for g in GROUPS)",
        f"{SOUND}::test_deviations_within_a_group_are_asked_for[1]",
        "first-order agents' deviations count as nonnegative",
    ),
    Mutant(
        "forms: off-diagonal entries doubled",
        "verify/proofs/forms.py",
        "+ value / 2",
        "+ value * (1 if p != q else sp.Rational(1, 2))",
        f"{SOUND}::test_a_form_on_the_edge_of_definiteness_is_told_from_one_beyond[2]",
        "a factor 2 between a form and its matrix: true forms are refused",
    ),
    Mutant(
        "forms: a centred family has means of one sign",
        "verify/proofs/forms.py",
        "sign = 1 if group == 0 else -1",
        "sign = 1",
        f"{CHECKER}::test_every_proof_on_record_is_accepted[identity-consensus-sharp]",
        "the deviations from the mean no longer sum to 0",
    ),
    Mutant(
        "signs: one negative coefficient is overlooked",
        "verify/proofs/signs.py",
        "return all(value >= 0 for value in polynomial.coeffs())",
        "return sum(value < 0 for value in polynomial.coeffs()) <= 1",
        f"{SOUND}::test_signs_on_a_region_are_those_of_the_expression[L - 2*l-False]",
        "a polynomial with one negative term counts as nonnegative",
    ),
    Mutant(
        "signs: the denominator's sign is ignored",
        "verify/proofs/signs.py",
        "return _one_sign(self.bottom)",
        "return True",
        f"{SOUND}::test_signs_on_a_region_are_those_of_the_expression[1/(n - 3)-False]",
        "a quotient is judged by its numerator",
    ),
    Mutant(
        "signs: ranges begin at 0",
        "verify/proofs/signs.py",
        "above = part.lower + s",
        "above = s",
        f"{SOUND}::test_signs_on_a_region_are_those_of_the_expression[n - 2-True]",
        "n - 2 >= 0 is lost: true claims are refused",
    ),
    Mutant(
        "signs: undecided is accepted",
        "verify/proofs/signs.py",
        "return ACCEPTED if mapped.certified(top) else UNDECIDED",
        "return ACCEPTED if mapped.certified(top) else ACCEPTED",
        f"{SOUND}::test_what_probes_cannot_see_is_not_accepted",
        "what cannot be decided is called true",
    ),
    Mutant(
        "squares: the solver is believed",
        "verify/proofs/squares.py",
        "return all(semidefinite(Q) for Q in moved)",
        "return True",
        "tests/verify/test_squares.py::test_a_solver_that_lies_is_not_believed[0.0]",
        "a floating-point number decides a proof",
    ),
    Mutant(
        "squares: a pivot of 0 is skipped",
        "verify/proofs/squares.py",
        "if row[k] < 0 or (row[k] == 0 and any(value != 0 for value in row[k + 1 :])):",
        "if row[k] < 0:",
        "tests/verify/test_squares.py::test_a_pivot_of_zero_needs_a_row_of_zeros",
        "an indefinite matrix with a zero on its diagonal is called semidefinite",
    ),
    Mutant(
        "rational: a sum loses its second denominator",
        "verify/proofs/rational.py",
        "top, bottom = top * rest + a * (bottom / shared), bottom * rest",
        "top, bottom = top * rest + a * (bottom / shared), bottom",
        f"{SOUND}::test_quotients_agree_with_rational_arithmetic",
        "1/a + 1/b = (a + b)/a",
    ),
    Mutant(
        "prover: a changed claim has the proof of the one on record",
        "verify/proofs/prover.py",
        "if name not in all_proofs() or claim(*name) != subject:",
        "if name not in all_proofs():",
        f"{SOUND}::test_a_proof_is_of_the_claim_itself",
        "half of a bound is called proved",
    ),
)

VERIFY = (*EVIDENCE, *VERDICTS, *CHECKING)
