"""Run worlds in parallel, show how far it is, and print the verdict."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .building import Builder
from .figures import Figure
from .judging import judge
from .observing import Observed, observe

FIXED_SEED = 101
"""The first of the fixed seeds; the others follow."""
ONE_SEED = ("twenty",)
"""Worlds without chance: one seed says all."""

builders: list[Builder] = []


def prepare(folder: str) -> None:
    """In a process of its own: a builder in a folder of its own."""
    builders.append(Builder(Path(folder) / str(os.getpid())))


def observe_here(world: str, seed: int) -> Observed:
    return observe(builders[0], world, seed)


def run(
    worlds: Sequence[str],
    seeds: Sequence[int],
    processes: int,
    said: Callable[[str], None],
    keep: Path | None = None,
) -> list[Observed]:
    """Every world with every seed. With `keep`, what was seen is kept there, and is not made again."""
    asked = [
        (world, seed)
        for seed in seeds
        for world in worlds
        if world not in ONE_SEED or seed == seeds[0]
    ]
    seen = {
        key: json.loads(path.read_text()) for key in asked if (path := kept(keep, key)).exists()
    }
    todo = [key for key in asked if key not in seen]
    if todo:
        with tempfile.TemporaryDirectory(prefix="proof-") as folder:
            for key, result in in_parallel(todo, processes, folder):
                seen[key] = json.loads(json.dumps(result, default=str))
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    kept(keep, key).write_text(json.dumps(seen[key]))
                said(f"{key[0]} {key[1]}: {result['seconds']:.0f} s")
    return [seen[key] for key in asked]


def kept(folder: Path | None, key: tuple[str, int]) -> Path:
    return (folder or Path("/nowhere")) / f"{key[0]}-{key[1]}.json"


def in_parallel(
    todo: list[tuple[str, int]], processes: int, folder: str
) -> Iterator[tuple[tuple[str, int], Observed]]:
    """Each as it is done. Processes are started afresh: dbt's threads do not survive a fork."""
    pool = ProcessPoolExecutor(
        min(processes, len(todo)), get_context("spawn"), initializer=prepare, initargs=(folder,)
    )
    with pool:
        waiting = {pool.submit(observe_here, *key): key for key in todo}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def prove(
    worlds: Sequence[str],
    seeds: Sequence[int],
    processes: int,
    console: Console,
    keep: Path | None = None,
) -> tuple[list[Figure], list[Observed]]:
    """Run, with a bar where there is a terminal and a line a build where there is none; and judge."""
    n = sum(1 if world in ONE_SEED else len(seeds) for world in worlds)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=n)

        def said(line: str) -> None:
            progress.update(task, advance=1, description=line)
            if not console.is_terminal:
                console.print(f"  {line}", highlight=False)

        observed = run(worlds, seeds, processes, said, keep)
    return judge(observed), observed


def print_figures(figures: list[Figure], console: Console) -> None:
    if not console.is_terminal:
        console = Console(file=console.file, width=150)
    table = Table(box=box.SIMPLE, pad_edge=False)
    for name, right in (
        ("world", False),
        ("figure", False),
        ("measured", True),
        ("threshold", True),
        ("raw", True),
        ("n", True),
        ("", False),
    ):
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    last = ""
    for figure in figures:
        colour = {"": "dim", "ok": "green"}.get(figure.verdict, "bold red")
        table.add_row(
            figure.world if figure.world != last else "",
            figure.name,
            shown(figure.measured),
            figure.threshold,
            shown(figure.raw),
            f"{figure.n} {figure.unit}".strip(),
            f"[{colour}]{figure.verdict}[/]",
        )
        last = figure.world
    console.print(table)


def shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def as_json(
    figures: list[Figure], observed: list[Observed], seeds: Sequence[int]
) -> dict[str, Any]:
    builds = [{name: run[name] for name in ("world", "seed", "seconds")} for run in observed]
    return {"seeds": list(seeds), "figures": [f.as_row() for f in figures], "builds": builds}
