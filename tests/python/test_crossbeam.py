"""Crossbeam's loads beside contract files of the other systems: the history that the world has comes out of them."""

from typing import Any

import pytest

from scripts.demo import Scenario, simulate
from scripts.demo.systems import crossbeam
from tests.python.raw import RawBuild, lay_world

SCENARIO = Scenario(n_accounts=900, n_partners=8, seed=11)
LANDINGS = ["singer", pytest.param("rest", marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=LANDINGS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RawBuild:
    folder = tmp_path_factory.mktemp(request.param)
    replaced = {"relationships": "kind = 'overlap'"}
    world = simulate(SCENARIO)
    return lay_world(folder, world, "crossbeam", replaced, request.param).build()


def test_every_spell_has_its_fate(built: RawBuild) -> None:
    planted: dict[str, Any] = built.report["planted"]["crossbeam"]
    rows = built.report["rows"]["crossbeam"]
    fates = built.fates("crossbeam")
    print(rows, *fates.items(), sep="\n")
    assert max(rows.values()) > 5000
    assert fates["partners"] == {"loaded": 8, "used": 8}
    assert planted["partners_that_missed_a_load"] == 2
    assert fates["relationships"]["rejected"] == planted["records_that_no_system_knows"]
    assert fates["relationships"]["used"] == fates["relationships"]["loaded"] - 2 > 300
    reasons = built.query(
        "select distinct split_part(reject_reason, '\"', 1) from staging.stg_rejects where source = 'crossbeam'"
    )
    assert reasons == [("to_id: no record ",)]


def test_the_history_is_the_worlds(built: RawBuild) -> None:
    """Every state with its days, as the contract files have it; partners are told by their domain."""
    left = """(
        select partners.domain, ties.to_id, ties.to_source, ties.visibility,
            cast(ties.started_at as date), cast(ties.ended_at as date)
        from staging.stg_relationships as ties
        inner join staging.stg_partners as partners
            on ties.from_id = partners.source_id and ties.from_source = partners.source
        where ties.source = 'crossbeam'
    )"""
    right = f"""(
        select partners.domain, ties.to_id, ties.to_source, ties.visibility,
            cast(ties.started_at as date), cast(ties.ended_at as date)
        from read_csv('{built.left_out("relationships")}', all_varchar = true) as ties
        inner join staging.stg_partners as partners
            on ties.from_id = partners.source_id and ties.from_source = partners.source
    )"""
    assert built.query(f"{left} except all {right}") == []
    assert built.query(f"{right} except all {left}") == []
    states = dict(
        built.query(
            "select visibility, count(*) from staging.stg_relationships where source = 'crossbeam' group by 1"
        )
    )
    assert states["observed"] > 150 and states["not_shared"] > 30 and states["unknown"] > 30
    again = built.query(
        "select count(*) from staging.stg_relationships where source = 'crossbeam' "
        "and visibility = 'not_shared' and ended_at is not null"
    )
    assert again[0][0] > 3


def test_every_partner_is_the_one_it_is(built: RawBuild) -> None:
    built.check_owners("crossbeam", floor=8)


def test_many_loads_come_in_pieces() -> None:
    """The overlaps of a large world are written load by load."""
    world = simulate(Scenario(n_accounts=20_001, n_partners=8, seed=11))
    made = crossbeam.tables(crossbeam.Lander(world), "singer")["partner_account"]
    assert next(iter(made)).num_rows > 0 and not hasattr(made, "num_rows")
