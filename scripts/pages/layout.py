"""What a page is made of: sections of blocks, each a finding, a picture and tables; the templates lay them out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from scripts.pages import words


@dataclass(frozen=True)
class Column:
    """A column of a table: name in the rows, heading, and how a value is shown."""

    name: str
    heading: str
    show: Callable[[Any], str] | None = None
    is_status: bool = False
    kind: str = ""

    @property
    def stands(self) -> str:
        """How a cell stands: text, number or date."""
        return self.kind or (
            "text" if self.show is None else "date" if self.show is words.day else "number"
        )


@dataclass(frozen=True)
class Cell:
    name: str
    heading: str
    text: str
    value: str
    kind: str
    status: str


@dataclass
class Table:
    """Rows of one mart, shown with their values beside, so that a page can be compared with it."""

    mart: str
    columns: list[Column]
    rows: list[dict[str, Any]]
    caption: str = ""
    is_open: bool = False
    most: int = 60
    # how many there are, where only the first were read
    total: int | None = None

    @property
    def cells(self) -> list[list[Cell]]:
        return [
            [cell(column, row.get(column.name)) for column in self.columns]
            for row in self.rows[: self.most]
        ]

    @property
    def n_left_out(self) -> int:
        total = len(self.rows) if self.total is None else self.total
        return total - min(len(self.rows), self.most)


@dataclass
class Block:
    """One finding in plain words, its picture, how to read it, and the figures behind it."""

    finding: str
    chart: dict[str, Any] | None = None
    note: str = ""
    tables: list[Table] = field(default_factory=list)
    # a template of its own between the finding and the picture
    extra: str = ""


@dataclass
class Section:
    key: str
    title: str
    question: str
    blocks: list[Block]


@dataclass
class Finding:
    """Something worth a decision, ranked by the ARR at stake; or, with is_watched, worth another look next month."""

    kind: str
    level: str
    headline: str
    detail: str
    section: str
    arr: float | None
    arr_of: str
    is_watched: bool = False


LEVELS = ("act", "watch", "good", "unknown")


def ranked(findings: list[Finding]) -> list[Finding]:
    return sorted(
        findings, key=lambda told: (-(told.arr or 0), LEVELS.index(told.level), told.kind)
    )


def cell(column: Column, value: Any) -> Cell:
    shown = column.show(value) if column.show else plain_text(value)
    return Cell(
        column.name,
        column.heading,
        shown,
        exact(value),
        column.stands,
        status_class(value) if column.is_status else "",
    )


def plain_text(value: Any) -> str:
    if value is None or value == "":
        return words.NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def exact(value: Any) -> str:
    """A value as a test reads it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


ACT = {"act", "retire", "silent", "high", "overrated"}
WATCH = {"watch", "late", "thin", "medium", "challenger"}
GOOD = {"stable", "keep", "ok", "fair", "underrated", "champion"}


def status_class(value: Any) -> str:
    if value in ACT:
        return "act"
    if value in WATCH:
        return "watch"
    if value in GOOD:
        return "good"
    return "unknown"
