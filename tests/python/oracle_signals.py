"""The signals of accounts a second time, from contract files, in plain loops.

Written from the definitions and not from the SQL: every account is looked at by itself on one day,
over all that had happened by then. Which rows of a file count, who is who, who is a customer and which
contract terms run is taken from the build; they have tests of their own.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from oracle_ecs import FIRST, LAST, Key, read_seed, read_stream

Row = Mapping[str, Any]
Days = list[dt.date]
NAMES = {
    "intent": "intent",
    "marketing": "marketing",
    "community": "community",
    "marketplace": "marketplace",
    "partner": "partner",
    "other": "news",
}


def day_of(value: object, default: dt.date = FIRST) -> dt.date:
    if value is None:
        return default
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def number(value: object) -> float | None:
    return None if value is None else float(str(value))


def is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes")


@dataclass
class Account:
    """The rows that hang on an account, by stream; persons: person -> positions."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    persons: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    group: list[tuple[Row, str, str, dt.date]] = field(default_factory=list)
    ties: list[tuple[str, object, Row]] = field(default_factory=list)


@dataclass
class World:
    accounts: Mapping[str, Account]
    starts: Mapping[str, dt.date]
    """First day of each stream, and of each family of signals."""
    partner_types: Mapping[str, str]
    running: Mapping[tuple[dt.date, str], set[str]]
    """Month-end and account -> keys of the terms that run."""
    types: Mapping[str, Row]
    rules: Mapping[str, float]

    def days(self, rule: str) -> dt.timedelta:
        return dt.timedelta(days=self.rules[rule])


def read_world(folder: Path, database: Path) -> World:
    with duckdb.connect(str(database), read_only=True) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        organisation = {
            (stream, (source, record)): key
            for stream, source, record, key in ask(
                "select stream, source, source_id, organisation_key"
                " from staging.stg_organisation_members"
            )
        }
        person = {
            (source, record): key
            for source, record, key in ask(
                "select source, source_id, person_key from staging.stg_person_members"
            )
        }
        running = defaultdict(set)
        for day, account, term in ask(
            "select as_of_date, account_key, term_key from intermediate.int_terms_running"
        ):
            running[day, account].add(term)
        counted = {
            stream: set(ask(f"select source, source_id from {schema}.stg_{stream}"))
            for stream, schema in (
                *((stream, "staging") for stream in STREAMS if stream != "people"),
                ("people", "restricted"),
            )
        }
    accounts: dict[str, Account] = defaultdict(Account)
    read = {stream: newest(read_stream(folder, stream), counted[stream]) for stream in STREAMS}
    usage = read_stream(folder, "usage")
    starts = {
        stream: min(day_of(row[PLACED.get(stream, "occurred_at")]) for row in rows)
        for stream, rows in read.items()
        if stream != "solutions"
    }
    for family in {row["family"] for row in read["signals"]}:
        mine = [day_of(row["occurred_at"]) for row in read["signals"] if row["family"] == family]
        starts[family] = min(mine)
    for stream in ("touches", "setup_events", "signals", "tickets", "feedback", "subscriptions"):
        for row in read[stream]:
            accounts[organisation["accounts", row["account_id"]]].rows[stream].append(row)
    for row in usage:
        accounts[organisation["accounts", row["account_id"]]].rows["usage"].append(row)
    partner_of = {
        record: key for (stream, record), key in organisation.items() if stream == "partners"
    }
    for row in read["touches"]:
        row["partner"] = partner_of.get(row["partner_id"])
    for row in read["people"]:
        if row["account_id"] is not None:
            where = accounts[organisation["accounts", row["account_id"]]]
            where.persons[person[row["source"], row["source_id"]]].append(row)
    positions = {(row["source"], row["source_id"]): row for row in read["people"]}
    deals = {(row["source"], row["source_id"]): row for row in read["opportunities"]}
    for row in deals.values():
        accounts[organisation["accounts", row["account_id"]]].rows["deals"].append(row)
    for row in read["opportunity_people"]:
        deal, position = deals[row["opportunity_id"]], positions[row["person_id"]]
        added = max(
            day_of(row["added_at"]), day_of(position["started_at"]), day_of(deal["created_at"])
        )
        where = accounts[organisation["accounts", deal["account_id"]]]
        where.group.append((deal, person[row["person_id"]], row["role"] or "", added))
    for row in read["relationships"]:
        ends = {row["from_type"]: row["from_id"], row["to_type"]: row["to_id"]}
        if "account" in ends and "partner" in ends:
            accounts[organisation["accounts", ends["account"]]].ties.append(
                ("partner", partner_of[ends["partner"]], row)
            )
        elif "account" in ends and "solution" in ends:
            accounts[organisation["accounts", ends["account"]]].ties.append(
                ("solution", solution_key(read["solutions"], ends["solution"]), row)
            )
    types = {
        partner_of[row["source"], row["source_id"]]: row["partner_type"] for row in read["partners"]
    }
    rules = {r["rule"]: float(r["value"]) for r in read_seed("rules/rules") if not r["valid_to"]}
    touch_types = {row["touch_type"]: row for row in read_seed("rules/touch_types")}
    return World(accounts, starts, types, running, touch_types, rules)


PLACED = {
    "people": "started_at",
    "opportunities": "created_at",
    "opportunity_people": "added_at",
    "relationships": "started_at",
    "tickets": "opened_at",
    "subscriptions": "started_at",
    "partners": "joined_at",
}
STREAMS = [
    "people",
    "opportunities",
    "opportunity_people",
    "touches",
    "relationships",
    "setup_events",
    "tickets",
    "feedback",
    "signals",
    "subscriptions",
    "partners",
    "solutions",
]


def newest(rows: list[dict[str, Any]], counted: set[Key]) -> list[dict[str, Any]]:
    """The last version of each row that counts."""
    found: dict[Key, tuple[str, int, dict[str, Any]]] = {}
    for place, row in enumerate(rows):
        key = row["source"], row["source_id"]
        if key in counted:
            version = (str(row.get("updated_at") or ""), place, row)
            found[key] = max(found.get(key, version), version, key=lambda each: each[:2])
    return [row for _, _, row in found.values()]


def solution_key(solutions: list[Row], reference: Key) -> tuple[object, str]:
    """One name of one provider is one solution."""
    row = next(row for row in solutions if (row["source"], row["source_id"]) == reference)
    return row["partner_id"], row["solution"].strip().lower()


# ----------------------------------------------------------------------------------- the signals


def since(dates: Days, day: dt.date, length: dt.timedelta) -> Days:
    """Those of the length that ends with the day."""
    return [each for each in dates if day - length < each <= day]


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def of_people(account: Account, day: dt.date, world: World) -> dict[str, float]:
    """Champions who are there, and the last who left."""
    there, left, is_known = 0, [], False
    for positions in account.persons.values():
        known = [p for p in positions if day_of(p["started_at"]) <= day]
        is_known |= bool(known)
        champion = [p for p in known if p["role"] == "champion"]
        there += any(day_of(p["ended_at"], LAST) > day for p in champion)
        if champion and all(day_of(p["ended_at"], LAST) <= day for p in known):
            left.append(max(day_of(p["ended_at"], LAST) for p in known))
    found: dict[str, float] = {"champions_present": there} if is_known else {}
    if left and max(left) >= day - world.days("champion_left_within_days"):
        found["champion_left_days"] = (day - max(left)).days
    return found


def of_touches(account: Account, day: dt.date, world: World) -> dict[str, float]:
    touches = [t for t in account.rows["touches"] if day_of(t["occurred_at"]) <= day]

    def dates(keep: Callable[[Row], bool]) -> Days:
        return [day_of(t["occurred_at"]) for t in touches if keep(t)]

    def of_type(touch: Row) -> Row:
        return world.types.get(touch["touch_type"], world.types["other"])

    def by_partner(touch: Row) -> bool:
        return (touch["actor"] or "partner") == "partner"

    found: dict[str, float] = {}
    if touches:
        found["days_since_touch"] = (day - max(dates(lambda _: True))).days
    if world.starts["touches"] <= day:
        growth = dates(lambda t: by_partner(t) and of_type(t)["usual_stage"] == "expansion")
        found["expansion_touches_180d"] = len(
            since(growth, day, world.days("expansion_touch_days"))
        )
        work = dates(lambda t: by_partner(t) and is_true(of_type(t)["is_delivery"]))
        found["implementation_partner"] = float(
            bool(since(work, day, world.days("partner_presence_days")))
        )
    care = [
        t
        for t in touches
        if by_partner(t)
        and not any(
            is_true(of_type(t)[flag])
            for flag in ("is_delivery", "is_acquisition_type", "is_reactive")
        )
    ]
    # a day of a partner on which it did advisory work is one of advice whatever else it did
    advice = {
        (t["partner"], day_of(t["occurred_at"]))
        for t in care
        if t["touch_type"] == "advisory" or world.partner_types.get(t["partner"]) == "advisor"
    }
    everything = {(t["partner"], day_of(t["occurred_at"])) for t in care}
    for name, days in (("partner", everything), ("advisor", advice)):
        ratio = quiet_ratio(days, day, world)
        if ratio is not None:
            found[f"{name}_quiet_ratio"] = ratio
    return found


def quiet_ratio(days: set[tuple[str, dt.date]], day: dt.date, world: World) -> float | None:
    seen: dict[str, Days] = defaultdict(list)
    for partner, date in days:
        if since([date], day, world.days("rhythm_days")):
            seen[partner].append(date)
    ordered = sorted(seen, key=lambda p: (-len(seen[p]), -max(seen[p]).toordinal(), p))
    if not ordered or len(seen[ordered[0]]) < world.rules["rhythm_min_touch_days"]:
        return None
    dates = sorted(seen[ordered[0]])
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    usual = max(sum(gaps) / len(gaps), world.rules["rhythm_min_gap_days"])
    return (day - dates[-1]).days / usual


def of_usage(
    account: Account, day: dt.date, world: World, seats: float, is_customer: bool
) -> dict[str, float]:
    users: dict[dt.date, float] = {}
    amount: dict[dt.date, float] = defaultdict(float)
    for row in account.rows["usage"]:
        date, active = day_of(row["day"]), number(row["active_users"])
        events = number(row["events"]) or 0.0
        if date > day:
            continue
        amount[date] = max(amount[date], events if active is None else active)
        if active is not None:
            users[date] = max(users.get(date, 0.0), active)
    used = [date for date, each in amount.items() if each > 0]
    if not used:
        return {}
    recent, before = world.days("usage_recent_days"), world.days("usage_before_days")
    now = since(list(amount), day, recent)
    earlier = since(list(amount), day - recent, before)
    found: dict[str, float] = {"usage_momentum": 0.0}
    weight = sum(amount[date] for date in now + earlier)
    if weight > 0:
        half_life = world.rules["signal_half_life_days"]
        found["usage_momentum"] = (
            sum(amount[d] * 0.5 ** ((day - d).days / half_life) for d in now + earlier) / weight
        )
    if not is_customer:
        return found | {"trial_usage": sum(amount[date] > 0 for date in now)}
    active = mean([users[date] for date in now if date in users]) or 0.0
    if seats > 0:
        found["usage_level"] = min(1.0, active / seats)
    base = sum(amount[date] for date in earlier)
    if base > 0 and min(used) <= day - recent - before:
        rate = sum(amount[date] for date in now) / recent.days
        found["usage_change"] = rate / (base / before.days)
    return found


def of_care(account: Account, day: dt.date, world: World) -> dict[str, float]:
    """Support cases and what was said of them."""
    tickets = account.rows["tickets"]
    recent, before = world.days("tickets_recent_days"), world.days("tickets_before_days")
    found: dict[str, float] = {}
    opened = [day_of(t["opened_at"]) for t in tickets]
    if world.starts["tickets"] <= day:
        bad = [day_of(t["opened_at"]) for t in tickets if is_true(t["escalated"])]
        found["escalations_90d"] = len(since(bad, day, recent))
    if world.starts["tickets"] <= day - recent - before:
        usual = len(since(opened, day - recent, before)) * recent / before
        found["tickets_change"] = len(since(opened, day, recent)) - usual
    rated = [
        (day_of(t["closed_at"] or t["opened_at"]), number(t["csat"]))
        for t in tickets
        if t["csat"] is not None
    ] + [
        (day_of(f["occurred_at"]), number(f["score"]))
        for f in account.rows["feedback"]
        if f["kind"] == "csat" and f["score"] is not None
    ]
    lately = [score or 0.0 for date, score in rated if since([date], day, world.days("csat_days"))]
    if lately:
        found["csat_90d"] = sum(lately) / len(lately)
    return found


def of_voices(account: Account, day: dt.date, world: World, is_customer: bool) -> dict[str, float]:
    if world.starts["feedback"] > day:
        return {}
    voices = account.rows["feedback"]
    kind = {"reference", "referral", "case_study"}
    spoken = [
        day_of(f["occurred_at"])
        for f in voices
        if f["kind"] in kind
        or (
            f["kind"] == "review"
            and (number(f["score"]) or 0) >= world.rules["review_positive_from"]
        )
    ]
    found: dict[str, float] = {
        "advocacy_180d": len(since(spoken, day, world.days("advocacy_signal_days")))
    }
    answers: dict[dt.date, list[float]] = defaultdict(list)
    for row in voices:
        if row["kind"] == "nps" and row["score"] is not None:
            answers[day_of(row["occurred_at"])].append(number(row["score"]) or 0.0)
    asked = sorted(date for date in answers if date <= day)
    year = world.days("nps_valid_days")
    if is_customer and asked and since(asked[-1:], day, year):
        found["nps_latest"] = mean(answers[asked[-1]]) or 0.0
        if len(asked) > 1 and asked[-2] > asked[-1] - year:
            found["nps_change"] = found["nps_latest"] - (mean(answers[asked[-2]]) or 0.0)
    return found


def of_setup(account: Account, day: dt.date, world: World, is_customer: bool) -> dict[str, float]:
    if world.starts["setup_events"] > day:
        return {}
    events = [e for e in account.rows["setup_events"] if day_of(e["occurred_at"]) <= day]

    def n(*names: str) -> int:
        return sum(e["event"] in names for e in events)

    passed = n("security_step_passed")
    found: dict[str, float] = {
        "security_steps_passed": passed,
        "security_steps_pending": max(0, n("security_step_started") - passed),
        "data_ready": float(n("data_ready") > 0),
        "admin_active_30d": len(
            since(
                [
                    day_of(e["occurred_at"])
                    for e in events
                    if e["event"] in ("admin_configured", "user_provisioned")
                ],
                day,
                world.days("admin_active_days"),
            )
        ),
    }
    state: dict[object, tuple[bool, dt.date]] = {}
    switched = [e for e in events if e["event"].startswith("integration_")]
    for e in sorted(
        switched, key=lambda e: (str(e["occurred_at"]), e["event"] == "integration_deactivated")
    ):
        which = e["solution_id"] or ("unnamed", e["account_id"])
        state[which] = (e["event"] == "integration_activated", day_of(e["occurred_at"]))
    if is_customer:
        off = [date for is_on, date in state.values() if not is_on]
        found["integrations_on"] = sum(is_on for is_on, _ in state.values())
        found["integrations_off_180d"] = len(since(off, day, world.days("integration_off_days")))
    return found


def of_deals(account: Account, day: dt.date, world: World) -> dict[str, float]:
    def until(deal: Row) -> dt.date:
        return LAST if deal["status"] == "open" else day_of(deal["closed_at"] or deal["created_at"])

    deals = [
        deal
        for deal in account.rows["deals"]
        if deal["kind"] != "renewal" and day_of(deal["created_at"]) <= day
    ]
    found: dict[str, float] = {}
    if world.starts["opportunities"] <= day:
        found["open_deals"] = sum(until(deal) > day for deal in deals)
        found["prior_deals_lost"] = sum(
            deal["status"] == "lost" and until(deal) <= day for deal in deals
        )
    if world.starts["opportunity_people"] <= day:
        late = day - world.days("recent_deal_days")
        group = [
            (person, role)
            for deal, person, role, added in account.group
            if deal["kind"] != "renewal" and added <= day and until(deal) > late
        ]
        deciding = ("decision_maker", "economic_buyer")
        found["buying_group_size"] = len({person for person, _ in group})
        found["decision_makers"] = len({person for person, role in group if role in deciding})
    return found


def of_demand(account: Account, day: dt.date, world: World) -> dict[str, float]:
    found = {}
    for family, name in NAMES.items():
        if world.starts.get(family, LAST) <= day:
            heat = 0.0
            for row in account.rows["signals"]:
                date = day_of(row["occurred_at"])
                if row["family"] == family and since(
                    [date], day, world.days("signal_horizon_days")
                ):
                    strength = number(row["strength"])
                    age = (day - date).days / world.rules["signal_half_life_days"]
                    heat += 0.5**age * (
                        world.rules["signal_strength_default"] if strength is None else strength
                    )
            found[f"{name}_heat"] = min(heat, world.rules["signal_heat_cap"])
    return found


def of_ties(account: Account, day: dt.date, world: World) -> dict[str, float]:
    if world.starts["relationships"] > day:
        return {}
    live = [
        (kind, who, row)
        for kind, who, row in account.ties
        if day_of(row["started_at"]) <= day <= day_of(row["ended_at"], LAST)
    ]
    return {
        "partner_overlap": len(
            {
                who
                for kind, who, row in live
                if kind == "partner" and row["visibility"] not in ("not_shared", "unknown")
            }
        ),
        "technologies_in_use": len({who for kind, who, _ in live if kind == "solution"}),
    }


def of_contracts(terms: list[Row], day: dt.date) -> dict[str, float]:
    """terms: those that run on the day."""
    ends = [
        day_of(term["term_end"], FIRST)
        for term in terms
        if day_of(term["ended_at"], LAST) > day and day_of(term["term_end"], FIRST) > day
    ]
    return {"days_to_renewal": (min(ends) - day).days} if ends else {}


def term_key(row: Row) -> str:
    return hashlib.md5(f"term|{row['source']}|{row['source_id']}".encode()).hexdigest()


OF_CUSTOMERS = {"champions_present", "champion_left_days", "partner_quiet_ratio"} | {
    "advisor_quiet_ratio",
    "days_since_touch",
    "escalations_90d",
    "tickets_change",
    "csat_90d",
}


def judge(world: World, key: str, day: dt.date, is_customer: bool) -> dict[str, float]:
    """The signals of an account on a month-end that can be told from its own rows."""
    account = world.accounts[key]
    terms = [
        row for row in account.rows["subscriptions"] if term_key(row) in world.running[day, key]
    ]
    seats = sum(number(row["seats"]) or 0.0 for row in terms)
    found = (
        of_people(account, day, world)
        | of_touches(account, day, world)
        | of_usage(account, day, world, seats, is_customer)
        | of_care(account, day, world)
        | of_voices(account, day, world, is_customer)
        | of_setup(account, day, world, is_customer)
        | of_deals(account, day, world)
        | of_demand(account, day, world)
        | of_ties(account, day, world)
        | of_contracts(terms, day)
    )
    return {name: value for name, value in found.items() if is_customer or name not in OF_CUSTOMERS}
