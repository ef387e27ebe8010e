"""Make one world, build it, and keep what its judgement needs: rows of the marts, and the truth beside them."""

from __future__ import annotations

import shutil
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from scripts.demo import World as Simulated
from scripts.demo import simulate, write
from scripts.demo.tabular import as_days, as_rows

from .building import Builder, rows
from .truths import partner_truths
from .worlds import STREAMS, WORLDS

USAGE_DAYS = 100
"""Of usage only the first days after going live are landed: going live and adoption read no more."""

ENDS = ("foods", "optics", "tools", "media", "motors")

Observed = dict[str, Any]


def observe(builder: Builder, name: str, seed: int) -> Observed:
    """One world of one seed, built and read."""
    begun = time.monotonic()
    data = builder.folder / "data"
    seen: Observed = {"world": name, "seed": seed, "truths": {}}
    if name == "twenty":
        write_twenty(data, {"Harbor Advisors": (8, 2)})
        seen["counts"] = [_counts(builder.build(data))]
        write_twenty(data, {"Harbor Advisors": (7, 3)})
        seen["counts"].append(_counts(builder.build(data)))
    else:
        world = shortened(simulate(WORLDS[name].scenario(seed)))
        write(world, data, STREAMS)
        seen["truths"] = partner_truths(world)
        seen |= {"loud": world.answers["loud"], "quiet": world.answers["quiet"]}
        made = time.monotonic() - begun
        seen |= read(builder.build(data), builder.marts) | {"seconds_made": made}
    shutil.rmtree(data)
    return seen | {"seconds": time.monotonic() - begun}


def shortened(world: Simulated) -> Simulated:
    """The same world with usage of the first days after each going live only."""
    usage, spells = world.tables["usage"], world.tables["spells"]
    live = as_days(spells["live"])
    account = as_rows(spells["account"])
    order = np.lexsort((live, account))
    key = account[order].astype(np.int64) * 100_000 + np.maximum(live[order], 0)
    day = as_days(usage["day"])
    at = (
        np.searchsorted(key, as_rows(usage["account"]).astype(np.int64) * 100_000 + day, "right")
        - 1
    )
    since = day - live[order][np.maximum(at, 0)]
    world.tables["usage"] = usage.filter(np.asarray((since >= 0) & (since <= USAGE_DAYS)))
    return world


def read(database: Path, marts: list[str]) -> Observed:
    """What the marts say at the end of the world."""
    stages = rows(
        database,
        "select partner_name, stage, n_trials, n_effective, effect_raw, effect_raw_lower, effect_raw_upper, effect, "
        "effect_lower, effect_upper, comparable_share, e_value, e_value_bound, evidence, outcome, expected_outcome "
        "from marts.partner_csi_stages where is_latest",
    )
    labels = rows(
        database,
        "select partner_name, paradox, csi_rank, evidence, pipeline_rank from marts.partner_scorecard",
    )
    seen: Observed = {
        "stages": stages,
        "labels": labels,
        "n_rejects": rows(database, "select count(*) as n from staging.stg_rejects")[0]["n"],
    }
    for mart in ("depth_retention", "partner_cde"):
        seen[mart] = rows(database, f"select * from marts.{mart}") if mart in marts else None
    return seen


def _counts(database: Path) -> list[dict[str, Any]]:
    return rows(database, "select comparison, fisher_p, sentence from marts.small_sample_answer")


def write_twenty(folder: Path, at: dict[str, tuple[int, int]]) -> None:
    """A book of ten customers kept and ten lost; each partner was at so many of the kept and of the lost."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = [f"{one}{two}" for one in ("Alder", "Birch", "Cedar", "Elm") for two in ENDS]
    start = date(2024, 1, 10)
    accounts, terms, touches = [], [], []
    for number, word in enumerate(words):
        begins = start + timedelta(days=7 * number)
        accounts.append(f"crm,a{number},{word},{word.lower()}.com,DE,customer")
        ended = begins + timedelta(days=365)
        lost = number >= 10
        status, outcome = ("cancelled", "churned") if lost else ("ended", "renewed")
        terms.append(f"crm,t{number},a{number},{begins},{ended},{ended},24000,{status},{outcome}")
        if not lost:
            until = ended + timedelta(days=730)
            terms.append(f"crm,u{number},a{number},{ended},{until},,24000,active,")
        for code, (kept, gone) in enumerate(at.values()):
            if (number if not lost else number - 10) < (gone if lost else kept):
                met = begins + timedelta(days=120)
                touches.append(
                    f"crm,m{code}_{number},partner,p{code},a{number},business_review,{met},system"
                )
    partners = [f"crm,p{code},{name},partner{code}.com,DE" for code, name in enumerate(at)]
    for stream, header, lines in (
        ("accounts", "source,source_id,name,domain,country,account_type", accounts),
        ("partners", "source,source_id,name,domain,country", partners),
        (
            "subscriptions",
            "source,source_id,account_id,started_at,term_end,ended_at,arr,status,outcome",
            terms,
        ),
        (
            "touches",
            "source,source_id,actor,partner_id,account_id,touch_type,occurred_at,evidence",
            touches,
        ),
    ):
        text = "\n".join([header, *lines]) + "\n"
        (folder / f"{stream}.csv").write_text(text, encoding="utf-8")
