"""The worked examples of docs/measures, worked out again from their own inputs."""

import datetime as dt
import re

import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from scripts.contract import PROJECT

PAGES = PROJECT / "docs" / "measures"


def page(name: str) -> str:
    return " ".join((PAGES / f"{name}.md").read_text(encoding="utf-8").split())


def table(name: str, first: str) -> dict[str, list[float]]:
    """The rows of the table whose header row begins with these words: label -> numbers."""
    lines = (PAGES / f"{name}.md").read_text(encoding="utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(first))
    rows = {}
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        label, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        rows[label] = [float(cell.replace(",", "").replace("−", "-")) for cell in cells]
    return rows


def test_who_kept_the_customer() -> None:
    rows = table("kept_by", "| | Ardent | Bluefin | own team | sum |")
    one, two = rows["credit in trial 1"][:3], rows["credit in trial 2"][:3]
    total = sum(one) + sum(two)
    shares = [(first + second) / total for first, second in zip(one, two, strict=True)]
    assert rows["kept_share"] == pytest.approx([*shares, sum(shares)])
    assert sum(rows["sourced_share"][:3]) == 1
    text = page("kept_by")
    left = dt.date(2026, 1, 10)
    for day, days in re.findall(
        r"last seen on ([\d-]{10})\D+?(?:since that day, )?(\d+) days", text
    ):
        assert (left - dt.date.fromisoformat(day)).days == int(days)
    assert "2025-10-12 was 90 days" in text


def test_customary_attribution() -> None:
    rows = table("kept_by", "| method |")
    touches = ["Ardent", "Ardent", "Bluefin", "own team"]
    names = ["Ardent", "Bluefin", "own team"]
    assert rows["first"] == [float(name == touches[0]) for name in names]
    # a partner goes before the own team on one day
    assert rows["last"] == [float(name == touches[2]) for name in names]
    assert rows["linear"] == [touches.count(name) / len(touches) for name in names]
    assert rows["sourced_only"] == [0, 1, 0]


def test_small_book() -> None:
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (PAGES / "small_book.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d", line)
    ]
    assert len(lines) == 3
    values = []
    for *counts, told, read in lines:
        a, c, b, d = map(int, counts)
        p = fisher_exact([[a, b], [c, d]], alternative="greater").pvalue
        assert f"{p:.3f}" == told
        assert (p <= 0.05) == (read == "more than chance")
        values.append(p)
    adjusted = multipletests(values[1:], method="holm")[1]
    assert f"makes it {adjusted[0]:.3f}, the other stays {adjusted[1]:.3f}" in page("small_book")


def test_scorecard() -> None:
    rows = table("scorecard", "| | Ardent | Bluefin | all partners |")
    cost, kept = rows["cost in the window"], rows["credit × outcome, retention"]
    cost_shares = [100 * amount / sum(cost[:2]) for amount in cost]
    kept_shares = [100 * amount / sum(kept[:2]) for amount in kept]
    assert rows["cost_share_pct"] == pytest.approx(cost_shares)
    assert rows["retention_share_pct"] == pytest.approx(kept_shares)
    gaps = [share - spent for share, spent in zip(kept_shares, cost_shares, strict=True)]
    assert rows["share_gap (analysis `cost_against_retention`)"] == pytest.approx(gaps)
    text = page("scorecard")
    days = (dt.date(2026, 1, 1) - dt.date(2022, 1, 1)).days
    values = [arr * days / 365.25 for arr in (100_000, 50_000)]
    assert f"{days:,} days" in text
    assert [f"{value:,.0f}" for value in values] == ["400,000", "200,000"]
    assert f"`ltv_per_customer` is {sum(values) / 2:,.0f}" in text
    answers = [10, 9, 7, 0]
    score = 100 * (sum(a >= 9 for a in answers) - sum(a <= 6 for a in answers)) / len(answers)
    assert f"{score:+.0f};" in text
    assert f"are {3 / 5} an account" in text
