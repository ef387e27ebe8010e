"""Who met whom: people, touches of partners and of the own team, and standing ties."""

from __future__ import annotations

import numpy as np

from .market import NEW, OPEN, WON
from .names import TITLE_SENIORITY
from .scenario import Scenario
from .tabular import NONE, Columns, expand, office_seconds, pick, rng_for, stack, take_rows

TOUCH_TYPES = [
    "referral",
    "introduction",
    "deal_registration",
    "cosell_meeting",
    "technical_validation",
    "resale",
    "marketplace_transaction",
    "implementation_kickoff",
    "implementation_work",
    "data_migration",
    "go_live_handover",
    "training",
    "adoption_workshop",
    "integration_build",
    "business_review",
    "health_check",
    "escalation_support",
    "executive_meeting",
    "advisory",
    "expansion_identified",
    "expansion_cosell",
    "reference_support",
    "joint_case_study",
    "customer_referral",
]
T = {name: code for code, name in enumerate(TOUCH_TYPES)}
PARTNER, OWN_TEAM = 0, 1
OBSERVED, SYSTEM, DECLARED = 0, 1, 2
CRM, PORTAL, CALENDAR = 0, 1, 2
SENIORITIES = ["c_level", "vp", "director", "manager", "individual", "other"]
ROLES = ["champion", "decision_maker", "user", "admin", "consultant", "advisor", "board", "other"]
TIES = [
    "serves",
    "overlap",
    "advises",
    "board_seat",
    "alumni",
    "integrates_with",
    "uses_technology",
    "refers",
]
NODES = ["account", "partner", "person", "solution"]
VISIBILITY = ["observed", "not_shared", "unknown"]

TOUCH_DEFAULTS: dict[str, object] = {
    "actor": np.int8(PARTNER),
    "partner": np.int32(-1),
    "account": np.int32(-1),
    "type": np.int8(0),
    "day": np.int32(0),
    "deal": np.int32(-1),
    "evidence": np.int8(SYSTEM),
    "origin": np.int8(CRM),
    "about": np.int8(0),
}
SALE, DELIVERY, CARE, OWN, TRAP, RESCUE = 0, 1, 2, 3, 4, 5
"""What a touch belongs to; `about` keeps it for the answers and no stream shows it."""

CARE_MIX = {
    "business_review": 30,
    "health_check": 21,
    "advisory": 13,
    "training": 10,
    "executive_meeting": 8,
    "adoption_workshop": 9,
    "expansion_identified": 4,
    "integration_build": 2,
    "reference_support": 2,
    "joint_case_study": 1,
}
PEOPLE_DEFAULTS: dict[str, object] = {
    "account": np.int32(-1),
    "partner": np.int32(-1),
    "title": np.int8(-1),
    "seniority": np.int8(5),
    "role": np.int8(7),
    "started": np.int32(0),
    "ended": NONE,
    "spell": np.int32(-1),
}


def people(
    sc: Scenario, orgs: Columns, deals: Columns, partner: Columns, spell: Columns, champion: Columns
) -> tuple[Columns, Columns]:
    """Contacts of accounts, champions in turn, consultants of partners; and where each block lies.

    The index holds `first` and `count` of an account's lasting contacts, `partner_first` and
    `partner_count` of a partner's consultants, and `champion` (spells, 3), a row or -1.
    """
    rng = rng_for(sc.seed, "people")
    n = sc.n_accounts
    busy = np.zeros(n, dtype=bool)
    busy[deals["account"]] = True
    quiet = rng.random(n) < 0.5
    count = np.where(busy, 1 + np.minimum(rng.poisson(1.3, n), 5), np.where(quiet, 1, 0))
    owner, _ = expand(count)
    title = pick(rng, [6, 6, 9, 9, 13, 13, 16, 12, 10, 6], len(owner))
    seniority = TITLE_SENIORITY[title]
    role = np.where(seniority <= 1, 1, np.where(title == 9, 3, 2))
    role = np.where(rng.random(len(owner)) < 0.15, 7, role)
    contacts = {
        "account": owner,
        "title": title,
        "seniority": seniority,
        "role": role,
        "started": orgs["created"][owner],
    }

    staff = rng.integers(3, 9, sc.n_partners)
    firm, _ = expand(staff)
    rank = pick(rng, [0, 0, 1, 1, 2, 2, 4, 4, 6, 3], len(firm))
    consultants = {
        "partner": firm,
        "title": rank,
        "seniority": TITLE_SENIORITY[rank],
        "role": np.where(rng.random(len(firm)) < 0.2, 5, 4),
        "started": np.minimum(partner["joined"][firm] + rng.integers(0, 300, len(firm)), sc.end),
    }

    last = np.where(spell["churned"] == NONE, sc.end, spell["churned"])
    turn_spell, turn = np.nonzero(champion["arrive"] <= last[:, None])
    arrive, leave = champion["arrive"][turn_spell, turn], champion["leave"][turn_spell, turn]
    who = pick(rng, [0, 1, 1, 2, 4, 4, 4, 3, 1, 0], len(turn))
    champs = {
        "account": spell["account"][turn_spell],
        "title": who,
        "seniority": TITLE_SENIORITY[who],
        "role": np.zeros(len(turn)),
        "started": arrive,
        "ended": np.where(leave <= last[turn_spell], leave, NONE),
        "spell": turn_spell,
    }
    seats = np.flatnonzero(rng.random(n) < 0.01)
    board = {
        "account": seats,
        "title": np.zeros(len(seats)),
        "seniority": np.zeros(len(seats)),
        "role": np.full(len(seats), 6),
        "started": orgs["created"][seats],
    }
    rows = stack([contacts, consultants, champs, board], PEOPLE_DEFAULTS)
    base = len(owner)
    champion_row = np.full(champion["arrive"].shape, -1, dtype=np.int32)
    champion_row[turn_spell, turn] = base + len(firm) + np.arange(len(turn))
    index = {
        "first": (np.cumsum(count) - count).astype(np.int32),
        "count": count.astype(np.int32),
        "partner_first": (base + np.cumsum(staff) - staff).astype(np.int32),
        "partner_count": staff.astype(np.int32),
        "champion": champion_row,
        "board": np.arange(len(rows["account"]) - len(seats), len(rows["account"])),
    }
    return rows, index


def _sale_touches(sc: Scenario, orgs: Columns, deals: Columns) -> list[Columns]:
    """Before a deal closes: the source's referral, early help, meetings while it is open."""
    rng = rng_for(sc.seed, "sale touches")
    new = np.flatnonzero(deals["kind"] == NEW)
    stop = np.where(deals["closed"] == NONE, sc.end, deals["closed"])
    blocks: list[Columns] = []

    row = new[deals["source"][new] >= 0]
    made, account = deals["created"][row], deals["account"][row]
    before = np.maximum(made - rng.integers(0, 45, len(row)), orgs["created"][account])
    blocks.append(
        {
            "partner": deals["source"][row],
            "account": account,
            "day": before,
            "deal": row,
            "type": pick(rng, [5, 3, 4, 0, 0, 0, 1], len(row)),
            "evidence": np.full(len(row), DECLARED),
            "origin": np.full(len(row), PORTAL),
        }
    )
    row = new[deals["influence"][new] >= 0]
    blocks.append(
        {
            "partner": deals["influence"][row],
            "account": deals["account"][row],
            "deal": row,
            "day": deals["created"][row] + rng.integers(0, 14, len(row)),
            "type": pick(rng, [1, 3, 0, 5, 3], len(row)),
        }
    )
    for side in ("source", "influence"):
        row = new[deals[side][new] >= 0]
        again, _ = expand(rng.poisson(1.6, len(row)))
        row = row[again]
        span = np.maximum(stop[row] - deals["created"][row], 1)
        day = deals["created"][row] + (rng.random(len(row)) * np.minimum(span, 240)).astype(int)
        blocks.append(
            {
                "partner": deals[side][row],
                "account": deals["account"][row],
                "deal": row,
                "day": day,
                "type": pick(rng, [0, 1, 0, 5, 3], len(row)),
            }
        )
    won = new[(deals["source"][new] >= 0) & (deals["status"][new] == WON)]
    won = won[rng.random(len(won)) < 0.35]
    blocks.append(
        {
            "partner": deals["source"][won],
            "account": deals["account"][won],
            "deal": won,
            "day": deals["closed"][won],
            "type": pick(rng, [0, 0, 0, 0, 0, 4, 1], len(won)),
        }
    )
    return [{**b, "about": np.full(len(b["day"]), SALE)} for b in blocks]


def _delivery_touches(sc: Scenario, spell: Columns) -> list[Columns]:
    """From contract to go-live, by the partner that installs or by the own team."""
    rng = rng_for(sc.seed, "delivery touches")
    blocks = []
    row = np.flatnonzero(spell["installer"] >= 0)
    blocks.append(
        {
            "partner": spell["installer"][row],
            "account": spell["account"][row],
            "day": spell["selected"][row] + rng.integers(0, 12, len(row)),
            "type": np.full(len(row), T["implementation_kickoff"]),
            "spell": row,
        }
    )
    again, _ = expand(1 + rng.poisson(2.2, len(row)))
    row = row[again]
    span = spell["live"][row] - spell["start"][row]
    blocks.append(
        {
            "partner": spell["installer"][row],
            "account": spell["account"][row],
            "day": spell["start"][row] + (rng.random(len(row)) * span).astype(int),
            "type": pick(rng, [0] * 8 + [6, 2, 0, 2, 0, 1], len(row)),
            "spell": row,
        }
    )
    row = np.flatnonzero((spell["installer"] >= 0) & (rng.random(len(spell["live"])) < 0.6))
    blocks.append(
        {
            "partner": spell["installer"][row],
            "account": spell["account"][row],
            "day": spell["live"][row],
            "spell": row,
            "type": np.full(len(row), T["go_live_handover"]),
        }
    )
    row = np.flatnonzero((spell["installer"] < 0) & (rng.random(len(spell["live"])) < 0.6))
    blocks.append(
        {
            "actor": np.full(len(row), OWN_TEAM),
            "account": spell["account"][row],
            "day": spell["start"][row] + rng.integers(0, 20, len(row)),
            "spell": row,
            "type": np.full(len(row), T["implementation_kickoff"]),
        }
    )
    return [{**b, "about": np.full(len(b["day"]), DELIVERY)} for b in blocks]


def _care_touches(
    sc: Scenario, spell: Columns, service: Columns, hidden: np.ndarray
) -> list[Columns]:
    """After the sale: each service meets the customer at a steady rhythm while both last."""
    rng = rng_for(sc.seed, "care touches")
    blocks = []
    last = np.where(spell["churned"] == NONE, sc.end, spell["churned"])
    mix = np.zeros(len(TOUCH_TYPES))
    for name, weight in CARE_MIX.items():
        mix[T[name]] = weight
    early = mix.copy()
    early[[T["training"], T["adoption_workshop"]]] *= 5
    early[[T["business_review"], T["executive_meeting"]]] *= 0.3
    own = np.zeros(len(TOUCH_TYPES))
    own[[T["business_review"], T["health_check"], T["training"], T["executive_meeting"]]] = [
        5,
        3,
        2,
        1,
    ]

    def served(draw: np.random.Generator, owner: np.ndarray, day: np.ndarray, slot: int) -> Columns:
        young = day < spell["live"][owner] + 90
        kind = np.where(young, pick(draw, early, len(owner)), pick(draw, mix, len(owner)))
        drawn = draw.random(len(owner))
        unseen = hidden[owner, slot] | (drawn < 0.04)
        portal = drawn < 0.55
        return {
            "partner": service["partner"][owner, slot],
            "account": spell["account"][owner],
            "day": day,
            "type": kind,
            "spell": owner,
            "origin": np.where(unseen, CALENDAR, np.where(portal, PORTAL, CRM)),
            "evidence": np.where(unseen, OBSERVED, np.where(portal, DECLARED, SYSTEM)),
            "about": np.full(len(owner), CARE),
        }

    def attended(draw: np.random.Generator, owner: np.ndarray, day: np.ndarray) -> Columns:
        calendar = draw.random(len(owner)) < 0.3
        return {
            "actor": np.full(len(owner), OWN_TEAM),
            "account": spell["account"][owner],
            "day": day,
            "type": pick(draw, own, len(owner)),
            "spell": owner,
            "origin": np.where(calendar, CALENDAR, CRM),
            "evidence": np.where(calendar, OBSERVED, SYSTEM),
            "about": np.full(len(owner), OWN),
        }

    under_way = rng_for(sc.seed, "care touches of the round under way")
    for slot in range(2):
        row = np.flatnonzero(service["partner"][:, slot] >= 0)
        begin = service["start"][row, slot]
        stop = np.minimum(service["end"][row, slot], last[row])
        gap = rng.integers(48, 84, len(row))
        who, day = _rounds(rng, begin, stop, gap)
        blocks.append(served(rng, row[who], day, slot))
        who, day = _last_round(sc, under_way, begin, stop, gap)
        blocks.append(served(under_way, row[who], day, slot))
    row = np.flatnonzero(rng.random(len(last)) < sc.own_team_share)
    begin = spell["start"][row] + rng.integers(30, 200, len(row))
    gap = rng.integers(95, 190, len(row))
    who, day = _rounds(rng, begin, last[row], gap)
    blocks.append(attended(rng, row[who], day))
    who, day = _last_round(sc, under_way, begin, last[row], gap)
    blocks.append(attended(under_way, row[who], day))
    return blocks


def _rounds(
    rng: np.random.Generator, begin: np.ndarray, stop: np.ndarray, gap: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The whole rounds of a rhythm between two days: whose each is, and the day of its meeting."""
    who, step = expand(np.where(stop > begin, (stop - begin) // gap, 0))
    return who, begin[who] + ((step + 0.1 + rng.random(len(who)) * 0.8) * gap[who]).astype(int)


def _last_round(
    sc: Scenario, rng: np.random.Generator, begin: np.ndarray, stop: np.ndarray, gap: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The round under way on the last day of the history, where its meeting was held by then."""
    step = (stop - begin) // gap
    day = begin + ((step + 0.1 + rng.random(len(gap)) * 0.8) * gap).astype(int)
    who = np.flatnonzero((begin < stop) & (stop >= sc.end) & (day <= sc.end))
    return who, day[who]


def rescue_days(sc: Scenario, champion: Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spell, turn and day of each meeting of a serving partner in the month after a champion left."""
    row, turn = np.nonzero(champion["saver"] >= 0)
    rng = rng_for(sc.seed, "rescue touches")
    return row, turn, champion["leave"][row, turn] + rng.integers(1, 30, len(row))


def _rescue_touches(
    sc: Scenario, spell: Columns, service: Columns, champion: Columns
) -> list[Columns]:
    """A serving partner's meeting in the month after a champion left."""
    row, turn, day = rescue_days(sc, champion)
    slot = champion["saver"][row, turn].astype(int)
    rng = rng_for(sc.seed, "rescue types")
    return [
        {
            "partner": service["partner"][row, slot],
            "account": spell["account"][row],
            "day": day,
            "type": np.where(rng.random(len(row)) < 0.6, T["executive_meeting"], T["advisory"]),
            "spell": row,
            "about": np.full(len(row), RESCUE),
        }
    ]


def _trap_touches(sc: Scenario, deals: Columns, spell: Columns) -> list[Columns]:
    """Touches thrown at whoever is alive, and at deals for as long as they stay open."""
    rng = rng_for(sc.seed, "trap touches")
    last = np.where(spell["churned"] == NONE, sc.end, spell["churned"])
    years = np.maximum(last - spell["start"], 0) / 365.25
    row, _ = expand(rng.poisson(sc.random_touch_rate * years))
    span = last[row] - spell["start"][row]
    mix = np.zeros(len(TOUCH_TYPES))
    for name, weight in CARE_MIX.items():
        mix[T[name]] = weight
    after = {
        "partner": rng.integers(0, sc.n_partners, len(row)),
        "account": spell["account"][row],
        "day": spell["start"][row] + (rng.random(len(row)) * span).astype(int),
        "type": pick(rng, mix, len(row)),
        "spell": row,
        "about": np.full(len(row), TRAP),
    }
    new = np.flatnonzero(deals["kind"] == NEW)
    stop = np.where(deals["closed"][new] == NONE, sc.end, deals["closed"][new])
    # at one pace, also where a deal is never decided: a slower one would make touches early on a sign of being decided
    open_days = np.clip(stop - deals["created"][new], 1, 600)
    at, _ = expand(rng.poisson(open_days / 50))
    deal = new[at]
    before = {
        "partner": rng.integers(0, sc.n_partners, len(deal)),
        "account": deals["account"][deal],
        "deal": deal,
        "about": np.full(len(deal), TRAP),
        "day": deals["created"][deal] + (rng.random(len(deal)) * open_days[at]).astype(int),
        "type": pick(rng, [1, 2, 1, 4, 3], len(deal)),
    }
    return [after, before]


def escalation_touches(sc: Scenario, tickets: Columns) -> Columns:
    """Partners called in for half of the escalated tickets at customers they serve."""
    rng = rng_for(sc.seed, "escalation touches")
    row = np.flatnonzero(
        tickets["escalated"]
        & (tickets["server"] >= 0)
        & (rng.random(len(tickets["escalated"])) < 0.5)
    )
    return {
        "partner": tickets["server"][row],
        "account": tickets["account"][row],
        "day": tickets["opened"][row] + rng.integers(0, 5, len(row)),
        "type": np.full(len(row), T["escalation_support"]),
        "spell": tickets["spell"][row],
        "about": np.full(len(row), RESCUE),
    }


def touches(
    sc: Scenario,
    orgs: Columns,
    deals: Columns,
    partner: Columns,
    spell: Columns,
    service: Columns,
    champion: Columns,
    hidden: np.ndarray,
    calls: Columns,
    index: Columns,
) -> Columns:
    """All touches in the order of time, with people, minutes, quality and terms of sharing."""
    blocks = _sale_touches(sc, orgs, deals) + _delivery_touches(sc, spell)
    blocks += _care_touches(sc, spell, service, hidden)
    blocks += [*_rescue_touches(sc, spell, service, champion), calls]
    if sc.kind == "random_touches":
        blocks += _trap_touches(sc, deals, spell)
    rows = stack(blocks, {**TOUCH_DEFAULTS, "spell": np.int32(-1)})

    last = np.where(spell["churned"] == NONE, sc.end, spell["churned"])
    bound = np.append(last, sc.end)[rows["spell"]]  # no spell, -1, reads the last: the end
    who = np.maximum(rows["partner"], 0)
    left, joined = partner["left"][who], partner["joined"][who]
    there = (rows["partner"] < 0) | (
        (joined <= rows["day"]) & ((left == NONE) | (rows["day"] <= left))
    )
    rows = take_rows(rows, np.flatnonzero((rows["day"] <= bound) & there))
    rows = take_rows(rows, np.argsort(rows["day"], kind="stable"))

    rng = rng_for(sc.seed, "touch details")
    n = len(rows["day"])
    count, first = index["count"][rows["account"]], index["first"][rows["account"]]
    met = (rng.random(n) < 0.6) & (count > 0)
    person = first + (rng.random(n) * np.maximum(count, 1)).astype(np.int32)
    rows["account_person"] = np.where(met, person, -1)
    who = np.maximum(rows["partner"], 0)
    staff = index["partner_first"][who] + (rng.random(n) * index["partner_count"][who]).astype(
        np.int32
    )
    named = (rows["partner"] >= 0) & (rng.random(n) < 0.7)
    rows["partner_person"] = np.where(named, staff, -1)
    rows["second"] = office_seconds(rng, n)
    rows["minutes"] = np.where(rng.random(n) < 0.7, rng.choice([30, 45, 60, 90, 120], n), np.nan)
    rows["quality"] = np.where(rng.random(n) < 0.5, rng.beta(6, 4, n), np.nan)
    rows["restricted"] = rng.random(n) < 0.03
    keep = rng.random(n) < 0.01
    rows["retain"] = np.where(keep, rows["day"] + 3650, NONE).astype(np.int32)
    return _as_calendars_tell(sc, rows)


def _as_calendars_tell(sc: Scenario, rows: Columns) -> Columns:
    """Calendar touches keep what an invitation says: who, when and how long; no contact, no rating, no terms of use."""
    rng = rng_for(sc.seed, "calendar details")
    n = len(rows["day"])
    seen = rows["origin"] == CALENDAR
    all_day = seen & (rng.random(n) < 0.04)
    length = rng.choice([30, 45, 60, 90, 120], n)
    minutes = np.where(seen & np.isnan(rows["minutes"]), length, rows["minutes"])
    return rows | {
        "account_person": np.where(seen, -1, rows["account_person"]),
        "partner_person": np.where(seen, -1, rows["partner_person"]),
        "deal": np.where(seen, -1, rows["deal"]),
        "second": np.where(all_day, 0, rows["second"]),
        "minutes": np.where(all_day, np.nan, minutes),
        "quality": np.where(seen, np.nan, rows["quality"]),
        "restricted": rows["restricted"] & ~seen,
        "retain": np.where(seen, NONE, rows["retain"]).astype(np.int32),
    }


def hidden_services(sc: Scenario, service: Columns) -> np.ndarray:
    """Services (n, 2) that no system declares: they show only in the calendar."""
    rng = rng_for(sc.seed, "hidden services")
    share = max(sc.undeclared_share - 0.04, 0.0)
    return rng.random(service["partner"].shape) < share


TIE_DEFAULTS: dict[str, object] = {
    "kind": np.int8(0),
    "from_type": np.int8(0),
    "from_row": np.int32(-1),
    "to_type": np.int8(0),
    "to_row": np.int32(-1),
    "started": NONE,
    "ended": NONE,
    "strength": np.float64(np.nan),
    "visibility": np.int8(-1),
    "restricted": np.False_,
}


def ties(
    sc: Scenario,
    orgs: Columns,
    deals: Columns,
    spell: Columns,
    service: Columns,
    hidden: np.ndarray,
    partner: Columns,
    index: Columns,
    made_of: Columns,
) -> Columns:
    """Standing ties: serves, overlaps, boards, alumni, integrations, technology in use."""
    rng = rng_for(sc.seed, "ties")
    account, board = NODES.index("account"), NODES.index("person")
    firm, solution = NODES.index("partner"), NODES.index("solution")
    last = np.where(spell["churned"] == NONE, sc.end + 1, spell["churned"])
    blocks = []
    for slot in range(2):
        stated = rng.random(len(last)) < sc.stated_tie_share / (1 - sc.undeclared_share)
        row = np.flatnonzero(
            (service["partner"][:, slot] >= 0)
            & stated
            & ~hidden[:, slot]
            & (service["start"][:, slot] <= np.minimum(last, sc.end))
        )
        stop = np.minimum(service["end"][row, slot], last[row])
        blocks.append(
            {
                "kind": np.full(len(row), TIES.index("serves")),
                "from_type": np.full(len(row), firm),
                "from_row": service["partner"][row, slot],
                "to_type": np.full(len(row), account),
                "to_row": spell["account"][row],
                "started": service["start"][row, slot],
                "ended": np.where(stop <= sc.end, stop, NONE),
                "strength": np.round(rng.beta(5, 3, len(row)), 2),
            }
        )
    n = int(0.35 * sc.n_accounts)
    who, where = rng.integers(0, sc.n_partners, n), rng.integers(0, sc.n_accounts, n)
    begin = np.maximum(orgs["created"][where], partner["joined"][who]) + rng.integers(0, 300, n)
    blocks.append(overlaps(sc, who, where, begin, pick(rng, [6, 2, 2], n)))

    def persons(kind: str, rows: np.ndarray, share: float) -> None:
        rows = rows[rng.random(len(rows)) < share]
        where = rng.integers(0, sc.n_accounts, len(rows))
        begin = orgs["created"][where] + rng.integers(0, 200, len(rows))
        blocks.append(
            take_rows(
                {
                    "kind": np.full(len(rows), TIES.index(kind)),
                    "from_type": np.full(len(rows), board),
                    "from_row": rows,
                    "to_type": np.full(len(rows), account),
                    "to_row": where,
                    "started": begin,
                    "restricted": rng.random(len(rows)) < 0.1,
                },
                np.flatnonzero(begin <= sc.end),
            )
        )

    staff = np.arange(
        index["partner_first"][0], index["partner_first"][-1] + index["partner_count"][-1]
    )
    persons("board_seat", index["board"], 0.8)
    persons("alumni", staff, 0.5)
    persons("advises", staff, 0.3)
    for kind, share in (("integrates_with", 0.25), ("uses_technology", 0.1)):
        row = np.flatnonzero(rng.random(len(last)) < share)
        begin = spell["live"][row] + rng.integers(0, 300, len(row))
        inside = begin <= np.minimum(last[row], sc.end)
        row, begin = row[inside], begin[inside]
        blocks.append(
            {
                "kind": np.full(len(row), TIES.index(kind)),
                "from_type": np.full(len(row), solution),
                "from_row": made_of["partner_rows"][
                    rng.integers(0, len(made_of["partner_rows"]), len(row))
                ],
                "to_type": np.full(len(row), account),
                "to_row": spell["account"][row],
                "started": begin,
            }
        )
    return stack(blocks, TIE_DEFAULTS)


def load_days(days: np.ndarray) -> np.ndarray:
    """The first day of a month on or after each day: overlaps are looked at once a month."""
    month = (days - 1).astype("datetime64[D]").astype("datetime64[M]") + 1
    return month.astype("datetime64[D]").astype(np.int32)


def overlaps(
    sc: Scenario, who: np.ndarray, where: np.ndarray, begin: np.ndarray, state: np.ndarray
) -> Columns:
    """Accounts that a partner knows as well (state 0), of which it says nothing (2), or that it no longer shares (1).

    What is no longer shared was shared before, and some is shared again; every partner shares its first for good.
    """
    rng = rng_for(sc.seed, "overlaps")
    pair = who.astype(np.int64) * sc.n_accounts + where
    order = np.argsort(begin, kind="stable")
    _, first = np.unique(pair[order], return_index=True)
    row = np.sort(order[first])
    who, where, state = who[row], where[row], state[row]
    start = load_days(begin[row])
    stop = load_days(start + 1 + rng.integers(30, 500, len(row)))
    back = load_days(stop + 1 + rng.integers(30, 300, len(row)))
    returns = rng.random(len(row)) < 0.25
    order = np.argsort(start, kind="stable")
    _, first = np.unique(who[order], return_index=True)
    state[order[first]] = 0
    hidden = (state == 1) & (stop <= sc.end)
    again = hidden & returns & (back <= sc.end)
    blocks = []
    for rows, visibility, started, ended in (
        (start <= sc.end, np.where(state == 2, 2, 0), start, np.where(hidden, stop, NONE)),
        (hidden, np.ones(len(row)), stop, np.where(again, back, NONE)),
        (again, np.zeros(len(row)), back, np.full(len(row), NONE)),
    ):
        at = np.flatnonzero(rows & (start <= sc.end))
        blocks.append(
            {
                "kind": np.full(len(at), TIES.index("overlap")),
                "from_type": np.full(len(at), NODES.index("partner")),
                "from_row": who[at],
                "to_type": np.full(len(at), NODES.index("account")),
                "to_row": where[at],
                "started": started[at],
                "ended": ended[at],
                "visibility": visibility[at],
            }
        )
    return stack(blocks, TIE_DEFAULTS)


def deal_roles(sc: Scenario, deals: Columns, spell: Columns) -> Columns:
    """Stated roles of partners on deals: source, influence or co-selling, and the installer."""
    rng = rng_for(sc.seed, "deal roles")
    new = deals["kind"] == NEW
    row = np.flatnonzero(new & (deals["source"] >= 0) & (rng.random(len(new)) < 0.9))
    blocks = [
        {
            "deal": row,
            "partner": deals["source"][row],
            "role": np.zeros(len(row)),
            "primary": np.ones(len(row), dtype=bool),
            "declared": deals["created"][row] + rng.integers(0, 10, len(row)),
        }
    ]
    row = np.flatnonzero(new & (deals["influence"] >= 0) & (rng.random(len(new)) < 0.7))
    blocks.append(
        {
            "deal": row,
            "partner": deals["influence"][row],
            "role": np.where(rng.random(len(row)) < 0.5, 1, 2),
            "primary": np.zeros(len(row), dtype=bool),
            "declared": deals["created"][row] + rng.integers(0, 25, len(row)),
        }
    )
    row = np.flatnonzero((spell["installer"] >= 0) & (rng.random(len(spell["deal"])) < 0.5))
    blocks.append(
        {
            "deal": spell["deal"][row],
            "partner": spell["installer"][row],
            "role": np.full(len(row), 4),
            "primary": np.zeros(len(row), dtype=bool),
            "declared": spell["selected"][row],
        }
    )
    rows = stack(
        blocks,
        {
            "deal": np.int32(0),
            "partner": np.int32(0),
            "role": np.int8(0),
            "primary": np.False_,
            "declared": np.int32(0),
        },
    )
    return take_rows(rows, np.flatnonzero(rows["declared"] <= sc.end))


def buying_groups(sc: Scenario, deals: Columns, spell: Columns, index: Columns) -> Columns:
    """People on new-business deals: an account's lasting contacts and the champion who won it."""
    rng = rng_for(sc.seed, "buying groups")
    row = np.flatnonzero((deals["kind"] == NEW) & (rng.random(len(deals["kind"])) < 0.7))
    account = deals["account"][row]
    at, step = expand(np.minimum(index["count"][account], 3))
    row, account = row[at], account[at]
    day = deals["created"][row] + rng.integers(0, 30, len(row))
    group = {
        "deal": row,
        "person": index["first"][account] + step,
        "added": day,
        "role": pick(rng, [1, 4, 3, 5, 4, 1, 1], len(row)),
    }
    named = np.flatnonzero(index["champion"][:, 0] >= 0)
    lead = {
        "deal": spell["deal"][named],
        "person": index["champion"][named, 0],
        "added": spell["selected"][named],
        "role": np.zeros(len(named)),
    }
    rows = stack(
        [group, lead],
        {"deal": np.int32(0), "person": np.int32(0), "added": np.int32(0), "role": np.int8(0)},
    )
    stop = np.where(deals["status"] == OPEN, sc.end, deals["closed"])[rows["deal"]]
    return take_rows(rows, np.flatnonzero(rows["added"] <= stop))
