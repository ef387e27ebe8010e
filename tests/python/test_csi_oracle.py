"""The Customer Success Index of SQL against a second computation from trials.

Two books: the demo world, and a small one of made-up trials in which every rule of the index has
a case at its edge (a partner that touched everything, 19 and 20 untouched trials, four accounts
and five, outcomes that do not vary, accounts whose outcomes are opposed, own customers).
"""

import datetime as dt
import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import oracle_csi
import pytest
from test_components import REPOSITORY, fill_table, run_dbt

# which database, and how many month-ends before the newest
MONTHS = {
    "demo_latest": ("demo_database", 0),
    "demo_year_before": ("demo_database", 12),
    "edges_latest": ("edge_database", 0),
    "edges_year_before": ("edge_database", 1),
}
TOLERANCE = 1e-9
# normal_cdf is a polynomial that is good to 1e-7
TOLERANCE_OF_PROBABILITY = 1e-6

STAGE_NUMBERS = (
    "n_accounts",
    "n_trials",
    "presence",
    "n_effective",
    "outcome",
    "expected_outcome",
    "effect_raw",
    "effect_raw_sd",
    "effect",
    "effect_sd",
    "comparable_share",
    "stage_score",
    "e_value",
    "e_value_bound",
)
INDEX_NUMBERS = (
    "n_accounts",
    "n_trials",
    "weight_coverage",
    "csi",
    "csi_lower",
    "csi_upper",
    "csi_quality",
)


@dataclass(frozen=True)
class Month:
    """A month-end as the marts have it and as the oracle has it."""

    book: oracle_csi.Book
    resolved: set[str]
    index: Mapping[str, oracle_csi.PartnerResult]
    stages: Mapping[tuple[str, str], oracle_csi.StageResult]
    stage_rows: Mapping[tuple[str, str], Mapping[str, object]]
    index_rows: Mapping[str, Mapping[str, object]]
    sourcing_effects: Mapping[str, float]


# -------------------------------------------------------------------------- the book of edge cases

MONTH_ENDS = (dt.date(2024, 12, 31), dt.date(2025, 12, 31))
WINDOW = dt.timedelta(days=730)
# what is built for the book of edge cases, with all that these read
ROOTS = ("int_stage_variances", "int_sourcing_effects", "partner_csi_stages", "partner_csi")
# forms of trial, each a model: all trials come through the first instead
TRIAL_FORM = re.compile(r"int_trials_(?!windowed)\w+")
SEEDS = ("rules", "stages", "touch_stage_relevance", "touch_type_stages")
TABLES = {
    "trials": {
        "trial_key": "text",
        "stage": "text",
        "trial_form": "text",
        "account_key": "text",
        "started_date": "date",
        "exposed_from_date": "date",
        "landmark_date": "date",
        "resolved_date": "date",
        "outcome": "double",
    },
    "int_trial_credits": {"trial_key": "text", "partner_key": "text", "credit": "double"},
    "int_partner_accounts": {
        "partner_key": "text",
        "account_key": "text",
        "first_met_date": "date",
    },
    "int_accounts": {"account_key": "text", "segment": "text"},
    "int_deals": {
        "deal_key": "text",
        "account_key": "text",
        "kind": "text",
        "status": "text",
        "closed_at": "timestamp",
        "sourced_by_partner_key": "text",
    },
    "int_milestones_known": {
        "account_key": "text",
        "milestone": "text",
        "occurred_at": "timestamp",
        "known_from_date": "date",
        "known_until_date": "date",
    },
    "int_month_ends": {"as_of_date": "date", "is_latest": "boolean", "window_from_date": "date"},
    "int_early_losses": {
        "term_key": "text",
        "outcome_known_date": "date",
        "partner_key": "text",
    },
    "partners": {"partner_key": "text", "partner_name": "text"},
}


class EdgeBook:
    """Rows of the tables that the index is computed from."""

    def __init__(self) -> None:
        self.draw = random.Random(20)
        self.rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
        self.accounts: dict[str, list[str]] = {}
        self.trials: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.shares: dict[str, dict[str, float]] = {}
        self.recent: set[str] = set()
        self.n_trials = 0
        for latest, as_of in enumerate(MONTH_ENDS):
            self.rows["int_month_ends"].append((as_of, latest == 1, as_of - WINDOW))
        self._add_accounts()
        self._add_trials()
        self._add_partners()

    def _add_accounts(self) -> None:
        for segment, size in {"small": 60, "mid": 45, "large": 30, "tiny": 6}.items():
            names = [f"{segment}_{number}" for number in range(size)]
            self.accounts[segment] = names
            for number, name in enumerate(names):
                sourcer = ("bringer", "helped", None, None)[number % 4]
                self.rows["int_accounts"].append((name, segment))
                self.rows["int_deals"].append(
                    (f"deal_{name}", name, "new", "won", dt.datetime(2022, 1, 1), sourcer)
                )

    def _add_trials(self) -> None:
        draw = self.draw
        for segment, names in self.accounts.items():
            for number, name in enumerate(names):
                lean = draw.choice([-0.3, 0.3])
                for half_year in range(draw.randint(1, 6)):
                    form = "running" if number % 3 else "fixed"
                    outcome = min(1.0, max(0.0, draw.gauss(0.6 + lean, 0.2)))
                    self._add(segment, name, "retention", form, half_year, outcome)
                    # two outcomes of an account are opposed: correlation stops at 0
                    self._add(segment, name, "onboarding", "deal", half_year, half_year % 2)
                self._add(segment, name, "acquisition", "deal", 0, float(draw.random() < 0.4))
                self._add(segment, name, "acquisition", "deal", 3, float(draw.random() < 0.7))
                # one trial an account: nothing to correlate
                self._add(segment, name, "adoption", "live", number % 5, draw.random())
                # no variance at all
                self._add(segment, name, "expansion", "running", number % 5, 1.0)
        for name in self.accounts["large"][:15]:
            # too few to compare with
            self._add("large", name, "advocacy", "year", 2, float(draw.random() < 0.5))
        # resolved on the first and the last day of each window, and on the days outside it
        for as_of in MONTH_ENDS:
            for day in (as_of - WINDOW, as_of):
                self._add("small", "small_0", "retention", "fixed", 0, 0.25, day)
                next_day = day + dt.timedelta(days=1)
                self._add("small", "small_0", "retention", "fixed", 0, 0.25, next_day)

    def _add(
        self,
        segment: str,
        account: str,
        stage: str,
        form: str,
        half_year: int,
        outcome: float,
        resolved: dt.date | None = None,
    ) -> None:
        key = f"trial_{self.n_trials}"
        self.n_trials += 1
        days = 183 * half_year + self.draw.randint(0, 99)
        started = dt.date(2022, 3, 1) + dt.timedelta(days=days)
        resolved = resolved or started + dt.timedelta(days=self.draw.choice([200, 545]))
        row = (key, stage, form, account, started, started, started, resolved, outcome)
        self.rows["trials"].append(row)
        self.trials.setdefault((stage, segment), []).append((key, account))
        self.shares[key] = {}
        if MONTH_ENDS[-1] - WINDOW < resolved <= MONTH_ENDS[-1]:
            self.recent.add(key)

    def _add_partners(self) -> None:
        draw = self.draw
        stages = sorted({stage for stage, _ in self.trials})
        for (stage, segment), trials in self.trials.items():
            recent = [key for key, _ in trials if key in self.recent]
            for number, (key, account) in enumerate(trials):
                shares = self.shares[key]
                if stage == "retention":
                    shares["everywhere"] = draw.random()
                if segment == "mid" and key not in recent[:20]:
                    shares["leaves_twenty"] = draw.random()
                if segment == "mid" and key not in recent[:19]:
                    shares["leaves_nineteen"] = draw.random()
                if segment == "large" and number % 3 == 0:
                    shares["leaves_nineteen"] = draw.random()
                if int(account.split("_")[1]) % 4 == 0:
                    shares["bringer"] = draw.random()
                if segment == "tiny":
                    shares["in_tiny_only"] = draw.random()
                if draw.random() < 0.3:
                    shares["own_team"] = draw.random()
                if draw.random() < 0.2:
                    shares["busy"] = draw.choice([draw.random(), 1e-6])
                if draw.random() < 0.2:
                    shares["helped"] = draw.random()
        for stage in stages:
            key, _ = self.trials.get((stage, "small"), self.trials[stage, "large"])[5]
            self.shares[key]["once"] = 1.0
        account_of = {key: name for trials in self.trials.values() for key, name in trials}
        early, late = dt.date(2022, 1, 1), dt.date(2025, 6, 1)
        met = {
            (partner, account_of[key]): early
            for key, shares in self.shares.items()
            for partner in shares
        }
        met |= {("idle", name): early for name in self.accounts["small"][:9]}
        tried = [key for key, _ in self.trials["retention", "mid"] if key in self.recent]
        names = list(dict.fromkeys(account_of[key] for key in tried))
        met |= {("four_accounts", name): early for name in names[:4]}
        met |= {("five_accounts", name): early for name in names[:5]}
        met |= {("met_late", name): late for name in self.accounts["large"]}
        for partner in ("four_accounts", "five_accounts"):
            self.shares[tried[0]][partner] = 0.5
        # a stage with four of its accounts, and others with more
        adopted = [pair for pair in self.trials["adoption", "small"] if pair[0] in self.recent]
        names = [name for _, name in adopted[:4]]
        names += [n for n in self.accounts["small"] if n not in {name for _, name in adopted}][:4]
        met |= {("uneven", name): early for name in names}
        for stage in ("adoption", "acquisition", "retention"):
            for key, name in self.trials[stage, "small"]:
                if name in names:
                    self.shares[key]["uneven"] = draw.random()
        for key, shares in self.shares.items():
            total = sum(shares.values())
            self.rows["int_trial_credits"] += [(key, p, c / total) for p, c in shares.items()]
        self.rows["int_partner_accounts"] += [(*pair, day) for pair, day in met.items()]
        self.rows["partners"] += [(name, name.title()) for name in sorted({p for p, _ in met})]


def models_over_tables() -> dict[str, str]:
    """The models of the index as they are, and in place of what they begin with, tables."""
    files = {path.stem: path for path in (REPOSITORY / "models").rglob("*.sql")}
    wanted, models = {*ROOTS}, {}
    while wanted:
        name = wanted.pop()
        layer = files[name].relative_to(REPOSITORY / "models").parts[0]
        if TRIAL_FORM.fullmatch(name):
            sql = f"select * from raw.trials where {name == 'int_trials_acquisition'}"
        elif name in TABLES:
            sql = f"select * from raw.{name}"
        else:
            sql = files[name].read_text(encoding="utf-8")
            # by ref, or as the argument of a macro
            wanted |= {other for other in re.findall(r"'(\w+)'", sql) if other in files}
        models[f"{layer}/{name}"] = sql
        wanted -= {Path(path).stem for path in models}
    return models | {f"intermediate/{name}": f"select * from raw.{name}" for name in SEEDS}


@pytest.fixture(scope="session")
def edge_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models of the index over the book of edge cases."""

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        for name in SEEDS:
            seed = oracle_csi.RULES / f"{name}.csv"
            connection.execute(f"create table raw.{name} as from read_csv('{seed}')")
        for name, rows in EdgeBook().rows.items():
            fill_table(connection, name, TABLES[name], rows)

    return run_dbt(tmp_path_factory.mktemp("edges"), models_over_tables(), fill)


# --------------------------------------------------------------------------------- the comparison


@pytest.fixture(scope="module")
def rules() -> dict[str, float]:
    return oracle_csi.read_rules()


@pytest.fixture(scope="module")
def stages() -> dict[str, oracle_csi.Stage]:
    return oracle_csi.read_stages()


@pytest.fixture(scope="module", params=MONTHS.values(), ids=MONTHS)
def month(
    request: pytest.FixtureRequest, rules: dict[str, float], stages: dict[str, oracle_csi.Stage]
) -> Month:
    """A month-end of a book, from SQL and from the oracle."""
    fixture, n_before = request.param
    database = request.getfixturevalue(fixture)
    with duckdb.connect(str(database), read_only=True) as connection:
        [(as_of, from_date)] = connection.execute(
            "select as_of_date, window_from_date from intermediate.int_month_ends"
            " order by is_latest desc, as_of_date desc limit 1 offset ?",
            [n_before],
        ).fetchall()
        resolved = connection.execute(
            "select trial_key from intermediate.int_trials"
            " where resolved_date > ? and resolved_date <= ?",
            [from_date, as_of],
        ).fetchall()
        sourcing = connection.execute(
            "select partner_key, effect from intermediate.int_sourcing_effects"
            " where as_of_date = ? and effect is not null",
            [as_of],
        ).fetchall()
        stage_rows = rows_of(connection, "marts.partner_csi_stages", as_of)
        index_rows = rows_of(connection, "marts.partner_csi", as_of)
    z = rules["interval_z"]
    for row in stage_rows:
        row["effect_raw_sd"] = half(row, "effect_raw_lower", "effect_raw_upper", z)
        row["effect_sd"] = half(row, "effect_lower", "effect_upper", z)
    book = oracle_csi.read_book(database, as_of)
    results = oracle_csi.judge_book(book, stages, rules)
    return Month(
        book=book,
        resolved={key for (key,) in resolved},
        index=results,
        stages={(p, name): s for p, r in results.items() for name, s in r.stages.items()},
        stage_rows={(row["partner_key"], row["stage"]): row for row in stage_rows},
        index_rows={row["partner_key"]: row for row in index_rows},
        sourcing_effects=dict(sourcing),
    )


def rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, as_of: dt.date
) -> list[dict[str, object]]:
    cursor = connection.execute(f"select * from {table} where as_of_date = ?", [as_of])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def half(row: Mapping[str, object], lower: str, upper: str, z: float) -> float | None:
    """The standard deviation behind an interval."""
    return None if row[lower] is None else (row[upper] - row[lower]) / (2 * z)


def is_close(one: object, other: object, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)


def differences(
    seen: Mapping[object, Mapping[str, object]],
    expected: Mapping[object, object],
    name: str,
    tolerance: float,
) -> dict[object, tuple[object, object]]:
    """Keys whose number differs, with what SQL and the oracle say."""
    pairs = {key: (row[name], getattr(expected[key], name)) for key, row in seen.items()}
    return {key: pair for key, pair in pairs.items() if not is_close(*pair, tolerance)}


def test_trials_are_those_resolved_in_the_window(month: Month) -> None:
    seen = [trial.key for trials in month.book.trials.values() for trial in trials]
    assert sorted(seen) == sorted(month.resolved)


def test_credit_of_a_trial_adds_up_to_one(month: Month) -> None:
    credits = [t.credits for trials in month.book.trials.values() for t in trials if t.credits]
    assert credits
    assert all(math.isclose(math.fsum(c.values()), 1, abs_tol=1e-12) for c in credits)


def test_same_partners_and_stages(month: Month) -> None:
    assert month.stage_rows.keys() == month.stages.keys()
    assert month.index_rows.keys() == {p for p, result in month.index.items() if result.stages}
    assert any(row["effect"] is not None for row in month.stage_rows.values())


@pytest.mark.parametrize("name", STAGE_NUMBERS)
def test_stage(month: Month, name: str) -> None:
    assert not differences(month.stage_rows, month.stages, name, TOLERANCE)


def test_probability_of_an_effect_below_zero(month: Month) -> None:
    tolerance = TOLERANCE_OF_PROBABILITY
    assert not differences(month.stage_rows, month.stages, "p_below_zero", tolerance)


def test_evidence_of_a_stage(month: Month) -> None:
    seen = {key: row["evidence"] for key, row in month.stage_rows.items()}
    assert seen == {key: month.stages[key].evidence for key in seen}


@pytest.mark.parametrize("name", INDEX_NUMBERS)
def test_index(month: Month, name: str) -> None:
    assert not differences(month.index_rows, month.index, name, TOLERANCE)


def test_rank_follows_the_index_where_there_is_enough(
    month: Month, rules: dict[str, float]
) -> None:
    ranked = {
        partner: result.csi
        for partner, result in month.index.items()
        if result.csi is not None
        and result.weight_coverage >= rules["min_weight_coverage"]
        and result.n_accounts >= rules["min_csi_accounts"]
        and max(stage.n_effective or 0 for stage in result.stages.values())
        >= rules["evidence_insufficient_below"]
    }
    seen = {key: row["csi_rank"] for key, row in month.index_rows.items() if row["csi_rank"]}
    assert seen == {
        partner: 1 + sum(other > csi for other in ranked.values())
        for partner, csi in ranked.items()
    }


def test_sourced_retention(
    month: Month, rules: dict[str, float], stages: dict[str, oracle_csi.Stage]
) -> None:
    """Customers compared by who brought them."""
    trials = month.book.trials["retention"]
    expected = oracle_csi.sourcing_effects(trials, stages["retention"], rules)
    seen = month.sourcing_effects
    assert seen.keys() == expected.keys()
    assert not {
        key: (seen[key], expected[key])
        for key in seen
        if not is_close(seen[key], expected[key], TOLERANCE)
    }


@pytest.mark.parametrize("month", [MONTHS["edges_latest"]], ids=["edges_latest"], indirect=True)
def test_edge_cases_are_there(
    month: Month, rules: dict[str, float], stages: dict[str, oracle_csi.Stage]
) -> None:
    """The book of edge cases holds what it is for."""
    seen = month.stages
    assert seen["everywhere", "retention"].comparable_share == 0
    assert seen["everywhere", "retention"].effect is None
    assert seen["in_tiny_only", "retention"].comparable_share == 0
    assert seen["leaves_twenty", "retention"].comparable_share == 1
    assert 0 < seen["leaves_nineteen", "retention"].comparable_share < 1
    assert seen["idle", "retention"].presence == 0
    assert seen["four_accounts", "retention"].presence is None
    assert seen["five_accounts", "retention"].presence > 0
    assert seen["uneven", "adoption"].presence is None
    assert seen["uneven", "adoption"].stage_score is not None
    assert month.index["uneven"].csi_quality is not None
    assert seen["once", "retention"].n_effective == pytest.approx(1)
    assert seen["busy", "expansion"].effect is None
    assert seen["busy", "expansion"].effect_raw_sd == 0
    assert all(judged.effect is None for (_, stage), judged in seen.items() if stage == "advocacy")
    assert seen["met_late", "retention"].n_effective is None
    assert month.sourcing_effects.keys() == {"bringer", "helped"}
    alike = {
        name: oracle_csi.spread_of(trials, stages[name], rules).correlation
        for name, trials in month.book.trials.items()
    }
    assert alike["retention"] > 0.1
    assert alike["onboarding"] == alike["adoption"] == 0
