"""Records of organisations in any number, as four systems would hold them, with the organisation that each is truly of.

For measuring identity at scale: no deals, no usage, only accounts. Names are made like those of real registers: a few
words are in very many names, most names are unique, and the number of homonyms grows with the number of organisations.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from faker import Faker

from . import spelling
from .contract_rows import make_id
from .mess import ABROAD, DIVISIONS, LEGAL_WORDS
from .names import (
    COUNTRIES,
    COUNTRY_WEIGHTS,
    DIALLING,
    ENDINGS,
    LEGAL_FORMS,
    PRACTICES,
    STREETS,
    SUFFIXES,
    TRADES,
    slug,
)
from .tabular import Columns, day_column, join, pick, rng_for, text_column

SOURCES = ("crm", "billing", "product", "helpdesk")


@dataclass(frozen=True)
class Shares:
    """Shares in [0, 1]: of organisations, unless it says of records."""

    # which systems know an organisation; 2.2 records each with the second accounts
    known: tuple[float, float, float, float] = (0.92, 0.52, 0.42, 0.31)
    second_account: float = 0.025
    subsidiary: float = 0.03
    no_domain: float = 0.08
    shared_site: float = 0.015
    agency: float = 0.006
    former_name: float = 0.015
    legal_name: float = 0.02
    # of records, by source
    with_form: tuple[float, float, float, float] = (0.25, 0.7, 0.05, 0.15)
    in_capitals: tuple[float, float, float, float] = (0.03, 0.08, 0.01, 0.03)
    typed: tuple[float, float, float, float] = (0.03, 0.03, 0.05, 0.05)
    with_domain: tuple[float, float, float, float] = (0.88, 0.82, 0.8, 0.85)
    free_mail: tuple[float, float, float, float] = (0.01, 0.1, 0.1, 0.04)
    with_country: tuple[float, float, float, float] = (0.97, 0.97, 0.8, 0.35)
    with_city: tuple[float, float, float, float] = (0.9, 0.9, 0.15, 0.0)
    with_address: tuple[float, float, float, float] = (0.82, 0.88, 0.0, 0.0)
    with_phone: tuple[float, float, float, float] = (0.75, 0.4, 0.05, 0.0)
    moved: float = 0.03


MORE_TRADES = [
    "Services",
    "Construction",
    "Technologies",
    "Systems",
    "Design",
    "Management",
    "Properties",
    "Transport",
    "Engineering",
    "Electric",
    "Plumbing",
    "Trading",
    "Food",
    "Fitness",
    "Cleaning",
    "Landscaping",
    "Auto",
    "Marketing",
    "Medical",
    "Legal",
    "Accounting",
    "Import Export",
    "Industries",
    "Investments",
    "Automation",
    "Fashion",
    "Events",
    "Catering",
    "Interiors",
    "Mobility",
    "Data",
    "Labs",
    "Health",
    "Care",
    "Wines",
    "Coffee",
    "Marine",
    "Aviation",
    "Pet Supplies",
    "Photography",
]
QUALITIES = [
    "Global",
    "First",
    "Premier",
    "United",
    "Advanced",
    "Royal",
    "Green",
    "Blue",
    "Northern",
    "Southern",
    "Pacific",
    "Atlantic",
    "Golden",
    "Silver",
    "Smart",
    "Central",
    "Alpha",
    "Omega",
    "Prime",
    "Elite",
    "Modern",
    "National",
    "Universal",
    "Total",
    "Pro",
    "Bright",
]
TAILS = ["Group", "International", "Solutions", "Partners", "Company", "Holdings", "and Sons"]
SINGLE = [*"bcdfghjklmnprstvwxz"]
ONSETS = [*SINGLE, "bl", "br", "cr", "dr", "fl", "gr", "kl", "pr", "qu", "sk", "st", "tr", "vel"]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "io", "eo", "oa"]
CODAS = [f"{onset}{vowel}" for onset in "klmnrstvz" for vowel in "aio"]
CODAS += ["bra", "dex", "fin", "lum", "mix", "nex", "nix", "nta", "phi", "rix", "ron", "sys"]
CODAS += ["tec", "ter", "tia", "tra", "vex", "wyn", "xis", "zen"]
LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "sv_SE", "nl_NL"]
LOCALES += ["es_ES", "en_CA", "en_AU", "en_IE", "da_DK", "it_IT"]


def zipf(rng: np.random.Generator, size: int, n: int, slope: float = 1.0) -> np.ndarray:
    """n draws from 0 … size - 1, of which the first are the frequent ones."""
    return pick(rng, 1.0 / np.arange(1, size + 1) ** slope, n)


class Words:
    """Pools of words with their slugs."""

    def __init__(self, seed: int) -> None:
        rng = rng_for(seed, "records: words")
        family: dict[str, None] = {}
        self.cities: list[list[str]] = []
        for locale in LOCALES:
            fake = Faker(locale)
            fake.seed_instance(seed)
            family |= dict.fromkeys(fake.last_name() for _ in range(3000))
            towns = dict.fromkeys(fake.city() for _ in range(900))
            self.cities.append([town for town in towns if len(town) > 2][:400])
        words = [word for word in family if word.isalpha() and len(word) > 2]
        self.family = [words[i] for i in rng.permutation(len(words))]
        fake = Faker("en_US")
        fake.seed_instance(seed)
        self.given = list(dict.fromkeys(fake.first_name() for _ in range(800)))
        coined = [a + b + c for a in ONSETS for b in VOWELS for c in CODAS]
        double = [
            a + b + c + d
            for a in ONSETS[::2]
            for b in VOWELS[:5]
            for c in ("l", "m", "n", "r", "s", "v")
            for d in CODAS
        ]
        kept = np.array(list(dict.fromkeys(coined + double)))
        self.coined = [word.capitalize() for word in rng.permutation(kept)]
        letters = string.ascii_uppercase
        self.initials = [a + b + c for a in letters for b in letters for c in letters]
        self.trades = [*MORE_TRADES[:8], *TRADES, *MORE_TRADES[8:], *PRACTICES]


class Part:
    """One place in a name: a pool, and for each organisation a row of it (negative: nothing)."""

    def __init__(self, pool: list[str], rows: np.ndarray) -> None:
        self.pool, self.rows = pa.array(pool, pa.string()), rows
        self.slugs = pa.array([slug(word) for word in pool], pa.string())

    def names(self) -> pa.Array:
        return text_column(self.pool, self.rows)

    def stems(self) -> pa.Array:
        return text_column(self.slugs, self.rows)


def only(rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask, rows, -1)


def parts_of_names(words: Words, place: list[str], town: np.ndarray, topic: str, seed: int) -> list:
    """The parts of n names; `place` and `town`: the towns there are, and that of each organisation."""
    n, rng = len(town), rng_for(seed, topic)
    kind = pick(rng, [20, 19, 13, 12, 8, 7, 7, 3, 11], n)
    family = zipf(rng, len(words.family), n, 0.5)
    coined = zipf(rng, len(words.coined), n, 0.35)
    trade = zipf(rng, len(words.trades), n, 0.7)
    with_trade = (kind != 2) & ((kind != 3) | (rng.random(n) < 0.4))
    with_tail = rng.random(n) < 0.22
    with_ending = rng.random(n) < 0.1
    initials = rng.integers(0, len(words.initials), n)
    return [
        Part(QUALITIES, only(zipf(rng, len(QUALITIES), n, 0.6), (kind == 7) | (kind == 8))),
        Part(words.given, only(zipf(rng, len(words.given), n, 0.6), kind == 6)),
        Part(words.family, only(family, np.isin(kind, [0, 3, 6]))),
        Part(
            [f"& {word}" for word in words.family],
            only(zipf(rng, len(words.family), n, 0.7), kind == 3),
        ),
        Part(words.coined, only(coined, np.isin(kind, [1, 2, 8]))),
        Part(place, only(town, kind == 4)),
        Part(words.initials, only(initials, kind == 5)),
        Part(words.trades, only(trade, with_trade)),
        Part(ENDINGS[1:], only(zipf(rng, len(ENDINGS) - 1, n, 0.5), with_ending & (kind != 3))),
        Part(TAILS, only(zipf(rng, len(TAILS), n, 0.8), with_tail)),
    ]


def joined(columns: list[pa.Array], sep: str) -> pa.Array:
    """Texts joined row by row; what is null is left out."""
    return pc.binary_join_element_wise(*columns, sep, null_handling="skip")


def domains_of(parts: list, suffixes: pa.Array, towns: pa.Array, seed: int) -> pa.Array:
    """A domain of each organisation's own, made of its name as far as it is free."""
    n = len(suffixes)
    rng = rng_for(seed, "records: domains")
    stems = [part.stems() for part in parts]
    whole, dashed = joined(stems, ""), joined(stems, "-")
    # without what says little: the ending and the tail
    core, short = joined(stems[:8], ""), joined(stems[:7], "")
    short = pc.if_else(pc.less(pc.utf8_length(short), 4), core, short)
    form = pick(rng, [34, 8, 40, 18], n)
    stem = pc.choose(pa.array(form), whole, dashed, core, short)
    for spare in (core, whole, dashed, join(whole, towns, sep="-"), None):
        domain = join(stem, suffixes, sep=".")
        codes = pc.dictionary_encode(domain).indices.to_numpy()
        first = np.zeros(n, dtype=bool)
        first[np.unique(codes, return_index=True)[1]] = True
        taken = pa.array(~first)
        if first.all():
            break
        number = pa.array(np.arange(n)).cast(pa.string())
        stem = pc.if_else(taken, join(whole, number) if spare is None else spare, stem)
    return join(stem, suffixes, sep=".")


class Market:
    """Organisations (n,): what is true of each."""

    def __init__(self, n: int, seed: int, shares: Shares) -> None:
        self.n, self.seed, self.shares = n, seed, shares
        self.words = words = Words(seed)
        rng = rng_for(seed, "records: places")
        self.country = pick(rng, COUNTRY_WEIGHTS, n)
        sizes = np.array([len(towns) for towns in words.cities])
        before = np.cumsum(sizes) - sizes
        share = zipf(rng, 400, n, 0.8) % sizes[self.country]
        self.town = before[self.country] + share
        towns = [town for group in words.cities for town in group]
        self.towns = pa.array(towns)
        self.town_slugs = pa.array([slug(town) for town in towns])
        streets = [f"{word} {kind}" for word in STREETS for kind in ("Street", "Road", "Avenue")]
        streets += [f"{word} Street" for word in words.family[:300]]
        self.streets = streets
        self.street = zipf(rng, len(streets), n, 0.5)
        self.house = 1 + zipf(rng, 400, n, 0.6)
        self.district = rng.integers(0, 40, n)
        self.number = rng.integers(1_000_000, 9_999_999, n)
        parts = parts_of_names(words, towns, self.town, "records: names", seed)
        self.name = joined([part.names() for part in parts], " ")
        self.form = text_column(LEGAL_FORMS, self.country)
        self.draw_domains(parts, rng)
        self.draw_groups()

    def draw_domains(self, parts: list, rng: np.random.Generator) -> None:
        own = pc.choose(
            pa.array(pick(rng, [55, 33, 4, 3, 3, 2], self.n)),
            *[pa.array(["com"] * self.n)],
            text_column(SUFFIXES, self.country),
            *[pa.array([word] * self.n) for word in ("net", "io", "org", "eu")],
        )
        suffix = own
        self.domain = domains_of(
            parts, suffix, self.town_slugs.take(pa.array(self.town)), self.seed
        )

    def draw_groups(self) -> None:
        """Subsidiaries take their group's domain and name; a group is never a subsidiary."""
        rng = rng_for(self.seed, "records: groups")
        order = rng.permutation(self.n)
        k = round(self.shares.subsidiary * self.n)
        child, others = order[:k], order[k:]
        # few groups have many
        parent = others[zipf(rng, max(len(others) // 20, 1), k, 0.5)] if k else child
        country, theirs = self.country[child], self.country[parent]
        abroad = [word for code in COUNTRIES for word in (ABROAD[code] * 3)[:3]]
        word = text_column(abroad, country * 3 + rng.integers(0, 3, k))
        division = text_column(DIVISIONS, rng.integers(0, len(DIVISIONS), k))
        towns = self.towns.take(pa.array(self.town[child]))
        kind = np.where(country != theirs, pick(rng, [7, 2, 1], k), pick(rng, [0, 7, 3], k))
        tail = pc.choose(pa.array(kind), word, division, towns)
        self.name = replaced(
            self.name, child, join(self.name.take(pa.array(parent)), tail, sep=" ")
        )
        self.domain = replaced(self.domain, child, self.domain.take(pa.array(parent)))
        self.child, self.parent = child, parent


def replaced(column: pa.Array, rows: np.ndarray, values: pa.Array) -> pa.Array:
    """The column with other values at some rows."""
    order = np.argsort(rows)
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), values.take(pa.array(order)))


def by_source(rng: np.random.Generator, share: tuple[float, ...], source: np.ndarray) -> np.ndarray:
    return rng.random(len(source)) < np.array(share)[source]


def blank(column: pa.Array, keep: np.ndarray) -> pa.Array:
    return pc.if_else(pa.array(keep), column, pa.scalar(None, column.type))


class Holdings:
    """Records: which source holds which organisation, and what stands there."""

    def __init__(self, market: Market, wanted: int) -> None:
        self.market, shares = market, market.shares
        rng = rng_for(market.seed, "records: holdings")
        n = market.n
        held = rng.random((n, 4)) < np.array(shares.known)
        held[~held.any(axis=1), 0] = True
        org, source = np.nonzero(held)
        second = np.flatnonzero(held[:, 0] & (rng.random(n) < shares.second_account))
        self.org = np.concatenate([org, second])
        self.source = np.concatenate([source, np.zeros(len(second), dtype=source.dtype)])
        self.is_second = np.arange(len(self.org)) >= len(org)
        # all records of the first organisations, then in no order
        order = np.argsort(self.org, kind="stable")[:wanted]
        order = order[rng.permutation(len(order))]
        self.org, self.source = self.org[order], self.source[order]
        self.is_second = self.is_second[order]
        self.n = len(self.org)
        self.kinds: dict[str, np.ndarray] = {}

    def of(self, column: pa.Array) -> pa.Array:
        return column.take(pa.array(self.org))

    def chosen(self, rng: np.random.Generator, share: float) -> np.ndarray:
        """A share of the organisations, as a mask of organisations."""
        return rng.random(self.market.n) < share

    def one_source(self, rng: np.random.Generator, able: tuple[int, ...]) -> np.ndarray:
        """For each organisation one of the sources, as a mask of records."""
        drawn = np.array(able)[rng.integers(0, len(able), self.market.n)]
        return self.source == drawn[self.org]

    def table(self) -> pa.Table:
        """The records in the form of the contract's accounts."""
        market, shares = self.market, self.market.shares
        rng = rng_for(market.seed, "records: what stands there")
        name, domain = self.names(rng), self.domains(rng)
        name, domain = self.renamed(rng, name, domain)
        name = self.typed(rng, name)
        spot = market.town.astype(np.int64)
        address = join(
            pa.array(market.house).cast(pa.string()),
            text_column(market.streets, market.street),
            sep=" ",
        )
        postal = pa.array(10_000 + (spot * 37 % 890) * 100 + market.district).cast(pa.string())
        phone = join(
            text_column(DIALLING, market.country),
            pa.array(market.number).cast(pa.string()),
            sep=" ",
        )
        address, postal, phone = self.of(address), self.of(postal), self.of(phone)
        # an old address in one record of some
        moved = rng.random(self.n) < shares.moved
        other = pa.array(rng.integers(0, self.n, self.n))
        address = pc.if_else(pa.array(moved), address.take(other), address)
        postal = pc.if_else(pa.array(moved), postal.take(other), postal)
        style = rng.random(self.n)
        address = pc.if_else(
            pa.array(style < 0.2), pc.replace_substring(address, " Street", " St."), address
        )
        bare = pc.replace_substring(phone, " ", "")
        phone = pc.if_else(pa.array(rng.random(self.n) < 0.5), bare, phone)
        keep = {
            column: by_source(rng, getattr(shares, f"with_{column}"), self.source)
            for column in ("country", "city", "address", "phone")
        }
        # a second account has some of the rest
        keep["address"] &= ~self.is_second | (rng.random(self.n) < 0.5)
        keep["phone"] &= ~self.is_second | (rng.random(self.n) < 0.7)
        made = rng.integers(-2500, 0, self.n) + np.datetime64(date(2026, 6, 30), "D").astype(int)
        ids = pc.choose(
            pa.array(np.where(self.is_second, 4, self.source)),
            *[make_id(kind, self.org) for kind in (*SOURCES, "second")],
        )
        return pa.table(
            {
                "source": text_column(SOURCES, self.source),
                "source_id": ids,
                "name": name,
                "domain": domain,
                "country": blank(self.of(text_column(COUNTRIES, market.country)), keep["country"]),
                "city": blank(self.of(market.towns.take(pa.array(market.town))), keep["city"]),
                "address": blank(address, keep["address"]),
                "postal_code": blank(postal, keep["address"]),
                "phone": blank(phone, keep["phone"]),
                "created_at": day_column(made.astype(np.int32)),
            }
        )

    def names(self, rng: np.random.Generator) -> pa.Array:
        shares = self.market.shares
        name, form = self.of(self.market.name), self.of(self.market.form)
        formed = by_source(rng, shares.with_form, self.source)
        name = pc.if_else(pa.array(formed), join(name, form, sep=" "), name)
        capitals = by_source(rng, shares.in_capitals, self.source)
        return pc.if_else(pa.array(capitals), pc.utf8_upper(name), name)

    def domains(self, rng: np.random.Generator) -> pa.Array:
        """Web addresses in the CRM, e-mail addresses in billing, either elsewhere; or free mail, a site builder, an
        agency's domain, nothing."""
        market, shares, n = self.market, self.market.shares, self.n
        domain = self.of(market.domain)
        local = text_column(["info", "billing", "accounts", "office"], rng.integers(0, 4, n))
        mail = join(local, domain, sep="@")
        site = join("https://www.", domain)
        odds: Columns = {
            "plain": np.array([0.6, 0.0, 0.6, 1.0]),
            "mail": np.array([0, 1.0, 0.3, 0]),
        }
        drawn = rng.random(n)
        at_plain = odds["plain"][self.source]
        form = np.where(
            drawn < at_plain, 0, np.where(drawn < at_plain + odds["mail"][self.source], 1, 2)
        )
        found = pc.choose(pa.array(form), domain, mail, site)

        people = [
            spelling.free_address(rng, given, family)
            for given, family in zip(market.words.given, market.words.family, strict=False)
        ]
        owner = pa.array(rng.integers(0, len(people), market.n))
        # numbered, so that no two owners have one address
        owners = join(pa.array(np.arange(market.n)).cast(pa.string()), pa.array(people).take(owner))
        owners = self.of(owners)

        site_less = self.chosen(rng, shares.no_domain)
        builder = self.chosen(rng, shares.shared_site)
        agency = self.chosen(rng, shares.agency)
        stem = self.of(pc.replace_substring_regex(market.domain, "[.].*$", ""))
        template = rng.integers(0, len(spelling.SHARED_SITES), market.n)[self.org]
        before, after = (
            text_column([t.split("{stem}")[side] for t in spelling.SHARED_SITES], template)
            for side in (0, 1)
        )
        hosted = join(before, stem, after)
        n_agencies = max(round(shares.agency * market.n / 6), 1)
        agencies = [f"{slug(w)}-webdesign" for w in market.words.family]
        which = rng.integers(0, n_agencies, market.n)[self.org]
        hosts = text_column(agencies, which % len(agencies))
        number = pa.array(which // len(agencies)).cast(pa.string())
        agent = join(hosts, number, ".com")

        free = by_source(rng, shares.free_mail, self.source)
        found = pc.if_else(pa.array(free), owners, found)
        in_crm = self.source == 0
        found = pc.if_else(pa.array(builder[self.org] & in_crm), hosted, found)
        found = pc.if_else(pa.array(agency[self.org] & (self.source < 2)), agent, found)
        billed = site_less[self.org] & (self.source == 1)
        nothing = pa.nulls(n, pa.string())
        found = pc.if_else(
            pa.array(site_less[self.org]), pc.if_else(pa.array(billed), owners, nothing), found
        )
        keep = by_source(rng, shares.with_domain, self.source) & ~(
            self.is_second & (rng.random(n) < 0.5)
        )
        here = np.zeros(market.n, dtype=bool)
        here[self.org] = True
        with_free = np.zeros(market.n, dtype=bool)
        with_free[self.org[free & keep]] = True
        self.kinds |= {
            "shared_domain": (builder | agency) & here,
            "free_mail": with_free,
            "no_domain": site_less & here,
        }
        return blank(found, keep)

    def renamed(
        self, rng: np.random.Generator, name: pa.Array, domain: pa.Array
    ) -> tuple[pa.Array, pa.Array]:
        """A former name with its domain in one system; a legal name in billing."""
        market, shares = self.market, self.market.shares
        towns = market.towns.to_pylist()
        for kind, share, able in (
            ("former_name", shares.former_name, (0, 1, 2, 3)),
            ("legal_name", shares.legal_name, (1,)),
        ):
            who = self.chosen(rng, share)
            rows = np.flatnonzero(who[self.org] & self.one_source(rng, able))
            rows = rows[~self.is_second[rows]]
            parts = parts_of_names(
                market.words, towns, market.town[self.org[rows]], f"records: {kind}", market.seed
            )
            other = joined([part.names() for part in parts], " ")
            stem = joined([part.stems() for part in parts], "")
            forms = self.of(market.form).take(pa.array(rows))
            drawn = rng.random(len(rows))
            old_site = join(stem, "com", sep=".")
            here = domain.take(pa.array(rows))
            if kind == "legal_name":
                words = text_column(LEGAL_WORDS, rng.integers(0, len(LEGAL_WORDS), len(rows)))
                other = join(other, words, forms, sep=" ")
                site = pc.if_else(pa.array(drawn < 0.5), here, join("invoices@", old_site))
            else:
                now = name.take(pa.array(rows))
                told = join(now, " (formerly ", other, ")")
                other = pc.if_else(pa.array(drawn < 0.3), told, other)
                site = pc.if_else(pa.array((drawn < 0.3) | (drawn > 0.75)), here, old_site)
            # where nothing stood, nothing stands
            site = pc.if_else(pc.is_valid(here), site, here)
            name, domain = replaced(name, rows, other), replaced(domain, rows, site)
            seen = np.zeros(market.n, dtype=bool)
            seen[self.org[rows]] = True
            self.kinds[kind] = seen
        return name, domain

    def typed(self, rng: np.random.Generator, name: pa.Array) -> pa.Array:
        """Slips, abbreviations and initials in some records, and in every second account."""
        market = self.market
        hurried = by_source(rng, market.shares.typed, self.source) | self.is_second
        rows = np.flatnonzero(hurried)
        at = pa.array(rows)
        texts = [
            spelling.typed(rng, *each)
            for each in zip(
                name.take(at).to_pylist(),
                self.of(market.form).take(at).to_pylist(),
                self.of(market.towns.take(pa.array(market.town))).take(at).to_pylist(),
                strict=True,
            )
        ]
        seen = np.zeros(market.n, dtype=bool)
        seen[self.org[rows]] = True
        second = np.zeros(market.n, dtype=bool)
        second[self.org[self.is_second]] = True
        self.kinds |= {"misspelt": seen & ~second, "second_account": second}
        return replaced(name, rows, pa.array(texts, pa.string()))

    def mess(self) -> pa.Table:
        """Organisation and kind of mess, one row each; homonyms are those that share a bare name."""
        market = self.market
        here = np.zeros(market.n, dtype=bool)
        here[self.org] = True
        codes = pc.dictionary_encode(pc.utf8_lower(market.name)).indices.to_numpy()
        twice = np.bincount(codes[here], minlength=codes.max() + 1)[codes] > 1
        child, parent = np.zeros(market.n, dtype=bool), np.zeros(market.n, dtype=bool)
        child[market.child], parent[market.parent] = True, True
        kinds = self.kinds | {"homonym": twice, "subsidiary": child, "group": parent}
        rows = [np.flatnonzero(mask & here) for mask in kinds.values()]
        return pa.table(
            {
                "organisation": pa.array(np.concatenate(rows)),
                "kind": pa.array(np.repeat(list(kinds), [len(part) for part in rows])),
            }
        )


def write(folder: Path, n: int, seed: int = 7, shares: Shares | None = None) -> dict[str, int]:
    """Write <folder>/data/accounts.csv; beside data truth.csv (source, source_id, entity) and mess.csv (organisation,
    kind).

    Returns counts of records, organisations and kinds of mess.
    """
    shares = shares or Shares()
    each = sum(shares.known) + shares.known[0] * shares.second_account
    market = Market(round(1.03 * n / each) + 20, seed, shares)
    held = Holdings(market, n)
    table = held.table()
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(table, data / "accounts.csv", options)
    truth = table.select(["source", "source_id"]).append_column("entity", pa.array(held.org))
    pa_csv.write_csv(truth, folder / "truth.csv", options)
    mess = held.mess()
    pa_csv.write_csv(mess, folder / "mess.csv", options)
    kinds = pc.value_counts(mess["kind"]).to_pylist()
    return {"records": held.n, "organisations": len(np.unique(held.org))} | {
        kind["values"]: kind["counts"] for kind in kinds
    }
