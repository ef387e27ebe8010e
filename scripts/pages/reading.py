"""The marts of a built DuckDB file as the pages read them: read only, and a mart that is not there has no rows."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from scripts.errors import UserError

# a mart that has one of these has been built by this project
ANCHORS = ("accounts", "partner_scorecard")
MONTHLY = ("kpis_monthly", "account_risk", "score_drift_monthly", "partner_csi")


class Book:
    """A built file: its marts, rules and labels."""

    def __init__(self, database: Path) -> None:
        if not database.is_file():
            raise UserError(
                f"{database}: no such file. `make demo` makes one from nothing, "
                "`make build DATA=<folder>` one from your own files; OUT=<file> names another."
            )
        try:
            self.connection = duckdb.connect(str(database), read_only=True)
        except duckdb.Error as error:
            raise UserError(f"{database}: cannot be read as a DuckDB file: {error}") from None
        self.database = database
        self.tables: dict[tuple[str, str], list[str]] = {}
        for schema, table, column in self.connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where table_schema in ('marts', 'rules') order by ordinal_position"
        ).fetchall():
            self.tables.setdefault((schema, table), []).append(column)
        if not any(("marts", mart) in self.tables for mart in ANCHORS):
            raise UserError(
                f"{database}: has no schema marts with accounts in it, so it is no built file. "
                "`make build DATA=<folder>` builds one."
            )
        self.labels = self._labels()
        self.rules = self._rules()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def has(self, mart: str, *columns: str) -> bool:
        """Whether the mart is there, with these columns."""
        return set(columns) <= set(self.tables.get(("marts", mart), ())) and (
            ("marts", mart) in self.tables
        )

    def query(self, query: str, given: list[Any] | None = None) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query, given or [])
        names = [column[0] for column in cursor.description]
        return [
            {
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in zip(names, row, strict=True)
            }
            for row in cursor.fetchall()
        ]

    def rows(self, mart: str, where: str = "true", given: list[Any] | None = None) -> list[dict]:
        """Rows of a mart in the order of its columns; none where there is no such mart."""
        if not self.has(mart):
            return []
        return self.query(f"select * from marts.{mart} where {where} order by all", given)

    def of_month(self, mart: str, day: date | None) -> list[dict]:
        """A month-end's rows of a monthly mart."""
        return [] if day is None else self.rows(mart, "as_of_date = ?", [day])

    def months(self) -> list[date]:
        """Every month-end that the marts tell of, oldest first."""
        there = [f"select as_of_date from marts.{mart}" for mart in MONTHLY if self.has(mart)]
        if not there:
            return []
        query = f"select distinct as_of_date from ({' union all '.join(there)}) order by 1"
        return [row["as_of_date"] for row in self.query(query)]

    def rule(self, name: str, otherwise: float | None = None) -> float | None:
        return self.rules.get(name, otherwise)

    def label(self, code: str | None) -> str:
        """Plain words for the code of a signal, reason, play or need."""
        if code is None:
            return "–"
        return self.labels.get(code) or plain(code)

    def _labels(self) -> dict[str, str]:
        """Words that the seeds give their codes: any seed with a column label, keyed by its first column."""
        found: dict[str, str] = {}
        for (schema, table), columns in sorted(self.tables.items()):
            if schema != "rules" or "label" not in columns[1:]:
                continue
            for row in self.query(
                f"select distinct {columns[0]} as code, label from rules.{table}"
            ):
                if isinstance(row["code"], str) and row["label"]:
                    found.setdefault(row["code"], row["label"])
        return found

    def _rules(self) -> dict[str, float]:
        if ("rules", "rules") not in self.tables:
            return {}
        return {
            row["rule"]: float(row["value"])
            for row in self.query("select rule, value from rules.rules where valid_to is null")
        }


def plain(code: str) -> str:
    """`champion_left` is Champion left; abbreviations stay."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def find_month(book: Book, month: str | None) -> tuple[date | None, date | None]:
    """The month-end asked for and the one before it; the latest where none is asked for."""
    days = book.months()
    if month is None:
        return (days[-1] if days else None, days[-2] if len(days) > 1 else None)
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UserError(f"month {month}: give it as YYYY-MM, such as 2026-01.")
    found = [day for day in days if f"{day:%Y-%m}" == month]
    if not found:
        there = (
            f"It has {len(days)} months, from {days[0]:%Y-%m} to {days[-1]:%Y-%m}."
            if days
            else "It has no month at all: the book is empty."
        )
        raise UserError(
            f"month {month}: {book.database} tells nothing of it. {there} "
            "VARS='{history_months: 36}' of make build keeps more of them."
        )
    before = [day for day in days if day < found[-1]]
    return found[-1], before[-1] if before else None
