"""The planted truth in words and numbers: what a build has to recover, and never reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from .contracts import ANNUAL, FORMS
from .engagement import CALENDAR, CARE, rescue_days
from .experience import drift_month
from .market import LOST, NEW, OPEN, WON
from .scenario import Scenario
from .tabular import (
    NONE,
    Columns,
    day_column,
    enum_column,
    number_column,
    ref_column,
    text_column,
)

ROLES = ["other", "loud", "quiet"]
RECENT_DAYS = 730


def arr_on(term: Columns, spells: int, day: int) -> np.ndarray:
    """ARR (spells,) on a day, in USD; a renewal that is a few days late is no gap."""
    rows = np.flatnonzero(term["start"] <= day)
    rows = rows[np.argsort(term["start"][rows], kind="stable")]
    latest = np.full(spells * 2, -1)
    latest[term["spell"][rows].astype(np.int64) * 2 + term["product"][rows]] = rows
    rows = latest[latest >= 0]
    gone = (term["status"][rows] == 2) & (term["ended"][rows] <= day)
    return np.bincount(term["spell"][rows], weights=term["arr"][rows] * ~gone, minlength=spells)


def _ratio(part: float, whole: float) -> float | None:
    return round(float(part) / float(whole), 4) if whole else None


def _median(values: np.ndarray) -> float | None:
    return float(np.median(values)) if len(values) else None


def calibration(
    sc: Scenario,
    deals: Columns,
    n_new: int,
    spell: Columns,
    decisions: Columns,
    term: Columns,
    touch: Columns,
) -> dict[str, Any]:
    """Figures to hold against what is known of such markets."""
    new = {name: values[:n_new] for name, values in deals.items()}
    won, lost = new["status"] == WON, new["status"] == LOST
    closed, assisted = won | lost, (new["source"] >= 0) | (new["influence"] >= 0)
    with_partner = _ratio((won & assisted).sum(), (closed & assisted).sum())
    alone = _ratio((won & ~assisted).sum(), (closed & ~assisted).sum())
    before = arr_on(term, len(spell["account"]), sc.end - 365)
    now = arr_on(term, len(spell["account"]), sc.end)
    live = before > 0
    bought = spell["arr"][spell["start"] > sc.end - RECENT_DAYS]
    sourced = spell["arr"][(spell["start"] > sc.end - RECENT_DAYS) & (spell["source"] >= 0)]
    large = (spell["segment"] == 2) & (spell["live"] <= sc.end)
    annual = decisions["form"] == ANNUAL
    recent = annual & (decisions["day"] > sc.end - RECENT_DAYS)
    care = touch["about"] == CARE
    stop = np.where(new["closed"] == NONE, sc.end, new["closed"])
    return {
        "customers_ever": len(np.unique(spell["account"])),
        "customers_now": int((now > 0).sum()),
        "new_deals": int(n_new),
        "win_rate": _ratio(won.sum(), closed.sum()),
        "win_rate_with_partner": with_partner,
        "win_rate_alone": alone,
        "raw_win_lift": round(with_partner / alone - 1, 4) if with_partner and alone else None,
        "open_beyond_30_days": _ratio((stop - new["created"] > 30).sum(), n_new),
        "cycle_median_days": _median((stop - new["created"])[closed]),
        "acv_median": _median(spell["arr"]),
        "sourced_share_of_new_arr": _ratio(sourced.sum(), bought.sum()),
        "annual_kept_share": _ratio(decisions["kept"][annual].sum(), annual.sum()),
        "annual_decisions": int(annual.sum()),
        "annual_decisions_recent": int(recent.sum()),
        "grr": _ratio(np.minimum(now, before)[live].sum(), before[live].sum()),
        "nrr": _ratio(now[live].sum(), before[live].sum()),
        "logo_retention": _ratio((now[live] > 0).sum(), live.sum()),
        "arr_now": round(float(now.sum()), 2),
        "onboarding_median_large_days": _median((spell["live"] - spell["selected"])[large]),
        "undeclared_share_of_care": _ratio(
            (care & (touch["origin"] == CALENDAR)).sum(), care.sum()
        ),
        "touches": len(touch["day"]),
        "subscriptions": len(term["start"]),
    }


def partner_truths(
    sc: Scenario,
    partner: Columns,
    names: list[str],
    deals: Columns,
    n_new: int,
    service: Columns,
    decisions: Columns,
) -> list[dict[str, Any]]:
    """For each partner what it truly does to the annual decisions it has a share in.

    `retention_effect` is the mean of P(kept with it) - P(kept without it), weighted by its share
    of the partner service; `retention_effect_alone` the same had it been the only partner.
    """
    annual = decisions["form"] == ANNUAL
    gain = decisions["without"] - decisions["loss"][:, None]
    kept_if = decisions["kept"]
    recent = decisions["day"] > sc.end - RECENT_DAYS
    sourced_new = {name: values[:n_new] for name, values in deals.items()}
    in_window = sourced_new["created"] > sc.end - RECENT_DAYS
    rows = []
    for code, name in enumerate(names):
        share = np.where(decisions["partner"] == code, decisions["share"], 0.0)
        row: dict[str, Any] = {
            "name": name,
            "role": ROLES[partner["role"][code]],
            "hazard": round(float(partner["hazard"][code]), 6),
            "win_odds": round(float(partner["win"][code]), 6),
            "onboarding_time": round(float(partner["speed"][code]), 6),
            "adoption_level": round(float(partner["adopt"][code]), 6),
            "growth_odds": round(float(partner["grow"][code]), 6),
            "voice": round(float(partner["voice"][code]), 6),
            "services": int((service["partner"] == code).sum()),
        }
        for label, mask in (("all", annual), ("recent", annual & recent)):
            weight = share * mask[:, None]
            total = weight.sum()
            alone = decisions["alone"] * (1 - partner["hazard"][code])
            touched = weight.sum(axis=1)
            row |= {
                f"decisions_{label}": int((weight > 0).any(axis=1).sum()),
                f"credit_{label}": round(float(total), 3),
                f"retention_effect_{label}": round(float((weight * gain).sum() / total), 5)
                if total
                else None,
                f"retention_effect_alone_{label}": round(float((touched * alone).sum() / total), 5)
                if total
                else None,
                f"kept_share_{label}": _ratio((touched * kept_if).sum(), total),
            }
        by = sourced_new["source"] == code
        row |= {
            "sourced_pipeline_all": round(float(sourced_new["amount"][by].sum()), 2),
            "sourced_pipeline_recent": round(float(sourced_new["amount"][by & in_window].sum()), 2),
            "sourced_deals_recent": int((by & in_window).sum()),
            "sourced_won_all": int((by & (sourced_new["status"] == WON)).sum()),
        }
        rows.append(row)
    for label in ("all", "recent"):
        order = np.argsort([-r[f"sourced_pipeline_{label}"] for r in rows], kind="stable")
        for rank, at in enumerate(order, start=1):
            rows[at][f"pipeline_rank_{label}"] = rank
    return rows


def decision_table(spell: Columns, decisions: Columns) -> pa.Table:
    """Every decision with its probabilities; `_1` and `_2` are the two slots of service."""
    d = decisions
    table = {
        "spell": ref_column(d["spell"]),
        "account": ref_column(spell["account"][d["spell"]]),
        "is_annual": pa.array(d["form"] == ANNUAL),
        "form": enum_column(d["form"], FORMS),
        "fit": number_column(spell["fit"][d["spell"]], 6),
        "decided": day_column(d["day"]),
        "landmark": day_column(d["landmark"]),
        "arr": number_column(d["arr"]),
        "kept_arr": number_column(d["kept_arr"]),
        "kept": pa.array(d["kept"]),
        "loss_probability": number_column(d["loss"], 6),
    }
    for j in range(2):
        table |= {
            f"partner_{j + 1}": ref_column(d["partner"][:, j]),
            f"share_{j + 1}": number_column(d["share"][:, j], 6),
            f"loss_without_{j + 1}": number_column(d["without"][:, j], 6),
        }
    return pa.table(table)


def departures(
    sc: Scenario, names: list[str], spell: Columns, service: Columns, champion: Columns
) -> list[dict[str, Any]]:
    """Every champion that left a live customer: its organisation (as in records.csv), the day, which partner met the
    customer in the month after, if any, and the day the customer was lost, if it was."""
    met = np.full(champion["leave"].shape, NONE, dtype=np.int64)
    row, turn, day = rescue_days(sc, champion)
    met[row, turn] = day
    last = np.where(spell["churned"] == NONE, sc.end, np.minimum(spell["churned"], sc.end))
    row, turn = np.nonzero(champion["leave"] <= last[:, None])
    slot = champion["saver"][row, turn].astype(int)
    met = np.where(met[row, turn] <= last[row], met[row, turn], NONE)
    found = pa.table(
        {
            "organisation": ref_column(spell["account"][row]),
            "left": day_column(champion["leave"][row, turn]),
            "met_by": text_column(names, np.where(met != NONE, service["partner"][row, slot], -1)),
            "met": day_column(met),
            "churned": day_column(
                np.where(spell["churned"][row] <= sc.end, spell["churned"][row], NONE)
            ),
        }
    )
    return [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in each.items()
        }
        for each in found.to_pylist()
    ]


def answers(
    sc: Scenario,
    partner: Columns,
    names: list[str],
    deals: Columns,
    n_new: int,
    spell: Columns,
    service: Columns,
    champion: Columns,
    decisions: Columns,
    term: Columns,
    touch: Columns,
    orgs: Columns,
) -> dict[str, Any]:
    """Everything planted, and the figures the world came out with."""
    rows = partner_truths(sc, partner, names, deals, n_new, service, decisions)
    by_role = {row["role"]: row["name"] for row in rows if row["role"] != "other"}
    begin, stop = drift_month(sc)
    new = deals["kind"] == NEW
    return {
        "scenario": {
            name: value.isoformat() if name == "end_date" else value
            for name, value in vars(sc).items()
        },
        "loud": by_role["loud"],
        "quiet": by_role["quiet"],
        "organisations": sc.n_accounts,
        "effects": {
            "cycle_factor_with_partner": sc.cycle_factor if sc.planted else 1.0,
            "champion_hazard": sc.champion_hazard,
            "champion_hazard_when_met_within_30_days": sc.champion_hazard / 2
            if sc.planted
            else sc.champion_hazard,
            "fit_confounding": sc.fit_confounding if sc.planted else 0.0,
            "segment_confounding": sc.segment_confounding,
        },
        "drift_month": [str(np.datetime64(begin, "D")), str(np.datetime64(stop, "D"))]
        if sc.planted
        else None,
        "noise_signal": "news_heat",
        "favoured_tier": sc.favoured_tier if sc.planted else None,
        "silent_since": str(np.datetime64(sc.end - sc.silent_days, "D")) if sc.planted else None,
        "departures": departures(sc, names, spell, service, champion),
        "calibration": calibration(sc, deals, n_new, spell, decisions, term, touch),
        "open_new_deals": int((new & (deals["status"] == OPEN)).sum()),
        "partners": rows,
    }
