"""The project's own promises: everything described, grains tested, lint clean, unit tests passed."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from scripts import build, contract, describe, lint
from scripts.contract import PROJECT, streams


@pytest.fixture(scope="session")
def manifest(demo_build: Path) -> dict:
    return json.loads((demo_build / "manifest.json").read_text(encoding="utf-8"))


# about 120, and a few for lines that wrap
LONGEST_MODEL = 130


def own(manifest: dict, kind: str) -> list[dict]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == kind and node["package_name"] == "ecosystem_intelligence"
    ]


def generic_tests(manifest: dict) -> list[dict]:
    return [test for test in own(manifest, "test") if "test_metadata" in test]


def test_every_model_and_column_is_described(manifest: dict, demo_database: Path) -> None:
    import duckdb

    live: dict[str, set[str]] = {}
    with duckdb.connect(str(demo_database), read_only=True) as connection:
        for table, column in connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema not like 'raw_%'"
        ).fetchall():
            live.setdefault(table, set()).add(column)
    missing = []
    for node in own(manifest, "model") + own(manifest, "seed"):
        if not node["description"]:
            missing.append(node["name"])
        described = {name for name, column in node["columns"].items() if column["description"]}
        missing += [f"{node['name']}.{column}" for column in sorted(live[node["name"]] ^ described)]
    assert not missing, missing


def test_marts_enforce_contracts_and_test_their_grain(manifest: dict) -> None:
    tests = generic_tests(manifest)
    for node in own(manifest, "model"):
        if not node["path"].startswith("marts/"):
            continue
        assert node["config"]["contract"]["enforced"], node["name"]
        grain = node["config"]["meta"]["grain"]
        assert node["config"]["meta"]["maturity"] in ("stable", "experimental")
        keys = [
            test["test_metadata"]["kwargs"].get("columns")
            or [test["test_metadata"]["kwargs"].get("column_name")]
            for test in tests
            if test["attached_node"] == node["unique_id"]
            and test["test_metadata"]["name"] in ("unique", "unique_combination")
        ]
        assert grain in keys, node["name"]


def test_every_seed_has_a_unique_key(manifest: dict) -> None:
    tested = {
        test["attached_node"]
        for test in generic_tests(manifest)
        if test["test_metadata"]["name"] in ("unique", "unique_combination")
    }
    assert not [node["name"] for node in own(manifest, "seed") if node["unique_id"] not in tested]


def test_contract_documentation_is_up_to_date() -> None:
    assert describe.write(check=True) == []


def test_contract_has_twenty_streams() -> None:
    assert len(streams()) == 20


def test_every_connector_is_registered_and_whole() -> None:
    registered = contract.connectors()
    folders = {path.name for path in contract.CONNECTORS.iterdir() if path.is_dir()}
    assert folders == set(registered), "macros/contract/connectors.sql and the folders differ"
    missing = []
    for connector, read in registered.items():
        layer = "base" if connector == "files" else "stg"
        wanted = [f"base_{connector}__{table}.sql" for table in read["tables"]]
        wanted += [f"{layer}_{connector}__{stream}.sql" for stream in read["streams"]]
        wanted += [f"_{connector}__sources.yml", f"_{connector}__models.yml"]
        if read["tables"]:
            wanted.append(f"base_{connector}__columns.sql")
        there = {path.name for path in (contract.CONNECTORS / connector).iterdir()}
        missing += sorted(set(wanted) - there)
        # a stream's model that is not registered would be built and never read
        streams_there = {
            name.removeprefix(f"stg_{connector}__").removesuffix(".sql")
            for name in there
            if name.startswith(f"stg_{connector}__")
        }
        unread = (streams_there & set(streams())) - set(read["streams"])
        missing += [f"{connector}: stream {stream} is not registered" for stream in sorted(unread)]
    assert not missing


@pytest.fixture
def own_database(demo_database: Path, tmp_path: Path) -> Path:
    """A copy of the demo build: dbt opens it for writing, and others read it."""
    return Path(shutil.copy(demo_database, tmp_path))


def test_unit_tests_pass(own_database: Path) -> None:
    build.run_dbt(
        ["test", "--select", "test_type:unit"], {"connectors": ["files"]}, database=own_database
    )


def test_style_of_python() -> None:
    assert lint.python_problems() == []


@pytest.mark.slow
def test_lint(own_database: Path) -> None:
    lint.run(Console(), own_database)


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [PROJECT / name for name in names if (PROJECT / name).suffix not in (".lock", ".csv")]


def test_no_clock_and_no_engine_in_models() -> None:
    found = []
    for path in tracked():
        if path.suffix == ".sql" and "models" in path.parts:
            text = path.read_text(encoding="utf-8")
            for pattern in (
                r"current_(timestamp|date)",
                r"\bnow\(\)",
                r"target\.type",
                r"::\w",
                r"try_cast",
                r"unnest\(",
            ):
                if re.search(pattern, text):
                    found.append(f"{path.name}: {pattern}")
    assert not found


def test_models_are_short() -> None:
    long = [
        path.name
        for path in tracked()
        if path.suffix == ".sql"
        and "models" in path.parts
        and len(path.read_text().splitlines()) > LONGEST_MODEL
    ]
    assert not long
