"""The whole way: demo world in, marts out, what was planted found again, nothing lost on the way."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts import contract, report
from tests.python import identity_scores
from tests.python.comparing import identical, shuffle
from tests.python.raw import build_part
from tests.python.test_engines import marts, place


def rows(database: Path, query: str) -> list[dict[str, Any]]:
    return report.Marts(database).rows(query)


def value(database: Path, query: str) -> Any:
    return report.Marts(database).value(query)


# a floor a mart: the demo world has 3,000 organisations, 24 partners and some 5,000 contract terms
FLOORS = {
    "accounts": 2900,
    "account_sources": 7500,
    "review_queue": 1,
    # a tidy world leaves few records alone
    "split_signals": 0,
    "identity_quality": 10,
    # a source each, and all
    "right_account_rate": 6,
    "account_lifecycle": 5000,
    "account_touches": 20000,
    "account_terms": 4500,
    "account_kept_by": 1500,
    # customers in a band of risk
    "account_interventions": 20,
    "account_plays": 8000,
    "partners": 25,
    "partner_csi": 400,
    "partner_csi_stages": 2400,
    "partner_account_depth": 30_000,
    "partner_depth": 24,
    "depth_retention": 5,
    "partner_cde": 24,
    "partner_ecs": 24,
    "account_needs": 6000,
    "account_ecs": 20_000,
    # a row a segment and need, a band, a segment, and all
    "unmet_needs": 48,
    "ecs_band_retention": 4,
    "ecosystem_summary": 4,
    "ecosystem_nodes": 10_000,
    "ecosystem_edges": 20_000,
    "ecosystem_paths": 2000,
    "partner_pairs": 100,
    "partner_scorecard": 24,
    # partners and the own team, by two stages at least and five methods
    "partner_credit_methods": 200,
    "stream_reconciliation": 20,
    "arr_movements_monthly": 75,
    "account_risk": 20_000,
    "account_readiness": 40_000,
    "model_versions": 5,
    # of five models, the months whose outcomes have resolved
    "model_performance_monthly": 90,
    "risk_backtest": 75,
    "risk_reliability": 8,
    "readiness_lift": 100,
    "people": 5000,
    # 25 days by measure and cohort
    "kpis_monthly": 1500,
    "maturity": 6,
    # 25 days by card and signal
    "score_drift_monthly": 800,
    "signal_quality_monthly": 700,
    "partner_bias_monthly": 800,
    # a row a source and stream with dates
    "data_gaps": 20,
    # a book of this size is measured, not counted
    "small_sample_answer": 0,
    # contract files are no raw tables; test_systems has the floors of these
    "connector_columns": 0,
    "connector_tables": 0,
}


def test_every_mart_has_a_floor() -> None:
    assert set(FLOORS) == set(marts())


@pytest.mark.parametrize("mart", FLOORS)
def test_marts_are_filled(mart: str, demo_database: Path) -> None:
    assert value(demo_database, f"select count(*) from {place(mart)}") >= FLOORS[mart]


def test_what_was_planted_comes_back(demo_folder: Path, demo_database: Path) -> None:
    answers = json.loads((demo_folder.parent / "answers.json").read_text())
    scorecard = {
        row["partner_name"]: row
        for row in rows(demo_database, "select * from marts.partner_scorecard")
    }
    loud, quiet = scorecard[answers["loud"]], scorecard[answers["quiet"]]
    assert loud["pipeline_rank"] == 1
    assert loud["retention_effect_upper"] < 0
    assert loud["paradox"] == "overrated"
    assert quiet["pipeline_rank"] > len(scorecard) / 2
    assert quiet["retention_effect_lower"] > 0
    assert quiet["paradox"] == "underrated"
    assert quiet["csi_rank"] < loud["csi_rank"]
    for partner, row in ((answers["loud"], loud), (answers["quiet"], quiet)):
        truth = next(truth for truth in answers["partners"] if truth["name"] == partner)
        low, high = row["retention_effect_lower"], row["retention_effect_upper"]
        assert low <= truth["retention_effect_recent"] <= high


def test_planted_rejects_and_no_others(demo_folder: Path, demo_database: Path) -> None:
    answers = json.loads((demo_folder.parent / "answers.json").read_text())
    found = rows(
        demo_database, "select stream, count(*) as n from staging.stg_rejects group by stream"
    )
    assert {row["stream"]: row["n"] for row in found} == answers["rejects"]


def test_every_file_row_is_reconciled(demo_folder: Path, demo_database: Path) -> None:
    for stream in contract.streams():
        path = next(demo_folder.glob(f"{stream}.*"), None)
        reader = "read_parquet" if path and path.suffix == ".parquet" else "read_csv"
        options = "" if reader == "read_parquet" else ", all_varchar = true, header = true"
        in_file = (
            duckdb.sql(f"select count(*) from {reader}('{path}'{options})").fetchone()[0]
            if path
            else 0
        )
        loaded = value(
            demo_database,
            f"select coalesce(sum(n_loaded), 0) from marts.stream_reconciliation where stream = '{stream}'",
        )
        assert loaded == in_file, stream


def test_identity_puts_records_on_their_organisations(
    demo_folder: Path, demo_database: Path
) -> None:
    """All records but those of organisations that are meant to be hard to tell, to the last one."""
    found = identity_scores.score(demo_database, demo_folder.parent)
    found.show()
    easy = found.kinds[identity_scores.WITHOUT]
    assert easy.organisations > 2600
    assert easy.split == easy.merged == 0
    assert found.f1 > 0.9
    assert found.free_mail_merges == 0


def test_shuffled_input_gives_the_same_marts(
    small_folder: Path, small_database: Path, tmp_path: Path
) -> None:
    shuffled = tmp_path / "data"
    shuffle(small_folder, shuffled)
    again = build_part(shuffled, tmp_path / "ecosystem.duckdb", {})
    assert identical(small_database, again) == []
