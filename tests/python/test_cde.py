"""Customer Discovery Efficiency from contract files: the page's example, and 14 weeks made 2."""

import csv
import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from scripts import build, load

PAGE = build.PROJECT / "docs" / "measures" / "cde.md"
AS_OF = dt.date(2026, 6, 30)
HORIZON = 365
NEED = dt.date(2025, 3, 3)
QUICK = (
    "Argon",
    "Boron",
    "Cobalt",
    "Erbium",
    "Gallium",
    "Hafnium",
    "Indium",
    "Neon",
    "Radon",
    "Tin",
)
SLOW = (
    "Osmium",
    "Platinum",
    "Radium",
    "Sodium",
    "Iodine",
    "Uranium",
    "Xenon",
    "Zinc",
    "Lead",
    "Gold",
)


def table(heading: str) -> list[list[str]]:
    """The rows of the page's table that begins with this column."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^\| {heading} \|.*\n\|[- |]+\|\n((?:\|.*\|\n)+)", text, re.MULTILINE)
    assert found, heading
    return [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in found[1].splitlines()
    ]


def day(cell: str) -> dt.date | None:
    return None if cell == "–" else dt.date.fromisoformat(cell)


class World:
    """Contract files, account by account."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {
            name: [] for name in ("accounts", "partners", "opportunities", "touches")
        }
        self.rows["subscriptions"] = []

    def add(self, stream: str, key: str, **values: object) -> None:
        self.rows[stream].append({"source": "crm", "source_id": key, **values})

    def partner(self, key: str, name: str) -> None:
        self.add("partners", key, name=name, domain=f"{key}.com")

    def evaluation(
        self,
        name: str,
        segment: str,
        need: dt.date,
        touches: Iterable[tuple[str, dt.date]],
        status: str,
        closed: dt.date | None,
        gone: dt.date | None = None,
    ) -> None:
        key = name.lower()
        self.add("accounts", key, name=name, domain=f"{key}.com", segment=segment, created_at=NEED)
        self.add(
            "opportunities",
            key,
            account_id=key,
            kind="new",
            created_at=need,
            closed_at=closed,
            status=status,
        )
        for number, (partner, when) in enumerate(touches):
            # the own team is everywhere, from the first day
            self.add(
                "touches",
                f"{key}_{number}",
                actor="partner" if partner else "own_team",
                partner_id=partner,
                account_id=key,
                touch_type="introduction",
                occurred_at=when,
            )
        if gone:
            self.add(
                "subscriptions",
                key,
                account_id=key,
                started_at=closed,
                ended_at=gone,
                arr=1000,
                status="ended",
            )

    def lay(self, folder: Path) -> None:
        folder.mkdir()
        for stream, rows in self.rows.items():
            columns = list(dict.fromkeys(name for row in rows for name in row))
            with (folder / f"{stream}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)


STATUSES = {"selected": "won", "open": "open", "lost": "lost"}


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """partner_cde by name, of a world with the page's example and the fourteen weeks."""
    world = World()
    world.partner("harbor", "Harbor Advisors")
    world.partner("biweekly", "Biweekly Consulting")
    world.partner("idle", "Idle Systems")
    for name, need, touched, came_to, on, gone in table("account"):
        touches = [("", dt.date.fromisoformat(need))]
        if day(touched):
            touches.append(("harbor", day(touched)))
        world.evaluation(
            name,
            "example",
            dt.date.fromisoformat(need),
            touches,
            STATUSES[came_to],
            day(on),
            day(gone),
        )
    for names, days, touches in (
        (QUICK, 14, [("biweekly", NEED)]),
        (SLOW, 98, [("biweekly", NEED + dt.timedelta(14))]),
    ):
        for name in names:
            closed = NEED + dt.timedelta(days)
            world.evaluation(name, "metals", NEED, touches, "won", closed)
    folder = tmp_path_factory.mktemp("cde")
    world.lay(folder / "data")
    source = build.folder_inputs(folder / "data")
    source = source if isinstance(source, list) else [source]
    database = folder / "cde.duckdb"
    for each in source:
        load.load_duckdb(each.tables, each.schema, database)
    settings = {"as_of_date": str(AS_OF), "connectors": build.read_connectors(source, {})}
    command = ["build", "--resource-type", "model", "--resource-type", "seed"]
    command += ["--select", "+partner_cde"]
    build.run_dbt(command, settings, "duckdb", database)
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute("from marts.partner_cde")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["partner_name"]: row for row in rows}


def test_fourteen_weeks_that_become_two(partners: dict[str, dict[str, object]]) -> None:
    """Assisted evaluations take 14 days, unaided ones 98; a touch on day 14 comes too late."""
    row = partners["Biweekly Consulting"]
    assert (row["n_accounts"], row["n_evaluations"], row["n_unaided"]) == (10, 10, 10)
    assert (row["assisted_days"], row["unaided_days"]) == (14, 98)
    assert (row["assisted_median_days"], row["unaided_median_days"]) == (14, 98)
    for name in ("cde_pct", "cde_pct_lower", "cde_pct_upper", "cde_pct_with_lost"):
        assert row[name] == pytest.approx(100 * 6 / 7, rel=1e-12), name
    assert f"{row['cde_pct']:.1f}" == "85.7"
    assert row["cde_ratio"] == pytest.approx(7, rel=1e-12)
    assert row["days_saved"] == pytest.approx(840, rel=1e-12)
    assert (row["win_rate_assisted"], row["win_rate_unaided"]) == (1, 1)
    assert row["evidence"] == "provisional"


def test_a_partner_without_evaluations_has_a_row(partners: dict[str, dict[str, object]]) -> None:
    row = partners["Idle Systems"]
    assert (row["n_accounts"], row["n_unaided"], row["evidence"]) == (0, 0, "insufficient")
    assert row["cde_pct"] is row["days_saved"] is row["win_rate_assisted"] is None


def looked(with_lost: bool) -> dict[bool, tuple[list[int], list[int]]]:
    """Days and events of the page's evaluations, assisted and unaided, by the definition."""
    found: dict[bool, tuple[list[int], list[int]]] = {True: ([], []), False: ([], [])}
    for _, need_cell, touched, came_to, on, gone in table("account"):
        need = dt.date.fromisoformat(need_cell)
        days = ((day(on) or AS_OF) - need).days
        if days < 14 or (came_to == "lost" and not with_lost):
            continue
        is_assisted = day(touched) is not None and (day(touched) - need).days in range(-90, 14)
        is_kept = day(gone) is None or (day(gone) - day(on)).days > 180
        is_found = came_to == "selected" and is_kept and days <= HORIZON
        times, events = found[is_assisted]
        times.append(days if is_found or came_to == "open" else HORIZON)
        events.append(int(is_found))
    return found


def restricted_days(times: list[int], events: list[int]) -> float:
    curve = KaplanMeierFitter().fit(times, events)
    last = max(times)
    held = float(curve.survival_function_at_times(last).iloc[0]) * (HORIZON - last)
    return restricted_mean_survival_time(curve, t=last) + held


def test_the_page_shows_what_the_mart_computes(partners: dict[str, dict[str, object]]) -> None:
    row = partners["Harbor Advisors"]
    shown = dict(table("figure"))
    seen = {
        name: row[name] if isinstance(row[name], str) else f"{row[name]:.{decimals(text)}f}"
        for name, text in shown.items()
    }
    assert seen == shown
    assert len(shown) >= 12


def decimals(text: str) -> int:
    return len(text.partition(".")[2])


def test_the_example_by_lifelines(partners: dict[str, dict[str, object]]) -> None:
    row, sides = partners["Harbor Advisors"], looked(with_lost=False)
    assisted, unaided = restricted_days(*sides[True]), restricted_days(*sides[False])
    assert row["n_evaluations"] == len(sides[True][0])
    assert row["n_unaided"] == len(sides[False][0])
    assert row["assisted_days"] == pytest.approx(assisted, rel=1e-9)
    assert row["unaided_days"] == pytest.approx(unaided, rel=1e-9)
    assert row["cde_pct"] == pytest.approx(100 * (1 - assisted / unaided), rel=1e-9)
    assert row["cde_ratio"] == pytest.approx(unaided / assisted, rel=1e-9)
    for side, name in ((True, "assisted_median_days"), (False, "unaided_median_days")):
        # a curve at one half exactly is at one half, whatever its last digit
        assert row[name] == KaplanMeierFitter().fit(*sides[side]).percentile(0.5 + 1e-9)
    lost = looked(with_lost=True)
    assert row["cde_pct_with_lost"] == pytest.approx(
        100 * (1 - restricted_days(*lost[True]) / restricted_days(*lost[False])), rel=1e-9
    )
