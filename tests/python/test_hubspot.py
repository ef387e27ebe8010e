"""HubSpot: what lands becomes streams with nothing lost, in each landing; it says what Salesforce says of the same
world; and real columns of other hands are read."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts import build, contract
from scripts.demo import Scenario, simulate
from scripts.demo.system_files import write
from scripts.demo.systems import hubspot, salesforce
from scripts.demo.world import World
from tests.python.raw import build_part, package_seeds

pytestmark = pytest.mark.slow

Rows = list[dict[str, Any]]
# what Airbyte has no stream for
NOT_IN_AIRBYTE = ["deal_pipeline_stage", "deal_stage", "ticket_pipeline_stage", "merged_deal"]
# all that staging needs, without the marts of what it means
STAGING = ["+connector_tables", "+stream_reconciliation", "+stg_rejects"]


@pytest.fixture(scope="module")
def world() -> World:
    # where two organisations are taken for one, which of them gives a column may differ
    return simulate(Scenario(n_accounts=200, n_partners=8, seed=11, hard_mess=False))


@pytest.fixture(scope="module")
def landed(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Folder, rows and what was planted of the world as HubSpot alone."""
    folder = tmp_path_factory.mktemp("hubspot") / "data"
    return {"folder": folder} | write(world, folder, ["hubspot"])


@pytest.fixture(scope="module")
def in_hubspot(landed: dict[str, Any]) -> Path:
    out = landed["folder"].parent / "ecosystem.duckdb"
    fields = {"hubspot_custom_fields": hubspot.CUSTOM_FIELDS}
    return build.build(build.folder_inputs(landed["folder"]), out, fields)


@pytest.fixture(scope="module")
def in_salesforce(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("salesforce")
    write(world, folder / "data", ["salesforce"])
    fields = {"salesforce_custom_fields": salesforce.CUSTOM_FIELDS}
    return build_part(folder / "data", folder / "ecosystem.duckdb", fields)


def query(database: Path, sql: str) -> Rows:
    with duckdb.connect(str(database), read_only=True) as connection:
        read = connection.execute(sql)
        names = [column[0] for column in read.description]
        return [dict(zip(names, row, strict=True)) for row in read.fetchall()]


def fates(database: Path) -> dict[str, dict[str, int]]:
    rows = query(database, "select * from marts.stream_reconciliation where source = 'hubspot'")
    return {row["stream"]: row for row in rows}


def staged(folder: Path, given: dict[str, Any]) -> Path:
    """Streams and their reconciliation of a folder that holds hubspot/, without the rest."""
    return build_part(folder, folder.parent / "staged.duckdb", given, STAGING)


def test_every_row_has_its_fate(in_hubspot: Path, landed: dict[str, Any], world: World) -> None:
    rows, planted = landed["rows"]["hubspot"], landed["planted"]["hubspot"]
    streams, tables = fates(in_hubspot), world.tables
    assert set(streams) == set(contract.connectors()["hubspot"]["streams"])
    for stream, row in streams.items():
        assert row["n_rejected"] == row["n_expired"] == row["n_not_yet"] == 0, stream
        assert row["n_other_values"] == 0 or stream == "touches", stream
    assert streams["accounts"]["n_loaded"] == rows["company"] + planted["merged_companies"]
    assert streams["accounts"]["n_deleted"] == planted["deleted_companies"] == 3
    assert streams["account_links"]["n_used"] == planted["merged_companies"] >= 1
    assert streams["partners"]["n_used"] == len(tables["partners"]) == 8
    assert streams["people"]["n_used"] == len(tables["people"]) + planted["merged_contacts"] >= 600
    deals = streams["opportunities"]
    assert deals["n_used"] == len(tables["deals"]) == 520
    assert deals["n_deleted"] == planted["merged_deals"] == 12
    assert deals["n_superseded"] == salesforce.N_LATE
    assert streams["opportunity_partners"]["n_used"] == len(tables["deal_partners"]) == 139
    assert streams["opportunity_people"]["n_used"] == len(tables["deal_people"]) == 586
    assert streams["opportunity_people"]["n_superseded"] == 586
    logged = sum(origin == "crm" for origin in tables["touches"]["origin"].to_pylist())
    assert streams["touches"]["n_used"] == logged == 1064
    serving = sum(kind == "serves" for kind in tables["ties"]["kind"].to_pylist())
    assert streams["relationships"]["n_used"] == serving == 46
    assert streams["relationships"]["n_superseded"] == serving
    assert streams["milestones"]["n_used"] >= 200
    assert streams["tickets"]["n_used"] == rows["ticket"] == 86


def test_planned_and_called_off_work_is_left_out(in_hubspot: Path, landed: dict[str, Any]) -> None:
    rows, planted = landed["rows"]["hubspot"], landed["planted"]["hubspot"]
    kept = {
        row["table_name"]: row["n_stream_rows"]
        for row in query(
            in_hubspot, "select * from marts.connector_tables where stream = 'touches'"
        )
    }
    assert kept["engagement_meeting"] == rows["engagement_meeting"] - planted["meetings_called_off"]
    # the last rows were sent twice, the planned ones among them
    again = min(salesforce.N_LATE, planted["planned_tasks"])
    assert kept["engagement_task"] == rows["engagement_task"] - planted["planned_tasks"] - again
    for kind in ("call", "email", "note"):
        assert kept[f"engagement_{kind}"] == rows[f"engagement_{kind}"] > 30


SAME_FACTS = {
    "touches": """
        select accounts.account_name, partners.partner_name, touches.touch_type, touches.actor, touches.stage,
            touches.occurred_at, count(*) as n, count(touches.person_key) as n_people
        from marts.account_touches as touches
        left join marts.accounts as accounts using (account_key)
        left join marts.partners as partners using (partner_key)
        group by all
    """,
    "lifecycle": """
        select accounts.account_name, lifecycle.stage, lifecycle.started_at, lifecycle.ended_at
        from marts.account_lifecycle as lifecycle
        inner join marts.accounts as accounts using (account_key)
    """,
    "accounts": """
        select * exclude (account_key, parent_account_key, ultimate_parent_account_key) from marts.accounts
    """,
    "deals": """
        select accounts.account_name, deals.kind, deals.amount, deals.status, deals.created_at, deals.qualified_at,
            deals.closed_at, partners.partner_name
        from intermediate.int_deals as deals
        left join marts.accounts as accounts using (account_key)
        left join marts.partners as partners on deals.sourced_by_partner_key = partners.partner_key
    """,
    "roles": """
        select accounts.account_name, deals.created_at, roles.role, partners.partner_name
        from intermediate.int_deal_roles as roles
        inner join intermediate.int_deals as deals using (deal_key)
        inner join marts.accounts as accounts on deals.account_key = accounts.account_key
        inner join marts.partners as partners on roles.partner_key = partners.partner_key
    """,
}
FLOORS = {"touches": 900, "lifecycle": 400, "accounts": 200, "deals": 500, "roles": 139}


@pytest.mark.parametrize("what", SAME_FACTS)
def test_it_says_what_salesforce_says(what: str, in_hubspot: Path, in_salesforce: Path) -> None:
    here, there = (
        Counter(tuple(row.values()) for row in query(database, SAME_FACTS[what]))
        for database in (in_hubspot, in_salesforce)
    )
    assert sum(here.values()) >= FLOORS[what]
    assert here == there


def test_scorecards_are_the_same(in_hubspot: Path, in_salesforce: Path) -> None:
    here, there = (
        query(
            database,
            "select * exclude (partner_key) from marts.partner_scorecard order by partner_name",
        )
        for database in (in_hubspot, in_salesforce)
    )
    assert len(here) == len(there) == 8
    for one, other in zip(here, there, strict=True):
        for name, value in one.items():
            # sums of floating-point numbers depend on their order
            expected = pytest.approx(other[name]) if isinstance(value, float) else other[name]
            assert value == expected, (one["partner_name"], name)


def test_records_of_airbyte_are_read(world: World, tmp_path: Path) -> None:
    """Flat properties_… columns, and companies with one JSON column; the associations lie beside as tables."""
    folder = tmp_path / "data"
    write(world, folder, ["hubspot"], {"hubspot": "airbyte"})
    for table in NOT_IN_AIRBYTE:
        (folder / "hubspot" / f"{table}.csv").unlink()
    fold_properties(folder / "hubspot" / "companies.csv")
    fields = {
        field: name.replace("property_", "properties_", 1)
        for field, name in hubspot.CUSTOM_FIELDS.items()
    }
    milestones = contract.streams()["milestones"]["columns"]["milestone"]["values"]
    for field in fields:
        if field.startswith("company.") or field in milestones:
            fields[field] = fields[field].replace("properties_", "properties:", 1)
    streams = fates(
        staged(folder, {"hubspot_custom_fields": fields, "hubspot_without": NOT_IN_AIRBYTE})
    )
    assert {stream: row["n_rejected"] for stream, row in streams.items() if row["n_rejected"]} == {}
    assert streams["accounts"]["n_used"] >= 200
    assert streams["account_links"]["n_used"] >= 1
    assert streams["milestones"]["n_used"] >= 200
    # without the table of merged deals a twin that still lands is a deal
    assert streams["opportunities"]["n_used"] == 532
    assert streams["opportunity_partners"]["n_used"] == 139
    assert streams["touches"]["n_used"] == 1064
    assert streams["tickets"]["n_used"] == 86


def fold_properties(path: Path) -> None:
    """All columns properties_… of a CSV as one column of JSON."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        plain = [name for name in rows[0] if not name.startswith("properties_")]
        writer.writerow([*plain, "properties"])
        for row in rows:
            inner = {
                name.removeprefix("properties_"): value
                for name, value in row.items()
                if name.startswith("properties_") and value
            }
            writer.writerow([*(row[name] for name in plain), json.dumps(inner)])


@pytest.fixture
def package_folder(tmp_path: Path) -> Path:
    """The seeds of Fivetran's dbt package for HubSpot, beside the checkout, as raw tables."""
    seeds = package_seeds("dbt_hubspot")
    folder = tmp_path / "data" / "hubspot"
    folder.mkdir(parents=True)
    for table in contract.connectors()["hubspot"]["tables"]:
        if (seeds / f"{table}_data.csv").exists():
            text = (seeds / f"{table}_data.csv").read_text(encoding="utf-8")
            # hours of one digit; a warehouse has them as times
            text = re.sub(r"(\d{4}-\d\d-\d\d) (\d):", r"\1 0\2:", text)
            (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder.parent


def test_columns_of_the_package_are_read(package_folder: Path) -> None:
    there = {path.stem for path in (package_folder / "hubspot").iterdir()}
    without = sorted(set(contract.connectors()["hubspot"]["tables"]) - there)
    assert without == ["company_company"]
    database = staged(package_folder, {"hubspot_without": without})
    tables = query(database, "select * from marts.connector_tables order by table_name, stream")
    for row in tables:
        print(*row.values(), sep=" | ")
    reasons = Counter(
        (row["stream"], row["reject_reason"])
        for row in query(database, "select stream, reject_reason from staging.stg_rejects")
    )
    for reason, n in sorted(reasons.items()):
        print(*reason, n, sep=" | ")
    streams = fates(database)
    assert streams["accounts"]["n_used"] == streams["accounts"]["n_loaded"] >= 20
    assert streams["people"]["n_loaded"] >= 22
    assert streams["opportunities"]["n_loaded"] >= 44
    assert streams["touches"]["n_loaded"] >= 100
    assert streams["tickets"]["n_loaded"] >= 20
    assert all(row["n_table_rows"] for row in tables if row["table_name"] not in without)
