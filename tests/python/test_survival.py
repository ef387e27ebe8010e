"""The macros of survival analysis against lifelines and statsmodels, and the effect of a partner
against numerical integration and simulation; all on random inputs.

Expected outcomes, and every number of the index, are computed a second time in test_csi_oracle.py;
Fisher's test, Wilson's interval and the normal distribution are held against scipy in
test_stat_macros.py.
"""

import math
import random
import warnings
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path

import duckdb
import lifelines
import numpy as np
import oracle_csi
import pytest
from lifelines.utils import restricted_mean_survival_time
from scipy.integrate import quad
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight
from test_components import fill_table, run_dbt

HORIZONS = (30, 365, 1000)
N_RANDOM = 30
N_DRAWS = 40_000
Key = tuple[str, str]


@dataclass(frozen=True)
class Lives:
    """The rows of one curve."""

    times: list[int]
    events: list[int]
    weights: list[float]
    counts: list[int]


def lives(times: list[int], events: list[int], draw: random.Random) -> Lives:
    return Lives(
        times,
        events,
        [draw.uniform(0.1, 5) for _ in times],
        [draw.randint(1, 4) for _ in times],
    )


def edge_cases(draw: random.Random) -> dict[Key, Lives]:
    """Curves at the edge of the definitions."""
    cases = {
        "one_event": ([50], [1]),
        "one_censored": ([50], [0]),
        "all_censored": ([10, 20, 20, 400], [0, 0, 0, 0]),
        "all_at_once": ([98] * 12, [1] * 12),
        "all_events": ([10, 20, 30, 40], [1, 1, 1, 1]),
        "event_and_censored_together": ([20, 20], [1, 0]),
        "ends_with_both": ([10, 20, 20], [1, 1, 0]),
        "event_at_horizon": ([30, 365, 365, 365], [1, 1, 1, 0]),
        "event_after_horizon": ([30, 366, 400], [1, 1, 1]),
        "censored_before_horizon": ([10, 20, 25, 25], [1, 1, 0, 0]),
        "at_once": ([0, 0, 10], [1, 0, 1]),
        "half_exactly": ([10, 20, 30, 40], [1, 1, 0, 0]),
        "half_by_products": ([1, 2, 2, 3, 4, 4, 5, 9], [1, 0, 1, 1, 1, 0, 1, 0]),
    }
    return {("edge", name): lives(*rows, draw) for name, rows in cases.items()}


def random_cases(draw: random.Random) -> dict[Key, Lives]:
    found = {}
    for number in range(N_RANDOM):
        n, longest = draw.randint(1, 150), draw.choice([5, 40, 365, 900])
        share = draw.choice([0.1, 0.5, 0.9, 1.0])
        times = [draw.randint(0, longest) for _ in range(n)]
        events = [int(draw.random() < share) for _ in range(n)]
        # the same names in another book: both keys make the group
        book = ("one", "other")[number % 2]
        found[book, str(number // 2)] = lives(times, events, draw)
    return found


RATIOS = [
    *product((14.0, 98.0, 365.0), (0.0, 2.5, 400.0), (98.0, 120.5), (0.0, 9.0), (1.645, 1.96)),
    (0.0, 0.0, 98.0, 1.0, 1.645),
    (14.0, 1.0, 0.0, 0.0, 1.645),
    (None, None, 98.0, 1.0, 1.645),
]


# --------------------------------------------------------------------------- a book of effects


@dataclass(frozen=True)
class EffectBook:
    """Random trials, credits, expectations and variances of one stage: what partner_effects reads."""

    reference_sd: float
    correlation: float
    variances: dict[str, float]
    untouched: dict[str, int]
    expected: dict[str, float]
    trials: list[tuple[str, str, str, float]]
    credits: list[tuple[str, str, float]]


def effect_book(draw: random.Random) -> EffectBook:
    segments = ("small", "mid", "large")
    variances = {name: draw.uniform(0.02, 0.2) for name in segments}
    trials, credits = [], []
    for number in range(240):
        segment = segments[draw.randrange(3)]
        account = f"{segment}_{draw.randrange(30)}"
        trials.append((f"t{number}", account, segment, draw.random()))
        for partner in draw.sample(range(7), draw.randint(0, 3)):
            credits.append((f"t{number}", f"p{partner}", draw.uniform(0.05, 0.6)))
    return EffectBook(
        reference_sd=draw.uniform(0.03, 0.12),
        correlation=draw.uniform(0.05, 0.6),
        variances=variances,
        untouched={name: draw.randint(20, 300) for name in segments},
        expected={name: draw.uniform(0.4, 0.8) for name in segments},
        trials=trials,
        credits=credits,
    )


def fill_effects(connection: duckdb.DuckDBPyConnection, book: EffectBook) -> None:
    text, number = "text", "double"
    when = ("2025-06-30", "retention")
    keyed = {"as_of_date": text, "stage": text}
    partners = sorted({partner for _, partner, _ in book.credits})
    fill_table(
        connection,
        "int_trials_windowed",
        {
            **keyed,
            **dict.fromkeys(("trial_key", "account_key", "segment", "cell_key"), text),
            "outcome": number,
        },
        [(*when, key, account, part, part, y) for key, account, part, y in book.trials],
    )
    fill_table(
        connection,
        "int_trial_credits",
        {"trial_key": text, "partner_key": text, "credit": number},
        book.credits,
    )
    fill_table(
        connection,
        "expectations",
        {
            **keyed,
            "partner_key": text,
            "cell_key": text,
            "n_untouched_segment": "integer",
            "expected_outcome": number,
        },
        [
            (*when, partner, part, book.untouched[part], book.expected[part])
            for partner, part in product(partners, book.variances)
        ],
    )
    fill_table(
        connection,
        "int_stage_variances",
        {**keyed, "segment": text, "variance": number, "account_correlation": number},
        [(*when, part, variance, book.correlation) for part, variance in book.variances.items()],
    )
    fill_table(
        connection,
        "stages",
        {"stage": text, "reference_sd": number},
        [("retention", book.reference_sd)],
    )


# ------------------------------------------------------------------------------------- the run


@dataclass(frozen=True, eq=False)
class Run:
    """Inputs, and the database with what the macros made of them."""

    database: Path
    curves: dict[Key, Lives]
    effects: EffectBook

    def rows(self, sql: str) -> list[dict[str, object]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @cache  # noqa: B019 - one run a module
    def table(self, name: str) -> dict[Key, list[dict[str, object]]]:
        """The rows of a table of curves by curve, in the order of time."""
        found: dict[Key, list[dict[str, object]]] = {}
        for row in self.rows(f"from {name} order by time_days"):
            found.setdefault((row["book"], row["part"]), []).append(row)
        return found

    def curve(self, table: str, key: Key) -> list[dict[str, object]]:
        return self.table(table)[key]


def models() -> dict[str, str]:
    keys = "['book', 'part']"
    lives_of = "with lives as (select * from raw.lives),\n"
    found = {
        "curves": lives_of + f"{{{{ kaplan_meier('lives', {keys}) }}}} select * from curves",
        "medians": "with curves as (select * from {{ ref('curves') }}),\n"
        f"{{{{ median_survival('curves', {keys}) }}}} select * from medians",
        "ratios": "select case_number, {{ mean_ratio_bound('a', 'b', 'c', 'd', 'e', '-') }} as low,"
        " {{ mean_ratio_bound('a', 'b', 'c', 'd', 'e', '+') }} as high,"
        " {{ steadied_variance('a + 1', 'b', '12', 'c + 1', 'd', '20') }} as steadied"
        " from raw.ratios",
        "effects": "{{ partner_effects('int_trials_windowed', 'expectations') }}",
        "rules": "select * from raw.rules",
        **{
            name: f"select * from raw.{name}"
            for name in (
                "int_trials_windowed",
                "int_trial_credits",
                "expectations",
                "int_stage_variances",
                "stages",
            )
        },
    }
    for column in ("weight", "n_same", "7.0"):
        name = "constant" if column == "7.0" else column
        found[f"curves_{name}"] = (
            lives_of + f"{{{{ kaplan_meier('lives', {keys}, weights='{column}', name='made') }}}}"
            " select * from made"
        )
    for curves, horizon in [*product(["curves"], HORIZONS), ("curves_weight", 365)]:
        found[f"means_{curves}_{horizon}"] = (
            f"with lines as (select * from {{{{ ref('{curves}') }}}}),\n"
            f"{{{{ restricted_means('lines', {keys}, '{horizon}') }}}} select * from means"
        )
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed of the random inputs: {seed}")
    draw = random.Random(seed)
    curves, effects = {**edge_cases(draw), **random_cases(draw)}, effect_book(draw)

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        columns = {"book": "text", "part": "text", "time_days": "integer", "is_event": "integer"}
        rows = [
            (*key, *row)
            for key, each in curves.items()
            for row in zip(each.times, each.events, each.weights, each.counts, strict=True)
        ]
        draw.shuffle(rows)
        fill_table(connection, "lives", {**columns, "weight": "double", "n_same": "integer"}, rows)
        numbers = dict.fromkeys("abcde", "double")
        cases = [(number, *case) for number, case in enumerate(RATIOS)]
        fill_table(connection, "ratios", {"case_number": "integer", **numbers}, cases)
        connection.execute(
            f"create table raw.rules as from read_csv('{oracle_csi.RULES / 'rules.csv'}')"
        )
        fill_effects(connection, effects)

    return Run(run_dbt(tmp_path_factory.mktemp("survival"), models(), fill), curves, effects)


def fitted(rows: Lives, weights: list[float] | None = None) -> lifelines.KaplanMeierFitter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lifelines.KaplanMeierFitter().fit(rows.times, rows.events, weights=weights)


def greenwood(rows: Lives) -> dict[int, float]:
    """Variance of the log curve after each event time, from statsmodels; not where the curve is 0."""
    if not any(rows.events):
        return {}
    curve = SurvfuncRight(np.array(rows.times, dtype=float), np.array(rows.events))
    return {
        int(time): (se / share) ** 2
        for time, share, se in zip(
            curve.surv_times, curve.surv_prob, curve.surv_prob_se, strict=True
        )
        if share > 1e-12
    }


# ------------------------------------------------------------------------------------ the curve


def test_every_distinct_time_has_a_row(run: Run) -> None:
    for key, rows in run.curves.items():
        seen = run.curve("curves", key)
        assert [row["time_days"] for row in seen] == sorted(set(rows.times)), key
        for row in seen:
            time = row["time_days"]
            assert row["n_at_risk"] == sum(other >= time for other in rows.times), key
            died = [e for other, e in zip(rows.times, rows.events, strict=True) if other == time]
            assert row["n_events"] == sum(died), key


@pytest.mark.parametrize("table, weights", [("curves", None), ("curves_weight", "weights")])
def test_curve_agrees_with_lifelines(run: Run, table: str, weights: str | None) -> None:
    for key, rows in run.curves.items():
        seen = run.curve(table, key)
        curve = fitted(rows, getattr(rows, weights) if weights else None)
        last = max(rows.times)
        ends = all(e for time, e in zip(rows.times, rows.events, strict=True) if time == last)
        assert (seen[-1]["survival"] == 0) == ends, key
        # the end of a weighted curve, 0, lifelines loses to rounding
        seen = [row for row in seen if row["survival"] > 0]
        if seen:
            expected = curve.survival_function_at_times([row["time_days"] for row in seen])
            assert [row["survival"] for row in seen] == pytest.approx(list(expected)), key


def test_variance_agrees_with_statsmodels(run: Run) -> None:
    n_compared = 0
    for key, rows in run.curves.items():
        expected = greenwood(rows)
        for row in run.curve("curves", key):
            if row["time_days"] in expected:
                variance = row["survival"] ** 2 * expected[row["time_days"]]
                assert row["survival_variance"] == pytest.approx(variance, rel=1e-9), key
                n_compared += 1
            elif row["survival"] == 0:
                assert row["survival_variance"] is None, key
    assert n_compared > 200


def test_whole_weights_are_repeated_rows(run: Run) -> None:
    for key, rows in run.curves.items():
        repeated = [
            pair
            for n, *pair in zip(rows.counts, rows.times, rows.events, strict=True)
            for _ in range(n)
        ]
        times, events = (list(column) for column in zip(*repeated, strict=True))
        curve = fitted(Lives(times, events, [], []))
        seen = run.curve("curves_n_same", key)
        expected = curve.survival_function_at_times([row["time_days"] for row in seen])
        assert [row["survival"] for row in seen] == pytest.approx(list(expected), abs=1e-9), key
        assert seen[0]["n_at_risk"] == len(repeated)


def test_equal_weights_change_nothing(run: Run) -> None:
    for key in run.curves:
        plain, same = run.curve("curves", key), run.curve("curves_constant", key)
        for name in ("survival", "survival_variance", "hazard_variance"):
            assert [row[name] for row in same] == pytest.approx(
                [row[name] for row in plain], abs=1e-9
            ), key


def test_weighted_variance_counts_effective_numbers(run: Run) -> None:
    """Xie & Liu 2005: the sum of q / (M (1 - q)), M the effective number at risk, q the share that
    has the event."""
    for key, rows in run.curves.items():
        times, events = np.array(rows.times), np.array(rows.events)
        weights, total = np.array(rows.weights), 0.0
        for row in run.curve("curves_weight", key):
            risk = times >= row["time_days"]
            died = weights[(times == row["time_days"]) & (events == 1)].sum()
            if row["survival"] == 0:
                assert row["hazard_variance"] is None and row["survival_variance"] is None
                continue
            share = died / weights[risk].sum()
            effective = weights[risk].sum() ** 2 / (weights[risk] ** 2).sum()
            total += share / (effective * (1 - share))
            assert row["survival_variance"] == pytest.approx(
                row["survival"] ** 2 * total, rel=1e-9, abs=1e-12
            ), key


# ---------------------------------------------------------------------------- restricted means


def means(run: Run, table: str) -> dict[Key, dict[str, object]]:
    return {(row["book"], row["part"]): row for row in run.rows(f"from {table}")}


@pytest.mark.parametrize("horizon", HORIZONS)
def test_restricted_mean_agrees_with_lifelines(run: Run, horizon: int) -> None:
    seen = means(run, f"means_curves_{horizon}")
    assert seen.keys() == run.curves.keys()
    for key, rows in run.curves.items():
        curve = fitted(rows)
        # lifelines ends its curve at the last time: beyond it, the last level holds
        last = min(max(rows.times), horizon)
        held = float(curve.survival_function_at_times(last).iloc[0]) * (horizon - last)
        expected = restricted_mean_survival_time(curve, t=last) + held if last else held
        assert seen[key]["restricted_mean"] == pytest.approx(expected, rel=1e-9, abs=1e-9), key


@pytest.mark.parametrize("horizon", HORIZONS)
def test_variance_of_the_mean_is_the_double_sum_of_greenwoods(run: Run, horizon: int) -> None:
    """Variance of the area: sum over pairs of days of S(u) S(v) V(min(u, v)), V from statsmodels."""
    seen = means(run, f"means_curves_{horizon}")
    days = np.arange(horizon)
    for key, rows in run.curves.items():
        curve = np.asarray(fitted(rows).survival_function_at_times(days))
        steps = greenwood(rows)
        of_log = np.array([max((steps[t] for t in steps if t <= day), default=0) for day in days])
        of_log[curve < 1e-12] = 0
        earlier = np.minimum.outer(days, days)
        expected = (np.outer(curve, curve) * of_log[earlier]).sum()
        assert seen[key]["restricted_variance"] == pytest.approx(expected, rel=1e-8, abs=1e-9), key


def test_variance_without_censoring_is_that_of_the_days(run: Run) -> None:
    """Where nobody is censored: the variance of the restricted days over their number.

    lifelines has it by quadrature of a step function, good to three digits.
    """
    n_compared = 0
    for horizon in HORIZONS:
        seen = means(run, f"means_curves_{horizon}")
        for key, rows in run.curves.items():
            if all(rows.events) and max(rows.times) > 0:
                days = np.minimum(rows.times, horizon)
                expected = days.var() / len(days)
                variance = seen[key]["restricted_variance"]
                assert variance == pytest.approx(expected, rel=1e-9, abs=1e-9), key
                if key[0] == "edge":
                    _, spread = restricted_mean_survival_time(
                        fitted(rows), t=days.max(), return_variance=True
                    )
                    assert variance == pytest.approx(spread / len(days), rel=1e-3, abs=1e-3), key
                n_compared += 1
    assert n_compared >= 9


def test_restricted_mean_of_a_weighted_curve(run: Run) -> None:
    seen = means(run, "means_curves_weight_365")
    for key, rows in run.curves.items():
        days = np.arange(365)
        curve = np.asarray(fitted(rows, rows.weights).survival_function_at_times(days))
        if run.curve("curves_weight", key)[-1]["survival"] == 0:
            curve = np.where(days >= max(rows.times), 0, curve)
        area = curve.sum()
        assert seen[key]["restricted_mean"] == pytest.approx(area, rel=1e-9), key


def test_edges_of_the_restricted_mean(run: Run) -> None:
    seen = means(run, "means_curves_365")
    by_hand = {
        "one_event": (50, 0),
        "one_censored": (365, 0),
        "all_censored": (365, 0),
        "all_at_once": (98, 0),
        # 30 + 335 * 3/4; the two events on the horizon change nothing
        "event_at_horizon": (281.25, (335 * 0.75) ** 2 / 12),
        # 10 + 10 * 3/4 + 345 / 2: the last level holds from day 25 to the horizon
        "censored_before_horizon": (190, 180**2 / 12 + 172.5**2 / 6),
        "at_once": (20 / 3, (20 / 3) ** 2 / 6),
    }
    for name, (mean, variance) in by_hand.items():
        row = seen["edge", name]
        assert row["restricted_mean"] == pytest.approx(mean, rel=1e-12), name
        assert row["restricted_variance"] == pytest.approx(variance, rel=1e-9), name


# -------------------------------------------------------------------------------------- median


def exact_median(rows: Lives) -> int | None:
    """By fractions: the first time at which the curve is at most one half."""
    share = Fraction(1)
    for time in sorted(set(rows.times)):
        risk = sum(other >= time for other in rows.times)
        died = sum(e for other, e in zip(rows.times, rows.events, strict=True) if other == time)
        share *= 1 - Fraction(died, risk)
        if share <= Fraction(1, 2):
            return time
    return None


def test_median_agrees_with_fractions_and_lifelines(run: Run) -> None:
    seen = means(run, "medians")
    assert seen.keys() == run.curves.keys()
    for key, rows in run.curves.items():
        median = seen[key]["median_days"]
        assert median == exact_median(rows), key
        curve = fitted(rows).survival_function_.iloc[:, 0]
        # at one half exactly lifelines goes by the last digit
        if not np.isclose(curve, 0.5).any():
            told = fitted(rows).median_survival_time_
            assert median == (None if math.isinf(told) else told), key


# --------------------------------------------------------------------------------------- ratio


def test_bounds_of_a_ratio_of_means(run: Run) -> None:
    """The standard error of the log ratio, from numerical derivatives of it (the delta method)."""
    seen = {row["case_number"]: (row["low"], row["high"]) for row in run.rows("from ratios")}
    for number, (one, one_var, other, other_var, z) in enumerate(RATIOS):
        if not one or not other:
            assert seen[number] == (None, None)
            continue
        step = 1e-4
        slopes = [
            (math.log((one + step) / other) - math.log((one - step) / other)) / (2 * step),
            (math.log(one / (other + step)) - math.log(one / (other - step))) / (2 * step),
        ]
        se = math.sqrt(slopes[0] ** 2 * one_var + slopes[1] ** 2 * other_var)
        expected = [one / other * math.exp(sign * z * se) for sign in (-1, 1)]
        assert list(seen[number]) == pytest.approx(expected, rel=1e-6)


def test_variance_of_few_is_steadied(run: Run) -> None:
    """Twelve own observations and a prior worth twenty: the mean of 32 squared coefficients."""
    seen = {row["case_number"]: row["steadied"] for row in run.rows("from ratios")}
    for number, (mean, variance, other_mean, other_variance, _) in enumerate(RATIOS):
        if mean is None:
            assert seen[number] is None
            continue
        # the spread of one observation, in units of its mean
        own = math.sqrt(12 * variance) / (mean + 1)
        other = math.sqrt(other_variance) / (other_mean + 1)
        of_one = np.mean([own**2] * 12 + [other**2] * 20)
        assert seen[number] == pytest.approx((mean + 1) ** 2 * of_one / 12, rel=1e-9)


# ------------------------------------------------------------------------------------- effects


def effects(run: Run) -> dict[str, dict[str, object]]:
    return {row["partner_key"]: row for row in run.rows("from effects")}


def test_clustered_variance_is_that_of_simulated_outcomes(run: Run) -> None:
    """Outcomes alike within an account, and an expectation that is an estimate, drawn many times."""
    book, prior = run.effects, oracle_csi.read_rules()["stratum_prior_trials"]
    draws = np.random.default_rng(random.SystemRandom().randrange(10**6))
    described = {key: (account, part) for key, account, part, _ in book.trials}
    seen = effects(run)
    assert len(seen) == 7
    for partner, row in seen.items():
        own = [(key, credit) for key, who, credit in book.credits if who == partner]
        credit = np.array([share for _, share in own])
        sds = np.array([math.sqrt(book.variances[described[key][1]]) for key, _ in own])
        _, account = np.unique([described[key][0] for key, _ in own], return_inverse=True)
        parts = sorted(book.variances)
        segment = np.array([parts.index(described[key][1]) for key, _ in own])
        shared = draws.standard_normal((N_DRAWS, account.max() + 1))[:, account]
        alone = draws.standard_normal((N_DRAWS, len(own)))
        rho = book.correlation
        noise = sds * (math.sqrt(rho) * shared + math.sqrt(1 - rho) * alone)
        of_expected = np.array(
            [math.sqrt(book.variances[part] / (book.untouched[part] + prior)) for part in parts]
        )
        noise -= (draws.standard_normal((N_DRAWS, len(parts))) * of_expected)[:, segment]
        simulated = (noise @ credit / credit.sum()).std()
        # the standard error of a simulated sd is 1 / sqrt(2 n) of it, .35 %
        assert row["effect_raw_sd"] == pytest.approx(simulated, rel=0.02), partner


def test_posterior_is_the_integral_over_the_spread(run: Run) -> None:
    """The average over a grid of spreads against scipy's integral over all of them."""
    rules, seen, reference = oracle_csi.read_rules(), effects(run), run.effects.reference_sd
    raw = np.array([row["effect_raw"] for row in seen.values()])
    sds = np.array([row["effect_raw_sd"] for row in seen.values()])
    reach, prior = rules["grid_reach_sds"] * reference, rules["grid_prior_sds"] * reference

    def log_density(tau: float) -> float:
        return norm.logpdf(tau, 0, prior) + norm.logpdf(raw, 0, np.hypot(tau, sds)).sum()

    highest = max(log_density(tau) for tau in np.linspace(0, reach, 200))

    def integral(of: object) -> float:
        value, _ = quad(
            lambda tau: math.exp(log_density(tau) - highest) * of(tau), 0, reach, limit=200
        )
        return value

    total = integral(lambda tau: 1.0)
    for place, row in enumerate(seen.values()):
        effect, variance = raw[place], sds[place] ** 2

        def kept(tau: float, variance: float = variance) -> float:
            return tau * tau / (tau * tau + variance)

        mean = integral(lambda tau, e=effect, k=kept: k(tau) * e) / total
        square = (
            integral(lambda tau, e=effect, v=variance, k=kept: k(tau) * v + (k(tau) * e) ** 2)
            / total
        )
        # forty points, the first one counted whole: within a thirtieth of the reference sd
        assert row["effect"] == pytest.approx(mean, abs=reference / 30)
        assert row["effect_sd"] == pytest.approx(
            math.sqrt(square - mean * mean), abs=reference / 30
        )
