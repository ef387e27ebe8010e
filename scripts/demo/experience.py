"""What customers do and say: milestones, usage, set-up, tickets, feedback, signals, needs."""

from __future__ import annotations

import numpy as np

from .engagement import NODES
from .market import NEW, TIERS
from .scenario import Scenario
from .tabular import (
    NONE,
    Columns,
    expand,
    office_seconds,
    pick,
    rng_for,
    stack,
    take_rows,
    to_weekday,
)

NEEDS = [
    "data_integration",
    "workflow_automation",
    "reporting",
    "identity_access",
    "compliance",
    "user_adoption",
    "change_management",
    "custom_development",
    "data_migration",
    "industry_expertise",
    "managed_operations",
    "security_review",
]
"""The keys of the need taxonomy."""

PRODUCTS = ["Lumenfold Core", "Lumenfold Insight"]
MILESTONES = ["need", "selected", "onboarding_started", "go_live", "first_value", "churned"]
SETUP = [
    "integration_activated",
    "integration_deactivated",
    "admin_configured",
    "security_step_started",
    "security_step_passed",
    "security_step_failed",
    "data_ready",
    "user_provisioned",
]
FAMILIES = ["intent", "marketing", "community", "marketplace", "partner", "other"]
SIGNAL_EVENTS = [
    "topic_surge",
    "pricing_page_visit",
    "webinar_attended",
    "forum_question",
    "listing_viewed",
    "partner_mention",
    "company_news",
]
SEVERITIES = ["low", "normal", "high", "critical"]
FEEDBACK = ["nps", "csat", "review", "reference", "referral", "case_study"]
VOICE_RATE = 0.32
"""Reviews, references and referrals a year of a customer."""
PLAYS = [
    "executive_check_in",
    "partner_business_review",
    "adoption_sprint",
    "renewal_review",
    "champion_handover",
]
REASONS = ["champion_left", "partner_quiet", "usage_falling", "tickets_escalating", "renewal_near"]
SIGNAL_DEFAULTS: dict[str, object] = {
    "account": np.int32(-1),
    "day": np.int32(0),
    "family": np.int8(0),
    "event": np.int8(0),
    "strength": np.float64(np.nan),
    "partner": np.int32(-1),
    "person": np.int32(-1),
    "second": np.int32(0),
    "restricted": np.False_,
}
COST_KINDS = ["commission", "market_development", "headcount", "enablement"]


def last_day(sc: Scenario, spell: Columns) -> np.ndarray:
    """The last day (n,) on which each spell is a customer within the history."""
    return np.where(spell["churned"] == NONE, sc.end, np.minimum(spell["churned"], sc.end))


def solutions(sc: Scenario) -> Columns:
    """What covers a need: the vendor's two products, then two offers of each partner."""
    rng = rng_for(sc.seed, "solutions")
    own = [(0, 1, 0.7), (0, 0, 0.5), (0, 3, 0.5), (0, 5, 0.3), (1, 2, 0.8), (1, 4, 0.4)]
    rows = [(code, -1, need, cover) for code, need, cover in own]
    for partner in range(sc.n_partners):
        for offer in range(2):
            covered = rng.choice(len(NEEDS), size=int(rng.integers(1, 4)), replace=False)
            rows += [
                (2 + 2 * partner + offer, partner, int(need), float(rng.uniform(0.4, 0.9)))
                for need in covered
            ]
    code, partner, need, cover = (np.array(c) for c in zip(*rows, strict=True))
    return {
        "solution": code.astype(np.int32),
        "partner": partner.astype(np.int32),
        "need": need.astype(np.int8),
        "coverage": np.round(cover, 2),
        "partner_rows": np.flatnonzero(partner >= 0).astype(np.int32),
    }


def milestones(sc: Scenario, orgs: Columns, deals: Columns, spell: Columns) -> Columns:
    """Stated lifecycle dates; most are left for the build to infer."""
    rng = rng_for(sc.seed, "milestones")
    n, last = len(spell["account"]), last_day(sc, spell)
    started = spell["start"] + rng.integers(0, 12, n)
    worth = spell["live"] + rng.integers(10, 70, n)
    days = [
        (1, spell["selected"], 0.4),
        (2, started, 0.6),
        (3, spell["live"], 0.7),
        (4, worth, 0.3),
        (5, np.where(spell["churned"] == NONE, sc.end + 1, spell["churned"]), 0.5),
    ]
    blocks = []
    for code, day, share in days:
        row = np.flatnonzero((rng.random(n) < share) & (day <= last))
        blocks.append(
            {
                "account": spell["account"][row],
                "day": day[row],
                "milestone": np.full(len(row), code),
            }
        )
    row = np.flatnonzero((deals["kind"] == NEW) & (rng.random(len(deals["kind"])) < 0.1))
    ahead = np.maximum(
        deals["created"][row] - rng.integers(0, 20, len(row)),
        orgs["created"][deals["account"][row]],
    )
    blocks.append({"account": deals["account"][row], "day": ahead, "milestone": np.zeros(len(row))})
    return stack(blocks, {"account": np.int32(0), "milestone": np.int8(0), "day": np.int32(0)})


def usage(
    sc: Scenario, spell: Columns, term: Columns, partner: Columns, service: Columns
) -> Columns:
    """Weekly sampled days of the core product, monthly ones of the second; users and events.

    Users ramp up after go-live, stay near a level of the seats, and sink before most churns. Every
    user makes an event or two that day; a day that nobody used the product has no row.
    """
    rng = rng_for(sc.seed, "usage")
    n, last = len(spell["account"]), last_day(sc, spell)
    level = np.clip(rng.beta(5, 3.6, n) + 0.04 * spell["fit"], 0.08, 0.97)
    level = np.where(rng.random(n) < 0.08, level * 0.2, level)
    for slot in range(2):
        who = service["partner"][:, slot]
        near = (who >= 0) & (service["start"][:, slot] < spell["live"] + 60)
        level *= np.where(near, partner["adopt"][np.maximum(who, 0)], 1.0)
    level = np.minimum(level, 0.98)
    pace = rng.uniform(12, 40, n)
    sinks = (spell["churned"] != NONE) & (rng.random(n) < 0.72)
    floor = rng.uniform(0.15, 0.6, n)

    begin = to_weekday(spell["live"])
    weeks = np.where(last >= begin, (last - begin) // 7 + 1, 0)
    row, week = expand(weeks)
    day = begin[row] + week * 7
    second = first_second(spell, term)
    extra_begin = np.maximum(begin, to_weekday(np.where(second == NONE, 0, second)))
    months = np.where((second != NONE) & (last >= extra_begin), (last - extra_begin) // 28 + 1, 0)
    row_b, month = expand(months)
    day_b = extra_begin[row_b] + month * 28
    product = np.concatenate(
        [np.zeros(len(row), dtype=np.int8), np.ones(len(row_b), dtype=np.int8)]
    )
    row = np.concatenate([row, row_b])
    day = np.concatenate([day, day_b]).astype(np.int32)
    del week, month, row_b, day_b

    seats = seats_at(term, row, day)
    share = np.empty(len(row), dtype=np.float32)
    for lo in range(0, len(row), 2_000_000):
        part = slice(lo, lo + 2_000_000)
        at, when = row[part], day[part]
        ramp = 1 - np.exp(-(when - spell["live"][at] + 6) / pace[at])
        to_go = np.where(sinks[at], spell["churned"][at] - when, 999)
        sink = np.where(to_go < 130, floor[at] + (1 - floor[at]) * np.maximum(to_go, 0) / 130, 1.0)
        noise = 1 + 0.08 * rng.standard_normal(len(at), dtype=np.float32)
        share[part] = level[at] * ramp * sink * noise
    share[product == 1] *= 0.4
    users = np.clip(np.round(share * seats), 0, seats).astype(np.int32)
    more = np.round(users * rng.uniform(0.1, 1.0, len(row))).astype(np.int32)
    features = np.minimum(1 + users // 3, 3 + (row % 22)).astype(np.int16)
    rows = {
        "spell": row,
        "account": spell["account"][row],
        "day": day,
        "product": product,
        "users": users,
        "events": users + more,
        "features": features,
    }
    return take_rows(rows, np.flatnonzero(users > 0))


def seats_at(term: Columns, spell_row: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Seats of the core product at a spell on a day: the latest term begun by then."""
    core = term["product"] == 0
    key = term["spell"][core].astype(np.int64) * 100_000 + term["start"][core]
    at = np.searchsorted(key, spell_row.astype(np.int64) * 100_000 + day, side="right") - 1
    return term["seats"][core][np.maximum(at, 0)]


def first_second(spell: Columns, term: Columns) -> np.ndarray:
    """The first day of the second product for each spell, NONE where it was never bought."""
    rows = np.flatnonzero(term["product"] == 1)
    first = np.full(len(spell["account"]), NONE, dtype=np.int32)
    first[term["spell"][rows][::-1]] = term["start"][rows][::-1]
    return first


def trials(sc: Scenario, orgs: Columns, deals: Columns) -> Columns:
    """The day (accounts,) on which a trial workspace was opened during a deal, else NONE."""
    rng = rng_for(sc.seed, "trials")
    opened = np.full(sc.n_accounts, NONE, dtype=np.int32)
    row = np.flatnonzero((deals["kind"] == NEW) & (rng.random(len(deals["kind"])) < 0.15))
    row = row[::-1]
    opened[deals["account"][row]] = deals["created"][row]
    return {"opened": opened}


def setup_events(sc: Scenario, spell: Columns, made_of: Columns, trial: Columns) -> Columns:
    """Steps towards running the product, most of them between contract and go-live."""
    rng = rng_for(sc.seed, "setup events")
    n, last = len(spell["account"]), last_day(sc, spell)
    span = np.maximum(spell["live"] - spell["start"], 1)
    blocks = []
    for code, share, along in (
        (2, 0.9, 0.1),
        (3, 0.7, 0.15),
        (4, 0.6, 0.45),
        (5, 0.12, 0.4),
        (6, 0.8, 0.6),
        (7, 0.9, 0.8),
    ):
        row = np.flatnonzero(rng.random(n) < share)
        day = spell["start"][row] + (span[row] * (along + 0.15 * rng.random(len(row)))).astype(int)
        blocks.append({"spell": row, "event": np.full(len(row), code), "day": day})
    row, _ = expand(rng.poisson(1.2 + 0.5 * spell["segment"]))
    day = spell["start"][row] + (span[row] * rng.uniform(0.2, 2.5, len(row))).astype(int)
    with_partner = rng.random(len(row)) < 0.7
    choice = rng.choice(made_of["partner_rows"], len(row))
    solution = np.where(with_partner, choice, -1)
    blocks.append({"spell": row, "event": np.zeros(len(row)), "day": day, "solution": solution})
    off = np.flatnonzero(rng.random(len(row)) < 0.12)
    blocks.append(
        {
            "spell": row[off],
            "event": np.ones(len(off)),
            "solution": solution[off],
            "day": day[off] + rng.integers(60, 600, len(off)),
        }
    )
    rows = stack(
        blocks,
        {"spell": np.int32(-1), "event": np.int8(0), "day": np.int32(0), "solution": np.int32(-1)},
    )
    rows = take_rows(rows, np.flatnonzero(rows["day"] <= last[rows["spell"]]))
    rows["account"] = spell["account"][rows["spell"]]
    tries = np.flatnonzero(trial["opened"] != NONE)
    again, step = expand(rng.integers(1, 4, len(tries)))
    account = tries[again]
    day = trial["opened"][account] + step * rng.integers(1, 8, len(account))
    extra = {
        "account": account,
        "day": day,
        "event": np.array([2, 3, 4, 7])[step],
        "spell": np.full(len(account), -1),
        "solution": np.full(len(account), -1),
    }
    inside = np.flatnonzero(day <= sc.end)
    return stack(
        [rows, take_rows(extra, inside)],
        {
            "account": np.int32(0),
            "spell": np.int32(-1),
            "event": np.int8(0),
            "day": np.int32(0),
            "solution": np.int32(-1),
        },
    )


def tickets(sc: Scenario, spell: Columns, service: Columns, partner: Columns) -> Columns:
    """Support cases; more of them escalate before a churn and where the loud partner serves."""
    rng = rng_for(sc.seed, "tickets")
    last = last_day(sc, spell)
    years = np.maximum(last - spell["start"], 0) / 365.25
    row, _ = expand(rng.poisson(np.array([2.5, 4.5, 8.0])[spell["segment"]] * years))
    n = len(row)
    opened = spell["start"][row] + (rng.random(n) * (last - spell["start"])[row]).astype(int)
    loud = np.zeros(n, dtype=bool)
    server = np.full(n, -1, dtype=np.int32)
    for slot in (1, 0):
        who = service["partner"][row, slot]
        here = (
            (who >= 0)
            & (service["start"][row, slot] <= opened)
            & (service["end"][row, slot] >= opened)
        )
        server = np.where(here, who, server)
        loud |= here & (partner["role"][np.maximum(who, 0)] == 1)
    trouble = (spell["churned"][row] != NONE) & (spell["churned"][row] - opened < 120)
    rate = 0.05 * np.where(loud, 2.4, 1.0) * np.where(trouble, 1.8, 1.0)
    escalated = rng.random(n) < rate
    severity = np.where(escalated, pick(rng, [0, 2, 5, 3], n), pick(rng, [4, 5, 1.2, 0.2], n))
    closed = opened + (rng.exponential(np.array([2.0, 4.0, 5.0, 3.0])[severity])).astype(int)
    mood = 0.82 - 0.12 * loud - 0.15 * trouble - 0.2 * escalated + 0.15 * rng.standard_normal(n)
    # the feed of the help desk stops some days before the end
    stopped = sc.end - sc.silent_days if sc.planted else sc.end
    done = closed <= np.minimum(last[row], stopped)
    rated = done & (rng.random(n) < 0.55)
    # a rating is good or bad, as help desks ask for it
    good = rng_for(sc.seed, "ticket ratings").random(n) < np.clip(mood, 0, 1)
    csat = np.where(rated, good, np.nan)
    cases = {
        "spell": row,
        "account": spell["account"][row],
        "opened": opened.astype(np.int32),
        "closed": np.where(done, closed, NONE).astype(np.int32),
        "severity": severity.astype(np.int8),
        "escalated": escalated,
        "csat": csat,
        "server": server,
        "second": office_seconds(rng, n),
        "partner": np.where(rng.random(n) < 0.15, server, -1).astype(np.int32),
    }
    return take_rows(cases, np.flatnonzero(opened <= stopped))


def feedback(
    sc: Scenario, spell: Columns, service: Columns, partner: Columns, index: Columns
) -> Columns:
    """Voices of customers: a score twice a year, satisfaction now and then, advocacy at times."""
    rng = rng_for(sc.seed, "feedback")
    last = last_day(sc, spell)
    years = np.maximum(last - spell["live"], 0) / 365.25
    loud = (
        (service["partner"] >= 0) & (partner["role"][np.maximum(service["partner"], 0)] == 1)
    ).any(axis=1)
    blocks = []
    for code, rate in ((0, 1.6), (1, 0.8), (2, 0.12), (3, 0.12), (4, 0.08), (5, 0.05)):
        row, _ = expand(rng.poisson(rate * years))
        n = len(row)
        day = spell["live"][row] + (rng.random(n) * (last - spell["live"])[row]).astype(int)
        mood = 0.72 - 0.1 * loud[row] + 0.05 * spell["fit"][row] + 0.2 * rng.standard_normal(n)
        near = (spell["churned"][row] != NONE) & (spell["churned"][row] - day < 180)
        mood = np.clip(mood - 0.15 * near, 0, 1)
        if code == 0:
            score = np.round(mood * 10)
        elif code == 1:
            score = np.round(mood, 2)
        else:
            score = np.round(1 + 4 * np.sqrt(mood)) if code == 2 else np.full(n, np.nan)
        blocks.append({"spell": row, "kind": np.full(n, code), "day": day, "score": score})
    rows = stack(
        blocks,
        {"spell": np.int32(0), "kind": np.int8(0), "day": np.int32(0), "score": np.float64(np.nan)},
    )
    if sc.planted and sc.voice_spread > 0:
        rows = _voiced(sc, spell, service, partner, rows)
    n = len(rows["day"])
    rows["account"] = spell["account"][rows["spell"]]
    count = index["count"][rows["account"]]
    person = index["first"][rows["account"]] + (rng.random(n) * np.maximum(count, 1)).astype(int)
    rows["person"] = np.where((rng.random(n) < 0.5) & (count > 0), person, -1).astype(np.int32)
    rows["second"] = office_seconds(rng, n)
    return rows


def _voiced(
    sc: Scenario, spell: Columns, service: Columns, partner: Columns, rows: Columns
) -> Columns:
    """Customers that speak up more or less often, by the partners that serve them that day: some stay silent, others
    give a reference that they would not have given."""
    rng = rng_for(sc.seed, "voices")

    def factor(at: np.ndarray, day: np.ndarray) -> np.ndarray:
        who = np.maximum(service["partner"][at], 0)
        there = (service["partner"][at] >= 0) & (service["start"][at] <= day[:, None])
        there &= service["end"][at] > day[:, None]
        share = there / np.maximum(there.sum(axis=1), 1)[:, None]
        return np.exp((share * np.log(partner["voice"])[who]).sum(axis=1))

    silent = (rows["kind"] >= FEEDBACK.index("review")) & (
        rng.random(len(rows["day"])) > factor(rows["spell"], rows["day"])
    )
    last = last_day(sc, spell)
    years = np.maximum(last - spell["live"], 0) / 365.25
    at, _ = expand(rng.poisson(VOICE_RATE * 3 * years))
    day = spell["live"][at] + (rng.random(len(at)) * (last - spell["live"])[at]).astype(np.int32)
    speaks = rng.random(len(at)) * 3 < factor(at, day) - 1
    more = {
        "spell": at[speaks],
        "kind": np.full(int(speaks.sum()), FEEDBACK.index("reference"), dtype=np.int8),
        "day": day[speaks],
        "score": np.full(int(speaks.sum()), np.nan),
    }
    kept = take_rows(rows, np.flatnonzero(~silent))
    return stack([kept, more], {name: values.dtype.type(0) for name, values in rows.items()})


def signals(
    sc: Scenario,
    orgs: Columns,
    deals: Columns,
    partner: Columns,
    index: Columns,
    tie: Columns,
) -> Columns:
    """Outside and buying signals, denser before deals, and a feed of news that foretells nothing.

    In one month the intent feed jumps; partners of one tier report of every account that a tie binds them to.
    """
    rng = rng_for(sc.seed, "signals")
    years = np.maximum(sc.end - orgs["created"], 0) / 365.25
    row, _ = expand(rng.poisson(1.4 * years))
    day = orgs["created"][row] + (rng.random(len(row)) * (sc.end - orgs["created"])[row])
    heat = rng.poisson(1.5 * np.exp(0.25 * np.clip(orgs["fit"][deals["account"]], -2, 2)))
    deal, _ = expand(np.where(deals["kind"] == NEW, heat, 0))
    before = deals["created"][deal] - rng.integers(0, 75, len(deal))
    account = np.concatenate([row, deals["account"][deal]])
    day = np.concatenate([day, before]).astype(np.int32)
    n = len(account)
    family = pick(rng, [6, 6, 3, 2, 2], n)
    event = np.where((family == 1) & (rng.random(n) < 0.5), 2, np.array([0, 1, 3, 4, 5])[family])
    strength = np.clip(rng.beta(3, 4, n), 0, 1)
    if sc.planted:
        begin, stop = drift_month(sc)
        drift = (family == 0) & (day >= begin) & (day < stop)
        strength = np.where(drift, np.minimum(strength + 0.35, 1), strength)
    known = (index["count"][account] > 0) & (rng.random(n) < 0.25) & (family == 1)
    firm = np.where(family == 4, pick(rng, partner["source_weight"] + 0.02, n), -1)
    rows = {
        "account": account,
        "day": day,
        "family": family.astype(np.int8),
        "event": event.astype(np.int8),
        "strength": strength,
        "partner": firm,
        "person": np.where(known, index["first"][account], -1),
        "second": office_seconds(rng, n),
        "restricted": rng.random(n) < 0.02,
    }
    blocks = [rows, _news(sc, orgs)]
    if sc.planted:
        blocks += [_surge(sc, orgs), _mentions(sc, partner, tie)]
    rows = stack(blocks, SIGNAL_DEFAULTS)
    rows = take_rows(rows, np.argsort(rows["day"], kind="stable"))
    rows["day"][-1:] = sc.end
    return rows


def _news(sc: Scenario, orgs: Columns) -> Columns:
    """News about organisations: as many before a deal or a loss as at any other time."""
    rng = rng_for(sc.seed, "news")
    lived = np.maximum(sc.end - orgs["created"], 0)
    row, _ = expand(rng.poisson(sc.news_rate * lived / 365.25))
    n = len(row)
    return {
        "account": row,
        "day": orgs["created"][row] + (rng.random(n) * lived[row]).astype(np.int32),
        "family": np.full(n, FAMILIES.index("other")),
        "event": np.full(n, SIGNAL_EVENTS.index("company_news")),
        "strength": rng.beta(3, 4, n),
        "second": office_seconds(rng, n),
    }


def _surge(sc: Scenario, orgs: Columns) -> Columns:
    """What the intent feed sends beyond its custom in the month of drift: its threshold was lowered."""
    rng = rng_for(sc.seed, "surge")
    begin, stop = drift_month(sc)
    row, _ = expand(rng.poisson(np.where(orgs["created"] < begin, sc.drift_rows, 0)))
    n = len(row)
    return {
        "account": row,
        "day": rng.integers(begin, stop, n),
        "family": np.full(n, FAMILIES.index("intent")),
        "event": np.full(n, SIGNAL_EVENTS.index("topic_surge")),
        "strength": np.minimum(rng.beta(3, 4, n) + 0.35, 1),
        "second": office_seconds(rng, n),
    }


def _mentions(sc: Scenario, partner: Columns, tie: Columns) -> Columns:
    """What partners of the favoured tier report of the accounts that a tie binds them to."""
    rng = rng_for(sc.seed, "mentions")
    favoured = partner["tier"] == TIERS.index(sc.favoured_tier)
    at = np.flatnonzero((tie["from_type"] == NODES.index("partner")) & (tie["started"] <= sc.end))
    at = at[favoured[tie["from_row"][at]]]
    until = np.where(tie["ended"][at] == NONE, sc.end, np.minimum(tie["ended"][at], sc.end))
    lasts = np.maximum(until - tie["started"][at], 0)
    row, _ = expand(rng.poisson(sc.favoured_mentions * lasts / 365.25))
    n = len(row)
    return {
        "account": tie["to_row"][at][row],
        "day": tie["started"][at][row] + (rng.random(n) * lasts[row]).astype(np.int32),
        "family": np.full(n, FAMILIES.index("partner")),
        "event": np.full(n, SIGNAL_EVENTS.index("partner_mention")),
        "strength": rng.beta(3, 4, n),
        "partner": tie["from_row"][at][row],
        "second": office_seconds(rng, n),
    }


def drift_month(sc: Scenario) -> tuple[int, int]:
    """First day of the month in which the intent feed jumps, and of the month after."""
    month = np.datetime64(sc.end_date, "M") - 5
    return (
        int(month.astype("datetime64[D]").astype(int)),
        int((month + 1).astype("datetime64[D]").astype(int)),
    )


def needs(sc: Scenario, orgs: Columns, deals: Columns) -> Columns:
    """Stated needs of accounts with deals: distinct keys, two to five an account."""
    rng = rng_for(sc.seed, "needs")
    first = np.full(sc.n_accounts, NONE, dtype=np.int32)
    new = np.flatnonzero(deals["kind"] == NEW)[::-1]
    first[deals["account"][new]] = deals["created"][new]
    account = np.flatnonzero((first != NONE) & (rng.random(sc.n_accounts) < 0.55))
    popular = np.linspace(1.6, 0.6, len(NEEDS))
    keys = np.argsort(rng.exponential(1 / popular, (len(account), len(NEEDS))), axis=1)
    row, step = expand(rng.integers(2, 6, len(account)))
    day = np.minimum(first[account[row]] + rng.integers(0, 25, len(row)), sc.end)
    return {
        "account": account[row].astype(np.int32),
        "need": keys[row, step].astype(np.int8),
        "weight": np.round(rng.uniform(0.5, 3, len(row)), 1),
        "day": day.astype(np.int32),
    }


def partner_costs(sc: Scenario, partner: Columns) -> Columns:
    """Quarterly spending by partner and kind, in USD; most of it goes to the loud partner."""
    rng = rng_for(sc.seed, "partner costs")
    quarters = np.arange(sc.start + 85, sc.end + 1, 91)
    who, quarter, kind = (
        g.ravel()
        for g in np.meshgrid(
            np.arange(sc.n_partners),
            np.arange(len(quarters)),
            np.arange(len(COST_KINDS)),
            indexing="ij",
        )
    )
    keep = rng.random(len(who)) < 0.45
    size = np.where(partner["role"] == 1, 9.0, np.where(partner["role"] == 2, 0.6, 1.0))
    typical = np.array([9_000, 5_000, 7_000, 3_000])[kind] * size[who]
    amount = np.round(typical * np.exp(0.4 * rng.standard_normal(len(who))), -1)
    day = quarters[quarter].astype(np.int32)
    left, joined = partner["left"][who], partner["joined"][who]
    keep &= (joined <= day) & ((left == NONE) | (day <= left))
    rows = {
        "partner": who.astype(np.int32),
        "kind": kind.astype(np.int8),
        "amount": amount,
        "day": day,
    }
    return take_rows(rows, np.flatnonzero(keep))


def actions(sc: Scenario, spell: Columns, champion: Columns) -> Columns:
    """A few plays that somebody carried out, most after a champion left."""
    rng = rng_for(sc.seed, "actions")
    last = last_day(sc, spell)
    row, turn = np.nonzero(champion["leave"] <= last[:, None] - 1)
    keep = rng.random(len(row)) < 0.25
    row, raised = row[keep], champion["leave"][row, turn][keep]
    reason = np.zeros(len(row))
    more = np.flatnonzero(rng.random(len(last)) < 0.06)
    day = spell["live"][more] + (rng.random(len(more)) * 900).astype(int)
    row, raised = np.concatenate([row, more]), np.concatenate([raised, day])
    reason = np.concatenate([reason, rng.integers(1, len(REASONS), len(more))]).astype(np.int8)
    acted = raised + rng.integers(0, 12, len(row))
    play = np.array([4, 1, 2, 0, 3])[reason]
    n = len(row)
    rows = {
        "account": spell["account"][row],
        "play": play.astype(np.int8),
        "reason": reason,
        "raised": raised.astype(np.int32),
        "acted": acted.astype(np.int32),
        "actor": rng.integers(0, 9, n),
        "holdout": rng.random(n) < 0.1,
        "second": office_seconds(rng, n),
    }
    return take_rows(rows, np.flatnonzero(acted <= last[row]))
