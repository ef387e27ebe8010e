"""A world as HubSpot keeps it: the same facts as in Salesforce, landed by Fivetran (property_…), or by Airbyte
(properties_…, with the associations as tables that a view makes of its arrays)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.demo.contract_rows import Lander, make_id, same
from scripts.demo.tabular import as_codes, as_days, as_rows, day_column, join, plain, text_column

from . import salesforce
from .salesforce import (
    Table,
    extracted_by_airbyte,
    in_salesforce,
    logged,
    partner_account,
    people_accounts,
    person_ids,
    seconds,
    stack,
    synced_by_fivetran,
    translate,
)

LANDINGS = ("fivetran", "airbyte")
CUSTOM_FIELDS = {
    "company.partner_type": "property_partner_type",
    "company.partner_tier": "property_partner_tier",
    "company.partner_since": "property_partner_since",
    "company.partner_until": "property_partner_until",
    "need": "property_need_stated",
    "selected": "property_solution_chosen",
    "onboarding_started": "property_onboarding_start",
    "go_live": "property_go_live_date",
    "first_value": "property_first_value_date",
    "churned": "property_churn_date",
    "seniority": "property_level",
    "contact.role": "property_role",
    "position_started": "property_position_start",
    "position_ended": "property_position_end",
    "sourced_by": "property_partner_source",
    "tie_started": "property_tie_start",
    "tie_ended": "property_tie_end",
    "touch_type": "property_activity_kind",
    "touch_quality": "property_rating",
    "partner_company": "property_partner_company",
    "sharing_scope": "property_sharing",
    "retain_until": "property_keep_until",
    "escalated": "property_escalated",
    "csat": "property_satisfaction",
}
TYPES = {"customer": "CUSTOMER", "prospect": "PROSPECT", "partner": "PARTNER", "own": "Own company"}
KINDS = ["newbusiness", "existingbusiness", "renewal"]
STAGES = ["appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost"]
STAGE_LABELS = ["Appointment scheduled", "Qualified to buy", "Closed won", "Closed lost"]
LABELS = {
    "sourcing": "Referral partner",
    "influencing": "Consultant",
    "cosell": "Co-sell partner",
    "resale": "Reseller",
    "implementation": "Implementation partner",
}
BUYERS = {
    "decision_maker": "Decision maker",
    "economic_buyer": "Budget holder",
    "champion": "Champion",
    "user": "End user",
    "evaluator": "Evaluator",
    "blocker": "Blocker",
    "other": "Other",
}
PRIORITIES = {"low": "LOW", "normal": "MEDIUM", "high": "HIGH", "critical": "URGENT"}
# rows that the loader sends a second time
RESENT = ("deal", "engagement_task", "deal_company")
N_MERGED, N_PLANNED = 12, 25


def tables(lander: Lander, landing: str = LANDINGS[0]) -> dict[str, pa.Table]:
    """Every raw table of HubSpot; the landing decides how tables and columns are called."""
    made = {
        "company": companies(lander),
        "company_company": company_companies(lander),
        "contact": contacts(lander),
        "contact_merge_audit": contact_merges(lander),
        "owner": owners_of_records(lander),
        "deal": deals(lander),
        "merged_deal": deal_merges(lander),
        "deal_pipeline_stage": deal_stages_known(),
        "deal_stage": deal_stages(lander),
        "deal_company": deal_companies(lander),
        "deal_contact": deal_contacts(lander),
        "engagement": engagements(lander),
        **{f"engagement_{kind}": work(lander, kind) for kind in WORK},
        "engagement_company": engagement_companies(lander),
        "engagement_contact": engagement_contacts(lander),
        "engagement_deal": engagement_deals(lander),
        "ticket": tickets(lander),
        "ticket_company": ticket_companies(lander),
        "ticket_pipeline_stage": ticket_stages_known(),
    }
    spell = land_by_fivetran if landing == "fivetran" else land_by_airbyte
    return dict(spell(name, pa.table(columns), lander) for name, columns in made.items())


def nothing(n: int) -> pa.Array:
    return pa.nulls(n, pa.string())


def properties(columns: dict[str, Any]) -> Table:
    return {f"property_{name}": values for name, values in columns.items()}


# --- organisations and people ----------------------------------------------------------------


def merged_rows(lander: Lander) -> np.ndarray:
    """Organisations whose second record was merged into the first."""
    return np.flatnonzero(lander.dress.duplicated)[::2]


def companies(lander: Lander) -> Table:
    duplicated = np.flatnonzero(lander.dress.duplicated)
    merged = merged_rows(lander)
    firms = lander.t["partners"]
    rows = np.arange(lander.n)
    into = np.where(np.isin(rows, merged), rows, -1)
    known = company_rows(lander.crm_accounts(rows)) | milestones(lander)
    known |= {"property_hs_merged_object_ids": make_id("duplicate", into)}
    partners = company_rows(lander.own_and_partner_accounts(np.arange(1 + len(firms)))) | {
        f"property_{name}": pa.concat_arrays([pa.nulls(1, column.type), column])
        for name, column in (
            ("partner_type", plain(firms["type"])),
            ("partner_tier", plain(firms["tier"])),
            ("partner_since", plain(firms["joined"])),
            ("partner_until", plain(firms["left"])),
        )
    }
    twice = company_rows(lander.duplicate_accounts(np.setdiff1d(duplicated, merged)))
    mistakes = np.arange(min(salesforce.N_DELETED, lander.n))
    gone = company_rows(lander.crm_accounts(mistakes)) | {
        "id": make_id("gone", mistakes),
        "property_hs_parent_company_id": nothing(len(mistakes)),
        "is_deleted": same(True, len(mistakes)),
    }
    second = company_rows(lander.second_accounts(lander.second_rows))
    return stack(known, partners, twice, second, gone)


def company_rows(row: dict[str, Any]) -> Table:
    n = len(row["source_id"])
    owner = row["owner"]
    return {
        "id": row["source_id"],
        "is_deleted": same(False, n),
    } | properties(
        {
            "name": row["name"],
            "domain": row["domain"],
            "type": translate(row["account_type"], TYPES),
            "hs_parent_company_id": row["parent_id"],
            "address": row["address"],
            "city": row["city"],
            "state": row["region"],
            "zip": row["postal_code"],
            "country": row["country"],
            "phone": row["phone"],
            "industry": row["industry"],
            "numberofemployees": row["employees"],
            "annualrevenue": row["annual_revenue"],
            "hubspot_owner_id": pc.if_else(
                owner.is_valid(), join("usr_", owner), pa.scalar(None, pa.string())
            ),
            "createdate": seconds(row["created_at"]),
            "hs_lastmodifieddate": seconds(row["created_at"]),
            "hs_merged_object_ids": nothing(n),
        }
    )


def milestones(lander: Lander) -> Table:
    """The dates that Salesforce keeps as fields, as properties."""
    kept = salesforce.milestones(lander)
    return {
        CUSTOM_FIELDS[word]: kept[salesforce.CUSTOM_FIELDS[word]]
        for word in CUSTOM_FIELDS
        if salesforce.CUSTOM_FIELDS.get(word) in kept
    }


def contacts(lander: Lander) -> Table:
    t = lander.t["people"]
    n = len(t)
    name = plain(t["full_name"])
    changed = seconds(pc.coalesce(plain(t["ended"]), plain(t["started"])))
    return {
        "id": person_ids(lander, np.arange(n)),
        "_fivetran_deleted": same(False, n),
    } | properties(
        {
            "email": plain(t["email"]),
            "firstname": pc.replace_substring_regex(name, " .*$", ""),
            "lastname": pc.replace_substring_regex(name, "^[^ ]* ?", ""),
            "jobtitle": plain(t["title"]),
            "associatedcompanyid": people_accounts(lander),
            "createdate": seconds(t["started"]),
            "lastmodifieddate": changed,
            "level": plain(t["seniority"]),
            "role": plain(t["role"]),
            "position_start": plain(t["started"]),
            "position_end": plain(t["ended"]),
        }
    )


def merged_people(lander: Lander) -> np.ndarray:
    """People who were recorded twice; the second record is gone, and old rows still name it."""
    return np.arange(len(lander.t["people"]))[::9][:N_MERGED]


def contact_merges(lander: Lander) -> Table:
    rows = merged_people(lander)
    return {
        "canonical_vid": person_ids(lander, rows),
        "vid_to_merge": make_id("twin", rows),
        "timestamp": seconds(lander.t["people"].take(pa.array(rows))["started"]),
    }


def owners_of_records(lander: Lander) -> Table:
    names = sorted(set(lander.t["organisations"]["owner"].to_pylist()))
    return {
        "owner_id": pa.array([f"usr_{name}" for name in names]),
        "first_name": pa.array([name.partition(" ")[0] for name in names]),
        "last_name": pa.array([name.partition(" ")[2] for name in names]),
    }


def association(kind: str, label: str | None, n: int) -> Table:
    """What an association says; HubSpot's own have a number, the company's have a label."""
    own = label is not None
    return {
        "type_id": same(kind, n),
        "category": same("USER_DEFINED" if own else "HUBSPOT_DEFINED", n),
        "label": same(label, n) if own else nothing(n),
    }


def company_companies(lander: Lander) -> Table:
    """Partners that serve a customer, in both directions; and parents, which are no partners' business."""
    ties = lander.t["ties"]
    t = ties.filter(pc.equal(plain(ties["kind"]), "serves"))
    customer, partner = (
        make_id("crm", as_rows(t["to_row"])),
        partner_account(lander, as_rows(t["from_row"])),
    )
    dates = {"property_tie_start": plain(t["started"]), "property_tie_end": plain(t["ended"])}
    parent = as_rows(lander.t["organisations"]["parent"])
    child = np.setdiff1d(np.flatnonzero(parent >= 0), lander.world.mess.unstated)
    family = {"company_id": make_id("crm", child), "to_company_id": make_id("crm", parent[child])}
    n = len(t)
    return stack(
        {"company_id": customer, "to_company_id": partner}
        | association("101", "Partner", n)
        | dates,
        {"company_id": partner, "to_company_id": customer}
        | association("102", "Customer", n)
        | dates,
        family | association("13", None, len(child)),
    )


# --- deals -----------------------------------------------------------------------------------


def merged_deals(lander: Lander) -> np.ndarray:
    return np.arange(len(lander.t["deals"]))[::17][:N_MERGED]


def deals(lander: Lander) -> Table:
    t = lander.t["deals"]
    status, closed, created = as_codes(t["status"]), as_days(t["closed"]), as_days(t["created"])
    qualified = plain(t["qualified"])
    stage = np.where(status > 0, status + 1, qualified.is_valid().to_numpy(False).astype(int))
    changed = pc.coalesce(plain(t["closed"]), qualified, plain(t["created"]))
    n = len(t)
    kept = {
        "deal_id": make_id("deal", np.arange(n)),
        "is_deleted": same(False, n),
        "deal_pipeline_id": same("default", n),
        "deal_pipeline_stage_id": text_column(STAGES, stage),
    } | properties(
        {
            "amount": plain(t["amount"]),
            "dealtype": text_column(KINDS, as_codes(t["kind"])),
            "closedate": day_column(np.where(status > 0, closed, created + 90)),
            "createdate": seconds(t["created"]),
            "hs_is_closed": pa.array(status > 0),
            "hs_is_closed_won": pa.array(status == 1),
            "closed_lost_reason": plain(t["lost_reason"]),
            "hs_lastmodifieddate": seconds(changed),
            "partner_source": partner_account(lander, as_rows(t["source_partner"])),
        }
    )
    # recorded twice and merged: the twin lands on, but is no deal of its own
    rows = merged_deals(lander)
    twins = {name: column.take(pa.array(rows)) for name, column in kept.items()}
    return stack(kept, twins | {"deal_id": make_id("twin", rows)})


def deal_merges(lander: Lander) -> Table:
    rows = merged_deals(lander)
    return {"deal_id": make_id("deal", rows), "merged_deal_id": make_id("twin", rows)}


def deal_stages_known() -> Table:
    return {
        "stage_id": pa.array(STAGES),
        "label": pa.array(STAGE_LABELS),
        "pipeline_id": same("default", len(STAGES)),
        "is_closed": pa.array([False, False, True, True]),
        "closed_won": pa.array([False, False, True, False]),
    }


def deal_stages(lander: Lander) -> Table:
    """The stages that Salesforce's history has, by HubSpot's ids."""
    words = dict(zip(salesforce.STAGES, STAGES, strict=True))
    kept = salesforce.stages(lander)
    return {
        "deal_id": kept["opportunity_id"],
        "value": translate(kept["stage_name"], words),
        "date_entered": kept["created_date"],
    }


def deal_companies(lander: Lander) -> Table:
    """The customer as HubSpot's default and as primary company; each partner by default and by its labels."""
    every = np.arange(len(lander.t["deals"]))
    customers = make_id("crm", as_rows(lander.t["deals"]["account"]))
    customer = {"deal_id": make_id("deal", every), "company_id": customers}
    twins = merged_deals(lander)
    twin = {"deal_id": make_id("twin", twins), "company_id": customers.take(pa.array(twins))}
    t = lander.t["deal_partners"]
    deal, partner = as_rows(t["deal"]).astype(np.int64), as_rows(t["partner"])
    stated = {"deal_id": make_id("deal", deal), "company_id": partner_account(lander, partner)}
    n, first = len(t), np.unique(deal * 1_000_000 + partner, return_index=True)[1]
    main = plain(t["is_primary"]).to_numpy(zero_copy_only=False).astype(bool)

    def some(rows: np.ndarray) -> Table:
        return {name: column.take(pa.array(rows)) for name, column in stated.items()}

    labelled = association("201", "", n) | {"label": translate(t["role"], LABELS)}
    chosen = np.flatnonzero(main)
    return stack(
        customer | association("341", None, len(every)),
        customer | association("5", None, len(every)),
        twin | association("341", None, len(twins)),
        some(first) | association("341", None, len(first)),
        stated | labelled,
        some(chosen) | association("202", "Main partner", len(chosen)),
    )


def deal_contacts(lander: Lander) -> Table:
    t = lander.t["deal_people"]
    rows = {
        "deal_id": make_id("deal", as_rows(t["deal"])),
        "contact_id": person_ids(lander, as_rows(t["person"])),
    }
    n = len(t)
    labelled = association("301", "", n) | {"label": translate(t["role"], BUYERS)}
    return stack(rows | association("3", None, n), rows | labelled)


# --- work ------------------------------------------------------------------------------------

WORK = ("call", "email", "meeting", "note", "task")


def work_rows(lander: Lander, kind: str) -> np.ndarray:
    """Rows of the world's touches kept as this kind: meetings where a partner's person was there, calls where the
    length is known, else e-mails, notes and tasks in turn."""
    if kind == "meeting":
        return logged(lander, meetings=True)
    rows = logged(lander, meetings=False)
    timed = plain(lander.t["touches"]["minutes"]).is_valid().to_numpy(False)[rows]
    if kind == "call":
        return rows[timed]
    return rows[~timed & (rows % 3 == ("email", "note", "task").index(kind))]


def named_by_field(rows: np.ndarray) -> np.ndarray:
    """Whether the partner is named by a property; else its company is associated."""
    return rows % 3 == 1


def activity(lander: Lander, rows: np.ndarray) -> Table:
    t = lander.t["touches"].take(pa.array(rows))
    kind = pc.replace_substring(plain(t["type"]), "_", " ")
    partner = as_rows(t["partner"])
    alone = named_by_field(rows) & (as_rows(t["partner_person"]) < 0)
    begun = plain(t["occurred"])
    return {
        "engagement_id": make_id("touch", rows),
        "_fivetran_deleted": same(False, len(rows)),
    } | properties(
        {
            "hs_timestamp": begun,
            "hs_lastmodifieddate": begun,
            "activity_kind": pc.utf8_title(kind),
            "rating": plain(t["quality"]),
            "partner_company": partner_account(lander, np.where(alone, partner, -1)),
            "sharing": pc.if_else(plain(t["restricted"]), "restricted", "open"),
            "keep_until": plain(t["retain_until"]),
        }
    )


def work(lander: Lander, kind: str) -> Table:
    rows = work_rows(lander, kind)
    made = activity(lander, rows)
    n = len(rows)
    begun = made["property_hs_timestamp"]
    minutes = plain(lander.t["touches"]["minutes"]).take(pa.array(rows))
    if kind == "call":
        length = pc.multiply(minutes, 60_000)
        return made | properties(
            {
                "hs_call_title": made["property_activity_kind"],
                "hs_call_status": same("COMPLETED", n),
                "hs_call_duration": length,
            }
        )
    if kind == "email":
        return made | properties(
            {
                "hs_email_subject": made["property_activity_kind"],
                "hs_email_status": same("SENT", n),
            }
        )
    if kind == "meeting":
        length = pc.multiply(minutes, 60).cast(pa.int64(), safe=False)
        made |= properties(
            {
                "hs_meeting_start_time": begun,
                "hs_meeting_end_time": pc.add(begun, length.cast(pa.duration("s"))),
                "hs_meeting_title": made["property_activity_kind"],
                "hs_meeting_outcome": same("COMPLETED", n),
            }
        )
        # called off: no work
        off = {name: column.take(pa.array(np.arange(n)[::40])) for name, column in made.items()}
        off |= {
            "engagement_id": join(off["engagement_id"], "_x"),
            "property_hs_meeting_outcome": same("CANCELED", len(off["engagement_id"])),
        }
        return stack(made, off)
    if kind == "task":
        made |= properties(
            {"hs_task_status": same("COMPLETED", n), "hs_task_completion_date": begun}
        )
        # planned work is no work
        rows = planned_rows(lander)
        later = activity(lander, rows) | {
            "engagement_id": make_id("plan", rows),
            "property_hs_timestamp": day_column(
                np.full(len(rows), lander.end + 20, dtype=np.int32)
            ).cast(pa.timestamp("s")),
            "property_hs_task_status": same("NOT_STARTED", len(rows)),
        }
        return stack(made, later)
    return made


def planned_rows(lander: Lander) -> np.ndarray:
    return logged(lander, meetings=False)[:N_PLANNED]


def engagements(lander: Lander) -> Table:
    parts = []
    for kind in WORK:
        made = work(lander, kind)
        n = len(made["engagement_id"])
        parts.append(
            {
                "id": made["engagement_id"],
                "type": same(kind.upper(), n),
                "active": same(True, n),
                "timestamp": made["property_hs_timestamp"],
            }
        )
    return stack(*parts)


def all_work(lander: Lander) -> np.ndarray:
    return np.concatenate([work_rows(lander, kind) for kind in WORK])


def engagement_companies(lander: Lander) -> Table:
    rows = all_work(lander)
    t = lander.t["touches"].take(pa.array(rows))
    partner = np.where(named_by_field(rows), -1, as_rows(t["partner"]))
    theirs = np.flatnonzero((partner >= 0) & (as_rows(t["partner_person"]) < 0))
    return stack(
        {
            "engagement_id": make_id("touch", rows),
            "company_id": make_id("crm", as_rows(t["account"])),
        },
        {
            "engagement_id": make_id("touch", rows[theirs]),
            "company_id": partner_account(lander, partner[theirs]),
        },
    )


def engagement_contacts(lander: Lander) -> Table:
    rows = all_work(lander)
    t = lander.t["touches"].take(pa.array(rows))
    parts = []
    for column in ("partner_person", "account_person"):
        person = as_rows(t[column])
        there = np.flatnonzero(person >= 0)
        old = np.where(np.isin(person[there], merged_people(lander)), person[there], -1)
        parts.append(
            {
                "engagement_id": make_id("touch", rows[there]),
                "contact_id": pc.coalesce(make_id("twin", old), person_ids(lander, person[there])),
            }
        )
    return stack(*parts)


def engagement_deals(lander: Lander) -> Table:
    rows = all_work(lander)
    deal = as_rows(lander.t["touches"]["deal"])[rows]
    about = np.flatnonzero(deal >= 0)
    old = np.where(np.isin(deal[about], merged_deals(lander)), deal[about], -1)
    return {
        "engagement_id": make_id("touch", rows[about]),
        "deal_id": pc.coalesce(make_id("twin", old), make_id("deal", deal[about])),
    }


def tickets(lander: Lander) -> Table:
    """The tickets that Salesforce keeps as cases."""
    rows = in_salesforce(lander)
    t = lander.t["tickets"].take(pa.array(rows))
    closed = plain(t["closed"])
    return {
        "id": make_id("ticket", rows),
        "is_deleted": same(False, len(rows)),
    } | properties(
        {
            "createdate": plain(t["opened"]),
            "closed_date": closed,
            "hs_pipeline_stage": pc.if_else(pc.is_valid(closed), "4", "1"),
            "hs_ticket_priority": translate(t["severity"], PRIORITIES),
            "hs_lastmodifieddate": pc.coalesce(closed, plain(t["opened"])),
            "escalated": plain(t["escalated"]),
            "satisfaction": plain(t["csat"]),
            "partner_company": partner_account(lander, as_rows(t["partner"])),
        }
    )


def ticket_companies(lander: Lander) -> Table:
    rows = in_salesforce(lander)
    account = as_rows(lander.t["tickets"]["account"])[rows]
    return {"ticket_id": make_id("ticket", rows), "company_id": make_id("crm", account)}


def ticket_stages_known() -> Table:
    return {
        "stage_id": pa.array(["1", "2", "3", "4"]),
        "label": pa.array(["New", "Waiting on contact", "Waiting on us", "Closed"]),
        "is_closed": pa.array([False, False, False, True]),
        "ticket_state": pa.array(["OPEN", "OPEN", "OPEN", "CLOSED"]),
    }


# --- landings --------------------------------------------------------------------------------


def land_by_fivetran(name: str, table: pa.Table, lander: Lander) -> tuple[str, pa.Table]:
    """snake_case names; the last rows of a few tables arrive once more."""
    return name, synced_by_fivetran(table, lander, again=name in RESENT)


def land_by_airbyte(name: str, table: pa.Table, lander: Lander) -> tuple[str, pa.Table]:
    """Streams in the plural, properties_…"""
    columns = [airbyte_column(name, column) for column in table.column_names]
    landed = extracted_by_airbyte(name, table.rename_columns(columns), lander)
    return AIRBYTE_TABLES.get(name, name), landed


AIRBYTE_TABLES = {
    "company": "companies",
    "contact": "contacts",
    "contact_merge_audit": "contacts_merged_audit",
    "deal": "deals",
    "engagement": "engagements",
    "owner": "owners",
    "ticket": "tickets",
} | {f"engagement_{kind}": f"engagements_{kind}s" for kind in WORK}


def airbyte_column(table: str, column: str) -> str:
    """property_name -> properties_name; ids are `id` in the streams of records."""
    if column.startswith("property_"):
        return column.replace("property_", "properties_", 1)
    if column == "deal_pipeline_stage_id":
        return "properties_dealstage"
    if column in ("is_deleted", "_fivetran_deleted"):
        return "archived"
    is_key = table in AIRBYTE_TABLES and column in ("deal_id", "engagement_id", "owner_id")
    return "id" if is_key else column


# --- what is true ----------------------------------------------------------------------------


def owners(lander: Lander) -> pa.Table:
    """The organisation behind each company record."""
    there = salesforce.owners(lander)
    place = there.column_names.index("source")
    return there.set_column(place, "source", same("hubspot", len(there)))


def planted(lander: Lander) -> dict[str, int]:
    duplicates = int(lander.dress.duplicated.sum())
    t = lander.t["deal_partners"]
    return {
        "duplicate_companies": duplicates,
        "merged_companies": len(merged_rows(lander)),
        "second_companies": len(lander.second_rows),
        "deleted_companies": min(salesforce.N_DELETED, lander.n),
        "merged_contacts": len(merged_people(lander)),
        "merged_deals": len(merged_deals(lander)),
        "labelled_deal_partners": len(t),
        "planned_tasks": len(planned_rows(lander)),
        "meetings_called_off": len(work_rows(lander, "meeting")[::40]),
    }
