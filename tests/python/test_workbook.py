"""The twenty-account workbook: written empty, filled in, read back, turned into raw tables."""

import csv
import datetime as dt
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from books import account_name, account_start, fill, write_book
from openpyxl.utils import get_column_letter

from scripts import workbook
from scripts.errors import UserError
from scripts.workbook import (
    ACCOUNTS,
    PARTNERS,
    README,
    WorkbookError,
    read_workbook,
    to_raw_tables,
    write_template,
)

ALDER = ["Alder Foods", "retained", 48000, dt.date(2022, 3, 1), None]
BIRCH = ["Birch Logistics", "churned", 36000, dt.date(2022, 5, 16), dt.date(2024, 5, 15)]
REVIEW = ["Alder Foods", "Harbor Advisors", "retention", "Business review", 4, None, None]


def changed(row: list, **cells: object) -> list:
    """The row with some cells replaced, named by the letter of their column."""
    row = list(row)
    for letter, value in cells.items():
        row["ABCDEFG".index(letter)] = value
    return row


def problems(path: Path) -> list[str]:
    with pytest.raises(WorkbookError) as error:
        read_workbook(path)
    assert str(error.value) == "\n".join(error.value.problems)
    return error.value.problems


def problems_of(
    tmp_path: Path, accounts: list[list], involved: list[list] | None = None
) -> list[str]:
    return problems(fill(tmp_path / "book.xlsx", accounts, involved or []))


def raw(book: workbook.Workbook, folder: Path, table: str) -> list[dict[str, str]]:
    to_raw_tables(book, folder)
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def edit(path: Path, change) -> Path:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


# ------------------------------------------------------------------------------ the empty workbook


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("template") / "new" / "book.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


def test_template_has_its_sheets_and_headers(template: openpyxl.Workbook) -> None:
    assert template.sheetnames == [README, ACCOUNTS, PARTNERS]
    headers = {s: [cell.value for cell in template[s][1]] for s in (ACCOUNTS, PARTNERS)}
    assert headers[ACCOUNTS] == ["Account", "Outcome", "ARR", "Start date", "End date"]
    assert headers[PARTNERS] == [
        "Account",
        "Partner",
        "Stage",
        "What they did",
        "How well",
        "From",
        "To",
    ]


@pytest.mark.parametrize("title", [ACCOUNTS, PARTNERS])
def test_template_sheets_are_ready_to_fill_in(template: openpyxl.Workbook, title: str) -> None:
    sheet = template[title]
    assert sheet.freeze_panes == "B2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.max_row == workbook.READY_ROWS + 1
    assert all(cell.value is None for row in sheet.iter_rows(min_row=2) for cell in row)
    for cell in sheet[1]:
        assert sheet.column_dimensions[cell.column_letter].width >= 11
        assert cell.fill.fgColor.rgb.endswith(("1F4E5F", "A9C3CC"))
        if cell.value in ("Start date", "End date", "From", "To"):
            assert sheet.cell(2, cell.column).number_format == "yyyy-mm-dd"
            assert sheet.cell(201, cell.column).number_format == "yyyy-mm-dd"


def test_template_offers_lists(template: openpyxl.Workbook) -> None:
    def rules(title: str) -> dict[str, object]:
        return {str(r.sqref): r for r in template[title].data_validations.dataValidation}

    accounts, partners = rules(ACCOUNTS), rules(PARTNERS)
    assert accounts["B2:B201"].formula1 == '"retained,churned"'
    assert accounts["C2:C201"].type == "decimal"
    assert accounts["D2:D201"].type == accounts["E2:E201"].type == "date"
    assert partners["A2:A201"].formula1 == "Accounts!$A$2:$A$201"
    assert partners["C2:C201"].formula1 == f'"{",".join(workbook.STAGES)}"'
    assert partners["E2:E201"].formula1 == '"1,2,3,4,5"'
    assert all(rule.allow_blank for rule in (*accounts.values(), *partners.values()))
    # Free text is welcome for what they did, and for nothing else.
    lax = [where for where, rule in partners.items() if not rule.showErrorMessage]
    assert lax == ["D2:D201"]
    assert all(rule.showErrorMessage for rule in accounts.values())


def test_template_offers_every_touch_type(template: openpyxl.Workbook) -> None:
    rule = next(
        r for r in template[PARTNERS].data_validations.dataValidation if str(r.sqref) == "D2:D201"
    )
    title, area = rule.formula1.split("!")
    assert title == f"'{README}'"
    offered = [row[0].value for row in template[README][area.replace("$", "")]]
    with workbook.TOUCH_TYPES.open(encoding="utf-8", newline="") as file:
        types = list(csv.DictReader(file))
    apart = {"other", "sourcing_role", "standing_tie"}
    assert offered == [row["label"] for row in types if row["touch_type"] not in apart]
    assert len(offered) == 24


def test_template_explains_every_column(template: openpyxl.Workbook) -> None:
    texts = [str(c.value) for row in template[README].iter_rows() for c in row if c.value]
    for column in (*workbook.ACCOUNT_COLUMNS, *workbook.PARTNER_COLUMNS):
        assert column.header in texts
        assert column.meaning in texts
    assert "What happens next" in texts
    assert any("make workbook XLSX=" in text for text in texts)
    # A row must be high enough for its text.
    for row in template[README].iter_rows(min_col=2, max_col=2):
        if row[0].value and len(str(row[0].value)) > 105:
            assert template[README].row_dimensions[row[0].row].height >= 30


def test_template_never_replaces_a_file(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    before = path.read_bytes()
    with pytest.raises(WorkbookError, match="is there already"):
        write_template(path)
    assert path.read_bytes() == before


def test_template_must_be_named_xlsx(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=r"ends in \.xlsx"):
        write_template(tmp_path / "book.csv")
    assert not list(tmp_path.iterdir())


def test_empty_template_is_one_clear_problem(tmp_path: Path) -> None:
    write_template(tmp_path / "book.xlsx")
    [problem] = problems(tmp_path / "book.xlsx")
    assert problem.startswith("Accounts: no account is filled in. Enter one account a row")


# -------------------------------------------------------------------------------- a book of twenty


def test_twenty_accounts_come_back(tmp_path: Path) -> None:
    book = read_workbook(write_book(tmp_path / "book.xlsx", 8, 2))
    assert Counter(row.outcome for row in book.accounts) == {"retained": 10, "churned": 10}
    assert len({row.account for row in book.accounts}) == 20
    outcome = {row.account: row.outcome for row in book.accounts}
    assert {row.partner for row in book.partners_involved} == {"Harbor Advisors"}
    at = Counter(outcome[row.account] for row in book.partners_involved)
    assert at == {"retained": 8, "churned": 2}
    assert book.notes == ()
    first = book.accounts[0]
    assert (first.source_row, first.account, first.arr) == (2, account_name(0), 20_000.0)
    assert (first.start_date, first.end_date) == (account_start(0), None)
    assert book.accounts[-1].end_date == account_start(19) + dt.timedelta(days=500)


def test_twenty_accounts_as_raw_tables(tmp_path: Path) -> None:
    book = read_workbook(write_book(tmp_path / "book.xlsx", 8, 2))
    accounts = raw(book, tmp_path / "raw" / "new", "accounts")
    involved = raw(book, tmp_path / "raw" / "new", "partners_involved")
    assert (len(accounts), len(involved)) == (20, 10)
    assert accounts[0] == {
        "source_row": "2",
        "account": "Alder Foods",
        "outcome": "retained",
        "arr": "20000",
        "start_date": "2022-01-10",
        "end_date": "",
    }
    assert involved[-1] == {
        "source_row": "11",
        "account": account_name(11),
        "partner": "Harbor Advisors",
        "stage": "retention",
        "activity": "business_review",
        "how_well": "4",
        "from_date": "2022-08-17",
        "to_date": "2023-09-01",
    }


def test_several_partners_in_one_book(tmp_path: Path) -> None:
    others = {"Quayside Systems": (5, 5), "Beacon Resale": (10, 9)}
    book = read_workbook(write_book(tmp_path / "book.xlsx", others=others))
    count = Counter(row.partner for row in book.partners_involved)
    assert count == {"Harbor Advisors": 10, "Quayside Systems": 10, "Beacon Resale": 19}


def test_more_rows_than_are_ready(tmp_path: Path) -> None:
    book = read_workbook(write_book(tmp_path / "book.xlsx", 150, 60, retained=150, churned=150))
    assert (len(book.accounts), len(book.partners_involved)) == (300, 210)
    assert len({row.account for row in book.accounts}) == 300


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    assert read_workbook(path) == read_workbook(path)
    assert read_workbook(str(path)) == read_workbook(path)  # type: ignore[arg-type]
    for folder in ("one", "two"):
        to_raw_tables(read_workbook(path), tmp_path / folder)
    for name in ("accounts.csv", "partners_involved.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


# ------------------------------------------------------------------------------- what is understood


def test_what_may_stay_empty(tmp_path: Path) -> None:
    accounts = [changed(ALDER, C=None), changed(BIRCH, C=None)]
    involved = [["Alder Foods", "Harbor Advisors", "retention", None, None, None, None]]
    book = read_workbook(fill(tmp_path / "book.xlsx", accounts, involved))
    assert [row.arr for row in book.accounts] == [1.0, 1.0]
    [row] = book.partners_involved
    assert (row.activity, row.how_well, row.to_date) == ("", None, None)
    assert row.from_date == dt.date(2022, 3, 1)
    assert book.notes == ()
    assert raw(book, tmp_path, "accounts")[0]["arr"] == "1"
    assert raw(book, tmp_path, "partners_involved")[0]["how_well"] == ""


def test_some_empty_arr_is_noted(tmp_path: Path) -> None:
    book = read_workbook(fill(tmp_path / "book.xlsx", [ALDER, changed(BIRCH, C="  ")], [REVIEW]))
    assert [row.arr for row in book.accounts] == [48000.0, 1.0]
    [note] = book.notes
    assert note.startswith('Accounts, row 3, column "ARR": empty here and in 0 more of 2 rows')


def test_no_partner_is_noted(tmp_path: Path) -> None:
    book = read_workbook(fill(tmp_path / "book.xlsx", [ALDER]))
    assert book.partners_involved == ()
    assert "nothing to compare" in book.notes[0]


def test_empty_rows_are_passed_over(tmp_path: Path) -> None:
    nothing, blanks = [None] * 5, ["", "  ", None, "\u00a0", "\n"]
    path = fill(tmp_path / "book.xlsx", [nothing, ALDER, blanks, nothing, BIRCH], [[], REVIEW])
    book = read_workbook(path)
    assert [row.source_row for row in book.accounts] == [3, 6]
    assert [row.source_row for row in book.partners_involved] == [3]


def test_case_and_spaces_do_not_matter(tmp_path: Path) -> None:
    accounts = [["  Alder Foods ", " Retained", "48000 ", " 2022-03-01 ", None]]
    involved = [["ALDER  foods", " Harbor Advisors ", "RETENTION ", " business REVIEW ", " 4 "]]
    book = read_workbook(fill(tmp_path / "book.xlsx", accounts, involved))
    [account] = book.accounts
    assert (account.account, account.outcome, account.arr) == ("Alder Foods", "retained", 48000.0)
    [row] = book.partners_involved
    assert (row.account, row.partner, row.stage) == ("Alder Foods", "Harbor Advisors", "retention")
    assert (row.activity, row.how_well) == ("business_review", 4)


def test_one_partner_in_two_spellings_is_one_and_noted(tmp_path: Path) -> None:
    involved = [REVIEW, changed(REVIEW, B="HARBOR  advisors"), changed(REVIEW, B="Harbor Advice")]
    book = read_workbook(fill(tmp_path / "book.xlsx", [ALDER], involved))
    partners = [row.partner for row in book.partners_involved]
    assert partners == ["Harbor Advisors", "Harbor Advisors", "Harbor Advice"]
    assert book.notes == (
        'Partners involved, row 3, column "partner": "HARBOR advisors" is taken for '
        '"Harbor Advisors", as row 2 has it.',
    )


@pytest.mark.parametrize(
    ("typed", "activity"),
    [
        ("Co-sell meeting", "cosell_meeting"),
        ("cosell_meeting", "cosell_meeting"),
        ("COSELL MEETING", "cosell_meeting"),
        ("Implementation kick-off", "implementation_kickoff"),
        ("Business review", "business_review"),
        ("business reviews and dinners", "business reviews and dinners"),
        ("Other", "Other"),
        ("standing tie", "standing tie"),
        ("Répare tout, 24/7", "Répare tout, 24/7"),
        (12, "12"),
        (None, ""),
    ],
)
def test_what_they_did(tmp_path: Path, typed: object, activity: str) -> None:
    book = read_workbook(fill(tmp_path / "book.xlsx", [ALDER], [changed(REVIEW, D=typed)]))
    assert raw(book, tmp_path, "partners_involved")[0]["activity"] == activity


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (0, "0"),
        (12000, "12000"),
        (12000.5, "12000.5"),
        ("12000.50", "12000.5"),
        (1e16, "10000000000000000"),
        (0.00001, "0.00001"),
        (123456789.25, "123456789.25"),
    ],
)
def test_arr_is_written_in_digits(tmp_path: Path, typed: object, written: str) -> None:
    book = read_workbook(fill(tmp_path / "book.xlsx", [changed(ALDER, C=typed)]))
    assert raw(book, tmp_path, "accounts")[0]["arr"] == written


@pytest.mark.parametrize(
    "typed",
    [
        dt.date(2022, 3, 1),
        dt.datetime(2022, 3, 1),
        dt.datetime(2022, 3, 1, 23, 59),
        "2022-03-01",
        " 2022-03-01T08:00:00Z ",
        "2022-03-01 08:00",
    ],
)
def test_days_in_many_forms(tmp_path: Path, typed: object) -> None:
    book = read_workbook(fill(tmp_path / "book.xlsx", [changed(ALDER, D=typed)]))
    assert book.accounts[0].start_date == dt.date(2022, 3, 1)
    assert type(book.accounts[0].start_date) is dt.date


def test_days_of_a_book_that_counts_from_1904(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [])

    def change(book: openpyxl.Workbook) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        for place, value in enumerate(ALDER, start=1):
            book[ACCOUNTS].cell(2, place).value = value

    assert read_workbook(edit(path, change)).accounts[0].start_date == dt.date(2022, 3, 1)


def test_one_day_is_long_enough(tmp_path: Path) -> None:
    day = dt.date(2022, 3, 1)
    path = fill(
        tmp_path / "book.xlsx",
        [["Alder Foods", "churned", 1, day, day]],
        [changed(REVIEW, F=day, G=day)],
    )
    book = read_workbook(path)
    assert book.accounts[0].end_date == book.partners_involved[0].to_date == day


def test_numbers_as_names(tmp_path: Path) -> None:
    accounts = [changed(ALDER, A=1860), changed(BIRCH, A=7.5)]
    path = fill(tmp_path / "book.xlsx", accounts, [changed(REVIEW, A="1860", B=42)])
    book = read_workbook(path)
    assert [row.account for row in book.accounts] == ["1860", "7.5"]
    assert (book.partners_involved[0].account, book.partners_involved[0].partner) == ("1860", "42")


STRANGE = [
    '=HYPERLINK("x","y")',
    "\"Quoted\" & Sons, Ltd; 'single'",
    "Two\nlines",
    "<script>alert(1)</script>",
    "Zoë Ünïcode 株式会社 🚀",
    "+1 Company",
    "@home",
    "#REF!",
    "a,b\t|c",
    "'; drop table accounts; --",
]


def test_strange_text_stays_as_it_is(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [])

    def text(cell, value: str) -> None:
        cell.value = value
        cell.data_type = "s"

    def change(book: openpyxl.Workbook) -> None:
        for number, name in enumerate(STRANGE, start=2):
            for title in (ACCOUNTS, PARTNERS):
                text(book[title].cell(number, 1), name)
            for place, value in enumerate(ALDER[1:], start=2):
                book[ACCOUNTS].cell(number, place).value = value
            text(book[PARTNERS].cell(number, 2), f"{name} partner")
            book[PARTNERS].cell(number, 3).value = "adoption"
            text(book[PARTNERS].cell(number, 4), name)

    book = read_workbook(edit(path, change))
    assert [row.account for row in book.accounts] == STRANGE
    accounts = raw(book, tmp_path, "accounts")
    involved = raw(book, tmp_path, "partners_involved")
    assert [row["account"] for row in accounts] == STRANGE
    assert [row["account"] for row in involved] == STRANGE
    assert [row["activity"] for row in involved] == STRANGE
    assert [row["partner"] for row in involved] == [f"{name} partner" for name in STRANGE]


def test_columns_and_sheets_in_another_order(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "partners INVOLVED "
    partners, accounts = book.active, book.create_sheet(" accounts")
    book.create_sheet("Notes")["A1"] = "=1/0"
    accounts.append(["Owner", " End  Date", "START DATE", "arr ", "Outcome", None, "account"])
    accounts.append(["=me", None, dt.date(2022, 3, 1), 5, "retained", "=x", "Alder Foods"])
    partners.append(["to", "FROM", "How Well", "what they did", "Stage", "Partner", "Account"])
    partners.append([None, None, 5, "Training", "adoption", "Harbor Advisors", "Alder Foods"])
    book.save(tmp_path / "book.xlsx")
    read = read_workbook(tmp_path / "book.xlsx")
    assert read.accounts[0].account == "Alder Foods"
    assert read.partners_involved[0].activity == "training"


def test_a_name_without_xlsx_is_read_all_the_same(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER, BIRCH]).rename(tmp_path / "book")
    assert len(read_workbook(path).accounts) == 2


def test_cells_far_below_are_read(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER])

    def change(book: openpyxl.Workbook) -> None:
        for place, value in enumerate(BIRCH, start=1):
            book[ACCOUNTS].cell(50_000, place).value = value

    assert read_workbook(edit(path, change)).accounts[1].source_row == 50_000


# ------------------------------------------------------------------------------- what is refused


def test_a_wrong_outcome_is_named_with_its_place(tmp_path: Path) -> None:
    rows = [changed(ALDER, A=f"Account {number}") for number in range(5)]
    [problem] = problems_of(tmp_path, [*rows, changed(ALDER, B="maybe")])
    assert problem == 'Accounts, row 7, column "outcome": "maybe" is not one of retained, churned.'


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    accounts = [
        ["", "retained", 1, dt.date(2022, 1, 1), None],
        ["B", None, "12k", None, None],
        ["C", "churned", -5, dt.date(2022, 1, 1), None],
        ["D", "churned", True, "01/02/2022", dt.date(2023, 1, 1)],
        ["E", "lost", 1, dt.date(2022, 5, 1), dt.date(2022, 4, 30)],
        ["b", "retained", 1, dt.date(2022, 1, 1), None],
    ]
    involved = [
        ["", "P", "retention", None, 3, None, None],
        ["C", None, "success", None, 6, "soon", None],
        ["Nobody", "P", None, None, 2.5, None, "2022-02-30"],
        ["C", "P", "retention", None, None, dt.date(2023, 1, 2), dt.date(2023, 1, 1)],
        ["C", "P", "retention", None, None, None, dt.date(2021, 12, 31)],
    ]
    told = problems_of(tmp_path, accounts, involved)
    places = [problem.split(": ")[0] for problem in told]
    assert places == [
        'Accounts, row 2, column "account"',
        'Accounts, row 3, column "outcome"',
        'Accounts, row 3, column "ARR"',
        'Accounts, row 3, column "start date"',
        'Accounts, row 4, column "ARR"',
        'Accounts, row 4, column "end date"',
        'Accounts, row 5, column "ARR"',
        'Accounts, row 5, column "start date"',
        'Accounts, row 6, column "outcome"',
        'Accounts, row 6, column "end date"',
        'Accounts, row 7, column "account"',
        'Partners involved, row 2, column "account"',
        'Partners involved, row 3, column "partner"',
        'Partners involved, row 3, column "stage"',
        'Partners involved, row 3, column "how well"',
        'Partners involved, row 3, column "from"',
        'Partners involved, row 4, column "account"',
        'Partners involved, row 4, column "stage"',
        'Partners involved, row 4, column "how well"',
        'Partners involved, row 4, column "to"',
        'Partners involved, row 5, column "to"',
        'Partners involved, row 6, column "to"',
    ]
    # Each says what to do: a choice of values, or a sentence after the first.
    assert all(" is not one of " in problem or problem.count(". ") for problem in told), told


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"A": None}, "the name is missing. Enter the account's name, or clear the row."),
        ({"B": "  "}, "this is empty. Enter one of retained, churned."),
        ({"C": "12,000"}, '"12,000" is not a number. Write digits only, such as 12000.'),
        ({"C": "£5"}, '"£5" is not a number.'),
        ({"C": "nan"}, '"nan" is not a number.'),
        ({"C": "\uff11\uff12"}, '"\uff11\uff12" is not a number.'),
        ({"C": False}, '"FALSE" is not a number.'),
        ({"C": -0.01}, "-0.01 is below 0."),
        ({"D": None}, "the date is missing. Enter the day the account became a customer."),
        ({"D": "March 2022"}, '"March 2022" is not a date. Write year-month-day'),
        ({"D": "2022-02-31"}, '"2022-02-31" is not a date.'),
        ({"D": "20220301"}, '"20220301" is not a date.'),
        ({"D": "2022-03-01x"}, '"2022-03-01x" is not a date.'),
        ({"D": True}, '"TRUE" is not a date.'),
        ({"D": dt.time(8, 30)}, '"08:30:00" is not a date.'),
        ({"D": dt.date(1969, 12, 31)}, "1969-12-31 is not between 1970-01-01 and 2100-12-31."),
        ({"D": "2101-01-01"}, "2101-01-01 is not between"),
        ({"E": dt.date(2022, 2, 28)}, "2022-02-28 is before the start date 2022-03-01."),
        ({"B": "churned"}, "a churned account needs one. Enter the day it left."),
    ],
)
def test_account_problems(tmp_path: Path, cells: dict, message: str) -> None:
    [problem] = problems_of(tmp_path, [changed(ALDER, **cells)])
    assert message in problem


def test_a_number_in_a_date_column_is_no_date(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER])

    def year(book: openpyxl.Workbook) -> None:
        book[ACCOUNTS]["D2"].value = 2022

    # In a cell made for dates, 2022 is a day of 1905.
    [problem] = problems(edit(path, year))
    assert "1905-07-14 is not between" in problem

    def plain(book: openpyxl.Workbook) -> None:
        book[ACCOUNTS]["D2"].number_format = "General"

    [problem] = problems(edit(path, plain))
    assert '"2022" is not a date' in problem


def test_a_day_out_of_range_makes_no_warning(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER])

    def change(book: openpyxl.Workbook) -> None:
        book[ACCOUNTS]["D2"].value = 99_999_999

    edit(path, change)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [problem] = problems(path)
    assert problem.startswith('Accounts, row 2, column "start date": ')


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"A": None}, "the name is missing. Choose the account, or clear the row."),
        (
            {"A": "Alder Food"},
            '"Alder Food" is not on the sheet Accounts. Did you mean "Alder Foods"?',
        ),
        ({"A": "alder fods"}, 'Did you mean "Alder Foods"?'),
        ({"A": "Quite Else"}, "Add it there, or choose an account from the list."),
        ({"B": " "}, "the name is missing. Enter the partner's name, or clear the row."),
        ({"C": None}, "this is empty. Enter one of acquisition, onboarding, adoption, retention,"),
        ({"C": "keeping"}, '"keeping" is not one of acquisition, onboarding, adoption,'),
        ({"E": 0}, '"0" is not one of 1, 2, 3, 4, 5. Leave it empty if you do not know.'),
        ({"E": 6}, '"6" is not one of 1, 2, 3, 4, 5.'),
        ({"E": 4.5}, '"4.5" is not one of 1, 2, 3, 4, 5.'),
        ({"E": "good"}, '"good" is not one of'),
        ({"E": True}, '"TRUE" is not one of'),
        ({"F": "later"}, '"later" is not a date.'),
        ({"G": "2023"}, '"2023" is not a date.'),
        ({"G": dt.date(2022, 2, 1)}, "2022-02-01 is before the account's start date 2022-03-01."),
    ],
)
def test_partner_problems(tmp_path: Path, cells: dict, message: str) -> None:
    [problem] = problems_of(tmp_path, [ALDER], [changed(REVIEW, **cells)])
    assert message in problem
    assert problem.startswith("Partners involved, row 2, column ")


def test_the_same_account_twice(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, [ALDER, BIRCH, changed(BIRCH, A="alder  FOODS")])
    assert problem == (
        'Accounts, row 4, column "account": "alder FOODS" is already in row 2. Keep one row an '
        "account, or tell the names apart."
    )


def test_a_bad_account_is_told_once(tmp_path: Path) -> None:
    """A row with a problem still counts as there for the partners that name it."""
    told = problems_of(tmp_path, [changed(ALDER, B="maybe", D="spring")], [REVIEW, REVIEW])
    assert [problem.split(",")[0] for problem in told] == ["Accounts", "Accounts"]


def test_formulas_and_errors(tmp_path: Path) -> None:
    accounts = [changed(ALDER, C="=10*12"), changed(BIRCH, D="#REF!", E='=IF(1,"x")')]
    involved = [changed(REVIEW, C="=A1", E="#N/A")]
    told = problems_of(tmp_path, accounts, involved)
    formula = "this is a formula. Put its result there: copy, then paste values only."
    assert told == [
        f'Accounts, row 2, column "ARR": {formula}',
        'Accounts, row 3, column "start date": this holds the error #REF!. Put the value itself '
        "there.",
        f'Accounts, row 3, column "end date": {formula}',
        f'Partners involved, row 2, column "stage": {formula}',
        'Partners involved, row 2, column "how well": this holds the error #N/A. Put the value '
        "itself there.",
    ]


def test_names_by_formula_are_told_once(tmp_path: Path) -> None:
    told = problems_of(tmp_path, [changed(ALDER, A="=B1"), BIRCH], [REVIEW])
    assert len(told) == 1
    assert told[0].startswith('Accounts, row 2, column "account": this is a formula.')


def test_long_text_is_quoted_short(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, [changed(ALDER, B="maybe\n" * 500)])
    assert len(problem) < 150
    assert "\n" not in problem


# ------------------------------------------------------------------- files, sheets and headers


def test_no_such_file(tmp_path: Path) -> None:
    [problem] = problems(tmp_path / "none.xlsx")
    assert "none.xlsx: there is no such file." in problem


def test_a_folder(tmp_path: Path) -> None:
    [problem] = problems(tmp_path)
    assert "this is a folder" in problem


@pytest.mark.parametrize(
    "content",
    [b"", b"account,outcome\nAlder,retained\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600],
    ids=["empty", "csv", "old or locked"],
)
def test_not_a_workbook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    [problem] = problems(path)
    assert problem.startswith("book.xlsx: this cannot be read as an XLSX workbook")
    assert 'save it as "Excel workbook (.xlsx)"' in problem


def test_another_archive(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    [problem] = problems(path)
    assert "cannot be read as an XLSX workbook" in problem


def test_a_damaged_sheet(tmp_path: Path) -> None:
    whole, path = fill(tmp_path / "whole.xlsx", [ALDER]), tmp_path / "book.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, content[: len(content) // 2] if "sheet2" in name else content)
    [problem] = problems(path)
    assert "cannot be read as an XLSX workbook" in problem


def test_a_missing_sheet(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [changed(ALDER, B="maybe")])
    told = problems(edit(path, lambda book: setattr(book[PARTNERS], "title", "Partners")))
    assert told == [
        'book.xlsx: the sheet "Partners involved" is missing; there is "Accounts", "Partners". '
        "Give the sheet that name, or copy your rows into a new empty workbook.",
        'Accounts, row 2, column "outcome": "maybe" is not one of retained, churned.',
    ]


def test_without_accounts_partners_are_checked_all_the_same(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER], [REVIEW, changed(REVIEW, C="keeping")])
    told = problems(edit(path, lambda book: book.remove(book[ACCOUNTS])))
    assert len(told) == 2
    assert 'the sheet "Accounts" is missing' in told[0]
    assert told[1].startswith('Partners involved, row 3, column "stage": "keeping"')


def test_missing_headers(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER], [REVIEW])

    def change(book: openpyxl.Workbook) -> None:
        book[ACCOUNTS]["B1"].value = "Result"
        book[PARTNERS]["G1"].value = None

    assert problems(edit(path, change)) == [
        'Accounts, row 1, column "outcome": the header is missing. Write "Outcome" into row 1; in '
        "the empty workbook it is in B1.",
        'Partners involved, row 1, column "to": the header is missing. Write "To" into row 1; in '
        "the empty workbook it is in G1.",
    ]


def test_headers_pushed_down(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER])
    told = problems(edit(path, lambda book: book[ACCOUNTS].insert_rows(1)))
    assert len(told) == 5
    for place, problem in enumerate(told, start=1):
        assert "the header is missing" in problem
        assert f"{get_column_letter(place)}1." in problem


def test_a_header_that_is_there_twice(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.xlsx", [ALDER])
    told = problems(edit(path, lambda book: book[ACCOUNTS].cell(1, 6, "arr")))
    assert told == [
        'Accounts, row 1, column "ARR": the header is there twice, in C1 and F1. Rename one of '
        "them."
    ]


def test_nothing_on_the_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = ACCOUNTS
    book.create_sheet(PARTNERS)
    book.save(tmp_path / "book.xlsx")
    told = problems(tmp_path / "book.xlsx")
    assert len(told) == 12
    assert all("the header is missing" in problem for problem in told)


def test_the_error_is_one_that_users_see() -> None:
    error = WorkbookError(iter(["one", "two"]))
    assert isinstance(error, UserError)
    assert (error.problems, str(error)) == (["one", "two"], "one\ntwo")


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = read_workbook(write_book(tmp_path / "book.xlsx"))
    to_raw_tables(book, tmp_path)
    problems(tmp_path / "none.xlsx")
    assert capfd.readouterr() == ("", "")
