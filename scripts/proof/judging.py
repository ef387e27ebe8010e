"""What each world must show (measures.md, Proving the measures): figures of its seeds, pooled, beside their thresholds
and beside what plain counting says. Retention unless named; partners with at least 40 credited trials."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

from .figures import Figure, mean, not_built, share
from .observing import Observed
from .statistics import Z90, slope, spearman, weighted_mean

CREDITED_TRIALS = 40
PLANTED = {
    "acquisition": "win_odds",
    "onboarding": "onboarding_time",
    "adoption": "adoption_level",
    "expansion": "growth_odds",
    "advocacy": "voice",
}
"""The answer that orders partners in the stages other than retention; of onboarding, less is better."""
YOUNG_STAGES = ("onboarding", "adoption")
LATER_STAGES = ("acquisition", "retention", "expansion", "advocacy")
LABELS = ("overrated", "underrated")
SPEARMAN_SD = 0.13
"""How much Spearman of one seed varies: (1 - rho^2) sqrt((1 + rho^2 / 2) / (k - 3)) with rho = .75 and k = 17 partners
(Bonett & Wright, Sample size requirements for estimating Pearson, Kendall and Spearman correlations, 2000)."""
CDE_PCT = 37.5
"""What the world `faster` plants: evaluations with a partner take .625 of the time."""

Row = dict[str, Any]
Runs = list[Observed]
Judge = Callable[[str, Runs, dict[str, Runs]], list[Figure]]


def effects(run: Observed, stage: str = "retention", credited: int = CREDITED_TRIALS) -> list[Row]:
    """Partners of one run with an effect and enough credited trials, each with its truth."""
    return [
        row | run["truths"][row["partner_name"]]
        for row in run["stages"]
        if row["stage"] == stage and row["effect"] is not None and row["n_trials"] >= credited
    ]


def all_effects(runs: Runs, stage: str = "retention") -> list[Row]:
    return [row for run in runs for row in effects(run, stage)]


def holds(row: Row, value: float, prefix: str = "effect") -> bool:
    """Whether an interval of a row holds the value."""
    return row[f"{prefix}_lower"] <= value <= row[f"{prefix}_upper"]


def orders(
    runs: Runs,
    by: str,
    truth: str = "truth",
    stage: str = "retention",
    credited: int = CREDITED_TRIALS,
) -> list[float]:
    """Spearman of a figure with the truth, seed by seed."""
    by_seed = (effects(run, stage, credited) for run in runs)
    found = (spearman([r[by] for r in rows], [r[truth] for r in rows]) for rows in by_seed)
    return [value for value in found if value is not None]


def misses(runs: Runs, stage: str = "retention", truth: bool = True) -> list[float]:
    """By seed: raw effects less the truth (or less nothing), weighted by effective trials."""
    found = []
    for run in runs:
        rows = effects(run, stage)
        away = [row["effect_raw"] - (row["truth"] if truth else 0.0) for row in rows]
        found.append(weighted_mean(away, [row["n_effective"] for row in rows]))
    return [value for value in found if value is not None]


def seed_sd(runs: Runs, stage: str = "retention") -> float | None:
    """How much `misses` of one seed vary by chance: from the intervals' widths, partners taken as independent."""
    found = []
    for run in runs:
        rows = effects(run, stage)
        total = sum(row["n_effective"] for row in rows)
        if total:
            parts = (row["n_effective"] * standard_error(row) for row in rows)
            found.append(sqrt(sum(part * part for part in parts)) / total)
    return average(found)


def standard_error(row: Row) -> float:
    return (row["effect_raw_upper"] - row["effect_raw_lower"]) / (2 * Z90)


def average(values: Iterable[float]) -> float | None:
    values = list(values)
    return sum(values) / len(values) if values else None


def naive(rows: list[Row], stage: str, what: str) -> float | None:
    """What counting customers says; it knows of no stage but the last."""
    return average(row[what] for row in rows) if stage == "retention" else None


def label_of(run: Observed, name: str) -> str:
    return next(row["paradox"] for row in run["labels"] if row["partner_name"] == name)


def order(world: str, runs: Runs, low: float | None) -> Figure:
    """Mean Spearman of effect and truth; beside it that of the raw rates."""
    found, raw = orders(runs, "effect"), average(orders(runs, "raw"))
    said = "mean Spearman of effect and truth"
    return mean(world, said, found, "seeds", SPEARMAN_SD, low=low, raw=raw)


def coverage(world: str, runs: Runs, low: float | None, high: float | None = None) -> Figure:
    hits = [holds(row, row["truth"]) for row in all_effects(runs)]
    return share(
        world, "shrunk intervals that hold the truth", hits, "partners", low=low, high=high
    )


def bias(world: str, runs: Runs, bound: float | None) -> Figure:
    """Mean of raw effect less truth; beside it that of the raw rates."""
    rows = all_effects(runs)
    low = None if bound is None else -bound
    raw = average(row["raw"] - row["truth"] for row in rows)
    name = "pooled bias of the unshrunk effect"
    found, sd = misses(runs), seed_sd(runs)
    return mean(world, name, found, "seeds", sd, low=low, high=bound, raw=raw)


# --- worlds --------------------------------------------------------------------------------------


def no_effect(
    world: str, runs: Runs, others: dict[str, Runs], stages: tuple[str, ...] = LATER_STAGES
) -> list[Figure]:
    """Nothing is planted: what is found is chance, and no more of it than was promised."""
    figures = []
    for stage in stages:
        rows = all_effects(runs, stage)
        unshrunk = [not holds(row, 0, "effect_raw") for row in rows]
        shrunk = [not holds(row, 0) for row in rows]
        claims, gap = (naive(rows, stage, what) for what in ("naive_claims", "naive"))
        said = f"{stage}: unshrunk intervals that exclude 0"
        figures.append(share(world, said, unshrunk, "partners", low=0.05, high=0.15, raw=claims))
        said = f"{stage}: shrunk intervals that exclude 0"
        figures.append(share(world, said, shrunk, "partners", high=0.05, raw=claims))
        said = f"{stage}: mean effect of all credited trials"
        found = misses(runs, stage, truth=False)
        sd = seed_sd(runs, stage)
        figures.append(mean(world, said, found, "seeds", sd, low=-0.02, high=0.02, raw=gap))
    labelled = [row["paradox"] in LABELS for run in runs for row in run["labels"]]
    said = "partners labelled overrated or underrated"
    figures.append(share(world, said, labelled, "partners", high=0.03))
    return figures + depth_without_effect(world, runs) + discovery(world, runs, 0.0)


def no_effect_young(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    return no_effect(world, runs, others, YOUNG_STAGES)


def depth_without_effect(world: str, runs: Runs) -> list[Figure]:
    said = "depth: intervals of the lift that exclude 0"
    if any(run["depth_retention"] is None for run in runs):
        return [not_built(world, said, "depth_retention")]
    rows = [
        row
        for run in runs
        for row in run["depth_retention"]
        if row["lift_lower"] is not None and row["evidence"] == "solid"
    ]
    return [
        share(world, said, [not holds(row, 0, "lift") for row in rows], "levels", high=0.15),
        *(
            mean(world, f"depth: mean lift of level {level}", found, "seeds")
            for level in sorted({row["level"] for row in rows})
            if (found := [float(row["lift"]) for row in rows if row["level"] == level])
        ),
    ]


def discovery(world: str, runs: Runs, planted: float) -> list[Figure]:
    said = f"CDE: intervals that hold {planted:g} %"
    if any(run["partner_cde"] is None for run in runs):
        return [not_built(world, said, "partner_cde")]
    rows = [
        row
        for run in runs
        for row in run["partner_cde"]
        if row["cde_pct_lower"] is not None and row["evidence"] != "insufficient"
    ]
    by_seed = (
        average(row["cde_pct"] for row in run["partner_cde"] if row["evidence"] == "solid")
        for run in runs
    )
    found = [value for value in by_seed if value is not None]
    return [
        share(world, said, [holds(row, planted, "cde_pct") for row in rows], "partners", low=0.85),
        mean(world, "CDE: mean of solid partners, %", found, "seeds"),
    ]


def faster(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    return discovery(world, runs, CDE_PCT)


def planted(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    found, rows = orders(runs, "effect"), all_effects(runs)
    truths = [row["truth"] for row in rows]
    wrong = [
        label_of(run, run[who]) == label
        for run in runs
        for who, label in (("loud", "underrated"), ("quiet", "overrated"))
    ]
    counts = [len(effects(run)) for run in runs]
    return [
        order(world, runs, 0.75),
        Figure(
            world,
            "least Spearman of a seed",
            min(found, default=None),
            len(found),
            "seeds",
            low=0.45,
        ),
        Figure(world, "fewest partners of a seed", min(counts), len(counts), "seeds", low=10),
        coverage(world, runs, 0.85, 0.95),
        Figure(
            world,
            "slope of the unshrunk effect on the truth",
            slope(truths, [row["effect_raw"] for row in rows]),
            len(rows),
            "partners",
            low=0.85,
            high=1.15,
            spread=slope_error(rows),
            raw=slope(truths, [row["raw"] for row in rows]),
        ),
        Figure(
            world,
            "slope of the shrunk effect (told, not judged)",
            slope(truths, [row["effect"] for row in rows]),
            len(rows),
            "partners",
        ),
        bias(world, runs, None),
        share(world, "named partners labelled the wrong way", wrong, "labels", high=0.0),
        *named(world, runs, None, None),
        *other_stages(world, runs),
    ]


def slope_error(rows: list[Row]) -> float | None:
    """Standard error of the slope of raw effect on truth, from the intervals' widths."""
    truths = [row["truth"] for row in rows]
    middle = average(truths)
    if middle is None or len(rows) < 3:
        return None
    errors = [standard_error(row) for row in rows]
    away = [truth - middle for truth in truths]
    total = sum(a * a for a in away)
    return sum((a * e) ** 2 for a, e in zip(away, errors, strict=True)) ** 0.5 / total


def named(world: str, runs: Runs, loud: float | None, quiet: float | None) -> list[Figure]:
    """The loud partner and the quiet one: in how many seeds each is called what it is."""
    return [
        share(
            world,
            f"seeds in which the {who} partner is {label}",
            [label_of(run, run[who]) == label for run in runs],
            "seeds",
            low=low,
        )
        for who, label, low in (("loud", "overrated", loud), ("quiet", "underrated", quiet))
    ]


def other_stages(world: str, runs: Runs) -> list[Figure]:
    """Spearman of each other stage with the multiplier planted in it; told, not judged. Of the stages of new customers
    no partner has forty trials, so ten do."""
    figures = []
    for stage, multiplier in PLANTED.items():
        sign = -1 if stage == "onboarding" else 1
        credited = 10 if stage in YOUNG_STAGES else CREDITED_TRIALS
        found = orders(runs, "effect", multiplier, stage, credited)
        said = f"{stage}: mean Spearman with what was planted"
        figures.append(mean(world, said, [sign * value for value in found], "seeds"))
    return figures


def planted_6000(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    return [
        order(world, runs, 0.82),
        coverage(world, runs, 0.85, 0.95),
        *named(world, runs, 0.85, 0.80),
    ]


def planted_half(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    return [
        order(world, runs, None),
        coverage(world, runs, None),
        *named(world, runs, None, None),
    ]


def segments(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    gaps = [a - b for a, b in zip(orders(runs, "effect"), orders(runs, "raw"), strict=True)]
    return [
        mean(world, "Spearman above the raw rate's", gaps, "seeds", low=0.08),
        order(world, runs, None),
        bias(world, runs, 0.02),
        coverage(world, runs, None),
    ]


def few_partners(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    return [coverage(world, runs, 0.85), bias(world, runs, None)]


def hidden_fit(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    """No partner changes anything; well-fitting customers pick some partners more often, and stay by themselves."""
    rows = [row for row in all_effects(runs) if row["confounder"] is not None]
    wrong = [not holds(row, 0, "effect_raw") for row in rows]
    reached = [row["e_value"] is None or row["e_value"] <= row["confounder"] for row in rows]
    safe = [
        row["e_value_bound"] is None or row["e_value_bound"] <= row["confounder"] for row in rows
    ]
    return [
        share(
            world, "unshrunk intervals that exclude 0: it is biased", wrong, "partners", low=0.15
        ),
        bias(world, runs, None),
        share(
            world,
            "E-value of the bound below the confounder's strength",
            safe,
            "partners",
            low=0.95,
        ),
        share(world, "E-value of the estimate below it", reached, "partners", low=0.9),
        Figure(
            world,
            "mean E-value of the estimate; raw: the confounder's mean strength",
            average(row["e_value"] for row in rows if row["e_value"] is not None),
            len(rows),
            "partners",
            raw=average(row["confounder"] for row in rows),
        ),
    ]


def one_partner(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    here = [
        row
        for run in runs
        for row in run["stages"]
        if row["stage"] == "retention" and row["partner_name"] == run["loud"]
    ]
    claimed = [row["effect"] is not None and not holds(row, 0) for row in here]
    shares = [row["comparable_share"] or 0.0 for row in here]
    labelled = [row["paradox"] in LABELS for run in runs for row in run["labels"]]
    ranked = [
        row["csi_rank"] is not None
        for run in runs
        for row in run["labels"]
        if row["partner_name"] == run["loud"]
    ]
    return [
        Figure(
            world,
            "largest comparable share",
            max(shares, default=None),
            len(here),
            "seeds",
            high=0.2,
        ),
        share(world, "retention effects claimed", claimed, "seeds", high=0.0),
        share(world, "partners labelled", labelled, "partners", high=0.0),
        share(world, "ranked by CSI", ranked, "seeds", high=0.0),
    ]


def censored(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    def width(where: Runs) -> float | None:
        return average(standard_error(row) for row in all_effects(where))

    figures = [bias(world, runs, 0.02), coverage(world, runs, 0.85), order(world, runs, None)]
    here, full = width(runs), width(others.get("planted_6000", []))
    if here and full:
        said = "width of unshrunk intervals, in those of planted_6000"
        figures.append(Figure(world, said, here / full, len(runs), "seeds", low=1.0))
    return figures


def monthly(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    return [
        bias(world, runs, 0.02),
        coverage(world, runs, 0.85),
        order(world, runs, None),
    ]


def sixty(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    said = [row["evidence"] == "insufficient" for run in runs for row in run["stages"]]
    ranked = [row["csi_rank"] is not None for run in runs for row in run["labels"]]
    labelled = [row["paradox"] in LABELS for run in runs for row in run["labels"]]
    return [
        share(world, "partners and stages that say insufficient", said, "rows", low=0.95),
        share(world, "partners labelled", labelled, "partners", high=0.0),
        share(world, "partners ranked by CSI", ranked, "partners", high=0.05),
    ]


def twenty(world: str, runs: Runs, others: dict[str, Runs]) -> list[Figure]:
    """The exact tails: sums of C(10, k) C(10, 10 - k) / C(20, 10) over k >= 8 and over k >= 7."""
    figures = []
    for at, (name, exact, words) in enumerate(
        (
            ("p of 8 of 10 against 2 of 10", 2126 / 184756, "more often at those kept"),
            ("p of 7 of 10 against 3 of 10", 16526 / 184756, "too small a difference"),
        )
    ):
        rows = [run["counts"][at][0] for run in runs]
        worst = max((abs(row["fisher_p"] - exact) for row in rows), default=None)
        figures += [
            Figure(world, f"{name}: off by", worst, len(rows), "books", high=1e-9),
            share(
                world,
                f"{name}: says so",
                [words in row["sentence"] for row in rows],
                "books",
                low=1.0,
            ),
        ]
    return figures


JUDGES: dict[str, Judge] = {
    "null": no_effect,
    "random_touches": no_effect,
    "null_young": no_effect_young,
    "random_young": no_effect_young,
    "planted": planted,
    "planted_6000": planted_6000,
    "planted_half": planted_half,
    "segments": segments,
    "few_partners": few_partners,
    "hidden_fit": hidden_fit,
    "one_partner": one_partner,
    "censored": censored,
    "monthly_null": no_effect,
    "monthly": monthly,
    "faster": faster,
    "sixty": sixty,
    "twenty": twenty,
}


def judge(observed: Runs) -> list[Figure]:
    """Figures of all worlds that were seen, in the order of JUDGES; and that no world lost a row on the way."""
    runs: dict[str, Runs] = {}
    for run in sorted(observed, key=lambda run: run["seed"]):
        runs.setdefault(run["world"], []).append(run)
    figures = [
        figure
        for world, judged in JUDGES.items()
        if world in runs
        for figure in judged(world, runs[world], runs)
    ]
    refused = sum(run.get("n_rejects") or 0 for run in observed)
    return [*figures, Figure("all", "rows refused", refused, len(observed), "builds", high=0)]
