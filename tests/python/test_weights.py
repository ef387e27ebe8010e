"""Weights are rows: another set moves the marts, and nothing but the seed is touched."""

import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import made_once

from scripts import build

USUAL = (1, 2, 3, 4, 3, 2)
OTHER = (5, 1, 1, 2, 7, 4)
STAGES = ("acquisition", "onboarding", "adoption", "retention", "expansion", "advocacy")


@pytest.fixture(scope="session")
def other_weights(
    tmp_path_factory: pytest.TempPathFactory, demo_database: Path, dbt_target: Path
) -> Path:
    """The demo world with other weights in the seed `stages` and what reads them built again."""

    def make(folder: Path) -> None:
        database = folder / "ecosystem.duckdb"
        shutil.copy(demo_database, database)
        with duckdb.connect(str(database)) as connection:
            for stage, weight in zip(STAGES, OTHER, strict=True):
                connection.execute(
                    "update rules.stages set weight = ? where stage = ?", [weight, stage]
                )
        build.run_dbt(
            ["run", "--select", "int_partner_stages", "partner_csi_stages", "partner_csi"],
            {"connectors": ["files"]},
            database=database,
        )

    return made_once(tmp_path_factory, "other_weights", make) / "ecosystem.duckdb"


def index(database: Path) -> dict[str, tuple[float, float | None]]:
    """CSI of the latest day, and the same from the stages with the weights they carry."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            """
            select csi.partner_key, csi.csi, 50 + sum(
                stages.weight * stages.presence * (stages.stage_score - 50)
            ) / (select sum(weight) from rules.stages)
            from marts.partner_csi as csi
            inner join marts.partner_csi_stages as stages
                on csi.partner_key = stages.partner_key and csi.as_of_date = stages.as_of_date
            where csi.is_latest and csi.csi is not null
            group by 1, 2
            """
        ).fetchall()
    return {key: (csi, again) for key, csi, again in rows}


def test_the_weights_that_ship() -> None:
    rows = (build.PROJECT / "seeds/rules/stages.csv").read_text().splitlines()[1:]
    assert tuple(int(row.split(",")[2]) for row in rows) == USUAL


def test_other_weights_move_the_index_and_nothing_below_it(
    demo_database: Path, other_weights: Path
) -> None:
    before, after = index(demo_database), index(other_weights)
    assert before.keys() == after.keys() and len(before) > 20
    for found in (before, after):
        for csi, again in found.values():
            assert csi == pytest.approx(again, abs=1e-9)
    assert sum(abs(before[key][0] - after[key][0]) > 0.1 for key in before) > len(before) / 2
    with duckdb.connect(str(other_weights), read_only=True) as connection:
        connection.execute(f"attach '{demo_database}' as usual (read_only)")
        columns = "partner_key, as_of_date, stage, presence, effect, stage_score, expected_outcome"
        moved = connection.execute(
            f"select count(*) from (select {columns} from marts.partner_csi_stages"
            f" except select {columns} from usual.marts.partner_csi_stages)"
        ).fetchone()
    assert moved == (0,)


def test_a_partner_that_only_fills_the_pipeline_moves_its_fifteenth_at_most(
    demo_database: Path,
) -> None:
    """With presence 1 and the best or worst score there is, acquisition alone is 50/15 points."""
    with duckdb.connect(str(demo_database), read_only=True) as connection:
        rows = connection.execute(
            "select weight * presence * (stage_score - 50) / 15, weight * (100 - 50) / 15.0"
            " from marts.partner_csi_stages where stage = 'acquisition' and presence is not null"
            " and stage_score is not null"
        ).fetchall()
    assert len(rows) > 200
    for points, most in rows:
        assert most == pytest.approx(10 / 3)
        assert abs(points) <= most
