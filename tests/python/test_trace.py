"""The trace of an index: it adds up, it sees when the marts say otherwise, and its errors name the remedy."""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from scripts import report, trace
from scripts.contract import PROJECT
from scripts.errors import UserError


def said(database: Path, partner: str, **given: object) -> tuple[bool, str]:
    text = io.StringIO()
    options = {"stage": None, "as_of": None, "limit": 3} | given
    agrees = trace.trace(database, partner, console=Console(file=text, width=100), **options)  # type: ignore[arg-type]
    return agrees, text.getvalue()


@pytest.fixture(scope="module")
def best(small_database: Path) -> dict:
    """The partner with the most retention credit, whose trials make an effect."""
    return report.Marts(small_database).rows(
        "select * from marts.partner_csi_stages where is_latest and stage = 'retention' "
        "and effect_raw is not null order by n_effective desc, partner_key limit 1",
    )[0]


def test_every_partner_and_month_end_adds_up(small_database: Path) -> None:
    rows = report.Marts(small_database).rows(
        "select partner_key, cast(as_of_date as text) as day from marts.partner_csi "
        "where is_latest or as_of_date = date '2025-12-31'",
    )
    assert len(rows) > 8
    for row in rows:
        agrees, text = said(small_database, row["partner_key"], as_of=row["day"])
        assert agrees, text


def test_the_sum_shown_is_that_of_all_trials(small_database: Path, best: dict) -> None:
    agrees, text = said(small_database, best["partner_name"].upper(), stage="retention")
    assert agrees
    assert "acquisition:" not in text
    # credit times what came out above expected, over credit: from the line that says so
    found = re.search(r"effect_raw = ([+-][\d.]+) / ([\d.]+) = ([+-][\d.]+)", text)
    assert found
    adds, credit, effect = map(float, found.groups())
    assert effect == pytest.approx(adds / credit, abs=2e-6)
    assert effect == pytest.approx(best["effect_raw"], abs=1e-6)
    # rows shown and the rest add up to the sum
    figures = [
        float(line.split()[-1])
        for line in text.splitlines()
        if re.search(r"\d\.\d{3} +[+-]\d+\.\d{4}$", line.rstrip())
    ]
    assert len(figures) == 5
    assert sum(figures[:-1]) == pytest.approx(figures[-1], abs=3e-4)


def test_a_mart_that_differs_is_told_and_fails(
    small_database: Path, tmp_path: Path, best: dict
) -> None:
    other = tmp_path / "other.duckdb"
    shutil.copy(small_database, other)
    with duckdb.connect(str(other)) as connection:
        connection.execute(
            "update marts.partner_csi_stages set effect_raw = effect_raw + 1e-6 "
            "where partner_key = ? and is_latest and stage = 'retention'",
            [best["partner_key"]],
        )
    agrees, text = said(other, best["partner_key"])
    assert not agrees
    assert "retention, effect_raw" in text
    assert "All" not in text.splitlines()[-1]
    command = [sys.executable, "-m", "scripts", "trace", best["partner_key"], "--database"]
    for database, status in ((other, 1), (small_database, 0)):
        result = subprocess.run([*command, str(database)], cwd=PROJECT, check=False)
        assert result.returncode == status


def test_errors_name_the_remedy(small_database: Path, tmp_path: Path, best: dict) -> None:
    name = best["partner_name"]
    with pytest.raises(UserError, match=f"Near: .*{re.escape(name)}"):
        said(small_database, name[:-2] + "xx")
    with pytest.raises(UserError, match="no partner of this name"):
        said(small_database, "own_team")
    with pytest.raises(UserError, match="the nearest is 20"):
        said(small_database, name, as_of="2026-01-15")
    with pytest.raises(UserError, match="YYYY-MM-DD"):
        said(small_database, name, as_of="June")
    with pytest.raises(UserError, match=r"acquisition.*retention"):
        said(small_database, name, stage="keeping")
    with pytest.raises(UserError, match="--database"):
        said(tmp_path / "none.duckdb", name)
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    with pytest.raises(UserError, match="build it again"):
        said(tmp_path / "empty.duckdb", name)
