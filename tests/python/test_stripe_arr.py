"""ARR movements of the mart against a ledger walked in plain Python, and both against what was worked out by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.demo import Scenario, simulate, system_files
from scripts.demo.systems import stripe
from tests.python import oracle_stripe
from tests.python.raw import build_part
from tests.python.stripe_books import AS_OF, BY_HAND, NOTHING, every_case

COLUMNS = {
    "opening": "opening_arr",
    "new": "new_arr",
    "expansion": "expansion_arr",
    "contraction": "contraction_arr",
    "churn": "churn_arr",
    "reactivation": "reactivation_arr",
    "closing": "closing_arr",
}


def build_arr(folder: Path, out: Path, **given: Any) -> Path:
    """What ARR movements need, and the tests of it, in a new database."""
    given = {"stripe_custom_fields": stripe.CUSTOM_FIELDS} | given
    return build_part(folder, out, given, ["+arr_movements_monthly", "+accounts"], with_tests=True)


def same_to_the_cent(database: Path, sums: list[dict[str, Any]]) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            f"select as_of_date, {', '.join(COLUMNS.values())} from marts.arr_movements_monthly "
            "where segment = 'all' order by as_of_date"
        ).fetchall()
        parts = connection.execute(
            f"select as_of_date, {', '.join(f'sum({name})' for name in COLUMNS.values())} "
            "from marts.arr_movements_monthly where segment <> 'all' group by 1 order by 1"
        ).fetchall()
    expected = [(row["day"], *(row[name] for name in COLUMNS)) for row in sums]
    for rows in (found, parts):
        assert [(row[0], *(round(100 * value) for value in row[1:])) for row in rows] == expected


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("stripe_books")
    every_case().write(folder / "raw")
    return folder / "raw" / "stripe", build_arr(
        folder / "raw", folder / "books.duckdb", as_of_date=AS_OF
    )


def test_every_case_is_what_was_worked_out_by_hand(books: tuple[Path, Path]) -> None:
    raw, database = books
    base = date(2024, 5, 31)
    expected = {
        (customer, base if day == "base" else date.fromisoformat(day)): (kind, round(100 * amount))
        for customer, moves in BY_HAND.items()
        for day, (kind, amount) in moves.items()
    }
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select members.source_id, moves.as_of_date, moves.movement, moves.change "
            "from intermediate.int_arr_movements as moves "
            "inner join staging.stg_organisation_members as members "
            "on moves.account_key = members.organisation_key "
            "where members.stream = 'accounts' and moves.change <> 0"
        ).fetchall()
    found = {(name, day): (kind, round(100 * change)) for name, day, kind, change in rows}
    assert found == expected
    assert oracle_stripe.movements(raw, date.fromisoformat(AS_OF))[0] == expected


def test_the_hand_made_world_ties_out(books: tuple[Path, Path]) -> None:
    raw, database = books
    same_to_the_cent(database, oracle_stripe.movements(raw, date.fromisoformat(AS_OF))[1])


def test_terms_are_those_a_billing_person_would_name(books: tuple[Path, Path]) -> None:
    with duckdb.connect(str(books[1]), read_only=True) as connection:
        rows = connection.execute(
            "select account_id, cast(started_at as date), cast(term_end as date), cast(ended_at as date), arr, seats, "
            "status from staging.stg_subscriptions order by 1, 2"
        ).fetchall()
        statuses = dict(
            connection.execute(
                "select row_status, count(*) from staging.stg_subscriptions__dated group by 1"
            ).fetchall()
        )
    terms: dict[str, list[tuple]] = {}
    for customer, start, *rest in rows:
        terms.setdefault(customer, []).append(
            (str(start), *(str(v) if v else None for v in rest[:2]), *rest[2:])
        )
    assert terms["upgrade"] == [
        ("2024-12-05", "2025-12-05", "2025-05-20", 1200.0, 10.0, "ended"),
        ("2025-05-20", "2025-12-05", "2025-10-01", 2400.0, 10.0, "ended"),
        ("2025-10-01", "2025-12-05", None, 2880.0, 12.0, "active"),
        ("2025-12-05", "2026-12-05", None, 2880.0, 12.0, "active"),
    ]
    assert terms["downgrade_at_end"] == [
        ("2024-11-30", "2025-11-30", None, 2400.0, 10.0, "active"),
        ("2025-11-30", "2026-11-30", None, 1200.0, 10.0, "active"),
    ]
    assert terms["at_once"] == [
        ("2024-08-20", "2025-08-20", "2025-02-17", 1200.0, 10.0, "cancelled")
    ]
    assert terms["leaving_later"] == [("2025-12-01", "2026-12-01", None, 1200.0, 10.0, "active")]
    assert [row[-1] for row in terms["draft_pause"]] == ["active", "active", "active", "paused"]
    assert terms["trial_to_paid"][0] == ("2025-01-10", "2025-01-24", None, 1200.0, 10.0, "trial")
    assert terms["called_off"] == [
        ("2025-07-01", "2025-07-15", "2025-07-09", 1200.0, 10.0, "trial")
    ]
    assert terms["runs_on"] == [
        ("2025-02-11", None, "2025-06-11", pytest.approx(1356), 10.0, "ended"),
        ("2025-06-11", None, None, pytest.approx(2034), 15.0, "active"),
    ]
    assert not set(terms) & {"never_came", "in_test_mode", "deleted_before"}
    assert set(terms) == set(BY_HAND) | {"called_off", "no_method"}
    # four months of void bills, a void and a written-off bill, a first payment that never came, test mode
    assert statuses == {"used": len(rows), "deleted": 8}
    assert set(NOTHING) == {
        "called_off",
        "never_came",
        "in_test_mode",
        "no_method",
        "deleted_before",
    }


def test_the_demo_world_ties_out(tmp_path: Path) -> None:
    scenario = Scenario(n_accounts=1000)
    system_files.write(simulate(scenario), tmp_path / "raw", ["stripe"])
    database = build_arr(tmp_path / "raw", tmp_path / "demo.duckdb")
    sums = oracle_stripe.movements(tmp_path / "raw" / "stripe", scenario.end_date)[1]
    assert all(sum(row[name] for row in sums) > 0 for name in COLUMNS)
    same_to_the_cent(database, sums)
