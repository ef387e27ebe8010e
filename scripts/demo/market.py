"""The vendor's market: organisations, partners, and new-business deals."""

from __future__ import annotations

import numpy as np

from .scenario import Scenario
from .tabular import NONE, Columns, pick, pick_by_row, rng_for, stack, to_weekday

PARTNER_TYPES = ["referral", "reseller", "services", "technology", "advisor", "marketplace"]
TIERS = ["platinum", "gold", "silver", "bronze"]
NEW, EXPANSION, RENEWAL = 0, 1, 2
OPEN, WON, LOST = 0, 1, 2
LOST_REASONS = ["price", "no decision", "competitor", "missing feature", "timing"]

DEAL_DEFAULTS: dict[str, object] = {
    "account": np.int32(-1),
    "kind": np.int8(NEW),
    "amount": np.float64(0),
    "created": NONE,
    "qualified": NONE,
    "closed": NONE,
    "status": np.int8(OPEN),
    "source": np.int32(-1),
    "influence": np.int32(-1),
    "reason": np.int8(-1),
    "cycle": np.int32(0),
}


def organisations(sc: Scenario) -> Columns:
    """One row an organisation: day created, segment 0-2, employees, revenue, latent fit."""
    rng = rng_for(sc.seed, "organisations")
    n = sc.n_accounts
    growth = 0.5
    draw = rng.random(n)
    along = (np.sqrt(1 + draw * ((1 + growth) ** 2 - 1)) - 1) / growth
    known = rng.random(n) < sc.opening_share
    along = np.where(known, 0.04 * draw, along)
    segment = pick(rng, sc.segment_mix, n)
    bounds = np.array([[5, 35, 99, 0.7], [100, 300, 999, 0.55], [1000, 2600, 60_000, 0.7]])
    low, mid, high, sigma = bounds[segment].T
    employees = np.clip(np.exp(np.log(mid) + sigma * rng.standard_normal(n)), low, high)
    each, industry = rng.standard_normal(n), pick(rng, [5, 4, 4, 3, 3, 3, 2, 2, 2, 2], n)
    owner, fit = rng.integers(0, 14, n).astype(np.int32), _fits(sc, rng.standard_normal(n))
    each = sc.revenue_tells * fit + np.sqrt(1 - sc.revenue_tells**2) * each
    return {
        "created": np.sort(sc.start + along * (sc.end - sc.start)).astype(np.int32),
        "segment": segment,
        "employees": employees.astype(np.int32),
        "revenue": np.round(employees * np.exp(12.0 + 0.3 * each), -3),
        "industry": industry,
        "owner": owner,
        "fit": fit,
    }


def _fits(sc: Scenario, drawn: np.ndarray) -> np.ndarray:
    return np.where(drawn < 0, -1.0, 1.0) if sc.two_fits else drawn


def partners(sc: Scenario) -> Columns:
    """One row a partner: hazard multiplier, how it sells and serves, and who is loud or quiet."""
    rng = rng_for(sc.seed, "partners")
    n = sc.n_partners
    loud, quiet = rng.choice(n, size=2, replace=False)
    others = np.setdiff1d(np.arange(n), [loud, quiet])
    latent = np.exp(sc.partner_spread * rng.standard_normal(n))
    latent[others[::4]] = 1.0
    latent[loud], latent[quiet] = sc.loud_hazard, sc.quiet_hazard
    if sc.hazards is not None:
        latent = np.asarray(sc.hazards, dtype=float)

    decay = 1 / np.sqrt(np.arange(len(others)) + 3)
    sourcing, serving = np.zeros(n), np.zeros(n)
    sourcing[rng.permutation(others)] = decay / decay.sum()
    serving[rng.permutation(others)] = decay / decay.sum()
    sourcing *= 1 - sc.loud_source_share
    sourcing[loud] = sc.loud_source_share
    sourcing[quiet] = 0.45 * np.median(sourcing[others])
    serving *= 1 - sc.loud_service_share - sc.quiet_service_share
    serving[loud], serving[quiet] = sc.loud_service_share, sc.quiet_service_share

    win, speed, adopt = np.ones(n), np.ones(n), np.ones(n)
    if sc.planted:
        win[loud] = sc.loud_win
        win[others[[0, -1]]] = [1.25, 0.8] if len(others) > 1 else 1.25
        speed = np.exp(sc.onboarding_spread * rng.standard_normal(n))
        adopt = np.exp(sc.adoption_spread * rng.standard_normal(n))
        adopt[loud], adopt[quiet] = 1 - sc.adoption_spread, 1 + sc.adoption_spread
    grow, voice = np.ones(n), np.ones(n)
    if sc.planted:
        later = rng_for(sc.seed, "partners, growth and voice")
        grow = np.exp(sc.growth_spread * later.standard_normal(n))
        win *= np.exp(sc.win_spread * later.standard_normal(n))
        voice = np.exp(sc.voice_spread * later.standard_normal(n))

    kind = rng.integers(0, len(PARTNER_TYPES), n)
    tier = pick(rng, [1, 3, 4, 4], n)
    kind[loud], kind[quiet], tier[loud], tier[quiet] = 1, 2, 0, 2
    joined = (sc.start - rng.integers(60, 1200, n)).astype(np.int32)
    left = np.full(n, NONE, dtype=np.int32)
    if len(others) > 6:
        late, gone = others[rng.permutation(len(others))[:4]].reshape(2, 2)
        joined[late] = np.minimum(sc.start + rng.integers(200, 900, 2), sc.end - 90)
        left[gone] = sc.end - rng.integers(90, 700, 2)
    role = np.zeros(n, dtype=np.int8)
    role[loud], role[quiet] = 1, 2
    return {
        "role": role,
        "type": kind.astype(np.int8),
        "tier": tier.astype(np.int8),
        "joined": joined,
        "left": left,
        "latent_hazard": latent,
        "hazard": latent if sc.planted else np.ones(n),
        "depth": np.where(role == 2, 1.0, np.where(role == 1, 0.2, rng.random(n))),
        "lean": np.clip(np.log(latent) / 0.25, -1.5, 1.5),
        "source_weight": sourcing,
        "service_weight": serving,
        "win": win,
        "speed": speed,
        "adopt": adopt,
        "grow": grow,
        "voice": voice,
    }


def present(partner: Columns, who: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The partner where it had joined and not left by that day, else -1."""
    at = np.maximum(who, 0)
    left = partner["left"][at]
    there = (who >= 0) & (partner["joined"][at] <= day) & ((left == NONE) | (left > day))
    return np.where(there, who, -1).astype(np.int32)


def new_deals(
    sc: Scenario,
    orgs: Columns,
    partner: Columns,
    account: np.ndarray,
    created: np.ndarray,
    topic: str,
    win_factor: float = 1.0,
) -> Columns:
    """One new-business deal for each account given, created on the day given, played to its end."""
    rng = rng_for(sc.seed, topic)
    n = len(account)
    segment, fit = orgs["segment"][account], orgs["fit"][account]
    pull = np.exp(sc.fit_confounding * fit) if sc.planted else np.ones(n)
    source = np.where(
        rng.random(n) < sc.sourced_share * np.minimum(pull, 2.5),
        pick(rng, partner["source_weight"], n),
        -1,
    )
    source = present(partner, source, created)
    spread = 0.5 / sc.n_partners + 0.5 * partner["source_weight"]
    influence = np.where(
        rng.random(n) < sc.influenced_share * np.minimum(pull, 2.5), pick(rng, spread, n), -1
    )
    influence = present(partner, influence, created)
    influence = np.where(influence == source, -1, influence).astype(np.int32)
    assisted = (source >= 0) | (influence >= 0)

    odds = sc.base_win / (1 - sc.base_win) * np.ones(n) * win_factor
    if sc.planted:
        odds *= np.exp(sc.win_fit * fit)
    for who in (source, influence):
        odds *= np.where(who >= 0, partner["win"][np.maximum(who, 0)], 1.0)
    won = rng.random(n) < odds / (1 + odds)

    typical = np.array([62.0, 80.0, 115.0])[segment]
    cycle = np.clip(typical * np.exp(0.5 * rng.standard_normal(n)), 18, 330)
    cycle = np.where(rng.random(n) < sc.stuck_share, 4000, cycle)
    if sc.planted:
        cycle = np.where(assisted, cycle * sc.cycle_factor, cycle)
    closed = to_weekday(created + np.maximum(cycle, 16).astype(np.int32))
    done = closed <= sc.end
    amount = np.array(sc.median_acv)[segment] * np.exp(0.5 * rng.standard_normal(n))
    amount *= np.where(partner["role"][np.maximum(source, 0)] * (source >= 0) == 1, 1.1, 1.0)
    qualified = created + (rng.uniform(0.1, 0.4, n) * np.minimum(cycle, 200)).astype(np.int32)
    seen = (rng.random(n) < np.where(won, 0.97, 0.72)) & (qualified <= sc.end)
    return {
        "account": account.astype(np.int32),
        "kind": np.full(n, NEW, dtype=np.int8),
        "amount": np.round(amount, -2),
        "created": created.astype(np.int32),
        "qualified": np.where(seen, qualified, NONE).astype(np.int32),
        "closed": np.where(done, closed, NONE).astype(np.int32),
        "status": np.where(done, np.where(won, WON, LOST), OPEN).astype(np.int8),
        "source": source,
        "influence": influence,
        "cycle": cycle.astype(np.int32),
        "reason": np.where(done & ~won, rng.integers(0, len(LOST_REASONS), n), -1),
    }


def first_customers(sc: Scenario, orgs: Columns, partner: Columns) -> Columns:
    """All new-business deals of accounts on their way to a first contract: up to four tries."""
    rng = rng_for(sc.seed, "deal starts")
    account = np.flatnonzero(rng.random(sc.n_accounts) < sc.first_deal_share)
    created = orgs["created"][account] + rng.exponential(25, len(account)).astype(np.int32)
    blocks: list[Columns] = []
    for turn in range(4):
        created = to_weekday(created)
        here = (created <= sc.end) & (created >= orgs["created"][account])
        block = new_deals(sc, orgs, partner, account[here], created[here], f"deals {turn}")
        blocks.append(block)
        again = (block["status"] == LOST) & (rng.random(len(block["account"])) < sc.retry_share)
        account = block["account"][again]
        created = block["closed"][again] + 45 + rng.exponential(90, len(account)).astype(np.int32)
    return stack(blocks, DEAL_DEFAULTS)


def return_deals(
    sc: Scenario, orgs: Columns, partner: Columns, account: np.ndarray, lost_on: np.ndarray
) -> Columns:
    """Second chances: some accounts that churned talk again, 60 to 400 days later."""
    rng = rng_for(sc.seed, "returns")
    back = rng.random(len(account)) < 0.1
    created = to_weekday(lost_on[back] + rng.integers(60, 400, int(back.sum())))
    here = created <= sc.end
    return new_deals(sc, orgs, partner, account[back][here], created[here], "return deals", 2.0)


def spells(sc: Scenario, orgs: Columns, deals: Columns, first_row: int, topic: str) -> Columns:
    """One row a time as a customer: it begins with a won new-business deal."""
    rng = rng_for(sc.seed, topic)
    row = np.flatnonzero((deals["status"] == WON) & (deals["kind"] == NEW))
    account, selected = deals["account"][row], deals["closed"][row]
    start = selected + rng.integers(0, 15, len(row)).astype(np.int32)
    begun = start <= sc.end
    row, account, selected, start = row[begun], account[begun], selected[begun], start[begun]
    return {
        "account": account,
        "deal": (row + first_row).astype(np.int32),
        "selected": selected,
        "start": start,
        "segment": orgs["segment"][account],
        "fit": orgs["fit"][account],
        "arr": deals["amount"][row],
        "source": deals["source"][row],
    }


def services(sc: Scenario, partner: Columns, spell: Columns, topic: str) -> Columns:
    """Which partners work for a customer after the sale: two slots a spell, (n, 2) arrays."""
    rng = rng_for(sc.seed, topic)
    n = len(spell["account"])
    fit = np.clip(spell["fit"], -2, 2)
    pull = sc.fit_confounding * fit if sc.planted else np.zeros(n)
    size = spell["segment"].astype(float) - 1
    weights = partner["service_weight"][None, :] * np.exp(
        pull[:, None] * (partner["depth"][None, :] - 0.5)
        + sc.segment_confounding * size[:, None] * partner["lean"][None, :]
    )
    named = partner["role"] > 0
    weights *= np.where((size == 1)[:, None] & named[None, :], sc.named_in_large, 1.0)
    source = spell["source"]
    keeps = np.where(
        partner["role"][np.maximum(source, 0)] == 1,
        sc.loud_serves_own_sourced,
        sc.serves_own_sourced,
    )
    own = (source >= 0) & (rng.random(n) < keeps)
    weights[np.arange(n), np.maximum(source, 0)] *= np.where(source >= 0, 0.0, 1.0)
    logit = np.log(sc.served_share / (1 - sc.served_share)) + pull
    served = rng.random(n) < 1 / (1 + np.exp(-logit))
    slot = np.full((n, 2), -1, dtype=np.int32)
    slot[:, 0] = np.where(own, source, np.where(served, pick_by_row(rng, weights), -1))
    weights[np.arange(n), np.maximum(slot[:, 0], 0)] = 0.0
    second = (slot[:, 0] >= 0) & (rng.random(n) < sc.second_service_share)
    slot[:, 1] = np.where(second, pick_by_row(rng, weights), -1)

    start = np.empty((n, 2), dtype=np.int32)
    start[:, 0] = spell["start"] + rng.integers(0, 50, n)
    start[:, 1] = spell["start"] + rng.integers(20, 700, n)
    lasts = np.minimum(rng.exponential(sc.service_years * 365, (n, 2)), 40_000)
    end = start + (120 + lasts).astype(np.int32)
    for j in range(2):
        slot[:, j] = present(partner, slot[:, j], start[:, j])
        left = partner["left"][np.maximum(slot[:, j], 0)]
        end[:, j] = np.where(left != NONE, np.minimum(end[:, j], left), end[:, j])
    return {"partner": slot, "start": start, "end": end}
