"""Signals of accounts, held against plain loops over the contract files, on two month-ends."""

import datetime as dt
from collections import defaultdict
from pathlib import Path

import duckdb
import oracle_signals
import pytest
from oracle_ecs import read_seed

# copies of what other models tell, which have oracles and tests of their own
TOLD_ELSEWHERE = {"partners_live", "depth_max", "need_uncovered_pct", "employees"}


@pytest.fixture(scope="module")
def world(small_folder: Path, small_database: Path) -> oracle_signals.World:
    return oracle_signals.read_world(small_folder, small_database)


def months(database: Path) -> dict[dt.date, dict[str, bool]]:
    """Month-end -> account -> whether it is a customer."""
    found: dict[dt.date, dict[str, bool]] = defaultdict(dict)
    with duckdb.connect(str(database), read_only=True) as connection:
        for day, account, is_customer in connection.execute(
            "select as_of_date, account_key, is_customer from intermediate.int_account_months"
        ).fetchall():
            found[day][account] = is_customer
    return dict(found)


def test_signals_are_what_was_known_that_day(
    small_database: Path, world: oracle_signals.World
) -> None:
    known = months(small_database)
    ends = sorted(known)
    wrong, n_values = [], 0
    told: dict[str, set[float]] = defaultdict(set)
    for day in (ends[0], ends[-1]):
        with duckdb.connect(str(small_database), read_only=True) as connection:
            built: dict[str, dict[str, float]] = defaultdict(dict)
            for account, signal, value in connection.execute(
                "select account_key, signal, value from intermediate.int_signals"
                " where as_of_date = ?",
                [day],
            ).fetchall():
                built[account][signal] = value
        assert set(built) <= set(known[day])
        for account, is_customer in known[day].items():
            expected = oracle_signals.judge(world, account, day, is_customer)
            found = {n: v for n, v in built[account].items() if n not in TOLD_ELSEWHERE}
            for name in sorted(expected.keys() | found.keys()):
                one, other = expected.get(name), found.get(name)
                n_values += 1
                if one is not None:
                    told[name].add(one)
                if one is None or other is None or abs(one - other) > 2e-6:
                    wrong.append((day, account, name, one, other))
    assert not wrong, f"{len(wrong)} of {n_values}: {wrong[:10]}"
    assert n_values > 5_000
    # the two days see every signal of the seed but perhaps the rarest, nearly all with
    # values that differ
    signals = {row["signal"] for row in read_seed("rules/signals")}
    assert signals - TOLD_ELSEWHERE - set(told) <= {"advisor_quiet_ratio"}
    assert set(told) <= signals
    assert sum(len(values) > 1 for values in told.values()) > len(told) - 4


def test_population_is_who_had_a_record_by_then(small_folder: Path, small_database: Path) -> None:
    with duckdb.connect(str(small_database), read_only=True) as connection:
        live = connection.execute(
            "select as_of_date, account_key from intermediate.int_live_accounts"
        ).fetchall()
        created = connection.execute(
            "select members.organisation_key, min(cast(records.created_at as date))"
            " from staging.stg_accounts as records"
            " inner join staging.stg_organisation_members as members"
            " on members.stream = 'accounts' and members.source = records.source"
            " and members.source_id = records.source_id group by 1"
        ).fetchall()
    known = months(small_database)
    first = dict(created)
    for day, accounts in known.items():
        assert all(first[account] <= day for account in accounts)
        assert {a for a, is_customer in accounts.items() if is_customer} == {
            account for each, account in live if each == day
        }
