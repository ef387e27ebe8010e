"""Build the marts: load files, run dbt with its data tests, put the result in place only when all of it passed."""

import difflib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from scripts import contract, last_build, load
from scripts.contract import PROJECT
from scripts.errors import UserError

DEFAULT_OUT = PROJECT / "target" / "ecosystem.duckdb"
DBT_TARGET = PROJECT / "target" / "dbt"

console = Console()


@dataclass(frozen=True)
class Input:
    """What a build reads: raw tables, and the connections (schema raw_<connection>) they land as."""

    connection: str
    tables: list[load.RawTable]

    @property
    def schema(self) -> str:
        return f"raw_{self.connection}"


@dataclass
class Outcome:
    """What came of a dbt run."""

    n_done: int = 0
    problems: list[str] = field(default_factory=list)


def project_vars() -> dict[str, Any]:
    """The vars of dbt_project.yml with their defaults."""
    return yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def read_vars(text: str | None, as_of: str | None) -> dict[str, Any]:
    """Vars given on the command line; refuses what is not a mapping of known names."""
    try:
        given = yaml.safe_load(text) if text else {}
    except yaml.YAMLError as error:
        raise UserError(
            f"--vars: not a mapping such as '{{history_months: 12}}' ({error})."
        ) from None
    if not isinstance(given, dict):
        raise UserError("--vars: give a mapping such as '{history_months: 12}'.")
    if as_of:
        given["as_of_date"] = as_of
    settings = [
        f"{connector}_{setting}"
        for connector in contract.connectors()
        for setting in contract.connector_settings()
    ]
    for name in given:
        if name not in [*project_vars(), *settings]:
            close = difflib.get_close_matches(name, [*project_vars(), *settings], 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise UserError(
                f"Var '{name}' is not a var of this project.{hint} It has {', '.join(project_vars())}, and for each "
                f"connector <connector>_{', <connector>_'.join(contract.connector_settings())}."
            )
    # YAML reads 2026-06-30 as a date
    return {
        name: str(value) if hasattr(value, "isoformat") else value for name, value in given.items()
    }


def folder_inputs(folder: Path) -> list[Input]:
    """What a folder holds: contract files beside one another (connector `files`), and a folder of raw tables for each
    connection of a system, named as the connector or as the connection (raw tables of `salesforce` land in schema
    raw_salesforce)."""
    inputs = [
        Input(path.name, load.find_raw_tables(path))
        for path in (sorted(folder.iterdir()) if folder.is_dir() else [])
        # other folders are left alone, unless tables lie in them: a misspelt name must not go unread
        if path.is_dir() and (path.name in contract.connectors() or load.table_files(path))
    ]
    if inputs and not load.table_files(folder):
        return inputs
    tables, remarks = load.find_tables(folder)
    for remark in remarks:
        console.print(f"[yellow]note[/] {remark}", highlight=False)
    return [*inputs, Input("files", tables)]


def read_connectors(inputs: list[Input], given: dict[str, Any]) -> list[str]:
    """Connectors that read these inputs: what the var names, else those the inputs are named after.

    A connection that is no connector's name must be named by a var <connector>_schema."""
    registered = contract.connectors()
    named = {
        schema: connector
        for connector in registered
        for schema in as_list(given.get(f"{connector}_schema", f"raw_{connector}"))
    }
    found: list[str] = []
    for source in inputs:
        if source.schema not in named:
            close = difflib.get_close_matches(source.connection, registered, 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise UserError(
                f"Folder {source.connection}: not a connector.{hint} There are {', '.join(registered)}. Rename the "
                f"folder; or name it as a connection: --vars '{{<connector>_schema: "
                f"{{{source.connection}: {source.schema}}}}}'."
            )
        if named[source.schema] not in found:
            found.append(named[source.schema])
    return given.get("connectors", found)


def as_list(schemas: str | dict[str, str]) -> list[str]:
    return [schemas] if isinstance(schemas, str) else list(schemas.values())


def build(
    source: Input | list[Input],
    out: Path = DEFAULT_OUT,
    given: dict[str, Any] | None = None,
    target: str = "duckdb",
    keep_views: bool = False,
) -> Path | None:
    """Build from what was read. Returns the DuckDB file, or None where the target is a server or Spark.

    The last output stays as it was until everything has passed; a build that is killed leaves only a working folder,
    which the next build removes.
    """
    inputs = [source] if isinstance(source, Input) else source
    settings = {**(given or {}), "connectors": read_connectors(inputs, given or {})}
    command = ["build", "--exclude-resource-type", "unit_test"]
    if target != "duckdb":
        for each in inputs:
            load.SERVERS[target](each.tables, each.schema)
        run_dbt(command, settings, target)
        return None
    if out.suffix != ".duckdb":
        raise UserError(f"{out}: the output must end in .duckdb.")
    with working_file(out) as working:
        for each in inputs:
            load.load_duckdb(each.tables, each.schema, working)
        run_dbt(command, settings, target, working)
        for line in last_build.compare(out, working):
            console.print(line, highlight=False, markup=False)
        finish(working, keep_views)
        os.replace(working, out)
    return out


@contextmanager
def working_file(out: Path) -> Iterator[Path]:
    """A file of the same name as the output in a folder beside it (DuckDB names its catalogue after the file)."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"{out.parent}: is a file; give a path in a folder.") from None
    for left in out.parent.glob(f".{out.stem}.building-*"):
        if not is_running(int(left.name.rsplit("-", 1)[1])):
            shutil.rmtree(left, ignore_errors=True)
    folder = out.parent / f".{out.stem}.building-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder / out.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def finish(database: Path, keep_views: bool) -> None:
    """Write everything into the one file. Views read the input files and remember the catalogue's name, so they go;
    what is kept are tables, under any file name."""
    with duckdb.connect(str(database)) as connection:
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
        for schema, view in [] if keep_views else views:
            connection.execute(f"drop view {load.quote(schema)}.{load.quote(view)}")
        connection.execute("checkpoint")


def run_dbt(
    arguments: list[str],
    given: dict[str, Any],
    target: str = "duckdb",
    database: Path | None = None,
) -> None:
    """Run dbt with a progress bar; raises UserError with what failed and where the log is."""
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    if database is not None:
        os.environ["ECOSYSTEM_DUCKDB"] = str(database)
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    target_path = Path(os.environ.get("DBT_TARGET_PATH", DBT_TARGET))
    log_path = target_path / "logs"
    outcome = Outcome()
    with progress_bar() as advance:
        runner = dbtRunner(callbacks=[lambda event: follow(event, outcome, advance)])
        result = runner.invoke(
            [
                *arguments,
                "--project-dir",
                str(PROJECT),
                "--profiles-dir",
                str(PROJECT),
                "--target",
                target,
                "--vars",
                yaml.safe_dump(given, default_flow_style=True),
                "--target-path",
                str(target_path),
                "--log-path",
                str(log_path),
                "--log-level",
                "none",
                "--log-level-file",
                "info",
                "--no-use-colors",
            ]
        )
    if target == "duckdb":
        # dbt keeps its connection, and with it the file, open for as long as the process lives
        DuckDBConnectionManager.close_all_connections()
    if result.success:
        return
    if result.exception is not None and not outcome.problems:
        outcome.problems.append(str(result.exception).strip())
    shown = "\n".join(f"  {problem}" for problem in outcome.problems[:10])
    more = f"\n  and {len(outcome.problems) - 10} more" if len(outcome.problems) > 10 else ""
    kept = (
        "the last output is as it was" if target == "duckdb" else f"{target} holds what was built"
    )
    raise UserError(f"The build did not pass; {kept}.\n{shown}{more}\nLog: {log_path / 'dbt.log'}")


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """A bar that shows how many of the steps are done; plain lines where there is no terminal."""
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=None)
        said = {"tenths": 0}

        def advance(done: int, total: int, name: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{name[:44]:<44}")
            tenths = 10 * done // total if total else 0
            if not console.is_terminal and tenths > said["tenths"]:
                said["tenths"] = tenths
                console.print(f"  {done} of {total} steps", highlight=False)

        yield advance


def follow(event: Any, outcome: Outcome, advance: Callable[[int, int, str], None]) -> None:
    """Read dbt's events: count what is done, keep what failed."""
    name = event.info.name
    if name in ("LogModelResult", "LogTestResult", "LogSeedResult"):
        outcome.n_done = max(outcome.n_done, event.data.index)
        total = event.data.num_models if name == "LogTestResult" else event.data.total
        advance(outcome.n_done, total, event.data.node_info.node_name)
    elif name == "RunResultError":
        outcome.problems.append(" ".join(event.data.msg.split())[:600])
    elif name == "RunResultFailure":
        outcome.problems.append(event.data.node_info.node_name or "a test failed")
    elif name == "MainEncounteredError":
        outcome.problems.append(event.data.exc.strip())
