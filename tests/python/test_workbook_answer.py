"""The twenty-account workbook answers through the command, from an empty template to the sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import report
from scripts.contract import PROJECT
from tests.python import books


def answer(xlsx: Path, out: Path) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "scripts", "workbook", "--xlsx", str(xlsx), "--out", str(out)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return " ".join(result.stdout.split())


def test_eight_against_two_is_more_than_chance(tmp_path: Path) -> None:
    xlsx, out = tmp_path / "book.xlsx", tmp_path / "book.duckdb"
    books.write_book(xlsx)
    said = answer(xlsx, out)
    assert (
        "Harbor Advisors was at 8 of the 10 customers kept and at 2 of the 10 lost: "
        "more often at those kept than chance would have it (p = 0.012, one-sided)." in said
    )
    row = report.Marts(out).rows(
        "select * from marts.small_sample_answer where comparison_type = 'partner'"
    )[0]
    # hypergeometric tail: sum over k >= 8 of C(10, k) C(10, 10 - k) / C(20, 10)
    assert row["fisher_p"] == pytest.approx((45 * 45 + 10 * 10 + 1) / 184756, rel=1e-9)


@pytest.mark.slow
def test_seven_against_three_is_too_small_to_tell(tmp_path: Path) -> None:
    xlsx = tmp_path / "book.xlsx"
    books.write_book(xlsx, 7, 3)
    said = answer(xlsx, tmp_path / "book.duckdb")
    assert "too small a difference to tell from chance (p = 0.089, one-sided)" in said


def test_empty_workbook_is_written_and_then_refused_with_the_sheet(tmp_path: Path) -> None:
    xlsx = tmp_path / "new.xlsx"
    assert "fill in the sheets" in answer(xlsx, tmp_path / "book.duckdb")
    assert xlsx.exists()
    result = subprocess.run(
        [sys.executable, "-m", "scripts", "workbook", "--xlsx", str(xlsx)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "Accounts" in result.stderr and "Traceback" not in result.stderr
