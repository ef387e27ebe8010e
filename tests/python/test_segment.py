"""Segment: the demo world's product events say the same as its contract files, in both landings."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from scripts import build, load
from scripts.demo import Scenario, simulate
from scripts.demo.contract_rows import Lander
from scripts.demo.system_files import write
from scripts.demo.systems import segment

STREAMS = ("accounts", "people", "usage", "setup_events")


@pytest.fixture(scope="module")
def lander() -> Lander:
    return Lander(simulate(Scenario(n_accounts=300, n_partners=8, seed=11)))


Built = tuple[dict[str, Any], duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module", params=segment.LANDINGS)
def built(
    request: pytest.FixtureRequest, lander: Lander, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """What was landed, and a database with the streams that come of it."""
    folder = tmp_path_factory.mktemp(request.param)
    landed = write(lander.world, folder / "data", ["segment"], {"segment": request.param})
    for stream in ("solutions", "partners"):
        rows = pa.table(getattr(lander, stream)(np.arange(len(lander.t[stream]))))
        pa_csv.write_csv(rows, folder / "data" / f"{stream}.csv")
    database = folder / "streams.duckdb"
    inputs = build.folder_inputs(folder / "data")
    for each in inputs:
        load.load_duckdb(each.tables, each.schema, database)
    given = {
        "connectors": build.read_connectors(inputs, {}),
        "segment_custom_fields": segment.CUSTOM_FIELDS,
    }
    wanted = ["base_segment__columns", *(f"+stg_{stream}__dated" for stream in STREAMS)]
    no_tests = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    build.run_dbt(["build", *no_tests, "--select", *wanted], given, "duckdb", database)
    return landed, duckdb.connect(str(database), read_only=True)


def fates(connection: duckdb.DuckDBPyConnection, stream: str) -> dict[str, int]:
    schema = "restricted" if stream == "people" else "staging"
    query = f"select row_status, count(*) from {schema}.stg_{stream}__dated where source = 'segment' group by 1"
    return dict(connection.execute(query).fetchall())


def test_every_row_has_its_fate(built: Built, lander: Lander) -> None:
    landed, connection = built
    rows, planted = landed["rows"]["segment"], landed["planted"]["segment"]
    n_usage, n_setup = len(lander.t["usage"]), len(lander.t["setup_events"])
    lost = 3 * planted["usage_rejects"]
    assert rows["tracks"] == planted["events"] + planted["resent_tracks"] + n_setup + lost
    assert planted["resent_tracks"] > 500 and planted["late_tracks"] > 1000
    assert planted["tracks_without_group"] > 10_000 and planted["users_who_moved"] > 0
    assert fates(connection, "accounts") == {"used": len(lander.workspaces)}
    assert fates(connection, "usage") == {"used": n_usage, "rejected": planted["usage_rejects"]}
    assert fates(connection, "setup_events") == {"used": n_setup}
    assert fates(connection, "people") == {}
    print(rows, planted, {stream: fates(connection, stream) for stream in STREAMS})


def test_usage_is_what_the_contract_files_say(built: Built, lander: Lander) -> None:
    expected = pa.table(lander.usage(np.arange(len(lander.t["usage"]))))
    built[1].register("expected", expected)
    assert len(expected) > 10_000
    differing = built[1].execute(
        """
        select count(*)
        from (select * from staging.stg_usage__dated where row_status = 'used') as found
        full join expected
            on found.account_id = expected.account_id
            and found.day = expected.day
            and found.product = expected.product
        where found.active_users is distinct from expected.active_users
            or found.events is distinct from expected.events
            or found.features_used is distinct from expected.features_used
        """
    )
    assert differing.fetchone() == (0,)


def test_set_up_events_are_what_the_contract_files_say(built: Built, lander: Lander) -> None:
    expected = pa.table(lander.setup_events(np.arange(len(lander.t["setup_events"]))))
    built[1].register("expected", expected)
    assert expected["solution_id"].null_count < len(expected)
    differing = built[1].execute(
        """
        select count(*)
        from staging.stg_setup_events__dated as found
        full join expected on found.source_id = expected.source_id
        where found.account_id is distinct from expected.account_id
            or found.event is distinct from expected.event
            or found.occurred_at is distinct from expected.occurred_at
            or found.solution_id is distinct from expected.solution_id
            or found.solution_source is distinct from expected.solution_source
        """
    )
    assert differing.fetchone() == (0,)


def test_workspaces_are_what_the_contract_files_say(built: Built, lander: Lander) -> None:
    expected = pa.table(lander.product_accounts(lander.workspaces))
    built[1].register("expected", expected)
    assert built[0]["planted"]["segment"]["workspaces_renamed"] > 0
    differing = built[1].execute(
        """
        select count(*)
        from (select * from staging.stg_accounts__dated where source = 'segment') as found
        full join expected on found.source_id = expected.source_id
        where found.name is distinct from expected.name
            or found.domain is distinct from expected.domain
            or found.country is distinct from expected.country
            or found.created_at is distinct from expected.created_at
        """
    )
    assert differing.fetchone() == (0,)


def test_owners_name_every_workspace(built: Built) -> None:
    owners = built[0]["owners"]
    built[1].register("owners", owners)
    found = built[1].execute(
        "select count(*) from staging.stg_accounts__dated as accounts "
        "inner join owners using (source, source_id) where source = 'segment'"
    )
    assert found.fetchone() == (owners.num_rows,)


def test_the_usual_demo_world_lands_three_million_calls_at_most() -> None:
    world = simulate(Scenario())
    events = world.tables["usage"]["events"].to_numpy().sum()
    assert 1_000_000 < events < 3_000_000


def test_every_required_column_is_found(built: Built) -> None:
    missing = built[1].execute(
        "select table_name, column_name from staging.base_segment__columns where is_required and live_name is null"
    )
    assert missing.fetchall() == []
