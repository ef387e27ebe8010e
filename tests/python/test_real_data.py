"""Real loans as contract files: the lender is the partner, a loan a contract term."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from scripts import build, report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def marts(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> report.Marts:
    out = tmp_path_factory.mktemp("real") / "ecosystem.duckdb"
    return report.Marts(
        build.build(build.folder_inputs(real_data), out, {"trial_window_months": None})
    )


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_loan_is_a_term_with_its_outcome(marts: report.Marts, real_data: Path) -> None:
    loans = read(real_data / "subscriptions.csv")
    assert marts.value("select count(*) from marts.account_terms") == len(loans) == 2101
    counts = {
        row["outcome"]: row["n"]
        for row in marts.rows(
            "select outcome, count(*) as n from marts.account_terms group by outcome"
        )
    }
    assert counts == {"renewed": 1415, "churned": 686}


def test_raw_retention_of_each_lender_equals_a_separate_count(
    marts: report.Marts, real_data: Path
) -> None:
    """Counted from the files by lender's record; records of one name in one list are left to a person."""
    kept: dict[str, list[bool]] = defaultdict(list)
    lender_of = {
        row["to_id"]: row["from_id"]
        for row in read(real_data / "relationships.csv")
        if row["kind"] == "serves"
    }
    for loan in read(real_data / "subscriptions.csv"):
        if loan["account_id"] in lender_of:
            kept[lender_of[loan["account_id"]]].append(loan["outcome"] == "renewed")
    records = {
        row["partner_key"]: row["records"]
        for row in marts.rows(
            "select partner_key, list(source_id) as records from marts.account_sources "
            "where stream = 'partners' group by partner_key"
        )
    }
    in_marts = {
        row["partner_key"]: (row["n"], row["n_kept"])
        for row in marts.rows(
            """
            select ties.partner_key, count(*) as n, sum((terms.outcome = 'renewed')::int) as n_kept
            from intermediate.int_ties as ties
            inner join marts.account_terms as terms
                on ties.account_key = terms.account_key and ties.started_date = terms.term_start_date
            inner join staging.stg_relationships as relationships
                on ties.tie_key = md5('tie|' || relationships.source || '|' || relationships.source_id)
            inner join staging.stg_subscriptions as subscriptions
                on terms.term_key = md5('term|' || subscriptions.source || '|' || subscriptions.source_id)
                and subscriptions.account_id = relationships.to_id
            group by ties.partner_key
            """
        )
    }
    assert sum(n for n, _ in in_marts.values()) == sum(map(len, kept.values())) == 2098
    for partner, (n, n_kept) in in_marts.items():
        loans = [outcome for record in records[partner] for outcome in kept[record]]
        assert (n, n_kept) == (len(loans), sum(loans)), records[partner]


def test_lenders_of_one_name_are_for_a_person_to_decide(
    marts: report.Marts, real_data: Path
) -> None:
    """FIRST BANK may be two banks, JPMORGAN CHASE is one: the list has no place that could tell."""
    names = Counter(row["name"] for row in read(real_data / "partners.csv"))
    queued = marts.rows("select distinct name from marts.review_queue where stream = 'partners'")
    assert {row["name"] for row in queued} >= {name for name, n in names.items() if n > 1}


def test_the_largest_lender_keeps_fewer_than_expected(marts: report.Marts) -> None:
    largest = marts.rows("select * from marts.partner_scorecard order by won_deals desc limit 1")[0]
    assert largest["won_deals"] == 345
    assert largest["retention_effect_upper"] < 0


def test_lenders_of_a_handful_of_loans_are_not_ranked(marts: report.Marts) -> None:
    few = marts.rows(
        "select scorecard.* from marts.partner_scorecard as scorecard "
        "inner join marts.partners as partners using (partner_key) where partners.n_accounts < 5"
    )
    assert len(few) > 50
    for row in few:
        assert row["evidence"] in (None, "insufficient")
        assert row["csi_rank"] is None and row["paradox"] == "insufficient"


def test_the_table_of_the_largest(marts: report.Marts) -> None:
    """Not a check: the ten largest lenders, printed for the record (pytest -s)."""
    rows = marts.rows(
        """
        select
            scorecard.partner_name, scorecard.won_deals, scorecard.sourced_pipeline,
            stages.outcome, stages.expected_outcome, scorecard.retention_effect,
            scorecard.retention_effect_lower, scorecard.retention_effect_upper,
            scorecard.pipeline_rank, scorecard.csi_rank
        from marts.partner_scorecard as scorecard
        inner join marts.partner_csi_stages as stages
            on scorecard.partner_key = stages.partner_key and stages.is_latest and stages.stage = 'retention'
        order by scorecard.won_deals desc, scorecard.partner_key
        limit 10
        """
    )
    assert len(rows) == 10
    for row in rows:
        print(
            " | ".join(
                f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row.values()
            )
        )
