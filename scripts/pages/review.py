"""The monthly review: what asks for a decision, what changed, and whether the scores can still be trusted."""

from functools import partial
from pathlib import Path
from typing import Any

from scripts.pages import actions, charts, models, rendering, words
from scripts.pages.layout import Block, Column, Finding, Section, Table, exact, ranked
from scripts.pages.month import Month
from scripts.pages.reading import Book, find_month, plain

# the six KPIs, what customers kept, and what acting did: measure and cohort
CARDS = (
    ("signal_coverage", "all"),
    ("right_account_rate", "all"),
    ("time_to_value", "all"),
    ("partner_sourced_pipeline", "all"),
    ("speed_to_action", "all"),
    ("lift_vs_baseline", "risk"),
    ("net_revenue_retention", "all"),
    ("gross_revenue_retention", "all"),
    ("logo_retention", "all"),
    ("within_service_level", "all"),
    ("rescue_lift", "all"),
)
# why a figure is null
NOT_KNOWN = {
    "speed_to_action": "fewer than half were acted on",
    "right_account_rate": "nobody has audited it (python -m scripts audit)",
    "time_to_value": "fewer than half have reached it",
}
CARD_MONTHS = 12


def write(database: Path, month: str | None, target: Path | None, project: Path) -> Path:
    """Write the review of a month; the latest where none is named."""
    with Book(database) as book:
        day, before = find_month(book, month)
        days = book.months()
        told = Month(book, day, before, not days or day == days[-1], days[-1] if days else None)
        content = review(told)
        name = f"review_{day:%Y-%m}.html" if day else "review.html"
        return rendering.write("review.html.j2", target or project / "target" / name, **content)


def review(month: Month) -> dict[str, Any]:
    """All that the template lays out."""
    found: list[Finding] = []
    sections: list[Section] = []
    kpi_cards = cards(month)
    for build in (
        changes,
        kpis,
        models.drift,
        models.noise,
        models.bias,
        actions.gaps,
        models.lift,
        models.backtest,
        models.register,
        actions.plays,
        actions.at_risk,
        maturity,
    ):
        section, told = build(month)
        sections.append(section)
        found += told
    findings = ranked([told for told in found if not told.is_watched])
    watched = ranked([told for told in found if told.is_watched])
    act = sum(told.level == "act" for told in findings)
    lead = "The book is empty: no month has figures yet."
    if month.day:
        more = len(findings) - act
        lead = words.count(act, "finding asks", "findings ask") + " for action"
        lead += f", {words.count(more, 'more is', 'more are')} worth knowing. " if more else ". "
        if month.total_arr:
            customers = words.count(month.n_customers, "customer")
            lead += f"The book: {customers} with ARR of {words.money(month.total_arr)}."
    return {
        "title": f"Ecosystem review, {month.name}",
        "kicker": "Monthly governance review",
        "lead": lead,
        "sections": sections,
        "findings": findings,
        "watched": watched,
        "kpis": kpi_cards,
        "footer": footer(month),
    }


def footer(month: Month) -> list[str]:
    lines = [
        "Figures are those of the marts of one build; the tables under each picture hold them. Intervals are 90 %. "
        "Amounts are ARR in the reporting currency of the build.",
        "ARR at stake is how much ARR hangs on a finding, not how much will be lost: the accounts at risk; the "
        "accounts "
        "that a drifting or noisy model scores; those of a favoured group; those that a silent source covers.",
        "Partners are compared with comparable customers without them; nobody was randomised, save where a holdout "
        "is named.",
    ]
    if month.day and month.latest and not month.is_latest:
        lines.insert(
            0,
            f"This page is of {month.day}; the build goes to {month.latest}. What is kept only as of the build is "
            "marked so.",
        )
    return lines


# what changed ----------------------------------------------------------------------------------


def changes(month: Month) -> tuple[Section, list[Finding]]:
    """ARR from opening to closing, and what moved since the month before."""
    blocks: list[Block] = []
    found: list[Finding] = []
    moves = [row for row in month.rows("arr_movements_monthly") if row["segment"] == "all"]
    if moves:
        move = moves[0]
        blocks.append(arr_block(move, month))
        lost = move["churn_arr"] + move["contraction_arr"]
        if lost > 0:
            opening = move["opening_arr"]
            found.append(
                Finding(
                    "arr_lost",
                    "watch",
                    f"ARR of {words.money(lost)} was lost this month",
                    f"{words.money(move['churn_arr'])} by customers that left and "
                    f"{words.money(move['contraction_arr'])} by contracts that shrank"
                    + (
                        f": {words.share(lost / opening, 1)} of what it opened with."
                        if opening and lost >= 0.0005 * opening
                        else "."
                    ),
                    "changes",
                    lost,
                    "of ARR lost",
                )
            )
    else:
        blocks.append(Block("ARR movements are not known for this month."))
    rows = change_rows(month)
    if rows:
        blocks.append(
            Block(
                change_sentence(rows, month),
                tables=[
                    Table(
                        "kpis_monthly",
                        [
                            Column("what", "What"),
                            Column("earlier", "Month before", str),
                            Column("now", "This month", str),
                            Column("change", "Change", str),
                        ],
                        rows,
                        "Month before, this month",
                        is_open=True,
                    )
                ],
            )
        )
    elif month.before is None:
        blocks.append(Block("There is no month before to compare with."))
    return (
        Section(
            "changes",
            "What changed",
            "How ARR moved, and what is not as it was a month ago.",
            blocks,
        ),
        found,
    )


def arr_block(move: dict[str, Any], month: Month) -> Block:
    parts = [
        ("new", "new_arr", 1),
        ("expansion", "expansion_arr", 1),
        ("reactivation", "reactivation_arr", 1),
        ("contraction", "contraction_arr", -1),
        ("churn", "churn_arr", -1),
    ]
    at = move["opening_arr"]
    rows = [{"row": "opening", "start": at, "end": at, "tone": "plain", "label": words.money(at)}]
    for name, column, sign in parts:
        end = at + sign * move[column]
        rows.append(
            {
                "row": name,
                "start": at,
                "end": end,
                "tone": "good" if sign > 0 else "act",
                "label": words.money(sign * move[column], sign=True),
            }
        )
        at = end
    closing = move["closing_arr"]
    rows.append(
        {
            "row": "closing",
            "start": closing,
            "end": closing,
            "tone": "plain",
            "label": words.money(closing),
        }
    )
    for row in rows:
        row["highest"] = max(row["start"], row["end"])
    net = closing - move["opening_arr"]
    gained = move["new_arr"] + move["expansion_arr"] + move["reactivation_arr"]
    verb = "grew by" if net > 0 else "fell by" if net < 0 else "did not move:"
    percent = (
        f" ({words.share(net / move['opening_arr'], 1, sign=True)})" if move["opening_arr"] else ""
    )
    finding = (
        f"ARR {verb} {words.money(abs(net))} to {words.money(closing)}{percent}: {words.money(gained)} won, "
        f"{words.money(gained - net)} lost."
    )
    says = "ARR from opening to closing: " + ", ".join(
        f"{row['row']} {row['label']}" for row in rows
    )
    amounts = [
        Column(name, heading, words.money)
        for name, heading in (
            ("opening_arr", "Opening"),
            ("new_arr", "New"),
            ("expansion_arr", "Expansion"),
            ("reactivation_arr", "Reactivation"),
            ("contraction_arr", "Contraction"),
            ("churn_arr", "Churn"),
            ("closing_arr", "Closing"),
        )
    ]
    table = Table(
        "arr_movements_monthly",
        [Column("segment", "Segment"), *amounts],
        month.rows("arr_movements_monthly"),
        "By segment",
    )
    note = "ARR movements follow billing and are restated when billing is."
    return Block(finding, charts.steps(rows, says, "ARR"), note, [table])


def change_rows(month: Month) -> list[dict[str, Any]]:
    """Counts and KPIs of both months, side by side."""
    if month.before is None:
        return []
    rows = []
    for what, mart, condition in (
        ("Customers at high risk", "account_risk", "risk_band = 'high'"),
        ("Features with a shift to act on", "score_drift_monthly", "status = 'act'"),
        ("Signals advised to retire", "signal_quality_monthly", "advice = 'retire'"),
        ("Groups favoured or put back", "partner_bias_monthly", "status = 'act'"),
    ):
        here, there = month.count(mart, condition), month.count(mart, condition, before=True)
        if here is None:
            continue
        rows.append(
            {
                "what": what,
                "now": f"{here:,}",
                "earlier": words.number(there, 0),
                "change": words.NONE if there is None else words.number(here - there, 0, sign=True),
                "moved": 0 if there is None else here - there,
            }
        )
    for card in cards(month):
        if card["earlier"] is None and card["value"] is None:
            continue
        rows.append(
            {
                "what": card["label"],
                "now": card["shown"],
                "earlier": show(card["kind"], card["earlier"]),
                "change": card["difference"],
                "moved": 0,
            }
        )
    return rows


def change_sentence(rows: list[dict[str, Any]], month: Month) -> str:
    told = [
        f"{row['what'][:1].lower()}{row['what'][1:]} went from {row['earlier']} to {row['now']}"
        for row in rows
        if row["moved"]
    ]
    if not told:
        return "No count of accounts at risk, shifts, noisy signals or favoured groups changed since the month before."
    return f"Since {month.before:%B}: {'; '.join(told)}."


# KPIs ------------------------------------------------------------------------------------------


def show(kind: str | None, value: float | None) -> str:
    """A figure in the unit of its measure."""
    if value is None:
        return words.NONE
    return {
        "share": lambda: words.share(value, 1),
        "days": lambda: f"{words.number(value, 0)} days",
        "hours": lambda: f"{words.number(value, 0)} h",
        "currency": lambda: words.money(value),
        "ratio": lambda: f"{words.number(value, 2)} ×",
        "difference": lambda: f"{words.number(100 * value, 1, sign=True)} points",
    }.get(kind, lambda: words.number(value, 2))()


def kind_of(row: dict[str, Any]) -> str | None:
    """The unit of a measure; a lift of shares is a difference."""
    return "difference" if row["kpi"] == "rescue_lift" else row["unit"]


def change_of(kind: str | None, moved: float | None) -> str:
    if moved is None:
        return words.NONE
    if kind in ("share", "difference"):
        return f"{words.number(100 * moved, 1, sign=True)} points"
    text = show(kind, moved)
    return f"+{text}" if moved > 0 and any(sign in "123456789" for sign in text) else text


def cards(month: Month) -> list[dict[str, Any]]:
    """The KPIs of the whole book, each with its change and its last months."""
    if month.day is None:
        return []
    found = []
    history = month.history("kpis_monthly", CARD_MONTHS)
    for kpi, cohort in CARDS:
        by_day = {
            row["as_of_date"]: row
            for row in history
            if row["kpi"] == kpi and row["cohort"] == cohort
        }
        if not by_day:
            continue
        some = by_day[max(by_day)]
        kind, better = kind_of(some), {"up": 1, "down": -1}.get(some["direction"], 0)
        now, then = by_day.get(month.day), by_day.get(month.before)
        value = now["value"] if now else None
        earlier = then["value"] if then else None
        moved = None if value is None or earlier is None else value - earlier
        has_interval = bool(now) and now["lower"] is not None and now["upper"] is not None
        # a change that the interval holds may be chance, and is not coloured
        beyond = bool(moved) and has_interval and not now["lower"] <= earlier <= now["upper"]
        tone = "" if not beyond or not better else "good" if moved * better > 0 else "act"
        n = f"n = {now['n']:,}" if now and now["n"] is not None else ""
        if value is None and kpi in NOT_KNOWN:
            n = f"{NOT_KNOWN[kpi]}, {n}" if n else NOT_KNOWN[kpi]
        span = f"{show(kind, now['lower'])} to {show(kind, now['upper'])}" if has_interval else ""
        found.append(
            {
                "kpi": kpi,
                "cohort": cohort,
                "label": (some["label"] or plain(kpi)) + ("" if cohort == "all" else f", {cohort}"),
                "kind": kind,
                "value": value,
                "earlier": earlier,
                "exact": exact(value),
                "shown": "not known" if value is None else show(kind, value),
                "range": ", ".join(part for part in (span, n) if part),
                "difference": change_of(kind, moved),
                "change": f"{change_of(kind, moved)} since last month" if moved is not None else "",
                "tone": tone,
                "trend": rendering.sparkline([row["value"] for _, row in sorted(by_day.items())]),
            }
        )
    return found


def kpis(month: Month) -> tuple[Section, list[Finding]]:
    """The KPIs in a sentence, and all cohorts in a table."""
    rows = month.rows("kpis_monthly")
    told = cards(month)
    if not rows:
        block = Block("No KPI is known for this month.")
    else:
        finding = kpi_sentence(told, month)
        shown = [
            {
                **row,
                "label": row["label"] or plain(row["kpi"]),
                "told": words.interval(
                    row["value"], row["lower"], row["upper"], partial(show, kind_of(row))
                ),
            }
            for row in rows
        ]
        block = Block(
            finding,
            note="A month's figure is what was known at its end; the small lines show the last twelve months. A "
            "change inside the interval may be chance, and is not coloured.",
            tables=[
                Table(
                    "kpis_monthly",
                    [
                        Column("label", "KPI"),
                        Column("cohort", "Cohort"),
                        Column("told", "Value, with interval", str),
                        Column("value", "Value, exact", lambda value: words.number(value, 4)),
                        Column("n", "n", lambda value: words.number(value, 0)),
                    ],
                    shown,
                    "All KPIs, with their cohorts",
                    most=200,
                )
            ],
            extra="kpis.html.j2" if told else "",
        )
    return Section("kpis", "Key figures", "The six KPIs and what customers kept.", [block]), []


def kpi_sentence(told: list[dict[str, Any]], month: Month) -> str:
    """What customers kept, and which figures moved further than chance explains."""
    by_name = {card["kpi"]: card for card in told}
    parts = [
        f"{by_name[name]['label'][:1].lower()}{by_name[name]['label'][1:]} is {by_name[name]['shown']}"
        for name in ("net_revenue_retention", "gross_revenue_retention", "time_to_value")
        if name in by_name and by_name[name]["value"] is not None
    ]
    text = words.listed(parts) if parts else "What customers kept is not known"
    text = f"{text[:1].upper()}{text[1:]}. "
    moved = [
        f"{card['label'].lower()} ({'better' if card['tone'] == 'good' else 'worse'})"
        for card in told
        if card["tone"]
    ]
    unknown = [card["label"].lower() for card in told if card["value"] is None]
    if month.before is not None:
        text += (
            f"Beyond their intervals since {month.before:%B}: {words.listed(moved, 10)}."
            if moved
            else f"No key figure moved beyond its interval since {month.before:%B}."
        )
    if unknown:
        text += f" Not known: {words.listed(unknown, 10)}."
    return text.strip()


def maturity(month: Month) -> tuple[Section, list[Finding]]:
    """The six capabilities, as of the build."""
    rows = month.book.rows("maturity")
    if not rows:
        block = Block("Maturity is not known.")
    else:
        for row in rows:
            row["name"] = row["label"] or plain(row["capability"])
            row["reached"] = plain(row["stage"])
        lowest = min(row["stage_number"] for row in rows)
        first = [row for row in rows if row["stage_number"] == lowest]
        finding = (
            f"First to work on, at the stage “{first[0]['reached'].lower()}”: "
            f"{words.listed([row['name'].lower() for row in first], 6)}."
        )
        block = Block(
            finding,
            note=f"As of the build, {month.latest}." if month.latest else "",
            tables=[
                Table(
                    "maturity",
                    [
                        Column("name", "Capability"),
                        Column("owner", "Owner"),
                        Column("kpi", "KPI"),
                        Column("value", "Value", lambda value: words.number(value, 2)),
                        Column("stage", "Stage"),
                        Column("what_moves_it", "What moves it"),
                    ],
                    rows,
                    "Capabilities",
                    is_open=True,
                )
            ],
        )
    return Section("maturity", "Maturity", "How far each capability has come.", [block]), []
