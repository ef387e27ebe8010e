"""Hard identity mess: which organisations are hard to tell apart or to bring together, and how each system spells them.

Groups and homonyms change what is true of an organisation (its name, domain and parent); all other kinds change only
what systems say of it. Everything is drawn from a stream of its own: a world with other shares is the same besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import spelling
from .names import COUNTRIES, SUFFIXES, TRADES, Pools, slug
from .scenario import Scenario
from .tabular import as_rows, plain, ref_column, rng_for

KINDS = {
    "subsidiary": "a legal entity of its own that shares its group's domain and name",
    "group": "the parent of such subsidiaries",
    "shared_domain": "known by a site builder, a document host or its agency's domain",
    "free_mail": "known to billing or the help desk by a name and an owner's free-mail address",
    "former_name": "one system still has a former name, and mostly a former domain",
    "legal_name": "trades under a brand; billing has the legal name",
    "second_account": "a second account in the CRM, made by a representative",
    "homonym": "another organisation elsewhere has the same name",
    "misspelt": "a slip, an abbreviation, initials or a town in the name, and often no domain",
}
ABROAD = {
    "US": ["USA", "America", "North America"],
    "GB": ["UK", "Great Britain", "UK & Ireland"],
    "DE": ["Deutschland", "Germany"],
    "FR": ["France"],
    "SE": ["Sverige", "Sweden", "Nordics"],
    "NL": ["Nederland", "Netherlands", "Benelux"],
    "ES": ["España", "Iberia"],
    "CA": ["Canada"],
    "AU": ["Australia", "Pacific"],
    "IE": ["Ireland"],
    "DK": ["Danmark", "Denmark"],
    "IT": ["Italia", "Italy"],
}
DIVISIONS = [
    "Services",
    "Holding",
    "Logistics",
    "Finance",
    "Distribution",
    "Properties",
    "Retail",
    "Digital",
    "Supply",
    "Ventures",
]
LEGAL_WORDS = ["Holding", "Operations", "Trading", "Beteiligungs", "Enterprises", "Invest"]
Spelt = dict[str, dict[int, str | None]]


@dataclass
class Mess:
    """`rows`: kind -> organisations; `spelt`: system -> column -> organisation -> what stands there instead.

    The systems are crm, second (second accounts in the CRM), billing, product, helpdesk and portal.
    """

    rows: dict[str, np.ndarray] = field(default_factory=dict)
    spelt: dict[str, Spelt] = field(default_factory=dict)
    unstated: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def say(self, system: str, row: int, **values: str | None) -> None:
        for column, value in values.items():
            self.spelt.setdefault(system, {}).setdefault(column, {})[row] = value

    def of(self, kind: str) -> np.ndarray:
        return self.rows.get(kind, np.empty(0, dtype=np.int64))

    @property
    def touched(self) -> np.ndarray:
        """All organisations with any of the kinds."""
        parts = [np.empty(0, dtype=np.int64), *self.rows.values()]
        return np.unique(np.concatenate(parts))

    def overlaid(self, system: str, name: str, column: pa.Array, rows: np.ndarray) -> pa.Array:
        """A system's column (one value each of the organisations in rows), spelt as that system has it."""
        given = self.spelt.get(system, {}).get(name, {})
        keys = np.fromiter(given, dtype=np.int64, count=len(given))
        mask = np.isin(rows, keys)
        if not mask.any():
            return column
        values = pa.array([given[int(row)] for row in rows[mask]], column.type)
        return pc.replace_with_mask(plain(column), pa.array(mask), values)

    def table(self) -> pa.Table:
        """Organisation and kind, one row each."""
        kinds = [kind for kind in KINDS for _ in self.of(kind)]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *[self.of(kind) for kind in KINDS]])
        return pa.table({"organisation": ref_column(rows), "kind": pa.array(kinds, pa.string())})

    def counts(self) -> dict[str, int]:
        return {kind: len(self.of(kind)) for kind in KINDS}


def hierarchy(organisations: pa.Table, mess: Mess) -> pa.Table:
    """Child and parent organisations, whether the CRM states the parent, and whether they share a domain."""
    parent = as_rows(organisations["parent"])
    child = np.flatnonzero(parent >= 0)
    return pa.table(
        {
            "child": ref_column(child),
            "parent": ref_column(parent[child]),
            "stated": pa.array(~np.isin(child, mess.unstated)),
            "shares_domain": pa.array(np.isin(child, mess.of("subsidiary"))),
        }
    )


class Draw:
    """Draws the mess of a world from the table of its organisations; `columns` are what is true after it."""

    def __init__(self, sc: Scenario, organisations: pa.Table, pools: Pools) -> None:
        self.sc, self.pools, self.n = sc, pools, len(organisations)
        self.rng = rng_for(sc.seed, "identity mess")
        self.mess = Mess()
        read = ("name", "domain", "country", "city", "address", "postal_code", "phone")
        self.columns = {name: plain(organisations[name]).to_pylist() for name in read}
        self.columns["legal_form"] = plain(organisations["legal_form"]).to_pylist()
        self.parent = as_rows(organisations["parent"]).astype(np.int32)
        self.segment = plain(organisations["segment"]).to_pylist()
        self.customer = organisations["customer_since"].is_valid().to_numpy()
        self.workspace = organisations["workspace_opened"].is_valid().to_numpy()
        self.used = np.zeros(self.n, dtype=bool)
        self.order = self.rng.permutation(self.n)
        self.taken_names = {slug(name) for name in self.columns["name"]}

    def some(self, share: float, able: np.ndarray | None = None) -> list[int]:
        """Organisations that no other kind has yet."""
        free = ~self.used if able is None else ~self.used & able
        rows = self.order[free[self.order]][: round(share * self.n)]
        self.used[rows] = True
        return [int(row) for row in rows]

    def keep(self, kind: str, rows: Iterable[int]) -> None:
        self.mess.rows[kind] = np.unique(np.array(sorted(rows), dtype=np.int64))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def family(self) -> str:
        return spelling.one_of(self.rng, self.pools.family)

    def person(self) -> str:
        return spelling.free_address(
            self.rng, spelling.one_of(self.rng, self.pools.given), self.family()
        )

    def other_name(self) -> str:
        """A name that no organisation of the world has."""
        while True:
            name = f"{self.family()} {spelling.one_of(self.rng, TRADES)}"
            if slug(name) not in self.taken_names:
                self.taken_names.add(slug(name))
                return name

    def suffix(self, row: int) -> str:
        own = SUFFIXES[COUNTRIES.index(self.columns["country"][row])]
        return "com" if self.chance(0.65) else own

    # --- what changes what is true -----------------------------------------------------------

    def groups(self) -> None:
        """Subsidiaries with the group's domain and name; the CRM states the parent of a part of them."""
        large = np.array([segment == "large" for segment in self.segment])
        alone = self.parent < 0
        is_parent = np.zeros(self.n, dtype=bool)
        is_parent[self.parent[~alone]] = True
        children = self.some(self.sc.subsidiary_share, self.customer & ~large & alone & ~is_parent)
        # a large group has more than one
        parents = (
            self.some(0.6 * self.sc.subsidiary_share, self.customer & large & alone)
            if children
            else []
        )
        if not parents:
            self.used[children] = False
            return
        c, unstated, called = self.columns, [], set()
        for i, child in enumerate(children):
            parent = parents[i % len(parents)]
            country, form = c["country"][child], c["legal_form"][child]
            group, kind = c["name"][parent], self.rng.random()
            if country != c["country"][parent]:
                word = spelling.one_of(self.rng, ABROAD[country])
                if kind < 0.35:
                    name, form = f"{group} {form}", ""
                else:
                    name = f"{group} {word}"
            else:
                word = spelling.one_of(self.rng, DIVISIONS)
                name = f"{group} {c['city'][child] if kind < 0.25 else word}"
                if self.chance(0.3):
                    for same in ("city", "address", "postal_code", "phone"):
                        c[same][child] = c[same][parent]
            if name in called or slug(name) in self.taken_names:
                name = f"{group} {spelling.one_of(self.rng, DIVISIONS)} {c['city'][child]}"
            called.add(name)
            c["name"][child], c["domain"][child] = name, c["domain"][parent]
            c["legal_form"][child] = form
            self.parent[child] = parent
            if not self.chance(self.sc.stated_parent_share):
                unstated.append(child)
            if self.chance(0.5):
                mail = f"invoices.{country.lower()}@{c['domain'][parent]}"
                self.mess.say("billing", child, domain=mail)
        self.mess.unstated = np.array(sorted(unstated), dtype=np.int64)
        self.keep("subsidiary", children)
        self.keep("group", parents[: len(children)])

    def homonyms(self) -> None:
        """Pairs of one bare name in different places; one system or another lacks the domain that tells them apart."""
        c, kept = self.columns, []
        drawn = self.some(self.sc.homonym_share, self.customer)
        domains = set(c["domain"])
        for one, other in zip(drawn[::2], drawn[1::2], strict=False):
            place = (c["country"][one], c["city"][one])
            if place == (c["country"][other], c["city"][other]):
                continue
            stem = c["domain"][one].partition(".")[0]
            own = SUFFIXES[COUNTRIES.index(c["country"][other])]
            for domain in (f"{stem}.{own}", f"{stem}-{slug(c['city'][other])}.{own}"):
                if domain not in domains:
                    break
            domains.add(domain)
            c["name"][other], c["domain"][other] = c["name"][one], domain
            kept += [one, other]
            if self.chance(0.5):
                system = "billing" if self.chance(0.5) else "helpdesk"
                self.mess.say(system, other, domain=None)
        self.keep("homonym", kept)

    # --- what changes what systems say -------------------------------------------------------

    def shared_domains(self) -> None:
        small = np.array([segment == "small" for segment in self.segment])
        rows = self.some(self.sc.shared_domain_share, small & (self.customer | self.workspace))
        by_agency = round(0.4 * len(rows))
        agency = ""
        for i, row in enumerate(rows):
            stem = self.columns["domain"][row].partition(".")[0]
            if i < by_agency:
                if i % 4 == 0:
                    agency = f"{slug(self.family())}-webdesign.{self.suffix(row)}"
                self.mess.say("crm", row, domain=f"www.{agency}")
                self.mess.say("billing", row, domain=f"{stem}@{agency}")
                continue
            site = spelling.one_of(self.rng, spelling.SHARED_SITES).format(stem=stem)
            self.mess.say("crm", row, domain=site)
            self.mess.say("product", row, domain=site if self.chance(0.5) else self.person())
            if self.chance(0.5):
                self.mess.say("billing", row, domain=self.person())
            if self.chance(0.5):
                self.mess.say("helpdesk", row, domain=None)
        self.keep("shared_domain", rows)

    def free_mail(self) -> None:
        rows = self.some(self.sc.free_mail_share, self.customer)
        for row in rows:
            person, name = self.person(), self.columns["name"][row]
            where = self.rng.random()
            if where < 0.75:
                bare = dict.fromkeys(("address", "postal_code", "city", "phone"))
                self.mess.say("billing", row, name=name, domain=person, **bare)
                if self.chance(0.5):
                    self.mess.say("billing", row, country=None)
            if where > 0.5:
                host = person.partition("@")[2] if self.chance(0.5) else None
                self.mess.say("helpdesk", row, name=name, domain=host)
                if self.chance(0.5):
                    self.mess.say("helpdesk", row, country=None)
        self.keep("free_mail", rows)

    def former_names(self) -> None:
        rows = self.some(self.sc.former_name_share, self.customer & self.workspace)
        for row in rows:
            name, old = self.columns["name"][row], self.other_name()
            domain, kind = f"{slug(old)}.{self.suffix(row)}", self.rng.random()
            phone = self.columns["phone"][row]
            if kind < 0.35:
                full = f"{old} {self.columns['legal_form'][row]}"
                mail = f"invoices@{domain}"
                self.mess.say("billing", row, name=full, domain=mail, phone=phone)
            elif kind < 0.65:
                self.mess.say("crm", row, name=spelling.formerly(self.rng, name, old))
                self.mess.say("product", row, name=old, domain=domain)
                if self.chance(0.5):
                    self.mess.say("helpdesk", row, name=old, domain=domain)
            elif kind < 0.85:
                self.mess.say("crm", row, name=old, domain=f"http://{domain}")
                self.mess.say("billing", row, phone=phone)
                self.mess.say("portal", row, name=old)
            else:
                self.mess.say("helpdesk", row, name=old)
        self.keep("former_name", rows)

    def legal_names(self) -> None:
        rows = self.some(self.sc.legal_name_share, self.customer)
        for row in rows:
            brand, form = self.columns["name"][row], self.columns["legal_form"][row]
            word = spelling.one_of(self.rng, LEGAL_WORDS)
            if self.chance(0.4):
                head = "".join(part[0] for part in brand.split(" ")).upper()
            else:
                head = f"{self.family()} & {self.family()}" if self.chance(0.5) else self.family()
            legal, where = f"{head} {word} {form}", self.rng.random()
            mail = f"accounts@{self.columns['domain'][row]}"
            if where > 0.5:
                mail = f"invoices@{slug(head + word)}.{self.suffix(row)}"
            if where > 0.8:
                mail = self.person()
            phone = self.columns["phone"][row]
            self.mess.say("billing", row, name=legal, domain=mail, phone=phone)
            if self.chance(0.3):
                self.mess.say("crm", row, name=spelling.trading_as(self.rng, brand, legal))
        self.keep("legal_name", rows)

    def second_accounts(self) -> None:
        """What a representative enters who did not look: a name in a hurry, and some of the rest."""
        rows = self.some(self.sc.second_account_share)
        c = self.columns
        for row in rows:
            name = spelling.typed(self.rng, c["name"][row], c["legal_form"][row], c["city"][row])
            domain = c["domain"][row] if self.chance(0.4) else None
            phone = spelling.redialled(self.rng, c["phone"][row]) if self.chance(0.6) else None
            given: dict[str, str | None] = {"name": name, "domain": domain, "phone": phone}
            if self.chance(0.5) or not (domain or phone):
                given |= {k: c[k][row] for k in ("address", "postal_code", "city")}
            if self.chance(0.8):
                given["country"] = c["country"][row]
            self.mess.say("second", row, **given)
        self.keep("second_account", rows)

    def misspelt(self) -> None:
        """Organisations of their own, and a tenth of those that are hard already."""
        hard = [int(row) for row in self.mess.touched if self.customer[row] and self.chance(0.1)]
        rows = self.some(self.sc.misspelt_share, self.customer) + hard
        c = self.columns
        for row in rows:
            systems = ["billing", "helpdesk"] + (["product"] if self.workspace[row] else [])
            first = int(self.rng.integers(len(systems)))
            chosen = {systems[first]} | ({"portal"} if self.chance(0.5) else set())
            for system in sorted(chosen):
                if row in self.mess.spelt.get(system, {}).get("name", {}):
                    continue
                name = spelling.typed(
                    self.rng, c["name"][row], c["legal_form"][row], c["city"][row]
                )
                self.mess.say(system, row, name=name)
                if system != "portal" and self.chance(0.6):
                    self.mess.say(system, row, domain=None)
        self.keep("misspelt", rows)


def draw(sc: Scenario, organisations: pa.Table, pools: Pools) -> tuple[pa.Table, Mess]:
    """The organisations as they truly are, and what systems make of them."""
    if sc.tidy or not sc.hard_mess:
        return organisations, Mess()
    drawn = Draw(sc, organisations, pools)
    drawn.groups()
    drawn.homonyms()
    drawn.shared_domains()
    drawn.free_mail()
    drawn.former_names()
    drawn.legal_names()
    drawn.second_accounts()
    drawn.misspelt()
    changed = {name: pa.array(values, pa.string()) for name, values in drawn.columns.items()}
    changed["parent"] = ref_column(drawn.parent)
    for name, values in changed.items():
        old = organisations[name].type
        if pa.types.is_dictionary(old) and name == "country":
            continue
        at = organisations.column_names.index(name)
        organisations = organisations.set_column(at, name, values)
    return organisations, drawn.mess


def full_names(names: pa.Array, forms: pa.Array) -> pa.Array:
    """Names with their legal forms; a form that the name has already is not said again."""
    joined = pc.binary_join_element_wise(plain(names), plain(forms), " ")
    return pc.utf8_rtrim_whitespace(joined)
