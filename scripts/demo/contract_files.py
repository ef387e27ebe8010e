"""Land a world as the twenty contract streams: CSV files, usage as Parquet.

Rows sent twice, deleted rows and a few rows that must be rejected are added here and counted.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from .contract_rows import STREAMS, Lander, identity_counts, record_owners
from .folders import FILES, replaced_folder
from .tabular import NONE, as_days, plain
from .world import World

__all__ = ["STREAMS", "record_owners", "write"]

# --- rows sent twice, deleted, or to be rejected -------------------------------------------------

RESENT = {
    "accounts": ("phone", "+1 5550100", 12),
    "opportunities": ("stage", "Reviewed", 8),
    "touches": ("duration_minutes", "45", 10),
    "subscriptions": ("seats", "25", 5),
    "tickets": ("severity", "high", 4),
}
DELETED = {"accounts": 3, "people": 3, "touches": 5, "tickets": 2, "opportunities": 2}
REJECTS: dict[str, list[dict[str, str]]] = {
    "opportunities": [
        {"account_id": "acc_missing_1"},
        {"account_id": "acc_missing_2"},
        {"account_id": "acc_missing_3"},
        {"created_at": "2025-02-30", "qualified_at": "", "closed_at": "", "status": "open"},
    ],
    "touches": [{"occurred_at": "2999-01-01 10:00:00"}],
    "milestones": [{"occurred_at": "soon"}],
    "subscriptions": [{"arr": ""}],
}


def extra_rows(lander: Lander, stream: str, counts: dict[str, dict[str, int]]) -> pa.Table | None:
    """Rows sent again later, rows deleted after a while, and rows to be rejected, as texts."""
    if lander.world.scenario.tidy or stream not in set(RESENT) | set(DELETED) | set(REJECTS):
        return None
    make, rows = lander.parts(stream)[0]
    old = _settled(lander, stream, rows)
    column, value, again = RESENT.get(stream, ("", "", 0))
    gone, rejects = DELETED.get(stream, 0), REJECTS.get(stream, [])
    wanted = again + gone + len(rejects)
    if len(old) < wanted:
        return None
    chosen = old[np.linspace(0, len(old) - 1, wanted).astype(int)]
    base = pa.table(make(chosen))
    texts = [dict(r) for r in _as_texts(base).to_pylist()]
    later = [
        str(d)
        for d in np.datetime64("1970-01-01")
        + (as_days(base["updated_at"]) + 7).astype("timedelta64[D]")
    ]
    out: list[dict[str, str | None]] = []
    for i in range(again):
        out.append(texts[i] | {column: value, "updated_at": later[i]})
    for i in range(again, again + gone):
        row = texts[i] | {"source_id": f"gone_{i - again + 1}"}
        out += [row, row | {"updated_at": later[i], "is_deleted": "true"}]
    for i, broken in enumerate(rejects):
        row = texts[again + gone + i]
        out.append(row | {"source_id": f"bad_{i + 1}"} | broken)
    for label, count in (("resent", again), ("deleted", gone), ("rejects", len(rejects))):
        if count:
            counts[label][stream] = count
    columns = {name: [row[name] for row in out] for name in base.column_names}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _settled(lander: Lander, stream: str, rows: np.ndarray) -> np.ndarray:
    """Rows whose last change lies well before the end, so that a later version fits."""
    name, column = {
        "accounts": ("organisations", "created"),
        "opportunities": ("deals", "closed"),
        "touches": ("touches", "occurred"),
        "subscriptions": ("terms", "ended"),
        "tickets": ("tickets", "closed"),
        "people": ("people", "started"),
        "milestones": ("milestones", "occurred"),
    }[stream]
    day = as_days(lander.t[name][column])
    settled = (day != NONE) & (day < lander.end - 30)
    if stream == "people":
        settled &= ~lander.t["people"]["ended"].is_valid().to_numpy()
    return rows[settled]


def _as_texts(table: pa.Table) -> pa.Table:
    return pa.table({name: plain(table[name]).cast(pa.string()) for name in table.column_names})


# --- writing -----------------------------------------------------------------------------------


def _write_csv(lander: Lander, stream: str, path: Path, counts: dict[str, dict[str, int]]) -> int:
    written = 0
    with path.open("wb") as sink:
        writer = None
        for chunk in lander.chunks(stream):
            if writer is None:
                writer = pa_csv.CSVWriter(sink, chunk.schema, write_options=_options(True))
            writer.write_table(chunk)
            written += len(chunk)
        if writer is None:
            make, _ = lander.parts(stream)[0]
            empty = pa.table(make(np.arange(0)))
            writer = pa_csv.CSVWriter(sink, empty.schema, write_options=_options(True))
        writer.close()
        extra = extra_rows(lander, stream, counts)
        if extra is not None:
            with pa_csv.CSVWriter(sink, extra.schema, write_options=_options(False)) as more:
                more.write_table(extra)
            written += len(extra)
    return written


def _options(header: bool) -> pa_csv.WriteOptions:
    return pa_csv.WriteOptions(include_header=header, quoting_style="needed")


def _write_parquet(lander: Lander, stream: str, path: Path) -> int:
    written, writer = 0, None
    for chunk in lander.chunks(stream):
        if writer is None:
            writer = pq.ParquetWriter(path, chunk.schema, compression="snappy")
        writer.write_table(chunk)
        written += len(chunk)
    if writer is None:
        writer = pq.ParquetWriter(path, pa.table(lander.usage(np.arange(0))).schema)
    writer.close()
    return written


def write(world: World, folder: str | Path, streams: Collection[str] = STREAMS) -> dict[str, Any]:
    """Write the twenty files (or those of some streams) into the folder, all or none, and say what was landed.

    The files are made in a folder aside, which then takes the place of the old one; files of
    other names are carried over. Returns rows by stream, and the counts of rows sent twice,
    deleted and to be rejected.
    """
    lander = Lander(world)
    counts: dict[str, dict[str, int]] = {"resent": {}, "deleted": {}, "rejects": {}}
    landed: dict[str, int] = {}
    with replaced_folder(folder, FILES) as aside:
        for stream in streams:
            if stream == "usage":
                landed[stream] = _write_parquet(lander, stream, aside / "usage.parquet")
            else:
                landed[stream] = _write_csv(lander, stream, aside / f"{stream}.csv", counts)
    return {"rows": landed, **counts, "identity": identity_counts(lander)}
