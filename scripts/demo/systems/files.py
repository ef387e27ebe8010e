"""What no system of the demo world holds, as contract files beside the systems: needs, solutions, surveys, plays, what
partners cost beyond commission, ties between people, and what partners did as their own portal reports it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.demo.contract_rows import STREAMS, Lander
from scripts.demo.tabular import plain, ref_column

from .salesforce import latest_milestones, translate

# the landing is the CRM that the rows name
LANDINGS = ("salesforce", "hubspot")
SYSTEMS = {
    "billing": "stripe",
    "product": "segment",
    "helpdesk": "zendesk",
    "portal": "partnerstack",
}
# what of a stream no system holds: the rows that are kept here
IN_PARTNERSTACK = ("referral", "deal_registration")


def tables(lander: Lander, landing: str = LANDINGS[0]) -> dict[str, pa.Table]:
    """Contract streams, by name."""
    kept = {
        "account_links": None,
        "partner_costs": ~is_one_of(lander.t["partner_costs"]["kind"], ["commission"]),
        "touches": is_one_of(lander.t["touches"]["origin"], ["portal"])
        & ~is_one_of(lander.t["touches"]["type"], IN_PARTNERSTACK),
        "relationships": ~is_one_of(lander.t["ties"]["kind"], ["serves", "overlap"]),
        "milestones": ~latest_milestones(lander),
        "signals": None,
        "feedback": None,
        "needs": None,
        "solutions": None,
        "actions": None,
    }
    return {
        stream: renamed(lander, stream, kept[stream], landing)
        for stream in STREAMS
        if stream in kept
    }


def is_one_of(column: pa.ChunkedArray, words: list[str] | tuple[str, ...]) -> np.ndarray:
    return pc.is_in(plain(column), value_set=pa.array(list(words))).to_numpy(zero_copy_only=False)


def renamed(lander: Lander, stream: str, kept: np.ndarray | None, crm: str) -> pa.Table:
    """The stream's rows, with every reference leading to the system that holds the record in this landing."""
    make, every = lander.parts(stream)[0]
    row: dict[str, Any] = make(every if kept is None else every[kept])
    systems = SYSTEMS | {"crm": crm}
    home = row["source"]
    for name in list(row):
        if not name.endswith("_id") or name in ("source_id", "other_id"):
            continue
        twin = f"{name.removesuffix('_id')}_source"
        system = pc.coalesce(row[twin], home) if twin in row else home
        row[twin] = pc.if_else(
            row[name].is_valid(),
            led_to(system, name, row, systems, crm),
            pa.scalar(None, pa.string()),
        )
    if "other_source" in row:
        row["other_source"] = translate(row["other_source"], systems)
    return pa.table(row)


def led_to(
    system: pa.Array, name: str, row: dict[str, Any], systems: dict[str, str], crm: str
) -> pa.Array:
    """The system a reference leads to: solutions stay with the files, people are in the CRM."""
    if name == "solution_id":
        return system
    if name in ("person_id", "partner_person_id", "account_person_id"):
        return translate(system, dict.fromkeys([*systems, "crm"], crm))
    if name in ("from_id", "to_id"):
        kind = row[name.replace("_id", "_type")]
        kind = plain(kind)
        return pc.if_else(
            pc.equal(kind, "solution"),
            system,
            pc.if_else(pc.equal(kind, "person"), crm, translate(system, systems)),
        )
    return translate(system, systems)


def owners(lander: Lander) -> pa.Table:
    """None of these files holds records of organisations."""
    texts = {name: pa.array([], pa.string()) for name in ("stream", "source", "source_id")}
    return pa.table(texts | {"organisation": ref_column(np.empty(0, dtype=np.int32))})


def planted(lander: Lander) -> dict[str, int]:
    return {"accounts_under_former_name": int(lander.dress.renamed.sum())}
