"""Stripe's raw tables become accounts, links and terms: every row accounted for, terms as in the contract files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from scripts.contract import connectors
from scripts.demo import Scenario, World, simulate, system_files
from scripts.demo.contract_rows import Lander
from scripts.demo.systems import stripe
from tests.python.raw import build_part, lay_seeds

MODELS = (
    "+stream_reconciliation",
    "stg_rejects",
    "stg_accounts",
    "stg_account_links",
    "stg_subscriptions",
    "base_stripe__columns",
)
SCENARIO = Scenario(n_accounts=600)


def counts(database: Path) -> dict[str, dict[str, int]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select stream, n_loaded, n_used, n_superseded, n_deleted, n_rejected "
            "from marts.stream_reconciliation where source = 'stripe'"
        ).fetchall()
    names = ("loaded", "used", "superseded", "deleted", "rejected")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(SCENARIO)


@pytest.fixture(
    scope="module",
    params=[
        stripe.LANDINGS[0],
        *(pytest.param(landing, marks=pytest.mark.slow) for landing in stripe.LANDINGS[1:]),
    ],
)
def landed(
    request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, Any], Path]]:
    folder = tmp_path_factory.mktemp(request.param)
    said = system_files.write(world, folder / "raw", ["stripe"], {"stripe": request.param})
    given = system_files.settings(["stripe"], {"stripe": request.param})
    database = build_part(folder / "raw", folder / "stripe.duckdb", given, MODELS)
    yield request.param, said, database


def test_every_row_is_accounted_for(landed: tuple[str, dict[str, Any], Path], world: World) -> None:
    _, said, database = landed
    planted, rows = said["planted"]["stripe"], said["rows"]["stripe"]
    found = counts(database)
    n_customers = len(Lander(world).customers)
    assert n_customers > 250
    assert found["accounts"] == {
        "loaded": rows["customer"],
        "used": n_customers,
        "superseded": planted["resent_customers"],
        "deleted": planted["deleted_customers"] + planted["test_customers"],
        "rejected": 0,
    }
    terms = found["subscriptions"]
    assert terms["used"] == len(world.tables["terms"]) > 800
    assert terms["rejected"] == 0
    gone = planted["void_lines"] + planted["uncollectible_lines"] + planted["test_customers"]
    gone += planted["first_payments_that_never_came"] + planted["cancelled_trials"]
    assert gone > 30
    assert terms["deleted"] == gone
    # a line that came twice is a version of a term, unless it is in the middle of one that runs on
    assert 0 < terms["superseded"] <= planted["resent_lines"]
    assert sum(terms[name] for name in ("used", "superseded", "deleted")) == terms["loaded"]


def test_terms_are_those_of_the_contract_files(
    landed: tuple[str, dict[str, Any], Path], world: World
) -> None:
    lander = Lander(world)
    said = pa.table(lander.subscriptions(np.arange(len(world.tables["terms"]))))
    columns = "account_id, product, cast(started_at as date), cast(term_end as date), arr, seats"
    with duckdb.connect(str(landed[2]), read_only=True) as connection:
        connection.register("said", said)
        found = "staging.stg_subscriptions"
        for one, other in (("said", found), (found, "said")):
            differing = connection.execute(
                f"select {columns} from {one} except all select {columns} from {other} limit 3"
            ).fetchall()
            assert not differing
        # what ended in the files ended here, but for renewals that the files state as ended
        differing = connection.execute(
            "select count(*) from said inner join staging.stg_subscriptions as found "
            "using (account_id, product) where cast(said.started_at as date) = cast(found.started_at as date) "
            "and said.ended_at is distinct from cast(found.ended_at as date) "
            "and not (said.status = 'ended' and said.outcome is not null and found.ended_at is null)"
        ).fetchone()
        assert differing == (0,)


def test_customers_are_those_of_the_contract_files(
    landed: tuple[str, dict[str, Any], Path], world: World
) -> None:
    lander = Lander(world)
    said = pa.table(lander.billing_accounts(lander.customers))
    with duckdb.connect(str(landed[2]), read_only=True) as connection:
        connection.register("said", said)
        rows = connection.execute(
            "select said.domain, found.domain from said inner join staging.stg_accounts as found "
            "using (source_id, name) "
            "where said.created_at = cast(found.created_at as date) "
            "and (said.country, said.city, said.address, said.postal_code, said.phone) "
            "is not distinct from (found.country, found.city, found.address, found.postal_code, found.phone)"
        ).fetchall()
        links = connection.execute("select count(*) from staging.stg_account_links").fetchone()
    assert len(rows) == len(said)
    # of some customers billing has a person's address, not the company's own
    assert all(
        mail == (domain if "@" in domain else f"invoices@{domain}")
        for domain, mail in rows
        if domain
    )
    assert links == (int(lander.dress.renamed.sum()),)


def test_what_the_landing_has_is_told(landed: tuple[str, dict[str, Any], Path]) -> None:
    with duckdb.connect(str(landed[2]), read_only=True) as connection:
        lacking = connection.execute(
            "select table_name, column_name from staging.base_stripe__columns "
            "where is_required and live_name is null and table_name not in ('price', 'plan')"
        ).fetchall()
    assert not lacking


def test_columns_that_other_hands_landed_are_read(tmp_path: Path) -> None:
    """The integration seeds of Fivetran's own package: columns, not data, for their tables do not join."""
    tables = connectors()["stripe"]["tables"]
    files = {table: f"{table}_data.csv" for table in tables}
    lay_seeds(tmp_path, "dbt_stripe", "stripe", files, {})
    found = counts(build_part(tmp_path / "data", tmp_path / "seeds.duckdb", {}, MODELS))
    print(found)
    assert found["accounts"] == {
        "loaded": 12,
        "used": 11,
        "superseded": 0,
        "deleted": 1,
        "rejected": 0,
    }
    # neither customers nor prices of these lines are among the seeds
    assert found["subscriptions"]["loaded"] == found["subscriptions"]["rejected"] > 0
