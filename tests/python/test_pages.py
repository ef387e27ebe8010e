"""The pages: self-contained, escaped, without script errors, and their numbers are those of the marts."""

import json
import math
import re
import shutil
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.__main__ import app
from scripts.errors import UserError
from scripts.pages import layout, reading, rendering, review, scorecards, words
from tests.python.browser import Browser

EVIL = """<img src=x onerror=alert(1)>"'"""
WORSE = "</script><script>alert(1)</script>"
REFERENCES = ("src", "href", "action", "data", "poster", "srcset", "formaction", "background")


class Reader(HTMLParser):
    """What of a page matters here: references, tables with their values, KPIs, findings, text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.references: list[str] = []
        self.handlers: list[str] = []
        self.tables: list[dict[str, Any]] = []
        self.kpis: list[dict[str, str]] = []
        self.findings: list[dict[str, str]] = []
        self.text: list[str] = []
        self.inside = ""
        self.telling = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.append(tag)
        self.inside = tag
        self.references += [given[name] for name in REFERENCES if name in given and tag != "table"]
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "table":
            self.tables.append({"mart": given["data-mart"], "rows": []})
        elif tag == "tr" and self.tables:
            self.tables[-1]["rows"].append({})
        elif tag == "td":
            self.tables[-1]["rows"][-1][given["data-column"]] = given["data-value"]
        elif tag == "data":
            self.kpis.append(given)
        elif tag == "li" and "data-kind" in given:
            self.findings.append({**given, "text": ""})
            self.telling = True

    def handle_data(self, data: str) -> None:
        if self.inside not in ("script", "style"):
            self.text.append(data)
        if self.telling:
            self.findings[-1]["text"] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.inside = ""
        if tag == "li":
            self.telling = False

    def rows(self, mart: str, *columns: str) -> list[dict[str, str]]:
        """Rows of the first table of a mart with these columns."""
        for table in self.tables:
            rows = [row for row in table["rows"] if row]
            if table["mart"] == mart and rows and set(columns) <= set(rows[0]):
                return rows
        return []


def read(page: Path) -> Reader:
    return Reader(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(demo_database: Path) -> Iterator[reading.Book]:
    with reading.Book(demo_database) as opened:
        yield opened


@pytest.fixture(scope="module")
def days(book: reading.Book) -> list[date]:
    return book.months()


@pytest.fixture(scope="module")
def pages(
    demo_database: Path, days: list[date], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The review of the latest month and of one half a year before, and the page of partners."""
    folder = tmp_path_factory.mktemp("pages")
    return {
        "latest": review.write(demo_database, None, folder / "latest.html", folder),
        "earlier": review.write(
            demo_database, f"{days[-6]:%Y-%m}", folder / "earlier.html", folder
        ),
        "partners": scorecards.write(demo_database, folder / "partners.html", folder),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


# self-contained --------------------------------------------------------------------------------


def test_pages_refer_to_nothing_outside(pages: dict[str, Path]) -> None:
    for page in pages.values():
        told = read(page)
        outside = [
            place for place in told.references if not place.startswith("#") and place != "data:,"
        ]
        assert not outside, (page.name, outside)
        assert not {"img", "iframe", "object", "embed", "video", "audio"} & set(told.tags)
        assert not told.handlers
        assert "default-src 'none'" in page.read_text(encoding="utf-8")
        assert "@import" not in page.read_text(encoding="utf-8").split("</style>")[0]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["latest", "earlier", "partners"])
def test_pages_run_without_request_or_error(
    pages: dict[str, Path], browser: Browser, name: str, width: int
) -> None:
    browser.open(pages[name], width)
    assert browser.requests() == []
    assert browser.problems() == []
    root = "document.documentElement"
    assert browser.value(f"{root}.dataset.problems") == ""
    pictures = browser.value("document.querySelectorAll('script.spec').length")
    assert pictures >= 5
    assert browser.value(f"{root}.dataset.drawn") == str(pictures)
    assert browser.value(f"{root}.scrollWidth") <= width
    said = "[...document.querySelectorAll('.chart svg')].every(one => one.querySelector('[aria-label]'))"
    assert browser.value(said)
    if name == "partners":
        assert browser.value("document.querySelectorAll('#graph canvas').length") == 1


def test_the_browser_would_have_seen_requests_and_errors(tmp_path: Path, browser: Browser) -> None:
    page = tmp_path / "control.html"
    page.write_text(
        "<img src='http://127.0.0.1:9/seen.png'><script>document.documentElement.dataset.drawn = '0';"
        "setTimeout(() => { throw new Error('seen') }, 0)</script>",
        encoding="utf-8",
    )
    browser.open(page)
    browser.value("new Promise(done => setTimeout(done, 300))")
    assert browser.requests() == ["http://127.0.0.1:9/seen.png"]
    assert any("seen" in problem for problem in browser.problems())


def test_the_graph_can_be_explored(
    pages: dict[str, Path], browser: Browser, book: reading.Book
) -> None:
    browser.open(pages["partners"])
    choose = """(() => {
        const list = document.getElementById('graph-partner');
        list.value = list.options[1].value;
        list.dispatchEvent(new Event('change'));
        return list.options[1].textContent;
    })()"""
    chosen = browser.value(choose)
    assert browser.value("document.getElementById('graph-says').textContent").startswith(
        f"{chosen}:"
    )
    near = browser.value(
        "[...document.querySelectorAll('#graph-near li')].map(one => one.textContent)"
    )
    key = book.query("select node_key from marts.ecosystem_nodes where label = ?", [chosen])[0][
        "node_key"
    ]
    tied = {
        row["label"]
        for row in book.query(
            """
            select nodes.label
            from marts.ecosystem_edges as edges
            inner join marts.ecosystem_nodes as nodes
                on nodes.node_key in (edges.from_node_key, edges.to_node_key) and nodes.node_key <> $1
            where $1 in (edges.from_node_key, edges.to_node_key) and edges.ended_date is null
            """,
            [key],
        )
    }
    assert near and all(any(entry.startswith(name) for name in tied) for entry in near)
    search = """(() => {
        const field = document.getElementById('graph-search');
        field.value = 'no such organisation';
        field.dispatchEvent(new Event('input'));
        return document.getElementById('graph-says').textContent;
    })()"""
    assert browser.value(search) == "Nothing of that name is on this page."


# escaped ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def attacked(small_database: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pages of a book whose organisations have names that are code."""
    folder = tmp_path_factory.mktemp("attacked")
    database = Path(shutil.copy(small_database, folder / "ecosystem.duckdb"))
    with duckdb.connect(str(database)) as connection:
        named = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'marts' "
            "and column_name in ('account_name', 'partner_name', 'other_partner_name', 'label', 'path_text')"
        ).fetchall()
        for table, column in named:
            begin = WORSE if column == "partner_name" else EVIL
            connection.execute(f"update marts.{table} set {column} = ? || {column}", [begin])
    return [
        review.write(database, None, folder / "review.html", folder),
        scorecards.write(database, folder / "partners.html", folder),
    ]


def test_names_that_are_code_are_only_text(attacked: list[Path], browser: Browser) -> None:
    for page, evil in zip(attacked, (EVIL, WORSE), strict=True):
        told = read(page)
        assert "img" not in told.tags and not told.handlers
        assert evil in "".join(told.text)
        browser.open(page)
        # every mark and every node shows what it tells when pointed at
        browser.value(
            """(async () => {
                for (const mark of document.querySelectorAll('.chart svg path, .chart svg text')) {
                    for (const kind of ['pointerover', 'mouseover', 'pointermove', 'mousemove']) {
                        mark.dispatchEvent(new MouseEvent(kind, {bubbles: true, clientX: 5, clientY: 5}));
                    }
                }
                const graph = window.echarts && echarts.getInstanceByDom(document.getElementById('graph'));
                for (let at = 0; graph && at < 40; at++) {
                    graph.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: at});
                    await new Promise(done => setTimeout(done, 2));
                }
            })()"""
        )
        assert browser.value("document.querySelectorAll('img').length") == 0
        assert browser.problems() == []
        assert browser.requests() == []


def test_json_cannot_end_its_element() -> None:
    text = str(rendering.as_json({"name": f"{WORSE}<!--\u2028&"}))
    assert not set("<>&\u2028") & set(text)
    with pytest.raises(RuntimeError):
        rendering.script("a</ScRipt>b")


# numbers ---------------------------------------------------------------------------------------


def same(shown: str, value: Any) -> bool:
    if value is None:
        return shown == ""
    if isinstance(value, float):
        return shown != "" and math.isclose(float(shown), value, rel_tol=1e-12, abs_tol=1e-12)
    return shown == layout.exact(value)


def assert_rows(
    shown: list[dict[str, str]], rows: list[dict[str, Any]], columns: tuple[str, ...]
) -> None:
    """The page's rows are these rows, in any order."""
    assert len(shown) == len(rows)
    left = list(rows)
    for line in shown:
        found = next(
            (row for row in left if all(same(line[name], row[name]) for name in columns)), None
        )
        assert found is not None, line
        left.remove(found)


MONTHLY = {
    "score_drift_monthly": ("model", "model_version", "psi", "p_value", "status"),
    "signal_quality_monthly": (
        "model",
        "information_value",
        "coverage_pct",
        "months_below",
        "advice",
    ),
    "partner_bias_monthly": ("dimension", "gap", "lower", "upper", "n", "status"),
    "kpis_monthly": ("cohort", "value", "n"),
}


@pytest.mark.parametrize("name", ["latest", "earlier"])
def test_tables_of_a_month_are_the_marts(
    pages: dict[str, Path], book: reading.Book, days: list[date], name: str
) -> None:
    told, day = read(pages[name]), days[-1] if name == "latest" else days[-6]
    for mart, columns in MONTHLY.items():
        shown = told.rows(mart, *columns)
        assert shown, mart
        assert_rows(shown, book.of_month(mart, day), columns)


def test_registers_are_the_marts(pages: dict[str, Path], book: reading.Book) -> None:
    told = read(pages["latest"])
    for mart, columns in {
        "model_versions": ("model", "version", "status", "weights_hash"),
        "data_gaps": ("source", "stream", "hours_late", "status"),
        "maturity": ("owner", "kpi", "value", "what_moves_it"),
    }.items():
        assert_rows(told.rows(mart, *columns), book.rows(mart), columns)


def test_cards_are_the_kpis(pages: dict[str, Path], book: reading.Book, days: list[date]) -> None:
    cards = read(pages["latest"]).kpis
    marts = {
        (row["kpi"], row["cohort"]): row["value"] for row in book.of_month("kpis_monthly", days[-1])
    }
    assert len(cards) >= 6
    for card in cards:
        assert same(card["value"], marts[card["data-kpi"], card["data-cohort"]]), card


def test_the_list_of_risk_is_the_mart(
    pages: dict[str, Path], book: reading.Book, days: list[date]
) -> None:
    shown = read(pages["latest"]).rows("account_risk", "account", "arr_at_stake")
    high = book.query(
        "select arr_at_stake from marts.account_risk where as_of_date = ? and risk_band = 'high' order by 1 desc",
        [days[-1]],
    )
    assert shown
    assert [float(row["arr_at_stake"]) for row in shown] == [
        row["arr_at_stake"] for row in high[: len(shown)]
    ]


def test_partner_tables_are_the_marts(pages: dict[str, Path], book: reading.Book) -> None:
    told = read(pages["partners"])
    for mart, columns, where in (
        (
            "partner_scorecard",
            ("partner_name", "pipeline_rank", "csi", "csi_lower", "csi_rank"),
            "true",
        ),
        (
            "partner_csi_stages",
            ("partner_name", "stage", "stage_score", "effect_lower"),
            "is_latest",
        ),
        (
            "partner_depth",
            ("partner_name", "n_level_0", "n_level_4", "mean_level"),
            "n_accounts_told",
        ),
    ):
        if where == "n_accounts_told":
            where = "mean_level is not null"
        assert_rows(told.rows(mart, *columns), book.rows(mart, where), columns)


def test_kept_shares_add_up(pages: dict[str, Path], book: reading.Book) -> None:
    shown = read(pages["partners"]).rows("account_kept_by", "kept_share")
    shares = [float(row["kept_share"]) for row in shown if row["kept_share"]]
    assert math.isclose(sum(shares), 1, abs_tol=1e-9)
    total = book.query("select sum(kept_share) as n from marts.account_kept_by where is_alive_18m")[
        0
    ]["n"]
    assert math.isclose(sum(float(row["kept_n"] or 0) for row in shown), total, rel_tol=1e-9)


# findings --------------------------------------------------------------------------------------


def test_findings_are_ranked_by_arr_at_stake(pages: dict[str, Path]) -> None:
    for name in ("latest", "earlier"):
        findings = read(pages[name]).findings
        assert findings
        worth = [float(told["data-arr"] or 0) for told in findings]
        assert worth == sorted(worth, reverse=True)
        kinds = [told["data-kind"] for told in findings]
        assert len(kinds) == len(set(kinds)), "one finding a kind"


def test_what_was_planted_is_among_the_first_five(
    demo_database: Path, demo_folder: Path, book: reading.Book, tmp_path: Path
) -> None:
    """The month in which a feed sent more than its custom, the feed of noise, and the tier that is favoured."""
    answers = json.loads((demo_folder.parent / "answers.json").read_text(encoding="utf-8"))
    page = review.write(
        demo_database, answers["drift_month"][0][:7], tmp_path / "planted.html", tmp_path
    )
    first = {told["data-kind"]: told["text"] for told in read(page).findings[:5]}
    assert f"“{book.label('intent_heat')}” has drifted" in first["drift_act"] or (
        f"“{book.label('intent_heat')}” the most" in first["drift_act"]
    )
    assert f"“{book.label(answers['noise_signal'])}”" in first["noise_act"]
    assert answers["favoured_tier"] in first["bias"]


def test_arr_at_stake_is_recomputed(
    pages: dict[str, Path], book: reading.Book, days: list[date]
) -> None:
    arr = {told["data-kind"]: told["data-arr"] for told in read(pages["latest"]).findings}
    high = book.query(
        "select sum(arr_at_stake) as n from marts.account_risk where as_of_date = ? and risk_band = 'high'",
        [days[-1]],
    )[0]["n"]
    assert same(arr["risk"], high) or math.isclose(float(arr["risk"]), high, rel_tol=1e-9)
    strong = book.query(
        "select * from marts.partner_bias_monthly where as_of_date = ? and status = 'act'",
        [days[-1]],
    )
    if strong:
        conditions = " or ".join(
            f"partners.{'tier' if row['dimension'] == 'tier' else 'partner_type'} = '{row['partner_group']}'"
            for row in strong
        )
        worth = book.query(
            f"""
            select sum(risk.arr_at_stake) as n
            from marts.account_risk as risk
            where risk.is_latest and exists (
                select 1
                from marts.partner_account_depth as depth
                inner join marts.partners as partners using (partner_key)
                where depth.is_latest and depth.level > 0 and depth.account_key = risk.account_key and ({conditions})
            )
            """
        )[0]["n"]
        assert math.isclose(float(arr["bias"]), worth, rel_tol=1e-9)


def test_a_finding_per_section_and_a_sentence_above_each_picture(pages: dict[str, Path]) -> None:
    for page in pages.values():
        text = page.read_text(encoding="utf-8")
        for block in text.split('<div class="block">')[1:]:
            block = block.split("</section>")[0]
            told = re.search(r'<p class="finding">(.+?)</p>', block, re.S)
            assert told and len(told[1].strip()) > 10
            if "<figure>" in block:
                assert block.index('<p class="finding">') < block.index("<figure>")


# little data, and mistakes ---------------------------------------------------------------------


def test_a_small_book_says_what_is_missing(
    small_database: Path, tmp_path: Path, browser: Browser
) -> None:
    for page in (
        review.write(small_database, None, tmp_path / "review.html", tmp_path),
        scorecards.write(small_database, tmp_path / "partners.html", tmp_path),
    ):
        browser.open(page, 390)
        assert browser.problems() == []


def test_an_empty_book_has_pages_that_say_so(tmp_path: Path, browser: Browser) -> None:
    """Every mart there, and no row in it."""
    database = tmp_path / "empty.duckdb"
    emptied(database)
    first = review.write(database, None, tmp_path / "review.html", tmp_path)
    second = scorecards.write(database, tmp_path / "partners.html", tmp_path)
    assert "The book is empty" in "".join(read(first).text)
    assert "There is no partner" in "".join(read(second).text)
    for page in (first, second):
        browser.open(page)
        assert browser.problems() == []
    with pytest.raises(UserError, match="no month"):
        review.write(database, "2026-01", tmp_path / "none.html", tmp_path)


def emptied(database: Path) -> None:
    """A file with the marts that a first build may have: accounts, and partners, without rows."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.accounts (account_key varchar, account_name varchar, churned_date date, arr double)"
        )
        connection.execute(
            "create table marts.kpis_monthly (as_of_date date, kpi varchar, cohort varchar, value double)"
        )


def test_mistakes_say_what_to_do(demo_database: Path, days: list[date], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make demo"):
        review.write(tmp_path / "none.duckdb", None, None, tmp_path)
    with pytest.raises(UserError, match=f"from {days[0]:%Y-%m} to {days[-1]:%Y-%m}"):
        review.write(demo_database, "2001-01", None, tmp_path)
    with pytest.raises(UserError, match="YYYY-MM"):
        review.write(demo_database, "January", None, tmp_path)
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("create table something (n integer)")
    with pytest.raises(UserError, match="no built file"):
        scorecards.write(other, None, tmp_path)
    text = tmp_path / "text.duckdb"
    text.write_text("not a database")
    with pytest.raises(UserError, match="cannot be read"):
        scorecards.write(text, None, tmp_path)
    assert not (tmp_path / "target").exists()


def test_commands_write_pages(demo_database: Path, tmp_path: Path, days: list[date]) -> None:
    runner, there = CliRunner(), ["--database", str(demo_database)]
    page = tmp_path / "aside" / "review.html"
    told = runner.invoke(
        app, ["review", "--month", f"{days[0]:%Y-%m}", *there, "--page", str(page)]
    )
    assert told.exit_code == 0 and "review.html" in told.output
    assert f"<title>Ecosystem review, {days[0]:%B %Y}</title>" in page.read_text(encoding="utf-8")
    told = runner.invoke(app, ["page", *there, "--page", str(tmp_path / "page.html")])
    assert told.exit_code == 0 and (tmp_path / "page.html").stat().st_size > 1e6


def test_a_failed_page_leaves_the_last_one(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("the last one")
    with pytest.raises(Exception, match="undefined"):
        rendering.write("review.html.j2", page)
    assert page.read_text() == "the last one"
    assert list(tmp_path.iterdir()) == [page]


def test_vendored_script_is_the_one_named() -> None:
    assert rendering.ECHARTS_SHA256 in (rendering.ECHARTS.parent / "README.md").read_text()
    assert rendering.echarts()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (-0.0, "0"),
        (999.4, "999"),
        (999_600, "1.0\u00a0M"),
        (1_000, "1\u00a0k"),
        (-94_000, "−94\u00a0k"),
        (1_949_999, "1.9\u00a0M"),
        (2.5e9, "2.5\u00a0bn"),
    ],
)
def test_money(value: float | None, text: str) -> None:
    assert words.money(value) == text


def test_words() -> None:
    assert words.number(-0.04, 1, sign=True) == "0.0"
    assert words.share(0.125, 1, sign=True) == "+12.5\u00a0%"
    assert words.listed(["a", "b", "c", "d"]) == "a, b, c and 1 more"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.p_value(0.0001) == "< 0.001"
