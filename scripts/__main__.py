"""The project's commands: python -m scripts <command>. The Makefile only sets up and calls these."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from scripts import build as building
from scripts import load, report
from scripts.contract import PROJECT
from scripts.errors import UserError

app = typer.Typer(
    help="Which partner filled the pipeline, and which kept the customers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
console = Console()

DEMO = PROJECT / "target" / "demo"
Out = Annotated[Path, typer.Option(help="DuckDB file that holds the result.")]
AsOf = Annotated[
    str | None,
    typer.Option(help="Build as of this day, YYYY-MM-DD. Default: the newest day in the data."),
]
Vars = Annotated[
    str | None, typer.Option(help="Other vars of dbt_project.yml, such as '{history_months: 12}'.")
]


@app.command()
def build(
    data: Annotated[
        Path,
        typer.Option(
            help="Folder of <stream>.csv or .parquet files, and of <connector>/<table> raw tables."
        ),
    ],
    out: Out = building.DEFAULT_OUT,
    as_of: AsOf = None,
    vars: Vars = None,
    target: Annotated[
        str,
        typer.Option(
            help="duckdb, postgres (PG* environment variables) or spark (a session of its own, "
            "kept in the folder ECOSYSTEM_SPARK)."
        ),
    ] = "duckdb",
) -> None:
    """Build the marts from a folder of contract files."""
    given = building.read_vars(vars, as_of)
    check_target(target)
    database = building.build(building.folder_inputs(data), out.resolve(), given, target)
    if database is None:
        where = "PostgreSQL" if target == "postgres" else f"Spark ({shown(load.spark_folder())})"
        console.print(
            f"Built on {escape(where)}: schemas marts, restricted, intermediate, staging, rules.",
            highlight=False,
        )
        return
    report.print_scorecard(database, console)
    console.print(f"\nDatabase: {escape(shown(database))} (schema marts)")


@app.command()
def demo(
    accounts: Annotated[int, typer.Option(min=50, help="Accounts in the demo world.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 7,
    world: Annotated[str, typer.Option(help="planted, null or random_touches.")] = "planted",
    crm: Annotated[
        str, typer.Option(help="The CRM it runs: salesforce or hubspot.")
    ] = "salesforce",
    landing: Annotated[
        str, typer.Option(help="How Salesforce and Zendesk land: fivetran or airbyte.")
    ] = "fivetran",
    out: Out = building.DEFAULT_OUT,
) -> None:
    """Make a demo company, land its systems, build from their raw tables, and show what they say."""
    from scripts.demo import SYSTEMS, Scenario, generate_systems, system_files
    from scripts.demo.scenario import KINDS

    for name, value, choices in (
        ("--world", world, KINDS),
        ("--crm", crm, ("salesforce", "hubspot")),
        ("--landing", landing, ("fivetran", "airbyte")),
    ):
        if value not in choices:
            raise UserError(f"{name}: '{value}' is not one of {', '.join(choices)}.")
    systems = [crm if system == "salesforce" else system for system in SYSTEMS]
    landings = {"zendesk": landing, "files": crm}
    if crm == "salesforce":
        landings["salesforce"] = landing
    console.print(f"Making a company of {accounts:,} accounts and landing its systems …")
    answers = generate_systems(
        DEMO / "data",
        Scenario(n_accounts=accounts, seed=seed, kind=world),
        DEMO / "answers.json",
        systems,
        landings,
    )
    for system, rows in answers["landed"]["rows"].items():
        console.print(
            f"  {system}: {sum(rows.values()):,} rows in {len(rows)} tables", highlight=False
        )
    console.print("Building the marts from them, with all their tests …")
    database = building.build(
        building.folder_inputs(DEMO / "data"),
        out.resolve(),
        system_files.settings(systems, landings),
    )
    from scripts.pages import review as reviewing
    from scripts.pages import scorecards

    pages = [
        reviewing.write(database, None, None, PROJECT),
        scorecards.write(database, None, PROJECT),
    ]
    report.print_scorecard(database, console)
    console.print(
        f"\nPages, to open in a browser: the review of the latest month, {escape(shown(pages[0]))}; partners and the "
        f"ecosystem, {escape(shown(pages[1]))}."
    )
    console.print(
        f"Database: {escape(shown(database))}, schema marts. Raw tables: {escape(shown(DEMO / 'data'))}. "
        f"What was planted: {escape(shown(DEMO / 'answers.json'))}; whose each record is: "
        f"{escape(shown(DEMO / 'records.csv'))}.\n"
        "Try next: make workbook XLSX=my_twenty_accounts.xlsx, or make build DATA=<folder of your own files>."
    )


@app.command()
def workbook(
    xlsx: Annotated[
        Path, typer.Option(help="The workbook. Where there is none, an empty one is written.")
    ],
    out: Annotated[Path, typer.Option(help="DuckDB file that holds the result.")] = PROJECT
    / "target"
    / "workbook.duckdb",
) -> None:
    """Write the empty twenty-account workbook, or answer from a filled one."""
    from scripts import workbook as books

    if not xlsx.exists():
        books.write_template(xlsx)
        console.print(
            f"Wrote {escape(str(xlsx))}: fill in the sheets Accounts and Partners involved, then run this again."
        )
        return
    book = books.read_workbook(xlsx)
    for note in book.notes:
        console.print(f"[yellow]note[/] {escape(note)}", highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        books.to_raw_tables(book, Path(folder))
        tables = [
            load.RawTable(path.stem, load.read_header(path), path)
            for path in sorted(Path(folder).glob("*.csv"))
        ]
        database = building.build(
            building.Input("workbook", tables), out.resolve(), {"trial_window_months": None}
        )
    report.print_small_book(database, console)
    console.print(f"\nDatabase: {escape(shown(database))} (marts.small_sample_answer)")


@app.command(name="train-matcher")
def train_matcher(
    labelled: Annotated[
        list[str] | None,
        typer.Option(
            help="Folder of contract files and its truth: FOLDER=TRUTH.csv (source, source_id, entity)."
        ),
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder of contract files without labels: weights by expectation maximisation."
        ),
    ] = None,
) -> None:
    """Train how two records of organisations are compared, and write the seed match_weights."""
    from scripts import train_matcher as training

    with tempfile.TemporaryDirectory() as work:
        seed = training.train(labelled or [], data or [], Path(work), console)
    console.print(
        f"Wrote {escape(shown(seed))}. A build reads it; look at the change before you keep it."
    )


@app.command(name="train-scorecard")
def train_scorecard(
    database: Annotated[
        list[Path] | None,
        typer.Option(help="DuckDB file that was built; give it again to pool several."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="risk, fit, intent, feasibility or momentum; default: all five."),
    ] = None,
    version: Annotated[
        str, typer.Option(help="Name of the new version, such as 2026-q3.")
    ] = "trained-1",
    status: Annotated[str, typer.Option(help="challenger, or demo.")] = "challenger",
    start: Annotated[
        str | None, typer.Option("--from", help="First month-end, YYYY-MM-DD. Default: all.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Last day of what is known, outcomes too, YYYY-MM-DD. Default: all."),
    ] = None,
    effective_from: Annotated[
        str | None, typer.Option(help="Day from which it scores; a challenger needs none.")
    ] = None,
    note: Annotated[str, typer.Option(help="What a reader of the register should know.")] = "",
    out: Annotated[Path, typer.Option(help="Folder of seeds to read and to write.")] = PROJECT
    / "seeds",
) -> None:
    """Train scorecards on what was built, and add them to the register as challengers; none is put in force."""
    from scripts import train_scorecard as training

    said = training.train(
        database or [building.DEFAULT_OUT],
        model or [],
        version,
        status,
        start,
        until,
        effective_from,
        note,
        out,
        console,
    )
    for line in said:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"Register: {escape(shown(out / 'models' / 'scorecard_versions.csv'))}. To promote a version, write "
        "champion and the day it takes effect in its row, and build."
    )


@app.command(name="load")
def load_files(
    data: Annotated[
        Path,
        typer.Option(
            help="Folder of <stream>.csv or .parquet files, and of <connector>/<table> raw tables."
        ),
    ],
    database: Annotated[
        Path | None, typer.Option(help="DuckDB file; left out: the server that --target names.")
    ] = None,
    target: Annotated[
        str, typer.Option(help="postgres (PG* variables) or spark (folder ECOSYSTEM_SPARK).")
    ] = "postgres",
) -> None:
    """Make the raw relations only, for a team that runs dbt itself."""
    check_target(target)
    if database is None and target == "duckdb":
        raise UserError("--target duckdb: give --database, the DuckDB file.")
    for source in building.folder_inputs(data):
        if database is None:
            load.SERVERS[target](source.tables, source.schema)
        else:
            database.parent.mkdir(parents=True, exist_ok=True)
            load.load_duckdb(source.tables, source.schema, database)
        n_files = sum(table.path is not None for table in source.tables)
        console.print(
            f"{n_files} files are {'tables' if database is None else 'views'} in schema {source.schema}."
        )


@app.command()
def describe(
    check: Annotated[bool, typer.Option(help="Only say whether the files are up to date.")] = False,
) -> None:
    """Write the documentation that follows from the input contract."""
    from scripts import describe as describing

    stale = describing.write(check)
    if check and stale:
        raise UserError(f"Out of date: {', '.join(stale)}. Run: python -m scripts describe")
    console.print("up to date" if not stale else f"wrote {', '.join(stale)}")


@app.command()
def connector(
    name: Annotated[str, typer.Argument(help="Name of the new connector, such as my_crm.")],
    source: Annotated[
        Path,
        typer.Option("--from", help="Folder of <table>.csv or .parquet files, or a .duckdb file."),
    ],
    streams: Annotated[
        str,
        typer.Option(
            help="Streams to begin, such as accounts,touches; accounts=companies names the table."
        ),
    ] = "",
    schema: Annotated[
        str | None, typer.Option(help="Schema of the .duckdb file. Default: raw_<name>.")
    ] = None,
) -> None:
    """Begin a connector: declare what a system lands, and write a skeleton of each stream."""
    from scripts import scaffold

    asked = [stream.strip() for stream in streams.split(",") if stream.strip()]
    made = scaffold.make(name, source, asked, schema)
    for path in made.files:
        console.print(f"wrote {escape(shown(path))}", highlight=False, soft_wrap=True)
    for note in made.notes:
        console.print(f"[yellow]note[/] {escape(note)}", highlight=False, soft_wrap=True)
    console.print("\nNext:")
    console.print(
        "1. Add this line to macros/contract/connectors.sql, below the others:", highlight=False
    )
    print(f"        {made.line}")
    console.print(
        f"2. Say in _{name}__sources.yml what each table and column is; mark the ones nothing works without: "
        "config: {meta: {required: true}}.\n"
        "3. Map the columns in each stg model; until then its rows are refused, and say why.\n"
        "4. python -m scripts describe\n"
        f"5. python -m scripts build --data FOLDER, where FOLDER/{name}/ holds the tables. "
        "docs/connectors/adding.md walks through it.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@app.command()
def records(
    to: Annotated[Path, typer.Option(help="Folder for data/accounts.csv, truth.csv and mess.csv.")],
    records: Annotated[int, typer.Option(min=1, help="Records of organisations.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 7,
) -> None:
    """Make records of organisations in four systems, and the organisation each is truly of: for measuring identity."""
    from scripts.demo import records as making

    for kind, count in making.write(to, records, seed).items():
        console.print(f"{kind:<16}{count:>12,}", highlight=False)
    console.print(
        f"Records: {escape(shown(to / 'data'))}; the truth: {escape(shown(to / 'truth.csv'))}"
    )


@app.command(name="bench-identity")
def bench_identity(
    records: Annotated[
        list[int] | None, typer.Option(min=100, help="Size; give it again for more.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 7,
    keep: Annotated[
        Path | None, typer.Option(help="Folder that keeps records and results.")
    ] = None,
) -> None:
    """Measure identity beside Splink 5 on made records: seconds, memory, precision, recall, growth."""
    from scripts import bench_identity as benching

    benching.bench(records or [100_000, 1_000_000], seed, keep, console)


@app.command()
def explain(
    record: Annotated[
        list[str],
        typer.Option(help="source:id, twice; stream:source:id where an id is in both streams."),
    ],
    out: Out = building.DEFAULT_OUT,
) -> None:
    """Say why two records are one organisation, or why not."""
    from scripts import explain as explaining

    explaining.explain(out, record, console)


@app.command()
def trace(
    partner: Annotated[str, typer.Argument(help="Name of the partner, or its key.")],
    stage: Annotated[
        str | None, typer.Option(help="Only the trials of this stage, such as retention.")
    ] = None,
    database: Annotated[Path, typer.Option(help="DuckDB file that was built.")] = (
        building.DEFAULT_OUT
    ),
    as_of: Annotated[
        str | None, typer.Option(help="Month-end, YYYY-MM-DD. Default: the latest.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Trials shown of a stage.")] = 10,
) -> None:
    """Show how a partner's CSI comes about, trial by trial, and check it against the marts."""
    from scripts import trace as tracing

    if not tracing.trace(database, partner, stage, as_of, limit, console):
        raise typer.Exit(1)


Database = Annotated[Path, typer.Option(help="DuckDB file that was built.")]


@app.command()
def review(
    month: Annotated[
        str | None, typer.Option(help="Month, YYYY-MM. Default: the latest of the file.")
    ] = None,
    database: Database = building.DEFAULT_OUT,
    page: Annotated[
        Path | None, typer.Option(help="HTML file. Default: target/review_YYYY-MM.html.")
    ] = None,
) -> None:
    """Write the monthly review as one HTML file: findings by ARR at stake, drift, noise, bias, what worked."""
    from scripts.pages import review as reviewing

    written = reviewing.write(database, month, page, PROJECT)
    console.print(f"Review: {escape(shown(written))}", highlight=False, soft_wrap=True)


@app.command()
def page(
    database: Database = building.DEFAULT_OUT,
    page: Annotated[Path | None, typer.Option(help="HTML file. Default: target/page.html.")] = None,
) -> None:
    """Write partner scorecards and the ecosystem graph as one HTML file."""
    from scripts.pages import scorecards

    written = scorecards.write(database, page, PROJECT)
    console.print(f"Partners: {escape(shown(written))}", highlight=False, soft_wrap=True)


@app.command()
def audit(
    write: Annotated[
        Path | None, typer.Option(help="CSV file to write a sample of records to.")
    ] = None,
    read: Annotated[
        Path | None, typer.Option(help="The same file with is_right filled in (yes or no).")
    ] = None,
    size: Annotated[int, typer.Option(min=1, help="Records in the sample.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed draws the same records.")] = 7,
    out: Out = building.DEFAULT_OUT,
) -> None:
    """Have people check whether records stand on the right account: write a sample, read the answers."""
    from scripts import audit as auditing

    if (write is None) == (read is None):
        raise UserError("Give either --write FILE.csv or --read FILE.csv.")
    said = (
        auditing.write(out, write, size, seed)
        if write is not None
        else auditing.read(out, read or Path())
    )
    for line in said:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command()
def proof(
    worlds: Annotated[
        str, typer.Option(help="Names of worlds, separated by commas. Default: all.")
    ] = "",
    seeds: Annotated[int, typer.Option(min=0, help="Fixed seeds of each world.")] = 10,
    random: Annotated[int, typer.Option(min=0, help="Further seeds, drawn now and printed.")] = 3,
    seed_list: Annotated[
        str, typer.Option(help="These seeds instead, such as 101,102: repeats a run.")
    ] = "",
    processes: Annotated[int, typer.Option(min=1, help="Worlds built at the same time.")] = 2,
    out: Annotated[Path | None, typer.Option(help="JSON file for figures and seeds.")] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="Folder that keeps what each build showed; a run goes on from there."),
    ] = None,
    few: Annotated[
        bool, typer.Option(help="Excuse a miss that chance explains (p >= .001): for few seeds.")
    ] = False,
) -> None:
    """Build worlds of known truth and say whether the measures find it; status 1 on a miss."""
    from scripts.proof import proving

    if not proving.command(worlds, seeds, random, seed_list, processes, out, keep, few, console):
        raise typer.Exit(1)


@app.command()
def lint() -> None:
    """Style of SQL and Python; needs a build first, since sqlfluff reads through dbt."""
    from scripts import lint as linting

    linting.run(console)


@app.command()
def clean() -> None:
    """Remove what builds and tests leave behind; the environment and your data stay."""
    for folder in (
        PROJECT / "target",
        PROJECT / "logs",
        PROJECT / ".pytest_cache",
        PROJECT / ".hypothesis",
        PROJECT / ".ruff_cache",
    ):
        shutil.rmtree(folder, ignore_errors=True)
    console.print("removed target, logs and caches")


@app.command()
def test(
    slow: Annotated[bool, typer.Option(help="The long tests instead of the daily ones.")] = False,
) -> None:
    """Unit, data and end-to-end tests on DuckDB and PostgreSQL."""
    # a file's tests share what they build, so they stay together
    spread = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", *spread, "-m", "slow" if slow else "not slow"]
    raise typer.Exit(subprocess.call(command, cwd=PROJECT))


def check_target(target: str) -> None:
    """Refuse an engine that profiles.yml does not name."""
    known = ["duckdb", *load.SERVERS]
    if target not in known:
        raise UserError(f"--target: '{target}' is not one of {', '.join(known)}.")


def shown(path: Path) -> str:
    """A path relative to the working folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def main() -> None:
    """Run a command; a problem the user can mend is printed without a traceback and ends with status 1."""
    try:
        app()
    except UserError as error:
        Console(stderr=True).print(
            f"[bold red]error[/] {escape(str(error))}", highlight=False, soft_wrap=True
        )
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("stopped; the last output is as it was")
        sys.exit(130)


if __name__ == "__main__":
    main()
