"""A world as Stripe keeps it, landed by Fivetran: with the present state of each subscription, or with its history kept
and amounts on plans rather than prices.

A contract's terms become billing periods of one subscription item a product: a year, two or three years, a month. A
contract that runs on is billed each half-year and says so in its metadata. What was signed late was paused in between,
so that its next period starts on the day of signing.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.demo.contract_rows import Lander, make_id, same
from scripts.demo.names import FREE_MAIL
from scripts.demo.tabular import (
    NONE,
    Columns,
    add_months,
    as_codes,
    as_days,
    as_floats,
    as_rows,
    day_column,
    join,
    plain,
    ref_column,
    text_column,
)

LANDINGS = ("fivetran", "fivetran_history")
CUSTOM_FIELDS = {
    "customer.crm_id": "metadata:salesforce_account_id",
    "subscription.runs_on": "metadata:runs_on",
}
WITHOUT = {"fivetran_history": ["price"]}
RUNNING, CANCELLED = 2, 2
N_LATE, N_TEST = 40, 3
FOREVER = datetime(9999, 12, 31, 23, 59, 59)
Table = dict[str, pa.Array]


def tables(lander: Lander, landing: str = LANDINGS[0]) -> dict[str, pa.Table]:
    """Every raw table of Stripe. A landing with history has versions of subscriptions, and plans in place of prices."""
    terms, items, periods = contracts(lander)
    bills, lines = invoices(lander, items, periods)
    price_ids, prices = price_list(terms)
    history = landing == "fivetran_history"
    at = "plan_id" if history else "price_id"
    made = {
        "customer": customers(lander),
        ("subscription_history" if history else "subscription"): subscriptions(
            lander, items, periods, history
        ),
        "subscription_item": subscription_items(lander, items, periods, price_ids, at),
        "product": products(),
        "invoice": bills,
        "invoice_line_item": line_rows(lander, lines, price_ids, at),
        ("plan" if history else "price"): plans(prices) if history else prices,
    }
    if not history:
        # Stripe keeps both forms; the older one of old landings may lack amounts
        empty = pa.nulls(len(prices["id"]), pa.string())
        made["plan"] = plans(prices) | {"amount": empty, "amount_decimal": empty}
    return {name: land(name, pa.table(columns), lander) for name, columns in made.items()}


def stack(*parts: Table) -> Table:
    """Tables below one another; a column that one lacks is null there."""
    joined = pa.concat_tables([pa.table(part) for part in parts], promote_options="permissive")
    return {name: plain(joined[name]) for name in joined.column_names}


def seconds(days: np.ndarray | pa.Array) -> pa.Array:
    """Days, as midnight UTC."""
    days = day_column(days) if isinstance(days, np.ndarray) else plain(days)
    return days.cast(pa.timestamp("s"))


def ident(kind: str, rows: np.ndarray) -> pa.Array:
    """Identifiers as make_id scatters them, with the whole kind in front, so that no two kinds share one."""
    return pc.replace_substring_regex(make_id(kind, rows), "^[a-z_]*", f"{kind}_")


def land(name: str, table: pa.Table, lander: Lander) -> pa.Table:
    """The loader's own columns; some rows of two tables arrive once more."""
    sync = f"{np.datetime64(int(lander.end), 'D')} 23:00:00"
    table = table.append_column("_fivetran_synced", same(sync, len(table)))
    resent = N_LATE if name in ("customer", "invoice_line_item") else 0
    return pa.concat_tables([table, table.slice(len(table) // 3, resent)])


# --- contracts as billing periods --------------------------------------------------------------


def contracts(lander: Lander) -> tuple[Columns, Columns, Columns]:
    """The world's terms (n,), the items they belong to (k,), and billing periods of both (m,)."""
    t = lander.t["terms"]
    product = as_codes(t["product"]).astype(np.int64)
    terms: Columns = {
        "spell": as_rows(t["spell"]).astype(np.int64),
        "account": as_rows(t["account"]).astype(np.int64),
        "product": product,
        "form": as_codes(t["form"]).astype(np.int64),
        "start": as_days(t["started"]),
        "until": as_days(t["term_end"]),
        "ended": as_days(t["ended"]),
        "cents": np.round(100 * as_floats(t["arr"])).astype(np.int64),
        "seats": as_rows(t["seats"]).astype(np.int64),
        "gone": as_codes(t["status"]) == CANCELLED,
    }
    terms["months"] = months_of(terms)
    order = np.lexsort((terms["start"], terms["product"], terms["spell"]))
    # a product that comes back after it was dropped is a new item
    first = np.ones(len(order), dtype=bool)
    before, here = order[:-1], order[1:]
    first[1:] = (
        (terms["spell"][before] != terms["spell"][here])
        | (product[before] != product[here])
        | terms["gone"][before]
    )
    item_of = np.empty(len(order), dtype=np.int64)
    item_of[order] = np.cumsum(first) - 1
    terms["item"] = item_of
    last = order[np.append(np.flatnonzero(first)[1:], len(order)) - 1] if len(order) else order
    churned = as_days(lander.t["spells"]["churned"])
    items: Columns = {
        "spell": terms["spell"][last],
        "account": terms["account"][last],
        "start": terms["start"][order[first]],
        "last_term": last,
        "removed": terms["gone"][last] & (churned[terms["spell"][last]] == NONE),
    }
    # dropped before the customer left
    items["removed"] |= terms["gone"][last] & (terms["ended"][last] < churned[terms["spell"][last]])
    return terms, items, half_years(lander, terms)


def months_of(terms: Columns) -> np.ndarray:
    """Months of a billing period: six for contracts that run on, else those of the term."""
    begin = terms["start"].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    closing = terms["until"].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(terms["form"] == RUNNING, 6, closing - begin)


def half_years(lander: Lander, terms: Columns) -> Columns:
    """Billing periods (m,): a term's own, or the half-years of one that runs on."""
    running = terms["form"] == RUNNING
    rows = np.flatnonzero(~running)
    blocks = [(rows, terms["start"][rows], terms["until"][rows])]
    rows, begin = np.flatnonzero(running), terms["start"][running]
    while len(rows):
        until = add_months(begin, 6)
        blocks.append((rows, begin, until))
        stop = np.where(terms["ended"][rows] == NONE, lander.end + 1, terms["ended"][rows])
        goes_on = until < stop
        rows, begin = rows[goes_on], until[goes_on]
    term, start, until = (np.concatenate([b[i] for b in blocks]) for i in range(3))
    order = np.lexsort((terms["product"][term], start, terms["spell"][term]))
    term, start, until = term[order], start[order], until[order]
    names = ("spell", "account", "item", "seats", "months", "product")
    return {"term": term, "start": start, "until": until} | {
        name: terms[name][term] for name in names
    }


def price_list(terms: Columns) -> tuple[pa.Array, Table]:
    """The price of each term (n,), and the prices there are: one a product, interval and amount of a seat.

    An amount that is no whole number of cents has twelve decimals: seats times amount gives the ARR to the cent.
    """
    over = 12 * terms["seats"]
    whole, rest = np.divmod(terms["cents"] * terms["months"], over)
    decimals = (rest * 10**12 + over // 2) // over
    whole, decimals = whole + decimals // 10**12, decimals % 10**12
    keys = np.column_stack([terms["product"], terms["months"], whole, decimals])
    unique, price = np.unique(keys, axis=0, return_inverse=True)
    price = price.reshape(-1)
    product, months, whole, decimals = unique.T
    n = len(unique)
    digits = pc.utf8_lpad(pa.array(decimals).cast(pa.string()), 12, "0")
    exact = decimals == 0
    amount = pa.array(whole).cast(pa.string())
    by_year = months % 12 == 0
    first = np.full(n, np.iinfo(np.int32).max, dtype=np.int64)
    np.minimum.at(first, price, terms["start"].astype(np.int64))
    return ident("price", np.where(price >= 0, price, -1)), {
        "id": ident("price", np.arange(n)),
        "product_id": ident("prod", product),
        "unit_amount": pc.if_else(pa.array(exact), amount, pa.scalar(None, pa.string())),
        "unit_amount_decimal": pc.if_else(pa.array(exact), amount, join(amount, ".", digits)),
        "currency": same("usd", n),
        "type": same("recurring", n),
        "billing_scheme": same("per_unit", n),
        "recurring_interval": text_column(["month", "year"], by_year.astype(np.int32)),
        "recurring_interval_count": pa.array(np.where(by_year, months // 12, months)),
        "recurring_usage_type": same("licensed", n),
        "active": same(True, n),
        "created": seconds(first.astype(np.int32)),
        "livemode": same(True, n),
        "is_deleted": same(False, n),
    }


def plans(prices: Table) -> Table:
    """The same prices in their older form."""
    names = {
        "unit_amount": "amount",
        "unit_amount_decimal": "amount_decimal",
        "recurring_interval": "interval",
        "recurring_interval_count": "interval_count",
        "recurring_usage_type": "usage_type",
    }
    kept = {name: column for name, column in prices.items() if name != "type"}
    return {names.get(name, name): column for name, column in kept.items()}


def products() -> Table:
    from scripts.demo.experience import PRODUCTS

    n = len(PRODUCTS)
    return {
        "id": ident("prod", np.arange(n)),
        "name": pa.array(PRODUCTS),
        "active": same(True, n),
        "type": same("service", n),
        "livemode": same(True, n),
        "is_deleted": same(False, n),
    }


# --- customers ---------------------------------------------------------------------------------


def customers(lander: Lander) -> Table:
    rows = lander.customers
    row = lander.billing_accounts(rows)
    domain = row["domain"]
    whole = pc.match_substring(domain, "@")
    mail = pc.if_else(whole, domain, join("invoices@", domain))
    free = join(
        "billing",
        pa.array(rows).cast(pa.string()),
        "@",
        text_column(FREE_MAIL, rows % len(FREE_MAIL)),
    )
    bare = row["domain"].is_null().to_numpy(False)
    has_free = bare & (rows % 2 == 0)
    linked = join('{"salesforce_account_id":"', make_id("crm", rows), '"}')
    known = {
        "id": row["source_id"],
        "name": row["name"],
        "email": pc.if_else(pa.array(has_free), free, mail),
        "address_line_1": row["address"],
        "address_city": row["city"],
        "address_postal_code": row["postal_code"],
        "address_country": row["country"],
        "phone": row["phone"],
        "created": seconds(row["created_at"]),
        "currency": same("usd", len(rows)),
        "delinquent": same(False, len(rows)),
        "metadata": pc.if_else(pa.array(lander.dress.renamed[rows]), linked, "{}"),
        "livemode": same(True, len(rows)),
        "is_deleted": same(False, len(rows)),
    }
    made_twice, test = extra(lander)
    twice = take(known, made_twice) | {
        "id": ident("cus_twice", made_twice),
        "metadata": same("{}", len(made_twice)),
        "is_deleted": same(True, len(made_twice)),
    }
    tests = take(known, test) | {
        "id": ident("cus_test", test),
        "name": join("TEST ", text_column(row["name"], test)),
        "metadata": same("{}", len(test)),
        "livemode": same(False, len(test)),
    }
    return stack(known, twice, tests)


def extra(lander: Lander) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the customers who signed up twice (the second record tried, paid nothing and was deleted), and of those
    that have a twin in test mode."""
    n = len(lander.customers)
    return np.arange(n)[5::60], np.arange(n)[: min(N_TEST, n)]


def take(table: Table, rows: np.ndarray) -> Table:
    return {name: plain(column).take(pa.array(rows)) for name, column in table.items()}


# --- subscriptions -----------------------------------------------------------------------------


def subscriptions(lander: Lander, items: Columns, periods: Columns, history: bool) -> Table:
    spells = lander.t["spells"]
    spell, first = np.unique(periods["spell"], return_index=True)
    last = np.append(first[1:], len(periods["spell"])) - 1
    churned = as_days(spells["churned"])[spell]
    start, begin, until = (
        periods["start"][first],
        periods["start"][last],
        periods["until"][last],
    )
    n = len(spell)
    at_end = (churned == until) & (churned != NONE)
    asked = np.where(at_end, np.maximum(churned - 45, begin), churned)
    over = churned != NONE
    late = ~over & (until <= lander.end)
    status = np.where(over, 1, np.where(late, 2, 0))
    runs_on = as_codes(spells["form"])[spell] == RUNNING
    known = {
        "id": ident("sub", spell),
        "customer_id": make_id("billing", as_rows(spells["account"])[spell]),
        "status": text_column(["active", "canceled", "past_due"], status),
        "created": seconds(start),
        "start_date": seconds(start),
        "current_period_start": seconds(begin),
        "current_period_end": seconds(until),
        "cancel_at_period_end": pa.array(at_end),
        "canceled_at": seconds(asked.astype(np.int32)),
        "ended_at": seconds(churned),
        "metadata": pc.if_else(pa.array(runs_on), '{"runs_on":"true"}', "{}"),
        "livemode": same(True, n),
    }
    odd = stack(known, *odd_subscriptions(lander))
    if not history:
        return odd
    ended = plain(odd["ended_at"])
    latest = odd | {
        "_fivetran_start": pc.coalesce(ended, odd["created"]),
        "_fivetran_end": same(FOREVER, len(ended)).cast(pa.timestamp("s")),
        "_fivetran_active": same(True, len(ended)),
    }
    rows = np.flatnonzero(over)
    before = take(known, rows) | {
        "status": same("active", len(rows)),
        "canceled_at": pa.nulls(len(rows), pa.timestamp("s")),
        "ended_at": pa.nulls(len(rows), pa.timestamp("s")),
        "_fivetran_start": seconds(start[rows]),
        "_fivetran_end": seconds(churned[rows]),
        "_fivetran_active": same(False, len(rows)),
    }
    return stack(latest, before)


def odd_subscriptions(lander: Lander) -> list[Table]:
    """Trials that were cancelled, subscriptions whose first payment never came, and those of test mode."""
    made_twice, test = extra(lander)
    since = as_days(lander.t["organisations"]["customer_since"])[lander.customers]
    blocks = []
    for kind, rows, owner, status, live, days in (
        ("trial", made_twice, "cus_twice", "canceled", True, 14),
        ("unpaid", expired(lander), "billing", "incomplete_expired", True, 1),
        ("test", test, "cus_test", "active", False, 0),
    ):
        start = np.minimum(since[rows], lander.end - 20)
        stop = np.where(days > 0, start + days, NONE).astype(np.int32)
        tried = stop if kind == "trial" else np.full(len(rows), NONE, dtype=np.int32)
        begun = start if kind == "trial" else np.full(len(rows), NONE, dtype=np.int32)
        end = start + 14 if kind == "trial" else add_months(start, 12)
        owners_ = lander.customers[rows] if owner == "billing" else rows
        blocks.append(
            {
                "id": ident(f"sub_{kind}", rows),
                "customer_id": (make_id if owner == "billing" else ident)(owner, owners_),
                "status": same(status, len(rows)),
                "created": seconds(start),
                "start_date": seconds(start),
                "current_period_start": seconds(start),
                "current_period_end": seconds(end.astype(np.int32)),
                "cancel_at_period_end": same(False, len(rows)),
                "canceled_at": seconds(stop),
                "ended_at": seconds(stop),
                "trial_start": seconds(begun),
                "trial_end": seconds(tried),
                "metadata": same("{}", len(rows)),
                "livemode": same(live, len(rows)),
            }
        )
    return blocks


def expired(lander: Lander) -> np.ndarray:
    """Rows of the customers whose first try to subscribe was never paid."""
    return np.arange(len(lander.customers))[9::90]


def subscription_items(
    lander: Lander, items: Columns, periods: Columns, price_ids: pa.Array, at: str
) -> Table:
    n = len(items["spell"])
    last = np.zeros(n, dtype=np.int64)
    last[periods["item"]] = np.arange(len(periods["item"]))
    term = items["last_term"]
    known = {
        "id": ident("si", np.arange(n)),
        "subscription_id": ident("sub", items["spell"]),
        at: price_ids.take(pa.array(term)),
        "quantity": pa.array(periods["seats"][last]),
        "created": seconds(items["start"]),
        "current_period_start": seconds(periods["start"][last]),
        "current_period_end": seconds(periods["until"][last]),
        "metadata": same("{}", n),
        "_fivetran_deleted": pa.array(items["removed"]),
    }
    made_twice, test = extra(lander)
    since = seconds(lander.t["organisations"]["customer_since"])
    blocks = [known]
    for kind, rows in (("trial", made_twice), ("unpaid", expired(lander)), ("test", test)):
        blocks.append(
            {
                "id": ident(f"si_{kind}", rows),
                "subscription_id": ident(f"sub_{kind}", rows),
                at: price_ids.take(pa.array(np.zeros(len(rows), dtype=np.int64))),
                "quantity": same(5, len(rows)),
                "created": since.take(pa.array(lander.customers[rows])),
                "_fivetran_deleted": same(False, len(rows)),
            }
        )
    return stack(*blocks)


# --- bills -------------------------------------------------------------------------------------


def invoices(lander: Lander, items: Columns, periods: Columns) -> tuple[Table, Columns]:
    """Bills, one a subscription and day, and their lines (m,) as columns. A few were made void, and written anew."""
    key = periods["spell"] * 100_000 + periods["start"]
    unique, first, bill = np.unique(key, return_index=True, return_inverse=True)
    n = len(unique)
    start = periods["start"][first]
    stood = {
        "id": ident("in", np.arange(n)),
        "customer_id": make_id("billing", periods["account"][first]),
        "subscription_id": ident("sub", periods["spell"][first]),
        "status": text_column(["paid", "open"], (start > lander.end - 30).astype(np.int32)),
        "billing_reason": same("subscription_cycle", n),
        "created": seconds(start),
        "period_start": seconds(start),
        "period_end": seconds(start),
        "currency": same("usd", n),
        "livemode": same(True, n),
        "is_deleted": same(False, n),
    }
    voided = np.arange(n)[7::50]
    wrong = take(stood, voided) | {
        "id": ident("in_void", voided),
        "status": same("void", len(voided)),
        "status_transitions_voided_at": seconds(
            np.minimum(start[voided] + 2, lander.end).astype(np.int32)
        ),
    }
    lost = np.flatnonzero(billed_after_the_end(lander, periods))
    given_up = {
        "id": ident("in_lost", lost),
        "customer_id": make_id("billing", periods["account"][lost]),
        "subscription_id": ident("sub", periods["spell"][lost]),
        "status": same("uncollectible", len(lost)),
        "billing_reason": same("subscription_cycle", len(lost)),
        "created": seconds(periods["until"][lost]),
        "status_transitions_marked_uncollectible_at": seconds(
            np.minimum(periods["until"][lost] + 60, lander.end).astype(np.int32)
        ),
        "currency": same("usd", len(lost)),
        "livemode": same(True, len(lost)),
        "is_deleted": same(False, len(lost)),
    }
    again = np.flatnonzero(np.isin(bill, voided))
    lines: Columns = {
        "period": np.concatenate([np.arange(len(bill)), again, lost]),
        "bill": np.concatenate([bill.reshape(-1), bill.reshape(-1)[again], lost]),
        "kind": np.repeat([0, 1, 2], [len(bill), len(again), len(lost)]),
    }
    for name in ("spell", "item", "seats", "months", "start", "until", "term"):
        lines[name] = periods[name][lines["period"]]
    renewed = lines["kind"] == 2
    lines["start"] = np.where(renewed, lines["until"], lines["start"]).astype(np.int32)
    lines["until"] = np.where(
        renewed, add_months(lines["start"], lines["months"]), lines["until"]
    ).astype(np.int32)
    lines["cents"] = np.round(
        100 * as_floats(lander.t["terms"]["arr"])[lines["term"]] * lines["months"] / 12
    ).astype(np.int64)
    return stack(stood, wrong, given_up), lines


def billed_after_the_end(lander: Lander, periods: Columns) -> np.ndarray:
    """Periods after which the customer was billed once more, though it had left: that bill was given up."""
    churned = as_days(lander.t["spells"]["churned"])[periods["spell"]]
    left = (churned == periods["until"]) & (churned != NONE)
    return left & (periods["spell"] % 4 == 0)


def line_rows(lander: Lander, lines: Columns, price_ids: pa.Array, at: str) -> Table:
    n = len(lines["bill"])
    kinds = ("in", "in_void", "in_lost")
    bill = pc.choose(pa.array(lines["kind"]), *[ident(kind, lines["bill"]) for kind in kinds])
    known = {
        "id": ident("il", np.arange(n)),
        "invoice_id": bill,
        "subscription_id": ident("sub", lines["spell"]),
        "subscription_item_id": ident("si", lines["item"]),
        at: price_ids.take(pa.array(lines["term"])),
        "quantity": pa.array(lines["seats"]),
        "amount": pa.array(lines["cents"]),
        "currency": same("usd", n),
        "period_start": seconds(lines["start"]),
        "period_end": seconds(lines["until"]),
        "proration": same(False, n),
        "type": same("subscription", n),
        "livemode": same(True, n),
    }
    _, test = extra(lander)
    since = as_days(lander.t["organisations"]["customer_since"])[lander.customers[test]]
    tests = {
        "id": ident("il_test", test),
        "invoice_id": ident("in_test", test),
        "subscription_id": ident("sub_test", test),
        "subscription_item_id": ident("si_test", test),
        at: price_ids.take(pa.array(np.zeros(len(test), dtype=np.int64))),
        "quantity": same(5, len(test)),
        "amount": same(100_000, len(test)),
        "currency": same("usd", len(test)),
        "period_start": seconds(since),
        "period_end": seconds(add_months(since, 12)),
        "proration": same(False, len(test)),
        "type": same("subscription", len(test)),
        "livemode": same(False, len(test)),
    }
    return stack(tests, known)


# --- what is true ------------------------------------------------------------------------------


def owners(lander: Lander) -> pa.Table:
    """The organisation behind each billing customer that counts."""
    n = len(lander.customers)
    return pa.table(
        {
            "stream": same("accounts", n),
            "source": same("stripe", n),
            "source_id": make_id("billing", lander.customers),
            "organisation": ref_column(lander.customers),
        }
    )


def planted(lander: Lander) -> dict[str, int]:
    _, items, periods = contracts(lander)
    bills, lines = invoices(lander, items, periods)
    made_twice, test = extra(lander)
    return {
        "deleted_customers": len(made_twice),
        "cancelled_trials": len(made_twice),
        "test_customers": len(test),
        "first_payments_that_never_came": len(expired(lander)),
        "void_invoices": pc.sum(pc.equal(bills["status"], "void")).as_py(),
        "uncollectible_invoices": pc.sum(pc.equal(bills["status"], "uncollectible")).as_py(),
        "void_lines": int((lines["kind"] == 1).sum()),
        "uncollectible_lines": int((lines["kind"] == 2).sum()),
        "resent_customers": N_LATE,
        "resent_lines": N_LATE,
        "removed_items": int(items["removed"].sum()),
    }
