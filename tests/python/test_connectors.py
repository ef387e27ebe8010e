"""Connectors in general: what is missing or misnamed is told by name, with the remedy."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts import build
from scripts.demo import Scenario, generate_systems, system_files
from scripts.errors import UserError
from tests.python.raw import build_part

WORLD = Scenario(n_accounts=120, n_partners=6, seed=11)


@pytest.fixture(scope="module")
def salesforce(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world landed as Salesforce alone."""
    folder = tmp_path_factory.mktemp("salesforce")
    generate_systems(folder / "data", WORLD, folder / "answers.json", ("salesforce",))
    return folder / "data"


@pytest.fixture
def landed(salesforce: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    shutil.copytree(salesforce, tmp_path / "data")
    return tmp_path / "data"


def slow(*values: Any) -> Any:
    return pytest.param(*values, marks=pytest.mark.slow)


def refusal(folder: Path, given: dict[str, Any] | None = None) -> str:
    with pytest.raises(UserError) as refused:
        build.build(build.folder_inputs(folder), folder.parent / "ecosystem.duckdb", given)
    assert not (folder.parent / "ecosystem.duckdb").exists()
    return str(refused.value)


def test_missing_tables_are_told_all_at_once(landed: Path) -> None:
    (landed / "salesforce" / "task.csv").unlink()
    (landed / "salesforce" / "case.csv").unlink()
    said = refusal(landed)
    for word in (
        "'salesforce'",
        "raw_salesforce",
        "task, case",
        "salesforce_without",
        "connectors",
    ):
        assert word in said


def test_a_missing_required_column_is_told(landed: Path) -> None:
    path = landed / "salesforce" / "opportunity.csv"
    columns = "* exclude (stage_name), stage_name as phase"
    duckdb.sql(f"select {columns} from read_csv('{path}', all_varchar = true)").write_csv(
        str(path.with_suffix(".new")), header=True
    )
    path.with_suffix(".new").replace(path)
    said = refusal(landed)
    for word in ("opportunity", "'stage_name'", "salesforce_names", "opportunity.stage_name"):
        assert word in said
    given = system_files.settings(("salesforce",)) | {
        "salesforce_names": {"opportunity.stage_name": "Phase"}
    }
    database = build_part(landed, landed.parent / "ecosystem.duckdb", given, ["+connector_columns"])
    with duckdb.connect(str(database), read_only=True) as connection:
        live = connection.execute(
            "select live_name, status from marts.connector_columns "
            "where table_name = 'opportunity' and column_name = 'stage_name'"
        ).fetchone()
    assert live == ("phase", "filled")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"salesforce_custom_fields": {"go_live": "go_alive_c"}},
            ["go_live", "go_alive_c", "account"],
        ),
        slow({"salesforce_custom_fields": {"go_lives": "x_c"}}, ["go_lives", "is not one of"]),
        slow({"salesforce_custom_fields": ["go_live"]}, ["salesforce_custom_fields", "mapping"]),
        slow({"salesforce_names": {"tasks": "todo"}}, ["tasks", "is not one of"]),
        slow({"salesforce_without": "case"}, ["salesforce_without", "list"]),
        slow({"salesforce_without": ["cases"]}, ["cases", "is not one of"]),
        slow({"connectors": ["salesforce", "stripes"]}, ["stripes", "not a connector"]),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    given: dict[str, Any], words: list[str], landed: Path
) -> None:
    said = refusal(landed, given)
    for word in words:
        assert word in said


def test_a_folder_that_is_no_connector_is_refused(landed: Path) -> None:
    (landed / "salesforce").rename(landed / "salesfroce")
    said = refusal(landed)
    for word in ("salesfroce", "Did you mean salesforce", "_schema"):
        assert word in said


def test_an_empty_folder_of_a_system_is_refused(landed: Path) -> None:
    (landed / "stripe").mkdir()
    assert "stripe: no .csv or .parquet file" in refusal(landed)


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(UserError, match="Did you mean salesforce_custom_fields"):
        build.read_vars("{salesforce_custom_field: {}}", None)
