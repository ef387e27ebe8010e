"""The worked examples of docs/measures, worked out again from their own inputs."""

import csv
import datetime as dt
import math
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


def test_csi() -> None:
    trials = table("csi", "| trial | credit |")
    credits_ = [credit for credit, _, _ in trials.values()]
    gained = sum(credit * (outcome - expected) for credit, outcome, expected in trials.values())
    figures = table("csi", "| figure |")
    assert round(gained / sum(credits_), 3) == figures["effect_raw"][0]
    n_effective = sum(credits_) ** 2 / sum(credit**2 for credit in credits_)
    assert round(n_effective, 2) == figures["n_effective"][0]
    stages = table("csi", "| stage | weight | presence |")
    total = 0.0
    for weight, presence, effect, reference, score, points in stages.values():
        found = 100 / (1 + math.exp(-1.702 * effect / reference))
        assert round(found, 2) == score
        assert round(weight * presence * (found - 50) / 15, 2) == pytest.approx(points)
        total += weight * presence * (found - 50) / 15
    assert f"CSI is {50 + total:.2f}." in page("csi")
    shipped = (PROJECT / "seeds/rules/stages.csv").read_text().splitlines()[1:]
    for row in shipped:
        stage, _, weight, reference = row.split(",")[:4]
        assert stages[stage][0] == float(weight) and stages[stage][3] == float(reference)


def test_depth() -> None:
    """The example by the gates of the seed, in plain Python."""
    with (PROJECT / "seeds/rules/depth_gates.csv").open(encoding="utf-8") as file:
        gate = {row["gate"]: float(row["value"]) for row in csv.DictReader(file)}
    lines = (PAGES / "depth.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    work = [row for row in cells if len(row) == 4 and re.match(r"\d{4}-", row[0])]
    looks = [row for row in cells if len(row) == 3 and re.match(r"\d{4}-", row[0])]
    assert len(work) == 4 and len(looks) == 4
    chosen, live = dt.date(2024, 1, 31), dt.date(2024, 4, 1)
    days: list[tuple[dt.date, str]] = []
    for day, kind, level, _ in work:
        days.append((dt.date.fromisoformat(day), kind))
        delivered = [d for d, k in days if k in ("data migration", "implementation work")]
        delivered = [d for d in delivered if (chosen - d).days <= gate["delivery_before_days"]]
        after = [d for d, _ in days if (d - live).days > gate["after_live_days"]]
        quarters = {(d - live).days // gate["quarter_days"] for d in after}
        earned = 2 if len(delivered) >= gate["delivery_touches"] else 1
        earned = 3 if len(quarters) >= gate["success_quarters"] else earned
        assert earned == int(level), day
    last = days[-1][0]
    for day, silent, level in looks:
        quiet = (dt.date.fromisoformat(day) - last).days
        left = max(0, earned - quiet // gate["silence_days"])
        assert (quiet, 0 if quiet > gate["observed_days"] else left) == (int(silent), int(level))


def test_signals() -> None:
    """Silence against a rhythm, and heat, by the rules of the seed; every signal is on the page."""
    with (PROJECT / "seeds/rules/rules.csv").open(encoding="utf-8") as file:
        rule = {row["rule"]: float(row["value"]) for row in csv.DictReader(file)}
    lines = (PAGES / "signals.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    dated = [row for row in cells if re.match(r"\d{4}-", row[0])]
    rhythms, signals = ([row for row in dated if len(row) == n] for n in (7, 4))
    assert len(rhythms) == 2 and len(signals) == 4
    for day, n, first, last, gap, since, ratio in rhythms:
        begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        usual = max((end - begin).days / (int(n) - 1), rule["rhythm_min_gap_days"])
        quiet = (dt.date.fromisoformat(day) - end).days
        assert (usual, quiet) == (float(gap), int(since))
        assert f"{quiet / usual:.2f}" == ratio
    heat = 0.0
    for day, strength, age, counts in signals:
        days = (dt.date(2025, 1, 31) - dt.date.fromisoformat(day)).days
        left = 0.5 ** (days / rule["signal_half_life_days"]) * float(strength)
        left = left if days < rule["signal_horizon_days"] else 0.0
        assert days == int(age) and f"{left:.3f}" == counts
        heat += left
    assert f"Its heat is {heat:.3f};" in page("signals")
    with (PROJECT / "seeds/rules/signals.csv").open(encoding="utf-8") as file:
        named = {row["signal"] for row in csv.DictReader(file)}
    assert named == set(re.findall(r"`([a-z0-9_]+)`", "\n".join(lines))) & named


def test_risk() -> None:
    """Weights, points, probability and score of the example, by the prior the trainer uses."""
    from scripts import train_scorecard

    bins = table("risk", "| usage_change |")
    n, lost = (sum(row[place] for row in bins.values()) for place in (0, 1))
    rate, prior = lost / n, train_scorecard.PRIOR_ROWS
    assert f"{n:,.0f} account-months, of which {lost:.0f} lost" in page("risk")
    for rows, gone, weight, points in bins.values():
        odds = (gone + prior * rate) / (rows - gone + prior * (1 - rate))
        found = math.log(odds) - math.log(rate / (1 - rate))
        assert round(found, 3) == weight
        assert round(0.9 * found * 20 / math.log(2)) == points
    total = bins["below 0.8"][3] + 12 - 8
    log_odds = -1.75 + 0.0347 * total
    assert f"has {total:.0f}. With" in page("risk") and f"odds are −{-log_odds:.3f}" in page("risk")
    assert f"probability of {1 / (1 + math.exp(-log_odds)):.3f}" in page("risk")
    assert f"score is {100 * (total + 60) / 150:.1f}" in page("risk")


def test_readiness() -> None:
    with (PROJECT / "seeds/rules/score_targets.csv").open(encoding="utf-8") as file:
        weights = {row["model"]: float(row["weight"]) for row in csv.DictReader(file)}
    names = ["fit", "intent", "feasibility", "momentum"]
    for *parts, score in table("readiness", "| account | fit |").values():
        found = sum(weights[name] * part for name, part in zip(names, parts, strict=True)) / 100
        assert found == pytest.approx(score)


def test_acting() -> None:
    """The placements by the weights of the seed; reasons and weights of the page are those of the seeds."""
    rules = PROJECT / "seeds/rules"
    with (rules / "intervention_weights.csv").open(encoding="utf-8") as file:
        weight = {row["factor"]: float(row["weight"]) for row in csv.DictReader(file)}
    rows = table("acting", "| | Ardent | Bluefin |")
    for place, score in enumerate(rows.pop("placement_score")):
        found = 100 * math.fsum(weight[factor] * rows[factor][place] for factor in weight)
        assert found == pytest.approx(score)
    assert rows.keys() == weight.keys()
    lines = (PAGES / "acting.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    begin = next(place for place, row in enumerate(cells) if row[:2] == ["factor", "weight"])
    told = {row[0]: float(row[1]) for row in cells[begin + 2 : begin + 2 + len(weight)]}
    assert told == weight
    with (rules / "reason_codes.csv").open(encoding="utf-8") as file:
        plays = {
            row["reason_code"]: row["play"]
            for row in csv.DictReader(file)
            if row["model"] == "risk"
        }
    assert {row[0]: row[2] for row in cells if len(row) == 3 and row[0] in plays} == plays


def test_graph() -> None:
    """The example by the seed of edge types and the rules, in plain Python."""
    ties = table("graph", "| tie | base |")
    with (PROJECT / "seeds/rules/graph_edge_types.csv").open(encoding="utf-8") as file:
        kinds = {row["edge_type"]: row for row in csv.DictReader(file)}
    names = ["serves", "worked_at", "met", "works_at"]
    for name, figures in zip(names, ties.values(), strict=True):
        base, depth, half_life, days, evidence, weight = figures
        assert base == float(kinds[name]["base_weight"])
        assert half_life == float(kinds[name]["half_life_days"] or 1)
        assert round(base * depth * 0.5 ** (days / half_life) * evidence, 3) == weight
    serves, worked, met, works = (figures[-1] for figures in ties.values())
    text = page("graph")
    assert f"Ardent scores {serves * works:.3f} and Ann {worked * works:.3f};" in text
    assert f"one tie scores {met:.3f} and is the path" in text
    total = serves + 0.08
    concentration = (serves**2 + 0.08**2) / total**2
    assert f"is {total:.3f} and `concentration` {concentration:.3f}" in text
