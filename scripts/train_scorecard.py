"""Train a points scorecard on a company's own history, and add it to the seeds scorecards and scorecard_versions.

One card foretells one outcome (seed score_targets) from the signals that the seed score_features lists for it:

- Each signal is cut into a few bins by a decision tree that may only move one way (seed score_features, trend). Bin 0
  is: nothing is known.
- A bin weighs the log odds of its outcome against those of all rows, shrunk towards them: weight of evidence (Siddiqi,
  Intelligent Credit Scoring, 2017), here positive where the outcome is more likely.
- A logistic regression weighs the signals together. One whose weight comes out below zero says the opposite of what it
  says alone; it stays in the card with no points, so that it is still watched.
- Points are whole; 20 of them double the odds. The log odds are fitted once more on the rounded points.

Rows are account-months, and months of one account are alike: the AUC and the calibration error are those of accounts
that the card had not seen (five folds by account). Nothing is put in force here: a person does that in the register.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from scripts.contract import PROJECT
from scripts.errors import UserError

SEEDS = PROJECT / "seeds"
STATUSES = ("demo", "challenger")
# Fewer outcomes of either kind make no card
MIN_OUTCOMES = 50
MAX_BINS = 6
# A bin holds at least so many rows, and this share of all
MIN_BIN_ROWS = 50
MIN_BIN_SHARE = 0.05
# Rows of the average outcome that each bin is given: a small bin says little
PRIOR_ROWS = 50
# Inverse strength of the penalty on large coefficients
PENALTY = 1.0
POINTS_TO_DOUBLE = 20
FACTOR = POINTS_TO_DOUBLE / math.log(2)
FOLDS = 5

CARD_COLUMNS = (
    "model",
    "model_version",
    "signal",
    "bin",
    "lower",
    "upper",
    "weight_of_evidence",
    "points",
    "n",
    "n_events",
    "n_scored",
)
VERSION_COLUMNS = (
    "model",
    "version",
    "target",
    "status",
    "trained_from",
    "trained_to",
    "effective_from",
    "intercept",
    "slope",
    "points_min",
    "points_max",
    "medium_from",
    "high_from",
    "n",
    "n_events",
    "auc",
    "calibration_error",
    "weights_hash",
    "note",
)


@dataclass
class Bin:
    """lower <= value < upper; None is unbounded. Number 0 has no bounds: nothing is known."""

    number: int
    lower: float | None
    upper: float | None
    n: int
    n_events: int
    weight: float
    points: int = 0
    # of all account-months that the card scores, with or without a known outcome: what drift is held against
    n_scored: int = 0

    def holds(self, values: np.ndarray) -> np.ndarray:
        if self.number == 0:
            return np.isnan(values)
        held = ~np.isnan(values)
        if self.lower is not None:
            held &= values >= self.lower
        if self.upper is not None:
            held &= values < self.upper
        return held


@dataclass
class Card:
    """Bins of each signal, and log odds = intercept + slope x points."""

    bins: dict[str, list[Bin]]
    intercept: float = 0.0
    slope: float = 0.0
    deciles: list[Bin] = field(default_factory=list)

    @property
    def points_min(self) -> int:
        return sum(min(each.points for each in bins) for bins in self.bins.values())

    @property
    def points_max(self) -> int:
        return sum(max(each.points for each in bins) for bins in self.bins.values())

    def points(self, signals: dict[str, np.ndarray]) -> np.ndarray:
        return sum(looked_up(signals[name], bins, "points") for name, bins in self.bins.items())

    def probability(self, points: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(self.intercept + self.slope * points)))


@dataclass
class Rows:
    """Account-months with their outcome; nan is unknown."""

    outcomes: np.ndarray
    groups: np.ndarray
    signals: dict[str, np.ndarray]
    months: list[str]

    def only(self, chosen: np.ndarray) -> Rows:
        return Rows(
            self.outcomes[chosen],
            self.groups[chosen],
            {name: values[chosen] for name, values in self.signals.items()},
            self.months,
        )


def fit(rows: Rows, trends: dict[str, int]) -> Card:
    """The card of these rows. trends: signal -> which way the outcome's rate may move as the value rises."""
    card = Card(
        {
            name: cut(rows.signals[name], rows.outcomes, trend, name)
            for name, trend in sorted(trends.items())
        }
    )
    weights = {
        name: looked_up(rows.signals[name], bins, "weight") for name, bins in card.bins.items()
    }
    for name, coefficient in weigh(weights, rows.outcomes).items():
        for each in card.bins[name]:
            each.points = round(coefficient * each.weight * FACTOR)
    points = card.points(rows.signals)
    card.intercept, card.slope = straight_line(points, rows.outcomes)
    card.deciles = deciles(points, rows.outcomes)
    return card


def cut(values: np.ndarray, outcomes: np.ndarray, trend: int, name: str) -> list[Bin]:
    """Bins of one signal; bin 0 and bin 1 are always there, so that every value finds its bin."""
    from sklearn.tree import DecisionTreeClassifier

    known = ~np.isnan(values)
    least = max(MIN_BIN_ROWS, round(MIN_BIN_SHARE * len(values)))
    bounds: list[float] = []
    seen = np.unique(values[known])
    if known.sum() >= 2 * least and len(seen) > 1 and len(np.unique(outcomes[known])) > 1:
        tree = DecisionTreeClassifier(
            criterion="log_loss",
            max_leaf_nodes=MAX_BINS,
            min_samples_leaf=least,
            monotonic_cst=[trend],
            random_state=0,
        ).fit(values[known].reshape(-1, 1), outcomes[known].astype(int))
        cuts = tree.tree_.threshold[tree.tree_.feature == 0]
        bounds = sorted({rounded_cut(float(each), seen) for each in cuts})
    edges = [None, *bounds, None]
    spans = [(0, None, None)] + [
        (number + 1, edges[number], edges[number + 1]) for number in range(len(edges) - 1)
    ]
    made = [
        weighed(Bin(number, lower, upper, 0, 0, 0.0), values, outcomes)
        for number, lower, upper in spans
    ]
    assert sum(each.n for each in made) == len(values), name
    return made


def rounded_cut(threshold: float, seen: np.ndarray) -> float:
    """The shortest number above the last value below the cut and up to the next: rows fall as in the tree."""
    below, above = seen[seen <= threshold], seen[seen > threshold]
    # the tree compares in single precision
    low = below[-1] if len(below) else -math.inf
    high = above[0] if len(above) else math.inf
    for digits in range(1, 17):
        short = float(f"{(low + high) / 2:.{digits}g}")
        if low < short <= high:
            return short
    return float(high)


def weighed(made: Bin, values: np.ndarray, outcomes: np.ndarray) -> Bin:
    """The same bin with its counts and its weight of evidence."""
    held = made.holds(values)
    made.n, made.n_events = int(held.sum()), int(outcomes[held].sum())
    rate = float(outcomes.mean())
    events = made.n_events + PRIOR_ROWS * rate
    others = made.n - made.n_events + PRIOR_ROWS * (1 - rate)
    made.weight = math.log(events / others) - math.log(rate / (1 - rate))
    return made


def looked_up(values: np.ndarray, bins: list[Bin], what: str) -> np.ndarray:
    found = np.zeros(len(values))
    for each in bins:
        found[each.holds(values)] = getattr(each, what)
    return found


def weigh(weights: dict[str, np.ndarray], outcomes: np.ndarray) -> dict[str, float]:
    """Coefficients of the weights of evidence, at least 0: the worst below it is left out until none is."""
    from sklearn.linear_model import LogisticRegression

    asked = [name for name, column in weights.items() if np.ptp(column) > 0]
    while asked:
        table = np.column_stack([weights[name] for name in asked])
        fitted = LogisticRegression(C=PENALTY, max_iter=1000).fit(table, outcomes).coef_[0]
        if fitted.min() >= 0:
            return dict(zip(asked, map(float, fitted), strict=True))
        del asked[int(fitted.argmin())]
    return {}


def straight_line(points: np.ndarray, outcomes: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of the log odds on the points (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    if np.ptp(points) == 0:
        rate = outcomes.mean()
        return math.log(rate / (1 - rate)), 0.0
    fitted = LogisticRegression(C=1e9, tol=1e-8, max_iter=1000).fit(
        points.reshape(-1, 1) / POINTS_TO_DOUBLE, outcomes
    )
    return float(fitted.intercept_[0]), float(fitted.coef_[0][0]) / POINTS_TO_DOUBLE


def deciles(points: np.ndarray, outcomes: np.ndarray) -> list[Bin]:
    """Bins of about a tenth of the rows each, by points; fewer where many have the same."""
    edges = np.unique(np.quantile(points, np.arange(1, 10) / 10, method="higher"))
    edges = [float(each) for each in edges if each > points.min()]
    bounds = [None, *edges, None]
    return [
        weighed(Bin(number + 1, bounds[number], bounds[number + 1], 0, 0, 0.0), points, outcomes)
        for number in range(len(bounds) - 1)
    ]


def out_of_fold(rows: Rows, trends: dict[str, int]) -> tuple[np.ndarray, float]:
    """Probability of each row from a card that saw no row of its account, and the mean AUC of the folds: pooled, a weak
    card falls below one half, since a fold rich in the outcome leaves the others poor in it."""
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold

    found, areas = np.zeros(len(rows.outcomes)), []
    folds = GroupKFold(n_splits=FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(found, rows.outcomes, rows.groups):
        card = fit(rows.only(seen), trends)
        found[unseen] = card.probability(card.points(rows.only(unseen).signals))
        if len(np.unique(rows.outcomes[unseen])) > 1:
            areas.append(roc_auc_score(rows.outcomes[unseen], found[unseen]))
    return found, float(np.mean(areas))


def calibration_error(probabilities: np.ndarray, outcomes: np.ndarray) -> float:
    """Expected calibration error: mean gap between probability and outcome over tenths of the rows by probability
    (Naeini, Cooper & Hauskrecht, 2015)."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        len(part) * abs(probabilities[part].mean() - outcomes[part].mean())
        for part in np.array_split(order, 10)
    ]
    return float(sum(gaps) / len(order))


def read_seed(folder: Path, name: str) -> list[dict[str, str]]:
    path = next(iter(sorted(folder.glob(f"*/{name}.csv"))), SEEDS / "rules" / f"{name}.csv")
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_rows(
    databases: Iterable[Path], model: str, signals: list[str], start: str, until: str
) -> Rows:
    """Rows of a model whose month-end lies in the window and whose outcome had resolved by its end."""
    columns = ", ".join(
        f"max(case when signals.signal = '{name}' then signals.value end) as {name}"
        for name in signals
    )
    tables = []
    for number, database in enumerate(databases):
        if not database.exists():
            raise UserError(f"{database}: no such file; build one first (make build).")
        with duckdb.connect(str(database), read_only=True) as connection:
            try:
                tables.append(
                    connection.execute(
                        f"""
                        select any_value(outcomes.outcome) as outcome, outcomes.as_of_date,
                            ? || outcomes.account_key as account, {columns}
                        from intermediate.int_score_outcomes as outcomes
                        left join intermediate.int_signals as signals
                            on outcomes.as_of_date = signals.as_of_date
                            and outcomes.account_key = signals.account_key
                        where outcomes.model = ? and outcomes.as_of_date >= cast(? as date)
                            and outcomes.as_of_date <= cast(? as date)
                            and outcomes.resolved_date <= cast(? as date)
                        group by outcomes.as_of_date, outcomes.account_key
                        order by outcomes.as_of_date, outcomes.account_key
                        """,
                        [f"{number}|", model, start, until, until],
                    ).fetchnumpy()
                )
            except duckdb.CatalogException:
                raise UserError(
                    f"{database}: no build of this project; it has no outcomes of scores. Run make build."
                ) from None
    months = np.concatenate([table["as_of_date"] for table in tables])
    return Rows(
        np.concatenate([np.asarray(table["outcome"], dtype=float) for table in tables]),
        np.concatenate([np.asarray(table["account"], dtype=str) for table in tables]),
        {
            name: np.concatenate(
                [np.ma.filled(np.ma.asarray(table[name], dtype=float), np.nan) for table in tables]
            )
            for name in signals
        },
        sorted({str(month)[:10] for month in months}),
    )


def count_scored(
    databases: Iterable[Path], card: Card, population: str, start: str, until: str
) -> None:
    """Count, in each bin of the card and each tenth of its points, all account-months of the population in the training
    window. Outcomes are known of some only, and those of some cards are a kind of their own."""
    names = sorted(card.bins)
    columns = ", ".join(
        f"max(case when signals.signal = '{name}' then signals.value end) as {name}"
        for name in names
    )
    for database in databases:
        with duckdb.connect(str(database), read_only=True) as connection:
            table = connection.execute(
                f"""
                select months.as_of_date, months.account_key, {columns}
                from intermediate.int_account_months as months
                left join intermediate.int_signals as signals
                    on months.as_of_date = signals.as_of_date
                    and months.account_key = signals.account_key
                where months.as_of_date between cast(? as date) and cast(? as date)
                    and (? = 'all' or months.is_customer)
                group by months.as_of_date, months.account_key
                """,
                [start, until, population],
            ).fetchnumpy()
        signals = {
            name: np.ma.filled(np.ma.asarray(table[name], dtype=float), np.nan) for name in names
        }
        points = card.points(signals)
        for name, bins in [*card.bins.items(), ("score", card.deciles)]:
            for each in bins:
                each.n_scored += int(each.holds(signals.get(name, points)).sum())


def train(
    databases: list[Path],
    models: list[str],
    version: str,
    status: str,
    start: str | None,
    until: str | None,
    effective_from: str | None,
    note: str,
    out: Path,
    console: Console,
) -> list[str]:
    """Fit the cards and add them to the seeds in `out`. Returns a line for each model."""
    targets = {row["model"]: row for row in read_seed(out, "score_targets")}
    rules = {
        row["rule"]: float(row["value"]) for row in read_seed(out, "rules") if not row["valid_to"]
    }
    start, until = read_day("--from", start, "1900-01-01"), read_day("--until", until, "9999-12-31")
    if effective_from is not None:
        read_day("--effective-from", effective_from, "")
    if status not in STATUSES:
        raise UserError(
            f"--status: '{status}' is not one of {', '.join(STATUSES)}; a person makes a champion, in the register."
        )
    for model in models:
        if model not in targets:
            raise UserError(f"--model: '{model}' is not one of {', '.join(targets)}.")
    cards, versions = (read_seed(out, name) for name in ("scorecards", "scorecard_versions"))
    said, problems = [], []
    for model in models or list(targets):
        trends = {
            row["signal"]: int(row["trend"])
            for row in read_seed(out, "score_features")
            if row["model"] == model
        }
        rows = read_rows(databases, model, sorted(trends), start, until)
        n, n_events = len(rows.outcomes), int(rows.outcomes.sum())
        if min(n_events, n - n_events) < MIN_OUTCOMES:
            problems.append(
                f"model {model}: {n_events} of {n} account-months with a resolved outcome had it; at least "
                f"{MIN_OUTCOMES} with and {MIN_OUTCOMES} without are needed. Widen --from and --until, or build with "
                "more history (var history_months)."
            )
            continue
        card = fit(rows, trends)
        if card.points_max == card.points_min:
            problems.append(f"model {model}: no signal foretells the outcome in this window.")
            continue
        unseen, area = out_of_fold(rows, trends)
        count_scored(databases, card, targets[model]["population"], rows.months[0], rows.months[-1])
        lines = card_lines(model, version, card)
        made = version_line(
            model, version, status, card, rows, unseen, area, rules, lines, effective_from, note
        )
        made["target"] = targets[model]["target"]
        alike = [
            row["version"]
            for row in versions
            if row["model"] == model and row["weights_hash"] == made["weights_hash"]
        ]
        taken = [row for row in versions if (row["model"], row["version"]) == (model, version)]
        if alike:
            said.append(f"{model}: version {alike[0]} already has these weights; nothing is added.")
            continue
        if taken:
            raise UserError(
                f"model {model} has a version {version} with other weights. Versions are kept; take a new --version."
            )
        cards += lines
        versions.append(made)
        show(model, card, made, console)
        said.append(
            f"{model}: version {version}, {n:,} account-months, {n_events:,} with the outcome, "
            f"AUC {made['auc']}, calibration error {made['calibration_error']}"
        )
    # a model that was asked for by name must not go missing unnoticed; of all five, the rest stand
    if problems and (models or not said):
        raise UserError(" ".join(problems))
    (out / "models").mkdir(parents=True, exist_ok=True)
    write(out / "models" / "scorecards.csv", CARD_COLUMNS, cards)
    write(out / "models" / "scorecard_versions.csv", VERSION_COLUMNS, versions)
    return said + problems


def read_day(option: str, text: str | None, default: str) -> str:
    try:
        return default if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise UserError(f"{option}: '{text}' is not a day such as 2025-12-31.") from None


def card_lines(model: str, version: str, card: Card) -> list[dict[str, object]]:
    lines = []
    for name, bins in [*card.bins.items(), ("score", card.deciles)]:
        for each in bins:
            lines.append(
                {
                    "model": model,
                    "model_version": version,
                    "signal": name,
                    "bin": each.number,
                    "lower": "" if each.lower is None else shortest(each.lower),
                    "upper": "" if each.upper is None else shortest(each.upper),
                    "weight_of_evidence": f"{each.weight:.6f}",
                    "points": "" if name == "score" else each.points,
                    "n": each.n,
                    "n_events": each.n_events,
                    "n_scored": each.n_scored,
                }
            )
    return lines


def version_line(
    model: str,
    version: str,
    status: str,
    card: Card,
    rows: Rows,
    unseen: np.ndarray,
    area: float,
    rules: dict[str, float],
    lines: list[dict[str, object]],
    effective_from: str | None,
    note: str,
) -> dict[str, object]:
    points = card.points(rows.signals)
    high, medium = (
        float(np.quantile(points, 1 - rules[name], method="higher"))
        for name in ("risk_high_share", "risk_medium_share")
    )
    made = {
        "model": model,
        "version": version,
        "status": status,
        "trained_from": rows.months[0],
        "trained_to": rows.months[-1],
        "effective_from": effective_from or "",
        "intercept": f"{card.intercept:.6f}",
        "slope": f"{card.slope:.6f}",
        "points_min": card.points_min,
        "points_max": card.points_max,
        "medium_from": shortest(medium),
        "high_from": shortest(high),
        "n": len(rows.outcomes),
        "n_events": int(rows.outcomes.sum()),
        "auc": f"{area:.4f}",
        "calibration_error": f"{calibration_error(unseen, rows.outcomes):.4f}",
        "note": note,
    }
    made["weights_hash"] = weights_hash(lines, made)
    return made


def weights_hash(lines: list[dict[str, object]], version: dict[str, object]) -> str:
    """Hash of all that scores: bins, points, and how points become log odds. Not of the version's name."""
    parts = [
        ",".join(str(line[name]) for name in ("signal", "bin", "lower", "upper", "points"))
        for line in lines
        if line["signal"] != "score"
    ]
    parts.append(f"{version['intercept']},{version['slope']}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def shortest(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def write(path: Path, columns: Iterable[str], lines: list[dict]) -> None:
    """Write the seed beside itself and swap it in."""
    aside = path.with_suffix(".csv.new")
    with aside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    aside.replace(path)


def show(model: str, card: Card, made: dict[str, object], console: Console) -> None:
    table = Table(
        title=f"{model} {made['version']}: points, {card.points_min} to {card.points_max}"
    )
    for heading in ("signal", "from", "below", "rows", "with the outcome", "weight", "points"):
        table.add_column(heading, justify="left" if heading == "signal" else "right")
    for name, bins in card.bins.items():
        for each in bins:
            if not any(other.points for other in bins):
                continue
            table.add_row(
                name,
                "unknown"
                if each.number == 0
                else ""
                if each.lower is None
                else shortest(each.lower),
                "" if each.upper is None else shortest(each.upper),
                f"{each.n:,}",
                f"{each.n_events / each.n:.1%}" if each.n else "",
                f"{each.weight:+.2f}",
                f"{each.points:+d}",
            )
    console.print(table)
    silent = [name for name, bins in card.bins.items() if not any(each.points for each in bins)]
    if silent:
        console.print(f"no points: {', '.join(silent)}", highlight=False)
