"""Every mart holds the same rows on PostgreSQL as on DuckDB: numbers to 1e-9, all else exactly."""

from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest
import yaml

from scripts.contract import PROJECT
from tests.python.comparing import same


def marts() -> dict[str, list[str]]:
    """Mart -> its grain."""
    found = {}
    for path in sorted((PROJECT / "models" / "marts").rglob("_*__models.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            found[model["name"]] = model["config"]["meta"]["grain"]
    return found


def place(mart: str) -> str:
    """The mart with its schema: marts, or the one that its folder names."""
    folder = next((PROJECT / "models" / "marts").rglob(f"{mart}.sql")).parent.name
    return f"{'restricted' if folder == 'restricted' else 'marts'}.{mart}"


def read(connection: Any, mart: str, grain: list[str]) -> tuple[list[str], dict[tuple, tuple]]:
    cursor = connection.cursor()
    cursor.execute(f"select * from {place(mart)}")
    names = [column[0] for column in cursor.description]
    places = [names.index(name) for name in grain]
    rows = cursor.fetchall()
    keyed = {tuple(row[place] for place in places): tuple(row) for row in rows}
    assert len(keyed) == len(rows), f"{mart}: its grain is not unique"
    return names, keyed


def assert_same_rows(mart: str, on_duckdb: Any, on_other: Any, but: tuple[str, ...] = ()) -> None:
    """Given a connection to each engine; `but`: columns that are each engine's own."""
    grain = marts()[mart]
    names, rows = read(on_duckdb, mart, grain)
    other_names, other_rows = read(on_other, mart, grain)
    assert names == other_names
    assert rows.keys() == other_rows.keys()
    differing = [
        (key, name, one, other)
        for key, row in rows.items()
        for name, one, other in zip(names, row, other_rows[key], strict=True)
        if name not in but and not same(one, other)
    ]
    assert not differing, differing[:5]


@pytest.mark.parametrize("mart", marts())
def test_postgres_equals_duckdb(
    mart: str, demo_database: Path, demo_postgres: dict[str, str]
) -> None:
    server = psycopg2.connect(
        host=demo_postgres["PGHOST"],
        user=demo_postgres["PGUSER"],
        dbname=demo_postgres["PGDATABASE"],
    )
    with duckdb.connect(str(demo_database), read_only=True) as file, server:
        assert_same_rows(mart, file, server)
    server.close()
