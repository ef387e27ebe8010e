"""How a partner's Customer Success Index comes about: stage by stage, trial by trial, from a built file."""

import difflib
import math
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.errors import UserError
from scripts.explain import open_built, rule
from scripts.report import Marts, interval

NEEDED = (
    "partner_csi",
    "partner_csi_stages",
    "int_trials_windowed",
    "int_trial_credits",
    "int_outcomes_adjusted",
    "int_expectations",
    "int_effects_first",
    "int_presence",
)
TOLERANCE = 1e-9


@dataclass
class Checks:
    """Every figure that was worked out again, beside the one in the marts."""

    n_done: int = 0
    differing: list[str] = field(default_factory=list)

    def compare(self, what: str, traced: float | None, told: float | None) -> None:
        self.n_done += 1
        same = (
            traced is None and told is None
            if traced is None or told is None
            else abs(traced - told) <= TOLERANCE
        )
        if not same:
            self.differing.append(f"{what}: {traced} here, {told} in the marts")


def trace(
    database: Path,
    wanted: str,
    stage: str | None,
    as_of: str | None,
    limit: int,
    console: Console,
) -> bool:
    """Print how the index of a partner comes about; returns whether all of it agrees with the marts."""
    marts = open_built(database, NEEDED, "--database")
    partner = find_partner(marts, wanted)
    day = find_day(marts, partner, as_of)
    given = [partner["partner_key"], day]
    index = marts.rows(
        "select * from marts.partner_csi where partner_key = ? and as_of_date = ?", given
    )[0]
    stages = marts.rows(
        """
        select told.*, seed.position, seed.reference_sd, presence.n_credited_accounts
        from marts.partner_csi_stages as told
        inner join rules.stages as seed using (stage)
        left join intermediate.int_presence as presence
            on told.partner_key = presence.partner_key
            and told.as_of_date = presence.as_of_date
            and told.stage = presence.stage
        where told.partner_key = ? and told.as_of_date = ?
        order by seed.position
        """,
        given,
    )
    shown = [row for row in stages if stage in (None, row["stage"])]
    if not shown:
        raise UserError(
            f"--stage {stage}: no such stage here. This book has {', '.join(row['stage'] for row in stages)}."
        )
    checks = Checks()
    print_stages(marts, index, stages, checks, console)
    for row in stages:
        print_trials(marts, row, limit, checks, console if row in shown else None)
    if checks.differing:
        console.print("[bold red]These figures differ from the marts:[/]")
        for line in checks.differing:
            console.print(f"  {escape(line)}", highlight=False)
        return False
    console.print(
        f"All {checks.n_done} figures worked out again agree with the marts to {TOLERANCE:g}.",
        highlight=False,
    )
    return True


def find_partner(marts: Marts, wanted: str) -> dict[str, Any]:
    """The partner of that name or key; near names are suggested."""
    partners = marts.rows(
        "select partner_key, partner_name from marts.partners where partner_key <> 'own_team' order by 2, 1"
    )
    found = [
        row
        for row in partners
        if row["partner_key"] == wanted
        or (row["partner_name"] or "").casefold() == wanted.casefold()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(row["partner_key"] for row in found)
        raise UserError(f"{wanted}: {len(found)} partners have this name; give a key: {keys}.")
    if not partners:
        raise UserError(f"{wanted}: this file has no partners.")
    names = {row["partner_name"].casefold(): row["partner_name"] for row in partners}
    begun = [name for key, name in names.items() if wanted.casefold() in key]
    alike = difflib.get_close_matches(wanted.casefold(), names, 3, 0.5)
    near = list(dict.fromkeys([*begun, *(names[key] for key in alike)]))[:3]
    hint = (
        f"Near: {', '.join(near)}."
        if near
        else f"There are {len(partners)}, such as {', '.join(row['partner_name'] for row in partners[:3])}."
    )
    raise UserError(f"{wanted}: no partner of this name in this file. {hint}")


def find_day(marts: Marts, partner: dict[str, Any], as_of: str | None) -> date:
    """The month-end asked for, else the latest."""
    days = [
        row["as_of_date"]
        for row in marts.rows(
            "select as_of_date from marts.partner_csi where partner_key = ? order by 1",
            [partner["partner_key"]],
        )
    ]
    if not days:
        raise UserError(
            f"{partner['partner_name']}: has no index: it has met no account, or no trial has resolved."
        )
    if as_of is None:
        return days[-1]
    try:
        wanted = date.fromisoformat(as_of)
    except ValueError:
        raise UserError(f"--as-of {as_of}: give a month-end as YYYY-MM-DD.") from None
    if wanted not in days:
        near = min(days, key=lambda day: abs((day - wanted).days))
        raise UserError(
            f"--as-of {as_of}: {partner['partner_name']} has no figures of that day. It has those of month-ends from "
            f"{days[0]} to {days[-1]}; the nearest is {near}."
        )
    return wanted


def print_stages(
    marts: Marts,
    index: dict[str, Any],
    stages: list[dict[str, Any]],
    checks: Checks,
    console: Console,
) -> None:
    """What each stage adds to the index."""
    console.print(
        f"[bold]{escape(index['partner_name'])}[/] as of {index['as_of_date']}: CSI "
        f"{interval(index['csi'], index['csi_lower'], index['csi_upper'])}, evidence {index['evidence']}.\n",
        highlight=False,
    )
    parts = marts.value("select sum(weight) from rules.stages")
    neutral = rule(marts, "csi_neutral")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for name in ("stage", "weight", "presence", "score", "points", "evidence"):
        table.add_column(name, justify="left" if name in ("stage", "evidence") else "right")
    total: float | None = None
    for row in stages:
        points = None
        if row["presence"] is not None and row["stage_score"] is not None:
            points = row["weight"] * row["presence"] * (row["stage_score"] - neutral) / parts
            total = points if total is None else total + points
        table.add_row(
            row["stage"],
            f"{row['weight']:g}",
            number(row["presence"], 3),
            number(row["stage_score"], 2),
            number(points, 3, "+"),
            row["evidence"],
        )
    csi = None if total is None else neutral + total
    table.add_row(f"{neutral:g} and the points", "", "", "", number(csi, 3), "", style="bold")
    console.print(table)
    console.print(
        f"points: weight x presence x (score - {neutral:g}) / {parts:g}\n", highlight=False
    )
    checks.compare("csi", csi, index["csi"])


def number(value: float | None, digits: int, sign: str = "") -> str:
    return "–" if value is None else f"{value:{sign}.{digits}f}"


def stage_trials(marts: Marts, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The partner's trials of a stage; `own` is its outcome with the effects of other partners taken out."""
    return marts.rows(
        """
        select
            coalesce(accounts.account_name, trials.account_key) as account_name,
            trials.started_date,
            trials.landmark_date,
            windowed.outcome,
            credits.credit,
            adjusted.outcome + credits.credit * coalesce(first.effect, 0) as own,
            expected.expected_outcome as expected,
            coalesce(expected.n_untouched_segment, 0) as n_untouched
        from intermediate.int_trial_credits as credits
        inner join intermediate.int_trials_windowed as windowed using (trial_key)
        inner join intermediate.int_trials as trials using (trial_key)
        inner join intermediate.int_outcomes_adjusted as adjusted
            on windowed.trial_key = adjusted.trial_key and windowed.as_of_date = adjusted.as_of_date
        left join intermediate.int_expectations as expected
            on windowed.as_of_date = expected.as_of_date
            and windowed.stage = expected.stage
            and windowed.cell_key = expected.cell_key
            and credits.partner_key = expected.partner_key
        left join intermediate.int_effects_first as first
            on windowed.as_of_date = first.as_of_date
            and windowed.stage = first.stage
            and credits.partner_key = first.partner_key
        left join marts.accounts as accounts on trials.account_key = accounts.account_key
        where credits.partner_key = ? and windowed.as_of_date = ? and windowed.stage = ?
            and credits.credit > 0
        order by credits.trial_key
        """,
        [told["partner_key"], told["as_of_date"], told["stage"]],
    )


def print_trials(
    marts: Marts, told: dict[str, Any], limit: int, checks: Checks, console: Console | None
) -> None:
    """A stage from its trials to its score; without a console it is only worked out and compared."""
    stage = told["stage"]
    trials = stage_trials(marts, told)
    least = rule(marts, "min_untouched_trials")
    counted = [row for row in trials if row["n_untouched"] >= least]
    for row in counted:
        row["adds"] = row["credit"] * (row["own"] - row["expected"])
    credit = math.fsum(row["credit"] for row in counted)
    adds = math.fsum(row["adds"] for row in counted)
    effect_raw = adds / credit if counted else None
    n_effective = credit**2 / math.fsum(row["credit"] ** 2 for row in counted) if counted else None
    score = None
    if told["effect"] is not None:
        scale = rule(marts, "logistic_scale")
        score = 100 / (1 + math.exp(-scale * told["effect"] / told["reference_sd"]))
    checks.compare(f"{stage}, trials", len(trials), told["n_trials"])
    checks.compare(f"{stage}, effect_raw", effect_raw, told["effect_raw"])
    checks.compare(f"{stage}, n_effective", n_effective, told["n_effective"])
    checks.compare(f"{stage}, stage_score", score, told["stage_score"])
    if told["presence"] is not None:
        presence = told["n_credited_accounts"] / told["n_accounts"]
        checks.compare(f"{stage}, presence", presence, told["presence"])
    if console is None:
        return
    console.print(
        f"[bold]{stage}[/]: credit at {told['n_credited_accounts'] or 0:,} of {told['n_accounts']:,} accounts with a "
        f"trial; {len(trials):,} trials in the window.",
        highlight=False,
    )
    if counted:
        console.print(trials_table(counted, limit, credit, adds))
    if len(counted) < len(trials):
        console.print(
            f"{len(trials) - len(counted):,} more trials are of segments with fewer than {least:g} trials without the "
            "partner, and are left out.",
            highlight=False,
        )
    if effect_raw is None:
        console.print("No effect can be told.\n")
        return
    console.print(
        f"effect_raw = {adds:+.6f} / {credit:.6f} = {effect_raw:+.6f}, of {n_effective:.1f} effective trials",
        highlight=False,
    )
    shrunk = interval(told["effect"], told["effect_lower"], told["effect_upper"], digits=4)
    formula = (
        f"100 x logistic({rule(marts, 'logistic_scale'):g} x effect / {told['reference_sd']:g})"
    )
    console.print(
        f"effect, shrunk to as expected by what the evidence allows: {shrunk}\n"
        f"score = {formula} = {number(score, 2)}\n",
        highlight=False,
    )


def trials_table(counted: list[dict[str, Any]], limit: int, credit: float, adds: float) -> Table:
    """The trials that move the effect most, and the sum of all."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("account", min_width=12, max_width=28)
    table.add_column("from", no_wrap=True)
    table.add_column("landmark", no_wrap=True)
    for name in ("y", "own y", "e", "c", "adds"):
        table.add_column(name, justify="right", no_wrap=True)
    ranked = sorted(counted, key=lambda row: -abs(row["adds"]))
    for row in ranked[:limit]:
        table.add_row(
            escape(row["account_name"]),
            str(row["started_date"]),
            str(row["landmark_date"]),
            number(row["outcome"], 3),
            number(row["own"], 3),
            number(row["expected"], 3),
            number(row["credit"], 3),
            number(row["adds"], 4, "+"),
        )
    rest = ranked[limit:]
    if rest:
        table.add_row(
            f"{len(rest):,} more",
            *[""] * 5,
            number(math.fsum(row["credit"] for row in rest), 3),
            number(math.fsum(row["adds"] for row in rest), 4, "+"),
        )
    table.add_row("sum", *[""] * 5, number(credit, 3), number(adds, 4, "+"), style="bold")
    table.caption = "y: outcome; own y: without the co-partners' effects; e: expected; c: credit; adds: c x (own y - e)"
    table.caption_justify = "left"
    return table
