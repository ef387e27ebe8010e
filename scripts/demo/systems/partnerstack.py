"""PartnerStack, as Airbyte lands it: objects as JSON text, times in milliseconds since 1970, amounts in hundredths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract_rows import Lander, make_id, same
from ..mess import full_names
from ..names import FREE_MAIL
from ..tabular import as_codes, as_days, as_floats, as_rows, join, pick, plain, rng_for, text_column

LANDINGS = ("airbyte",)
SOURCE = "partnerstack"
GROUPS = {
    "referral": "Referral Partners",
    "reseller": "Resellers",
    "services": "Services Partners",
    "technology": "Technology Partners",
    "advisor": "Advisors",
    "marketplace": "Marketplaces",
}
# how a lead or deal spells its company: as known, with the legal form, in capitals, under a former name as well
SPELLINGS = [0.55, 0.2, 0.15, 0.1]
# what is known of its contact: an address of the company, a free-mail address, none
CONTACTS = [0.93, 0.04, 0.03]
CUSTOM_FIELDS = {
    name: f"field_data:{name}"
    for name in ("quality", "duration_minutes", "sharing_scope", "retain_until", "tier", "left_at")
}
N_TEST = 3
N_DECLINED = 3
N_PENDING = 2
N_RESENT = 5


def tables(lander: Lander, landing: str) -> dict[str, pa.Table]:
    made = {
        "partnerships": partnerships(lander),
        "customers": customers(lander),
        "leads": handed_in(lander, "referral"),
        "deals": handed_in(lander, "deal_registration"),
        "transactions": transactions(lander),
        "rewards": rewards(lander),
    }
    return {name: with_landing(lander, table) for name, table in made.items()}


def planted(lander: Lander) -> dict[str, int]:
    """What is untidy on purpose; each reason for a reject is planted once."""
    if lander.world.scenario.tidy:
        return {}
    counts: dict[str, int] = {
        "test_customers": N_TEST,
        "test_transactions": N_TEST,
        "declined_rewards": N_DECLINED,
        "pending_rewards": N_PENDING,
        "reward_without_number": 1,
        "reward_of_unknown_status": 1,
        "lead_of_unknown_partner": 1,
        "lead_without_date": 1,
        "deal_of_unknown_partner_and_opportunity": 1,
        "resent_deals": min(N_RESENT, len(handed_rows(lander, "deal_registration"))),
    }
    for kind, name in (("referral", "leads"), ("deal_registration", "deals")):
        spelling, contact = dress(lander, kind)
        counts[f"{name}_with_legal_form"] = int((spelling == 1).sum())
        counts[f"{name}_in_capitals"] = int((spelling == 2).sum())
        counts[f"{name}_with_former_name"] = int((spelling == 3).sum())
        counts[f"{name}_with_free_mail"] = int((contact == 1).sum())
        counts[f"{name}_without_domain"] = int((contact == 2).sum())
    return counts


def owners(lander: Lander) -> pa.Table:
    blocks = []
    for kind, name in (("referral", "lead"), ("deal_registration", "deal")):
        rows = handed_rows(lander, kind)
        account = as_rows(lander.t["touches"]["account"])[rows]
        blocks.append(("accounts", join(f"{name}_", make_id(f"portal {name}", rows)), account))
    account = brought(lander)[0]
    blocks.append(("accounts", join("customer_", make_id("portal customer", account)), account))
    firm = np.arange(len(lander.t["partners"]))
    blocks.append(("partners", make_id("portal", firm), lander.n + 1 + firm))
    return pa.concat_tables(
        pa.table(
            {
                "stream": same(stream, len(ids)),
                "source": same(SOURCE, len(ids)),
                "source_id": ids,
                "organisation": pa.array(np.asarray(rows, dtype=np.int32)),
            }
        )
        for stream, ids, rows in blocks
    )


# --- tables ---------------------------------------------------------------------------------


def partnerships(lander: Lander) -> pa.Table:
    t = lander.t["partners"]
    rows = np.arange(len(t))
    group = [GROUPS[kind] for kind in plain(t["type"]).to_pylist()]
    joined, left = milliseconds(t["joined"]), milliseconds(t["left"])
    return pa.table(
        {
            "key": make_id("partnership", rows),
            "partner_key": make_id("portal", rows),
            "email": join("partners@", t["domain"]),
            "first_name": same("Partner", len(t)),
            "last_name": same("Desk", len(t)),
            "team": json_object(name=plain(t["name"])),
            "group": json_object(name=pa.array(group, pa.string())),
            "manager": json_object(name=plain(t["manager"])),
            "field_data": json_object(
                country=plain(t["country"]), tier=plain(t["tier"]), left_at=as_text(left)
            ),
            "is_archived": left.is_valid(),
            "joined_at": joined,
            "created_at": joined,
            "updated_at": pc.coalesce(left, joined),
        }
    )


def customers(lander: Lander) -> pa.Table:
    """Customers whose first contract a partner brought, and a few made to try something out."""
    account, partner, day = brought(lander)
    orgs = lander.t["organisations"].take(pa.array(account))
    made = pa.array(day.astype(np.int64) * 86_400_000)
    real = pa.table(
        {
            "key": make_id("portal customer", account),
            "customer_key": make_id("crm", account),
            "name": plain(orgs["name"]),
            "email": join("billing@", orgs["domain"]),
            "field_data": json_object(country=plain(orgs["country"])),
            "partner_key": make_id("portal", partner),
            "partnership_key": make_id("partnership", partner),
            "source_type": same("link", len(account)),
            "test": same(False, len(account)),
            "created_at": made,
            "updated_at": made,
        }
    )
    return with_mess(lander, real, again(real, N_TEST, key="test_", customer_key="test_"))


def handed_in(lander: Lander, kind: str) -> pa.Table:
    """Leads, or deals, that partners stated in the portal."""
    rows = handed_rows(lander, kind)
    name = "lead" if kind == "referral" else "deal"
    t = lander.t["touches"].take(pa.array(rows))
    orgs = lander.t["organisations"].take(t["account"].combine_chunks())
    spelling, contact = dress(lander, kind)
    known, form = plain(orgs["name"]), plain(orgs["legal_form"])
    company = pc.choose(
        pa.array(spelling),
        known,
        full_names(known, form),
        pc.utf8_upper(known),
        join(known, " (f/k/a ", pc.utf8_slice_codeunits(known, 0, 4), "ona Works)"),
    )
    company = lander.world.mess.overlaid("portal", "name", company, as_rows(t["account"]))
    free = join("buyer", pa.array(rows % 9973).cast(pa.string()), "@", free_mail(rows))
    email = pc.choose(
        pa.array(contact), join("buyer@", orgs["domain"]), free, pa.nulls(len(rows), pa.string())
    )
    # where no domain tells, the form asks for the country
    asked = pa.array((contact > 0) | (lander.dress.crm_domain[as_rows(t["account"])] == 2))
    country = pc.if_else(asked, plain(orgs["country"]), pa.scalar(None, pa.string()))
    made = pc.multiply(plain(t["occurred"]).cast(pa.int64()), 1000)
    form_fields = {
        "country": country,
        "quality": as_text(t["quality"]),
        "duration_minutes": as_text(t["minutes"]),
        "sharing_scope": pc.if_else(plain(t["restricted"]), "restricted", "open"),
        "retain_until": as_text(t["retain_until"]),
    }
    columns: dict[str, Any] = {
        "key": make_id(f"portal {name}", rows),
        "partner_key": make_id("portal", as_rows(t["partner"])),
        "external_key": make_id("deal", as_rows(t["deal"])),
    }
    if name == "lead":
        columns |= {
            "field_data": json_object(company=company, email=email, **form_fields),
            "status": same("accepted", len(rows)),
            "approved": same(True, len(rows)),
        }
    else:
        columns |= {
            "account_name": company,
            "field_data": json_object(contact_email=email, **form_fields),
            "source": pc.if_else(pa.array(stated_sourcing(lander, rows)), "partner", "crm"),
            "stage": same("registered", len(rows)),
        }
    real = pa.table(columns | {"created_at": as_text(made), "updated_at": made})
    if name == "lead":
        return with_mess(
            lander,
            real,
            again(real, 1, key="stray_", partner_key=same("ptn_missing", 1)),
            again(real, 1, key="undated_", created_at=same("soon", 1)),
        )
    # an older version of a few, as an append-only landing keeps it
    older = real.slice(0, N_RESENT)
    older = older.set_column(
        older.column_names.index("stage"), "stage", same("submitted", len(older))
    )
    older = older.set_column(
        older.column_names.index("updated_at"), "updated_at", pc.subtract(older["updated_at"], 1000)
    )
    stray = again(
        real,
        1,
        key="stray_",
        partner_key=same("ptn_missing", 1),
        external_key=same("opp_missing", 1),
        source=same("partner", 1),
    )
    return with_mess(lander, real, older, stray)


def transactions(lander: Lander) -> pa.Table:
    """Contract terms of customers that a partner brought, as payments."""
    account, _, day = brought(lander)
    since = np.full(lander.n, np.iinfo(np.int32).max)
    since[account] = day
    t = lander.t["terms"]
    rows = np.flatnonzero(as_days(t["started"]) >= since[as_rows(t["account"])])
    t = t.take(pa.array(rows))
    paid = milliseconds(t["started"])
    real = pa.table(
        {
            "key": make_id("transaction", rows),
            "customer_key": make_id("crm", as_rows(t["account"])),
            "amount": as_text(cents(t["arr"])),
            "currency": same("USD", len(rows)),
            "approved": same(True, len(rows)),
            "product_key": plain(t["product"]),
            "test": same(False, len(rows)),
            "created_at": paid,
            "updated_at": paid,
        }
    )
    return with_mess(lander, real, again(real, N_TEST, key="test_"))


def rewards(lander: Lander) -> pa.Table:
    """Commissions; other costs of partners are not in the portal."""
    t = lander.t["partner_costs"]
    rows = np.flatnonzero(pc.equal(plain(t["kind"]), "commission").to_numpy(zero_copy_only=False))
    t = t.take(pa.array(rows))
    earned = milliseconds(t["incurred"])
    firm = as_rows(t["partner"])
    old = pa.array(as_days(t["incurred"]) < lander.end - 60)
    real = pa.table(
        {
            "key": make_id("cost", rows),
            "partnership": json_object(
                key=make_id("partnership", firm), partner_key=make_id("portal", firm)
            ),
            "amount": as_text(cents(t["amount"])),
            "reward_status": pc.if_else(old, "paid", "approved"),
            "created_at": earned,
            "updated_at": earned,
        }
    )
    return with_mess(
        lander,
        real,
        again(real, N_DECLINED, key="declined_", reward_status=same("declined", N_DECLINED)),
        again(real, N_PENDING, key="pending_", reward_status=same("pending", N_PENDING)),
        again(real, 1, key="worded_", amount=same("n/a", 1)),
        again(real, 1, key="odd_", reward_status=same("on the moon", 1)),
    )


# --- what the tables are made of ---------------------------------------------------------------


def handed_rows(lander: Lander, kind: str) -> np.ndarray:
    """Rows of the world's touches that partners stated in the portal, of one type."""
    t = lander.t["touches"]
    here = pc.and_(pc.equal(plain(t["origin"]), "portal"), pc.equal(plain(t["type"]), kind))
    return np.flatnonzero(here.to_numpy(zero_copy_only=False))


def dress(lander: Lander, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Spelling and contact of each lead or deal. Without the company's domain the name is as known."""
    rows = handed_rows(lander, kind)
    if lander.world.scenario.tidy:
        return np.zeros(len(rows), dtype=int), np.zeros(len(rows), dtype=int)
    rng = rng_for(lander.world.scenario.seed, f"partnerstack {kind}")
    spelling, contact = pick(rng, SPELLINGS, len(rows)), pick(rng, CONTACTS, len(rows))
    account = as_rows(lander.t["touches"]["account"])[rows]
    bare = lander.dress.crm_domain[account] == 2
    return np.where((contact > 0) | bare, 0, spelling), contact


def brought(lander: Lander) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Accounts whose first contract a partner brought, that partner, and the contract's first day."""
    spells = lander.t["spells"]
    account, day = as_rows(spells["account"]), as_days(spells["started"])
    partner = as_rows(lander.t["deals"]["source_partner"])[as_rows(spells["deal"])]
    order = np.argsort(day, kind="stable")
    _, first = np.unique(account[order], return_index=True)
    first = order[first]
    first = first[partner[first] >= 0]
    return account[first], partner[first], day[first]


def stated_sourcing(lander: Lander, rows: np.ndarray) -> np.ndarray:
    """Whether the partner of each touch is stated to have brought its deal."""
    roles, touches = lander.t["deal_partners"], lander.t["touches"]
    size = len(lander.t["partners"])
    sourcing = as_codes(roles["role"]) == 0
    stated = (as_rows(roles["deal"]).astype(np.int64) * size + as_rows(roles["partner"]))[sourcing]
    asked = as_rows(touches["deal"])[rows].astype(np.int64) * size
    return np.isin(asked + as_rows(touches["partner"])[rows], stated)


def free_mail(rows: np.ndarray) -> pa.Array:
    return text_column(FREE_MAIL, rows % len(FREE_MAIL))


# --- form ---------------------------------------------------------------------------------------


def with_landing(lander: Lander, table: pa.Table) -> pa.Table:
    """The loader's own column."""
    day = np.datetime64("1970-01-01") + np.timedelta64(lander.end, "D")
    return table.append_column("_airbyte_extracted_at", same(f"{day} 23:30:00+00:00", len(table)))


def with_mess(lander: Lander, real: pa.Table, *mess: pa.Table) -> pa.Table:
    """Rows as they are, and where the world is not tidy what is planted beside them."""
    return real if lander.world.scenario.tidy else pa.concat_tables([real, *mess])


def again(table: pa.Table, n: int, **changed: Any) -> pa.Table:
    """The first n rows once more with other values: a text is put before the old one, an array replaces."""
    part = table.slice(0, n)
    for name, value in changed.items():
        old = plain(part[name])
        values = join(value, old) if isinstance(value, str) else value.slice(0, len(part))
        part = part.set_column(part.column_names.index(name), name, values)
    if "test" in part.column_names:
        part = part.set_column(part.column_names.index("test"), "test", same(True, len(part)))
    return part


def milliseconds(column: pa.ChunkedArray) -> pa.Array:
    """Dates as milliseconds since 1970."""
    return plain(column).cast(pa.timestamp("ms")).cast(pa.int64())


def cents(column: pa.ChunkedArray) -> pa.Array:
    return pa.array(np.round(as_floats(column) * 100).astype(np.int64))


def as_text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return plain(column).cast(pa.string())


def json_object(**fields: pa.Array) -> pa.Array:
    """JSON text of one object a row; every value is text or null."""
    parts: list[pa.Array | str] = []
    for name, values in fields.items():
        escaped = pc.replace_substring(pc.replace_substring(values, "\\", "\\\\"), '"', '\\"')
        quoted = pc.coalesce(join('"', escaped, '"'), pa.scalar("null"))
        parts += [("{" if not parts else ", ") + f'"{name}": ', quoted]
    return join(*parts, "}")
