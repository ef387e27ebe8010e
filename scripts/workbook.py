"""The twenty-account workbook: an XLSX that a team fills in by hand, and the raw tables it becomes.

`write_template` lays down the empty workbook, `read_workbook` reads a filled one and names all that
is wrong with it at once, `to_raw_tables` writes what was read as CSV. Problems are raised as
WorkbookError; nothing is printed.
"""

import csv
import difflib
import math
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from scripts.errors import UserError

README, ACCOUNTS, PARTNERS = "Read me", "Accounts", "Partners involved"
OUTCOMES = ("retained", "churned")
STAGES = ("acquisition", "onboarding", "adoption", "retention", "expansion", "advocacy")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2100, 12, 31)
READY_ROWS = 200
ARR_WHEN_EMPTY = 1.0
TOUCH_TYPES = Path(__file__).resolve().parents[1] / "seeds" / "rules" / "touch_types.csv"


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its name, whether it must be filled, its width, what goes in."""

    name: str
    required: bool
    width: int
    meaning: str

    @property
    def header(self) -> str:
        return self.name[0].upper() + self.name[1:]


ACCOUNT_COLUMNS = (
    Column("account", True, 34, "The customer's name. One row a customer, each name once."),
    Column("outcome", True, 14, "retained if it is still a customer, churned if it left."),
    Column(
        "ARR",
        False,
        14,
        "What it pays, or paid, in a year: a plain number, all in one currency. An empty cell "
        "counts as 1, so fill in all of them or none.",
    ),
    Column("start date", True, 14, "The day it became a customer, for example 2023-01-31."),
    Column(
        "end date",
        False,
        14,
        "churned: the day it left, which is needed. retained: the end of the last term it "
        "renewed, if you know it.",
    ),
)
PARTNER_COLUMNS = (
    Column("account", True, 34, "The customer, spelled as on the sheet Accounts."),
    Column("partner", True, 28, "The partner's name. One row a piece of work."),
    Column("stage", True, 14, f"Where in the customer's life it worked: {', '.join(STAGES)}."),
    Column(
        "what they did",
        False,
        30,
        "One of the words at the end of this page, or your own. With your own words, or none, "
        "the stage tells what kind of work it was.",
    ),
    Column("how well", False, 12, "1 (badly) to 5 (very well). Empty: not known."),
    Column("from", False, 14, "The day it began. Empty: the day the customer started."),
    Column("to", False, 14, "The day it ended. Empty: it still goes on."),
)


class WorkbookError(UserError):
    """A workbook that cannot be used as it is; `problems` names each thing to put right."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class AccountRow:
    source_row: int
    account: str
    outcome: str
    arr: float
    start_date: date
    end_date: date | None


@dataclass(frozen=True)
class PartnerRow:
    source_row: int
    account: str
    partner: str
    stage: str
    activity: str
    how_well: int | None
    from_date: date
    to_date: date | None


@dataclass(frozen=True)
class Workbook:
    """What a workbook says. `notes` names what was taken for granted and stops nothing."""

    accounts: tuple[AccountRow, ...]
    partners_involved: tuple[PartnerRow, ...]
    notes: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------- reading


def read_workbook(path: Path) -> Workbook:
    """Read a filled workbook, or raise WorkbookError with every problem in it."""
    path = Path(path)
    problems: list[str] = []
    notes: list[str] = []
    sheets = _load(path)
    account_rows = _filled_rows(path, sheets, ACCOUNTS, ACCOUNT_COLUMNS, problems)
    partner_rows = _filled_rows(path, sheets, PARTNERS, PARTNER_COLUMNS, problems)
    accounts, known = _read_accounts(account_rows, notes)
    involved = _read_partners(partner_rows, known, notes)
    if not problems and not accounts:
        problems.append(
            f"{ACCOUNTS}: no account is filled in. Enter one account a row, from row 2 on, with "
            "its outcome and start date."
        )
    if problems:
        raise WorkbookError(problems)
    if not involved:
        notes.append(f"{PARTNERS}: no partner is filled in, so there is nothing to compare yet.")
    return Workbook(tuple(accounts), tuple(involved), tuple(notes))


@dataclass(frozen=True)
class _Cell:
    """A cell of a known column; what is wrong with it goes into `problems` as it is read."""

    sheet: str
    row: int
    column: str
    value: Any
    kind: str
    problems: list[str]

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())

    @property
    def is_broken(self) -> bool:
        """A formula or an error: reported when the rows are read, and passed over after that."""
        return self.kind in ("f", "e")

    @property
    def text(self) -> str:
        if self.value is None or self.is_broken:
            return ""
        if isinstance(self.value, bool):
            return str(self.value).upper()
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        if isinstance(self.value, datetime):
            return str(self.value).removesuffix(" 00:00:00")
        return str(self.value).strip()

    @property
    def shown(self) -> str:
        """The text as messages quote it: on one line, and not too long."""
        line = " ".join(self.text.split())
        return f'"{line[:57]}..."' if len(line) > 60 else f'"{line}"'

    def say(self, what: str) -> str:
        return f'{self.sheet}, row {self.row}, column "{self.column}": {what}'

    def reject(self, what: str) -> None:
        self.problems.append(self.say(what))

    def required(self, missing: str) -> str:
        if self.is_empty:
            self.reject(missing)
        return self.text

    def choice(self, values: tuple[str, ...]) -> str:
        value, listed = _key(self.text), ", ".join(values)
        if self.is_empty:
            self.reject(f"this is empty. Enter one of {listed}.")
        elif not self.is_broken and value not in values:
            self.reject(f"{self.shown} is not one of {listed}.")
        return value

    def day(self) -> date | None:
        """The day; None where the cell is empty or holds none."""
        if self.is_empty or self.is_broken:
            return None
        value = self.value
        if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value.strip(), re.ASCII):
            try:
                value = datetime.fromisoformat(value.strip())
            except ValueError:
                # Looks like a day but is none, such as 31 February.
                value = None
        if isinstance(value, datetime):
            value = value.date()
        if not isinstance(value, date):
            self.reject(f"{self.shown} is not a date. Write year-month-day, such as 2024-01-31.")
            return None
        if not FIRST_DAY <= value <= LAST_DAY:
            self.reject(f"{value} is not between {FIRST_DAY} and {LAST_DAY}. Check the year.")
            return None
        return value

    def number(self) -> float:
        """The number; not-a-number where the cell holds none."""
        value = self.value
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d+)?", value.strip(), re.ASCII):
            return float(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        return math.nan


_Row = dict[str, _Cell]
_Known = dict[str, tuple[str, date | None]]  # by key: an account's name and its start date
_Sheet = list[tuple[int, list[tuple[Any, str]]]]  # rows that hold anything: number, (value, kind)


def _load(path: Path) -> dict[str, _Sheet]:
    """All sheets of the file as they are, by title."""
    if not path.exists():
        raise WorkbookError([f"{path}: there is no such file. Check the name and the folder."])
    if path.is_dir():
        raise WorkbookError([f"{path}: this is a folder. Name the workbook in it."])
    sheets: dict[str, _Sheet] = {}
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            # What the reader warns of, such as days out of range, is checked below.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True)
            for sheet in book.worksheets:
                # Some programs write a sheet size that is wrong; without it the rows tell.
                sheet.reset_dimensions()
                sheets[sheet.title] = [
                    (number, [(cell.value, getattr(cell, "data_type", "n")) for cell in cells])
                    for number, cells in enumerate(sheet.iter_rows(), start=1)
                    if any(cell.value is not None for cell in cells)
                ]
            book.close()
    except Exception as error:
        # A damaged file can fail anywhere in the reader: in the archive, the XML, or a cell.
        raise WorkbookError(
            [
                f"{path.name}: this cannot be read as an XLSX workbook ({type(error).__name__}). "
                'Open it in a spreadsheet program and save it as "Excel workbook (.xlsx)", '
                "without a password."
            ]
        ) from error
    return sheets


def _filled_rows(
    path: Path,
    sheets: dict[str, _Sheet],
    title: str,
    columns: tuple[Column, ...],
    problems: list[str],
) -> list[_Row] | None:
    """The filled rows of a sheet below its header; None where sheet or header cannot be found."""
    sheet = next((rows for name, rows in sheets.items() if _key(name) == _key(title)), None)
    if sheet is None:
        titles = ", ".join(f'"{name}"' for name in sheets)
        problems.append(
            f'{path.name}: the sheet "{title}" is missing; there is {titles}. Give the sheet that '
            "name, or copy your rows into a new empty workbook."
        )
        return None
    header = sheet[0][1] if sheet and sheet[0][0] == 1 else []
    places = _header_places(header, title, columns, problems)
    if places is None:
        return None
    filled: list[_Row] = []
    for number, cells in sheet:
        row: _Row = {}
        for name, place in places.items():
            value, kind = cells[place] if place < len(cells) else (None, "n")
            row[name] = _Cell(title, number, name, value, kind, problems)
        if number > 1 and not all(cell.is_empty for cell in row.values()):
            filled.append(row)
    for cell in (cell for row in filled for cell in row.values()):
        if cell.kind == "f":
            cell.reject("this is a formula. Put its result there: copy, then paste values only.")
        elif cell.kind == "e":
            cell.reject(f"this holds the error {cell.value}. Put the value itself there.")
    return filled


def _header_places(
    header: list[tuple[Any, str]], title: str, columns: tuple[Column, ...], problems: list[str]
) -> dict[str, int] | None:
    """Where each column stands in row 1, None with a problem; other columns are left alone."""
    known = {_key(column.name): column.name for column in columns}
    places: dict[str, int] = {}
    before = len(problems)
    for place, (value, _) in enumerate(header):
        name = known.get(_key(str(value)))
        if name in places:
            twice = f"{get_column_letter(places[name] + 1)}1 and {get_column_letter(place + 1)}1"
            problems.append(
                f'{title}, row 1, column "{name}": the header is there twice, in {twice}. '
                "Rename one of them."
            )
        elif name is not None:
            places[name] = place
    for usual, column in enumerate(columns, start=1):
        if column.name not in places:
            problems.append(
                f'{title}, row 1, column "{column.name}": the header is missing. Write '
                f'"{column.header}" into row 1; in the empty workbook it is in '
                f"{get_column_letter(usual)}1."
            )
    return places if len(problems) == before else None


def _read_accounts(
    rows: list[_Row] | None, notes: list[str]
) -> tuple[list[AccountRow], _Known | None]:
    """The accounts that can be used, and every name seen, so that one bad cell is told once.

    In place of the names None, where the sheet or some name cannot be read.
    """
    accounts: list[AccountRow] = []
    known: _Known = {}
    first_row: dict[str, int] = {}
    for row in rows or []:
        cell = row["account"]
        name = cell.required("the name is missing. Enter the account's name, or clear the row.")
        if _key(name) in known:
            cell.reject(
                f"{cell.shown} is already in row {first_row[_key(name)]}. Keep one row an "
                "account, or tell the names apart."
            )
            name = ""
        outcome = row["outcome"].choice(OUTCOMES)
        arr = _read_arr(row["ARR"])
        if row["start date"].is_empty:
            row["start date"].reject(
                "the date is missing. Enter the day the account became a customer."
            )
        start, end = row["start date"].day(), row["end date"].day()
        if outcome == "churned" and row["end date"].is_empty:
            row["end date"].reject("a churned account needs one. Enter the day it left.")
        if start and end and end < start:
            row["end date"].reject(f"{end} is before the start date {start}. Correct one of them.")
        if name:
            known[_key(name)] = (name, start)
            first_row[_key(name)] = cell.row
        if name and start:
            accounts.append(AccountRow(cell.row, name, outcome, arr, start, end))
    without_arr = [row["ARR"] for row in rows or [] if row["ARR"].is_empty]
    if rows and 0 < len(without_arr) < len(rows):
        notes.append(
            without_arr[0].say(
                f"empty here and in {len(without_arr) - 1} more of {len(rows)} rows, which count "
                f"as {ARR_WHEN_EMPTY:g} beside the others."
            )
        )
    if rows is None or any(row["account"].is_broken for row in rows):
        return accounts, None
    return accounts, known


def _read_partners(
    rows: list[_Row] | None, known: _Known | None, notes: list[str]
) -> list[PartnerRow]:
    involved: list[PartnerRow] = []
    spelling: dict[str, tuple[str, int]] = {}
    types = _touch_type_keys()
    for row in rows or []:
        cell = row["account"]
        account = cell.required("the name is missing. Choose the account, or clear the row.")
        start: date | None = None
        if account and known is not None:
            if _key(account) in known:
                account, start = known[_key(account)]
            else:
                cell.reject(f"{cell.shown} is not on the sheet {ACCOUNTS}. {_near(account, known)}")
        cell = row["partner"]
        partner = cell.required("the name is missing. Enter the partner's name, or clear the row.")
        first, where = spelling.setdefault(_key(partner), (partner, cell.row))
        if partner != first:
            notes.append(cell.say(f'{cell.shown} is taken for "{first}", as row {where} has it.'))
        stage = row["stage"].choice(STAGES)
        activity = row["what they did"].text
        how_well = _read_how_well(row["how well"])
        began = start if row["from"].is_empty else row["from"].day()
        ended = row["to"].day()
        if began and ended and ended < began:
            what = "the account's start date" if row["from"].is_empty else "the date in from,"
            row["to"].reject(f"{ended} is before {what} {began}. Correct one of them.")
        if began:
            activity = types.get(_letters(activity), activity)
            involved.append(
                PartnerRow(cell.row, account, first, stage, activity, how_well, began, ended)
            )
    return involved


def _read_arr(cell: _Cell) -> float:
    if cell.is_empty or cell.is_broken:
        return ARR_WHEN_EMPTY
    number = cell.number()
    if not math.isfinite(number):
        cell.reject(f"{cell.shown} is not a number. Write digits only, such as 12000.")
    elif number < 0:
        cell.reject(f"{cell.text} is below 0. Enter what the account pays in a year.")
    return number


def _read_how_well(cell: _Cell) -> int | None:
    if cell.is_empty or cell.is_broken:
        return None
    number = cell.number()
    if number in (1, 2, 3, 4, 5):
        return int(number)
    cell.reject(f"{cell.shown} is not one of 1, 2, 3, 4, 5. Leave it empty if you do not know.")
    return None


def _near(account: str, known: _Known) -> str:
    close = difflib.get_close_matches(_key(account), known, n=1)
    if close:
        return f'Did you mean "{known[close[0]][0]}"?'
    return "Add it there, or choose an account from the list."


def _key(text: str) -> str:
    """What two spellings have in common: letter case and runs of spaces do not matter."""
    return " ".join(text.split()).casefold()


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _touch_types() -> list[dict[str, str]]:
    """The types a person may choose: what a source may send, but `other`, which says nothing."""
    with TOUCH_TYPES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [r for r in rows if r["is_recordable"] == "true" and r["touch_type"] != "other"]


def _touch_type_keys() -> dict[str, str]:
    keys: dict[str, str] = {}
    for row in _touch_types():
        keys[_letters(row["touch_type"])] = keys[_letters(row["label"])] = row["touch_type"]
    return keys


# ------------------------------------------------------------------------------------- raw tables


def to_raw_tables(workbook: Workbook, folder: Path) -> None:
    """Write `accounts.csv` and `partners_involved.csv`, the raw tables of the connector `workbook`.

    Days are ISO 8601. `activity` is a touch type where the words name one, else the words
    themselves; it is empty where there are none.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    header = [field.name for field in fields(AccountRow)]
    rows = [{**vars(row), "arr": _plain(row.arr)} for row in workbook.accounts]
    _write_csv(folder / "accounts.csv", header, rows)
    header = [field.name for field in fields(PartnerRow)]
    _write_csv(
        folder / "partners_involved.csv", header, [vars(row) for row in workbook.partners_involved]
    )


def _write_csv(path: Path, header: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _plain(number: float) -> str:
    """Digits without an exponent and without a needless fraction."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")


# ---------------------------------------------------------------------------------------- writing

_INK, _DEEP, _SOFT, _PALE, _LINE, _AMBER = (
    "22313A",
    "1F4E5F",
    "A9C3CC",
    "EEF4F6",
    "C9D6DB",
    "FCE8C5",
)
_PLAIN = Font(name="Calibri", size=11, color=_INK)
_HAIR = Side(style="thin", color=_LINE)
_DAY_FORMAT = "yyyy-mm-dd"


def write_template(path: Path) -> None:
    """Write the empty workbook. A file that is there is never written over."""
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise WorkbookError([f"{path.name}: the name of a workbook ends in .xlsx. Give it that."])
    if path.exists():
        raise WorkbookError([f"{path} is there already. Choose another name, or move it away."])
    book = openpyxl.Workbook()
    book.properties.title = "Which partner kept the customer: twenty accounts"
    book.properties.creator = "ecosystem_intelligence"
    readme = book.active
    readme.title = README
    words = _write_readme(readme)
    accounts, partners = book.create_sheet(ACCOUNTS), book.create_sheet(PARTNERS)
    _write_table(accounts, ACCOUNT_COLUMNS)
    _add_account_rules(accounts)
    _write_table(partners, PARTNER_COLUMNS)
    _add_partner_rules(partners, words)
    for sheet in book.worksheets:
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation = "portrait" if sheet is readme else "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _write_table(sheet: Worksheet, columns: tuple[Column, ...]) -> None:
    """Header and ready rows; dark headers must be filled in, light ones may be."""
    for number, column in enumerate(columns, start=1):
        header = _header_cell(sheet, 1, number, column.header, column.required)
        header.alignment = _alignment(column)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        for row in range(2, READY_ROWS + 2):
            cell = sheet.cell(row, number)
            cell.font = _PLAIN
            cell.border = Border(bottom=_HAIR, right=_HAIR)
            cell.alignment = _alignment(column)
            if _is_day(column):
                cell.number_format = _DAY_FORMAT
            elif column.name == "ARR":
                cell.number_format = "#,##0"
            elif column.name != "how well":
                # Text, so that a name such as 3-2 does not turn into a date.
                cell.number_format = "@"
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.sheet_properties.tabColor = _DEEP


def _is_day(column: Column) -> bool:
    return column.name in ("start date", "end date", "from", "to")


def _alignment(column: Column) -> Alignment:
    if column.name == "how well" or _is_day(column):
        return Alignment(horizontal="center", vertical="center")
    side = "right" if column.name == "ARR" else "left"
    return Alignment(horizontal=side, vertical="center", indent=1)


def _header_cell(sheet: Worksheet, row: int, column: int, text: str, strong: bool) -> Cell:
    cell = sheet.cell(row, column, text)
    cell.font = Font(name="Calibri", size=11, bold=True, color="FFFFFF" if strong else _INK)
    cell.fill = PatternFill("solid", fgColor=_DEEP if strong else _SOFT)
    cell.alignment = Alignment(vertical="center", horizontal="left", indent=1)
    cell.border = Border(bottom=Side(style="thin", color="FFFFFF"))
    return cell


def _add_account_rules(sheet: Worksheet) -> None:
    names = [column.name for column in ACCOUNT_COLUMNS]
    _list_rule(sheet, names, "outcome", f'"{",".join(OUTCOMES)}"')
    _rule(
        sheet,
        names,
        "ARR",
        DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0"),
        "Write a plain number that is not below 0.",
    )
    for name in ("start date", "end date"):
        _day_rule(sheet, names, name)
    # Amber: a churned account without the day it left, and a name that is there twice.
    last = READY_ROWS + 1
    for area, formula in (
        (f"E2:E{last}", 'AND($B2="churned",$E2="")'),
        (f"A2:A{last}", f'AND($A2<>"",COUNTIF($A$2:$A${last},$A2)>1)'),
    ):
        amber = PatternFill("solid", bgColor=_AMBER)
        sheet.conditional_formatting.add(area, FormulaRule(formula=[formula], fill=amber))


def _add_partner_rules(sheet: Worksheet, words: str) -> None:
    names = [column.name for column in PARTNER_COLUMNS]
    _list_rule(sheet, names, "account", f"{ACCOUNTS}!$A$2:$A${READY_ROWS + 1}")
    _list_rule(sheet, names, "stage", f'"{",".join(STAGES)}"')
    _list_rule(sheet, names, "what they did", f"'{README}'!{words}", strict=False)
    _list_rule(sheet, names, "how well", '"1,2,3,4,5"')
    for name in ("from", "to"):
        _day_rule(sheet, names, name)


def _list_rule(
    sheet: Worksheet, names: list[str], name: str, source: str, strict: bool = True
) -> None:
    rule = DataValidation(type="list", formula1=source)
    _rule(sheet, names, name, rule, "Choose one from the list." if strict else "")


def _day_rule(sheet: Worksheet, names: list[str], name: str) -> None:
    def day(moment: date) -> str:
        return f"DATE({moment.year},{moment.month},{moment.day})"

    rule = DataValidation(
        type="date", operator="between", formula1=day(FIRST_DAY), formula2=day(LAST_DAY)
    )
    _rule(sheet, names, name, rule, "Write a date: year-month-day, for example 2024-01-31.")


def _rule(
    sheet: Worksheet, names: list[str], name: str, rule: DataValidation, refusal: str
) -> None:
    rule.allow_blank = True
    rule.showErrorMessage = bool(refusal)
    if refusal:
        rule.errorTitle, rule.error = name, refusal
    letter = get_column_letter(names.index(name) + 1)
    rule.add(f"{letter}2:{letter}{READY_ROWS + 1}")
    sheet.add_data_validation(rule)


def _write_readme(sheet: Worksheet) -> str:
    """The page of explanations. Returns the cells that hold the words for what a partner did."""
    for letter, width in zip("ABCDEFGH", (3, 22, 19, 16, 25, 12, 14, 3), strict=True):
        sheet.column_dimensions[letter].width = width
    page = _Page(sheet)
    page.title("Which partner kept the customer?")
    page.text(
        "Twenty customers you know well are enough for a first answer: about ten that stayed and "
        "ten that left. Enter who they are on the sheet Accounts, and which partners worked with "
        "them on the sheet Partners involved. Nothing else is needed."
    )
    page.heading("What to enter")
    for line in (
        "1.  Accounts: one row a customer. Pick them before you think of partners, so that the "
        "choice does not make the answer.",
        "2.  Partners involved: one row for each thing that a partner did at one of these "
        "customers, as many as you know, at those that stayed and those that left alike.",
        f"3.  Leave the headers as they are. {READY_ROWS} rows are ready on each sheet; rows "
        "below them are read as well.",
        "Dark headers must be filled in, light ones may stay empty. An amber cell needs a look.",
    ):
        page.text(line)
    page.heading(f"Sheet {ACCOUNTS}")
    page.columns(ACCOUNT_COLUMNS)
    page.heading(f"Sheet {PARTNERS}")
    page.columns(PARTNER_COLUMNS)
    page.heading("An example")
    page.table(
        ACCOUNT_COLUMNS,
        ["Alder Foods", "retained", 48000, date(2022, 3, 1), None],
        ["Birch Logistics", "churned", 36000, date(2022, 5, 16), date(2024, 5, 15)],
    )
    page.table(
        PARTNER_COLUMNS[:-1],
        ["Alder Foods", "Harbor Advisors", "retention", "Business review", 4, date(2022, 9, 1)],
        ["Birch Logistics", "Quayside Systems", "onboarding", "Set up a feed", 3, date(2022, 6, 1)],
    )
    page.heading("What happens next")
    page.text("Save the file and run:   make workbook XLSX=<this file>")
    page.text(
        "Whatever cannot be read is listed by sheet, row and column, with what to do about it. "
        "Then each partner is compared: how many of the customers that stayed had it, how many "
        "of those that left, and whether chance alone could make the difference. At 8 of 10 "
        "against 2 of 10 chance is an unlikely explanation; at 7 against 3 the book is too small "
        "to say, and the answer says so."
    )
    page.text(
        "It is a comparison, not an experiment: a partner may have been given the customers that "
        "were going to stay anyway."
    )
    page.heading("Words for what they did")
    page.text("They are offered on the sheet Partners involved. Your own words are read as well.")
    words = page.words()
    sheet.print_area = f"A1:H{page.row - 1}"
    sheet.sheet_properties.tabColor = _SOFT
    return words


class _Page:
    """Writes the page of explanations from top to bottom, in the columns B to G."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.row = 2

    def _put(self, text: str, font: Font, height: float, first: str = "B") -> None:
        cell = self.sheet[f"{first}{self.row}"]
        cell.value, cell.font = text, font
        indent = 0 if first == "B" else 1
        cell.alignment = Alignment(
            wrap_text=True, horizontal="left", vertical="center", indent=indent
        )
        self.sheet.merge_cells(f"{first}{self.row}:G{self.row}")
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def title(self, text: str) -> None:
        self._put(text, Font(name="Calibri", size=20, bold=True, color=_DEEP), 34)

    def heading(self, text: str) -> None:
        self.row += 1
        for letter in "BCDEFG":
            line = Border(bottom=Side(style="medium", color=_DEEP))
            self.sheet[f"{letter}{self.row}"].border = line
        self._put(text, Font(name="Calibri", size=13, bold=True, color=_DEEP), 24)

    def text(self, text: str) -> None:
        self._put(text, _PLAIN, self._height(text, 105))

    def columns(self, columns: tuple[Column, ...]) -> None:
        for column in columns:
            _header_cell(self.sheet, self.row, 2, column.header, column.required)
            self._put(column.meaning, _PLAIN, self._height(column.meaning, 82), first="C")

    @staticmethod
    def _height(text: str, width: int) -> float:
        # Merged cells do not grow with their text, so the lines are counted here.
        return 15 * math.ceil(len(text) / width) + 4

    def table(self, columns: tuple[Column, ...], *rows: list[Any]) -> None:
        for place, column in enumerate(columns, start=2):
            _header_cell(self.sheet, self.row, place, column.header, column.required)
        for values in rows:
            self.row += 1
            for place, value in enumerate(values, start=2):
                cell = self._value(place, value)
                cell.fill = PatternFill("solid", fgColor=_PALE)
                if isinstance(value, date):
                    cell.number_format = _DAY_FORMAT
                elif isinstance(value, int):
                    cell.number_format = "#,##0"
        self.row += 2

    def words(self) -> str:
        _header_cell(self.sheet, self.row, 2, "What they did", True)
        _header_cell(self.sheet, self.row, 3, "Usual stage", True)
        first = self.row + 1
        for row in _touch_types():
            self.row += 1
            self._value(2, row["label"])
            self._value(3, row["usual_stage"])
        self.row += 1
        return f"$B${first}:$B${self.row - 1}"

    def _value(self, place: int, value: Any) -> Cell:
        cell = self.sheet.cell(self.row, place, value)
        cell.font = _PLAIN
        cell.border = Border(bottom=_HAIR)
        cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)
        return cell
