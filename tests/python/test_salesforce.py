"""Salesforce: the demo world's tables in both landings, and the columns of real landings."""

from pathlib import Path

import duckdb
import pytest

from scripts.contract import connectors
from scripts.demo import Scenario, generate_systems, system_files
from tests.python.raw import build_part, lay_seeds

TABLES = ["+connector_tables", "+connector_columns", "+stg_rejects"]
WORLD = Scenario(n_accounts=200, n_partners=8, seed=11)
# rows of the raw table and rows used, at least, by stream
FLOORS = {
    ("account", "accounts"): 205,
    ("account", "account_links"): 1,
    ("account", "milestones"): 150,
    ("account", "partners"): 8,
    ("account_partner", "relationships"): 40,
    ("case", "tickets"): 60,
    ("contact", "people"): 500,
    ("event", "touches"): 500,
    ("opportunity", "opportunities"): 450,
    ("opportunity_contact_role", "opportunity_people"): 500,
    ("opportunity_partner", "opportunity_partners"): 100,
    ("task", "touches"): 350,
}


@pytest.mark.parametrize("landing", ["fivetran", pytest.param("airbyte", marks=pytest.mark.slow)])
def test_every_row_of_every_table_is_accounted_for(landing: str, tmp_path: Path) -> None:
    landings = {"salesforce": landing}
    answers = generate_systems(
        tmp_path / "data", WORLD, tmp_path / "answers.json", ("salesforce",), landings
    )
    database = build_part(
        tmp_path / "data",
        tmp_path / "ecosystem.duckdb",
        system_files.settings(("salesforce",), landings),
        TABLES,
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("select * from marts.connector_tables order by 2, 3").fetchall()
        names = [column[0] for column in connection.description]
        rejects = connection.execute("select reject_reason from staging.stg_rejects").fetchall()
    found = {
        (row["table_name"], row["stream"]): row
        for row in (dict(zip(names, cells, strict=True)) for cells in rows)
    }
    for row in found.values():
        print({name: value for name, value in row.items() if name != "source"})
    assert rejects == []
    for key, floor in FLOORS.items():
        assert found[key]["n_used"] >= floor, key
        assert found[key]["n_table_rows"] >= found[key]["n_used"] or key[1] == "milestones", key
    # what was made untidy is counted where it belongs
    planted, landed = answers["landed"]["planted"]["salesforce"], answers["landed"]["rows"]
    assert found["account", "accounts"]["n_deleted"] == planted["deleted_accounts"]
    assert found["account", "account_links"]["n_used"] == planted["merged_accounts"]
    assert (
        found["opportunity_partner", "opportunity_partners"]["n_superseded"]
        == planted["mirrored_deal_partners"]
    )
    tasks = found["task", "touches"]
    assert tasks["n_table_rows"] - tasks["n_stream_rows"] >= planted["planned_tasks"]
    by_table = {name.lower().replace("_", ""): n for name, n in landed["salesforce"].items()}
    for (table, _), row in found.items():
        assert row["n_table_rows"] == by_table[table.replace("_", "")], table


def test_real_landed_columns_are_read(tmp_path: Path) -> None:
    tables = {"account", "contact", "event", "opportunity", "task", "user"}
    files = {table: f"sf_{table}_data.csv" for table in tables}
    lay_seeds(tmp_path, "dbt_salesforce", "salesforce", files, {})
    absent = sorted(set(connectors()["salesforce"]["tables"]) - tables)
    database = build_part(
        tmp_path / "data", tmp_path / "ecosystem.duckdb", {"salesforce_without": absent}, TABLES
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, stream, n_table_rows, n_stream_rows, n_used, n_deleted, n_rejected "
            "from marts.connector_tables where n_table_rows > 0 order by all"
        ).fetchall()
        present = connection.execute(
            "select count(*) from marts.connector_columns where is_present"
        ).fetchone()[0]
    for row in rows:
        print(row)
    assert {row[0] for row in rows} == tables
    assert present >= 40
    # identifiers there are hashed and do not join, so deals and activities find no account
    used = {row[1]: row[4] for row in rows}
    assert used["accounts"] == 2 and used["account_links"] == 1
