"""Filled twenty-account workbooks for tests."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from scripts.workbook import (
    ACCOUNT_COLUMNS,
    ACCOUNTS,
    PARTNER_COLUMNS,
    PARTNERS,
    write_template,
)

# Names that share no word, so that nothing takes two accounts for one organisation.
FIRST_WORDS = (
    "Alder",
    "Birch",
    "Cedar",
    "Dahlia",
    "Elmwood",
    "Fernhill",
    "Gorse",
    "Hazelton",
    "Ivywell",
    "Juniper",
    "Kestrel",
    "Larkspur",
    "Maplewick",
    "Nettleby",
    "Oakmere",
    "Poplar",
    "Quince",
    "Rowanby",
    "Sorrel",
    "Thistle",
    "Umberley",
    "Violetta",
    "Willowby",
    "Xylander",
    "Yarrow",
    "Zinnia",
)
SECOND_WORDS = (
    "Foods",
    "Logistics",
    "Textiles",
    "Optics",
    "Ceramics",
    "Ferries",
    "Printworks",
    "Dental",
    "Timber",
    "Brewing",
    "Insurance",
    "Aviation",
    "Robotics",
    "Farms",
    "Energy",
    "Motors",
    "Glass",
    "Pharma",
    "Shipping",
    "Tools",
    "Media",
    "Bakeries",
    "Chemicals",
    "Hotels",
    "Instruments",
    "Paper",
)

FIRST_START = dt.date(2022, 1, 10)
DAYS_BETWEEN_STARTS = 9
DAYS_UNTIL_CHURN = 500
DAYS_UNTIL_PARTNER = 120


def account_name(number: int) -> str:
    """The name of the account with this number, from 0; the first 26 have no word in common."""
    lap, place = divmod(number, len(FIRST_WORDS))
    return f"{FIRST_WORDS[place]} {SECOND_WORDS[(place + lap) % len(SECOND_WORDS)]}"


def account_start(number: int) -> dt.date:
    return FIRST_START + dt.timedelta(days=DAYS_BETWEEN_STARTS * number)


def write_book(
    path: Path,
    retained_with: int = 8,
    churned_with: int = 2,
    *,
    retained: int = 10,
    churned: int = 10,
    partner: str = "Harbor Advisors",
    others: Mapping[str, tuple[int, int]] | None = None,
    stage: str = "retention",
    activity: str | None = "Business review",
    how_well: int | None = 4,
    with_arr: bool = True,
) -> Path:
    """Write a book in which `partner` worked with so many of the retained and the churned.

    Retained accounts come first. `others` adds partners as name: (retained with, churned with).
    Every partner is at the first accounts of each kind.
    """
    counts = {partner: (retained_with, churned_with), **(others or {})}
    accounts: list[list[Any]] = []
    involved: list[list[Any]] = []
    for number in range(retained + churned):
        is_retained = number < retained
        start = account_start(number)
        end = None if is_retained else start + dt.timedelta(days=DAYS_UNTIL_CHURN)
        arr = 20_000 + 1_000 * number if with_arr else None
        outcome = "retained" if is_retained else "churned"
        accounts.append([account_name(number), outcome, arr, start, end])
        place = number if is_retained else number - retained
        began = start + dt.timedelta(days=DAYS_UNTIL_PARTNER)
        involved += [
            [account_name(number), name, stage, activity, how_well, began, end]
            for name, with_partner in counts.items()
            if place < with_partner[0 if is_retained else 1]
        ]
    return fill_template(path, accounts, involved)


def fill(path: Path, accounts: Iterable[list[Any]], involved: Iterable[list[Any]] = ()) -> Path:
    """Write a bare workbook with these rows: the right sheets and headers, and no more."""
    book = openpyxl.Workbook()
    book.active.title = ACCOUNTS
    book.create_sheet(PARTNERS)
    for title, columns in ((ACCOUNTS, ACCOUNT_COLUMNS), (PARTNERS, PARTNER_COLUMNS)):
        for place, column in enumerate(columns, start=1):
            book[title].cell(1, place, column.header)
    return _save(book, path, accounts, involved)


def fill_template(
    path: Path, accounts: Iterable[list[Any]], involved: Iterable[list[Any]] = ()
) -> Path:
    """Write the empty workbook that people get, and fill these rows in."""
    write_template(path)
    return _save(openpyxl.load_workbook(path), path, accounts, involved)


def _save(
    book: openpyxl.Workbook,
    path: Path,
    accounts: Iterable[list[Any]],
    involved: Iterable[list[Any]],
) -> Path:
    for title, rows in ((ACCOUNTS, accounts), (PARTNERS, involved)):
        for number, values in enumerate(rows, start=2):
            for place, value in enumerate(values, start=1):
                book[title].cell(number, place).value = value
    book.save(path)
    return path
