"""Rows of a world as rows of the contract, with the mess that real systems have.

Every stream carries `source` and `source_id`; a reference into another system has its twin
`<name>_source`. The mess is added here, not in the world: records without a domain, names in
another dress, free-mail addresses, second records of one organisation; and over these, for the
organisations that are hard to tell, what world.mess has each system say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .mess import full_names
from .names import FREE_MAIL, VENDOR_DOMAIN, VENDOR_NAME, Pools
from .tabular import (
    as_codes,
    as_days,
    as_rows,
    day_column,
    join,
    pick,
    plain,
    ref_column,
    rng_for,
    text_column,
)
from .world import World

CHUNK = 400_000
STREAMS = [
    "accounts",
    "account_links",
    "partners",
    "partner_costs",
    "people",
    "opportunities",
    "opportunity_partners",
    "opportunity_people",
    "touches",
    "relationships",
    "milestones",
    "subscriptions",
    "usage",
    "setup_events",
    "signals",
    "tickets",
    "feedback",
    "needs",
    "solutions",
    "actions",
]
PREFIXES = {
    "crm": "acc_",
    "billing": "cus_",
    "product": "ws_",
    "helpdesk": "org_",
    "portal": "ptn_",
    "person": "con_",
    "staff": "rep_",
    "deal": "opp_",
    "solution": "sol_",
}
STAGES = ["Discovery", "Closed won", "Closed lost"]
Row = dict[str, Any]


def make_id(kind: str, rows: np.ndarray) -> pa.Array:
    """Stable, scattered identifiers of rows (negative is null) with the prefix of their kind."""
    rows = np.asarray(rows, dtype=np.int64)
    number = (rows * 387_420_489 + sum(kind.encode()) * 1_000_003) % 1_000_000_000
    digits = pc.utf8_lpad(pa.array(number, mask=rows < 0).cast(pa.string()), 9, "0")
    return join(PREFIXES.get(kind, kind[:3] + "_"), digits)


def same(value: Any, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), n)


def where_set(reference: pa.Array, source: str) -> pa.Array:
    """The twin column: the other system's name wherever the reference is set."""
    return pc.if_else(reference.is_valid(), source, pa.scalar(None, pa.string()))


@dataclass(frozen=True)
class Dress:
    """How each organisation (n,) appears in each system; codes are explained where used."""

    crm_domain: np.ndarray
    billing_name: np.ndarray
    billing_domain: np.ndarray
    product_domain: np.ndarray
    helpdesk_name: np.ndarray
    helpdesk_domain: np.ndarray
    renamed: np.ndarray
    duplicated: np.ndarray


def dress(world: World) -> Dress:
    """Draw the mess. Where no domain is shared, name and country are the same to the letter."""
    sc, orgs = world.scenario, world.tables["organisations"]
    rng = rng_for(sc.seed, "dress")
    n = sc.n_accounts
    if sc.tidy:
        same_everywhere = np.zeros(n, dtype=np.int32)
        nobody = np.zeros(n, dtype=bool)
        return Dress(*[same_everywhere] * 6, renamed=nobody, duplicated=nobody)
    crm_domain = pick(rng, [0.95, 0.03, 0.02], n)
    billing_name = pick(rng, [0.4, 0.5, 0.1], n)
    billing_domain = pick(rng, [0.96, 0.04], n)
    product_domain = pick(rng, [0.6, 0.34, 0.03, 0.03], n)
    helpdesk_name = pick(rng, [0.78, 0.2, 0.02], n)
    helpdesk_domain = pick(rng, [0.95, 0.02, 0.03], n)
    bare = crm_domain == 2
    customer = orgs["customer_since"].is_valid().to_numpy()
    renamed = customer & ~bare & (rng.random(n) < 0.004)
    by_name = bare | renamed
    return Dress(
        crm_domain=crm_domain,
        billing_name=np.where((billing_domain == 1) | bare, 0, billing_name),
        billing_domain=np.where(renamed, 1, billing_domain),
        product_domain=product_domain,
        helpdesk_name=np.where((helpdesk_domain == 2) | by_name, 0, helpdesk_name),
        helpdesk_domain=helpdesk_domain,
        renamed=renamed,
        duplicated=~by_name & (rng.random(n) < 0.01),
    )


class Lander:
    """Turns rows of a world into rows of the contract."""

    def __init__(self, world: World) -> None:
        self.world, self.t = world, world.tables
        self.n = world.scenario.n_accounts
        self.end = world.scenario.end
        self.dress = dress(world)
        orgs = self.t["organisations"]
        self.customers = np.flatnonzero(orgs["customer_since"].is_valid().to_numpy())
        self.workspaces = np.flatnonzero(orgs["workspace_opened"].is_valid().to_numpy())

    # --- accounts ------------------------------------------------------------------------

    def _account(self, source: str, rows: np.ndarray, **columns: pa.Array) -> Row:
        n = len(rows)
        order = [
            "name",
            "domain",
            "country",
            "region",
            "city",
            "address",
            "postal_code",
            "phone",
            "industry",
            "segment",
            "employees",
            "annual_revenue",
            "account_type",
            "parent_id",
            "owner",
            "created_at",
        ]
        kinds = {"employees": pa.int32(), "annual_revenue": pa.float64(), "created_at": pa.date32()}
        out: Row = {
            "source": same(source, n),
            "source_id": columns.get("source_id", make_id(source, rows)),
        }
        for name in order:
            out[name] = columns.get(name, pa.nulls(n, kinds.get(name, pa.string())))
        return out | _stamps(out["created_at"])

    def _as_spelt(self, system: str, rows: np.ndarray, out: Row) -> Row:
        """The rows with what this system says of organisations that are hard to tell."""
        mess = self.world.mess
        return out | {
            name: mess.overlaid(system, name, plain(out[name]), rows)
            for name in mess.spelt.get(system, {})
        }

    def _names(self, rows: np.ndarray, code: np.ndarray) -> pa.Array:
        """0 as known, 1 with the legal form, 2 in capitals."""
        orgs = self.t["organisations"].take(pa.array(rows))
        name, form = plain(orgs["name"]), plain(orgs["legal_form"])
        return pc.choose(pa.array(code), name, full_names(name, form), pc.utf8_upper(name))

    def _domains(self, rows: np.ndarray, code: np.ndarray) -> pa.Array:
        """0 plain, 1 a web address, 2 absent, 3 an e-mail address, 4 a free-mail address."""
        domain = plain(self.t["organisations"]["domain"].take(pa.array(rows)))
        n = len(rows)
        free = join(
            "team",
            pa.array(rows % 9973).cast(pa.string()),
            "@",
            text_column(FREE_MAIL, rows % len(FREE_MAIL)),
        )
        return pc.choose(
            pa.array(code),
            domain,
            join("https://www.", domain, "/"),
            pa.nulls(n, pa.string()),
            join("it@", domain),
            free,
        )

    def crm_accounts(self, rows: np.ndarray) -> Row:
        orgs = self.t["organisations"].take(pa.array(rows))
        customer = orgs["customer_since"].is_valid()
        rng = rng_for(self.world.scenario.seed, "unknown sizes")
        unknown = rng.random(self.n)[rows] < 0.02
        employees = plain(orgs["employees"])
        parent = as_rows(orgs["parent"])
        stated = np.where(np.isin(rows, self.world.mess.unstated), -1, parent)
        made = self._account(
            "crm",
            rows,
            name=plain(orgs["name"]),
            domain=self._domains(rows, self.dress.crm_domain[rows]),
            country=plain(orgs["country"]),
            region=plain(orgs["region"]),
            city=plain(orgs["city"]),
            address=plain(orgs["address"]),
            postal_code=plain(orgs["postal_code"]),
            phone=plain(orgs["phone"]),
            industry=plain(orgs["industry"]),
            employees=pc.if_else(pa.array(unknown), pa.scalar(None, pa.int32()), employees),
            annual_revenue=plain(orgs["annual_revenue"]),
            account_type=plain(pc.if_else(customer, "customer", "prospect")),
            parent_id=make_id("crm", stated),
            owner=plain(orgs["owner"]),
            created_at=plain(orgs["created"]),
        )
        return self._as_spelt("crm", rows, made)

    def own_and_partner_accounts(self, rows: np.ndarray) -> Row:
        """Row 0 is the vendor itself; the others are the partners, as the CRM keeps them."""
        firms = self.t["partners"]
        begun = np.concatenate([[self.world.scenario.start - 400], as_days(firms["joined"])])
        kind = np.where(rows == 0, "own", "partner")
        return self._account(
            "crm",
            rows + self.n,
            source_id=make_id("crm", rows + self.n),
            name=pa.array([VENDOR_NAME, *firms["name"].to_pylist()]).take(pa.array(rows)),
            domain=pa.array([VENDOR_DOMAIN, *firms["domain"].to_pylist()]).take(pa.array(rows)),
            country=pa.array(["US", *firms["country"].to_pylist()]).take(pa.array(rows)),
            account_type=pa.array(kind.tolist(), pa.string()),
            created_at=day_column(begun[rows].astype(np.int32)),
        )

    def duplicate_accounts(self, rows: np.ndarray) -> Row:
        """A second CRM record of the same organisation: capitals, the same domain."""
        orgs = self.t["organisations"].take(pa.array(rows))
        day = np.minimum(as_days(orgs["created"]) + 45, self.end)
        return self._account(
            "crm",
            rows,
            source_id=make_id("duplicate", rows),
            name=self._names(rows, np.full(len(rows), 2)),
            domain=plain(orgs["domain"]),
            country=plain(orgs["country"]),
            account_type=same("prospect", len(rows)),
            created_at=day_column(day),
        )

    @property
    def second_rows(self) -> np.ndarray:
        """Organisations with a second account that nobody has merged."""
        return self.world.mess.of("second_account")

    def second_accounts(self, rows: np.ndarray) -> Row:
        """A second CRM record that a representative made: name in a hurry, and little else."""
        orgs = self.t["organisations"].take(pa.array(rows))
        day = np.minimum(as_days(orgs["created"]) + 200, self.end)
        made = self._account(
            "crm",
            rows,
            source_id=make_id("second", rows),
            account_type=same("prospect", len(rows)),
            created_at=day_column(day),
        )
        return self._as_spelt("second", rows, made)

    def billing_accounts(self, rows: np.ndarray) -> Row:
        orgs = self.t["organisations"].take(pa.array(rows))
        pools = Pools(self.world.scenario.seed) if self.dress.renamed[rows].any() else None
        name = self._names(rows, self.dress.billing_name[rows])
        if pools is not None:
            former = text_column(pools.family, rows % len(pools.family))
            former = join(former, "Ventures", pa.array(rows).cast(pa.string()), sep=" ")
            name = pc.if_else(pa.array(self.dress.renamed[rows]), former, name)
        made = self._account(
            "billing",
            rows,
            name=name,
            domain=self._domains(rows, self.dress.billing_domain[rows] * 2),
            country=plain(orgs["country"]),
            city=plain(orgs["city"]),
            address=plain(orgs["address"]),
            postal_code=plain(orgs["postal_code"]),
            phone=self._dialled(rows),
            account_type=same("customer", len(rows)),
            created_at=plain(orgs["customer_since"]),
        )
        return self._as_spelt("billing", rows, made)

    def _dialled(self, rows: np.ndarray) -> pa.Array:
        """Telephone numbers as billing has them: without spaces, and of some customers only."""
        phone = plain(self.t["organisations"]["phone"].take(pa.array(rows)))
        if self.world.scenario.tidy:
            return phone
        given = rng_for(self.world.scenario.seed, "billing phones").random(self.n)[rows] < 0.6
        bare = pc.replace_substring(phone, " ", "")
        return pc.if_else(pa.array(given), bare, pa.scalar(None, pa.string()))

    def product_accounts(self, rows: np.ndarray) -> Row:
        orgs = self.t["organisations"].take(pa.array(rows))
        forms = np.array([0, 3, 4, 1])[self.dress.product_domain[rows]]
        made = self._account(
            "product",
            rows,
            name=plain(orgs["name"]),
            domain=self._domains(rows, forms),
            country=plain(orgs["country"]),
            created_at=plain(orgs["workspace_opened"]),
        )
        return self._as_spelt("product", rows, made)

    def helpdesk_accounts(self, rows: np.ndarray) -> Row:
        orgs = self.t["organisations"].take(pa.array(rows))
        made = self._account(
            "helpdesk",
            rows,
            name=self._names(rows, self.dress.helpdesk_name[rows]),
            domain=self._domains(rows, self.dress.helpdesk_domain[rows]),
            country=plain(orgs["country"]),
            created_at=plain(orgs["customer_since"]),
        )
        return self._as_spelt("helpdesk", rows, made)

    def account_links(self, rows: np.ndarray) -> Row:
        """Row i: a billing record under a former name is the same organisation as a CRM record."""
        account = np.flatnonzero(self.dress.renamed)[rows]
        since = as_days(self.t["organisations"]["customer_since"])[account]
        decided = day_column(np.minimum(since + 20, self.end))
        n = len(rows)
        return {
            "source": same("crm", n),
            "source_id": make_id("link", rows),
            "account_id": make_id("crm", account),
            "other_source": same("billing", n),
            "other_id": make_id("billing", account),
            "link": same("same_as", n),
            "decided_by": same("data steward", n),
            "decided_at": decided,
        } | _stamps(decided)

    def known_by_domain(self) -> np.ndarray:
        """Whether any record of each organisation (n,) carries the domain of its people's addresses."""
        look, n = self.dress, self.n
        customer, workspace = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        customer[self.customers], workspace[self.workspaces] = True, True
        known = (look.crm_domain != 2) | look.duplicated
        known |= customer & ((look.billing_domain == 0) | (look.helpdesk_domain != 2))
        known |= workspace & (look.product_domain != 2)
        hard = self.world.mess.touched
        known[hard] = False
        domains = self.t["organisations"]["domain"]
        for make, rows in self.parts("accounts"):
            if make == self.own_and_partner_accounts:
                continue
            here = np.intersect1d(rows, hard)
            found = zip(
                make(here)["domain"].to_pylist(),
                domains.take(pa.array(here)).to_pylist(),
                strict=True,
            )
            known[here] |= np.array([own in (text or "") for text, own in found], dtype=bool)
        return known

    # --- partners and people ---------------------------------------------------------------

    def partners(self, rows: np.ndarray) -> Row:
        t = self.t["partners"].take(pa.array(rows))
        left = t["left"].is_valid()
        return self._stream(
            "portal",
            "portal",
            rows,
            {
                "name": t["name"],
                "domain": t["domain"],
                "country": t["country"],
                "partner_type": t["type"],
                "tier": t["tier"],
                "status": pc.if_else(left, "ended", "active"),
                "joined_at": t["joined"],
                "left_at": t["left"],
                "manager": t["manager"],
            },
            pc.coalesce(t["left"], t["joined"]),
        )

    def partner_costs(self, rows: np.ndarray) -> Row:
        t = self.t["partner_costs"].take(pa.array(rows))
        return self._stream(
            "portal",
            "cost",
            rows,
            {
                "partner_id": make_id("portal", as_rows(t["partner"])),
                "kind": t["kind"],
                "amount": t["amount"],
                "currency": same("USD", len(rows)),
                "incurred_at": t["incurred"],
            },
            t["incurred"],
        )

    def _person_id(self, rows: np.ndarray) -> tuple[pa.Array, pa.Array]:
        """Identifiers of people, and the system that keeps them: contacts crm, staff portal."""
        staff = np.where(rows >= 0, self._is_staff()[np.maximum(rows, 0)], False)
        ids = pc.if_else(pa.array(staff), make_id("staff", rows), make_id("person", rows))
        source = pc.if_else(pa.array(staff), "portal", "crm")
        return ids, pc.if_else(ids.is_valid(), source, pa.scalar(None, pa.string()))

    def _is_staff(self) -> np.ndarray:
        if not hasattr(self, "_staff"):
            self._staff = as_rows(self.t["people"]["partner"]) >= 0
        return self._staff

    def people(self, rows: np.ndarray) -> Row:
        t = self.t["people"].take(pa.array(rows))
        ids, source = self._person_id(rows)
        out = self._stream(
            "crm",
            "person",
            rows,
            {
                "email": t["email"],
                "full_name": t["full_name"],
                "title": t["title"],
                "seniority": t["seniority"],
                "account_id": make_id("crm", as_rows(t["account"])),
                "partner_id": make_id("portal", as_rows(t["partner"])),
                "role": t["role"],
                "started_at": t["started"],
                "ended_at": t["ended"],
            },
            pc.coalesce(t["ended"], t["started"]),
        )
        return out | {"source": source, "source_id": ids}

    # --- deals -----------------------------------------------------------------------------

    def opportunities(self, rows: np.ndarray) -> Row:
        t = self.t["deals"].take(pa.array(rows))
        sourced = make_id("portal", as_rows(t["source_partner"]))
        return self._stream(
            "crm",
            "deal",
            rows,
            {
                "account_id": make_id("crm", as_rows(t["account"])),
                "kind": t["kind"],
                "amount": t["amount"],
                "currency": same("USD", len(rows)),
                "created_at": t["created"],
                "qualified_at": t["qualified"],
                "closed_at": t["closed"],
                "stage": text_column(STAGES, as_codes(t["status"])),
                "status": t["status"],
                "sourced_by_partner_id": sourced,
                "sourced_by_partner_source": where_set(sourced, "portal"),
                "lost_reason": t["lost_reason"],
            },
            pc.coalesce(t["closed"], t["qualified"], t["created"]),
        )

    def opportunity_partners(self, rows: np.ndarray) -> Row:
        t = self.t["deal_partners"].take(pa.array(rows))
        return self._stream(
            "crm",
            "deal_partner",
            rows,
            {
                "opportunity_id": make_id("deal", as_rows(t["deal"])),
                "partner_id": make_id("portal", as_rows(t["partner"])),
                "partner_source": same("portal", len(rows)),
                "role": t["role"],
                "is_primary": t["is_primary"],
                "declared_at": t["declared"],
            },
            t["declared"],
        )

    def opportunity_people(self, rows: np.ndarray) -> Row:
        t = self.t["deal_people"].take(pa.array(rows))
        return self._stream(
            "crm",
            "group",
            rows,
            {
                "opportunity_id": make_id("deal", as_rows(t["deal"])),
                "person_id": self._person_id(as_rows(t["person"]))[0],
                "role": t["role"],
                "added_at": t["added"],
            },
            t["added"],
        )

    # --- work and ties ---------------------------------------------------------------------

    def touches(self, rows: np.ndarray) -> Row:
        t = self.t["touches"].take(pa.array(rows))
        origin = plain(t["origin"])
        partner = make_id("portal", as_rows(t["partner"]))
        deal = make_id("deal", as_rows(t["deal"]))
        staff = make_id("staff", as_rows(t["partner_person"]))
        contact = make_id("person", as_rows(t["account_person"]))

        def twin(reference: pa.Array, home: str) -> pa.Array:
            return pc.if_else(
                pc.equal(origin, home), pa.scalar(None, pa.string()), where_set(reference, home)
            )

        account = make_id("crm", as_rows(t["account"]))
        return self._stream(
            "crm",
            "touch",
            rows,
            {
                "actor": t["actor"],
                "partner_id": partner,
                "partner_source": twin(partner, "portal"),
                "account_id": account,
                "account_source": twin(account, "crm"),
                "touch_type": t["type"],
                "occurred_at": t["occurred"],
                "opportunity_id": deal,
                "opportunity_source": twin(deal, "crm"),
                "partner_person_id": staff,
                "partner_person_source": twin(staff, "portal"),
                "account_person_id": contact,
                "account_person_source": twin(contact, "crm"),
                "duration_minutes": t["minutes"],
                "quality": t["quality"],
                "evidence": t["evidence"],
                "sharing_scope": pc.if_else(t["restricted"], "restricted", "open"),
                "retain_until": t["retain_until"],
            },
            t["occurred"],
        ) | {"source": origin}

    def relationships(self, rows: np.ndarray) -> Row:
        t = self.t["ties"].take(pa.array(rows))
        out: Row = {"kind": t["kind"]}
        for side in ("from", "to"):
            code, row = as_codes(t[f"{side}_type"]), as_rows(t[f"{side}_row"])
            person, keeper = self._person_id(np.where(code == 2, row, -1))
            ids = [
                make_id(kind, np.where(code == i, row, -1))
                for i, kind in ((0, "crm"), (1, "portal"), (3, "solution"))
            ]
            system = text_column(["crm", "portal", "portal", "portal"], code)
            out |= {
                f"{side}_type": t[f"{side}_type"],
                f"{side}_id": pc.coalesce(*ids, person),
                f"{side}_source": pc.coalesce(keeper, system),
            }
        return self._stream(
            "portal",
            "tie",
            rows,
            out
            | {
                "started_at": t["started"],
                "ended_at": t["ended"],
                "strength": t["strength"],
                "visibility": t["visibility"],
                "sharing_scope": pc.if_else(t["restricted"], "restricted", "open"),
                "retain_until": pa.nulls(len(rows), pa.date32()),
            },
            pc.coalesce(t["ended"], t["started"]),
        )

    # --- customer life ---------------------------------------------------------------------

    def milestones(self, rows: np.ndarray) -> Row:
        t = self.t["milestones"].take(pa.array(rows))
        return self._stream(
            "crm",
            "milestone",
            rows,
            {
                "account_id": make_id("crm", as_rows(t["account"])),
                "milestone": t["milestone"],
                "occurred_at": t["occurred"],
            },
            t["occurred"],
        )

    def subscriptions(self, rows: np.ndarray) -> Row:
        t = self.t["terms"].take(pa.array(rows))
        return self._stream(
            "billing",
            "subscription",
            rows,
            {
                "account_id": make_id("billing", as_rows(t["account"])),
                "product": t["product"],
                "started_at": t["started"],
                "term_end": t["term_end"],
                "ended_at": t["ended"],
                "arr": t["arr"],
                "currency": same("USD", len(rows)),
                "seats": t["seats"],
                "status": t["status"],
                "outcome": t["outcome"],
            },
            pc.coalesce(t["ended"], t["started"]),
        )

    def usage(self, rows: np.ndarray) -> Row:
        n = len(rows)
        t = self.t["usage"].slice(int(rows[0]) if n else 0, n)
        return {
            "source": same("product", n),
            "account_id": make_id("product", as_rows(t["account"])),
            "day": plain(t["day"]),
            "product": plain(t["product"]),
            "active_users": plain(t["active_users"]),
            "events": plain(t["events"]),
            "features_used": plain(t["features_used"]),
        }

    def setup_events(self, rows: np.ndarray) -> Row:
        t = self.t["setup_events"].take(pa.array(rows))
        solution = make_id("solution", as_rows(t["solution"]))
        return self._stream(
            "product",
            "setup",
            rows,
            {
                "account_id": make_id("product", as_rows(t["account"])),
                "event": t["event"],
                "occurred_at": t["occurred"],
                "solution_id": solution,
                "solution_source": where_set(solution, "portal"),
            },
            t["occurred"],
        )

    def signals(self, rows: np.ndarray) -> Row:
        t = self.t["signals"].take(pa.array(rows))
        account, person = make_id("crm", as_rows(t["account"])), as_rows(t["person"])
        by_partner = pc.equal(plain(t["family"]), "partner")
        return self._stream(
            "crm",
            "signal",
            rows,
            {
                "account_id": account,
                "account_source": pc.if_else(by_partner, "crm", pa.scalar(None, pa.string())),
                "person_id": make_id("person", person),
                "family": t["family"],
                "event": t["event"],
                "occurred_at": t["occurred"],
                "strength": t["strength"],
                "sharing_scope": pc.if_else(t["restricted"], "restricted", "open"),
                "retain_until": pa.nulls(len(rows), pa.date32()),
            },
            t["occurred"],
        ) | {"source": pc.if_else(by_partner, "portal", "crm")}

    def tickets(self, rows: np.ndarray) -> Row:
        t = self.t["tickets"].take(pa.array(rows))
        partner = make_id("portal", as_rows(t["partner"]))
        return self._stream(
            "helpdesk",
            "ticket",
            rows,
            {
                "account_id": make_id("helpdesk", as_rows(t["account"])),
                "opened_at": t["opened"],
                "closed_at": t["closed"],
                "severity": t["severity"],
                "escalated": t["escalated"],
                "csat": t["csat"],
                "partner_id": partner,
                "partner_source": where_set(partner, "portal"),
            },
            pc.coalesce(t["closed"], t["opened"]),
        )

    def feedback(self, rows: np.ndarray) -> Row:
        t = self.t["feedback"].take(pa.array(rows))
        person = make_id("person", as_rows(t["person"]))
        return self._stream(
            "helpdesk",
            "feedback",
            rows,
            {
                "account_id": make_id("helpdesk", as_rows(t["account"])),
                "person_id": person,
                "person_source": where_set(person, "crm"),
                "kind": t["kind"],
                "score": t["score"],
                "occurred_at": t["occurred"],
            },
            t["occurred"],
        )

    def needs(self, rows: np.ndarray) -> Row:
        t = self.t["needs"].take(pa.array(rows))
        return self._stream(
            "crm",
            "need",
            rows,
            {
                "account_id": make_id("crm", as_rows(t["account"])),
                "need": t["need"],
                "weight": t["weight"],
                "stated_at": t["stated"],
            },
            t["stated"],
        )

    def solutions(self, rows: np.ndarray) -> Row:
        t = self.t["solutions"].take(pa.array(rows))
        return self._stream(
            "portal",
            "solution",
            rows,
            {
                "solution": t["solution"],
                "provider": t["provider"],
                "partner_id": make_id("portal", as_rows(t["partner"])),
                "need": t["need"],
                "coverage": t["coverage"],
            },
            pa.nulls(len(rows), pa.date32()),
        )

    def actions(self, rows: np.ndarray) -> Row:
        t = self.t["actions"].take(pa.array(rows))
        return self._stream(
            "crm",
            "action",
            rows,
            {
                "account_id": make_id("crm", as_rows(t["account"])),
                "play": t["play"],
                "reason_code": t["reason"],
                "raised_at": t["raised"],
                "acted_at": t["acted"],
                "actor": t["actor"],
                "is_holdout": t["is_holdout"],
            },
            t["acted"],
        )

    def _stream(
        self,
        source: str,
        kind: str,
        rows: np.ndarray,
        columns: Row,
        updated: pa.Array | pa.ChunkedArray,
    ) -> Row:
        out: Row = {"source": same(source, len(rows)), "source_id": make_id(kind, rows)}
        out |= {name: plain(values) for name, values in columns.items()}
        return out | _stamps(plain(updated))

    # --- the plan of files -----------------------------------------------------------------

    def parts(self, stream: str) -> list[tuple[Callable[[np.ndarray], Row], np.ndarray]]:
        """What a stream is made of: functions, and the rows each of them is asked for."""
        if stream == "accounts":
            return [
                (self.crm_accounts, np.arange(self.n)),
                (self.own_and_partner_accounts, np.arange(1 + len(self.t["partners"]))),
                (self.duplicate_accounts, np.flatnonzero(self.dress.duplicated)),
                (self.second_accounts, self.second_rows),
                (self.billing_accounts, self.customers),
                (self.product_accounts, self.workspaces),
                (self.helpdesk_accounts, self.customers),
            ]
        if stream == "account_links":
            return [(self.account_links, np.arange(int(self.dress.renamed.sum())))]
        table = {
            "opportunities": "deals",
            "opportunity_partners": "deal_partners",
            "opportunity_people": "deal_people",
            "relationships": "ties",
            "subscriptions": "terms",
        }.get(stream, stream)
        return [(getattr(self, stream), np.arange(len(self.t[table])))]

    def chunks(self, stream: str) -> Iterator[pa.Table]:
        for make, rows in self.parts(stream):
            for lo in range(0, len(rows), CHUNK):
                yield pa.table(make(rows[lo : lo + CHUNK]))


def _stamps(updated: pa.Array) -> Row:
    """`updated_at`, the last moment the row tells of, and `is_deleted` false."""
    return {
        "updated_at": updated.cast(pa.timestamp("s")),
        "is_deleted": same(False, len(updated)),
    }


def identity_counts(lander: Lander) -> dict[str, Any]:
    """How many records need which kind of match, before what is hard to tell; and the organisations that are."""
    look, customers, workspaces = lander.dress, lander.customers, lander.workspaces
    return {
        "organisations": lander.n,
        "vendor_records": 1,
        "partner_records": len(lander.t["partners"]),
        "crm_without_domain": int((look.crm_domain == 2).sum()),
        "crm_duplicates": int(look.duplicated.sum()),
        "billing_records": len(customers),
        "billing_without_domain": int((look.billing_domain[customers] == 1).sum()),
        "billing_under_former_name": int(look.renamed.sum()),
        "product_records": len(workspaces),
        "product_with_free_mail": int((look.product_domain[workspaces] == 2).sum()),
        "helpdesk_records": len(customers),
        "helpdesk_without_domain": int((look.helpdesk_domain[customers] == 2).sum()),
        "hard_to_tell": lander.world.mess.counts(),
    }


def record_owners(world: World) -> pa.Table:
    """The organisation's row behind each record of an organisation that is no partner's."""
    lander = Lander(world)
    blocks = []
    for make, rows in lander.parts("accounts"):
        if make == lander.own_and_partner_accounts or not len(rows):
            continue
        landed = make(rows)
        blocks.append(
            pa.table(
                {
                    "stream": same("accounts", len(rows)),
                    "source": landed["source"],
                    "source_id": landed["source_id"],
                    "organisation": ref_column(rows),
                }
            )
        )
    return pa.concat_tables(blocks)
