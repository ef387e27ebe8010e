"""Crossbeam: every month one load of the overlaps of that day, appended, as its Singer tap or its API lands them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract_rows import Lander, make_id, same
from ..engagement import TIES, VISIBILITY, load_days
from ..tabular import NONE, as_codes, as_days, as_rows, join, plain, text_column

LANDINGS = ("singer", "rest")
SOURCE = "crossbeam"
OBSERVED, NOT_SHARED = VISIBILITY.index("observed"), VISIBILITY.index("not_shared")
OWN = '["Customers"]'
SHARED = ['["Customers"]', '["Open opportunities"]', '["Customers", "Prospects"]']
N_STRAY = 2


def tables(lander: Lander, landing: str) -> dict[str, pa.Table | Iterator[pa.Table]]:
    """The overlaps come in pieces, one a load: together they are many times the ties."""
    name = "partner_account" if landing == "singer" else "overlaps"
    made: dict[str, pa.Table | Iterator[pa.Table]] = {"partners": partners(lander, landing)}
    if lander.world.scenario.n_accounts <= 20_000:
        made[name] = pa.concat_tables(loads(lander, landing))
    else:
        made[name] = loads(lander, landing)
    return made


def planted(lander: Lander) -> dict[str, int]:
    """What is untidy on purpose."""
    if lander.world.scenario.tidy:
        return {}
    missed = missed_loads(lander)
    return {
        "records_that_no_system_knows": N_STRAY,
        "partners_that_missed_a_load": len(missed),
        "overlaps_in_two_batches": len(all_days(lander)),
    }


def owners(lander: Lander) -> pa.Table:
    firm = np.arange(len(lander.t["partners"]))
    return pa.table(
        {
            "stream": same("partners", len(firm)),
            "source": same(SOURCE, len(firm)),
            "source_id": make_id("crossbeam", firm),
            "organisation": pa.array((lander.n + 1 + firm).astype(np.int32)),
        }
    )


# --- tables ---------------------------------------------------------------------------------


def partners(lander: Lander, landing: str) -> pa.Table:
    t = lander.t["partners"]
    rows = np.arange(len(t))
    return pa.table(
        {
            "id": make_id("crossbeam", rows),
            "uuid": make_id("crossbeam uuid", rows),
            "name": plain(t["name"]),
            "domain": plain(t["domain"]),
            loaded_column(landing): loaded(lander.end, len(t)),
        }
    )


def loads(lander: Lander, landing: str) -> Iterator[pa.Table]:
    """One table a load: the overlaps of that day; the API also names those that have gone since the last."""
    tie = overlap_ties(lander)
    missed = missed_loads(lander)
    days = all_days(lander)
    for number, day in enumerate(days):
        here = (tie["started"] <= day) & ((tie["ended"] == NONE) | (tie["ended"] > day))
        here &= tie["visibility"] != NOT_SHARED
        gone = (tie["ended"] == day) & (tie["visibility"] != NOT_SHARED)
        for partner in [firm for firm, skipped in missed if skipped == number]:
            here &= tie["partner"] != partner
            gone &= tie["partner"] != partner
        rows = np.flatnonzero(here)
        table = overlap_rows(lander, landing, tie, rows, day, False)
        parts = [table]
        if landing == "rest":
            parts.append(overlap_rows(lander, landing, tie, np.flatnonzero(gone), day, True))
        if not lander.world.scenario.tidy:
            # a batch that came twice
            parts.append(table.slice(0, 1))
            if day == days[-1]:
                parts.append(strays(table))
        yield pa.concat_tables(parts)


def overlap_rows(
    lander: Lander, landing: str, tie: dict[str, np.ndarray], rows: np.ndarray, day: int, gone: bool
) -> pa.Table:
    n = len(rows)
    firm, account = tie["partner"][rows], tie["account"][rows]
    shared = text_column(SHARED, rows % len(SHARED))
    shared = pc.if_else(pa.array(tie["visibility"][rows] == OBSERVED), shared, "[]")
    prefix = "_" if landing == "singer" else ""
    columns = {
        f"{prefix}record_id": make_id("crm", account),
        "_crossbeam_id" if prefix else "crossbeam_record_id": make_id("crossbeam account", account),
        "_partner_organization_id" if prefix else "partner_id": make_id("crossbeam", firm),
        f"{prefix}partner_name": plain(lander.t["partners"]["name"].take(pa.array(firm))),
        "_population_names" if prefix else "populations": same(OWN, n),
        "_partner_population_names" if prefix else "partner_populations": shared,
    }
    if landing == "rest":
        columns["is_deleted"] = same(gone, n)
    return pa.table(columns | {loaded_column(landing): loaded(day, n)})


def strays(table: pa.Table) -> pa.Table:
    """Overlaps of accounts that were purged from the CRM."""
    part = table.slice(0, N_STRAY)
    return part.set_column(0, part.column_names[0], join("purged_", part.column(0)))


# --- what the tables are made of ---------------------------------------------------------------


def overlap_ties(lander: Lander) -> dict[str, np.ndarray]:
    t = lander.t["ties"]
    rows = np.flatnonzero(as_codes(t["kind"]) == TIES.index("overlap"))
    t = t.take(pa.array(rows))
    return {
        "partner": as_rows(t["from_row"]),
        "account": as_rows(t["to_row"]),
        "started": as_days(t["started"]),
        "ended": as_days(t["ended"]),
        "visibility": as_codes(t["visibility"]),
    }


def all_days(lander: Lander) -> np.ndarray:
    """The first of every month from the first overlap on."""
    started = overlap_ties(lander)["started"]
    if not len(started):
        return np.array([], dtype=np.int32)
    months = np.arange(int(started.min()), lander.end + 1, 15)
    days = np.unique(load_days(months))
    return days[days <= lander.end]


def missed_loads(lander: Lander) -> list[tuple[int, int]]:
    """For two partners a load that failed, on a day on which nothing began or ended for them."""
    if lander.world.scenario.tidy:
        return []
    tie, days = overlap_ties(lander), all_days(lander)
    found = []
    for partner in range(min(2, len(lander.t["partners"]))):
        mine = tie["partner"] == partner
        if not mine.any():
            continue
        busy = np.concatenate([tie["started"][mine], tie["ended"][mine]])
        quiet = np.flatnonzero(~np.isin(days, busy) & (days > tie["started"][mine].min()))
        if len(quiet):
            found.append((partner, int(quiet[len(quiet) // 2])))
    return found


def loaded_column(landing: str) -> str:
    return "_sdc_batched_at" if landing == "singer" else "loaded_at"


def loaded(day: int, n: int) -> pa.Array:
    """Batches of one load arrive within an hour."""
    stamp = np.full(n, int(day), dtype=np.int64) * 86_400 + 3 * 3_600 + np.arange(n) % 3_000
    return pa.array(stamp).cast(pa.timestamp("s")).cast(pa.string())
