"""The command: which worlds and seeds, then the table, the file and the verdict."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from rich.console import Console

from scripts.errors import UserError

from .running import FIXED_SEED, as_json, print_figures, prove
from .worlds import WORLDS


def command(
    worlds: str,
    seeds: int,
    random: int,
    seed_list: str,
    processes: int,
    out: Path | None,
    keep: Path | None,
    few: bool,
    console: Console,
) -> bool:
    """Whether every threshold is met; with `few`, whether no miss is beyond chance."""
    names = [name.strip() for name in worlds.split(",") if name.strip()] or list(WORLDS)
    for name in names:
        if name not in WORLDS:
            raise UserError(f"--worlds: '{name}' is not one of {', '.join(WORLDS)}.")
    chosen = read_seeds(seed_list) or [
        *range(FIXED_SEED, FIXED_SEED + seeds),
        *(1_000 + secrets.randbelow(1_000_000) for _ in range(random)),
    ]
    if not chosen:
        raise UserError("No seeds: give --seeds, --random or --seed-list.")
    listed = ",".join(map(str, chosen))
    console.print(f"Seeds {listed} (the same again: --seed-list {listed})", highlight=False)
    figures, observed = prove(names, chosen, processes, console, keep)
    print_figures(figures, console)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(as_json(figures, observed, chosen), indent=1) + "\n")
    missing = sorted({figure.missing for figure in figures if figure.missing})
    for mart in missing:
        console.print(f"[bold red]NOT BUILT[/] {mart}: nothing is proved of it.", highlight=False)
    missed = [f for f in figures if not f.missing and not (f.is_luck if few else f.is_met)]
    judged = sum(figure.is_judged for figure in figures)
    console.print(f"{judged - len(missed)} of {judged} thresholds met.", highlight=False)
    return not missed


def read_seeds(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise UserError(f"--seed-list: give whole numbers, not '{text}'.") from None
