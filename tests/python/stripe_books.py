"""A small Stripe account written by hand: one customer for every way a subscription can go, and what each of them does
to ARR, written down in dates and amounts before anything computed it."""

import csv
import json
from pathlib import Path
from typing import Any

AS_OF = "2026-06-10"
Row = dict[str, Any]

# customer -> month-end: movement and amount in USD, worked out by hand; base is what was paid before the first
BY_HAND: dict[str, dict[str, tuple[str, float]]] = {
    "renewal": {"base": ("none", 1200.00)},
    "at_renewal": {
        "base": ("none", 1200.00),
        "2025-03-31": ("expansion", 600.00),
        "2026-03-31": ("contraction", -360.00),
    },
    "upgrade": {
        "2024-12-31": ("new", 1200.00),
        "2025-05-31": ("expansion", 1200.00),
        "2025-10-31": ("expansion", 480.00),
    },
    "downgrade": {"2025-01-31": ("new", 2400.00), "2025-08-31": ("contraction", -1200.00)},
    "downgrade_at_end": {"2024-11-30": ("new", 2400.00), "2025-11-30": ("contraction", -1200.00)},
    "at_once": {"2024-08-31": ("new", 1200.00), "2025-02-28": ("churn", -1200.00)},
    "at_period_end": {"base": ("none", 1200.00), "2025-04-30": ("churn", -1200.00)},
    "leaving_later": {"2025-12-31": ("new", 1200.00)},
    "void_pause": {
        "2025-03-31": ("new", 1200.00),
        "2025-05-31": ("churn", -1200.00),
        "2025-09-30": ("reactivation", 1200.00),
    },
    "draft_pause": {"2026-03-31": ("new", 1200.00)},
    "came_back": {
        "base": ("none", 1200.00),
        "2025-01-31": ("churn", -1200.00),
        "2025-04-30": ("reactivation", 1800.00),
    },
    "signed_late": {"2024-06-30": ("new", 1200.00), "2025-07-31": ("expansion", 240.00)},
    "trial_to_paid": {"2025-01-31": ("new", 1200.00)},
    "past_due": {"2025-05-31": ("new", 1200.00)},
    "never_paid_renewal": {"2024-10-31": ("new", 1200.00), "2025-10-31": ("churn", -1200.00)},
    "two_products": {
        "2024-07-31": ("new", 4020.00),
        "2025-01-31": ("expansion", 1200.00),
        "2025-07-31": ("contraction", -4020.00),
    },
    "bill_anew": {"2025-06-30": ("new", 1200.00)},
    "not_yet_billed": {"2026-06-10": ("new", 3600.00)},
    "runs_on": {"2025-02-28": ("new", 1356.00), "2025-06-30": ("expansion", 678.00)},
    "just_ended": {"2025-05-31": ("new", 1200.00)},
    "deleted_after": {"base": ("none", 1200.00), "2024-09-30": ("churn", -1200.00)},
    "cents": {"2025-09-30": ("new", 1000.00), "2026-01-31": ("expansion", 142.86)},
}
# customers without any paid term
NOTHING = ["called_off", "never_came", "in_test_mode", "no_method", "deleted_before"]


class Books:
    """Raw tables as Fivetran lands them."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {
            name: []
            for name in (
                "customer",
                "subscription",
                "subscription_item",
                "price",
                "plan",
                "product",
            )
        } | {"invoice": [], "invoice_line_item": []}

    def add(self, table: str, **row: Any) -> None:
        self.tables[table].append(row | {"_fivetran_synced": f"{AS_OF} 23:00:00"})

    def customer(self, name: str, **more: Any) -> None:
        row = {
            "id": name,
            "name": f"{name.replace('_', ' ').title()} Works",
            "email": f"ap@{name.replace('_', '-')}.example",
            "created": "2023-01-01 08:00:00",
            "metadata": "{}",
            "livemode": "true",
            "is_deleted": "false",
        }
        self.add("customer", **row | more)

    def subscription(
        self, customer: str, start: str, end: str, number: str = "1", **more: Any
    ) -> str:
        """A subscription with its present period; items are added apart."""
        row = {
            "id": f"sub_{customer}_{number}",
            "customer_id": customer,
            "status": "active",
            "created": start,
            "current_period_start": start,
            "current_period_end": end,
            "trial_start": "",
            "trial_end": "",
            "cancel_at": "",
            "canceled_at": "",
            "ended_at": "",
            "pause_collection_behavior": "",
            "livemode": "true",
            "metadata": "{}",
        }
        self.add("subscription", **row | more)
        return f"sub_{customer}_{number}"

    def item(
        self, subscription: str, price: str, quantity: int, number: str = "1", **more: Any
    ) -> str:
        row = {
            "id": f"si_{subscription}_{number}",
            "subscription_id": subscription,
            "price_id": price,
            "quantity": quantity,
            "created": "",
            "_fivetran_deleted": "false",
        }
        self.add("subscription_item", **row | more)
        return f"si_{subscription}_{number}"

    def bill(
        self, item: str, *lines: tuple[str, str, str, int, int], status: str = "paid", **more: Any
    ) -> None:
        """An invoice of lines (start, end, price, quantity, amount); with an amount below zero all are prorations."""
        number = len(self.tables["invoice"])
        subscription = item.removeprefix("si_").rsplit("_", 1)[0]
        self.add(
            "invoice",
            **{"id": f"in_{number}", "customer_id": "", "status": status, "livemode": "true"}
            | more,
        )
        changed = any(line[4] < 0 for line in lines)
        for place, (start, end, price, quantity, amount) in enumerate(lines):
            self.add(
                "invoice_line_item",
                id=f"il_{number}_{place}",
                invoice_id=f"in_{number}",
                subscription_id=subscription,
                subscription_item_id=item,
                price_id=price,
                quantity=quantity,
                amount=amount,
                currency=next(
                    row["currency"] for row in self.tables["price"] if row["id"] == price
                ),
                period_start=start,
                period_end=end,
                proration=str(changed).lower(),
                livemode=more.get("livemode", "true"),
            )

    def write(self, folder: Path) -> Path:
        for name, rows in self.tables.items():
            (folder / "stripe").mkdir(parents=True, exist_ok=True)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / "stripe" / f"{name}.csv").open(
                "w", newline="", encoding="utf-8"
            ) as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return folder


def every_case() -> Books:
    """One customer a case; amounts of lines are what Stripe would bill, ARR follows from price and quantity."""
    books = Books()
    for product in ("core", "insight"):
        books.add("product", id=product, name=product.title())
    for name, amount, currency, interval, count in (
        ("year", "12000", "usd", "year", 1),
        ("large", "24000", "usd", "year", 1),
        ("month", "1000", "usd", "month", 1),
        ("euro", "1000", "eur", "month", 1),
        ("yen", "50000", "jpy", "month", 1),
        ("thirds", "1190.476190476190", "usd", "month", 1),
    ):
        whole = "." not in amount
        columns = {"currency": currency, "product_id": "insight" if name == "yen" else "core"}
        books.add(
            "price",
            id=name,
            unit_amount=amount if whole else "",
            unit_amount_decimal=amount,
            recurring_interval=interval,
            recurring_interval_count=count,
            recurring_usage_type="licensed",
            **columns,
        )
        books.add("plan", id=name, amount="", interval=interval, interval_count=count, **columns)
    for customer in [*BY_HAND, *NOTHING]:
        if customer not in ("in_test_mode", "deleted_after", "deleted_before"):
            books.customer(customer)
    renewals(books)
    changes(books)
    ends(books)
    pauses(books)
    trials(books)
    odd_ones(books)
    return books


def years(books: Books, customer: str, *begins: str, price: str = "year", **more: Any) -> str:
    """A subscription billed for a year from each of the days; the last is the present period."""
    spans = [(day, f"{int(day[:4]) + 1}{day[4:]}") for day in begins]
    subscription = books.subscription(customer, spans[-1][0], spans[-1][1], **more)
    item = books.item(subscription, price, 10)
    for start, end in spans:
        books.bill(item, (start, end, price, 10, 120000))
    return item


def renewals(books: Books) -> None:
    years(books, "renewal", "2023-09-01", "2024-09-01", "2025-09-01")
    item = books.item(books.subscription("at_renewal", "2026-03-15", "2027-03-15"), "year", 12)
    for start, end, quantity in (
        ("2024-03-15", "2025-03-15", 10),
        ("2025-03-15", "2026-03-15", 15),
        ("2026-03-15", "2027-03-15", 12),
    ):
        books.bill(item, (start, end, "year", quantity, quantity * 12000))
    # signed eighteen days late: the next period starts on the day of signing
    item = books.item(books.subscription("signed_late", "2025-07-08", "2026-07-08"), "year", 12)
    for start, end, quantity in (
        ("2024-06-20", "2025-06-20", 10),
        ("2025-07-08", "2026-07-08", 12),
    ):
        books.bill(item, (start, end, "year", quantity, quantity * 12000))
    # late to pay is still a customer
    item = years(books, "past_due", "2025-05-15", status="past_due")
    books.bill(item, ("2026-05-15", "2027-05-15", "year", 10, 120000), status="open")
    # made void, and written anew
    item = years(books, "bill_anew", "2025-06-03")
    books.bill(item, ("2025-06-03", "2026-06-03", "year", 100, 1200000), status="void")
    books.bill(item, ("2026-06-03", "2027-06-03", "year", 10, 120000), status="open")


def changes(books: Books) -> None:
    end = "2025-12-05"
    item = books.item(books.subscription("upgrade", end, "2026-12-05"), "large", 12)
    books.bill(item, ("2024-12-05", end, "year", 10, 120000))
    books.bill(
        item,
        ("2025-05-20", end, "year", 10, -65425),
        ("2025-05-20", end, "large", 10, 130849),
    )
    books.bill(
        item,
        ("2025-10-01", end, "large", 10, -42740),
        ("2025-10-01", end, "large", 12, 51288),
    )
    books.bill(item, (end, "2026-12-05", "large", 12, 288000))
    end = "2026-01-07"
    item = books.item(books.subscription("downgrade", end, "2027-01-07"), "year", 10)
    books.bill(item, ("2025-01-07", end, "large", 10, 240000))
    books.bill(
        item, ("2025-08-12", end, "large", 10, -97315), ("2025-08-12", end, "year", 10, 48658)
    )
    books.bill(item, (end, "2027-01-07", "year", 10, 120000))
    # a schedule changes the price when the period ends
    item = books.item(
        books.subscription("downgrade_at_end", "2025-11-30", "2026-11-30"), "year", 10
    )
    books.bill(item, ("2024-11-30", "2025-11-30", "large", 10, 240000))
    books.bill(item, ("2025-11-30", "2026-11-30", "year", 10, 120000))
    # 50,000 yen a month; a second product of the same subscription from January, the first taken away
    subscription = books.subscription("two_products", "2026-01-15", "2027-01-15")
    first = books.item(subscription, "yen", 1, "1", _fivetran_deleted="true")
    second = books.item(subscription, "year", 10, "2", created="2025-01-15 00:00:00")
    for number in range(12):
        start, until = month_after("2024-07-20", number), month_after("2024-07-20", number + 1)
        books.bill(first, (start, until, "yen", 1, 50000))
    books.bill(second, ("2025-01-15", "2026-01-15", "year", 10, 120000))
    books.bill(second, ("2026-01-15", "2027-01-15", "year", 10, 120000))
    # seven seats at a price with decimals of a cent are 1,000.00 a year, eight are 1,142.86
    item = books.item(books.subscription("cents", "2026-06-09", "2026-07-09"), "thirds", 8)
    for number in range(10):
        start, until = month_after("2025-09-09", number), month_after("2025-09-09", number + 1)
        quantity = 7 if start < "2026-01-01" else 8
        books.bill(item, (start, until, "thirds", quantity, round(1190.47619047619 * quantity)))


def ends(books: Books) -> None:
    item = years(
        books,
        "at_once",
        "2024-08-20",
        status="canceled",
        canceled_at="2025-02-17 14:30:00",
        ended_at="2025-02-17 14:30:00",
    )
    books.bill(item, ("2025-02-17 14:30:00", "2025-08-20", "year", 10, -60493))
    years(
        books,
        "at_period_end",
        "2024-04-28",
        status="canceled",
        canceled_at="2025-01-10",
        cancel_at="2025-04-28",
        ended_at="2025-04-28",
    )
    years(
        books,
        "leaving_later",
        "2025-12-01",
        canceled_at="2026-02-01",
        cancel_at="2026-12-01",
        cancel_at_period_end="true",
    )
    years(books, "came_back", "2024-01-20", status="canceled", ended_at="2025-01-20")
    item = books.item(books.subscription("came_back", "2026-04-25", "2027-04-25", "2"), "year", 15)
    books.bill(item, ("2025-04-25", "2026-04-25", "year", 15, 180000))
    books.bill(item, ("2026-04-25", "2027-04-25", "year", 15, 180000))
    item = years(
        books, "never_paid_renewal", "2024-10-01", status="canceled", ended_at="2025-11-10"
    )
    books.bill(item, ("2025-10-01", "2026-10-01", "year", 10, 120000), status="uncollectible")
    # less than the grace period ago: not yet lost
    years(books, "just_ended", "2025-05-25", status="canceled", ended_at="2026-05-25")


def pauses(books: Books) -> None:
    item = books.item(books.subscription("void_pause", "2026-06-01", "2026-07-01"), "month", 10)
    for number in range(16):
        start, until = month_after("2025-03-01", number), month_after("2025-03-01", number + 1)
        paused = "2025-05-01" <= start < "2025-09-01"
        books.bill(item, (start, until, "month", 10, 10000), status="void" if paused else "paid")
    item = books.item(
        books.subscription(
            "draft_pause", "2026-06-05", "2026-07-05", pause_collection_behavior="keep_as_draft"
        ),
        "month",
        10,
    )
    for number in range(4):
        start, until = month_after("2026-03-05", number), month_after("2026-03-05", number + 1)
        books.bill(item, (start, until, "month", 10, 10000), status="draft" if number else "paid")
    item = books.item(
        books.subscription(
            "runs_on", "2026-05-11", "2026-06-11", metadata=json.dumps({"runs_on": "true"})
        ),
        "euro",
        15,
    )
    for number in range(16):
        start, until = month_after("2025-02-11", number), month_after("2025-02-11", number + 1)
        quantity = 10 if start < "2025-06-01" else 15
        books.bill(item, (start, until, "euro", quantity, quantity * 1000))


def trials(books: Books) -> None:
    subscription = books.subscription(
        "trial_to_paid",
        "2026-01-24",
        "2027-01-24",
        trial_start="2025-01-10",
        trial_end="2025-01-24",
    )
    item = books.item(subscription, "year", 10)
    books.bill(item, ("2025-01-10", "2025-01-24", "year", 10, 0))
    books.bill(item, ("2025-01-24", "2026-01-24", "year", 10, 120000))
    books.bill(item, ("2026-01-24", "2027-01-24", "year", 10, 120000))
    for customer, status, ended in (
        ("called_off", "canceled", "2025-07-09"),
        ("no_method", "paused", ""),
    ):
        books.item(
            books.subscription(
                customer,
                "2025-07-01",
                "2025-07-15",
                status=status,
                ended_at=ended,
                trial_start="2025-07-01",
                trial_end="2025-07-15",
            ),
            "year",
            10,
        )


def odd_ones(books: Books) -> None:
    subscription = books.subscription(
        "never_came", "2025-03-03", "2026-03-03", status="incomplete_expired", ended_at="2025-03-04"
    )
    item = books.item(subscription, "year", 10)
    books.bill(item, ("2025-03-03", "2026-03-03", "year", 10, 120000), status="void")
    books.customer("in_test_mode", livemode="false")
    item = books.item(
        books.subscription("in_test_mode", "2025-03-03", "2026-03-03", livemode="false"), "year", 10
    )
    books.bill(item, ("2025-03-03", "2026-03-03", "year", 10, 120000), livemode="false")
    # signed five days ago, the bill is still to be written
    books.item(books.subscription("not_yet_billed", "2026-06-05", "2027-06-05"), "year", 30)
    books.customer("deleted_after", is_deleted="true")
    years(books, "deleted_after", "2023-09-12", status="canceled", ended_at="2024-09-12")
    books.customer("deleted_before", is_deleted="true")


def month_after(day: str, months: int) -> str:
    """The same day some months later; days up to the 28th only."""
    number = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    return f"{number // 12}-{number % 12 + 1:02d}{day[7:]}"
