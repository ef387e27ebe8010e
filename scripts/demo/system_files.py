"""Land a world as the raw tables of the systems a company runs: <folder>/<system>/<table>.csv, or .parquet where the
rows come in pieces; and as contract files beside them for what no system holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from scripts.contract import connectors

from .contract_rows import Lander
from .folders import FILES, replaced_folder
from .world import World

SYSTEMS = (
    "salesforce",
    "stripe",
    "partnerstack",
    "google_calendar",
    "segment",
    "zendesk",
    "crossbeam",
    "files",
)


def write(
    world: World,
    folder: str | Path,
    systems: Sequence[str] = SYSTEMS,
    landings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write the systems' raw tables into the folder, all or none, and say what was landed.

    landings: system -> landing, where it is not the usual one. Returns rows by system and table, what was planted, and
    `owners`, the true organisation of every record.
    """
    lander = Lander(world)
    rows: dict[str, dict[str, int]] = {}
    planted: dict[str, Any] = {}
    owners: list[pa.Table] = []
    with replaced_folder(folder, [*connectors(), *FILES]) as aside:
        for system in systems:
            module = import_module(f"scripts.demo.systems.{system}")
            landing = (landings or {}).get(system, module.LANDINGS[0])
            # contract files lie beside the systems' folders
            place = aside if system == "files" else aside / system
            place.mkdir(exist_ok=True)
            rows[system] = {
                name: write_table(place / name, table)
                for name, table in module.tables(lander, landing).items()
            }
            planted[system] = module.planted(lander)
            owners.append(module.owners(lander))
    return {"rows": rows, "planted": planted, "owners": pa.concat_tables(owners)}


def settings(
    systems: Sequence[str] = SYSTEMS, landings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The vars that a build of these systems needs: their custom fields, and the tables a landing lacks."""
    given: dict[str, Any] = {}
    for system in systems:
        module = import_module(f"scripts.demo.systems.{system}")
        landing = (landings or {}).get(system, module.LANDINGS[0])
        if fields := getattr(module, "CUSTOM_FIELDS", None):
            given[f"{system}_custom_fields"] = fields.get(landing, fields)
        if without := getattr(module, "WITHOUT", {}).get(landing):
            given[f"{system}_without"] = without
    return given


def write_table(path: Path, table: pa.Table | Iterator[pa.Table]) -> int:
    """One raw table as a file; returns its rows."""
    if isinstance(table, pa.Table):
        options = pa_csv.WriteOptions(quoting_style="needed")
        pa_csv.write_csv(table, path.with_name(f"{path.name}.csv"), options)
        return len(table)
    written, writer = 0, None
    for piece in table:
        if writer is None:
            writer = pq.ParquetWriter(path.with_name(f"{path.name}.parquet"), piece.schema)
        writer.write_table(piece)
        written += len(piece)
    if writer is not None:
        writer.close()
    return written
