"""The Customer Success Index of SQL against a second computation from trials."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import oracle_csi
import pytest

MONTHS_EARLIER = 12
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

    as_of: dt.date
    is_latest: bool
    book: oracle_csi.Book
    expected: Mapping[str, oracle_csi.PartnerResult]
    stage_rows: Mapping[tuple[str, str], Mapping[str, object]]
    index_rows: Mapping[str, Mapping[str, object]]


@pytest.fixture(scope="module")
def connection(demo_database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_database), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def rules() -> dict[str, float]:
    return oracle_csi.read_rules()


@pytest.fixture(scope="module")
def stages() -> dict[str, oracle_csi.Stage]:
    return oracle_csi.read_stages()


@pytest.fixture(scope="module", params=[0, MONTHS_EARLIER], ids=["latest", "earlier"])
def month(
    request: pytest.FixtureRequest,
    demo_database: Path,
    connection: duckdb.DuckDBPyConnection,
    rules: dict[str, float],
    stages: dict[str, oracle_csi.Stage],
) -> Month:
    """The newest month-end, and one before it."""
    [(as_of, is_latest)] = connection.execute(
        "select as_of_date, is_latest from intermediate.int_month_ends"
        " order by is_latest desc, as_of_date desc limit 1 offset ?",
        [request.param],
    ).fetchall()
    book = oracle_csi.read_book(demo_database, as_of)
    z = rules["interval_z"]
    stage_rows = rows_of(connection, "marts.partner_csi_stages", as_of)
    for row in stage_rows:
        row["effect_raw_sd"] = half(row, "effect_raw_lower", "effect_raw_upper", z)
        row["effect_sd"] = half(row, "effect_lower", "effect_upper", z)
    return Month(
        as_of=as_of,
        is_latest=is_latest,
        book=book,
        expected=oracle_csi.judge_book(book, stages, rules),
        stage_rows={(row["partner_key"], row["stage"]): row for row in stage_rows},
        index_rows={
            row["partner_key"]: row for row in rows_of(connection, "marts.partner_csi", as_of)
        },
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


def by_partner_and_stage(month: Month) -> dict[tuple[str, str], oracle_csi.StageResult]:
    return {
        (partner, stage): judged
        for partner, result in month.expected.items()
        for stage, judged in result.stages.items()
    }


def test_trials_are_those_resolved_in_the_window(
    month: Month, connection: duckdb.DuckDBPyConnection
) -> None:
    resolved = connection.execute(
        "select trials.trial_key from intermediate.int_trials as trials,"
        " intermediate.int_month_ends as month_ends where month_ends.as_of_date = ?"
        " and trials.resolved_date > month_ends.window_from_date"
        " and trials.resolved_date <= month_ends.as_of_date",
        [month.as_of],
    ).fetchall()
    judged_by = {trial.key for trials in month.book.trials.values() for trial in trials}
    assert judged_by == {key for (key,) in resolved}


def test_credit_of_a_trial_adds_up_to_one(month: Month) -> None:
    sums = [
        math.fsum(trial.credits.values())
        for trials in month.book.trials.values()
        for trial in trials
        if trial.credits
    ]
    assert sums
    assert all(math.isclose(total, 1, abs_tol=1e-12) for total in sums)


def test_same_partners_and_stages(month: Month) -> None:
    assert month.stage_rows.keys() == by_partner_and_stage(month).keys()
    assert month.index_rows.keys() == {p for p, result in month.expected.items() if result.stages}
    assert any(row["effect"] is not None for row in month.stage_rows.values())


@pytest.mark.parametrize("name", STAGE_NUMBERS)
def test_stage(month: Month, name: str) -> None:
    assert not differences(month.stage_rows, by_partner_and_stage(month), name, TOLERANCE)


def test_probability_of_an_effect_below_zero(month: Month) -> None:
    expected = by_partner_and_stage(month)
    assert not differences(month.stage_rows, expected, "p_below_zero", TOLERANCE_OF_PROBABILITY)


def test_evidence_of_a_stage(month: Month) -> None:
    expected = by_partner_and_stage(month)
    seen = {key: row["evidence"] for key, row in month.stage_rows.items()}
    assert seen == {key: expected[key].evidence for key in seen}


@pytest.mark.parametrize("name", INDEX_NUMBERS)
def test_index(month: Month, name: str) -> None:
    assert not differences(month.index_rows, month.expected, name, TOLERANCE)


def test_rank_follows_the_index_where_there_is_enough(
    month: Month, rules: dict[str, float]
) -> None:
    ranked = {
        partner: result.csi
        for partner, result in month.expected.items()
        if result.csi is not None
        and result.weight_coverage >= rules["min_weight_coverage"]
        and result.n_accounts >= rules["min_csi_accounts"]
    }
    seen = {key: row["csi_rank"] for key, row in month.index_rows.items() if row["csi_rank"]}
    assert seen == {
        partner: 1 + sum(other > csi for other in ranked.values())
        for partner, csi in ranked.items()
    }


def test_sourced_retention(
    month: Month,
    connection: duckdb.DuckDBPyConnection,
    rules: dict[str, float],
    stages: dict[str, oracle_csi.Stage],
) -> None:
    """Customers compared by who brought them; the scorecard stands for the newest day only."""
    seen = dict(
        connection.execute(
            "select partner_key, effect from intermediate.int_sourcing_effects"
            " where as_of_date = ? and effect is not null",
            [month.as_of],
        ).fetchall()
    )
    trials = month.book.trials["retention"]
    expected = oracle_csi.sourcing_effects(trials, stages["retention"], rules)
    assert seen.keys() == expected.keys()
    wrong = {k: (seen[k], expected[k]) for k in seen if not is_close(seen[k], expected[k], 1e-9)}
    assert not wrong
