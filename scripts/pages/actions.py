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
Z = 1.645
YEAR = 365
SOON = 90
LISTED = 60
AT_RISK = 25
# of the rules evidence_insufficient_below and evidence_provisional_below
FEW, MANY = 5, 20


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
        worth, of = max((covered[row["label"]] for row in those), key=lambda told: told[0] or 0)
        names = [f"{row['stream'].replace('_', ' ')} from {row['source']}" for row in those]
        found.append(
            Finding(
                f"gap_{level}",
                level,
                gap_words(those[0]).rstrip(".")
                if len(those) == 1
                else f"{len(those)} streams are {' or '.join(sorted({row['status'] for row in those}))}: "
                f"{words.listed(names, 3)}",
                "What is not sent is missing from signals and scores, and looks like quiet customers."
                + ("" if len(those) == 1 else f" {' '.join(gap_words(row) for row in those[:4])}"),
                "gaps",
                worth,
                of,
                is_watched=level == "watch",
            )
        )
    return Section("gaps", title, question, [block]), found


def gap_words(row: dict[str, Any]) -> str:
    """What is the matter with a stream, and since when."""
    stream = f"{row['stream'].replace('_', ' ').capitalize()} from {row['source']}: {row['status']}"
    last = f", last row of {words.day(row['last_event_at'])}" if row["last_event_at"] else ""
    late = row["hours_late"]
    if late is not None and late > 0:
        span = (
            words.count(round(late / 24), "day") if late >= 24 else words.count(round(late), "hour")
        )
        return f"{stream}, {span} longer than usual{last}."
    ratio = row["volume_ratio"]
    return (
        stream
        + (f", {words.share(ratio)} of the usual volume" if ratio is not None else "")
        + f"{last}."
    )


def arr_covered(month: Month, source: str) -> tuple[float | None, str]:
    """ARR of customers that have a record in the source, and what that is; of all where it names no organisations."""
    accounts = (
        "select account_key from marts.account_sources where source = ? and account_key is not null"
    )
    if month.book.has("account_sources") and month.book.query(f"{accounts} limit 1", [source]):
        return month.arr_of(
            accounts, [source]
        ), f"of ARR at customers that {source} has a record of"
    return (
        month.total_arr if month.n_customers else None,
        f"of ARR in the book; {source} names no customers itself",
    )


# plays -----------------------------------------------------------------------------------------


def wilson(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """A share with its 90 % interval (Wilson 1927)."""
    if not n:
        return None, None, None
    rate, z2 = hits / n, Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return rate, max(0.0, middle - half), min(1.0, middle + half)


PLAYS = """
create or replace temp table month_plays as
with
kept as (
    select account_key, max(coalesce(ended_date, term_end_date)) as kept_date
    from marts.account_terms
    where outcome in ('renewed', 'expanded', 'contracted')
    group by account_key
)
select
    plays.*,
    coalesce(accounts.account_name, plays.account_key) as account,
    month_arr.arr,
    plays.raised_date >= date_trunc('month', cast($2 as date)) as is_new,
    case
        when accounts.churned_date > plays.raised_date then 'lost'
        when kept.kept_date > plays.raised_date then 'kept'
        else 'open'
    end as came_of_it
from marts.account_plays as plays
left join marts.accounts as accounts on plays.account_key = accounts.account_key
left join month_arr on plays.account_key = month_arr.account_key
left join kept on plays.account_key = kept.account_key
where plays.raised_date between $1 and $2
"""


def plays(month: Month) -> tuple[Section, list[Finding]]:
    """What was done about the reasons raised in the month, and what came of those of the year."""
    title = "Interventions and plays"
    question = "Which reasons were raised, was somebody there in time, and did it help?"
    if month.day is None or not month.book.has("account_plays"):
        return Section("plays", title, question, [Block("No play is known.")]), []
    year = month.day.replace(day=1) - timedelta(days=YEAR)
    month.book.connection.execute(PLAYS, [year, month.day])
    told = month.book.query(
        """
        select
            count(*) as n,
            count(case when model = 'risk' then 1 end) as n_risk,
            count(case when is_holdout then 1 end) as n_held,
            count(case when not is_holdout and cast(first_action_at as date) <= ? then 1 end) as n_acted,
            count(cleared_date) as n_cleared,
            count(case when not is_holdout then hours_to_action end) as n_hours,
            median(case when not is_holdout then hours_to_action end) as hours
        from month_plays
        where is_new
        """,
        [month.day],
    )[0]
    if not told["n"]:
        finding = f"No reason was raised in {month.name}."
    else:
        finding = (
            f"{words.count(told['n'], 'reason was', 'reasons were')} raised in {month.name}, "
            f"{told['n_risk']:,} of them of risk"
            + (f"; {told['n_held']:,} were held out as controls" if told["n_held"] else "")
            + f"; {told['n_acted']:,} of the {told['n'] - told['n_held']:,} others had a first action by its end"
        )
        if told["n_hours"] >= FEW:
            finding += f", half of all first actions within {words.number(told['hours'], 0)} hours"
        finding += f"; {told['n_cleared']:,} have cleared since."
    blocks = [
        Block(
            finding,
            reasons_chart(month),
            "The bar is the 90 % interval of the share. What came after the month is told as of the build."
            if told["n"]
            else "",
            [plays_table(month, told["n"])] if told["n"] else [],
        )
    ]
    outcome = outcomes(month)
    if outcome:
        blocks.append(outcome)
    return Section("plays", title, question, blocks), late(month)


def reasons_chart(month: Month) -> dict[str, Any] | None:
    """Share of the month's reasons of risk that somebody acted on by its end."""
    rows = month.book.query(
        """
        select
            reason_code,
            count(*) as n,
            count(case when cast(first_action_at as date) <= ? then 1 end) as hits
        from month_plays
        where is_new and model = 'risk' and not is_holdout
        group by reason_code
        order by n desc, reason_code
        limit 20
        """,
        [month.day],
    )
    if not rows:
        return None
    shown = []
    for row in rows:
        rate, lower, upper = wilson(row["hits"], row["n"])
        shown.append(
            {
                "row": month.book.label(row["reason_code"]),
                "value": rate,
                "lower": lower,
                "upper": upper,
                "tone": "plain",
                "says": f"{row['hits']} of {row['n']}",
            }
        )
    says = "Share of reasons of risk acted on by month-end: " + ", ".join(
        f"{row['row']} {row['says']}" for row in shown[:8]
    )
    return charts.dots(shown, says, "acted on by month-end", None, ".0%", zero=True)


def plays_table(month: Month, total: int) -> Table:
    rows = month.book.query(
        "select * from month_plays where is_new order by arr desc nulls last, account_key, reason_code "
        f"limit {LISTED}"
    )
    for row in rows:
        row["reason"] = month.book.label(row["reason_code"])
        row["play_label"] = month.book.label(row["play"])
    columns = [
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
    ]
    return Table(
        "account_plays", columns, rows, "Reasons raised in the month, most ARR first", total=total
    )


def late(month: Month) -> list[Finding]:
    """Reasons of risk whose service level passed within the month without an action in time."""
    rows = month.book.query(
        """
        with due as (
            select
                *,
                raised_at + to_hours(cast(case when is_urgent then $1 else $2 end as bigint)) as due_at
            from month_plays
            where is_new and model = 'risk' and not is_holdout and arr is not null
        )
        select reason_code, account_key, arr, first_action_at
        from due
        where cast(due_at as date) <= $3 and (first_action_at is null or first_action_at > due_at)
        """,
        [
            month.book.rule("high_service_hours", 24),
            month.book.rule("other_service_hours", 72),
            month.day,
        ],
    )
    if not rows:
        return []
    none = sum(row["first_action_at"] is None for row in rows)
    arr = {row["account_key"]: row["arr"] for row in rows}
    reasons = Counter(month.book.label(row["reason_code"]).lower() for row in rows)
    named = [
        f"{name} ({n:,})"
        for name, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    ]
    return [
        Finding(
            "late",
            "act",
            f"{words.count(len(rows), 'reason')} of risk had no action in time",
            f"At {words.count(len(arr), 'customer')}: {words.listed(named, 4)}. "
            f"{none:,} of them have had no action at all; no action counts as late.",
            "plays",
            sum(arr.values()),
            "of ARR at these customers",
        )
    ]


def outcomes(month: Month) -> Block | None:
    """Customers of the year's reasons by the build: acted on, not acted on, held out."""
    told = month.book.query(
        """
        select
            case
                when is_holdout then 'held out'
                when first_action_at is not null then 'acted on'
                else 'not acted on'
            end as "group",
            count(distinct case when came_of_it = 'kept' then account_key end) as kept,
            count(distinct case when came_of_it = 'lost' then account_key end) as lost,
            count(distinct case when came_of_it = 'open' then account_key end) as open
        from month_plays
        where model = 'risk'
        group by 1
        order by 1
        """
    )
    if not told:
        return None
    for row in told:
        n = row["kept"] + row["lost"]
        row["rate"], row["lower"], row["upper"] = wilson(row["kept"], n)
        row["share"] = words.interval(row["rate"], row["lower"], row["upper"], words.share)
        row["evidence"] = "insufficient" if n < FEW else "provisional" if n < MANY else "solid"
    decided = [row for row in told if row["rate"] is not None]
    begin = "Of customers with a reason of risk in the twelve months before, "
    if decided:
        finding = f"{begin}decided since: " + "; ".join(
            f"{row['group']}, {row['kept']:,} of {row['kept'] + row['lost']:,} kept ({words.share(row['lower'])} to "
            f"{words.share(row['upper'])})"
            for row in decided
        )
        finding += "."
    else:
        finding = f"{begin}none has decided since."
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
        "Which customers are slipping, why, which partner can step in, and how long is there?",
    )
    bands = (
        month.book.query(
            "select risk_band, count(*) as n, coalesce(sum(arr_at_stake), 0) as arr "
            "from marts.account_risk where as_of_date = ? group by 1",
            [month.day],
        )
        if month.book.has("account_risk")
        else []
    )
    if not bands:
        return Section("at-risk", title, question, [Block("Risk is not known for this month.")]), []
    has_steps = month.is_latest and month.book.has("account_interventions", "said")
    rows = at_risk_rows(month, has_steps)
    everybody = sum(row["n"] for row in bands)
    high = next((row for row in bands if row["risk_band"] == "high"), {"n": 0, "arr": 0.0})
    told = month.book.query(
        f"""
        select
            count(case when earlier.risk_band is distinct from 'high' then 1 end) as n_new,
            count(case when risk.next_renewal_date - risk.as_of_date <= {SOON} then 1 end) as n_soon,
            coalesce(sum(case when risk.next_renewal_date - risk.as_of_date <= {SOON} then risk.arr_at_stake end), 0)
                as arr_soon
        from marts.account_risk as risk
        left join marts.account_risk as earlier
            on risk.account_key = earlier.account_key and earlier.as_of_date = $2
        where risk.as_of_date = $1 and risk.risk_band = 'high'
        """,
        [month.day, month.before],
    )[0]
    soon = f"{words.count(told['n_soon'], 'renews', 'renew')} within {SOON} days"
    if not high["n"]:
        finding = f"None of {words.count(everybody, 'customer')} is at high risk."
    else:
        finding = (
            f"{words.count(high['n'], 'customer')} of {everybody:,}, with ARR of {words.money(high['arr'])}, "
            f"{'is' if high['n'] == 1 else 'are'} at high risk"
            + (f", {told['n_new']:,} of them new" if month.before else "")
            + (f"; {soon} ({words.money(told['arr_soon'])})." if told["n_soon"] else ".")
        )
    named = 0
    if has_steps and high["n"]:
        named = month.book.query(
            "select count(*) as n from marts.account_risk as risk inner join marts.account_interventions as steps "
            "on risk.account_key = steps.account_key "
            "where risk.as_of_date = ? and risk.risk_band = 'high' and steps.partner_key is not null",
            [month.day],
        )[0]["n"]
        finding += f" For {named:,} of them a partner can step in."
    of_band = {row["risk_band"]: row for row in bands}
    shown = [
        {
            "row": band,
            "value": of_band[band]["arr"] if band in of_band else 0,
            "tone": {"high": "act", "medium": "watch"}.get(band, "plain"),
            "says": words.count(of_band[band]["n"] if band in of_band else 0, "customer"),
        }
        for band in ("high", "medium", "low")
    ]
    columns = [
        Column("account", "Account"),
        Column("arr_at_stake", "ARR at stake", words.money),
        Column("reasons", "Why"),
        Column("renews_in", "Days to renewal", whole),
        Column("since", "Since"),
    ]
    if has_steps:
        columns += [
            Column("who", "Who can step in"),
            Column("path", "Through whom"),
            Column("play_label", "Play"),
            Column("is_holdout", "Held out"),
        ]
    note = (
        ""
        if month.is_latest
        else f"Who can step in is told as of the build ({month.latest}) only; this list is of {month.day}."
    )
    says = "ARR by risk band: " + ", ".join(
        f"{row['row']} {words.money(row['value'])}" for row in shown
    )
    table = Table(
        "account_risk",
        columns,
        rows,
        "At high risk, most ARR first",
        True,
        most=AT_RISK,
        total=high["n"],
    )
    block = Block(finding, charts.bars(shown, says, "ARR", "~s"), note, [table] if rows else [])
    found = []
    if rows:
        first = rows[0]
        found.append(
            Finding(
                "risk",
                "act",
                f"{words.count(high['n'], 'customer')} at high risk"
                + (f", {soon}" if told["n_soon"] else ""),
                f"Largest: {first['account']} ({words.money(first['arr_at_stake'])}; {first['reasons'].lower()})."
                + (f" A partner can step in at {named:,} of them." if has_steps else ""),
                "at-risk",
                high["arr"],
                "of ARR at stake",
            )
        )
    return Section("at-risk", title, question, [block]), found


def at_risk_rows(month: Month, has_steps: bool) -> list[dict[str, Any]]:
    """Customers at high risk with most ARR, with the step that the build proposes."""
    steps = (
        "left join marts.account_interventions as steps on risk.account_key = steps.account_key"
        if has_steps
        else ""
    )
    step_columns = (
        ", steps.partner_key, steps.path_text, steps.play, steps.is_holdout, steps.said"
        if has_steps
        else ""
    )
    rows = month.book.query(
        f"""
        select
            risk.account_key,
            coalesce(accounts.account_name, risk.account_key) as account,
            risk.arr_at_stake,
            risk.reason_1,
            risk.reason_2,
            risk.reason_3,
            risk.next_renewal_date - risk.as_of_date as renews_in,
            earlier.risk_band as earlier_band
            {step_columns}
        from marts.account_risk as risk
        left join marts.accounts as accounts on risk.account_key = accounts.account_key
        left join marts.account_risk as earlier
            on risk.account_key = earlier.account_key and earlier.as_of_date = $2
        {steps}
        where risk.as_of_date = $1 and risk.risk_band = 'high'
        order by risk.arr_at_stake desc nulls last, risk.account_key
        limit {AT_RISK}
        """,
        [month.day, month.before],
    )
    for row in rows:
        given = [row[name] for name in ("reason_1", "reason_2", "reason_3") if row[name]]
        row["reasons"] = "; ".join(month.book.label(code) for code in given) or "no single reason"
        row["since"] = "before" if row["earlier_band"] == "high" else "new"
        if has_steps:
            row["who"] = month.partner(row["partner_key"]) if row["partner_key"] else row["said"]
            row["path"] = row["path_text"] or words.NONE
            row["play_label"] = month.book.label(row["play"])
    return rows
