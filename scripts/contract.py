"""The input contract as Python reads it; its text lives once, in macros/contract/contract.sql."""

import ast
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
CONTRACT_FILE = PROJECT / "macros" / "contract" / "contract.sql"
CONNECTORS = PROJECT / "models" / "staging" / "connectors"
CONNECTORS_FILE = PROJECT / "macros" / "contract" / "connectors.sql"


@cache
def streams() -> dict[str, dict[str, Any]]:
    """Stream name -> its definition (about, at, columns, and where given key, at_least_one, mask)."""
    text = CONTRACT_FILE.read_text(encoding="utf-8")
    start = text.index("{%- set contract_yaml -%}") + len("{%- set contract_yaml -%}")
    contract = yaml.safe_load(text[start : text.index("{%- endset -%}")])
    return {name: rules for name, rules in contract.items() if name != "version"}


@cache
def connectors() -> dict[str, dict[str, list[str]]]:
    """Connector -> its raw `tables` and the `streams` it fills, as macros/contract/connectors.sql registers them."""
    text = CONNECTORS_FILE.read_text(encoding="utf-8")
    body = text[text.index("registered = {") + len("registered = ") : text.index("} -%}") + 1]
    every = repr(list(streams()))
    return ast.literal_eval(
        body.replace("contract().keys() | reject('equalto', 'version') | list", every)
    )


@cache
def connector_settings() -> list[str]:
    """Settings a connector has, each the var <connector>_<setting>, as macros/contract/connectors.sql lists them."""
    text = CONNECTORS_FILE.read_text(encoding="utf-8")
    body = text[text.index("macro connector_settings()") :]
    return ast.literal_eval(body[body.index("[") : body.index("]") + 1])


def declared_source(connector: str) -> dict[str, Any]:
    """What a connector's _<connector>__sources.yml declares: description and tables with their columns."""
    path = CONNECTORS / connector / f"_{connector}__sources.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]


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
