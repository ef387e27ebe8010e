"""A month as the review tells it: its day, the one before, and the ARR that hangs on what it finds."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from scripts.pages.reading import Book


@dataclass
class Month:
    book: Book
    day: date | None
    before: date | None
    is_latest: bool = True
    latest: date | None = None
    quiet: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "no month" if self.day is None else f"{self.day:%B %Y}"

    def rows(self, mart: str) -> list[dict[str, Any]]:
        return self.book.of_month(mart, self.day)

    def rows_before(self, mart: str) -> list[dict[str, Any]]:
        return self.book.of_month(mart, self.before)

    def history(self, mart: str, months: int | None = None) -> list[dict[str, Any]]:
        """Rows up to the month, of the last so many months."""
        if self.day is None:
            return []
        days = [day for day in self.book.months() if day <= self.day]
        first = days[-months] if months and len(days) >= months else date.min
        return self.book.rows(mart, "as_of_date between ? and ?", [first, self.day])

    @cached_property
    def arr(self) -> dict[str, float]:
        """ARR by customer in that month as risk is told of it; today's where risk is not told."""
        if self.day is not None and self.book.has("account_risk", "account_key", "arr_at_stake"):
            found = {
                row["account_key"]: row["arr_at_stake"] or 0.0 for row in self.rows("account_risk")
            }
            if found:
                return found
        return {
            row["account_key"]: row["arr"]
            for row in self.book.rows("accounts")
            if row["arr"] is not None and row["arr"] > 0
        }

    def arr_of(self, accounts: set[str]) -> float | None:
        """Their ARR together; null where the book knows no ARR."""
        if not self.arr:
            return None
        return sum(value for key, value in self.arr.items() if key in accounts)

    @cached_property
    def scored(self) -> dict[str, set[str]]:
        """Accounts that a model scored in the month: risk scores customers, the others all that readiness tells of."""
        risk = {row["account_key"] for row in self.rows("account_risk")}
        ready = {row["account_key"] for row in self.rows("account_readiness")}
        return {"risk": risk, "": ready}

    def arr_scored(self, models: set[str]) -> float | None:
        accounts: set[str] = set()
        for model in models:
            accounts |= self.scored["risk"] if model == "risk" else self.scored[""]
        return self.arr_of(accounts)

    @cached_property
    def accounts(self) -> dict[str, dict[str, Any]]:
        return {row["account_key"]: row for row in self.book.rows("accounts")}

    @cached_property
    def kept_days(self) -> dict[str, list[date]]:
        """Days on which a customer renewed, grew or shrank a contract."""
        days: dict[str, list[date]] = {}
        kept = "outcome in ('renewed', 'expanded', 'contracted')"
        for row in self.book.rows("account_terms", kept):
            day = row["ended_date"] or row["term_end_date"]
            if day is not None:
                days.setdefault(row["account_key"], []).append(day)
        return days

    def account(self, key: str | None) -> str:
        row = self.accounts.get(key or "")
        return (row and row["account_name"]) or key or "–"

    @cached_property
    def partners(self) -> dict[str, dict[str, Any]]:
        return {row["partner_key"]: row for row in self.book.rows("partners")}

    def partner(self, key: str | None) -> str:
        row = self.partners.get(key or "")
        return (row and row["partner_name"]) or key or "–"
