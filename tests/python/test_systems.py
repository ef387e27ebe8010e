"""The demo world as raw tables of systems: the same marts as from contract files, whatever system it lands as."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pytest

from scripts import build
from scripts.demo import SYSTEMS, Scenario, generate, generate_systems, system_files
from tests.python import identity_scores
from tests.python.comparing import (
    IN_DETAIL,
    ON_SIGNALS,
    counts,
    differences,
    identical,
    shuffle,
    signals_that_differ,
)
from tests.python.raw import build_part
from tests.python.servers import postgres_server
from tests.python.test_end_to_end import FLOORS
from tests.python.test_engines import assert_same_rows, marts, place

pytestmark = pytest.mark.slow
WORLD = Scenario(n_accounts=300, n_partners=10, seed=5, tidy=True)
UNTIDY = Scenario(n_accounts=300, n_partners=10, seed=5)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Land a world as systems and build it, once for each way of landing it."""
    made: dict[Any, Path] = {}

    def land(
        world: Scenario = WORLD,
        systems: tuple[str, ...] = SYSTEMS,
        landings: tuple[tuple[str, str], ...] = (),
    ) -> Path:
        key = (world, systems, landings)
        if key not in made:
            folder = tmp_path_factory.mktemp("systems")
            generate_systems(
                folder / "data", world, folder / "answers.json", systems, dict(landings)
            )
            # other landings are compared row by row with this one, which passes the data tests
            usual = systems == SYSTEMS and not landings
            made[key] = build_part(
                folder / "data",
                folder / "ecosystem.duckdb",
                system_files.settings(systems, dict(landings)),
                with_tests=usual,
            )
        return made[key]

    return land


def test_raw_tables_and_contract_files_say_the_same(
    built: Callable[..., Path], tmp_path: Path
) -> None:
    generate(tmp_path / "data", WORLD, tmp_path / "answers.json")
    files = build.build(build.folder_inputs(tmp_path / "data"), tmp_path / "ecosystem.duckdb")
    assert set(differences(files, built())) <= IN_DETAIL | ON_SIGNALS
    # the partner portal also tells of referrals and mentions, and the help desk's ratings are feedback too
    assert set(signals_that_differ(files, built())) == {
        "partner_overlap",
        "partner_heat",
        "csat_90d",
    }


def test_raw_tables_say_the_same_on_postgres(built: Callable[..., Path]) -> None:
    database = built()
    with postgres_server() as variables:
        os.environ.update(variables)
        build.build(
            build.folder_inputs(database.parent / "data"),
            given=system_files.settings(),
            target="postgres",
        )
        server = psycopg2.connect(
            host=variables["PGHOST"], user=variables["PGUSER"], dbname=variables["PGDATABASE"]
        )
        with duckdb.connect(str(database), read_only=True) as file, server:
            for mart in marts():
                assert_same_rows(mart, file, server, but=("live_type",))
        server.close()


def test_what_was_planted_comes_back_from_raw_tables(built: Callable[..., Path]) -> None:
    """The world of `make demo`: both partners are found, and records are on their true organisations."""
    database = built(Scenario())
    answers = json.loads((database.parent / "answers.json").read_text())
    with duckdb.connect(str(database), read_only=True) as connection:
        labels = dict(
            connection.execute(
                "select partner_name, paradox from marts.partner_scorecard"
            ).fetchall()
        )
        filled = {
            mart: connection.execute(f"select count(*) from {place(mart)}").fetchone()[0]
            for mart in FLOORS
        }
    found = identity_scores.score(database, database.parent)
    found.show()
    assert labels[answers["loud"]] == "overrated"
    assert labels[answers["quiet"]] == "underrated"
    assert found.records > 9000
    # what is hard to tell is measured; all else is on its true organisation
    easy = found.kinds[identity_scores.WITHOUT]
    assert easy.split == easy.merged == 0
    assert found.f1 > 0.9
    assert found.free_mail_merges == 0
    for mart, floor in (FLOORS | {"connector_columns": 300, "connector_tables": 40}).items():
        assert filled[mart] >= floor, mart


def test_airbyte_and_fivetran_say_the_same(built: Callable[..., Path]) -> None:
    airbyte = built(landings=(("salesforce", "airbyte"), ("zendesk", "airbyte")))
    assert differences(built(), airbyte) == {}


def test_hubspot_stands_in_for_salesforce(built: Callable[..., Path]) -> None:
    """But for what tells of past ties: HubSpot keeps today's associations, so a tie that ended is gone, and a role on a
    deal has no date."""
    systems = tuple("hubspot" if system == "salesforce" else system for system in SYSTEMS)
    in_hubspot = built(systems=systems, landings=(("files", "hubspot"),))
    found = differences(built(), in_hubspot)
    assert set(found) <= {"partner_account_depth", "account_ecs"} | IN_DETAIL | ON_SIGNALS, found
    # those of ties, and of roles on deals
    assert set(signals_that_differ(built(), in_hubspot)) <= {
        "partner_overlap",
        "partners_live",
        "need_uncovered_pct",
        "buying_group_size",
        "decision_makers",
    }


def test_again_and_shuffled_give_the_same(built: Callable[..., Path], tmp_path: Path) -> None:
    database = built(UNTIDY)
    folder = database.parent / "data"
    given = system_files.settings()
    (tmp_path / "again").mkdir()
    again = build_part(folder, tmp_path / "again" / "ecosystem.duckdb", given)
    assert identical(database, again) == []
    shuffled = tmp_path / "shuffled"
    shuffle(folder, shuffled)
    (tmp_path / "other").mkdir()
    other = build_part(shuffled, tmp_path / "other" / "ecosystem.duckdb", given)
    assert identical(database, other) == []


@pytest.mark.parametrize("off", SYSTEMS)
def test_without_one_system_the_rest_is_built(
    off: str, built: Callable[..., Path], tmp_path: Path
) -> None:
    everything = built(UNTIDY)
    given = system_files.settings() | {
        "connectors": [system for system in SYSTEMS if system != off]
    }
    database = build_part(everything.parent / "data", tmp_path / "ecosystem.duckdb", given)
    assert counts(database).keys() == counts(everything).keys()
    with duckdb.connect(str(database), read_only=True) as connection:
        sources = connection.execute(
            "select distinct source from marts.stream_reconciliation"
        ).fetchall()
        unexplained = connection.execute(
            "select count(*) from marts.partner_csi_stages where effect is null and evidence is null"
        ).fetchone()[0]
    assert (off,) not in sources
    assert unexplained == 0


def test_without_any_row_everything_is_empty(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "accounts.csv").write_text("source,source_id,name\n", encoding="utf-8")
    database = build.build(build.folder_inputs(tmp_path / "data"), tmp_path / "ecosystem.duckdb")
    # the company's own team, the company in its graph and the scorecards that ship are there without any data
    filled = {mart: n for mart, n in counts(database).items() if n}
    assert set(filled) <= {"partners", "ecosystem_nodes", "model_versions"}, filled
    assert filled["partners"] == filled["ecosystem_nodes"] == 1


def test_two_orgs_of_one_system_stay_apart(tmp_path: Path) -> None:
    """Two worlds with the same ids: each org gives what it gives alone, and no row meets a row of the other."""
    alone: dict[str, Any] = {}
    for name, seed in (("salesforce", 5), ("salesforce_emea", 6)):
        folder = tmp_path / name
        world = Scenario(n_accounts=150, n_partners=6, seed=seed)
        generate_systems(folder / "data", world, folder / "answers.json", ("salesforce",))
        database = build.build(
            build.folder_inputs(folder / "data"),
            folder / "ecosystem.duckdb",
            system_files.settings(("salesforce",)),
        )
        alone[name] = reconciled(database, "salesforce")
        shutil.copytree(folder / "data" / "salesforce", tmp_path / "both" / name)
    schemas = {name: f"raw_{name}" for name in alone}
    database = build.build(
        build.folder_inputs(tmp_path / "both"),
        tmp_path / "ecosystem.duckdb",
        system_files.settings(("salesforce",)) | {"salesforce_schema": schemas},
    )
    for name, expected in alone.items():
        found = reconciled(database, name)
        assert found == expected, name


def reconciled(database: Path, source: str) -> dict[str, tuple]:
    """Stream -> its row in stream_reconciliation, but for what depends on the other's newest day."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            row[0]: row[1:]
            for row in connection.execute(
                "select stream, n_loaded, n_used, n_superseded, n_deleted, n_rejected "
                f"from marts.stream_reconciliation where source = '{source}'"
            ).fetchall()
        }
