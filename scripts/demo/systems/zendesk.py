"""Zendesk Support as Fivetran lands it (tables apart, ratings in the history of fields) or Airbyte (lists as JSON)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract_rows import Lander, make_id, same
from ..tabular import NONE, as_codes, as_days, as_floats, as_rows, join, plain, text_column

LANDINGS = ("fivetran", "airbyte")
SOURCE = "zendesk"
PRIORITIES = ["low", "normal", "high", "urgent"]
PARTNER_FIELD = "360009847512"
CUSTOM_FIELDS = {
    "fivetran": {"partner": "custom_partner", "country": "custom_country"},
    "airbyte": {
        "partner": f"custom_fields[{PARTNER_FIELD}]",
        "country": "organization_fields:country",
    },
}
# tables that a landing lacks
WITHOUT = {
    "fivetran": ["ticket_metric", "satisfaction_rating"],
    "airbyte": ["domain_name", "ticket_tag", "ticket_field_history"],
}
LAST_SECOND = 86_340
N_DELETED = 3
N_MERGED = 4
N_REMOVED_USERS = 2
N_AGENTS = 3


def tables(lander: Lander, landing: str) -> dict[str, pa.Table]:
    if landing == "fivetran":
        made = {
            "organization": organizations(lander, landing),
            "domain_name": domains(lander),
            "user": users(lander),
            "ticket": tickets(lander, landing),
            "ticket_tag": tags(lander),
            "ticket_field_history": history(lander),
        }
        synced = "_fivetran_synced"
    else:
        made = {
            "organizations": organizations(lander, landing),
            "users": users(lander),
            "tickets": tickets(lander, landing),
            "ticket_metrics": metrics(lander),
            "satisfaction_ratings": ratings(lander),
        }
        synced = "_airbyte_extracted_at"
    day = np.datetime64("1970-01-01") + np.timedelta64(lander.end, "D")
    return {
        name: table.append_column(synced, same(f"{day} 23:50:00", len(table)))
        for name, table in made.items()
    }


def planted(lander: Lander) -> dict[str, int]:
    """What is untidy on purpose."""
    if lander.world.scenario.tidy:
        return {"tickets_left_to_the_crm": len(lander.t["tickets"]) - len(landed_rows(lander))}
    rows = landed_rows(lander)
    return {
        "tickets_left_to_the_crm": len(lander.t["tickets"]) - len(rows),
        "tickets_known_by_requester_only": int(by_requester(rows).sum()),
        "tickets_whose_rating_changed": int((changed_mind(rows) & rated(lander, rows)).sum()),
        "deleted_tickets": min(N_DELETED, len(rows)),
        "merged_tickets": min(N_MERGED, len(rows)),
        "tickets_of_nobody": min(1, len(rows)),
        "organizations_without_domain": first_domains(lander).null_count,
        "organizations_with_two_domains": int(second_domain(lander).sum()),
        "removed_users": min(N_REMOVED_USERS, len(lander.customers)),
        "agents": N_AGENTS,
    }


def owners(lander: Lander) -> pa.Table:
    rows = lander.customers
    return pa.table(
        {
            "stream": same("accounts", len(rows)),
            "source": same(SOURCE, len(rows)),
            "source_id": make_id("helpdesk", rows),
            "organisation": pa.array(rows.astype(np.int32)),
        }
    )


# --- tables ---------------------------------------------------------------------------------


def organizations(lander: Lander, landing: str) -> pa.Table:
    rows = lander.customers
    orgs = lander.t["organisations"].take(pa.array(rows))
    landed = lander.helpdesk_accounts(rows)
    columns = {
        "id": make_id("helpdesk", rows),
        "name": landed["name"],
        "external_id": make_id("crm", rows),
        "created_at": moments(as_days(orgs["customer_since"])),
        "updated_at": moments(as_days(orgs["customer_since"])),
    }
    country = landed["country"]
    if landing == "fivetran":
        return pa.table(columns | {"custom_country": country})
    domain = first_domains(lander)
    one, two = join('["', domain, '"]'), join('["', domain, '", "mail.', domain, '"]')
    absent = domain.is_null().to_numpy(False)
    code = np.where(absent, 0, np.where(second_domain(lander), 2, 1))
    return pa.table(
        columns
        | {
            "domain_names": pc.choose(pa.array(code), same("[]", len(rows)), one, two),
            "organization_fields": pc.coalesce(join('{"country": "', country, '"}'), "{}"),
        }
    )


def domains(lander: Lander) -> pa.Table:
    """Domains of organisations; some have one for mail beside."""
    every = first_domains(lander)
    has, more = every.is_valid().to_numpy(False), second_domain(lander)
    known, beside = lander.customers[has], lander.customers[more]
    first, second = every.filter(pa.array(has)), every.filter(pa.array(more))
    return pa.table(
        {
            "organization_id": pa.concat_arrays(
                [make_id("helpdesk", known), make_id("helpdesk", beside)]
            ),
            "index": pa.array([0] * len(known) + [1] * len(beside), pa.int64()),
            "domain_name": pa.concat_arrays([first, join("mail.", second)]),
        }
    )


def users(lander: Lander) -> pa.Table:
    """One end user an organisation, the company's own agents, and a few users who were removed."""
    rows = lander.customers
    orgs = lander.t["organisations"].take(pa.array(rows))
    since = moments(as_days(orgs["customer_since"]))
    asking = pa.table(
        {
            "id": make_id("requester", rows),
            "organization_id": make_id("helpdesk", rows),
            "name": join("Service desk of ", orgs["name"]),
            "email": join("servicedesk@", orgs["domain"]),
            "role": same("end-user", len(rows)),
            "active": same(True, len(rows)),
            "created_at": since,
            "updated_at": since,
        }
    )
    removed = asking.slice(0, 0 if lander.world.scenario.tidy else N_REMOVED_USERS)
    removed = removed.set_column(0, "id", join("gone_", removed["id"]))
    removed = removed.set_column(5, "active", same(False, len(removed)))
    start = moments(np.full(N_AGENTS, lander.world.scenario.start, dtype=np.int32))
    agents = pa.table(
        {
            "id": make_id("agent", np.arange(N_AGENTS)),
            "organization_id": pa.nulls(N_AGENTS, pa.string()),
            "name": same("Agent", N_AGENTS),
            "email": same("support@lumenfold.com", N_AGENTS),
            "role": same("agent", N_AGENTS),
            "active": same(True, N_AGENTS),
            "created_at": start,
            "updated_at": start,
        }
    )
    return pa.concat_tables([asking, removed, agents])


def tickets(lander: Lander, landing: str) -> pa.Table:
    rows = landed_rows(lander)
    t = lander.t["tickets"].take(pa.array(rows))
    account, closed = as_rows(t["account"]), as_days(t["closed"])
    opened = plain(t["opened"]).cast(pa.string())
    done = closed != NONE
    # solved tickets close themselves after four days
    settled = done & (closed + 4 <= lander.end)
    last = np.where(settled, closed + 4, closed).astype(np.int32)
    nobody = pa.scalar(None, pa.string())
    partner = make_id("portal", as_rows(t["partner"]))
    merged_into = np.full(len(rows), "[]", dtype=object)
    for i in range(0 if lander.world.scenario.tidy else min(N_MERGED, len(rows)) // 2):
        merged_into[-1 - i] = f'["mer_{i + 1}"]'
    real = pa.table(
        {
            "id": make_id("ticket", rows),
            "organization_id": pc.if_else(
                pa.array(by_requester(rows)), nobody, make_id("helpdesk", account)
            ),
            "requester_id": make_id("requester", account),
            "priority": text_column(PRIORITIES, as_codes(t["severity"])),
            "status": text_column(["open", "solved", "closed"], done.astype(int) + settled),
            "merged_ticket_ids": pa.array(merged_into.tolist(), pa.string()),
            "created_at": opened,
            "updated_at": pc.coalesce(moments(last, LAST_SECOND), opened),
            "tags": tag_list(lander, rows),
            "partner": partner,
        }
    )
    made = [real]
    tidy = lander.world.scenario.tidy
    for name, n, status, tag in (
        ()
        if tidy
        else (
            ("del", N_DELETED, "deleted", "[]"),
            ("mer", N_MERGED, "closed", '["closed_by_merge"]'),
        )
    ):
        part = real.slice(0, n)
        values = {
            "id": pa.array([f"{name}_{i + 1}" for i in range(len(part))], pa.string()),
            "status": same(status, len(part)),
            "tags": same(tag, len(part)),
            "merged_ticket_ids": same("[]", len(part)),
        }
        made.append(replaced(part, values))
    nobodys = real.slice(0, 0 if tidy else 1)
    made.append(
        replaced(
            nobodys,
            {
                "id": same("nobody_1", len(nobodys)),
                "organization_id": pa.nulls(len(nobodys), pa.string()),
                "requester_id": same("req_missing", len(nobodys)),
            },
        )
    )
    table = pa.concat_tables(made)
    partner = table["partner"]
    if landing == "fivetran":
        return table.drop_columns(["tags", "partner"]).append_column("custom_partner", partner)
    listed = pc.coalesce(join(f'[{{"id": {PARTNER_FIELD}, "value": "', partner, '"}]'), "[]")
    table = table.drop_columns(["merged_ticket_ids", "partner"])
    return table.append_column("custom_fields", listed)


def tags(lander: Lander) -> pa.Table:
    rows = landed_rows(lander)
    escalated = rows[is_escalated(lander, rows)]
    other = rows[rows % 7 == 0]
    n_merged = 0 if lander.world.scenario.tidy else min(N_MERGED, len(rows))
    merged = [f"mer_{i + 1}" for i in range(n_merged)]
    return pa.table(
        {
            "ticket_id": pa.concat_arrays(
                [
                    make_id("ticket", escalated),
                    make_id("ticket", other),
                    # the others are named by the ticket they were merged into
                    pa.array(merged[len(merged) // 2 :], pa.string()),
                ]
            ),
            "tag": pa.concat_arrays(
                [
                    same("escalated", len(escalated)),
                    same("billing", len(other)),
                    same("closed_by_merge", len(merged) - len(merged) // 2),
                ]
            ),
        }
    )


def history(lander: Lander) -> pa.Table:
    """Solved once; a rating offered, answered, and by some answered again."""
    rows = landed_rows(lander)
    done = rows[as_days(lander.t["tickets"]["closed"])[rows] != NONE]
    asked = done[rated(lander, done)]
    again = asked[changed_mind(asked)]
    score = as_floats(lander.t["tickets"]["csat"])
    blocks = [
        (done, "status", same("solved", len(done)), 0),
        (asked, "satisfaction_score", same("offered", len(asked)), 1),
        (again, "satisfaction_score", words(1 - score[again]), 10),
        (asked, "satisfaction_score", words(score[asked]), 30),
    ]
    closed = as_days(lander.t["tickets"]["closed"])
    return pa.concat_tables(
        pa.table(
            {
                "ticket_id": make_id("ticket", at),
                "field_name": same(field, len(at)),
                "value": value,
                "updated": moments(closed[at], LAST_SECOND + late),
            }
        )
        for at, field, value, late in blocks
    )


def metrics(lander: Lander) -> pa.Table:
    rows = landed_rows(lander)
    closed = as_days(lander.t["tickets"]["closed"])[rows]
    return pa.table(
        {
            "id": make_id("metric", rows),
            "ticket_id": make_id("ticket", rows),
            "solved_at": moments(closed, LAST_SECOND),
        }
    )


def ratings(lander: Lander) -> pa.Table:
    rows = landed_rows(lander)
    rows = rows[rated(lander, rows)]
    closed = as_days(lander.t["tickets"]["closed"])[rows]
    score = as_floats(lander.t["tickets"]["csat"])[rows]
    offered = rows[::40]
    return pa.table(
        {
            "id": pa.concat_arrays([make_id("rating", rows), make_id("offer", offered)]),
            "ticket_id": pa.concat_arrays([make_id("ticket", rows), make_id("ticket", offered)]),
            "score": pa.concat_arrays([words(score), same("offered", len(offered))]),
            "created_at": pa.concat_arrays(
                [moments(closed, LAST_SECOND + 1), moments(closed[::40], LAST_SECOND + 1)]
            ),
            "updated_at": pa.concat_arrays(
                [moments(closed, LAST_SECOND + 30), moments(closed[::40], LAST_SECOND + 1)]
            ),
        }
    )


# --- what the tables are made of ---------------------------------------------------------------


def landed_rows(lander: Lander) -> np.ndarray:
    """Tickets that the help desk knows; every tenth is a case in the CRM."""
    rows = np.arange(len(lander.t["tickets"]))
    return rows[rows % 10 != 9]


def by_requester(rows: np.ndarray) -> np.ndarray:
    return rows % 20 == 3


def changed_mind(rows: np.ndarray) -> np.ndarray:
    return rows % 50 == 1


def rated(lander: Lander, rows: np.ndarray) -> np.ndarray:
    return lander.t["tickets"]["csat"].is_valid().to_numpy()[rows]


def is_escalated(lander: Lander, rows: np.ndarray) -> np.ndarray:
    return plain(lander.t["tickets"]["escalated"]).to_numpy(zero_copy_only=False)[rows]


def first_domains(lander: Lander) -> pa.Array:
    """Each customer's domain as the help desk lists it; null where it lists none."""
    landed = lander.helpdesk_accounts(lander.customers)["domain"]
    return pc.replace_substring_regex(landed, "^https://www[.]|/$", "")


def second_domain(lander: Lander) -> np.ndarray:
    return (lander.customers % 20 == 7) & first_domains(lander).is_valid().to_numpy(False)


def tag_list(lander: Lander, rows: np.ndarray) -> pa.Array:
    code = 2 * is_escalated(lander, rows).astype(int) + (rows % 7 == 0)
    lists = ["[]", '["billing"]', '["escalated"]', '["escalated", "billing"]']
    return text_column(lists, code)


def words(score: np.ndarray) -> pa.Array:
    return text_column(["bad", "good"], score.astype(int))


def moments(days: np.ndarray, second: int = 0) -> pa.Array:
    """Days and a second of the day as text; none is null."""
    stamp = pa.array(days.astype(np.int64) * 86_400 + second, mask=days == NONE)
    return stamp.cast(pa.timestamp("s")).cast(pa.string())


def replaced(table: pa.Table, values: dict[str, pa.Array]) -> pa.Table:
    for name, column in values.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table
