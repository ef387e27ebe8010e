"""Make raw relations from files: views on DuckDB (nothing is copied), tables of text on PostgreSQL and Spark.

Every relation has the file's columns as text plus _file (its name) and _row (its row, the header being row 1).
A stream without a file becomes an empty relation. All files are checked before anything is created.
"""

import csv
import difflib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from scripts import contract
from scripts.errors import UserError

SUFFIXES = (".csv", ".parquet")
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# columns that every relation has beside the file's own
OWN_COLUMNS = ("_file", "_row")


@dataclass(frozen=True)
class RawTable:
    """One raw relation: its name, and its file with the file's columns (none: empty relation)."""

    name: str
    columns: list[str]
    path: Path | None = None

    @property
    def landed(self) -> list[str]:
        """The file's columns that the relation has; its own names are not for the file to give."""
        return [name for name in self.columns if name.lower() not in OWN_COLUMNS]

    def select(self) -> str:
        """SQL that reads the relation as text, in DuckDB's dialect."""
        if self.path is None:
            nulls = ", ".join(f"cast(null as varchar) as {quote(name)}" for name in self.columns)
            return (
                f"select {nulls}, cast(null as varchar) as _file, cast(null as bigint) as _row "
                "where false"
            )
        names = ", ".join(
            f"cast({quote(name)} as varchar) as {quote(name)}" for name in self.landed
        )
        return (
            f"select {names}, {literal(self.path.name)} as _file, row_number() over () + 1 as _row "
            f"from {self.reader()}"
        )

    def reader(self) -> str:
        """The DuckDB table function over the file."""
        path = one_file(self.path)
        if self.path.suffix.lower() == ".parquet":
            return f"read_parquet({path}, hive_partitioning = false)"
        types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.columns)
        return (
            f"read_csv({path}, columns = {{{types}}}, header = true, auto_detect = false, "
            "delim = ',', quote = '\"', escape = '\"', strict_mode = true, hive_partitioning = false)"
        )


def quote(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


def one_file(path: Path) -> str:
    """A path as SQL; stars and brackets in it are meant as they are."""
    name = str(path.resolve())
    return literal("".join(f"[{mark}]" if mark in "*?[" else mark for mark in name))


def find_raw_tables(folder: Path) -> list[RawTable]:
    """Raw tables of one connection of a system: one a .csv or .parquet file, under the file's name.

    Raises UserError naming the file and the remedy."""
    paths = table_files(folder)
    if not paths:
        raise UserError(
            f"{folder}: no .csv or .parquet file in this folder. Lay one file a raw table in it, or remove it."
        )
    tables: dict[str, RawTable] = {}
    for path in paths:
        if path.stem.lower() in tables:
            raise UserError(
                f"{folder.name}/{path.name}: table {path.stem} is also in "
                f"{tables[path.stem.lower()].path.name}. Keep one of the two."
            )
        table = RawTable(path.stem, read_header(path), path)
        check_names(table)
        check_readable(table)
        tables[path.stem.lower()] = table
    return list(tables.values())


def table_files(folder: Path) -> list[Path]:
    """The .csv and .parquet files that lie in the folder itself, by name."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in SUFFIXES
    ]


def find_tables(folder: Path) -> tuple[list[RawTable], list[str]]:
    """Raw tables of a folder of contract files, one a stream, and remarks about columns left unread.

    Raises UserError naming the file, the column or row, and the remedy.
    """
    if not folder.is_dir():
        raise UserError(
            f"{folder}: no such folder. Give a folder that holds <stream>.csv or .parquet files."
        )
    paths: dict[str, Path] = {}
    for path in table_files(folder):
        stream = path.stem.lower()
        if stream not in contract.streams():
            close = difflib.get_close_matches(stream, contract.streams(), 1)
            hint = f"did you mean {close[0]}{path.suffix}? " if close else ""
            raise UserError(
                f"{path.name}: not a stream; {hint}The streams are {', '.join(contract.streams())}. "
                "Rename the file, or move it out of the folder."
            )
        if stream in paths:
            raise UserError(
                f"{path.name}: stream {stream} is also in {paths[stream].name}. Keep one of the two."
            )
        paths[stream] = path
    if not paths:
        raise UserError(
            f"{folder}: no <stream>.csv or .parquet file in this folder. "
            f"The streams are {', '.join(contract.streams())}; accounts is the one to begin with."
        )
    tables, remarks = [], []
    for stream in contract.streams():
        if stream not in paths:
            tables.append(RawTable(stream, contract.column_names(stream)))
            continue
        columns = [name.lower() for name in read_header(paths[stream])]
        table = RawTable(stream, columns, paths[stream])
        check_columns(table)
        check_readable(table)
        unknown = [name for name in table.columns if name not in contract.column_names(stream)]
        if unknown:
            remarks.append(
                f"{table.path.name}: not in the contract, left unread: {', '.join(unknown)}"
            )
        tables.append(table)
    return tables, remarks


def read_header(path: Path) -> list[str]:
    """Column names of a file as it has them, trimmed."""
    if path.suffix.lower() == ".parquet":
        try:
            rows = ask(
                f"describe select * from read_parquet({one_file(path)}, hive_partitioning = false)"
            )
        except duckdb.Error as error:
            raise UserError(
                f"{path.name}: not a readable Parquet file ({first_line(error)})."
            ) from None
        return [row[0] for row in rows]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: not UTF-8 text. Save it again as 'CSV UTF-8'.") from None
    except csv.Error as error:
        raise UserError(f"{path.name}: the first row cannot be read ({error}).") from None
    names = [name.strip() for name in header]
    if not any(names):
        raise UserError(f"{path.name}: empty. The first row must hold the column names.")
    if len(names) == 1:
        for delimiter, word in OTHER_DELIMITERS.items():
            if delimiter in names[0]:
                raise UserError(
                    f"{path.name}: columns seem to be separated by {word}. Save it with commas."
                )
    for place, name in enumerate(names, start=1):
        if not name:
            raise UserError(
                f"{path.name}: column {place} has no name. Name it in the first row, or remove it."
            )
        if "\0" in name:
            raise UserError(f"{path.name}: the name of column {place} holds a NUL character.")
    return names


def check_columns(table: RawTable) -> None:
    """Each column once, and every required one there."""
    check_names(table)
    for name in contract.required_columns(table.name):
        if name not in table.columns:
            close = difflib.get_close_matches(name, table.columns, 1)
            hint = f" Is it {close[0]!r}?" if close else ""
            raise UserError(
                f"{table.path.name}: required column {name!r} is missing.{hint} "
                f"Found: {', '.join(table.columns)}."
            )


def check_names(table: RawTable) -> None:
    """Each column once, whatever its case."""
    names = [name.lower() for name in table.columns]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise UserError(f"{table.path.name}: column {doubles[0]!r} appears twice. Remove one.")


def check_readable(table: RawTable) -> None:
    """Read the whole file once, so that a broken row is told by its number before the build begins."""
    # PostgreSQL has no text with NUL in it
    nul = " or ".join(f"contains({quote(name)}, chr(0))" for name in table.landed)
    try:
        (row,) = ask(f"select min(_row) filter ({nul}) from ({table.select()})")[0]
    except duckdb.Error as error:
        raise UserError(f"{table.path.name}: {explain_read_error(str(error))}") from None
    if row is not None:
        raise UserError(f"{table.path.name}: row {row} holds a NUL character. Take it out.")


def ask(query: str) -> list[tuple]:
    """The rows of a query about files, over a connection of its own: one that failed leaves nothing behind."""
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def explain_read_error(message: str) -> str:
    """DuckDB's words about a file it cannot read, as a line with a remedy."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    where = next((line for line in lines if "CSV Error on Line" in line), "")
    row = f"row {where.split(':')[-1].strip()}" if where else "a row"
    if any("Expected Number of Columns" in line for line in lines):
        detail = next(line for line in lines if "Expected Number of Columns" in line)
        return f"{row} does not fit the header ({detail}). Quote values that hold a comma."
    if any("state machine" in line for line in lines):
        return (
            "a value holds a line break outside quotes, or rows end in different ways. "
            "Quote such values, and end every row alike."
        )
    if any("nterminated" in line or "quote" in line.lower() for line in lines):
        return f"{row} has a quote that is not closed. Double the quotes inside a quoted value."
    if any("unicode" in line.lower() or "utf-8" in line.lower() for line in lines):
        return f"{row} is not UTF-8 text. Save the file again as 'CSV UTF-8'."
    return f"cannot be read: {lines[0] if lines else 'unknown error'}"


def first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def load_duckdb(tables: Iterable[RawTable], schema: str, database: Path) -> None:
    """Create the raw relations as views in a DuckDB file."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create schema if not exists {quote(schema)}")
        for table in tables:
            connection.execute(
                f"create or replace view {quote(schema)}.{quote(table.name)} as {table.select()}"
            )


def load_postgres(tables: Iterable[RawTable], schema: str) -> None:
    """Create the raw relations as tables of text in PostgreSQL, in one transaction (PG* environment variables)."""
    import psycopg2

    try:
        connection = psycopg2.connect(
            host=os.environ.get("PGHOST", "localhost"),
            port=os.environ.get("PGPORT", "5432"),
            user=os.environ.get("PGUSER", "postgres"),
            password=os.environ.get("PGPASSWORD", ""),
            dbname=os.environ.get("PGDATABASE", "ecosystem"),
        )
    except psycopg2.OperationalError as error:
        raise UserError(
            f"PostgreSQL: {first_line(error)}. Set PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE."
        ) from None
    with connection, connection.cursor() as cursor:
        cursor.execute(f"create schema if not exists {quote(schema)}")
        for table in tables:
            name = f"{quote(schema)}.{quote(table.name)}"
            columns = [*table.landed, "_file"]
            definition = ", ".join(f"{quote(column)} text" for column in columns) + ", _row bigint"
            cursor.execute(f"drop table if exists {name} cascade")
            cursor.execute(f"create table {name} ({definition})")
            if table.path is not None:
                cursor.copy_expert(
                    f"copy {name} from stdin with (format csv)", CsvStream(table.select())
                )
    connection.close()


def load_spark(tables: Iterable[RawTable], schema: str) -> None:
    """Create the raw relations as tables of text in Spark, over Parquet files in its folder (ECOSYSTEM_SPARK)."""
    session = spark_session()
    session.sql(f"create schema if not exists {spark_quote(schema)}")
    for table in tables:
        folder = spark_folder() / schema / table.name
        folder.mkdir(parents=True, exist_ok=True)
        duckdb.sql(
            f"copy ({table.select()}) to {literal(str(folder / 'rows.parquet'))} (format parquet)"
        )
        name = f"{spark_quote(schema)}.{spark_quote(table.name)}"
        columns = ", ".join(f"{spark_quote(column)} string" for column in table.landed)
        session.sql(f"drop table if exists {name}")
        session.sql(
            f"create table {name} ({columns}, _file string, _row bigint) "
            f"using parquet location {spark_literal(str(folder))}"
        )


def spark_quote(name: str) -> str:
    """A quoted identifier of Spark's SQL."""
    return "`" + name.replace("`", "``") + "`"


def spark_literal(text: str) -> str:
    """A quoted string of Spark's SQL, where a backslash escapes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def spark_folder() -> Path:
    """Where a Spark session keeps its tables and their catalogue; dbt is told by the same variable."""
    usual = contract.PROJECT / "target" / "spark"
    folder = Path(os.environ.get("ECOSYSTEM_SPARK", usual)).resolve()
    os.environ["ECOSYSTEM_SPARK"] = str(folder)
    return folder


def spark_session() -> Any:
    """The session that dbt will find in this process, with the settings of profiles.yml."""
    try:
        import dbt.adapters.spark  # noqa: F401
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UserError(
            f"Spark: {error.name} is not installed. Set up the development environment: "
            "make .venv/development."
        ) from None
    spark_folder().mkdir(parents=True, exist_ok=True)
    profile = (contract.PROJECT / "profiles.yml").read_text(encoding="utf-8")
    rendered = jinja2.Template(profile).render(env_var=os.environ.get)
    outputs = yaml.safe_load(rendered)["ecosystem_intelligence"]["outputs"]
    builder = SparkSession.builder.enableHiveSupport()
    for name, value in outputs["spark"]["server_side_parameters"].items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise UserError(
            f"Spark: {first_line(error)} Is there Java 17 or newer, and does JAVA_HOME name it?"
        ) from None


# engines other than DuckDB, each with what loads it
SERVERS = {"postgres": load_postgres, "spark": load_spark}


class CsvStream(io.TextIOBase):
    """Rows of a DuckDB query as a stream of CSV text, a batch at a time; null is empty, text is quoted."""

    def __init__(self, query: str) -> None:
        self.chunks = self._chunks(query)
        self.buffer = ""

    @staticmethod
    def _chunks(query: str) -> Iterator[str]:
        cursor = duckdb.connect().execute(query)
        while rows := cursor.fetchmany(20_000):
            lines = []
            for row in rows:
                cells = (
                    "" if cell is None else '"' + str(cell).replace('"', '""') + '"' for cell in row
                )
                lines.append(",".join(cells))
            # PostgreSQL text holds no NUL
            yield "\n".join(lines).replace("\x00", "") + "\n"

    def read(self, size: int = -1) -> str:
        while size < 0 or len(self.buffer) < size:
            chunk = next(self.chunks, None)
            if chunk is None:
                break
            self.buffer += chunk
        if size < 0:
            size = len(self.buffer)
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken
