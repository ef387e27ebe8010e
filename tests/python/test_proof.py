"""Worlds of known truth, a fixed few of what `make proof` runs; and the harness's own statistics against scipy."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from rich.console import Console
from typer.testing import CliRunner

from scripts.__main__ import app
from scripts.proof import judging, proving, running, statistics, truths
from scripts.proof.figures import LUCK, Figure, mean, not_built, share
from scripts.proof.worlds import WORLDS

# Seeds of each world, by what it takes: a dozen builds of ten to thirty seconds, two at a time.
FEW = {
    "null": (101,),
    "random_touches": (101,),
    "planted": (101, 102),
    "segments": (101,),
    "few_partners": (101,),
    "hidden_fit": (101,),
    "one_partner": (101,),
    "monthly": (101,),
    "faster": (101,),
    "sixty": (101,),
    "twenty": (101,),
}


@pytest.mark.slow
def test_measures_find_what_is_true() -> None:
    """A threshold that few seeds miss by chance (one in a thousand or more) is not a failure here: `Figure.is_luck`."""
    asked = [(world, seed) for world, seeds in FEW.items() for seed in seeds]
    observed = running.run(asked, min(os.cpu_count() or 1, 2), print)
    figures = judging.judge(observed)
    running.print_figures(figures, Console(width=150))
    judged = [figure for figure in figures if figure.is_judged and not figure.missing]
    assert {run["world"] for run in observed} == set(FEW)
    assert len(judged) >= 30
    missed = [figure for figure in judged if not figure.is_luck]
    assert not missed, "\n".join(
        f"{f.world}: {f.name} {f.measured} ({f.threshold})" for f in missed
    )


def test_every_world_is_judged() -> None:
    assert set(judging.JUDGES) == set(WORLDS)
    assert set(FEW) <= set(WORLDS)


# --- statistics ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_spearman_and_slope_are_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 40))
    one = rng.normal(size=n)
    other = 0.5 * one + rng.normal(size=n)
    if seed % 2:  # ties
        one, other = np.round(one), np.round(other)
        one[0] += 0.5  # some spread in any case
        other[0] += 0.5
    assert statistics.spearman(one, other) == pytest.approx(
        scipy.stats.spearmanr(one, other).statistic, abs=1e-12
    )
    assert statistics.slope(one, other) == pytest.approx(
        scipy.stats.linregress(one, other).slope, abs=1e-9
    )
    assert list(statistics.ranks(one)) == list(scipy.stats.rankdata(one))


def test_order_needs_three_and_some_spread() -> None:
    assert statistics.spearman([1, 2], [2, 1]) is None
    assert statistics.spearman([1, 1, 1], [1, 2, 3]) is None
    assert statistics.slope([2, 2, 2], [1, 2, 3]) is None


def test_shares() -> None:
    gap, error = statistics.difference_of_shares(30, 40, 50, 100)
    assert gap == pytest.approx(0.25)
    assert error == pytest.approx((0.75 * 0.25 / 40 + 0.5 * 0.5 / 100) ** 0.5)
    assert statistics.difference_of_shares(0, 0, 5, 10)[1] == float("inf")
    for hits, n, p in ((0, 5, 0.3), (3, 5, 0.3), (5, 5, 0.3), (40, 200, 0.15), (6, 5, 0.5)):
        expected = scipy.stats.binom.sf(hits - 1, n, p)
        assert statistics.binomial_tail(hits, n, p) == pytest.approx(expected, abs=1e-12)


# --- figures -------------------------------------------------------------------------------------


def test_a_threshold_is_met_or_missed() -> None:
    def met(measured: float | None, **bounds: float) -> bool:
        return Figure("w", "f", measured, 10, "seeds", **bounds).is_met

    assert met(0.75, low=0.75) and not met(0.7499, low=0.75)
    assert met(0.05, high=0.05) and not met(0.0501, high=0.05)
    assert met(0.1, low=0.05, high=0.15) and not met(0.04, low=0.05, high=0.15)
    assert not met(None, low=0.5), "what could not be measured is missed"
    assert met(None), "what is only told is not judged"


def test_few_seeds_are_excused_what_chance_explains_and_no_more() -> None:
    n = 40
    for hits in range(n + 1):
        figure = share("w", "f", [True] * hits + [False] * (n - hits), "partners", high=0.15)
        explained = scipy.stats.binom.sf(hits - 1, n, 0.15) >= LUCK
        assert figure.is_luck == (figure.is_met or explained), hits
        figure = share("w", "f", [True] * hits + [False] * (n - hits), "partners", low=0.85)
        explained = scipy.stats.binom.cdf(hits, n, 0.85) >= LUCK
        assert figure.is_luck == (figure.is_met or explained), hits
    assert mean("w", "f", [0.60, 0.62], "seeds", 0.1, low=0.75).is_luck
    assert not mean("w", "f", [0.40, 0.42], "seeds", 0.1, low=0.75).is_luck
    assert not mean("w", "f", [0.70], "seeds", low=0.75).is_luck, "one seed, unknown spread"
    assert not share("w", "f", [True], "seeds", high=0.0).is_luck, "never is never"


def test_what_is_not_built_says_so_and_is_no_miss() -> None:
    figure = not_built("null", "CDE", "partner_cde")
    assert "NOT BUILT" in figure.verdict and figure.is_met


def seen(effect: float, truth: float, half: float, n_trials: int = 100) -> dict:
    row = {"partner_name": f"{effect}{truth}", "stage": "retention", "n_trials": n_trials}
    row |= {"n_effective": 90.0, "comparable_share": 1.0, "evidence": "solid"}
    for name in ("effect", "effect_raw"):
        row |= {name: effect, f"{name}_lower": effect - half, f"{name}_upper": effect + half}
    said = {"truth": truth, "raw": 0.0, "naive": 0.0, "naive_claims": False, "role": "other"}
    return {"row": row, "truth": said}


def test_coverage_and_bias_by_hand() -> None:
    parts = [seen(0.1, 0.05, 0.06), seen(0.2, 0.05, 0.06), seen(-0.1, 0.0, 0.2), seen(9, 0, 1, 39)]
    run = {
        "world": "planted",
        "seed": 1,
        "stages": [part["row"] for part in parts],
        "truths": {part["row"]["partner_name"]: part["truth"] for part in parts},
        "labels": [],
    }
    covered = judging.coverage("planted", [run], 0.85)
    assert (covered.measured, covered.n) == (pytest.approx(2 / 3), 3), "39 trials are too few"
    assert judging.bias("planted", [run], 0.02).measured == pytest.approx((0.05 + 0.15 - 0.1) / 3)


# --- truths --------------------------------------------------------------------------------------


def test_half_years_of_one_monthly_customer_by_hand() -> None:
    """Kept through six months at 2 % a month with the partner, 5 % without: .98 ** 6 - .95 ** 6."""
    from dataclasses import replace

    from scripts.demo import simulate
    from scripts.proof.worlds import BOOK

    hazards = (0.5,) * 24
    world = simulate(
        replace(
            BOOK,
            n_accounts=400,
            seed=3,
            contract_mix=(0.0, 0.0, 0.0, 1.0),
            hazards=hazards,
            champion_save=0.0,
            second_service_share=0.0,
            fit_hazard=0.0,
            champion_hazard=1.0,
            segment_mix=(1.0, 0.0, 0.0),
            churn=(0.3, 0.3, 0.3),
        )
    )
    found = truths.chances(world)
    half = (found.share > 0).any(axis=1) & (found.gain > 0).any(axis=1)
    # turns after the first: .95 of the yearly rate, by the month; the partner halves it
    without = 1 - (1 - 0.3 * 0.95) ** (1 / 12)
    expected = (1 - without / 2) ** 6 - (1 - without) ** 6
    gains = found.gain.max(axis=1)[half]
    assert len(gains) > 50
    assert np.median(gains) == pytest.approx(expected, rel=0.01)


def test_nothing_is_true_where_nothing_is_planted() -> None:
    from dataclasses import replace

    from scripts.demo import simulate
    from scripts.proof.worlds import BOOK

    world = simulate(replace(BOOK, n_accounts=300, seed=3, kind="null"))
    for truth in truths.partner_truths(world).values():
        assert truth["truth"] is None or abs(truth["truth"]) < 1e-12


# --- command -------------------------------------------------------------------------------------


def test_seeds_are_printed_so_that_a_run_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def nothing(worlds: list, seeds: list, *_: object) -> tuple[list, list]:
        asked.append((worlds, seeds))
        return [Figure("null", "f", 0.5, 1, "seeds", high=0.1)], []

    monkeypatch.setattr(proving, "prove", nothing)
    out = tmp_path / "proof.json"
    first = CliRunner().invoke(
        app, ["proof", "--worlds", "null", "--seeds", "2", "--out", str(out)]
    )
    assert first.exit_code == 1, "a missed threshold"
    seeds = asked[0][1]
    assert seeds[:2] == [101, 102] and len(set(seeds)) == 5
    listed = ",".join(map(str, seeds))
    assert f"--seed-list {listed}" in " ".join(first.output.split())
    assert json.loads(out.read_text())["figures"][0]["verdict"] == "MISSED"
    CliRunner().invoke(app, ["proof", "--worlds", "null", "--seed-list", listed])
    assert asked[1] == asked[0]


def test_an_unknown_world_is_refused() -> None:
    result = CliRunner().invoke(app, ["proof", "--worlds", "nil"])
    assert "not one of null," in str(result.exception)
