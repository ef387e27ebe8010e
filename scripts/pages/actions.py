"""What stops coming in, what was done about reasons raised, and who may be rescued."""

import math
from collections import Counter
from datetime import timedelta
from typing import Any

from scripts.pages import charts, words
from scripts.pages.layout import Block, Column, Finding, Section, Table
from scripts.pages.models import whole
from scripts.pages.month import Month

FINE = {"ok", "too_few"}
STOPPED = {"silent"}
NOBODY = "nobody suitable"
Z = 1.645
YEAR = 365


# gaps ------------------------------------------------------------------------------------------


def gaps(month: Month) -> tuple[Section, list[Finding]]:
    """Which streams have stopped, thinned or emptied, as of the build."""
    title, question = "Data gaps", "Does every source still send what it used to send?"
    rows = month.book.rows("data_gaps")
    if rows and not month.is_latest:
        text = (
            f"Gaps are told as of the build ({month.latest}) and not kept by month: the review of the latest month has "
            "them."
        )
        return Section("gaps", title, question, [Block(text)]), []
    if not rows:
        return Section("gaps", title, question, [Block("Data gaps are not known.")]), []
    for row in rows:
        row["label"] = f"{row['source']} · {row['stream']}"
    open_gaps = [row for row in rows if row["status"] not in FINE]
    open_gaps.sort(key=lambda row: (-(row["hours_late"] or 0), row["label"]))
    covered = {row["label"]: arr_covered(month, row["source"]) for row in open_gaps}
    finding = (
        " ".join(gap_words(row) for row in open_gaps[:3])
        if open_gaps
        else f"All {words.count(len(rows), 'stream')} send what they used to."
    )
    if len(open_gaps) > 3:
        finding += f" {len(open_gaps) - 3} more streams are not as they were."
    shown = [
        {
            "row": row["label"],
            "value": (row["hours_late"] or 0) / 24,
            "tone": "act"
            if row["status"] in STOPPED
            else "plain"
            if row["status"] in FINE
            else "watch",
            "says": row["status"],
        }
        for row in sorted(rows, key=lambda row: -(row["hours_late"] or 0))
        if row["hours_late"] and row["status"] != "too_few"
    ][:12]
    block = Block(
        finding,
        charts.bars(
            shown,
            "Days late by stream: "
            + ", ".join(f"{row['row']} {row['value']:.1f}" for row in shown[:6]),
            "days later than usual",
            ".0f",
        )
        if open_gaps and shown
        else None,
        tables=[
            Table(
                "data_gaps",
                [
                    Column("source", "Source"),
                    Column("stream", "Stream"),
                    Column("last_event_at", "Last event", words.day),
                    Column("hours_late", "Hours late", whole),
                    Column(
                        "volume_ratio", "Volume against usual", lambda value: words.number(value, 2)
                    ),
                    Column("null_rate", "Empty", lambda value: words.share(value, 1)),
                    Column("status", "Status", is_status=True),
                ],
                open_gaps + [row for row in rows if row["status"] in FINE],
                "All streams",
            )
        ],
    )
    found = []
    stopped = [row for row in open_gaps if row["status"] in STOPPED]
    for level, those in (
        ("act", stopped),
        ("watch", [row for row in open_gaps if row not in stopped]),
    ):
        if not those:
            continue
        first = max(those, key=lambda row: (covered[row["label"]][0] or 0, row["hours_late"] or 0))
        others = [row["label"] for row in those if row is not first]
        found.append(
            Finding(
                f"gap_{level}",
                level,
                gap_words(first).rstrip("."),
                "What is not sent is missing from signals and scores, and looks like quiet customers."
                + (f" Also {words.listed(others, 4)}." if others else ""),
                "gaps",
                *covered[first["label"]],
            )
        )
    return Section("gaps", title, question, [block]), found


def gap_words(row: dict[str, Any]) -> str:
    status = str(row["status"]).replace("_", " ")
    last = f", last row of {words.day(row['last_event_at'])}" if row["last_event_at"] else ""
    late = row["hours_late"]
    if late is not None and late > 0:
        told = (
            f"{words.number(late / 24, 0)} days" if late >= 48 else f"{words.number(late, 0)} hours"
        )
        return f"{row['stream'].replace('_', ' ').capitalize()} from {row['source']}: {status}, {told} late{last}."
    ratio = row["volume_ratio"]
    volume = f", {words.share(ratio)} of the usual volume" if ratio is not None else ""
    return f"{row['stream'].replace('_', ' ').capitalize()} from {row['source']}: {status}{volume}{last}."


def arr_covered(month: Month, source: str) -> tuple[float | None, str]:
    """ARR of customers that have a record in the source, and what that is; of all where it names no organisations."""
    accounts = {
        row["account_key"]
        for row in month.book.rows("account_sources", "source = ?", [source])
        if row["account_key"]
    }
    if accounts:
        return month.arr_of(accounts), f"of ARR at customers that {source} has a record of"
    return month.arr_of(set(month.arr)), f"of ARR in the book; {source} names no customers itself"


# plays -----------------------------------------------------------------------------------------


def wilson(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """A share with its 90 % interval (Wilson 1927)."""
    if not n:
        return None, None, None
    rate, z2 = hits / n, Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return rate, max(0.0, middle - half), min(1.0, middle + half)


def plays(month: Month) -> tuple[Section, list[Finding]]:
    """What was done about the reasons raised in the month, and what came of those of the year."""
    title = "Interventions and plays"
    question = "Which reasons were raised, was somebody there in time, and did it help?"
    if month.day is None or not month.book.has("account_plays"):
        return Section("plays", title, question, [Block("No play is known.")]), []
    first = month.day.replace(day=1)
    year = first - timedelta(days=YEAR)
    rows = month.book.rows("account_plays", "raised_date between ? and ?", [year, month.day])
    for row in rows:
        row["account"] = month.account(row["account_key"])
        row["reason"] = month.book.label(row["reason_code"])
        row["play_label"] = month.book.label(row["play"])
        row["arr"] = month.arr.get(row["account_key"])
        row["came_of_it"] = came_of(month, row)
    now = [row for row in rows if row["raised_date"] >= first]
    treated = [row for row in now if not row["is_holdout"]]
    held = len(now) - len(treated)
    acted = [row for row in treated if row["first_action_at"] is not None]
    in_month = [row for row in acted if row["first_action_at"].date() <= month.day]
    if not now:
        finding = f"No reason was raised in {month.name}."
    else:
        hours = sorted(
            row["hours_to_action"] for row in acted if row["hours_to_action"] is not None
        )
        cleared = sum(row["cleared_date"] is not None for row in now)
        finding = (
            f"{words.count(len(now), 'reason was', 'reasons were')} raised in {month.name}, "
            f"{sum(row['model'] == 'risk' for row in now):,} of them of risk"
            + (f"; {held:,} were held out as controls" if held else "")
            + f"; {len(in_month):,} of the {len(treated):,} others had a first action by its end"
            + (
                f", half of all first actions within {words.number(hours[len(hours) // 2], 0)} hours"
                if len(hours) >= 5
                else ""
            )
            + f"; {cleared:,} have cleared since."
        )
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for row in treated:
        if row["model"] == "risk":
            by_reason.setdefault(row["reason"], []).append(row)
    shown = []
    for reason, those in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        hits = sum(row in in_month for row in those)
        rate, lower, upper = wilson(hits, len(those))
        shown.append(
            {
                "row": reason,
                "value": rate,
                "lower": lower,
                "upper": upper,
                "tone": "plain",
                "says": f"{hits} of {len(those)}",
            }
        )
    chart = None
    if shown:
        says = "Share of reasons of risk acted on by month-end: " + ", ".join(
            f"{row['row']} {row['says']}" for row in shown[:8]
        )
        chart = charts.dots(shown[:20], says, "acted on by month-end", None, ".0%", zero=True)
    table = Table(
        "account_plays",
        [
            Column("account", "Account"),
            Column("reason", "Reason"),
            Column("play_label", "Play"),
            Column("arr", "ARR", words.money),
            Column("raised_date", "Raised", words.day),
            Column("first_action_at", "First action", words.day),
            Column("hours_to_action", "Hours", whole),
            Column("is_holdout", "Held out"),
            Column("cleared_date", "Cleared", words.day),
            Column("came_of_it", "Customer since"),
        ],
        sorted(now, key=lambda row: (-(row["arr"] or 0), row["account_key"], row["reason"])),
        "Reasons raised in the month, most ARR first",
    )
    note = "The bar is the 90 % interval of the share. What came after the month is told as of the build."
    blocks = [Block(finding, chart, note if now else "", [table] if now else [])]
    outcome = outcomes(rows)
    if outcome:
        blocks.append(outcome)
    return Section("plays", title, question, blocks), late(month, treated)


def late(month: Month, treated: list[dict[str, Any]]) -> list[Finding]:
    """Reasons at customers whose service level had passed by the month's end without an action in time."""
    found = []
    for row in treated:
        allowed = month.book.rule(
            "high_service_hours" if row["is_urgent"] else "other_service_hours",
            24.0 if row["is_urgent"] else 72.0,
        )
        due = row["raised_at"] + timedelta(hours=allowed)
        acted = row["first_action_at"]
        if (
            row["model"] == "risk"
            and row["arr"]
            and due.date() <= month.day
            and (acted is None or acted > due)
        ):
            found.append(row)
    if not found:
        return []
    none = sum(row["first_action_at"] is None for row in found)
    accounts = {row["account_key"] for row in found}
    reasons = Counter(row["reason"] for row in found)
    named = [
        f"{name.lower()} ({n})"
        for name, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    ]
    return [
        Finding(
            "late",
            "act",
            f"{words.count(len(found), 'reason', 'reasons')} at customers had no action in time",
            f"At {words.count(len(accounts), 'customer')}: {words.listed(named, 4)}. "
            f"{none} of them have had no action at all; no action counts as late.",
            "plays",
            month.arr_of(accounts),
            "of ARR at these customers",
        )
    ]


def came_of(month: Month, row: dict[str, Any]) -> str:
    """What the customer did after the reason, as of the build: lost, kept, or nothing decided."""
    key, raised = row["account_key"], row["raised_date"]
    left = month.accounts.get(key, {}).get("churned_date")
    if left is not None and left > raised:
        return "lost"
    if any(day > raised for day in month.kept_days.get(key, ())):
        return "kept"
    return "open"


def outcomes(rows: list[dict[str, Any]]) -> Block | None:
    """Customers of the year's reasons by the build: acted on, not acted on, held out."""
    groups: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        if row["model"] != "risk":
            continue
        group = (
            "held out"
            if row["is_holdout"]
            else "acted on"
            if row["first_action_at"]
            else "not acted on"
        )
        groups.setdefault(group, {"kept": set(), "lost": set(), "open": set()})[
            row["came_of_it"]
        ].add(row["account_key"])
    told = []
    for group in ("acted on", "not acted on", "held out"):
        if group not in groups:
            continue
        kept, lost, waiting = (len(groups[group][name]) for name in ("kept", "lost", "open"))
        rate, lower, upper = wilson(kept, kept + lost)
        n = kept + lost
        told.append(
            {
                "group": group,
                "kept": kept,
                "lost": lost,
                "open": waiting,
                "rate": rate,
                "lower": lower,
                "upper": upper,
                "share": words.interval(rate, lower, upper, words.share),
                "evidence": "insufficient" if n < 5 else "provisional" if n < 20 else "solid",
            }
        )
    if not told:
        return None
    decided = [row for row in told if row["rate"] is not None]
    if decided:
        finding = (
            "Of customers with a reason of risk in the twelve months before, decided since: "
            + "; ".join(
                f"{row['group']}, {row['kept']} of {row['kept'] + row['lost']} kept ({words.share(row['lower'])} to "
                f"{words.share(row['upper'])})"
                for row in decided
            )
        )
        finding += "."
    else:
        finding = "Of customers with a reason of risk in the twelve months before, none has decided since."
    columns = [
        Column("group", "Customers"),
        Column("kept", "Kept", whole),
        Column("lost", "Lost", whole),
        Column("open", "Not decided", whole),
        Column("share", "Share kept, with interval", str),
        Column("evidence", "Evidence"),
    ]
    return Block(
        finding,
        note="As of the build. Who is acted on is chosen, so that is no fair comparison; held out is by lot, and only "
        "those not held out against held out are one.",
        tables=[Table("account_plays", columns, told, "What came of them", True)],
    )


# at risk ---------------------------------------------------------------------------------------


def at_risk(month: Month) -> tuple[Section, list[Finding]]:
    """Who may still be rescued, by whom, and by when."""
    title, question = (
        "Who may be rescued",
        ("Which customers are slipping, why, which partner can step in, and how long is there?"),
    )
    rows = month.rows("account_risk")
    if not rows:
        return Section("at-risk", title, question, [Block("Risk is not known for this month.")]), []
    earlier = {row["account_key"]: row["risk_band"] for row in month.rows_before("account_risk")}
    steps = (
        {row["account_key"]: row for row in month.book.rows("account_interventions")}
        if month.is_latest
        else {}
    )
    high = [row for row in rows if row["risk_band"] == "high"]
    for row in high:
        step = steps.get(row["account_key"], {})
        row["account"] = month.account(row["account_key"])
        row["reasons"] = (
            "; ".join(
                month.book.label(row[name])
                for name in ("reason_1", "reason_2", "reason_3")
                if row[name]
            )
            or words.NONE
        )
        row["renews_in"] = (
            (row["next_renewal_date"] - month.day).days if row["next_renewal_date"] else None
        )
        row["since"] = "new" if earlier.get(row["account_key"]) != "high" else "before"
        row["who"] = who(month, step, bool(steps))
        row["play"] = month.book.label(step["play"]) if step.get("play") else words.NONE
        row["path"] = step.get("path_text") or words.NONE
        row["held"] = step.get("is_holdout")
    high.sort(key=lambda row: (-(row["arr_at_stake"] or 0), row["account_key"]))
    total = sum(row["arr_at_stake"] or 0 for row in high)
    new = sum(row["since"] == "new" for row in high)
    soon = [row for row in high if row["renews_in"] is not None and row["renews_in"] <= 90]
    if not high:
        finding = f"None of {words.count(len(rows), 'customer')} is at high risk."
    else:
        finding = (
            f"{words.count(len(high), 'customer')} of {len(rows):,}, with ARR of {words.money(total)}, "
            f"{'is' if len(high) == 1 else 'are'} at high risk"
            + (f", {new} of them new" if earlier else "")
            + (
                f"; {words.count(len(soon), 'renews', 'renew')} within 90 days "
                f"({words.money(sum(row['arr_at_stake'] or 0 for row in soon))})."
                if soon
                else "."
            )
        )
    named = [row for row in high if steps.get(row["account_key"], {}).get("partner_key")]
    if steps and high:
        finding += f" For {len(named)} of them a partner can step in."
    bands = []
    for band in ("high", "medium", "low"):
        those = [row for row in rows if row["risk_band"] == band]
        bands.append(
            {
                "row": band,
                "value": sum(row["arr_at_stake"] or 0 for row in those),
                "tone": {"high": "act", "medium": "watch"}.get(band, "plain"),
                "says": words.count(len(those), "customer"),
            }
        )
    columns = [
        Column("account", "Account"),
        Column("arr_at_stake", "ARR at stake", words.money),
        Column("reasons", "Why"),
        Column("renews_in", "Days to renewal", whole),
        Column("since", "Since"),
    ]
    if steps:
        columns += [
            Column("who", "Who can step in"),
            Column("path", "Through whom"),
            Column("play", "Play"),
            Column("held", "Held out"),
        ]
    note = (
        ""
        if month.is_latest
        else (
            f"Who can step in is told as of the build ({month.latest}) only; this list is of {month.day}."
        )
    )
    block = Block(
        finding,
        charts.bars(
            bands,
            "ARR by risk band: "
            + ", ".join(f"{row['row']} {words.money(row['value'])}" for row in bands),
            "ARR",
            "~s",
        ),
        note,
        [Table("account_risk", columns, high, "At high risk, most ARR first", True, most=25)]
        if high
        else [],
    )
    found = []
    if high:
        top = high[0]
        found.append(
            Finding(
                "risk",
                "act",
                f"{words.count(len(high), 'customer')} at high risk"
                + (f", {words.count(len(soon), 'renews', 'renew')} within 90 days" if soon else ""),
                f"Largest: {top['account']} ({words.money(top['arr_at_stake'])}; {top['reasons'].lower()}). "
                + (f"A partner can step in at {len(named)} of them." if steps else ""),
                "at-risk",
                total,
                "of ARR at stake",
            )
        )
    return Section("at-risk", title, question, [block]), found


def who(month: Month, step: dict[str, Any], told: bool) -> str:
    """The partner best placed; else why there is none."""
    if step.get("partner_key"):
        return month.partner(step["partner_key"])
    return step.get("said") or (NOBODY if told else words.NONE)
