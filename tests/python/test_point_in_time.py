"""History holds what each month-end's own build said, and what comes later moves nothing earlier."""

import csv
import datetime as dt
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from comparing import same
from conftest import made_once
from raw import build_part

from scripts import contract
from scripts.demo import Scenario, generate

pytestmark = pytest.mark.slow
# marts that hold a row a month-end, and the columns of their grain beside it; not
# arr_movements_monthly, which is restated
MONTHLY = {
    "partner_csi": ("partner_key",),
    "partner_csi_stages": ("partner_key", "stage"),
    "partner_account_depth": ("partner_key", "account_key"),
    "account_ecs": ("account_key",),
    "account_risk": ("account_key",),
    "account_readiness": ("account_key",),
    "kpis_monthly": ("kpi", "cohort"),
    "score_drift_monthly": ("model", "feature"),
    "signal_quality_monthly": ("model", "signal"),
    "partner_bias_monthly": ("model", "dimension", "partner_group"),
}
# KPIs that stand for the day of the build alone
OF_ONE_DAY = {"right_account_rate", "resolved_rate", "rescue_lift"}
# says which row is newest, and what else is true of the day of the build alone
OF_THE_BUILD = {"is_latest"}
SELECTED = [f"+{mart}" for mart in MONTHLY]
# one spelling of every organisation: who is who must not change with what is known
# drawn once: it showed two ways in which later statements reached back
SEED = 606588
HISTORY_MONTHS = 24
SCENARIO = Scenario(n_accounts=500, n_partners=8, seed=31, tidy=True)


def months_before(day: dt.date, n: int) -> list[dt.date]:
    """The n month-ends before a day, latest first."""
    found = []
    while len(found) < n:
        day = day.replace(day=1) - dt.timedelta(days=1)
        found.append(day)
    return found


def month_rows(database: Path, mart: str, day: dt.date) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows of a monthly mart for a month-end, by the rest of their grain."""
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(f"select * from marts.{mart} where as_of_date = ?", [day])
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    keyed = {tuple(row[key] for key in MONTHLY[mart]): row for row in rows}
    assert len(keyed) == len(rows), f"{mart} holds a row of {day} twice"
    return keyed


def differences(
    one: Path, other: Path, days: Iterable[dt.date], but: set[str] = frozenset()
) -> tuple[list[str], int]:
    """What two databases say differently of month-ends, and how many cells were compared; but: marts and first keys of
    rows that are left out."""
    found, n_cells = [], 0
    for mart in MONTHLY.keys() - but:
        for day in days:
            first, second = (
                {key: row for key, row in month_rows(file, mart, day).items() if key[0] not in but}
                for file in (one, other)
            )
            for key in sorted(first.keys() ^ second.keys(), key=str):
                found.append(
                    f"{mart} {day} {key}: only in {'one' if key in first else 'the other'}"
                )
            for key in first.keys() & second.keys():
                for column, cell in first[key].items():
                    n_cells += 1
                    if column not in OF_THE_BUILD and not same(cell, second[key][column]):
                        found.append(
                            f"{mart} {day} {key} {column}: {cell} and {second[key][column]}"
                        )
    return found, n_cells


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, dbt_target: Path) -> Path:
    """A folder with a world in contract files (data) and its build with 24 months of history."""

    def make(folder: Path) -> None:
        generate(folder / "data", SCENARIO, folder / "answers.json")
        build_part(folder / "data", folder / "history.duckdb", {}, SELECTED)

    return made_once(tmp_path_factory, "history", make)


@pytest.mark.parametrize("n_back", [1, 12])
def test_a_build_as_of_a_month_end_gives_what_history_holds(
    history: Path, tmp_path: Path, n_back: int
) -> None:
    day = months_before(SCENARIO.end_date + dt.timedelta(days=1), n_back + 1)[-1]
    # from the same first month on, which trailing figures look back to
    given = {"as_of_date": day.isoformat(), "history_months": HISTORY_MONTHS - n_back}
    then = build_part(history / "data", tmp_path / "then.duckdb", given, SELECTED)
    found, n_cells = differences(history / "history.duckdb", then, [day], OF_ONE_DAY)
    assert n_cells > 2000
    assert not found, f"{len(found)} of {n_cells} cells differ: {found[:12]}"


def read_landed(file: Path) -> pd.DataFrame:
    """The rows of a contract file, every cell a text but in a Parquet file."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"select * from read_parquet('{file}')"
            if file.suffix == ".parquet"
            else f"select * from read_csv('{file}', all_varchar = true, header = true)"
        ).df()


def permute(rows: pd.DataFrame, where: pd.Series, cells: list[str], by: list[str]) -> int:
    """Deal the cells of the rows marked by `where` anew among those that agree in `by`; how many rows got others."""
    draw, n_moved = np.random.default_rng(SEED), 0
    for labels in rows.loc[where].groupby(by, dropna=False).groups.values():
        drawn = draw.permutation(len(labels))
        n_moved += int((drawn != np.arange(len(labels))).sum())
        rows.loc[labels, cells] = rows.loc[labels, cells].to_numpy()[drawn]
    return n_moved


def permute_later(folder: Path, target: Path, day: dt.date) -> int:
    """A copy of contract files in which all that came after a day happened at other accounts, and all that was yet to
    become of what was there became of something else; how many rows were changed. Who is who stays as it is."""
    target.mkdir()
    n_moved = 0
    for file in sorted(folder.iterdir()):
        stream, rows = file.stem, read_landed(file)
        definition = contract.streams()[stream]
        later = (
            {
                name: pd.to_datetime(rows[name], format="ISO8601", errors="coerce")
                >= pd.Timestamp(day) + pd.Timedelta(days=1)
                for name in [definition["at"], *definition.get("mask", {})]
                if name in rows
            }
            if "at" in definition
            else {}
        )
        if "account_id" in rows and stream not in ("people", "account_links"):
            account = [name for name in ("account_id", "account_source") if name in rows]
            where = later[definition["at"]]
            n_moved += permute(rows, where, ["account_id"], ["source", *account[1:]])
        for name, masked in definition.get("mask", {}).items():
            if name in later:
                cells = [cell for cell in masked if cell in rows]
                where = later[name] & ~later[definition["at"]]
                n_moved += permute(rows, where, cells, ["source"])
        if file.suffix == ".parquet":
            rows.to_parquet(target / file.name)
        else:
            rows.to_csv(target / file.name, index=False)
    return n_moved


def test_what_came_after_could_have_been_anything(history: Path, tmp_path: Path) -> None:
    end = SCENARIO.end_date
    days = months_before(end, 12)
    n_moved = permute_later(history / "data", tmp_path / "data", days[6])
    given = {"as_of_date": end.isoformat()}
    other = build_part(tmp_path / "data", tmp_path / "other.duckdb", given, SELECTED)
    found, n_cells = differences(history / "history.duckdb", other, days[6:])
    assert n_moved > 5_000 and n_cells > 10_000
    assert not found, f"{len(found)} of {n_cells} cells differ: {found[:12]}"


class Later:
    """Rows of days after the world's last, appended to its files: new facts of every kind, and dates stated late of
    what had been inferred."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.draw = folder, random.Random(seed)
        self.accounts, self.partners = self.keys("accounts"), self.keys("partners")
        self.n_rows = 0

    def read(self, stream: str) -> list[dict[str, str]]:
        with duckdb.connect() as connection:
            cursor = connection.execute(
                f"select * from read_parquet('{self.folder}/{stream}.parquet')"
                if (self.folder / f"{stream}.parquet").exists()
                else f"select * from read_csv('{self.folder}/{stream}.csv', all_varchar=true)"
            )
            columns = [column[0] for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def keys(self, stream: str) -> list[tuple[str, str]]:
        return [(row["source"], row["source_id"]) for row in self.read(stream)]

    def day(self) -> str:
        return (SCENARIO.end_date + dt.timedelta(days=self.draw.randint(1, 60))).isoformat()

    def append(self, stream: str, n: int, **cells: Any) -> None:
        """n rows of a stream; a cell is a value or a function that draws one."""
        rows = self.read(stream)
        columns, source = list(rows[0]), rows[0]["source"]
        new = []
        for number in range(n):
            account_source, account = self.draw.choice(self.accounts)
            row = {name: value() if callable(value) else value for name, value in cells.items()}
            row |= {"source": source, "source_id": f"later-{number}", "account_id": account}
            row |= {"account_source": account_source} if account_source != source else {}
            new.append(row)
        columns += sorted({name for row in new for name in row} - set(columns))
        for old in self.folder.glob(f"{stream}.*"):
            old.unlink()
        with (self.folder / f"{stream}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows([*rows, *new])
        self.n_rows += n


def test_later_events_move_nothing_earlier(history: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for file in (history / "data").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    later = Later(folder, SEED)
    partner = lambda: later.draw.choice(later.partners)[1]  # noqa: E731
    kinds = ("implementation_work", "business_review", "referral", "training")
    later.append(
        "touches",
        600,
        actor="partner",
        partner_id=partner,
        touch_type=lambda: later.draw.choice(kinds),
        occurred_at=later.day,
        evidence="observed",
    )
    later.append(
        "milestones",
        400,
        milestone=lambda: later.draw.choice(("selected", "go_live", "first_value", "churned")),
        occurred_at=later.day,
    )
    later.append(
        "subscriptions",
        200,
        product="Later",
        started_at=later.day,
        arr=lambda: later.draw.randint(1, 9) * 10_000,
        currency="USD",
        seats="10",
        status="active",
    )
    later.append(
        "feedback", 200, kind="nps", score=lambda: later.draw.randint(0, 10), occurred_at=later.day
    )
    needs = ("reporting", "compliance", "space_travel")
    later.append(
        "needs", 200, need=lambda: later.draw.choice(needs), weight="9", stated_at=later.day
    )
    solutions = [key for _, key in later.keys("solutions")]
    later.append(
        "setup_events",
        200,
        event="integration_activated",
        occurred_at=later.day,
        solution_id=lambda: later.draw.choice(solutions),
        solution_source=later.read("solutions")[0]["source"],
    )
    later.append(
        "opportunities",
        200,
        kind="new",
        status="open",
        amount="1000",
        created_at=later.day,
        sourced_by_partner_id=partner,
    )
    end = SCENARIO.end_date
    # two months later, with the same first month
    given = {
        "as_of_date": (end + dt.timedelta(days=61)).isoformat(),
        "history_months": HISTORY_MONTHS + 2,
    }
    after = build_part(folder, tmp_path / "after.duckdb", given, SELECTED)
    found, n_cells = differences(history / "history.duckdb", after, months_before(end, 12))
    assert later.n_rows == 2000 and n_cells > 20_000
    assert not found, f"{len(found)} of {n_cells} cells differ: {found[:12]}"
