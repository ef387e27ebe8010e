"""Documentation that follows from the input contract: the YAML of the streams and of the files connector."""

import textwrap
from typing import Any

from scripts import contract

STREAMS = contract.PROJECT / "models" / "staging" / "streams" / "_streams__models.yml"
FILES = contract.PROJECT / "models" / "staging" / "connectors" / "files"
PAGE = contract.PROJECT / "docs" / "contract.md"
EVERY_STREAM = {
    "source": "System the row comes from.",
    "source_id": "The row's id in its source and stream.",
    "updated_at": "When the source last changed the row.",
    "is_deleted": "Whether the source deleted the row.",
}
ROW_COLUMNS = {
    "row_file": "File the row was read from.",
    "row_number": "Row in that file, the header being row 1.",
}
LANDING_COLUMNS = {
    "synced_at": "When the row arrived, as the loader says.",
    "version_at": "When this version of the row began, where the landing keeps history.",
    "is_removed": "The loader's mark of a row that is gone from the system.",
    "connection": "Connection the row came through; the source of its stream rows.",
}
FOUND_COLUMNS = {
    "source": "Connection.",
    "table_name": "Table, as declared.",
    "column_name": "Column, as declared.",
    "live_name": "Column it is read from; null where the landing has none.",
    "live_type": "Type of that column in the landing.",
    "is_required": "Whether the connector needs it.",
    "is_custom": "Whether it is a field the company adds itself.",
    "n_rows": "Rows of the table.",
    "n_filled": "Rows in which it is filled.",
}
CHECKED_COLUMNS = ROW_COLUMNS | {
    "n_other_values": "Enumerated values outside the contract, kept as `other`.",
    "reject_reason": "First reason against the row; null where there is none.",
}
DATED_COLUMNS = CHECKED_COLUMNS | {
    "row_status": "used, superseded, deleted, expired, not_yet or rejected.",
}
# names and addresses of people stay apart
RESTRICTED = ("people",)


def write(check: bool = False) -> list[str]:
    """Write the files, or with check only compare; returns the names of those that differed."""
    files = {
        STREAMS: header()
        + "".join(stream_yaml(name) for name in contract.streams())
        + shared_models(),
        FILES / "_files__models.yml": header()
        + "".join(base_yaml(name) for name in contract.streams()),
        FILES / "_files__sources.yml": sources_yaml(),
        PAGE: contract_page(),
    }
    for connector, read in contract.connectors().items():
        if read["tables"]:
            folder = contract.CONNECTORS / connector
            files[folder / f"_{connector}__models.yml"] = connector_yaml(connector)
    stale = []
    for path, text in files.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if not check:
                path.write_text(text, encoding="utf-8")
    return stale


HEADER = "# Written by `python -m scripts describe` from {}.\nversion: 2\n\nmodels:\n"


def header() -> str:
    return HEADER.format("macros/contract/contract.sql")


def described_columns(stream: str) -> dict[str, str]:
    """Column -> what it means, in the stream's order."""
    columns: dict[str, dict[str, Any]] = contract.streams()[stream]["columns"]
    texts = {}
    for name in contract.column_names(stream):
        if name in columns:
            texts[name] = columns[name]["about"] + "."
        elif name in EVERY_STREAM:
            texts[name] = EVERY_STREAM[name]
        else:
            texts[name] = (
                f"System that {name.removesuffix('_source')}_id is an id of; the row's own where none is named."
            )
    return texts


def model_yaml(
    name: str,
    text: str,
    columns: dict[str, str],
    key: list[str] | None = None,
    restricted: bool = False,
) -> str:
    lines = [f"  - name: {name}", *description(text, 4)]
    if restricted:
        lines += ["    config:", "      schema: restricted"]
    if key:
        lines += [
            "    data_tests:",
            "      - unique_combination:",
            "          arguments:",
            f"            columns: [{', '.join(key)}]",
        ]
    lines.append("    columns:")
    for column, meaning in columns.items():
        lines += [f"      - name: {column}", *description(meaning, 8)]
    return "\n".join(lines) + "\n\n"


def description(text: str, indent: int) -> list[str]:
    pad = " " * indent
    wrapped = textwrap.wrap(text, 105 - indent)
    return [f"{pad}description: >-", *(f"{pad}  {line}" for line in wrapped)]


def stream_yaml(stream: str) -> str:
    about = contract.streams()[stream]["about"]
    columns = described_columns(stream)
    key = contract.streams()[stream].get("key", ["source", "source_id"])
    restricted = stream in RESTRICTED
    used = {name: text for name, text in columns.items() if name != "is_deleted"}
    return (
        model_yaml(
            f"stg_{stream}__checked",
            f"{about}: every loaded row, typed, with the first reason against it. Not for analysis: "
            "it holds old, deleted and rejected rows.",
            columns | CHECKED_COLUMNS,
            restricted=restricted,
        )
        + model_yaml(
            f"stg_{stream}__dated",
            f"{about}: every loaded row as known on as_of_date, with its fate. Not for analysis: read stg_{stream}.",
            columns | DATED_COLUMNS,
            restricted=restricted,
        )
        + model_yaml(
            f"stg_{stream}",
            f"{about}: the rows that count on as_of_date. One row a {', '.join(key)}.",
            used,
            key,
            restricted,
        )
    )


def base_yaml(stream: str) -> str:
    about = contract.streams()[stream]["about"]
    return model_yaml(
        f"base_files__{stream}",
        f"{about}, as the file has it: the contract's columns as text, null where the file lacks one.",
        described_columns(stream) | ROW_COLUMNS,
        restricted=stream in RESTRICTED,
    )


def connector_yaml(connector: str) -> str:
    """Base models as the connector's sources declare them, and the streams it fills as the contract has them."""
    source = contract.declared_source(connector)
    tables = contract.connectors()[connector]["tables"]
    text = HEADER.format(f"models/staging/connectors/{connector}/_{connector}__sources.yml")
    for table in source["tables"]:
        columns = {column["name"]: column["description"] for column in table["columns"]}
        text += model_yaml(
            f"base_{connector}__{table['name']}",
            f"{table['description'].strip()} As landed: the declared columns as text, null where the landing lacks "
            "one. Read only by the connector's own models.",
            columns | LANDING_COLUMNS | ROW_COLUMNS,
            restricted=table.get("config", {}).get("meta", {}).get("personal", False),
        )
    text += model_yaml(
        f"base_{connector}__columns",
        "What each declared column is in this landing. One row a connection, table and column.",
        FOUND_COLUMNS,
    )
    for stream in contract.connectors()[connector]["streams"]:
        text += model_yaml(
            f"stg_{connector}__{stream}",
            f"{contract.streams()[stream]['about']}, out of {connector}: the contract's columns as text. "
            f"Not for analysis: it holds every version; read stg_{stream}.",
            described_columns(stream) | ROW_COLUMNS,
            restricted=stream in RESTRICTED,
        )
    assert sorted(tables) == sorted(table["name"] for table in source["tables"]), connector
    return text


def shared_models() -> str:
    return (
        model_yaml(
            "stg_as_of",
            "The day this build speaks for: the var as_of_date, else the newest day on which something happened or a "
            "row was changed. One row.",
            {"as_of_date": "Facts of later days are not known."},
        )
        + model_yaml(
            "stg_known_records",
            "Every record of an organisation that some system knows, in its newest version, for looking up an id or a "
            "domain that another system names. One row a record of the streams accounts and partners. Not for "
            "analysis: it knows no day; read stg_organisation_members.",
            {
                "stream": "accounts or partners.",
                "source": EVERY_STREAM["source"],
                "source_id": EVERY_STREAM["source_id"],
                "name": "Name as the source has it.",
                "host": "Host of its domain, web or e-mail address.",
                "registrable_domain": "Domain registered for the host; null where it is shared, such as free mail.",
                "is_own": "Whether it is the vendor itself.",
                "is_deleted": EVERY_STREAM["is_deleted"],
                "trust_rank": "Rank of its source in the seed source_trust; 1 is believed first.",
                "id_order": "Order among records of the stream that carry the same id in different sources; 1 is "
                "believed first.",
            },
            ["stream", "source", "source_id"],
        )
        + model_yaml(
            "stg_stream_days",
            "How many rows did each source send of each stream, day by day? One row a source, stream that has dates, "
            "and day with rows, of the date in the row. Month 0 is the one up to as_of_date (rule gap_recent_days), 1 "
            "the one before it. Not for analysis: see data_gaps.",
            {
                "source": EVERY_STREAM["source"],
                "stream": "Stream of the input contract.",
                "row_date": "Day that the rows are dated.",
                "as_of_date": "Day the build speaks for.",
                "last_at": "Last moment of the day.",
                "age_days": "Days from it to as_of_date.",
                "window_number": "Number of its month, counted back from as_of_date.",
                "pause_days": "Days until the stream's next day with rows; null for its last.",
                "n_rows": "Rows that count.",
                "n_values": "Optional values that they could have given; what a later fact fills in is left out.",
                "n_empty": "Those that were left empty.",
            },
            ["source", "stream", "row_date"],
        )
        + model_yaml(
            "stg_row_counts",
            "How many loaded rows met which fate. One row a source, table, stream and fate. Not for analysis: see "
            "stream_reconciliation and connector_tables.",
            {
                "source": EVERY_STREAM["source"],
                "table_name": "Raw table or file the rows are from; (none) where that is not known.",
                "stream": "Stream of the input contract.",
                "row_status": DATED_COLUMNS["row_status"],
                "n_rows": "Rows.",
                "n_other_values": "Enumerated values outside the contract, kept as `other`.",
            },
            ["source", "table_name", "stream", "row_status"],
        )
        + model_yaml(
            "stg_rejects",
            "Every row that was refused, with the first reason. One row a rejected row of any stream. Not for "
            "counting what was loaded: see stream_reconciliation.",
            {
                "stream": "Stream of the input contract.",
                "source": EVERY_STREAM["source"],
                "source_id": "The row's id; for usage the account's.",
                "reject_reason": CHECKED_COLUMNS["reject_reason"],
                **ROW_COLUMNS,
            },
        )
    )


def sources_yaml() -> str:
    lines = [
        "# Written by `python -m scripts describe` from macros/contract/contract.sql.",
        "version: 2",
        "",
        "sources:",
        "  - name: files",
        "    schema: raw_files",
        "    description: Contract files as laid in one folder; every column is text.",
        "    tables:",
    ]
    for stream, rules in contract.streams().items():
        lines += [
            f"      - name: {stream}",
            *description(f"{rules['about']}, as the file has it.", 8),
        ]
    return "\n".join(lines) + "\n"


INTRODUCTION = """# The input contract, version 1

<!-- Written by `python -m scripts describe` from macros/contract/contract.sql. -->

Twenty streams. Every connector ends in them and everything downstream reads only them. A team without a
connector lays `<stream>.csv` or `<stream>.parquet` in one folder and builds from it. CSV is UTF-8 with commas
and a header row. A stream or an optional column that is missing is empty; other columns are left unread, and
said to be. White space around a value is no part of it.

- **Every stream** also has `source` (the system, required), `source_id` (unique within source and stream,
  required), `updated_at` and `is_deleted`. The newest version of a row counts: by `updated_at`, then by its
  place in the file.
- **References** name a `source_id` in the same source; the column beside them that ends in `_source` names
  another system.
- **Times** are ISO 8601, UTC where no offset is given; a date may stand for a time. **Amounts** are major
  units in the row's `currency` (the reporting currency where none is given; rates are in the seed
  `currencies`).
- **Enumerations** keep an unknown value as `other`, and count it.
- **As of a day**: rows dated later are not seen, and what a later date would reveal reads as if it had not
  happened.
- **Refused** rows go to `staging.stg_rejects` with their reason, and `marts.stream_reconciliation` accounts
  for all.
"""


def contract_page() -> str:
    """The contract as a page for people."""
    parts = [INTRODUCTION]
    for stream, rules in contract.streams().items():
        parts.append(f"\n## {stream}\n\n{rules['about']}.\n")
        if "at" in rules:
            parts.append(f"Placed in time by `{rules['at']}`.")
        if "key" in rules:
            parts.append(
                f"Key: {', '.join(f'`{name}`' for name in rules['key'])}; it has no `source_id`."
            )
        if "at_least_one" in rules:
            parts.append(
                f"One of {', '.join(f'`{name}`' for name in rules['at_least_one'])} is required."
            )
        parts.append("\n| column | type | what |\n| --- | --- | --- |")
        for name, column in rules["columns"].items():
            parts.append(
                f"| `{name}` | {column['type']} | {'. '.join([column['about'], *column_rules(column)])} |"
            )
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def column_rules(column: dict[str, Any]) -> list[str]:
    """The rules of a column in words."""
    words = []
    if column.get("required"):
        words.append("**Required**")
    for other, value in column.get("required_unless", {}).items():
        words.append(f"**Required** unless `{other}` is `{value}`")
    if "ref" in column:
        target = column["ref"]
        words.append(
            f"A `source_id` of {'what ' + f'`{target}` names' if target.endswith('_type') else f'`{target}`'}"
        )
    if "values" in column:
        words.append(f"One of {', '.join(f'`{value}`' for value in column['values'])}")
    if "default" in column:
        words.append(f"Empty is `{column['default']}`")
    if "min" in column or "max" in column:
        words.append(f"From {column.get('min', 'any')} to {column.get('max', 'any')}")
    if "not_before" in column:
        words.append(f"Not before `{column['not_before']}`")
    return words
