"""Zendesk's raw tables beside contract files of the other systems, in both landings, and columns that really landed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.demo import Scenario, simulate
from scripts.demo.contract_rows import Lander, make_id
from scripts.demo.systems import zendesk
from tests.python.raw import RawBuild, lay_seeds, lay_world

SCENARIO = Scenario(n_accounts=700, n_partners=8, seed=11)


LANDINGS = ["fivetran", pytest.param("airbyte", marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=LANDINGS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RawBuild:
    world = simulate(SCENARIO)
    ids = make_id("ticket", zendesk.landed_rows(Lander(world))).to_pylist()
    landed = ", ".join(f"'{each}'" for each in ids)
    replaced = {"tickets": f"source_id in ({landed})"}
    folder = tmp_path_factory.mktemp(request.param)
    return lay_world(folder, world, "zendesk", replaced, request.param).build()


def test_every_row_has_its_fate(built: RawBuild) -> None:
    planted: dict[str, Any] = built.report["planted"]["zendesk"]
    rows = built.report["rows"]["zendesk"]
    fates = built.fates("zendesk")
    print(*fates.items(), sep="\n")
    n_tickets = rows.get("ticket") or rows["tickets"]
    n_organizations = rows.get("organization") or rows["organizations"]
    n_users = rows.get("user") or rows["users"]
    assert n_tickets > 2000 and n_organizations > 250
    assert fates["accounts"] == {"loaded": n_organizations, "used": n_organizations}
    assert fates["tickets"] == {
        "loaded": n_tickets,
        "used": n_tickets - 8,
        "deleted": planted["deleted_tickets"] + planted["merged_tickets"],
        "rejected": planted["tickets_of_nobody"],
    }
    assert fates["people"] == {
        "loaded": n_users - planted["agents"],
        "used": n_organizations,
        "deleted": planted["removed_users"],
    }
    assert planted["tickets_whose_rating_changed"] > 10
    again = planted["tickets_whose_rating_changed"] if "ticket" in rows else 0
    assert fates["feedback"].get("superseded", 0) == again
    assert fates["feedback"]["used"] > 1000


def test_the_help_desk_says_what_the_contract_files_say(built: RawBuild) -> None:
    wanted = """
        source_id, account_id, cast(opened_at as timestamp), cast(closed_at as timestamp), severity,
        cast(escalated as boolean), cast(csat as double), partner_id
    """
    left = f"(select {wanted} from staging.stg_tickets where source = 'zendesk')"
    right = f"(select {wanted} from read_csv('{built.left_out('tickets')}', all_varchar = true))"
    assert built.query(f"{left} except all {right}") == []
    assert built.query(f"{right} except all {left}") == []
    shares = built.query(
        """
        select
            count(*) filter (where csat is not null), avg(csat), count(partner_id), avg(cast(escalated as integer)),
            count(*) filter (where severity = 'critical')
        from staging.stg_tickets where source = 'zendesk'
        """
    )
    rated, good, with_partner, escalated, critical = shares[0]
    assert rated > 1000 and 0.6 < good < 0.9 and with_partner > 100
    assert 0.02 < escalated < 0.2 and critical > 20


def test_feedback_is_the_rating_of_the_ticket(built: RawBuild) -> None:
    odd = """
        select count(*) from staging.stg_feedback as feedback
        full join staging.stg_tickets as tickets
            on feedback.source = tickets.source and feedback.source_id = tickets.source_id
        where coalesce(feedback.source, tickets.source) = 'zendesk'
            and feedback.score is distinct from tickets.csat
    """
    assert built.query(odd) == [(0,)]


def test_every_organization_finds_its_own(built: RawBuild) -> None:
    built.check_owners("zendesk", floor=250)


def test_what_is_refused_names_its_reason(built: RawBuild) -> None:
    found = built.query(
        "select stream, source_id, reject_reason from staging.stg_rejects where source = 'zendesk'"
    )
    assert found == [("tickets", "nobody_1", "account_id: missing")]


def test_columns_that_really_landed_are_read(tmp_path: Path) -> None:
    """The columns of tables as another package has them; its values are invented and do not join."""
    names = ("organization", "domain_name", "user", "ticket", "ticket_tag", "ticket_field_history")
    given = {"zendesk_without": ["ticket_metric", "satisfaction_rating"]}
    seeds = lay_seeds(
        tmp_path, "dbt_zendesk", "zendesk", {n: f"{n}_data.csv" for n in names}, given
    )
    wanted = ["+path:models/staging/streams", "+stream_reconciliation", "base_zendesk__columns"]
    fates = seeds.build(wanted).fates("zendesk")
    print(*fates.items(), sep="\n")
    assert fates["accounts"]["used"] == fates["accounts"]["loaded"] == 10
    assert fates["tickets"] == {"loaded": 10, "rejected": 10}
    assert fates["people"]["loaded"] >= 5
    unread = seeds.query(
        """
        select table_name, column_name from staging.base_zendesk__columns
        where live_name is null and not is_custom and table_name not in ('ticket_metric', 'satisfaction_rating')
        """
    )
    assert set(unread) == {
        ("organization", "domain_names"),
        ("organization", "deleted_at"),
        ("ticket", "tags"),
        ("ticket", "solved_at"),
    }


def test_every_tenth_ticket_is_left_to_the_crm() -> None:
    lander = Lander(simulate(SCENARIO))
    landed = zendesk.landed_rows(lander)
    assert len(lander.t["tickets"]) - len(landed) == len(lander.t["tickets"]) // 10
    assert not np.any(landed % 10 == 9)
