"""Wrong versions of the system: estimators, interactions, random numbers, the engine's step."""

from case import Mutant

LAWS = (
    "tests/hdo/test_estimator_laws.py::"
    "test_on_quadratics_mean_and_second_moment_are_exactly_as_registered"
)
DRAWS = "tests/hdo/test_draws.py"
STEPS = "tests/hdo/test_engine.py::test_the_engine_takes_the_steps_of_the_reference"
MOMENTS = "tests/hdo/test_estimators.py::test_zeroth_order_estimators_have_the_moments_of_theory"
AVERAGED = (
    "tests/hdo/test_shortcuts.py::test_averaged_forward_gradients_have_the_law_of_the_average[2]"
)
PROJECTED = (
    "tests/hdo/test_shortcuts.py::test_projected_differences_have_the_law_of_the_estimator"
    "[ridge-two-point-central-0.7]"
)

ESTIMATORS = (
    Mutant(
        "two-point: sign of the difference",
        "hdo/estimators.py",
        "lambda loss, x, u: (loss(x + nu * u) - loss(x)) / nu",
        "lambda loss, x, u: (loss(x) - loss(x + nu * u)) / nu",
        f"{LAWS}[two-point]",
        "the estimator ascends",
    ),
    Mutant(
        "two-point: wrong nu",
        "hdo/estimators.py",
        "(loss(x + nu * u) - loss(x)) / nu",
        "(loss(x + 1.02 * nu * u) - loss(x)) / (1.02 * nu)",
        f"{LAWS}[two-point]",
        "a radius two percent too large changes the second moment only",
    ),
    Mutant(
        "central: factor 2",
        "hdo/estimators.py",
        "(loss(x + nu * u) - loss(x - nu * u)) / (2 * nu)",
        "(loss(x + nu * u) - loss(x - nu * u)) / nu",
        f"{LAWS}[two-point-central]",
        "twice the gradient",
    ),
    Mutant(
        "sphere: the dimension is forgotten",
        "hdo/estimators.py",
        "weight = len(x) / directions if spread else 1 / directions",
        "weight = 1 / directions",
        f"{LAWS}[sphere]",
        "E uu' = I/d on the sphere, so the mean is d times too small",
    ),
    Mutant(
        "directions: sum in place of mean",
        "hdo/estimators.py",
        "weight = len(x) / directions if spread else 1 / directions",
        "weight = len(x) if spread else 1.0",
        f"{MOMENTS}[forward-gradient-4]",
        "rv directions give rv times the gradient; invisible with one direction",
    ),
    Mutant(
        "coordinates: one axis never chosen",
        "hdo/estimators.py",
        "chosen = integers(key, (directions,), d)",
        "chosen = integers(key, (directions,), max(d - 1, 1))",
        f"{DRAWS}::test_axes_are_uniform",
        "the last coordinate is never estimated",
    ),
    Mutant(
        "spherical: directions of length sqrt 2",
        "hdo/estimators.py",
        "return u / jnp.sqrt((u * u).sum(axis=-1, keepdims=True))",
        "return u / jnp.sqrt((u * u).sum(axis=-1, keepdims=True) / 2)",
        f"{DRAWS}::test_directions_on_the_sphere_are_uniform[2]",
        "a scale in place of a normalisation",
    ),
    Mutant(
        "complex step: the real part",
        "hdo/estimators.py",
        "return lambda loss, x, u: loss(x + 1j * nu * u).imag / nu",
        "return lambda loss, x, u: loss(x + 1j * nu * u).real / nu",
        "tests/hdo/test_estimator_laws.py::"
        "test_the_complex_step_differentiates_every_analytic_kind[cosine]",
        "the value in place of the slope",
    ),
    Mutant(
        "debiased: the levels are not weighted",
        "hdo/estimators.py",
        "/ jnp.asarray(law)[level]",
        "/ jnp.asarray(law)[0]",
        f"{LAWS}[debiased]",
        "without 1/P(N) the telescoping sum keeps its bias",
    ),
    Mutant(
        "residual: the value is not remembered",
        "hdo/estimators.py",
        "before = jnp.where(jnp.isnan(memory), loss(x), memory)",
        "before = loss(x) + 0 * jnp.nan_to_num(memory)",
        f"{LAWS}[residual]",
        "it is the two-point estimator then, of smaller second moment",
    ),
    Mutant(
        "residual: remembers the last value, not their mean",
        "hdo/estimators.py",
        "* u).mean(axis=0), values.mean()",
        "* u).mean(axis=0), values[-1]",
        "tests/hdo/test_estimator_laws.py::test_the_residual_remembers_the_mean_of_its_values",
        "variance of one value in place of that of a mean",
    ),
    Mutant(
        "law: d + 2 is d + 4",
        "hdo/estimators_moments.py",
        "return (len(g) + 2) * (g @ g)",
        "return (len(g) + 4) * (g @ g)",
        f"{LAWS}[forward-gradient]",
        "the constant of a Gaussian direction",
    ),
    Mutant(
        "bias: sqrt d is forgotten",
        "hdo/estimators_moments.py",
        "return nu * L * _root(d)",
        "return nu * L / 64",
        "tests/hdo/test_estimator_laws.py::test_off_quadratics_the_bounds_hold[0.5-two-point]",
        "a bound on the bias that does not hold",
    ),
)

MEETINGS = (
    Mutant(
        "pair: an agent may meet itself",
        "hdo/interactions.py",
        "return _both(first, other + (other >= first))",
        "return _both(first, other)",
        "tests/hdo/test_interactions.py::test_pairs_are_uniform[6]",
        "one agent only steps, in 1/n of the meetings, and the last one is met too seldom",
        quick=True,
    ),
    Mutant(
        "pair: biased choice",
        "hdo/interactions.py",
        "other = integers(key, (), n - 1, stream=_SECOND)",
        "other = integers(key, (), n - 1, stream=_SECOND) // 2 * 2",
        "tests/hdo/test_interactions.py::test_pairs_are_uniform[6]",
        "every other agent is met twice as often",
    ),
    Mutant(
        "pair: both agents from one draw",
        "hdo/interactions.py",
        "other = integers(key, (), n - 1, stream=_SECOND)",
        "other = integers(key, (), n - 1)",
        "tests/hdo/test_interactions.py::test_pairs_are_uniform[6]",
        "the partner is a function of the agent",
    ),
    Mutant(
        "matching: mates are not mutual",
        "hdo/interactions.py",
        ".at[left].set(right).at[right].set(left)",
        ".at[left].set(right)",
        "tests/hdo/test_interactions.py::"
        "test_matchings_are_involutions_that_leave_at_most_one_alone",
        "half of the agents average alone",
    ),
    Mutant(
        "loss: the wrong probability",
        "hdo/interactions.py",
        "jnp.where(drawn < probability, agents, mates)",
        "jnp.where(drawn > probability, agents, mates)",
        f"{DRAWS}::test_meetings_are_lost_with_their_probability_and_by_both[matching]",
        "p and 1 - p exchanged",
    ),
    Mutant(
        "loss: each end loses on its own",
        "hdo/interactions.py",
        "[jnp.minimum(agents, mates)]",
        "[agents]",
        f"{DRAWS}::test_meetings_are_lost_with_their_probability_and_by_both[matching]",
        "one of the two averages and the other does not: the mean moves",
    ),
    Mutant(
        "normal: half the variance",
        "hdo/engine_random.py",
        "radius = jnp.sqrt(-2 * _log(",
        "radius = jnp.sqrt(-_log(",
        "tests/hdo/test_engine_random.py::test_normal_numbers_are_those_of_box_and_muller[7]",
        "a factor 2 in Box and Muller",
    ),
    Mutant(
        "key: all seeds alike",
        "hdo/engine_random.py",
        "return jnp.stack([_word(seed), jnp.uint32(0)])",
        "return jnp.stack([_word(seed) * jnp.uint32(0), jnp.uint32(0)])",
        "tests/hdo/test_estimators.py::test_keys_differ_for_every_replica_agent_step_and_purpose",
        "shared seed: every run of the audit would repeat the same draws",
    ),
    Mutant(
        "key: agents share a stream",
        "hdo/engine_step.py",
        "return fold(fold(root, replica, agent), step, purpose)",
        "return fold(fold(root, replica, 0), step, purpose)",
        "tests/hdo/test_estimators.py::test_keys_differ_for_every_replica_agent_step_and_purpose",
        "the same u for both agents of a pair",
    ),
    Mutant(
        "key: the same draws in every step",
        "hdo/engine_step.py",
        "return fold(fold(root, replica, agent), step, purpose)",
        "return fold(fold(root, replica, agent), 0, purpose)",
        "tests/hdo/test_estimators.py::test_keys_differ_for_every_replica_agent_step_and_purpose",
        "noise that never averages out over time",
    ),
)

STEP = (
    Mutant(
        "step: ascent",
        "hdo/engine_step.py",
        "moved = x - self._eta(t) * G",
        "moved = x + self._eta(t) * G",
        f"{STEPS}[quadratic, pair]",
        "the sign of the step",
    ),
    Mutant(
        "step: one agent only steps",
        "hdo/engine_step.py",
        "moved = x - self._eta(t) * G",
        "moved = x - self._eta(t) * G.at[:, 1:].set(0)",
        f"{STEPS}[quadratic, pair]",
        "the second agent of a pair brings its old model",
    ),
    Mutant(
        "step: average with a weight",
        "hdo/engine_step.py",
        "self._put(X, agents, (moved + partner) / 2)",
        "self._put(X, agents, 0.6 * moved + 0.4 * partner)",
        f"{STEPS}[quadratic, pair]",
        "the two do not agree after they meet, though their mean is right",
    ),
    Mutant(
        "step: average before the step",
        "hdo/engine_step.py",
        "self._put(X, agents, (moved + partner) / 2)",
        "self._put(X, agents, (x + x[:, ::-1]) / 2 - self._eta(t) * G)",
        f"{STEPS}[quadratic, pair]",
        "same mean, another consensus error",
    ),
    Mutant(
        "step: momentum without 1 - m",
        "hdo/engine_step.py",
        "(1 - method.momentum) * G",
        "G",
        f"{STEPS}[ring with lost meetings, momentum and warm-up]",
        "a step 1/(1 - m) times as long",
    ),
    Mutant(
        "step: a delayed partner of the wrong time",
        "hdo/engine_step.py",
        'partner = state["past"][t % method.delay][lanes, mates]',
        'partner = state["past"][(t + 1) % method.delay][lanes, mates]',
        f"{STEPS}[star, delayed, two kinds of residual]",
        "one interaction less delay",
    ),
    Mutant(
        "sample: the direction's key",
        "hdo/engine_step.py",
        "for p in (SAMPLE, DIRECTION)",
        "for p in (DIRECTION, DIRECTION)",
        f"{STEPS}[quadratic, pair]",
        "xi and u are functions of one another",
    ),
    Mutant(
        "schedule: the rise starts at 0",
        "hdo/schedules.py",
        "rise = (t + 1.0) / max(keys.warmup, 1)",
        "rise = t / max(keys.warmup, 1)",
        f"{STEPS}[ring with lost meetings, momentum and warm-up]",
        "off by one interaction",
    ),
    Mutant(
        "schedule: eta(T) with half the logarithm",
        "hdo/schedules.py",
        "return 4 * n * math.log(steps) / (steps * l)",
        "return 2 * n * math.log(steps) / (steps * l)",
        f"{STEPS}[matching, delayed and lost, odd n, theorem's step size]",
        "Theorem 1's step size is 4 n ln(T)/(T l)",
    ),
    Mutant(
        "record: Gamma unnormalised",
        "hdo/engine_blocks.py",
        "** 2).sum(axis=(1, 2)) / problem.n}",
        "** 2).sum(axis=(1, 2))}",
        "tests/hdo/test_engine.py::test_records_are_the_quantities_they_name",
        "n Gamma under the name of Gamma",
    ),
    Mutant(
        "record: distance in place of its square",
        "hdo/engine_blocks.py",
        "((mu - x_star) ** 2).sum(axis=1)",
        "jnp.sqrt(((mu - x_star) ** 2).sum(axis=1))",
        "tests/hdo/test_engine.py::test_records_are_the_quantities_they_name",
        "a^2 is compared with a",
    ),
    Mutant(
        "record: gap without f*",
        "hdo/engine_blocks.py",
        "jax.vmap(problem.value)(mu) - f_star",
        "jax.vmap(problem.value)(mu)",
        "tests/hdo/test_engine.py::test_records_are_the_quantities_they_name",
        "the value in place of the gap",
    ),
    Mutant(
        "shortcut: standard deviation for variance",
        "hdo/estimators_shortcuts.py",
        "(chi2 * unit + jnp.sqrt(chi2) * w)",
        "(chi2 * unit + chi2 * w)",
        AVERAGED,
        "chi2 in place of its root across the gradient",
    ),
    Mutant(
        "shortcut: not projected",
        "hdo/estimators_shortcuts.py",
        "w = h - (unit @ h) * unit",
        "w = h",
        AVERAGED,
        "a second Gaussian along the gradient",
    ),
    Mutant(
        "shortcut: the part outside has unit size",
        "hdo/estimators_shortcuts.py",
        "return ((inside + jnp.sqrt((D * D).sum()) * across) / rv).reshape(-1)",
        "return ((inside + jnp.sqrt((D * D).mean()) * across) / rv).reshape(-1)",
        PROJECTED,
        "mean for sum: the remainder is sqrt(rv) too small",
    ),
    Mutant(
        "samples: no noise",
        "hdo/problems/base.py",
        "return math.sqrt(self.noise / self.d) * normal(key, (self.d,))",
        "return 0 * normal(key, (self.d,))",
        f"{DRAWS}::test_samples_have_the_stated_variance",
        "E||grad F - grad f||^2 is 0 in place of s^2",
    ),
    Mutant(
        "samples: variance for standard deviation",
        "hdo/problems/base.py",
        "return math.sqrt(self.noise / self.d) * normal(key, (self.d,))",
        "return self.noise / self.d * normal(key, (self.d,))",
        f"{DRAWS}::test_samples_have_the_stated_variance",
        "the root is forgotten",
    ),
    Mutant(
        "samples: s^2 in every coordinate",
        "hdo/problems/base.py",
        "return math.sqrt(self.noise / self.d) * normal(key, (self.d,))",
        "return math.sqrt(self.noise) * normal(key, (self.d,))",
        f"{DRAWS}::test_samples_have_the_stated_variance",
        "d times too much noise",
    ),
)

HDO = (*ESTIMATORS, *MEETINGS, *STEP)
