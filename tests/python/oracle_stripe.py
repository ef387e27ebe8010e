"""ARR movements out of Stripe's raw CSV files in plain Python: each subscription item's ledger walked in order of time.
It shares no code and no rule table with the SQL beyond the numbers a business person sets (grace days, exchange rates).
"""

import csv
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

GRACE = timedelta(days=30)
A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}
WHOLE_UNITS = {"jpy", "krw"}
USD = {"usd": Fraction(1), "eur": Fraction("1.13"), "jpy": Fraction("0.0067")}
KINDS = ("new", "expansion", "contraction", "churn", "reactivation")
Row = dict[str, str]
Piece = tuple[date, date, int]
Moves = dict[tuple[str, date], tuple[str, int]]


def rows_of(folder: Path, table: str, key: tuple[str, ...]) -> list[Row]:
    """The last row of each key."""
    found = {}
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[tuple(row[name] for name in key)] = row
    return list(found.values())


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def flag(row: Row, name: str) -> bool:
    return row.get(name, "").lower() == "true"


def cents_a_year(price: Row, quantity: str) -> int:
    """ARR in US cents: in the smallest unit of the price's currency first, then converted."""
    currency = price["currency"].lower()
    amount = Fraction(price["unit_amount_decimal"] or price["unit_amount"]) * int(quantity or 1)
    yearly = amount * A_YEAR[price["recurring_interval"]] / int(price["recurring_interval_count"])
    units = int(yearly + Fraction(1, 2))
    major = Fraction(units, 1 if currency in WHOLE_UNITS else 100)
    return int(major * USD[currency] * 100 + Fraction(1, 2))


def paid_pieces(folder: Path, as_of: date) -> dict[str, list[Piece]]:
    """Customer -> (first day, day after the last, cents a year) of every stretch an item was paid for."""
    subscriptions = {row["id"]: row for row in rows_of(folder, "subscription", ("id",))}
    prices = {row["id"]: row for row in rows_of(folder, "price", ("id",))}
    invoices = {row["id"]: row for row in rows_of(folder, "invoice", ("id",))}
    items = rows_of(folder, "subscription_item", ("id",))
    ledger: dict[str, list[tuple[str, str, bool, int]]] = defaultdict(list)
    seen: dict[str, list[tuple[str, str]]] = defaultdict(list)
    owner: dict[str, str] = {row["id"]: row["subscription_id"] for row in items}
    for line in rows_of(folder, "invoice_line_item", ("invoice_id", "id")):
        item = line["subscription_item_id"]
        owner.setdefault(item, line["subscription_id"])
        seen[item].append((line["period_start"], line["period_end"]))
        stands = invoices.get(line["invoice_id"], {}).get("status") not in ("void", "uncollectible")
        if stands and line.get("livemode", "true").lower() == "true":
            is_credit = int(line["amount"]) < 0
            cents = 0 if is_credit else cents_a_year(prices[line["price_id"]], line["quantity"])
            ledger[item].append((line["period_start"], line["period_end"], is_credit, cents))
    for item in items:
        told = present_period(item, subscriptions[item["subscription_id"]])
        if told and not any(a < told[1] and b > told[0] for a, b in seen[item["id"]]):
            cents = cents_a_year(prices[item["price_id"]], item["quantity"])
            ledger[item["id"]].append((*told, False, cents))
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for item, entries in ledger.items():
        subscription = subscriptions[owner[item]]
        if is_contract(subscription):
            pieces[subscription["customer_id"]] += item_pieces(entries, subscription)
    return {customer: carried(found, as_of) for customer, found in pieces.items()}


def is_contract(subscription: Row) -> bool:
    test = subscription.get("livemode", "true").lower() == "false"
    return not test and subscription["status"] not in ("incomplete", "incomplete_expired")


def present_period(item: Row, subscription: Row) -> tuple[str, str] | None:
    """What the item itself tells: its present period, once no trial."""
    begin = item.get("current_period_start") or subscription["current_period_start"]
    end = item.get("current_period_end") or subscription["current_period_end"]
    gone = flag(item, "_fivetran_deleted") or subscription["status"] == "paused"
    trial = subscription.get("trial_end") and begin < subscription["trial_end"]
    return None if gone or trial or not begin else (begin, end)


def item_pieces(entries: list[tuple[str, str, bool, int]], subscription: Row) -> Iterator[Piece]:
    """Walk an item's ledger: a charge opens a stretch, and whatever comes next, a credit included, closes it."""
    ended = subscription.get("ended_at") or "9999"
    trial_end = subscription.get("trial_end") or ""
    moments: dict[str, list[tuple[str, bool, int]]] = defaultdict(list)
    for start, end, is_credit, cents in entries:
        moments[start].append((end, is_credit, cents))
    order = [*sorted(moments), "9999"]
    for start, following in pairwise(order):
        charges = [(end, cents) for end, is_credit, cents in moments[start] if not is_credit]
        if not charges or start >= ended or start < trial_end:
            continue
        end, cents = charges[-1]
        yield day(start), day(min(end, following, ended)), cents


def carried(pieces: list[Piece], as_of: date) -> list[Piece]:
    """A stretch counts on until the customer's next one where that begins within the grace period, and on the last day
    also while the grace period is not over."""
    starts = sorted(start for start, _, _ in pieces)
    out = []
    for start, end, cents in pieces:
        following = [other for other in starts if start < other and end <= other <= end + GRACE]
        if following:
            end = max(end, following[0])
        elif end <= as_of <= end + GRACE:
            end = as_of + timedelta(days=1)
        out.append((start, end, cents))
    return out


def month_ends(as_of: date, months: int) -> list[date]:
    """The day before the first, and then every month-end up to as_of itself."""
    out = [as_of]
    first = as_of.replace(day=1)
    for _ in range(months + 1):
        last = first - timedelta(days=1)
        out.append(last)
        first = last.replace(day=1)
    return sorted(out)


def movements(folder: Path, as_of: date, months: int = 24) -> tuple[Moves, list[dict[str, Any]]]:
    """Each customer's moves, and each month's sums in cents."""
    days = month_ends(as_of, months)
    assert all(d == as_of or d.day == monthrange(d.year, d.month)[1] for d in days)
    moves: Moves = {}
    sums = [{"day": d, "opening": 0, "closing": 0} | dict.fromkeys(KINDS, 0) for d in days[1:]]
    for customer, pieces in paid_pieces(folder, as_of).items():
        paid = [sum(cents for start, end, cents in pieces if start <= d < end) for d in days]
        first = min((start for start, end, cents in pieces if cents), default=None)
        if paid[0]:
            moves[customer, days[0]] = ("none", paid[0])
        for n in range(1, len(days)):
            before, after = paid[n - 1], paid[n]
            sums[n - 1]["opening"] += before
            sums[n - 1]["closing"] += after
            if before == after:
                continue
            if before == 0:
                kind = "new" if first > days[n - 1] else "reactivation"
            elif after == 0:
                kind = "churn"
            else:
                kind = "expansion" if after > before else "contraction"
            sums[n - 1][kind] += abs(after - before)
            moves[customer, days[n]] = (kind, after - before)
    return moves, sums
