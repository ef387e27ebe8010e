"""A demo world: a simulated market with planted truths, and the files a build can start from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .contract_files import write
from .scenario import Scenario
from .world import World, simulate

__all__ = ["Scenario", "World", "generate", "simulate", "write", "write_answers"]


def generate(folder: str | Path, scenario: Scenario, answers_path: str | Path) -> dict[str, Any]:
    """Simulate the scenario, land it in `folder`, and keep the planted truth elsewhere.

    Returns the answers as written. They must lie outside the folder that a build reads.
    """
    folder, answers_path = Path(folder).resolve(), Path(answers_path).resolve()
    if answers_path.is_relative_to(folder):
        raise ValueError(f"{answers_path} lies in {folder}: a build could read the planted truth")
    world = simulate(scenario)
    answers = world.answers | {"landed": write(world, folder)}
    answers["rejects"] = answers["landed"]["rejects"]
    write_answers(answers, answers_path)
    return answers


def write_answers(answers: dict[str, Any], path: str | Path) -> None:
    """Answers as JSON with a fixed layout, in place only once complete."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(aside, path)
