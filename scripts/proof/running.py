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

Pair = tuple[str, int]
"""A world and a seed."""

builders: list[Builder] = []


def prepare(folder: str) -> None:
    """In a process of its own: a builder in a folder of its own."""
    builders.append(Builder(Path(folder) / str(os.getpid())))


def observe_here(world: str, seed: int) -> Observed:
    return observe(builders[0], world, seed)


def pairs(worlds: Sequence[str], seeds: Sequence[int]) -> list[Pair]:
    """Every world with every seed, seed by seed: a run that is stopped has seen all worlds alike."""
    return [
        (world, seed)
        for seed in seeds
        for world in worlds
        if world not in ONE_SEED or seed == seeds[0]
    ]


def run(
    asked: Sequence[Pair], processes: int, said: Callable[[str], None], keep: Path | None = None
) -> list[Observed]:
    """What every pair shows. With `keep`, it is kept there and not made again."""
    seen: dict[Pair, Observed] = {}
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        for pair in asked:
            if (path := kept(keep, pair)).exists():
                seen[pair] = json.loads(path.read_text())
                said(f"{pair[0]} {pair[1]}: kept")
    todo = [pair for pair in asked if pair not in seen]
    if todo:
        with tempfile.TemporaryDirectory(prefix="proof-", ignore_cleanup_errors=True) as folder:
            for pair, result in in_parallel(todo, processes, folder):
                seen[pair] = json.loads(json.dumps(result, default=str))
                if keep:
                    kept(keep, pair).write_text(json.dumps(seen[pair]))
                said(f"{pair[0]} {pair[1]}: {result['seconds']:.0f} s")
    return [seen[pair] for pair in asked]


def kept(folder: Path, pair: Pair) -> Path:
    return folder / f"{pair[0]}-{pair[1]}.json"


def in_parallel(todo: list[Pair], processes: int, folder: str) -> Iterator[tuple[Pair, Observed]]:
    """Each as it is done. Processes are started afresh: dbt's threads do not survive a fork."""
    pool = ProcessPoolExecutor(
        min(processes, len(todo)), get_context("spawn"), initializer=prepare, initargs=(folder,)
    )
    with pool:
        waiting = {pool.submit(observe_here, *pair): pair for pair in todo}
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
    asked = pairs(worlds, seeds)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=len(asked))

        def said(line: str) -> None:
            progress.update(task, advance=1, description=line)
            if not console.is_terminal:
                console.print(f"  {line}", highlight=False)

        observed = run(asked, processes, said, keep)
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
