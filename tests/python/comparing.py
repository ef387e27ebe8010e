"""Comparing the marts of two builds: as they are, or with keys read as what they stand for."""

from collections import Counter
from math import isclose
from pathlib import Path
from typing import Any

import duckdb

# keys of rows that differ with the systems the rows came from
ROW_KEYS = {"touch_key", "term_key", "person_key", "decision_key"}
# what a system adds or lacks by itself: how many records it keeps, and what only one landing knows
BOOKKEEPING = {"n_source_records"}
# marts about the records and tables themselves
ABOUT_RECORDS = {
    "account_sources",
    "review_queue",
    "split_signals",
    "identity_quality",
    "right_account_rate",
    "stream_reconciliation",
    "connector_columns",
    "connector_tables",
}


# marts that tell people, sources and partners' keys one by one: a system that says more says more in them
IN_DETAIL = {
    "data_gaps",
    "ecosystem_edges",
    "ecosystem_nodes",
    "ecosystem_paths",
    "ecosystem_summary",
    "partner_pairs",
    "unmet_needs",
}
# marts that rest on signals, and differ where those do
ON_SIGNALS = {
    "account_interventions",
    "account_plays",
    "account_readiness",
    "account_risk",
    "kpis_monthly",
    "maturity",
    "model_performance_monthly",
    "partner_bias_monthly",
    "readiness_lift",
    "risk_backtest",
    "risk_reliability",
    "score_drift_monthly",
    "signal_quality_monthly",
}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def marts_of(database: Path) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
            ).fetchall()
        ]


def organisations(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """organisation_key -> the CRM's id of the organisation; CRM ids are the same in every landing of a world."""
    rows = connection.execute(
        "select organisation_key, min(source_id) from marts.account_sources "
        "where stream = 'accounts' and source in ('crm', 'salesforce', 'hubspot') and source_id like 'acc%' group by 1"
    ).fetchall()
    return dict(rows)


def rows_by_name(database: Path, mart: str) -> tuple[list[str], list[tuple]]:
    """Rows of a mart with organisations' keys read as CRM ids and row keys left out, sorted."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = organisations(connection)
        cursor = connection.execute(f"select * from marts.{mart}")
        columns = [column[0] for column in cursor.description]
        kept = [name for name in columns if name not in ROW_KEYS | BOOKKEEPING]
        found = []
        for row in cursor.fetchall():
            cells = dict(zip(columns, row, strict=True))
            found.append(
                tuple(
                    names.get(cells[name], cells[name]) if name.endswith("_key") else cells[name]
                    for name in kept
                )
            )
    return kept, sorted(found, key=sortable)


def sortable(row: tuple) -> tuple:
    """Floats that differ in the last digits must not change the order."""
    return tuple(f"{cell:.6e}" if isinstance(cell, float) else str(cell) for cell in row)


def differences(one: Path, other: Path) -> dict[str, list[Any]]:
    """Mart -> the first cells that differ; empty where both say the same."""
    found: dict[str, list[Any]] = {}
    for mart in sorted(set(marts_of(one)) - ABOUT_RECORDS):
        columns, left = rows_by_name(one, mart)
        other_columns, right = rows_by_name(other, mart)
        assert columns == other_columns, mart
        if len(left) != len(right):
            lacking = [row for row in left if row not in set(right)][:2]
            extra = [row for row in right if row not in set(left)][:2]
            found[mart] = [f"{len(left)} rows against {len(right)}", *lacking, *extra]
            continue
        cells = [
            (left_row[:2], name, left_cell, right_cell)
            for left_row, right_row in zip(left, right, strict=True)
            for name, left_cell, right_cell in zip(columns, left_row, right_row, strict=True)
            if not same(left_cell, right_cell)
        ]
        if cells:
            found[mart] = [f"{len(cells)} cells", *cells[:4]]
    return found


def signals_that_differ(one: Path, other: Path) -> dict[str, int]:
    """Signal -> account-months of which two databases know another value, accounts read as CRM ids."""
    known = []
    for database in (one, other):
        with duckdb.connect(str(database), read_only=True) as connection:
            names = organisations(connection)
            rows = connection.execute(
                "select as_of_date, account_key, signal, value from intermediate.int_signals"
            ).fetchall()
        known.append(
            {(day, names.get(key, key), signal): value for day, key, signal, value in rows}
        )
    differing = Counter(
        key[2]
        for key in known[0].keys() | known[1].keys()
        if not same(known[0].get(key), known[1].get(key))
    )
    return dict(differing)


def counts(database: Path) -> dict[str, int]:
    """Mart -> rows."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            mart: connection.execute(f"select count(*) from marts.{mart}").fetchone()[0]
            for mart in marts_of(database)
        }


def identical(one: Path, other: Path) -> list[str]:
    """Marts that differ at all between two builds of the same records."""
    differing = []
    for mart in [*(f"marts.{mart}" for mart in marts_of(one)), "restricted.people"]:
        with (
            duckdb.connect(str(one), read_only=True) as left,
            duckdb.connect(str(other), read_only=True) as right,
        ):
            rows = [
                sorted(connection.execute(f"select * from {mart}").fetchall(), key=sortable)
                for connection in (left, right)
            ]
        if len(rows[0]) != len(rows[1]) or not all(
            same(a, b)
            for first, second in zip(*rows, strict=True)
            for a, b in zip(first, second, strict=True)
        ):
            differing.append(mart)
    return differing


def shuffle(folder: Path, target: Path) -> None:
    """The same files in a new folder, the rows of each in another order."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".csv", ".parquet")):
        placed = target / path.relative_to(folder)
        placed.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            rows, form = f"read_parquet('{path}')", "(format parquet)"
        else:
            rows, form = f"read_csv('{path}', all_varchar = true, header = true)", "(header)"
        duckdb.sql(
            f"copy (select * from {rows} as landed order by hash(landed)) to '{placed}' {form}"
        )
