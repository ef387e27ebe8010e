"""The scaffold of a connector: what it writes builds as it is, and fills a stream once somebody has mapped it."""

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from scripts.contract import CONNECTORS, PROJECT
from scripts.errors import UserError
from scripts.scaffold import identifier, make

COMPANIES = """Id,CompanyName,Web Site,Employees,order,_airbyte_extracted_at
c1,Acme,https://acme.com,20,1,2025-06-01T00:00:00Z
c2,Beta,beta.io,300,2,2025-06-01T00:00:00Z
"""
MEETINGS = """id,company_id,held_on,_airbyte_extracted_at
m1,c1,2025-05-01,2025-06-01T00:00:00Z
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Two tables of a small system, as a folder that a build could read."""
    folder = tmp_path / "data" / "toy"
    folder.mkdir(parents=True)
    (folder / "Companies.csv").write_text(COMPANIES, encoding="utf-8")
    (folder / "meetings.csv").write_text(MEETINGS, encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's own files."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    copy = tmp_path / "project"
    for name in names:
        if (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, copy / name)
    return copy


def run(project: Path, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "scripts", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "DBT_TARGET_PATH": str(project / "target" / "dbt")},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.slow
def test_a_toy_system_builds_from_its_scaffold(toy: Path, project: Path) -> None:
    said = run(
        project, "connector", "toy", "--from", str(toy), "--streams", "accounts,touches=meetings"
    )
    line = next(row for row in said.splitlines() if row.strip().startswith("'toy': "))
    registry = project / "macros" / "contract" / "connectors.sql"
    text = registry.read_text(encoding="utf-8")
    registry.write_text(text.replace("    } -%}", f"{line}\n    }} -%}}", 1), encoding="utf-8")
    run(project, "describe")

    # the accounts are mapped, the touches are left as the scaffold has them
    model = project / "models/staging/connectors/toy/stg_toy__accounts.sql"
    mapped = model.read_text(encoding="utf-8").replace(
        "'source_id': 'null',",
        "'source_id': 'id', 'name': 'company_name', 'domain': 'web_site', 'created_at': \"'2025-01-01'\",",
    )
    model.write_text(mapped, encoding="utf-8")
    run(project, "build", "--data", str(toy.parent), "--out", str(project / "toy.duckdb"))
    with duckdb.connect(str(project / "toy.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select source, source_id, name, domain from staging.stg_accounts order by source_id"
        ).fetchall()
        assert found == [
            ("toy", "c1", "Acme", "https://acme.com"),
            ("toy", "c2", "Beta", "beta.io"),
        ]
        refused = connection.execute("select stream, reject_reason from staging.stg_rejects")
        assert refused.fetchall() == [("touches", "source_id: missing")]

    again = subprocess.run(
        [sys.executable, "-m", "scripts", "connector", "toy", "--from", str(toy)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert "There is a connector 'toy' already" in again.stderr
    assert "Traceback" not in again.stderr


def test_live_columns_are_declared(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.contract.CONNECTORS", tmp_path)
    made = make("toy", toy, ["accounts", "usage"])
    declared = yaml.safe_load((tmp_path / "toy" / "_toy__sources.yml").read_text())["sources"][0]
    companies, meetings = declared["tables"]
    assert [column["name"] for column in companies["columns"]] == [
        "id",
        "company_name",
        "web_site",
        "employees",
        "order_value",
    ]
    assert companies["columns"][2]["config"]["meta"]["also"] == ["Web Site"]
    assert companies["columns"][4]["config"]["meta"]["also"] == ["order"]
    assert "config" not in companies["columns"][1]
    assert companies["columns"][3]["data_type"] == "bigint"
    assert meetings["columns"][2]["description"] == "Column held_on as landed; say what it means."
    assert "_airbyte_extracted_at" in declared["config"]["loaded_at_field"]
    assert "TODO" not in "".join(path.read_text() for path in made.files)
    assert made.line == (
        "'toy': {'tables': ['companies', 'meetings'], 'streams': ['accounts', 'usage']},"
    )
    text = (tmp_path / "toy" / "stg_toy__accounts.sql").read_text()
    assert "base_toy__companies" in text and "map source_id" in text
    assert max(map(len, text.splitlines())) <= 88


def test_a_schema_of_a_database_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.contract.CONNECTORS", tmp_path / "connectors")
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema erp; create table erp.Orders (OrderId int, order_id int, paid boolean)"
        )
    made = make("erp", database, [], "erp")
    assert made.notes == ["Orders: order_id was left out; it reads like OrderId."]
    with pytest.raises(UserError, match=r"schema .raw_crm. has no tables.*there are erp"):
        make("crm", database, [])


@pytest.mark.parametrize("name", ["", "Crm", "1crm", "my-crm", "my__crm", "crm_", "../crm"])
def test_bad_names_are_refused(name: str, toy: Path) -> None:
    with pytest.raises(UserError, match="cannot name a connector"):
        make(name, toy, [])


def test_what_is_there_is_never_overwritten(toy: Path) -> None:
    before = {path: path.read_bytes() for path in CONNECTORS.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="There is a connector 'salesforce' already"):
        make("salesforce", toy, [])
    assert before == {path: path.read_bytes() for path in CONNECTORS.rglob("*") if path.is_file()}


def test_empty_folders_and_wrong_words_say_what_to_do(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.contract.CONNECTORS", tmp_path / "connectors")
    (tmp_path / "empty").mkdir()
    for source, streams, problem in (
        (tmp_path / "empty", [], "no .csv or .parquet file"),
        (tmp_path / "nowhere", [], "neither a folder"),
        (toy, ["account"], "'account' is not a stream"),
        (toy, ["accounts=orders"], "'orders' is not a table here"),
    ):
        with pytest.raises(UserError, match=problem):
            make("toy", source, streams)
    assert not (tmp_path / "connectors").exists()


def test_names_become_identifiers() -> None:
    for live, name in (
        ("NumberOfEmployees", "number_of_employees"),
        ("Number of employees", "number_of_employees"),
        ("2nd owner", "column_2nd_owner"),
        ("%", "column"),
        ("iCalUID", "i_cal_uid"),
    ):
        assert identifier(live) == name
