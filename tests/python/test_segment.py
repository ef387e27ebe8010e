"""Segment: the demo world's product events say the same as its contract files, in both landings."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest

from scripts.demo import Scenario, simulate
from scripts.demo.contract_rows import Lander
from scripts.demo.system_files import write
from scripts.demo.systems import segment
from tests.python.raw import ask, build_part

STREAMS = ("accounts", "people", "usage", "setup_events")
Built = tuple[dict[str, Any], Path]


@pytest.fixture(scope="module")
def lander() -> Lander:
    return Lander(simulate(Scenario(n_accounts=200, n_partners=8, seed=11)))


@pytest.fixture(scope="module")
def built(lander: Lander, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What each landing has, and a database with the streams of both: two connections of one connector."""
    folder = tmp_path_factory.mktemp("landings")
    data, landed = folder / "data", {}
    data.mkdir()
    for landing in segment.LANDINGS:
        landed[landing] = write(lander.world, folder / landing, ["segment"], {"segment": landing})
        (folder / landing / "segment").rename(data / landing)
    for stream in ("solutions", "partners"):
        rows = pa.table(getattr(lander, stream)(np.arange(len(lander.t[stream]))))
        pa_csv.write_csv(rows, data / f"{stream}.csv")
    given = {
        "segment_schema": {landing: f"raw_{landing}" for landing in segment.LANDINGS},
        "segment_custom_fields": segment.CUSTOM_FIELDS,
    }
    wanted = ["base_segment__columns", *(f"+stg_{stream}__dated" for stream in STREAMS)]
    return landed, build_part(data, folder / "streams.duckdb", given, wanted)


def fates(database: Path, source: str, stream: str) -> dict[str, int]:
    schema = "restricted" if stream == "people" else "staging"
    return dict(
        ask(
            database,
            f"select row_status, count(*) from {schema}.stg_{stream}__dated where source = '{source}' group by 1",
        )
    )


both_landings = pytest.mark.parametrize("source", segment.LANDINGS)


@both_landings
def test_every_row_has_its_fate(source: str, built: Built, lander: Lander) -> None:
    landed, database = built
    rows = landed[source]["rows"]["segment"]
    planted = landed[source]["planted"]["segment"]
    n_usage, n_setup = len(lander.t["usage"]), len(lander.t["setup_events"])
    lost = 3 * planted["usage_rejects"]
    assert rows["tracks"] == planted["events"] + planted["resent_tracks"] + n_setup + lost
    assert planted["resent_tracks"] > 500 and planted["late_tracks"] > 1000
    assert planted["tracks_without_group"] > 10_000 and planted["users_who_moved"] > 0
    assert fates(database, source, "accounts") == {"used": len(lander.workspaces)}
    assert fates(database, source, "usage") == {
        "used": n_usage,
        "rejected": planted["usage_rejects"],
    }
    assert fates(database, source, "setup_events") == {"used": n_setup}
    # the demo world's identify calls carry no addresses
    assert fates(database, source, "people") == {}
    print(rows, planted, {stream: fates(database, source, stream) for stream in STREAMS})


@both_landings
def test_usage_is_what_the_contract_files_say(source: str, built: Built, lander: Lander) -> None:
    expected = pa.table(lander.usage(np.arange(len(lander.t["usage"]))))
    assert len(expected) > 8_000
    differing = ask(
        built[1],
        f"""
        select found.*, expected.*
        from (
            select * from staging.stg_usage__dated where row_status = 'used' and source = '{source}'
        ) as found
        full join expected
            on found.account_id = expected.account_id
            and found.day = expected.day
            and found.product = expected.product
        where found.active_users is distinct from expected.active_users
            or found.events is distinct from expected.events
            or found.features_used is distinct from expected.features_used
        """,
        expected=expected,
    )
    assert differing == []


@both_landings
def test_set_up_events_are_what_the_contract_files_say(
    source: str, built: Built, lander: Lander
) -> None:
    expected = pa.table(lander.setup_events(np.arange(len(lander.t["setup_events"]))))
    assert expected["solution_id"].null_count < len(expected)
    differing = ask(
        built[1],
        f"""
        select found.*, expected.*
        from (select * from staging.stg_setup_events__dated where source = '{source}') as found
        full join expected on found.source_id = expected.source_id
        where found.account_id is distinct from expected.account_id
            or found.event is distinct from expected.event
            or found.occurred_at is distinct from expected.occurred_at
            or found.solution_id is distinct from expected.solution_id
            or found.solution_source is distinct from expected.solution_source
        """,
        expected=expected,
    )
    assert differing == []


@both_landings
def test_workspaces_are_what_the_contract_files_say(
    source: str, built: Built, lander: Lander
) -> None:
    assert built[0][source]["planted"]["segment"]["workspaces_renamed"] > 0
    differing = ask(
        built[1],
        f"""
        select found.*, expected.*
        from (select * from staging.stg_accounts__dated where source = '{source}') as found
        full join expected on found.source_id = expected.source_id
        where found.name is distinct from expected.name
            or found.domain is distinct from expected.domain
            or found.country is distinct from expected.country
            or found.created_at is distinct from expected.created_at
        """,
        expected=pa.table(lander.product_accounts(lander.workspaces)),
    )
    assert differing == []


def test_owners_name_every_workspace(built: Built, lander: Lander) -> None:
    owners = built[0]["segment"]["owners"]
    found = ask(
        built[1],
        "select count(*) from staging.stg_accounts__dated inner join owners using (source, source_id)",
        owners=owners,
    )
    assert found == [(owners.num_rows,)] == [(len(lander.workspaces),)]


def test_every_required_column_is_found(built: Built) -> None:
    query = "from staging.base_segment__columns where is_required"
    assert ask(built[1], f"select table_name, column_name {query} and live_name is null") == []
    assert ask(built[1], f"select count(*) {query}") == [(2 * 8,)]


def test_the_usual_demo_world_lands_three_million_calls_at_most() -> None:
    events = simulate(Scenario()).tables["usage"]["events"].to_numpy().sum()
    assert 1_000_000 < events < 3_000_000
