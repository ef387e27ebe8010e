"""A demo world: a simulated market with planted truths, and the files a build can start from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from . import system_files
from .contract_files import record_owners, write
from .mess import hierarchy
from .scenario import Scenario
from .system_files import SYSTEMS
from .world import World, simulate

__all__ = [
    "SYSTEMS",
    "Scenario",
    "World",
    "generate",
    "generate_systems",
    "simulate",
    "write",
    "write_answers",
]


def generate(folder: str | Path, scenario: Scenario, answers_path: str | Path) -> dict[str, Any]:
    """Simulate the scenario, land it in `folder`, and keep the planted truth elsewhere.

    Returns the answers as written. They must lie outside the folder that a build reads. Beside them lies whose each
    record is; see `write_identity`.
    """
    folder, answers_path = apart(folder, answers_path)
    world = simulate(scenario)
    answers = world.answers | {"landed": write(world, folder)}
    answers["rejects"] = answers["landed"]["rejects"]
    write_answers(answers, answers_path)
    write_identity(world, record_owners(world), answers_path)
    return answers


def generate_systems(
    folder: str | Path,
    scenario: Scenario,
    answers_path: str | Path,
    systems: Sequence[str] = SYSTEMS,
    landings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Simulate the scenario and land it as raw tables of systems; see `generate`.

    Returns the answers.
    """
    folder, answers_path = apart(folder, answers_path)
    world = simulate(scenario)
    landed = system_files.write(world, folder, systems, landings)
    owners = landed.pop("owners")
    answers = world.answers | {"landed": landed}
    write_answers(answers, answers_path)
    write_identity(world, owners, answers_path)
    return answers


def write_identity(world: World, owners: pa.Table, answers_path: Path) -> None:
    """Beside the answers: records.csv, the true organisation of every record; hierarchy.csv, parents of organisations;
    mess.csv, the organisations that are hard to tell, and why."""
    for name, table in (
        ("records", owners),
        ("hierarchy", hierarchy(world.tables["organisations"], world.mess)),
        ("mess", world.mess.table()),
    ):
        pa_csv.write_csv(table, answers_path.with_name(f"{name}.csv"))


def apart(folder: str | Path, answers_path: str | Path) -> tuple[Path, Path]:
    """Both as absolute paths; the answers must not lie where a build reads."""
    folder, answers_path = Path(folder).resolve(), Path(answers_path).resolve()
    if answers_path.is_relative_to(folder):
        raise ValueError(f"{answers_path} lies in {folder}: a build could read the planted truth")
    return folder, answers_path


def write_answers(answers: dict[str, Any], path: str | Path) -> None:
    """Answers as JSON with a fixed layout, in place only once complete."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(aside, path)
