"""PartnerStack's raw tables beside contract files of the other systems: every row has its fate, and what the portal
says is what the contract files say."""

from pathlib import Path
from typing import Any

import pytest

from scripts.demo import Scenario, simulate
from scripts.demo.systems import partnerstack
from tests.python.raw import RawBuild, lay_world

SCENARIO = Scenario(n_accounts=900, n_partners=8, seed=11)
# what the tables say instead of the contract files
REPLACED = {
    "partners": "true",
    "partner_costs": "kind = 'commission'",
    "touches": "source = 'portal' and touch_type in ('referral', 'deal_registration')",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> RawBuild:
    folder = tmp_path_factory.mktemp("partnerstack")
    world = simulate(SCENARIO)
    return lay_world(folder, world, "partnerstack", REPLACED, doubled=("partners",)).build()


def test_every_row_has_its_fate(built: RawBuild) -> None:
    planted: dict[str, Any] = built.report["planted"]["partnerstack"]
    rows = built.report["rows"]["partnerstack"]
    fates = built.fates("partnerstack")
    print(*fates.items(), sep="\n")
    n_partners = SCENARIO.n_partners
    assert fates["partners"] == {"loaded": n_partners, "used": n_partners}
    assert rows["leads"] > 100 and rows["deals"] > 100 and rows["customers"] > 50
    assert fates["touches"]["loaded"] == rows["leads"] + rows["deals"]
    assert fates["touches"]["superseded"] == planted["resent_deals"] == 5
    assert fates["touches"]["rejected"] == 3
    assert fates["touches"]["used"] == fates["touches"]["loaded"] - 8
    assert fates["relationships"]["deleted"] == planted["test_customers"]
    assert fates["relationships"]["used"] == rows["customers"] - planted["test_customers"]
    assert fates["signals"]["deleted"] == planted["test_transactions"]
    assert fates["signals"]["used"] == rows["transactions"] - planted["test_transactions"]
    costs = fates["partner_costs"]
    assert costs["deleted"] == planted["declined_rewards"] + planted["pending_rewards"]
    assert costs["rejected"] == 2
    assert costs["used"] == rows["rewards"] - costs["deleted"] - 2
    assert fates["opportunity_partners"]["used"] > 50
    assert fates["opportunity_partners"]["rejected"] == 1
    assert fates["accounts"]["loaded"] == rows["leads"] + rows["deals"] + rows["customers"]


def test_refused_rows_name_their_reason(built: RawBuild) -> None:
    reasons = built.query(
        "select stream, source_id, reject_reason from staging.stg_rejects where source = 'partnerstack' order by all"
    )
    found = {
        (stream, source_id.split("_")[0], reason.split(":")[0])
        for stream, source_id, reason in reasons
    }
    assert found == {
        ("accounts", "lead", "created_at"),
        ("opportunity_partners", "deal", "opportunity_id"),
        ("partner_costs", "worded", "amount"),
        ("partner_costs", "odd", "is_deleted"),
        ("touches", "lead", "partner_id"),
        ("touches", "lead", "occurred_at"),
        ("touches", "deal", "partner_id"),
    }
    assert ('amount: "n/a" is not a number such as 1234.5') in {row[2] for row in reasons}


def test_the_portal_says_what_the_contract_files_say(built: RawBuild) -> None:
    """Touches to the second and commissions to the cent; partners word for word."""
    for stream, columns in {
        "touches": "partner_id, touch_type, strftime(cast({} as timestamp), '%x %X'), opportunity_id, "
        "cast(quality as double), cast(duration_minutes as double), sharing_scope, cast(retain_until as date)",
        "partner_costs": "partner_id, kind, cast(amount as double), currency, strftime(cast({} as timestamp), '%x')",
        "partners": "source_id, name, country, partner_type, tier, status, cast({} as date), cast(left_at as date), "
        "manager",
    }.items():
        at = {"touches": "occurred_at", "partner_costs": "incurred_at", "partners": "joined_at"}
        wanted = columns.format(at[stream])
        left = f"(select {wanted} from staging.stg_{stream} where source = 'partnerstack')"
        right = f"(select {wanted} from read_csv('{built.left_out(stream)}', all_varchar = true))"
        assert built.query(f"{left} except all {right}") == []
        assert built.query(f"{right} except all {left}") == []


def test_every_record_finds_its_organisation(built: RawBuild) -> None:
    """However the portal spells a company: the record lies with the organisation it is truly of."""
    built.check_owners("partnerstack", floor=200)


def test_sourcing_is_stated_where_the_world_has_it(built: RawBuild) -> None:
    """A sourcing role in the portal is one that the CRM has, too."""
    odd = """
        select opportunity_id, partner_id from staging.stg_opportunity_partners
        where source = 'partnerstack'
        except
        select opportunity_id, partner_id from staging.stg_opportunity_partners
        where source = 'crm' and role = 'sourcing'
    """
    assert built.query(odd) == []


def test_a_million_accounts_are_thinkable() -> None:
    """No loop over rows: tables of a larger world take a moment."""
    assert "for row in" not in Path(partnerstack.__file__).read_text(encoding="utf-8")
