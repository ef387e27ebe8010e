"""The questions in analyses/: each reads marts only, returns what its header promises, and bears an empty book."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from scripts import build
from scripts.contract import PROJECT

FOLDER = PROJECT / "analyses"
NAMES = sorted(path.stem for path in FOLDER.glob("*.sql"))


def header(name: str) -> str:
    """The comment an analysis begins with, as one line."""
    lines = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    return " ".join(line.removeprefix("--").strip() for line in lines[:end])


@pytest.fixture(scope="module")
def asked(
    demo_database: Path, dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    """A copy of the demo build and the SQL of each analysis, as dbt compiles it."""
    # the compiled SQL names the catalogue, which is called after the file
    database = tmp_path_factory.mktemp("analyses") / "ecosystem.duckdb"
    shutil.copy(demo_database, database)
    build.run_dbt(
        ["compile", "--select", "path:analyses"], {"connectors": ["files"]}, database=database
    )
    compiled = dbt_target / "compiled" / "ecosystem_intelligence" / "analyses"
    return database, {name: (compiled / f"{name}.sql").read_text() for name in NAMES}


def test_every_question_is_described() -> None:
    read = yaml.safe_load((FOLDER / "_analyses.yml").read_text(encoding="utf-8"))["analyses"]
    assert sorted(entry["name"] for entry in read) == NAMES
    assert all(entry["description"] for entry in read)


@pytest.mark.parametrize("name", NAMES)
def test_a_question_reads_marts_only_and_says_how_to_read_it(name: str) -> None:
    assert re.match(r"Question: .+\? Read it: .+ Columns: ", header(name))
    read = re.findall(r"ref\('(\w+)'\)", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    assert read
    assert set(read) <= marts


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_answered_with_the_columns_promised(
    name: str, asked: tuple[Path, dict[str, str]]
) -> None:
    database, compiled = asked
    promised = header(name).split("Columns: ")[1].split(", ")
    with duckdb.connect(str(database)) as connection:
        answer = connection.execute(compiled[name])
        assert [column[0] for column in answer.description] == promised
        rows = answer.fetchall()
        # the demo world has an overrated partner, and every other question an answer
        assert rows
        # no column is empty from top to bottom
        empty = [
            promised[place]
            for place in range(len(promised))
            if all(row[place] is None for row in rows)
        ]
        assert not empty


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_book_has_no_answer_and_no_error(
    name: str, asked: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    database, compiled = asked
    with duckdb.connect(str(tmp_path / "ecosystem.duckdb")) as connection:
        connection.execute(f"attach '{database}' as full_book (read_only)")
        connection.execute("create schema marts")
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'full_book' and schema_name = 'marts'"
        ).fetchall():
            connection.execute(
                f"create table marts.{table} as from full_book.marts.{table} limit 0"
            )
        assert connection.execute(compiled[name]).fetchall() == []
