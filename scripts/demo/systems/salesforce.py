"""A world as Salesforce keeps it, landed by Fivetran (snake_case, _c) or by Airbyte (CamelCase, __c)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.demo.contract_rows import Lander, make_id, same
from scripts.demo.tabular import (
    NONE,
    as_codes,
    as_days,
    as_rows,
    day_column,
    join,
    plain,
    ref_column,
    text_column,
)

LANDINGS = ("fivetran", "airbyte")
CUSTOM_FIELDS = {
    "account.partner_type": "partner_type_c",
    "account.partner_tier": "partner_tier_c",
    "account.partner_since": "partner_since_c",
    "account.partner_until": "partner_until_c",
    "need": "need_stated_c",
    "selected": "solution_chosen_c",
    "onboarding_started": "onboarding_start_c",
    "go_live": "go_live_date_c",
    "first_value": "first_value_date_c",
    "churned": "churn_date_c",
    "seniority": "level_c",
    "contact.role": "role_c",
    "sourced_by": "partner_source_c",
    "lost_reason": "loss_reason_c",
    "touch_type": "activity_kind_c",
    "touch_quality": "rating_c",
    "partner_account": "partner_account_c",
    "sharing_scope": "sharing_c",
    "retain_until": "keep_until_c",
    "csat": "satisfaction_c",
}
TYPES = {
    "customer": "Customer - Direct",
    "prospect": "Prospect",
    "partner": "Partner",
    "own": "Own Company",
}
KINDS = ["New Business", "Existing Business", "Renewal"]
STAGES = ["Prospecting", "Qualification", "Closed Won", "Closed Lost"]
ROLES = {
    "sourcing": "Referral",
    "influencing": "Consultant",
    "cosell": "Co-Sell",
    "resale": "VAR/Reseller",
    "implementation": "System Integrator",
}
PRIORITIES = {"low": "Low", "normal": "Medium", "high": "High", "critical": "Critical"}
N_DELETED, N_LATE = 3, 40
RESENT = ("task", "opportunity")
# tables that a landing lacks
WITHOUT: dict[str, list[str]] = {}
Table = dict[str, pa.Array]


def tables(lander: Lander, landing: str = LANDINGS[0]) -> dict[str, pa.Table]:
    """Every raw table of Salesforce; the landing decides how names and values are spelt."""
    made = {
        "account": accounts(lander),
        "contact": contacts(lander),
        "contact_history": contact_history(),
        "account_contact_relation": relations(lander),
        "user": users(lander),
        "opportunity": opportunities(lander),
        "opportunity_history": stages(lander),
        "opportunity_contact_role": buying_groups(lander),
        "opportunity_partner": deal_partners(lander),
        "account_partner": account_partners(lander),
        "task": tasks(lander),
        "event": events(lander),
        "event_relation": event_relations(lander),
        "case": cases(lander),
    }
    spell = land_by_fivetran if landing == "fivetran" else land_by_airbyte
    return dict(spell(name, pa.table(columns), lander) for name, columns in made.items())


def translate(values: pa.Array, words: dict[str, str]) -> pa.Array:
    """Words by a dictionary; others, and null, stay."""
    values = plain(values)
    out = values
    for word, other in words.items():
        out = pc.if_else(pc.equal(values, word).fill_null(False), other, out)
    return out


def stamps(changed: pa.Array) -> Table:
    return {"system_modstamp": seconds(changed), "is_deleted": same(False, len(changed))}


def seconds(days: pa.Array) -> pa.Array:
    return plain(days).cast(pa.timestamp("s"))


def partner_account(lander: Lander, partners: np.ndarray) -> pa.Array:
    """The account that Salesforce keeps for each partner (negative is null)."""
    return make_id("crm", np.where(partners >= 0, partners + lander.n + 1, -1))


def stack(*parts: Table) -> Table:
    """Tables below one another; a column that one lacks is null there."""
    tables_ = [pa.table(part) for part in parts]
    joined = pa.concat_tables(tables_, promote_options="permissive")
    return {name: plain(joined[name]) for name in joined.column_names}


# --- organisations and people ----------------------------------------------------------------


def accounts(lander: Lander) -> Table:
    duplicated = np.flatnonzero(lander.dress.duplicated)
    merged = duplicated[::2]
    firms = lander.t["partners"]
    known = account_rows(lander.crm_accounts(np.arange(lander.n))) | milestones(lander)
    partners = account_rows(lander.own_and_partner_accounts(np.arange(1 + len(firms)))) | {
        f"{name}_c": pa.concat_arrays([pa.nulls(1, column.type), column])
        for name, column in (
            ("partner_type", plain(firms["type"])),
            ("partner_tier", plain(firms["tier"])),
            ("partner_since", plain(firms["joined"])),
            ("partner_until", plain(firms["left"])),
        )
    }
    twice = account_rows(lander.duplicate_accounts(duplicated))
    gone = np.isin(duplicated, merged)
    twice |= {
        "is_deleted": pa.array(gone),
        "master_record_id": pc.if_else(
            pa.array(gone), make_id("crm", duplicated), pa.scalar(None, pa.string())
        ),
    }
    second = account_rows(lander.second_accounts(lander.second_rows))
    return stack(known, partners, twice, second, deleted_accounts(lander))


def account_rows(row: dict[str, Any]) -> Table:
    n = len(row["source_id"])
    owner = row["owner"]
    return {
        "id": row["source_id"],
        "name": row["name"],
        "master_record_id": pa.nulls(n, pa.string()),
        "parent_id": row["parent_id"],
        "type": translate(row["account_type"], TYPES),
        "website": row["domain"],
        "phone": row["phone"],
        "billing_street": row["address"],
        "billing_city": row["city"],
        "billing_state": row["region"],
        "billing_postal_code": row["postal_code"],
        "billing_country": row["country"],
        "industry": row["industry"],
        "number_of_employees": row["employees"],
        "annual_revenue": row["annual_revenue"],
        "owner_id": pc.if_else(owner.is_valid(), join("usr_", owner), pa.scalar(None, pa.string())),
        "created_date": seconds(row["created_at"]),
        "rating": pa.nulls(n, pa.string()),
    } | stamps(row["created_at"])


def latest_milestones(lander: Lander) -> np.ndarray:
    """Whether a milestone (rows of the world's table) is the account's last of its kind; Salesforce has one field."""
    t = lander.t["milestones"]
    account, code = as_rows(t["account"]).astype(np.int64), as_codes(t["milestone"])
    day = as_days(t["occurred"])
    order = np.lexsort((day, code, account))
    key = account[order] * 100 + code[order]
    last = np.append(key[1:] != key[:-1], True)
    out = np.zeros(len(key), dtype=bool)
    out[order] = last
    return out


def milestones(lander: Lander) -> Table:
    t = lander.t["milestones"]
    account, code, day = as_rows(t["account"]), as_codes(t["milestone"]), as_days(t["occurred"])
    words = plain(t["milestone"].combine_chunks().dictionary).to_pylist()
    last = latest_milestones(lander)
    out: Table = {}
    for number, word in enumerate(words):
        dates = np.full(lander.n, NONE, dtype=np.int32)
        rows = last & (code == number)
        dates[account[rows]] = day[rows]
        out[CUSTOM_FIELDS[word]] = day_column(dates)
    return out


def deleted_accounts(lander: Lander) -> Table:
    """A few accounts that were made by mistake and deleted."""
    rows = np.arange(min(N_DELETED, lander.n))
    row = account_rows(lander.crm_accounts(rows))
    return row | {
        "id": make_id("gone", rows),
        "parent_id": pa.nulls(len(rows), pa.string()),
        "is_deleted": same(True, len(rows)),
    }


def person_ids(lander: Lander, rows: np.ndarray) -> pa.Array:
    return lander._person_id(rows)[0]


def contacts(lander: Lander) -> Table:
    t = lander.t["people"]
    rows = np.arange(len(t))
    made = plain(t["started"])
    return {
        "id": person_ids(lander, rows),
        "account_id": people_accounts(lander),
        "master_record_id": pa.nulls(len(t), pa.string()),
        "email": plain(t["email"]),
        "name": plain(t["full_name"]),
        "title": plain(t["title"]),
        "created_date": seconds(made),
        "level_c": plain(t["seniority"]),
        "role_c": plain(t["role"]),
    } | stamps(pc.coalesce(plain(t["ended"]), made))


def people_accounts(lander: Lander) -> pa.Array:
    t = lander.t["people"]
    return pc.coalesce(
        make_id("crm", as_rows(t["account"])), partner_account(lander, as_rows(t["partner"]))
    )


def contact_history() -> Table:
    """Nobody moved between accounts in this world; the table lands empty."""
    names = ("id", "contact_id", "field", "old_value", "new_value", "created_date")
    return {name: pa.nulls(0, pa.string()) for name in names}


def relations(lander: Lander) -> Table:
    t = lander.t["people"]
    ended = plain(t["ended"])
    return {
        "id": make_id("relation", np.arange(len(t))),
        "account_id": people_accounts(lander),
        "contact_id": person_ids(lander, np.arange(len(t))),
        "roles": pa.nulls(len(t), pa.string()),
        "is_active": pc.is_null(ended),
        "start_date": plain(t["started"]),
        "end_date": ended,
    } | stamps(pc.coalesce(ended, plain(t["started"])))


def users(lander: Lander) -> Table:
    owners = sorted(set(lander.t["organisations"]["owner"].to_pylist()))
    n = len(owners)
    return {
        "id": pa.array([f"usr_{name}" for name in owners]),
        "name": pa.array(owners),
        "email": pa.array([f"{name.lower().replace(' ', '.')}@lumenfold.com" for name in owners]),
        "contact_id": pa.nulls(n, pa.string()),
        "account_id": pa.nulls(n, pa.string()),
        "user_type": same("Standard", n),
    }


# --- deals -----------------------------------------------------------------------------------


def opportunities(lander: Lander) -> Table:
    t = lander.t["deals"]
    status, closed, created = as_codes(t["status"]), as_days(t["closed"]), as_days(t["created"])
    qualified = plain(t["qualified"])
    stage = np.where(status > 0, status + 1, qualified.is_valid().to_numpy(False).astype(int))
    changed = pc.coalesce(plain(t["closed"]), qualified, plain(t["created"]))
    return {
        "id": make_id("deal", np.arange(len(t))),
        "account_id": make_id("crm", as_rows(t["account"])),
        "amount": plain(t["amount"]),
        "stage_name": text_column(STAGES, stage),
        "is_closed": pa.array(status > 0),
        "is_won": pa.array(status == 1),
        "close_date": day_column(np.where(status > 0, closed, created + 90)),
        "created_date": seconds(t["created"]),
        "type": text_column(KINDS, as_codes(t["kind"])),
        "partner_source_c": partner_account(lander, as_rows(t["source_partner"])),
        "loss_reason_c": plain(t["lost_reason"]),
    } | stamps(changed)


def stages(lander: Lander) -> Table:
    t = lander.t["deals"]
    status = as_codes(t["status"])
    parts = []
    for code, column in ((0, "created"), (1, "qualified"), (-1, "closed")):
        day = as_days(t[column])
        rows = np.flatnonzero((day != NONE) & ((code >= 0) | (status > 0)))
        stage = np.full(len(rows), code) if code >= 0 else status[rows] + 1
        parts.append(
            {
                "opportunity_id": make_id("deal", rows),
                "stage_name": text_column(STAGES, stage),
                "created_date": seconds(day_column(day[rows])),
            }
        )
    return stack(*parts)


def buying_groups(lander: Lander) -> Table:
    t = lander.t["deal_people"]
    return {
        "id": make_id("group", np.arange(len(t))),
        "opportunity_id": make_id("deal", as_rows(t["deal"])),
        "contact_id": person_ids(lander, as_rows(t["person"])),
        "role": plain(t["role"]),
        "is_primary": same(False, len(t)),
        "created_date": seconds(t["added"]),
    } | stamps(plain(t["added"]))


def mirrored(rows: Table, swap: dict[str, pa.Array]) -> Table:
    """Rows of partner statements and, below them, the other direction of each."""
    other = join(rows["id"], "_r")
    return stack(
        rows | {"reverse_partner_id": other},
        rows | {"id": other, "reverse_partner_id": rows["id"]} | swap,
    )


def deal_partners(lander: Lander) -> Table:
    t = lander.t["deal_partners"]
    deal = as_rows(t["deal"])
    customers = as_rows(lander.t["deals"]["account"])[deal]
    rows = {
        "id": make_id("deal_partner", np.arange(len(t))),
        "opportunity_id": make_id("deal", deal),
        "account_to_id": partner_account(lander, as_rows(t["partner"])),
        "role": translate(t["role"], ROLES),
        "is_primary": plain(t["is_primary"]),
        "created_date": seconds(t["declared"]),
    } | stamps(plain(t["declared"]))
    return mirrored(rows, {"account_to_id": make_id("crm", customers)})


def account_partners(lander: Lander) -> Table:
    ties = lander.t["ties"]
    numbers = np.flatnonzero(pc.equal(plain(ties["kind"]), "serves").to_numpy(False))
    t = ties.take(pa.array(numbers))
    customer, partner = make_id("crm", as_rows(t["to_row"])), as_rows(t["from_row"])
    ended, started = plain(t["ended"]), plain(t["started"])
    rows = {
        "id": make_id("tie", numbers),
        "account_from_id": customer,
        "account_to_id": partner_account(lander, partner),
        "opportunity_id": pa.nulls(len(t), pa.string()),
        "role": same("Serves", len(t)),
        "created_date": seconds(started),
        "system_modstamp": seconds(pc.coalesce(ended, started)),
        "is_deleted": pc.is_valid(ended),
    }
    swap = {"account_from_id": rows["account_to_id"], "account_to_id": customer}
    return mirrored(rows, swap | {"role": same("Customer", len(t))})


# --- work ------------------------------------------------------------------------------------


def logged(lander: Lander, meetings: bool) -> np.ndarray:
    """Rows of the world's touches that Salesforce holds: meetings with a partner's person, or tasks without one."""
    t = lander.t["touches"]
    here = pc.equal(plain(t["origin"]), "crm").to_numpy(False)
    return np.flatnonzero(here & ((as_rows(t["partner_person"]) >= 0) == meetings))


def activity(lander: Lander, rows: np.ndarray) -> Table:
    t = lander.t["touches"].take(pa.array(rows))
    kind = pc.replace_substring(plain(t["type"]), "_", " ")
    own = pc.equal(plain(t["actor"]), "own_team")
    account = make_id("crm", as_rows(t["account"]))
    partner = partner_account(lander, as_rows(t["partner"]))
    owners = plain(lander.t["organisations"]["owner"]).take(ref_column(as_rows(t["account"])))
    return {
        "id": make_id("touch", rows),
        "account_id": account,
        "who_id": make_id("person", as_rows(t["account_person"])),
        "what_id": pc.coalesce(make_id("deal", as_rows(t["deal"])), account),
        "owner_id": join("usr_", owners),
        "subject": join(pc.utf8_capitalize(kind), "with the customer", sep=" "),
        "type": same("Meeting", len(rows)),
        "activity_kind_c": pc.utf8_title(kind),
        "rating_c": plain(t["quality"]),
        "partner_account_c": pc.if_else(own, pa.scalar(None, pa.string()), partner),
        "sharing_c": pc.if_else(plain(t["restricted"]), "restricted", "open"),
        "keep_until_c": plain(t["retain_until"]),
    } | stamps(plain(t["occurred"]))


def tasks(lander: Lander) -> Table:
    rows = logged(lander, meetings=False)
    t = lander.t["touches"].take(pa.array(rows))
    minutes = plain(t["minutes"])
    done = activity(lander, rows) | {
        "status": same("Completed", len(rows)),
        "activity_date": plain(t["occurred"]).cast(pa.date32()),
        "completed_date_time": plain(t["occurred"]),
        "created_date": plain(t["occurred"]),
        "call_duration_in_seconds": pc.multiply(minutes, 60),
    }
    # planned work is no work: these must not become touches
    planned = rows[: min(25, len(rows))]
    later = activity(lander, planned) | {
        "id": make_id("plan", planned),
        "status": same("Not Started", len(planned)),
        "activity_date": day_column(np.full(len(planned), lander.end + 20, dtype=np.int32)),
    }
    return stack(done, later)


def events(lander: Lander) -> Table:
    rows = logged(lander, meetings=True)
    t = lander.t["touches"].take(pa.array(rows))
    minutes = plain(t["minutes"])
    begun = plain(t["occurred"])
    held = activity(lander, rows) | {
        "start_date_time": begun,
        "duration_in_minutes": minutes,
        "is_child": same(False, len(rows)),
        # the partner is known by its person, not by a field
        "partner_account_c": pa.nulls(len(rows), pa.string()),
    }
    copies = rows[::40]
    copy = np.isin(rows, copies)
    child = {name: column.filter(pa.array(copy)) for name, column in held.items()}
    child |= {"id": join(child["id"], "_c"), "is_child": same(True, int(copy.sum()))}
    return stack(held, child)


def event_relations(lander: Lander) -> Table:
    rows = logged(lander, meetings=True)
    t = lander.t["touches"].take(pa.array(rows))
    there = {
        "event_id": make_id("touch", rows),
        "relation_id": make_id("staff", as_rows(t["partner_person"])),
        "status": same("Accepted", len(rows)),
        "is_deleted": same(False, len(rows)),
    }
    # a second partner was invited and declined: not there
    refused = rows[::50]
    other = np.flatnonzero(as_rows(lander.t["people"]["partner"]) >= 0)
    declined = {
        "event_id": make_id("touch", refused),
        "relation_id": make_id("staff", other[refused % len(other)]),
        "status": same("Declined", len(refused)),
        "is_deleted": same(False, len(refused)),
    }
    return stack(there, declined)


def in_salesforce(lander: Lander) -> np.ndarray:
    """Rows of the world's tickets that are kept as cases; the help desk has the others."""
    return np.arange(len(lander.t["tickets"]))[9::10]


def cases(lander: Lander) -> Table:
    rows = in_salesforce(lander)
    t = lander.t["tickets"].take(pa.array(rows))
    return {
        "id": make_id("ticket", rows),
        "account_id": make_id("crm", as_rows(t["account"])),
        "priority": translate(t["severity"], PRIORITIES),
        "status": pc.if_else(pc.is_valid(plain(t["closed"])), "Closed", "Working"),
        "is_escalated": plain(t["escalated"]),
        "created_date": plain(t["opened"]),
        "closed_date": plain(t["closed"]),
        "satisfaction_c": plain(t["csat"]),
        "partner_account_c": partner_account(lander, as_rows(t["partner"])),
    } | stamps(pc.coalesce(plain(t["closed"]), plain(t["opened"])))


# --- landings --------------------------------------------------------------------------------


def landed_at(lander: Lander) -> str:
    """The last sync, on the evening of the last day."""
    return f"{np.datetime64(int(lander.end), 'D')} 23:00:00"


def land_by_fivetran(name: str, table: pa.Table, lander: Lander) -> tuple[str, pa.Table]:
    """snake_case names; the last rows of a few tables arrive once more."""
    return name, synced_by_fivetran(table, lander, again=name in RESENT)


def land_by_airbyte(name: str, table: pa.Table, lander: Lander) -> tuple[str, pa.Table]:
    """CamelCase names."""
    return camel(name), extracted_by_airbyte(
        name, table.rename_columns([camel(column) for column in table.column_names]), lander
    )


def synced_by_fivetran(table: pa.Table, lander: Lander, again: bool) -> pa.Table:
    """The loader's own column; `again`: the last rows twice."""
    table = table.append_column("_fivetran_synced", same(landed_at(lander), len(table)))
    twice = table.slice(max(len(table) - N_LATE, 0)) if again else table.slice(0, 0)
    return pa.concat_tables([table, twice])


def extracted_by_airbyte(name: str, table: pa.Table, lander: Lander) -> pa.Table:
    """Times as the system's own interface writes them, and the loader's own columns."""
    columns = {}
    for column in table.column_names:
        values = plain(table[column])
        if pa.types.is_timestamp(values.type):
            values = pc.strftime(values, format="%Y-%m-%dT%H:%M:%S.000Z")
        columns[column] = values
    columns["_airbyte_raw_id"] = join(name, pa.array(np.arange(len(table))).cast(pa.string()))
    columns["_airbyte_extracted_at"] = same(landed_at(lander), len(table))
    return pa.table(columns)


def camel(name: str) -> str:
    """number_of_employees -> NumberOfEmployees; go_live_date_c -> Go_Live_Date__c."""
    if name.endswith("_c"):
        return "_".join(part.capitalize() for part in name[:-2].split("_")) + "__c"
    return "".join(part.capitalize() for part in name.split("_"))


# --- what is true ----------------------------------------------------------------------------


def owners(lander: Lander) -> pa.Table:
    """The organisation behind each account record."""
    duplicated = np.flatnonzero(lander.dress.duplicated)
    others = np.arange(lander.n, lander.n + 1 + len(lander.t["partners"]))
    ids = [
        make_id("crm", np.arange(lander.n)),
        make_id("crm", others),
        make_id("duplicate", duplicated),
        make_id("second", lander.second_rows),
    ]
    rows = [np.arange(lander.n), others, duplicated, lander.second_rows]
    n = sum(len(part) for part in rows)
    return pa.table(
        {
            "stream": same("accounts", n),
            "source": same("salesforce", n),
            "source_id": pa.concat_arrays(ids),
            "organisation": ref_column(np.concatenate(rows)),
        }
    )


def planted(lander: Lander) -> dict[str, int]:
    duplicates = int(lander.dress.duplicated.sum())
    return {
        "duplicate_accounts": duplicates,
        "merged_accounts": (duplicates + 1) // 2,
        "second_accounts": len(lander.second_rows),
        "deleted_accounts": min(N_DELETED, lander.n),
        "mirrored_deal_partners": len(lander.t["deal_partners"]),
        "planned_tasks": min(25, len(logged(lander, meetings=False))),
        "meeting_copies": len(logged(lander, meetings=True)[::40]),
    }
