"""A whole B2B software market, simulated: facts that know nothing of any source system."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from . import contracts, engagement, experience, market, names, truth
from .mess import Mess, draw
from .scenario import Scenario
from .tabular import (
    NONE,
    Columns,
    day_column,
    enum_column,
    join,
    moment_column,
    number_column,
    pick,
    ref_column,
    rng_for,
    stack,
    text_column,
)

__all__ = ["Scenario", "World", "simulate"]


@dataclass(frozen=True)
class World:
    """The simulated facts and the truth behind them.

    `tables` are keyed by subject; references (`account`, `partner`, `deal`, `person`, `spell`)
    are row numbers of the tables `organisations`, `partners`, `deals`, `people` and `spells`.
    Dates are date32, moments timestamps in seconds (UTC), amounts USD, shares in [0, 1].
    `answers` and `decisions` (each renewal decision with the probability of losing it, with and
    without each serving partner) are the planted truth: nothing that lands data reads them.
    `mess` is how systems spell the organisations that are hard to tell.
    """

    scenario: Scenario
    tables: dict[str, pa.Table]
    answers: dict[str, Any] = field(default_factory=dict)
    decisions: pa.Table | None = None
    mess: Mess = field(default_factory=Mess)


def simulate(scenario: Scenario) -> World:
    """Play the scenario from the first day of its history to the last."""
    sc = scenario
    orgs, partner = market.organisations(sc), market.partners(sc)
    deals = market.first_customers(sc, orgs, partner)
    spell, service, champion, rounds, decisions, deals = _customers(sc, orgs, partner, deals)
    term = contracts.term_rows(sc, spell, rounds)
    n_new = len(deals["account"])
    deals = stack([deals, contracts.later_deals(sc, spell, rounds)], market.DEAL_DEFAULTS)

    made_of = experience.solutions(sc)
    people, index = engagement.people(sc, orgs, deals, partner, spell, champion)
    hidden = engagement.hidden_services(sc, service)
    cases = experience.tickets(sc, spell, service, partner)
    calls = engagement.escalation_touches(sc, cases)
    touch = engagement.touches(
        sc, orgs, deals, partner, spell, service, champion, hidden, calls, index
    )
    trial = experience.trials(sc, orgs, deals)
    tie = engagement.ties(sc, orgs, deals, spell, service, hidden, partner, index, made_of)
    facts = {
        "people": people,
        "deals": deals,
        "spells": spell,
        "services": _service_rows(sc, spell, service, hidden),
        "terms": term,
        "touches": touch,
        "tickets": cases,
        "solutions": made_of,
        "deal_partners": engagement.deal_roles(sc, deals, spell),
        "deal_people": engagement.buying_groups(sc, deals, spell, index),
        "ties": tie,
        "milestones": experience.milestones(sc, orgs, deals, spell),
        "setup_events": experience.setup_events(sc, spell, made_of, trial),
        "usage": experience.usage(sc, spell, term, partner, service),
        "feedback": experience.feedback(sc, spell, service, partner, index),
        "signals": experience.signals(sc, orgs, deals, partner, index, tie),
        "needs": experience.needs(sc, orgs, deals),
        "partner_costs": experience.partner_costs(sc, partner),
        "actions": experience.actions(sc, spell, champion),
    }
    pools = names.Pools(sc.seed)
    organisations, mess = draw(sc, _organisation_table(sc, pools, orgs, spell, trial), pools)
    tables = {
        "organisations": organisations,
        "partners": _partner_table(sc, pools, partner),
    }
    _tables_of(sc, pools, facts, tables)
    answers = truth.answers(
        sc,
        partner,
        tables["partners"]["name"].to_pylist(),
        deals,
        n_new,
        spell,
        service,
        champion,
        decisions,
        term,
        touch,
        orgs,
    )
    return World(sc, tables, answers, truth.decision_table(spell, decisions), mess)


def _customers(sc: Scenario, orgs: Columns, partner: Columns, deals: Columns) -> tuple:
    """Spells as customer with services, champions and contracts: first ones, then returns."""
    parts = []
    for turn in ("first", "return"):
        if turn == "first":
            spell = market.spells(sc, orgs, deals, 0, "spells first")
        else:
            gone = np.flatnonzero(parts[0][0]["churned"] != NONE)
            back = market.return_deals(
                sc, orgs, partner, parts[0][0]["account"][gone], parts[0][0]["churned"][gone]
            )
            first_row = len(deals["account"])
            deals = stack([deals, back], market.DEAL_DEFAULTS)
            spell = market.spells(sc, orgs, back, first_row, "spells return")
        service = market.services(sc, partner, spell, f"services {turn}")
        spell |= contracts.terms_of_trade(sc, spell, service, partner, f"trade {turn}")
        champion = contracts.champions(sc, spell, service, f"champions {turn}")
        rounds, decisions, spell["churned"] = contracts.play(
            sc, spell, service, champion, partner, f"contracts {turn}"
        )
        parts.append((spell, service, champion, rounds, decisions))
    offset = len(parts[0][0]["account"])
    for block in parts[1][3:]:
        block["spell"] = block["spell"] + np.int32(offset)
    joined = [
        {name: np.concatenate([parts[0][i][name], parts[1][i][name]]) for name in parts[0][i]}
        for i in range(5)
    ]
    return (*joined, deals)


def _service_rows(sc: Scenario, spell: Columns, service: Columns, hidden: np.ndarray) -> Columns:
    """Services as rows: who serves which customer, from when, until when, seen or not."""
    last = experience.last_day(sc, spell)
    row, slot = np.nonzero((service["partner"] >= 0) & (service["start"] <= last[:, None]))
    end = np.minimum(service["end"][row, slot], last[row])
    over = (service["end"][row, slot] <= sc.end) | (spell["churned"][row] != NONE)
    return {
        "spell": row,
        "account": spell["account"][row],
        "partner": service["partner"][row, slot],
        "started": service["start"][row, slot],
        "ended": np.where(over, end, NONE),
        "undeclared": hidden[row, slot],
    }


def _organisation_table(
    sc: Scenario, pools: names.Pools, orgs: Columns, spell: Columns, trial: Columns
) -> pa.Table:
    n = sc.n_accounts
    rng = rng_for(sc.seed, "organisation table")
    name, stem = names.organisation_names(pools, n, sc.seed)
    place = names.places(n, sc.seed)
    suffix = np.where(place["suffix_own"] == 1, place["country"], 0)
    city = (
        place["country"] * 8
        + place["city"] % np.array([len(c) for c in names.CITIES])[place["country"]]
    )
    towns = [c for group in names.CITIES for c in (group + [""] * 8)[:8]]
    customer = np.full(n, NONE, dtype=np.int32)
    customer[spell["account"][::-1]] = spell["start"][::-1]
    opened = np.where(customer == NONE, trial["opened"], customer)
    opened = np.where(
        (trial["opened"] != NONE) & (customer != NONE),
        np.minimum(trial["opened"], customer),
        opened,
    )
    parent = np.full(n, -1, dtype=np.int32)
    large = np.flatnonzero(orgs["segment"] == 2)
    child = np.flatnonzero((orgs["segment"] < 2) & (rng.random(n) < 0.03))
    if len(large):
        parent[child] = large[rng.integers(0, len(large), len(child))]
        parent[child] = np.where(
            orgs["created"][parent[child]] <= orgs["created"][child], parent[child], -1
        )
    texts = pa.array(place["house"]).cast(pa.string())
    return pa.table(
        {
            "name": name,
            "domain": join(stem, text_column(names.SUFFIXES, suffix), sep="."),
            "country": enum_column(place["country"], names.COUNTRIES),
            "legal_form": enum_column(place["country"], names.LEGAL_FORMS),
            "region": enum_column(place["country"], names.REGIONS),
            "city": text_column(towns, city),
            "address": join(texts, text_column(names.STREETS, place["street"]), "Street", sep=" "),
            "postal_code": pa.array(place["postal_code"]).cast(pa.string()),
            "phone": join(
                text_column(names.DIALLING, place["country"]),
                pa.array(place["phone"]).cast(pa.string()),
                sep=" ",
            ),
            "industry": enum_column(orgs["industry"], names.INDUSTRIES),
            "segment": enum_column(orgs["segment"], ["small", "mid", "large"]),
            "employees": pa.array(orgs["employees"]),
            "annual_revenue": number_column(orgs["revenue"], 0),
            "parent": ref_column(parent),
            "owner": enum_column(
                orgs["owner"], [f"{pools.given[i]} {pools.family[-1 - i]}" for i in range(14)]
            ),
            "created": day_column(orgs["created"]),
            "customer_since": day_column(customer),
            "workspace_opened": day_column(opened),
        }
    )


def _partner_table(sc: Scenario, pools: names.Pools, partner: Columns) -> pa.Table:
    name, domain = names.partner_names(pools, sc.n_partners, sc.seed)
    rng = rng_for(sc.seed, "partner table")
    n = sc.n_partners
    return pa.table(
        {
            "name": pa.array(name),
            "domain": pa.array(domain),
            "country": enum_column(pick(rng, names.COUNTRY_WEIGHTS, n), names.COUNTRIES),
            "type": enum_column(partner["type"], market.PARTNER_TYPES),
            "tier": enum_column(partner["tier"], market.TIERS),
            "joined": day_column(partner["joined"]),
            "left": day_column(partner["left"]),
            "manager": enum_column(
                rng.integers(0, 5, n),
                [f"{pools.given[-1 - i]} {pools.family[-20 - i]}" for i in range(5)],
            ),
        }
    )


def _person_texts(
    sc: Scenario, pools: names.Pools, people: Columns, tables: dict[str, pa.Table]
) -> tuple[pa.Array, pa.Array]:
    """Full names and e-mail addresses (n,)."""
    full, local = names.person_names(pools, len(people["account"]), rng_for(sc.seed, "persons"))
    domains = pa.concat_arrays(
        [
            tables["organisations"]["domain"].combine_chunks(),
            tables["partners"]["domain"].combine_chunks(),
        ]
    )
    where = np.where(people["account"] >= 0, people["account"], sc.n_accounts + people["partner"])
    return full, join(local, domains.take(pa.array(where)), sep="@")


def _tables_of(
    sc: Scenario, pools: names.Pools, facts: dict[str, Columns], tables: dict[str, pa.Table]
) -> None:
    """Type every fact; a fact's arrays are let go as soon as its table is made."""
    e, x, m, c = engagement, experience, market, contracts
    f = facts.pop("people")
    full, email = _person_texts(sc, pools, f, tables)
    tables["people"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "partner": ref_column(f["partner"]),
            "full_name": full,
            "email": email,
            "title": enum_column(f["title"], names.TITLES),
            "seniority": enum_column(f["seniority"], e.SENIORITIES),
            "role": enum_column(f["role"], e.ROLES),
            "started": day_column(f["started"]),
            "ended": day_column(f["ended"]),
            "spell": ref_column(f["spell"]),
        }
    )
    f = facts.pop("deals")
    tables["deals"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "kind": enum_column(f["kind"], ["new", "expansion", "renewal"]),
            "amount": number_column(f["amount"]),
            "created": day_column(f["created"]),
            "qualified": day_column(f["qualified"]),
            "closed": day_column(f["closed"]),
            "status": enum_column(f["status"], ["open", "won", "lost"]),
            "source_partner": ref_column(f["source"]),
            "influence_partner": ref_column(f["influence"]),
            "lost_reason": enum_column(f["reason"], m.LOST_REASONS),
        }
    )
    f = facts.pop("spells")
    tables["spells"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "deal": ref_column(f["deal"]),
            "selected": day_column(f["selected"]),
            "started": day_column(f["start"]),
            "live": day_column(np.where(f["live"] <= x.last_day(sc, f), f["live"], NONE)),
            "churned": day_column(f["churned"]),
            "arr": number_column(f["arr"]),
            "form": enum_column(f["form"], contracts.FORMS),
            "installer": ref_column(f["installer"]),
        }
    )
    f = facts.pop("services")
    tables["services"] = pa.table(
        {
            "spell": ref_column(f["spell"]),
            "account": ref_column(f["account"]),
            "partner": ref_column(f["partner"]),
            "started": day_column(f["started"]),
            "ended": day_column(f["ended"]),
            "undeclared": pa.array(f["undeclared"]),
        }
    )
    f = facts.pop("terms")
    tables["terms"] = pa.table(
        {
            "spell": ref_column(f["spell"]),
            "account": ref_column(f["account"]),
            "product": enum_column(f["product"], x.PRODUCTS),
            "started": day_column(f["start"]),
            "term_end": day_column(f["term_end"]),
            "ended": day_column(f["ended"]),
            "arr": number_column(f["arr"]),
            "seats": pa.array(f["seats"].astype(np.int32)),
            "status": enum_column(f["status"], c.STATUSES),
            "outcome": enum_column(f["outcome"], c.OUTCOMES),
            "form": enum_column(f["form"], contracts.FORMS),
        }
    )
    f = facts.pop("touches")
    tables["touches"] = pa.table(
        {
            "actor": enum_column(f["actor"], ["partner", "own_team"]),
            "partner": ref_column(f["partner"]),
            "account": ref_column(f["account"]),
            "type": enum_column(f["type"], e.TOUCH_TYPES),
            "occurred": moment_column(f["day"], f["second"]),
            "deal": ref_column(f["deal"]),
            "partner_person": ref_column(f["partner_person"]),
            "account_person": ref_column(f["account_person"]),
            "minutes": number_column(f["minutes"], 0),
            "quality": number_column(f["quality"]),
            "evidence": enum_column(f["evidence"], ["observed", "system", "declared"]),
            "origin": enum_column(f["origin"], ["crm", "portal", "calendar"]),
            "restricted": pa.array(f["restricted"]),
            "retain_until": day_column(f["retain"]),
        }
    )
    f = facts.pop("tickets")
    tables["tickets"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "opened": moment_column(f["opened"], f["second"]),
            "closed": moment_column(f["closed"], 86_340),
            "severity": enum_column(f["severity"], x.SEVERITIES),
            "escalated": pa.array(f["escalated"]),
            "csat": number_column(f["csat"]),
            "partner": ref_column(f["partner"]),
        }
    )
    f = facts.pop("solutions")
    offers = x.PRODUCTS + [
        f"{name} {offer}"
        for name in tables["partners"]["name"].to_pylist()
        for offer in ("Connector", "Success Pack")
    ]
    tables["solutions"] = pa.table(
        {
            "solution": text_column(offers, f["solution"]),
            "provider": enum_column((f["partner"] >= 0).astype(int), ["vendor", "partner"]),
            "partner": ref_column(f["partner"]),
            "need": enum_column(f["need"], x.NEEDS),
            "coverage": number_column(f["coverage"]),
        }
    )
    f = facts.pop("deal_partners")
    tables["deal_partners"] = pa.table(
        {
            "deal": ref_column(f["deal"]),
            "partner": ref_column(f["partner"]),
            "role": enum_column(
                f["role"], ["sourcing", "influencing", "cosell", "resale", "implementation"]
            ),
            "is_primary": pa.array(f["primary"]),
            "declared": day_column(f["declared"]),
        }
    )
    f = facts.pop("deal_people")
    tables["deal_people"] = pa.table(
        {
            "deal": ref_column(f["deal"]),
            "person": ref_column(f["person"]),
            "role": enum_column(
                f["role"],
                [
                    "champion",
                    "decision_maker",
                    "economic_buyer",
                    "evaluator",
                    "user",
                    "blocker",
                    "other",
                ],
            ),
            "added": day_column(f["added"]),
        }
    )
    f = facts.pop("ties")
    tables["ties"] = pa.table(
        {
            "kind": enum_column(f["kind"], e.TIES),
            "from_type": enum_column(f["from_type"], e.NODES),
            "from_row": ref_column(f["from_row"]),
            "to_type": enum_column(f["to_type"], e.NODES),
            "to_row": ref_column(f["to_row"]),
            "started": day_column(f["started"]),
            "ended": day_column(f["ended"]),
            "strength": number_column(f["strength"]),
            "visibility": enum_column(f["visibility"], e.VISIBILITY),
            "restricted": pa.array(f["restricted"]),
        }
    )
    f = facts.pop("milestones")
    tables["milestones"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "milestone": enum_column(f["milestone"], x.MILESTONES),
            "occurred": day_column(f["day"]),
        }
    )
    f = facts.pop("setup_events")
    tables["setup_events"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "event": enum_column(f["event"], x.SETUP),
            "occurred": day_column(f["day"]),
            "solution": ref_column(f["solution"]),
        }
    )
    f = facts.pop("usage")
    tables["usage"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "day": day_column(f["day"]),
            "product": enum_column(f["product"], x.PRODUCTS),
            "active_users": pa.array(f["users"]),
            "events": pa.array(f["events"]),
            "features_used": pa.array(f["features"]),
        }
    )
    f = facts.pop("feedback")
    tables["feedback"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "person": ref_column(f["person"]),
            "kind": enum_column(f["kind"], x.FEEDBACK),
            "score": number_column(f["score"]),
            "occurred": moment_column(f["day"], f["second"]),
        }
    )
    f = facts.pop("signals")
    tables["signals"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "person": ref_column(f["person"]),
            "partner": ref_column(f["partner"]),
            "family": enum_column(f["family"], x.FAMILIES),
            "event": enum_column(f["event"], x.SIGNAL_EVENTS),
            "occurred": moment_column(f["day"], f["second"]),
            "strength": number_column(f["strength"]),
            "restricted": pa.array(f["restricted"]),
        }
    )
    f = facts.pop("needs")
    tables["needs"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "need": enum_column(f["need"], x.NEEDS),
            "weight": number_column(f["weight"], 1),
            "stated": day_column(f["day"]),
        }
    )
    f = facts.pop("partner_costs")
    tables["partner_costs"] = pa.table(
        {
            "partner": ref_column(f["partner"]),
            "kind": enum_column(f["kind"], x.COST_KINDS),
            "amount": number_column(f["amount"]),
            "incurred": day_column(f["day"]),
        }
    )
    f = facts.pop("actions")
    tables["actions"] = pa.table(
        {
            "account": ref_column(f["account"]),
            "play": enum_column(f["play"], x.PLAYS),
            "reason": enum_column(f["reason"], x.REASONS),
            "raised": day_column(f["raised"]),
            "acted": moment_column(f["acted"], f["second"]),
            "actor": enum_column(
                f["actor"], [f"{pools.given[30 + i]} {pools.family[-40 - i]}" for i in range(9)]
            ),
            "is_holdout": pa.array(f["holdout"]),
        }
    )
