"""The Customer Success Index a second time, from trials, in plain loops.

Written from the definitions and not from the SQL, so that a slip in one is seen in the other:
every partner is judged on its own, over lists of trials. Nothing that dbt computes after the
trials and their credit is read.
"""

import csv
import datetime as dt
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
from scipy.stats import norm

RULES = Path(__file__).parents[2] / "seeds" / "rules"
OWN_TEAM = "own_team"

Rules = Mapping[str, float]
Outcomes = Mapping[str, float]


@dataclass(frozen=True)
class Stage:
    """One row of the seed of stages."""

    weight: float
    reference_sd: float
    is_post_sale: bool


@dataclass(frozen=True)
class Trial:
    """One chance for an outcome, and the share of each partner in it."""

    key: str
    account: str
    segment: str
    stratum: Hashable
    sourcer: str | None
    year: int
    outcome: float
    credits: Mapping[str, float]


@dataclass(frozen=True)
class Book:
    """What one month-end judges by: trials by stage, and which partner had met which account."""

    trials: Mapping[str, list[Trial]]
    accounts: Mapping[str, set[str]]


@dataclass(frozen=True)
class Spread:
    """How much outcomes vary in each segment, and how alike those of one account are."""

    variance: Mapping[str, float]
    correlation: float


@dataclass(frozen=True)
class Raw:
    """A partner's effect in a stage before shrinking."""

    n_effective: float | None
    outcome: float | None
    expected: float | None
    effect: float | None
    sd: float | None
    comparable_share: float


Raws = Mapping[str, Raw]
Posteriors = Mapping[str, tuple[float, float]]


@dataclass
class StageResult:
    """A partner in a stage; None where the number does not exist."""

    n_accounts: int = 0
    n_trials: int = 0
    presence: float | None = None
    n_effective: float | None = None
    outcome: float | None = None
    expected_outcome: float | None = None
    effect_raw: float | None = None
    effect_raw_sd: float | None = None
    effect: float | None = None
    effect_sd: float | None = None
    comparable_share: float | None = None
    stage_score: float | None = None
    p_below_zero: float | None = None
    e_value: float | None = None
    e_value_bound: float | None = None
    evidence: str = "insufficient"


@dataclass
class PartnerResult:
    """A partner's index over all stages."""

    n_accounts: int
    n_trials: int
    csi: float | None = None
    csi_lower: float | None = None
    csi_upper: float | None = None
    csi_quality: float | None = None
    weight_coverage: float = 0.0
    stages: dict[str, StageResult] = field(default_factory=dict)


# ------------------------------------------------------------------------------------------ input


def read_rules() -> dict[str, float]:
    """The rules in force."""
    with (RULES / "rules.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["valid_to"]]
    return {row["rule"]: float(row["value"]) for row in rows}


def read_stages() -> dict[str, Stage]:
    """The stages with their weights."""
    with (RULES / "stages.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["stage"]: Stage(
                weight=float(row["weight"]),
                reference_sd=float(row["reference_sd"]),
                is_post_sale=row["reads_post_sale_touches"] == "true",
            )
            for row in csv.DictReader(file)
        }


def read_book(database: Path, as_of: dt.date) -> Book:
    """Trials, credit and acquaintances of one month-end, from the tables of single trials."""
    with duckdb.connect(str(database), read_only=True) as connection:
        described = connection.execute(
            "select trial_key, stage, account_key, segment, trial_form, started_date,"
            " sourced_by_partner_key, resolved_date from intermediate.int_trials"
        ).fetchall()
        outcomes = dict(
            connection.execute(
                "select trial_key, outcome from intermediate.int_trials_windowed"
                " where as_of_date = ?",
                [as_of],
            ).fetchall()
        )
        credit_rows = connection.execute(
            "select trial_key, partner_key, credit from intermediate.int_trial_credits"
            " where credit > 0"
        ).fetchall()
        met_rows = connection.execute(
            "select partner_key, account_key from intermediate.int_partner_accounts"
            " where first_met_date <= ?",
            [as_of],
        ).fetchall()
    credits: dict[str, dict[str, float]] = defaultdict(dict)
    for trial_key, partner, credit in credit_rows:
        credits[trial_key][partner] = credit
    trials: dict[str, list[Trial]] = defaultdict(list)
    stages_begun: set[tuple[str, str]] = set()
    # an account's first trial of a stage is the one that resolves first
    for key, stage, account, segment, form, started, sourcer, _ in sorted(
        described, key=lambda row: (row[7], row[5], row[0])
    ):
        order = "later" if (account, stage) in stages_begun else "first"
        stages_begun.add((account, stage))
        if key in outcomes:
            trial = Trial(
                key=key,
                account=account,
                segment=segment,
                stratum=(segment, form, order),
                sourcer=sourcer,
                year=started.year,
                outcome=outcomes[key],
                credits=credits.get(key, {}),
            )
            trials[stage].append(trial)
    accounts: dict[str, set[str]] = defaultdict(set)
    for partner, account in met_rows:
        if partner != OWN_TEAM:
            accounts[partner].add(account)
    return Book(trials, accounts)


# ------------------------------------------------------------------------------------ expectation


def shrunken_mean(values: list[float], wider_mean: float, prior: float) -> float:
    """The mean of a narrower group, pulled to the wider one's by a prior number of trials."""
    return (math.fsum(values) + prior * wider_mean) / (len(values) + prior)


class Expectation:
    """What is to be expected of a trial, learnt from the trials that a partner did not touch."""

    def __init__(
        self, untouched: Iterable[Trial], outcomes: Outcomes, stage: Stage, rules: Rules
    ) -> None:
        self.stage = stage
        self.segment_prior = rules["segment_prior_trials"]
        self.stratum_prior = rules["stratum_prior_trials"]
        self.everything: list[float] = []
        self.groups: dict[Hashable, list[float]] = defaultdict(list)
        for trial in untouched:
            outcome = outcomes[trial.key]
            self.everything.append(outcome)
            for name in self._names(trial).values():
                self.groups[name].append(outcome)

    @staticmethod
    def _names(trial: Trial) -> dict[str, Hashable]:
        return {
            "segment": ("segment", trial.segment),
            "stratum": ("stratum", trial.stratum),
            "sourcer": ("sourcer", trial.stratum, trial.sourcer),
            "year": ("year", trial.stratum, trial.year),
        }

    def size_of_segment(self, trial: Trial) -> int:
        return len(self.groups.get(("segment", trial.segment), []))

    def __call__(self, trial: Trial, judged: str | None) -> float:
        """The expected outcome of a trial of the partner that is judged (None: of nobody)."""

        def mean(level: str, wider_mean: float, prior: float) -> float:
            values = self.groups.get(self._names(trial)[level], [])
            return shrunken_mean(values, wider_mean, prior)

        in_stage = math.fsum(self.everything) / len(self.everything)
        in_segment = mean("segment", in_stage, self.segment_prior)
        in_stratum = mean("stratum", in_segment, self.stratum_prior)
        expected = in_stratum + self._difference(trial, "year")
        # Who brought the customer is a key after the sale only; before, it is what is judged.
        brought_it_itself = judged is not None and trial.sourcer == judged
        if self.stage.is_post_sale and not brought_it_itself:
            expected += self._difference(trial, "sourcer")
        return expected

    def _difference(self, trial: Trial, branch: str) -> float:
        """By how much a branch differs from its stratum, as far as its number of trials says."""
        names = self._names(trial)
        stratum, own = self.groups.get(names["stratum"], []), self.groups.get(names[branch], [])
        if not stratum:
            return 0.0
        excess = math.fsum(own) - len(own) * math.fsum(stratum) / len(stratum)
        return excess / (len(own) + self.stratum_prior)


def spread_of(trials: list[Trial], stage: Stage, rules: Rules) -> Spread:
    """Residual variance of each segment, and the correlation within an account."""
    expect = Expectation(trials, {t.key: t.outcome for t in trials}, stage, rules)
    residuals = {trial.key: trial.outcome - expect(trial, None) for trial in trials}
    pooled = math.fsum(r * r for r in residuals.values()) / len(trials)
    prior = rules["variance_prior_trials"]
    by_segment: dict[str, list[float]] = defaultdict(list)
    for trial in trials:
        by_segment[trial.segment].append(residuals[trial.key] ** 2)
    variance = {
        segment: (math.fsum(squares) + prior * pooled) / (len(squares) + prior)
        for segment, squares in by_segment.items()
    }
    by_account: dict[str, list[float]] = defaultdict(list)
    for trial in trials:
        if variance[trial.segment] > 0:
            standardised = residuals[trial.key] / math.sqrt(variance[trial.segment])
            by_account[trial.account].append(standardised)
    products = [
        values[i] * values[j]
        for values in by_account.values()
        for i in range(len(values))
        for j in range(i + 1, len(values))
    ]
    correlation = max(0.0, math.fsum(products) / len(products)) if products else 0.0
    return Spread(variance, correlation)


# ----------------------------------------------------------------------------------------- effect


def raw_effect(
    partner: str,
    trials: list[Trial],
    outcomes: Outcomes,
    own_effect: float,
    spread: Spread,
    stage: Stage,
    rules: Rules,
) -> Raw | None:
    """One partner against what was expected without it; None where it has no credit."""
    touched = [trial for trial in trials if partner in trial.credits]
    untouched = [trial for trial in trials if partner not in trial.credits]
    if not touched:
        return None
    expect = Expectation(untouched, outcomes, stage, rules)
    comparable = [
        trial for trial in touched if expect.size_of_segment(trial) >= rules["min_untouched_trials"]
    ]
    credit_of_all = math.fsum(trial.credits[partner] for trial in touched)
    credit = math.fsum(trial.credits[partner] for trial in comparable)
    if not comparable:
        return Raw(None, None, None, None, None, 0.0)
    squares = math.fsum(trial.credits[partner] ** 2 for trial in comparable)
    outcome = (
        math.fsum(
            trial.credits[partner] * (outcomes[trial.key] + trial.credits[partner] * own_effect)
            for trial in comparable
        )
        / credit
    )
    expected = (
        math.fsum(trial.credits[partner] * expect(trial, partner) for trial in comparable) / credit
    )

    apart = math.fsum(t.credits[partner] ** 2 * spread.variance[t.segment] for t in comparable)
    in_account: dict[str, list[float]] = defaultdict(list)
    in_segment: dict[str, list[Trial]] = defaultdict(list)
    for trial in comparable:
        in_account[trial.account].append(
            trial.credits[partner] * math.sqrt(spread.variance[trial.segment])
        )
        in_segment[trial.segment].append(trial)
    together = math.fsum(math.fsum(sds) ** 2 for sds in in_account.values())
    of_expectation = math.fsum(
        (math.fsum(t.credits[partner] for t in members) / credit) ** 2
        * spread.variance[segment]
        / (expect.size_of_segment(members[0]) + rules["stratum_prior_trials"])
        for segment, members in in_segment.items()
    )
    rho = spread.correlation
    variance = ((1 - rho) * apart + rho * together) / credit**2 + of_expectation
    return Raw(
        n_effective=credit**2 / squares,
        outcome=outcome,
        expected=expected,
        effect=outcome - expected,
        sd=math.sqrt(variance),
        comparable_share=credit / credit_of_all,
    )


def posterior(raws: Raws, reference_sd: float, rules: Rules) -> Posteriors:
    """Mean and sd of each partner's effect, averaged over what the spread between partners may be.

    Partners of one stage share that spread; those whose effect has no variance have no posterior.
    """
    names = [name for name, raw in raws.items() if raw.sd is not None and raw.sd > 0]
    if not names:
        return {}
    effects = np.array([raws[name].effect for name in names])
    sds = np.array([raws[name].sd for name in names])
    taus = reference_sd * np.linspace(0, rules["grid_reach_sds"], int(rules["grid_points"]))
    log_weights = norm.logpdf(taus, 0, rules["grid_prior_sds"] * reference_sd)
    log_weights += np.array([norm.logpdf(effects, 0, np.hypot(tau, sds)).sum() for tau in taus])
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    kept = taus[:, None] ** 2 / (taus[:, None] ** 2 + sds**2)
    means_at_tau = kept * effects
    means = weights @ means_at_tau
    # the law of total variance: within each value of tau, and between them
    variances = weights @ (kept * sds**2) + weights @ (means_at_tau - means) ** 2
    return {
        name: (float(mean), math.sqrt(variance))
        for name, mean, variance in zip(names, means, variances, strict=True)
    }


def judge_all(
    trials: list[Trial],
    outcomes: Outcomes,
    own_effects: Mapping[str, float],
    spread: Spread,
    stage: Stage,
    rules: Rules,
) -> dict[str, Raw]:
    """Raw effects of every partner with credit; own effects are what they get back."""
    raws = {}
    for partner in sorted({name for trial in trials for name in trial.credits} - {OWN_TEAM}):
        own = own_effects.get(partner, 0.0)
        raw = raw_effect(partner, trials, outcomes, own, spread, stage, rules)
        if raw is not None:
            raws[partner] = raw
    return raws


def effects_of_stage(trials: list[Trial], stage: Stage, rules: Rules) -> tuple[Raws, Posteriors]:
    """Raw effects and posteriors of all partners: once, and again with the others' effects out."""
    spread = spread_of(trials, stage, rules)
    observed = {trial.key: trial.outcome for trial in trials}
    first_raws = judge_all(trials, observed, {}, spread, stage, rules)
    first = posterior(first_raws, stage.reference_sd, rules)
    first_effects = {name: mean for name, (mean, _) in first.items()}
    without_partners = {
        trial.key: trial.outcome
        - math.fsum(c * first_effects.get(name, 0.0) for name, c in trial.credits.items())
        for trial in trials
    }
    raws = judge_all(trials, without_partners, first_effects, spread, stage, rules)
    return raws, posterior(raws, stage.reference_sd, rules)


def sourcing_effects(trials: list[Trial], stage: Stage, rules: Rules) -> dict[str, float]:
    """How the customers that each partner brought come out: all of the credit is the bringer's."""
    spread = spread_of(trials, stage, rules)
    brought = [replace(t, credits={t.sourcer: 1.0} if t.sourcer else {}) for t in trials]
    observed = {trial.key: trial.outcome for trial in trials}
    raws = judge_all(brought, observed, {}, spread, stage, rules)
    return {name: mean for name, (mean, _) in posterior(raws, stage.reference_sd, rules).items()}


def e_value(expected: float, effect: float) -> float | None:
    """How strong a confounder must be to explain an effect away, as a risk ratio."""
    before, after = expected, expected + effect
    if before >= 0.5:  # the rarer of outcome and no outcome
        before, after = 1 - before, 1 - after
    if before <= 0 or after <= 0:
        return None
    ratio = max(before / after, after / before)
    return ratio + math.sqrt(ratio * (ratio - 1))


# ------------------------------------------------------------------------------------------ index


def judge_stage(
    trials: list[Trial], accounts: Mapping[str, set[str]], stage: Stage, rules: Rules
) -> dict[str, StageResult]:
    """Every partner that has met an account, in one stage."""
    raws, posteriors = effects_of_stage(trials, stage, rules)
    tried = {trial.account for trial in trials}
    results = {}
    for partner, met in accounts.items():
        result = results[partner] = StageResult()
        result.n_accounts = len(met & tried)
        credited = [t for t in trials if t.account in met and partner in t.credits]
        result.n_trials = len(credited)
        if result.n_accounts >= rules["min_stage_accounts"]:
            result.presence = len({t.account for t in credited}) / result.n_accounts
        if raw := raws.get(partner):
            result.n_effective = raw.n_effective
            result.outcome = raw.outcome
            result.expected_outcome = raw.expected
            result.effect_raw = raw.effect
            result.effect_raw_sd = raw.sd
            result.comparable_share = raw.comparable_share
            if raw.n_effective is not None and result.presence is not None:
                result.evidence = grade(raw.n_effective, rules)
        if partner in posteriors:
            add_posterior(result, *posteriors[partner], stage, rules)
    return results


def add_posterior(
    result: StageResult, effect: float, sd: float, stage: Stage, rules: Rules
) -> None:
    """Fill in what follows from the posterior."""
    result.effect, result.effect_sd = effect, sd
    result.stage_score = 100 / (
        1 + math.exp(-rules["logistic_scale"] * effect / stage.reference_sd)
    )
    result.p_below_zero = float(norm.cdf(0, effect, sd)) if sd > 0 else None
    result.e_value = e_value(result.expected_outcome, effect)
    lower, upper = effect - rules["interval_z"] * sd, effect + rules["interval_z"] * sd
    if lower > 0:
        result.e_value_bound = e_value(result.expected_outcome, lower)
    elif upper < 0:
        result.e_value_bound = e_value(result.expected_outcome, upper)
    else:
        result.e_value_bound = 1.0


def grade(n_effective: float, rules: Rules) -> str:
    if n_effective < rules["evidence_insufficient_below"]:
        return "insufficient"
    return "provisional" if n_effective < rules["evidence_provisional_below"] else "solid"


def add_index(result: PartnerResult, stages: Mapping[str, Stage], rules: Rules) -> None:
    """Sum the stages up."""
    total = math.fsum(stage.weight for stage in stages.values())
    parts, neutral = [], rules["csi_neutral"]
    for name, judged in result.stages.items():
        if judged.presence is not None and judged.stage_score is not None:
            parts.append((stages[name], judged))
    weight_of_book = math.fsum(stages[name].weight for name in result.stages)
    reached = [
        stages[n].weight
        for n, s in result.stages.items()
        if s.presence == 0 or (s.presence is not None and s.stage_score is not None)
    ]
    result.weight_coverage = math.fsum(reached) / weight_of_book
    if not parts:
        return
    points = [s.weight * j.presence * (j.stage_score - neutral) for s, j in parts]
    result.csi = neutral + math.fsum(points) / total
    slopes = [rules["logistic_scale"] / s.reference_sd * _score_spread(j) for s, j in parts]
    variances = [
        (s.weight * j.presence * slope * j.effect_sd) ** 2
        for (s, j), slope in zip(parts, slopes, strict=True)
    ]
    half_width = rules["interval_z"] * math.sqrt(math.fsum(variances)) / total
    result.csi_lower, result.csi_upper = result.csi - half_width, result.csi + half_width
    worked = [(s.weight, j.stage_score) for s, j in parts if j.presence > 0]
    if worked:
        result.csi_quality = math.fsum(w * score for w, score in worked) / math.fsum(
            w for w, _ in worked
        )


def _score_spread(judged: StageResult) -> float:
    """How fast a score moves on its logistic curve, in points."""
    return judged.stage_score * (100 - judged.stage_score) / 100


def judge_book(book: Book, stages: Mapping[str, Stage], rules: Rules) -> dict[str, PartnerResult]:
    """Every partner of a month-end."""
    results = {
        partner: PartnerResult(n_accounts=len(accounts), n_trials=0)
        for partner, accounts in book.accounts.items()
    }
    for name, trials in book.trials.items():
        for partner, judged in judge_stage(trials, book.accounts, stages[name], rules).items():
            results[partner].stages[name] = judged
            results[partner].n_trials += judged.n_trials
    for result in results.values():
        if result.stages:
            add_index(result, stages, rules)
    return results
