"""The Ecosystem Completeness Score a second time, from contract files, in plain loops.

Written from the definitions and not from the SQL, so that a slip in one is seen in the other: every
account is looked at by itself on one day. Who is who and until when a contract term counts is taken
from the build; they have tests of their own.
"""

import csv
import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

SEEDS = Path(__file__).parents[2] / "seeds"
VENDOR = "vendor"
FIRST, LAST = dt.date.min, dt.date.max

Key = tuple[str, str]


@dataclass(frozen=True)
class Solution:
    """What one name of one provider covers: need -> share of it."""

    provider: str
    product: str
    covers: dict[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Span:
    """From a day on, until another; what stands there is named by the dictionary that holds it."""

    begin: dt.date
    end: dt.date

    def holds(self, day: dt.date) -> bool:
        return self.begin <= day <= self.end


@dataclass(frozen=True)
class Term:
    begin: dt.date
    until: dt.date | None
    product: str | None
    arr: float


@dataclass
class Account:
    """All that is known of an account."""

    segment: str
    terms: list[Term] = field(default_factory=list)
    churned: list[dt.date] = field(default_factory=list)
    needs: list[tuple[str, dt.date, float]] = field(default_factory=list)
    used: list[tuple[str, dt.date]] = field(default_factory=list)
    switched: list[tuple[dt.datetime, bool, Solution]] = field(default_factory=list)
    partner_ties: list[tuple[str, Span]] = field(default_factory=list)
    solution_ties: list[tuple[Solution, Span]] = field(default_factory=list)
    touches: list[tuple[str, dt.date, bool]] = field(default_factory=list)
    # of these the ones that may be shown
    open_touches: list[tuple[str, dt.date]] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    accounts: Mapping[str, Account]
    solutions: Iterable[Solution]
    profiles: Mapping[str, Mapping[str, float]]
    rules: Mapping[str, float]


@dataclass(frozen=True)
class Need:
    """A need of an account on a day; by: provider -> degree that it alone gives."""

    weight: float
    by: Mapping[str, float]
    is_known: bool

    def met(self, without: str | None = None, only_partners: bool = False) -> float:
        left = 1.0
        for provider, degree in self.by.items():
            if provider != without and not (only_partners and provider == VENDOR):
                left *= 1 - degree
        return 1 - left


@dataclass(frozen=True)
class Result:
    needs: Mapping[str, Need]
    present: frozenset[str]
    known_pct: float | None
    ecs: float | None = None
    ecs_own: float | None = None
    ecs_partners: float | None = None
    band: str | None = None
    lost_pct: Mapping[str, float] = field(default_factory=dict)
    breadth: Mapping[str, float] = field(default_factory=dict)
    marginal: Mapping[str, float] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()


# ------------------------------------------------------------------------------------------ input


def read_seed(name: str) -> list[dict[str, str]]:
    with open(SEEDS / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_stream(folder: Path, stream: str) -> list[dict[str, object]]:
    """Rows of a contract file, dates as such; a reference without a source names its own."""
    found = next(iter(folder.glob(f"{stream}.*")))
    with duckdb.connect() as connection:
        cursor = connection.execute(f"select * from '{found}'")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name in [name for name in row if name.endswith("_id") and name != "source_id"]:
            twin = name.removesuffix("_id") + "_source"
            if row[name] is not None:
                row[name] = (row.get(twin) or row["source"], str(row[name]))
    return rows


def day_of(value: object, default: dt.date) -> dt.date:
    if value is None:
        return default
    return value.date() if isinstance(value, dt.datetime) else value


def typed(text: str) -> str:
    return text.strip().lower().replace(" ", "_")


def read_world(folder: Path, database: Path) -> World:
    with duckdb.connect(str(database), read_only=True) as connection:
        organisation = {
            (stream, (source, record)): key
            for stream, source, record, key in connection.execute(
                "select stream, source, source_id, organisation_key from marts.account_sources"
            ).fetchall()
        }
        accounts = {
            key: Account(segment)
            for key, segment in connection.execute(
                "select account_key, segment from marts.accounts"
            ).fetchall()
        }
        for key, *term in connection.execute(
            "select account_key, term_start_date, counted_until_date, product, arr"
            " from intermediate.int_terms where is_paid"
        ).fetchall():
            accounts[key].terms.append(Term(*term))
    rules = {r["rule"]: float(r["value"]) for r in read_seed("rules/rules") if not r["valid_to"]}

    def account_of(reference: Key) -> Account:
        return accounts[organisation["accounts", reference]]

    solution_of, solutions = read_solutions(folder, organisation, rules)
    for row in read_stream(folder, "milestones"):
        if row["milestone"] == "churned":
            account_of(row["account_id"]).churned.append(day_of(row["occurred_at"], FIRST))
    for row in read_stream(folder, "needs"):
        weight = rules["need_weight_default"] if row["weight"] is None else float(row["weight"])
        account_of(row["account_id"]).needs.append(
            (typed(row["need"]), day_of(row["stated_at"], FIRST), weight)
        )
    for row in read_stream(folder, "usage"):
        if (row["active_users"] if row["active_users"] is not None else row["events"] or 0) > 0:
            product = (row["product"] or "").strip().lower()
            account_of(row["account_id"]).used.append((product, day_of(row["day"], FIRST)))
    for row in read_stream(folder, "setup_events"):
        if row["solution_id"] is not None and row["event"].startswith("integration_"):
            moment = row["occurred_at"]
            if not isinstance(moment, dt.datetime):
                moment = dt.datetime.combine(moment, dt.time())
            account_of(row["account_id"]).switched.append(
                (moment, row["event"] == "integration_activated", solution_of[row["solution_id"]])
            )
    selling = {
        r["touch_type"]
        for r in read_seed("rules/touch_types")
        if r["is_acquisition_type"] == "true"
    }
    for row in read_stream(folder, "touches"):
        if (row["actor"] or "partner") == "partner":
            account, day = account_of(row["account_id"]), day_of(row["occurred_at"], FIRST)
            partner = organisation["partners", row["partner_id"]]
            account.touches.append((partner, day, row["touch_type"] in selling))
            if row["sharing_scope"] != "restricted":
                account.open_touches.append((partner, day))
    for row in read_stream(folder, "relationships"):
        read_tie(row, account_of, organisation, solution_of)
    profiles: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read_seed("rules/segment_need_profiles"):
        profiles[row["segment"]][row["need"]] = float(row["weight"])
    return World(accounts, solutions, dict(profiles), rules)


def read_solutions(
    folder: Path, organisation: Mapping[tuple[str, Key], str], rules: Mapping[str, float]
) -> tuple[dict[Key, Solution], list[Solution]]:
    """The catalogue by source_id, and each of its solutions once."""
    made: dict[tuple[str, str], Solution] = {}
    by_id: dict[Key, Solution] = {}
    for row in read_stream(folder, "solutions"):
        if row["provider"] == "vendor":
            provider = VENDOR
        elif row["partner_id"] is None:
            provider = "unnamed"
        else:
            provider = organisation["partners", row["partner_id"]]
        product = row["solution"].strip().lower()
        solution = made.setdefault((provider, product), Solution(provider, product))
        share = rules["coverage_default"] if row["coverage"] is None else float(row["coverage"])
        need = typed(row["need"])
        solution.covers[need] = max(share, solution.covers.get(need, 0.0))
        by_id[row["source"], row["source_id"]] = solution
    return by_id, list(made.values())


def read_tie(
    row: Mapping[str, object],
    account_of: object,
    organisation: Mapping[tuple[str, Key], str],
    solution_of: Mapping[Key, Solution],
) -> None:
    ends = {row["from_type"]: row["from_id"], row["to_type"]: row["to_id"]}
    if row["kind"] not in ("serves", "uses_technology", "integrates_with") or "account" not in ends:
        return
    span = Span(day_of(row["started_at"], FIRST), day_of(row["ended_at"], LAST))
    account = account_of(ends["account"])
    if "partner" in ends:
        account.partner_ties.append((organisation["partners", ends["partner"]], span))
    elif "solution" in ends and row["kind"] != "serves":
        account.solution_ties.append((solution_of[ends["solution"]], span))


# ----------------------------------------------------------------------------------- the measure


def running_terms(account: Account, day: dt.date) -> list[Term]:
    return [
        term
        for term in account.terms
        if term.begin <= day
        and (term.until is None or day < term.until)
        and not any(term.begin <= churned <= day for churned in account.churned)
    ]


def needs_on(account: Account, day: dt.date, world: World) -> dict[str, float]:
    """Need -> weight: the latest statements by that day, else the profile."""
    latest: dict[str, tuple[dt.date, float]] = {}
    for need, stated, weight in account.needs:
        if stated <= day:
            latest[need] = max(latest.get(need, (FIRST, -1.0)), (stated, weight))
    if latest:
        return {need: weight for need, (_, weight) in latest.items()}
    profile = world.profiles.get(account.segment, world.profiles["any"])
    return {need: weight for need, weight in profile.items() if weight > 0}


def active_solutions(
    account: Account, day: dt.date, terms: list[Term], world: World
) -> tuple[dict[Solution, float], frozenset[str]]:
    """Solution -> share of its coverage that counts; and the partners that are present."""
    rules = world.rules

    def days_since(date: dt.date) -> int:
        return (day - date).days

    seen = {
        partner
        for partner, date, _ in account.touches
        if 0 <= days_since(date) <= rules["coverage_verified_days"]
    }
    tied = {partner for partner, span in account.partner_ties if span.holds(day)}
    left = {
        partner: max(s.end for p, s in account.partner_ties if p == partner and s.end < day)
        for partner, span in account.partner_ties
        if span.end < day and span.begin <= day
    }
    serving = {
        partner
        for partner, date, is_selling in account.touches
        if not is_selling
        and 0 <= days_since(date) <= rules["partner_presence_days"]
        and date > left.get(partner, FIRST)
    }
    present = tied | serving
    used = {
        product
        for product, date in account.used
        if 0 <= days_since(date) <= rules["coverage_verified_days"]
    }

    def is_verified(solution: Solution) -> bool:
        if solution.provider == VENDOR:
            return solution.product in used or "" in used
        return solution.provider in seen

    declared = {solution for solution, span in account.solution_ties if span.holds(day)}
    own = [solution for solution in world.solutions if solution.provider == VENDOR]
    for term in terms:
        product = (term.product or "").strip().lower()
        if not product and len(own) == 1:
            product = own[0].product
        named = [solution for solution in world.solutions if solution.product == product]
        declared.update(sorted(named, key=lambda s: s.provider != VENDOR)[:1])
    declared.update(solution for solution in world.solutions if solution.provider in present)
    active = {
        solution: 1.0 if is_verified(solution) else rules["declared_coverage_share"]
        for solution in declared
    }
    state: dict[Solution, bool] = {}
    # at one moment the switching off comes last
    for moment, is_on, solution in sorted(account.switched, key=lambda s: (s[0], not s[1])):
        if moment.date() <= day:
            state[solution] = is_on
    active |= {solution: 1.0 for solution, is_on in state.items() if is_on}
    return active, frozenset(present)


def judge(account: Account, day: dt.date, world: World) -> Result | None:
    """An account on a day; None if it is no live customer."""
    terms = running_terms(account, day)
    if not terms:
        return None
    rules = world.rules
    active, present = active_solutions(account, day, terms, world)
    shows_partners = (
        any(date <= day for _, date, _ in account.touches)
        or any(span.begin <= day for _, span in account.partner_ties + account.solution_ties)
        or any(moment.date() <= day and is_on for moment, is_on, _ in account.switched)
    )
    needs = {}
    for need, weight in needs_on(account, day, world).items():
        left: dict[str, float] = {}
        for solution, share in active.items():
            coverage = solution.covers.get(need, 0.0)
            if coverage > 0:
                provider = solution.provider
                left[provider] = left.get(provider, 1.0) * (1 - coverage * share)
        offering = {s.provider for s in world.solutions if need in s.covers}
        is_known = bool(left) or VENDOR in offering or (bool(offering) and shows_partners)
        needs[need] = Need(weight, {p: 1 - open_ for p, open_ in left.items()}, is_known)
    total = math.fsum(need.weight for need in needs.values())
    known = [need for need in needs.values() if need.is_known]
    weight = math.fsum(need.weight for need in known)
    known_pct = 100 * weight / total if total else None
    if known_pct is None or known_pct < 100 * rules["ecs_min_known_share"] - 1e-6:
        return Result(needs, present, known_pct)

    def points(degrees: Iterable[float]) -> float:
        pairs = zip(known, degrees, strict=True)
        return 100 * math.fsum(need.weight * degree for need, degree in pairs) / weight

    partners = present | {p for need in known for p in need.by} - {VENDOR, "unnamed"}
    ecs = points(need.met() for need in known)
    marginal = {p: ecs - points(need.met(without=p) for need in known) for p in partners}
    bands = ("complete", "partial", "thin")
    return Result(
        needs,
        present,
        known_pct,
        ecs,
        points(need.by.get(VENDOR, 0.0) for need in known),
        points(need.met(only_partners=True) for need in known),
        next((b for b in bands if ecs >= rules[f"ecs_{b}_from"] - 1e-6), "exposed"),
        {p: 100 * fall / ecs for p, fall in marginal.items()} if ecs else {},
        {p: points(need.by.get(p, 0.0) for need in known) for p in partners},
        marginal,
        frozenset(partner for partner, date in account.open_touches if date <= day),
    )


def judge_all(world: World, day: dt.date) -> dict[str, Result]:
    judged = {key: judge(account, day, world) for key, account in world.accounts.items()}
    return {key: result for key, result in judged.items() if result is not None}
