"""A month as the review tells it: its day, the one before, and the ARR that hangs on what it finds."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from scripts.pages.reading import Book


@dataclass
class Month:
    """Customers and their ARR of the month lie in the temporary table month_arr: a book may have millions."""

    book: Book
    day: date | None
    before: date | None
    is_latest: bool = True
    latest: date | None = None

    def __post_init__(self) -> None:
        """ARR as risk is told of it that month; today's where risk is not told."""
        query, given = "select account_key, arr from marts.accounts where arr > 0", []
        if self.book.has("account_risk", "account_key", "arr_at_stake"):
            risk = (
                "select account_key, coalesce(arr_at_stake, 0) as arr from marts.account_risk "
                "where as_of_date = ?"
            )
            if self.book.query(f"select 1 from ({risk}) limit 1", [self.day]):
                query, given = risk, [self.day]
        self.book.connection.execute(f"create or replace temp table month_arr as {query}", given)
        told = self.book.query("select count(*) as n, sum(arr) as arr from month_arr")[0]
        self.n_customers: int = told["n"]
        self.total_arr: float = told["arr"] or 0.0

    @property
    def name(self) -> str:
        return "no month" if self.day is None else f"{self.day:%B %Y}"

    def rows(self, mart: str) -> list[dict[str, Any]]:
        return self.book.of_month(mart, self.day)

    def count(self, mart: str, where: str, before: bool = False) -> int | None:
        """Rows of the month, or of the one before, that fulfil a condition; null where it has none at all."""
        if not self.book.has(mart):
            return None
        told = self.book.query(
            f"select count(*) as n, count(case when {where} then 1 end) as counted from marts.{mart} "
            "where as_of_date = ?",
            [self.before if before else self.day],
        )[0]
        return told["counted"] if told["n"] else None

    def history(self, mart: str, months: int | None = None) -> list[dict[str, Any]]:
        """Rows up to the month, of the last so many months."""
        if self.day is None:
            return []
        days = [day for day in self.book.months() if day <= self.day]
        first = days[-months] if months and len(days) >= months else date.min
        return self.book.rows(mart, "as_of_date between ? and ?", [first, self.day])

    def arr_of(self, accounts: str, given: list[Any]) -> float | None:
        """ARR of the customers among the accounts of a query; null in a book without customers."""
        if not self.n_customers:
            return None
        return self.book.query(
            f"select coalesce(sum(arr), 0) as arr from month_arr where account_key in ({accounts})",
            given,
        )[0]["arr"]

    def arr_scored(self, models: set[str]) -> float | None:
        """ARR of the customers that one of the models scores: risk is one mart, the others another."""
        marts = {"account_risk" if model == "risk" else "account_readiness" for model in models}
        there = sorted(mart for mart in marts if self.book.has(mart))
        if not there:
            return None
        accounts = " union all ".join(
            f"select account_key from marts.{mart} where as_of_date = ?" for mart in there
        )
        return self.arr_of(accounts, [self.day] * len(there))

    @cached_property
    def partners(self) -> dict[str, dict[str, Any]]:
        return {row["partner_key"]: row for row in self.book.rows("partners")}

    def partner(self, key: str | None) -> str:
        row = self.partners.get(key or "")
        return (row and row["partner_name"]) or key or "–"
