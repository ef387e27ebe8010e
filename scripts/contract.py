"""The input contract as Python reads it; its text lives once, in macros/contract/contract.sql."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
CONTRACT_FILE = PROJECT / "macros" / "contract" / "contract.sql"


@cache
def streams() -> dict[str, dict[str, Any]]:
    """Stream name -> its definition (about, at, columns, and where given key, at_least_one, mask)."""
    text = CONTRACT_FILE.read_text(encoding="utf-8")
    start = text.index("{%- set contract_yaml -%}") + len("{%- set contract_yaml -%}")
    contract = yaml.safe_load(text[start : text.index("{%- endset -%}")])
    return {name: rules for name, rules in contract.items() if name != "version"}


def twin_column(reference: str) -> str:
    """account_id -> account_source, the column that names another system for a reference."""
    return reference.removesuffix("_id") + "_source"


def column_names(stream: str) -> list[str]:
    """All columns of a stream in order, those every stream has and the twins included."""
    definition = streams()[stream]
    names = ["source"] if "key" in definition else ["source", "source_id"]
    for name, rules in definition["columns"].items():
        names.append(name)
        if "ref" in rules:
            names.append(twin_column(name))
    return [*names, "updated_at", "is_deleted"]


def required_columns(stream: str) -> list[str]:
    """Columns a file of this stream must have."""
    definition = streams()[stream]
    names = ["source"] if "key" in definition else ["source", "source_id"]
    return names + [name for name, rules in definition["columns"].items() if rules.get("required")]
