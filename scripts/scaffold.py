"""A new connector's files from what a system lands: sources, base models, and a skeleton of each stream.

Names and types are read from the live tables; what they mean, only a person can say.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scripts import contract, load
from scripts.errors import UserError

# as macros/contract/base_table.sql knows them; the loader's other columns begin with an underscore too
ARRIVAL_COLUMNS = (
    "_fivetran_synced",
    "_airbyte_extracted_at",
    "_airbyte_emitted_at",
    "_sdc_batched_at",
)
# added by every base model, so no system column may be declared under these names
TAKEN_COLUMNS = ("connection", "synced_at", "version_at", "is_removed", "row_file", "row_number")


@dataclass(frozen=True)
class Column:
    """A column as it is declared, and as it landed."""

    name: str
    live: str
    type: str


@dataclass(frozen=True)
class Table:
    """A raw table as it is declared, and as it landed."""

    name: str
    live: str
    columns: list[Column]
    arrival: str | None


@dataclass(frozen=True)
class Made:
    """What was written, and what to do next."""

    files: list[Path]
    line: str
    notes: list[str]


def make(name: str, source: Path, streams: list[str], schema: str | None = None) -> Made:
    """Write models/staging/connectors/<name>/ from the tables in a folder or a DuckDB file. Nothing is overwritten."""
    check_name(name)
    notes: list[str] = []
    tables = read_tables(name, source, schema, notes)
    wanted = read_streams(streams, tables)
    folder = contract.CONNECTORS / name
    texts = {folder / f"_{name}__sources.yml": sources_text(name, tables)}
    for table in tables:
        texts[folder / f"base_{name}__{table.name}.sql"] = (
            f"{{{{ base_table('{name}', '{table.name}') }}}}\n"
        )
    texts[folder / f"base_{name}__columns.sql"] = f"{{{{ base_columns_found('{name}') }}}}\n"
    for stream, table in wanted.items():
        texts[folder / f"stg_{name}__{stream}.sql"] = stream_text(name, stream, table)
    folder.mkdir(parents=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return Made(list(texts), registration(name, tables, list(wanted)), notes)


def check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise UserError(
            f"'{name}' cannot name a connector: use lower-case letters, digits and single underscores, a letter first, "
            "such as my_crm."
        )
    if name in contract.connectors() or (contract.CONNECTORS / name).exists():
        raise UserError(
            f"There is a connector '{name}' already (models/staging/connectors/{name}); nothing was written. "
            "Choose another name, or remove that folder and its line in macros/contract/connectors.sql first."
        )


# --- what landed ---------------------------------------------------------------------------------


def read_tables(name: str, source: Path, schema: str | None, notes: list[str]) -> list[Table]:
    """Tables with their live columns, from <table>.csv and .parquet files or from a schema of a DuckDB file."""
    if source.is_dir():
        live = {
            table.name: described(f"select * from {reader(table)}")
            for table in load.find_raw_tables(source)
        }
    elif source.suffix == ".duckdb" and source.is_file():
        live = read_schema(source, schema or f"raw_{name}")
    else:
        raise UserError(
            f"{source}: neither a folder of <table>.csv or .parquet files nor a .duckdb file. Give one of the two."
        )
    tables: dict[str, Table] = {}
    for table, columns in live.items():
        declared = identifier(table)
        if declared in tables:
            raise UserError(
                f"Tables {tables[declared].live} and {table} would both be '{declared}'. Rename one."
            )
        tables[declared] = Table(
            declared, table, declare_columns(table, columns, notes), arrival_column(columns)
        )
    return list(tables.values())


def reader(table: load.RawTable) -> str:
    path = load.literal(str(table.path.resolve()))
    kind = "read_parquet" if table.path.suffix.lower() == ".parquet" else "read_csv"
    return f"{kind}({path}{', header = true' if kind == 'read_csv' else ''})"


def described(query: str, connection: duckdb.DuckDBPyConnection | None = None) -> dict[str, str]:
    """Column -> type of a query."""
    rows = (connection or duckdb).execute(f"describe {query}").fetchall()
    return {row[0]: row[1].lower() for row in rows}


def read_schema(database: Path, schema: str) -> dict[str, dict[str, str]]:
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables where table_schema = ? order by table_name",
                [schema],
            ).fetchall()
            schemas = connection.execute(
                "select distinct table_schema from information_schema.tables order by 1"
            ).fetchall()
            found = {
                table: described(
                    f"select * from {load.quote(schema)}.{load.quote(table)}", connection
                )
                for (table,) in tables
            }
    except duckdb.Error as error:
        raise UserError(f"{database}: cannot be read ({load.first_line(error)}).") from None
    if not found:
        raise UserError(
            f"{database}: schema '{schema}' has no tables. Name one with --schema; there are "
            f"{', '.join(row[0] for row in schemas) or 'none'}."
        )
    return found


def declare_columns(table: str, live: dict[str, str], notes: list[str]) -> list[Column]:
    """The system's own columns under names that SQL takes; the loader's are known to every base model."""
    columns: dict[str, Column] = {}
    for column, kind in live.items():
        if column.startswith("_"):
            continue
        declared = identifier(column)
        if declared in reserved_words() or declared in TAKEN_COLUMNS:
            declared += "_value"
        same = [known for known in columns if known.replace("_", "") == declared.replace("_", "")]
        if same:
            notes.append(f"{table}: {column} was left out; it reads like {columns[same[0]].live}.")
            continue
        columns[declared] = Column(declared, column, kind)
    if not columns:
        raise UserError(
            f"Table {table}: no columns but the loader's own. There is nothing to declare."
        )
    return list(columns.values())


def arrival_column(live: dict[str, str]) -> str | None:
    return next((column for column in live if column.lower() in ARRIVAL_COLUMNS), None)


def identifier(name: str) -> str:
    """NumberOfEmployees, `Number of employees` and number_of_employees are number_of_employees."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    word = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    return word if word and not word[0].isdigit() else f"column_{word}".rstrip("_")


def reserved_words() -> set[str]:
    """Words that no engine takes as a column's name without quotes."""
    rows = duckdb.sql(
        "select keyword_name from duckdb_keywords() where keyword_category = 'reserved'"
    ).fetchall()
    return {row[0] for row in rows} | {"user", "current_user", "session_user"}


def read_streams(asked: list[str], tables: list[Table]) -> dict[str, Table]:
    """Stream -> the table its skeleton reads: the one named after `=`, else one that is named alike, else the first."""
    wanted: dict[str, Table] = {}
    by_name = {table.name: table for table in tables}
    for each in asked:
        stream, _, table = each.partition("=")
        if stream not in contract.streams():
            raise UserError(
                f"'{stream}' is not a stream. There are {', '.join(contract.streams())}."
            )
        if table and identifier(table) not in by_name:
            raise UserError(f"'{table}' is not a table here. There are {', '.join(by_name)}.")
        stem = stream.rstrip("s")
        alike = next((known for known in tables if stem in known.name), tables[0])
        wanted[stream] = by_name[identifier(table)] if table else alike
    return wanted


# --- what is written -------------------------------------------------------------------------------


def sources_text(name: str, tables: list[Table]) -> str:
    lines = [
        "version: 2",
        "",
        "sources:",
        f"  - name: {name}",
        f"    schema: \"{{{{ var('{name}_schema', 'raw_{name}') if var('{name}_schema', none) is not mapping "
        f"else var('{name}_schema').values() | first }}}}\"",
        "    description: >-",
        f"      {name} as it landed when the connector was made; say what the system is.",
    ]
    arrivals = {table.arrival for table in tables}
    if None not in arrivals and len(arrivals) == 1:
        lines += [
            "    config:",
            f"      loaded_at_field: \"cast({{{{ var('{name}_loaded_at', '{arrivals.pop()}') }}}} as timestamp)\"",
            "      freshness:",
            "        warn_after: {count: 2, period: day}",
            "        error_after: {count: 7, period: day}",
        ]
    lines.append("    tables:")
    for table in tables:
        lines += [
            f"      - name: {table.name}",
            "        description: >-",
            f"          Table {table.live} as landed. Say what one row is.",
        ]
        if squashed(table.name) != squashed(table.live):
            lines.append(f"        config: {{meta: {{also: [{quoted(table.live)}]}}}}")
        lines.append("        columns:")
        for column in table.columns:
            lines += [
                f"          - name: {column.name}",
                f"            description: {quoted(f'Column {column.live} as landed; say what it means.')}",
                f"            data_type: {quoted(column.type)}",
            ]
            if squashed(column.name) != squashed(column.live):
                lines.append(f"            config: {{meta: {{also: [{quoted(column.live)}]}}}}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A YAML string in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def squashed(name: str) -> str:
    """As the macro of that name: without case and underscores."""
    return name.lower().replace("_", "")


def stream_text(name: str, stream: str, table: Table) -> str:
    """A model that has all it needs but the mapping: until then its rows are refused, and say why."""
    definition = contract.streams()[stream]
    rules = definition["columns"]
    required = [column for column in contract.required_columns(stream) if column != "source"]
    conditional = {
        column: " and ".join(
            f"{other} is {value}" for other, value in rule["required_unless"].items()
        )
        for column, rule in rules.items()
        if "required_unless" in rule
    }
    optional = [
        column
        for column in contract.column_names(stream)
        if column not in (*required, *conditional, "source", "updated_at", "is_deleted")
    ]
    comment = [
        f"Question: what does {name} know of the stream {stream}?",
        "Grain: row of the table; say what it is.",
    ]
    hints = [
        f"map {column}: {rules[column]['about'] if column in rules else 'the id of the row, unique in its source'}"
        for column in required
    ]
    if "at_least_one" in definition:
        hints.append(f"map one of these at least: {', '.join(definition['at_least_one'])}")
    hints += [
        f"map {column}, unless {when}: {rules[column]['about']}"
        for column, when in conditional.items()
    ]
    if optional:
        hints.append(f"may be mapped: {', '.join(optional)}")
    lines = [f"-- {line}" for line in comment]
    lines += [
        "with",
        "",
        "landed as (",
        "",
        f"    select * from {{{{ ref('base_{name}__{table.name}') }}}}",
        "",
        "),",
        "",
        "final as (",
        "",
        "    select",
    ]
    for each in hints:
        lines += textwrap.wrap(
            each, 80, initial_indent="        -- ", subsequent_indent="        --   "
        )
    lines.append(f"        {{{{ stream_row('{stream}', {{")
    lines.append("            'source': 'connection',")
    lines += [f"            '{column}': 'null'," for column in required]
    lines += [
        "            'updated_at': 'coalesce(version_at, synced_at)',",
        "            'is_deleted': 'is_removed',",
        "        }) }}",
        "    from landed",
        "",
        ")",
        "",
        "select * from final",
    ]
    return "\n".join(lines) + "\n"


def registration(name: str, tables: list[Table], streams: list[str]) -> str:
    """The line that macros/contract/connectors.sql takes."""
    return f"'{name}': {{'tables': {[table.name for table in tables]}, 'streams': {streams}}},"
