"""What is true in a world, from the probabilities it was played with, and what plain counting would say of it.

Nothing here reads anything that the project computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from scripts.demo import World
from scripts.demo.tabular import NONE, as_days, as_rows

from .statistics import Z90, difference_of_shares

GRACE, EXPOSURE, HALF_YEAR, SERVED_AT_LEAST = 30, 180, 6, 60
"""Days, days, months, days: the rules of measures.md, and what the demo world calls being served."""


@dataclass(frozen=True)
class Chances:
    """Chances to lose a customer (n,), resolved in the window: who had a share in them and what each partner changed.

    `loss` is the probability of losing the customer; `gain`, by slot of service (n, 2), is P(kept with the partner) -
    P(kept without it).
    """

    account: np.ndarray
    started: np.ndarray
    decided: np.ndarray
    kept: np.ndarray
    loss: np.ndarray
    fit: np.ndarray
    partner: np.ndarray
    share: np.ndarray
    gain: np.ndarray


def column(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy(zero_copy_only=False)


def months_after(days: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """Days since 1970, so many calendar months later (days beyond a month's end run over)."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    within = date - month.astype("datetime64[D]")
    there = (month + np.asarray(months).astype("timedelta64[M]")).astype("datetime64[D]") + within
    return there.astype(np.int64)


def chances(world: World, window_months: int = 24) -> Chances:
    """Decisions of yearly contracts, and half-years of all others, resolved in the window before the world's end."""
    end = world.scenario.end
    begin = int(months_after(np.array([end]), -window_months)[0])
    parts = [_decisions(world), _half_years(world)]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])
    }
    resolved = joined["decided"] + GRACE
    inside = (resolved > begin) & (resolved <= end)
    return Chances(**{name: values[inside] for name, values in joined.items()})


def _decisions(world: World) -> Chances:
    table = world.decisions
    spells = world.tables["spells"]
    rows = np.flatnonzero(column(table, "is_annual"))
    loss = column(table, "loss_probability")[rows]
    spell = as_rows(table["spell"])[rows]
    return Chances(
        account=as_rows(table["account"])[rows],
        started=as_days(spells["started"])[spell],
        decided=as_days(table["decided"])[rows].astype(np.int64),
        kept=column(table, "kept")[rows],
        loss=loss,
        fit=column(table, "fit")[rows],
        partner=np.stack([as_rows(table[f"partner_{j}"])[rows] for j in (1, 2)], axis=1),
        share=np.stack([column(table, f"share_{j}")[rows] for j in (1, 2)], axis=1),
        gain=np.stack([column(table, f"loss_without_{j}")[rows] - loss for j in (1, 2)], axis=1),
    )


def _half_years(world: World) -> Chances:
    """Half-years of contracts that are not yearly, the first left out, alive at their start."""
    spells, end = world.tables["spells"], world.scenario.end
    started, churned = as_days(spells["started"]), as_days(spells["churned"])
    rows = np.flatnonzero(column(spells, "form") != "annual")
    count = np.maximum((end - started[rows]) // 182, 0)
    at = np.repeat(np.arange(len(rows)), count)
    number = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    spell = rows[at]
    begins = months_after(started[spell], number * HALF_YEAR)
    ends = months_after(started[spell], (number + 1) * HALF_YEAR)
    alive = (churned[spell] == NONE) | (churned[spell] > begins)
    spell, number, begins, ends = (a[alive] for a in (spell, number, begins, ends))
    partner, share = _served(world, spell, begins)
    loss, gain, fit = _half_year_gains(world, spell, number, partner)
    return Chances(
        account=as_rows(spells["account"])[spell],
        started=started[spell],
        decided=ends,
        kept=(churned[spell] == NONE) | (churned[spell] > ends),
        loss=loss,
        fit=fit,
        partner=partner,
        share=share,
        gain=gain,
    )


def _served(world: World, spell: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Partners by slot (n, 2) and their shares of the service in the exposure window before the day."""
    services = world.tables["services"]
    of = as_rows(services["spell"])
    order = np.argsort(of, kind="stable")
    of, who = of[order], as_rows(services["partner"])[order]
    start, stop = as_days(services["started"])[order], as_days(services["ended"])[order]
    first = np.searchsorted(of, spell)
    partner = np.full((len(spell), 2), -1)
    there = np.zeros((len(spell), 2), dtype=bool)
    for slot in range(2):
        at = np.minimum(first + slot, len(of) - 1)
        here = (of[at] == spell) & (first + slot < len(of))
        until = np.where(stop[at] == NONE, day, stop[at])
        days = np.minimum(until, day) - np.maximum(start[at], day - EXPOSURE)
        partner[:, slot] = np.where(here, who[at], -1)
        there[:, slot] = here & (days >= SERVED_AT_LEAST)
    return partner, there / np.maximum(there.sum(axis=1), 1)[:, None]


def _half_year_gains(
    world: World, spell: np.ndarray, number: np.ndarray, partner: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probability of loss in the half-year, what each partner changed in it, and the customer's fit.

    A contract that decides each month and was lost on the way would have decided on as it did before. Where a long
    contract decides nothing in a half-year, nothing is gained.
    """
    table, spells = world.decisions, world.tables["spells"]
    of, decided = as_rows(table["spell"]), as_days(table["decided"])
    begun = as_days(spells["started"])[of]
    monthly = column(spells, "form")[of] == "monthly"
    months = np.round((decided - begun) / 30.4375).astype(int)
    place = np.maximum(months - 1, 0) // HALF_YEAR
    width = int(max(place.max(initial=0), number.max(initial=0))) + 1
    key, wanted = of.astype(np.int64) * width + place, spell.astype(np.int64) * width + number
    size = len(spells) * width
    n = np.bincount(key, minlength=size)
    per = np.where(np.bincount(key[monthly], minlength=size) > 0, HALF_YEAR / np.maximum(n, 1), 1)

    def kept(loss: np.ndarray) -> np.ndarray:
        logs = np.bincount(key, weights=np.log1p(-np.minimum(loss, 0.999)), minlength=size)
        return np.exp(logs * per)

    with_all = kept(column(table, "loss_probability"))
    gain = np.zeros((len(spell), 2))
    owners = np.stack([as_rows(table[f"partner_{j}"]) for j in (1, 2)], axis=1)
    for slot in range(2):
        without = kept(column(table, f"loss_without_{slot + 1}"))
        # a service keeps its slot; of two the table of services may name the second first
        first_of = np.full(len(spells), -1)
        first_of[of] = owners[:, slot]
        for place_in_table in range(2):
            mine = (partner[:, place_in_table] == first_of[spell]) & (first_of[spell] >= 0)
            gain[mine, place_in_table] = (with_all - without)[wanted][mine]
    fits = np.zeros(len(spells))
    fits[of] = column(table, "fit")
    return 1 - with_all[wanted], gain, fits[spell]


def partner_truths(world: World) -> dict[str, dict[str, Any]]:
    """For each partner by name: its true effect on retention, and what counting says of its customers."""
    found = chances(world)
    names = world.tables["partners"]["name"].to_pylist()
    met = _first_touches(world, found.account)
    customers, stays, ever = _customers(world)
    answers = {row["name"]: row for row in world.answers["partners"]}
    truths: dict[str, dict[str, Any]] = {}
    for code, name in enumerate(names):
        share = np.where(found.partner == code, found.share, 0.0)
        weight = share.sum()
        touched = met(code) < found.decided
        raw, raw_error = difference_of_shares(
            int(found.kept[touched].sum()),
            int(touched.sum()),
            int(found.kept[~touched].sum()),
            int((~touched).sum()),
        )
        his = np.isin(customers, list(ever.get(code, ())))
        naive, naive_error = difference_of_shares(
            int(stays[his].sum()), int(his.sum()), int(stays[~his].sum()), int((~his).sum())
        )
        truths[name] = {
            "role": answers[name]["role"],
            "truth": float((share * found.gain).sum() / weight) if weight else None,
            "n_chances": int((share > 0).any(axis=1).sum()),
            "raw": raw,
            "raw_claims": abs(raw) > Z90 * raw_error,
            "naive": naive,
            "naive_claims": abs(naive) > Z90 * naive_error,
            "confounder": _confounder(found, share),
            **{
                planted: answers[name][planted]
                for planted in (
                    "win_odds",
                    "onboarding_time",
                    "adoption_level",
                    "growth_odds",
                    "voice",
                )
            },
        }
    return truths


def _first_touches(world: World, account: np.ndarray) -> Any:
    """A function: for a partner, the day (n,) of its first touch after the sale at each account, or a day far off."""
    touches, spells = world.tables["touches"], world.tables["spells"]
    first_start = np.full(world.scenario.n_accounts, 10**6)
    np.minimum.at(first_start, as_rows(spells["account"]), as_days(spells["started"]))
    who, where = as_rows(touches["partner"]), as_rows(touches["account"])
    day = touches["occurred"].cast(pa.timestamp("s")).to_numpy().astype("datetime64[D]").astype(int)
    after = (who >= 0) & (day >= first_start[where])
    who, where, day = who[after], where[after], day[after]

    def first(code: int) -> np.ndarray:
        met = np.full(world.scenario.n_accounts, 10**6)
        np.minimum.at(met, where[who == code], day[who == code])
        return met[account]

    return first


def _customers(world: World) -> tuple[np.ndarray, np.ndarray, dict[int, set[int]]]:
    """Accounts that ever bought, whether each is a customer today, and whom each partner ever touched after a sale."""
    spells = world.tables["spells"]
    account = as_rows(spells["account"])
    gone = as_days(spells["churned"]) != NONE
    stays = np.zeros(world.scenario.n_accounts, dtype=bool)
    stays[account[~gone]] = True
    customers = np.unique(account)
    first = _first_touches(world, np.arange(world.scenario.n_accounts))
    ever = {
        code: set(np.flatnonzero(first(code) < 10**6).tolist())
        for code in range(world.scenario.n_partners)
    }
    return customers, stays[customers], ever


def _confounder(found: Chances, share: np.ndarray) -> float | None:
    """Strength of the hidden fit, where it has two values: the larger of the risk ratios that tie it to the outcome
    and to the partner (VanderWeele & Ding 2017); a truth only of worlds in which partners change nothing."""
    known = found.fit != 0  # of who has decided nothing yet it is not kept
    served, bad, loss = (share > 0).any(axis=1)[known], found.fit[known] < 0, found.loss[known]
    if len(np.unique(found.fit[known])) != 2 or not served.any() or served.all():
        return None
    ratios = []
    for value in (bad, ~bad):
        one, other = value[served].mean(), value[~served].mean()
        if one == 0 or other == 0:
            return None
        ratios.append(one / other)
    with_outcome = loss[bad].mean() / loss[~bad].mean()
    return float(max(*ratios, with_outcome))
