"""Whether the scores can be trusted: drift, noise, bias, lift, backtest, and which versions are in force."""

from typing import Any

from scripts.pages import charts, words
from scripts.pages.layout import Block, Column, Finding, Section, Table
from scripts.pages.month import Month

SHOWN_MONTHS = 12
SHOWN_FEATURES = 24
SHOWN_SIGNALS = 8
SHOWN_GROUPS = 16
# share of a month's renewals that must be decided before its backtest is told in words
DECIDED = 0.9
# of either outcome, before a version's month is told in words
FEW = 20


def rate(value: float | None) -> str:
    return words.share(value, 1)


def of_two(value: float | None) -> str:
    return words.number(value, 2)


def of_three(value: float | None) -> str:
    return words.number(value, 3)


def whole(value: float | None) -> str:
    return words.number(value, 0)


# drift -----------------------------------------------------------------------------------------


def drift(month: Month) -> tuple[Section, list[Finding]]:
    """Features by months, with the thresholds said."""
    watch, act = month.book.rule("psi_watch_from", 0.1), month.book.rule("psi_act_from", 0.25)
    rows = month.rows("score_drift_monthly")
    title, question = (
        "Drift",
        (
            "Has what the models see moved away from what they were trained on? PSI, the population stability index, "
            "is "
            f"watched from {watch:.2f} and acted on from {act:.2f}."
        ),
    )
    if not rows:
        return Section("drift", title, question, [Block("Drift is not known for this month.")]), []
    for row in rows:
        row["label"], row["said"] = feature(month, row), said(month, row["feature"], row["model"])
    acting = by_psi([row for row in rows if row["status"] == "act"])
    watching = by_psi([row for row in rows if row["status"] == "watch"])
    few = sum(row["status"] == "too_few" for row in rows)
    block = Block(
        drift_sentence(acting, watching, few, len(rows), act),
        heat(month, rows),
        note=f"Each square is a feature in a month, in the model named. Act from {act:.2f}, watch from {watch:.2f}; "
        "a shift that chance explains, by its p-value, or that too few accounts show is not acted on. A feature "
        "that stayed stable all these months is only in the table.",
        tables=[
            Table(
                "score_drift_monthly",
                [
                    Column("model", "Model"),
                    Column("model_version", "Version"),
                    Column("label", "Feature"),
                    Column("psi", "PSI", of_three),
                    Column("p_value", "p-value", words.p_value),
                    Column("status", "Status", is_status=True),
                ],
                by_psi(rows),
                "All features of the month",
                most=200,
            )
        ],
    )
    found = []
    for level, those, bound in (("act", acting, act), ("watch", watching, watch)):
        if not those:
            continue
        first = those[0]
        names = [f"{row['said']} {row['psi']:.2f}" for row in those]
        features = list(dict.fromkeys(row["feature"] for row in those))
        what = f"“{name_of(month, first['feature'])}”"
        found.append(
            Finding(
                f"drift_{level}",
                level,
                f"{what} has drifted: PSI {first['psi']:.2f}"
                if len(features) == 1
                else f"{len(features)} features have drifted, {what} the most: PSI {first['psi']:.2f}",
                f"From {bound:.2f} on, {'act' if level == 'act' else 'watch'}: {words.listed(names, 4)}. "
                + (
                    "What scores say of these accounts rests on other data than they were trained on: find out what "
                    "changed before using them."
                    if level == "act"
                    else "Nothing to do yet but to look again next month."
                ),
                "drift",
                month.arr_scored({row["model"] for row in those}),
                f"of ARR scored by {words.listed(sorted({row['model'] for row in those}), 6)}",
                is_watched=level == "watch",
            )
        )
    return Section("drift", title, question, [block]), found


def feature(month: Month, row: dict[str, Any]) -> str:
    """A feature in words, with its model: one feature may serve several."""
    return f"{row['model']}: {name_of(month, row['feature'])}"


def name_of(month: Month, signal: str) -> str:
    return "The score itself" if signal == "score" else month.book.label(signal)


def said(month: Month, signal: str, model: str) -> str:
    """The same within a sentence."""
    return f"“{name_of(month, signal)}” ({model})"


def by_psi(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-(row["psi"] or 0), row["model"], row["feature"]))


def drift_sentence(acting: list, watching: list, few: int, n: int, act: float) -> str:
    if acting:
        first = acting[0]
        text = (
            f"{words.count(len(acting), 'of')} {n} features asks for action, {first['said']}, at a PSI of "
            f"{first['psi']:.2f}"
            if len(acting) == 1
            else f"{len(acting)} of {n} features ask for action, {first['said']} most, at a PSI of {first['psi']:.2f}"
        )
    else:
        text = f"None of {n} features asks for action (PSI of {act:.2f} and more)"
    text += f"; {words.count(len(watching), 'is', 'are')} to be watched" if watching else ""
    text += f"; {words.count(few, 'has', 'have')} too few accounts to say" if few else ""
    return text + "."


def heat(month: Month, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    in_force = {(row["model"], row["model_version"], row["feature"]) for row in rows}
    history = [
        row
        for row in month.history("score_drift_monthly", SHOWN_MONTHS)
        if (row["model"], row["model_version"], row["feature"]) in in_force
    ]
    worst: dict[tuple, tuple] = {}
    rank = {"act": 3, "watch": 2, "known_incident": 2, "stable": 1, "too_few": 0}
    now = {(row["model"], row["model_version"], row["feature"]): row for row in rows}
    for row in history:
        key = (row["model"], row["model_version"], row["feature"])
        weight = (rank.get(row["status"], 0), row["psi"] or 0)
        worst[key] = max(worst.get(key, (0, 0)), weight)
    unstable = [key for key, weight in worst.items() if weight[0] >= 2]
    keep = sorted(
        unstable or list(worst),
        key=lambda key: (
            -rank.get(now[key]["status"], 0),
            -(now[key]["psi"] or 0),
            [-part for part in worst[key]],
            key,
        ),
    )[:SHOWN_FEATURES]
    shown = [
        {
            "row": feature(month, row),
            "month": f"{row['as_of_date']:%Y-%m}",
            "psi": row["psi"],
            "p_value": row["p_value"],
            "status": row["status"],
        }
        for key in keep
        for row in history
        if (row["model"], row["model_version"], row["feature"]) == key
    ]
    if not shown:
        return None
    says = "Drift by feature and month; this month " + ", ".join(
        f"{feature(month, now[key])} {now[key]['status']}" for key in keep[:6]
    )
    return charts.heat_map(shown, says)


# noise -----------------------------------------------------------------------------------------


def noise(month: Month) -> tuple[Section, list[Finding]]:
    """Which signals tell nothing, and what to do with them."""
    bound = month.book.rule("signal_noise_below", 0.02)
    months = int(month.book.rule("signal_retire_months", 3))
    title, question = (
        "Noisy signals",
        (
            "Which signals tell the outcome apart, and which only look as if they did? "
            f"Below an information value of {bound:g} for {months} months a signal is a candidate to retire."
        ),
    )
    rows = month.rows("signal_quality_monthly")
    if not rows:
        return Section("noise", title, question, [Block("Signal quality is not known.")]), []
    for row in rows:
        row["label"] = f"{row['model']}: {month.book.label(row['signal'])}"
        row["said"] = said(month, row["signal"], row["model"])
    # what advice goes by: the information value beyond what chance alone would show, where it is told
    for row in rows:
        row["told"] = row.get("excess_value", row["information_value"])
        row["name"] = month.book.label(row["signal"])
    rows.sort(
        key=lambda row: (
            {"retire": 0, "watch": 1, "keep": 2}.get(row["advice"], 3),
            *surest(row),
            row["label"],
        )
    )
    retire = [row for row in rows if row["advice"] == "retire"]
    watch = [row for row in rows if row["advice"] == "watch"]
    known = [row for row in rows if row["told"] is not None and row["advice"] != "too_few"]
    few = len(rows) - len(known)
    best = max(known, key=lambda row: row["told"], default=None)
    if retire:
        finding = (
            f"{words.count(len(retire), 'signal')} of {len(rows)} told nothing of the outcome for {months} months or "
            f"longer, and may be retired: {words.listed([row['said'] for row in retire], 4)}."
        )
    else:
        finding = f"None of {len(rows)} signals is advised to retire."
    if watch:
        finding += f" To be watched: {words.listed([row['said'] for row in watch], 4)}."
    if best:
        finding += f" {best['said']} tells most ({best['told']:.2f})."
    if few:
        finding += f" {words.count(few, 'signal has', 'signals have')} too few outcomes to say."
    tones = {"retire": "act", "watch": "watch", "keep": "good"}
    shown = [
        {
            "row": row["label"],
            "value": row["told"],
            "tone": tones.get(row["advice"], "unknown"),
            "says": row["advice"],
        }
        for row in (
            *retire[:SHOWN_SIGNALS],
            *watch[:SHOWN_SIGNALS],
            *sorted(
                (row for row in known if row["advice"] not in ("retire", "watch")),
                key=lambda row: -row["told"],
            )[:SHOWN_SIGNALS],
        )
        if row["told"] is not None
    ]
    block = Block(
        finding,
        charts.bars(
            shown,
            "Information value of signals: "
            + ", ".join(f"{row['row']} {row['value']:.3f}" for row in shown[:8]),
            f"information value beyond chance (dashed: {bound:g})",
            ".2f",
            bound,
        )
        if shown
        else None,
        note=f"Up to {SHOWN_SIGNALS} to retire first, surest first, then as many that tell most. Retiring is a "
        "person's decision: close the row in seeds/rules/score_features.csv and train again.",
        tables=[
            Table(
                "signal_quality_monthly",
                [
                    Column("model", "Model"),
                    Column("name", "Signal"),
                    Column("information_value", "Information value", of_three),
                    Column("told", "beyond chance", of_three),
                    Column("coverage_pct", "Coverage", words.per_cent),
                    Column("months_below", "Months below", whole),
                    Column("advice", "Advice", is_status=True),
                ],
                rows,
                "All signals of the month",
                most=200,
            )
        ],
    )
    found = []
    for level, those in (("act", retire), ("watch", watch)):
        if not those:
            continue
        first = those[0]
        signals = [row["said"] for row in those]
        models = sorted({row["model"] for row in those})
        nothing = "nothing" if level == "act" else "little"
        head = (
            f"{signals[0]} tells {nothing}"
            if len(signals) == 1
            else f"{signals[0]} and {words.count(len(signals) - 1, 'other signal')} tell {nothing}"
        )
        found.append(
            Finding(
                f"noise_{level}",
                level,
                head + (" of the outcome: retire" if level == "act" else " of the outcome"),
                f"Information value beyond chance {of_three(first['told'])}, below {bound:g} for "
                f"{words.count(first['months_below'], 'month')} in a row."
                + (
                    f" The others, surest first: {words.listed(signals[1:], 5)}."
                    if len(signals) > 1
                    else ""
                )
                + f" In {words.listed(models, 6)} {'it is' if len(signals) == 1 else 'they are'} chance at best.",
                "noise",
                month.arr_scored(set(models)),
                f"of ARR scored by {words.listed(models, 6)}",
                is_watched=level == "watch",
            )
        )
    return Section("noise", title, question, [block]), found


def surest(row: dict[str, Any]) -> tuple[int, float]:
    """Surest noise first: told by most outcomes of the rarer kind, then with least information."""
    rarer = min(row.get("n_events") or 0, row.get("n_others") or 0)
    return -rarer, 9.0 if row["told"] is None else row["told"]


# bias ------------------------------------------------------------------------------------------


def bias(month: Month) -> tuple[Section, list[Finding]]:
    """Who scores higher than accounts of equal outcome."""
    title, question = (
        "Partner bias",
        ("Do accounts of some partners score higher than accounts that turned out the same?"),
    )
    rows = month.rows("partner_bias_monthly")
    if not rows:
        return Section("bias", title, question, [Block("Bias is not known for this month.")]), []
    for row in rows:
        row["group"] = next((row[name] for name in ("partner_group", "group") if name in row), None)
        row["label"] = f"{row['model']}: {row['group']}" if row.get("model") else str(row["group"])
    rows = sorted(rows, key=lambda row: (-sure_gap(row), -abs(row["gap"] or 0), row["label"]))
    known = [row for row in rows if row["gap"] is not None]
    strong = [row for row in known if row["status"] == "act"]
    some = [row for row in known if row["status"] == "watch"]
    few = len(rows) - len(known)
    told = [*strong, *some]
    if told:
        finding = " ".join(gap_words(row) for row in told[:2])
    else:
        finding = "No group of partners is favoured or put back beyond what chance explains."
    if few:
        finding += f" {words.count(few, 'group has', 'groups have')} too few accounts to say."
    tones = {"act": "act", "watch": "watch"}
    shown = [
        {
            "row": row["label"],
            "value": row["gap"],
            "lower": row["lower"],
            "upper": row["upper"],
            "tone": tones.get(row["status"], "plain"),
            "says": row["status"],
        }
        for row in [
            *told,
            *sorted(
                (
                    row
                    for row in known
                    if row not in told and row["status"] != "too_few" and row["lower"] is not None
                ),
                key=lambda row: row["upper"] - row["lower"],
            ),
        ]
    ][:SHOWN_GROUPS]
    block = Block(
        finding,
        charts.dots(
            shown,
            "Score gap by group of partners: "
            + ", ".join(f"{row['row']} {row['value']:+.1f}" for row in shown[:8]),
            "points above equal outcome",
            0,
            ".1f",
            zero=True,
        )
        if shown
        else None,
        note=f"0 is no gap; the bar is the 90 % interval. A gap whose interval holds 0 is not told as bias. Shown "
        f"are {SHOWN_GROUPS}: to act on, to watch, and those best known; all are in the table.",
        tables=[
            Table(
                "partner_bias_monthly",
                [
                    *([Column("model", "Model")] if "model" in rows[0] else []),
                    Column("dimension", "Dimension"),
                    Column("group", "Group"),
                    Column("gap", "Gap", of_two),
                    Column("lower", "from", of_two),
                    Column("upper", "to", of_two),
                    Column("n", "n", whole),
                    Column("status", "Status", is_status=True),
                ],
                rows,
                "All groups",
                most=200,
            )
        ],
    )
    found = []
    if told:
        # a gap to watch is off 0 too: beyond chance, only smaller
        those = [*strong, *some]
        groups = {(row["dimension"], row["group"]) for row in those}
        others = [
            f"{row['group']} in {row.get('model', 'score')} {words.number(row['gap'], 1, sign=True)}"
            for row in those[1:]
        ]
        found.append(
            Finding(
                "bias",
                "act" if strong else "watch",
                gap_words(those[0]).rstrip("."),
                (f"Also {words.listed(others, 5)}. " if others else "")
                + "Whoever works the list by score works these accounts first, and not because they turn out better.",
                "bias",
                arr_of_groups(month, groups),
                f"of ARR at customers of these partners ({words.listed(sorted(group for _, group in groups), 4)})",
            )
        )
    return Section("bias", title, question, [block]), found


def sure_gap(row: dict[str, Any]) -> float:
    """How far from 0 the gap surely is: the nearer bound of its interval, 0 where that holds 0."""
    if row["lower"] is None or row["upper"] is None or row["lower"] <= 0 <= row["upper"]:
        return 0.0
    return min(abs(row["lower"]), abs(row["upper"]))


def gap_words(row: dict[str, Any]) -> str:
    way = "higher" if row["gap"] > 0 else "lower"
    model = f" in {row['model']}" if row.get("model") else ""
    low, high = sorted(abs(row[side] or 0) for side in ("lower", "upper"))
    span = f"90 % interval {words.number(low, 1)} to {words.number(high, 1)}"
    if row["lower"] is None or row["lower"] < 0 < (row["upper"] or 0):
        span = "but the 90 % interval holds 0"
    kind = "tier" if row["dimension"] == "tier" else "type"
    return (
        f"Accounts with partners of {kind} {row['group']} score {words.number(abs(row['gap']), 1)} points {way}{model} "
        f"than accounts of equal outcome ({span})."
    )


def arr_of_groups(month: Month, groups: set[tuple[str, str]]) -> float | None:
    """ARR of customers where a partner of such a group was at work in the month."""
    if not month.book.has("partner_account_depth"):
        return None
    keys = [
        key
        for key, partner in month.partners.items()
        for dimension, group in groups
        if partner["tier" if dimension == "tier" else "partner_type"] == group
    ]
    return month.arr_of(
        "select account_key from marts.partner_account_depth "
        "where as_of_date = ? and level > 0 and list_contains(?, partner_key)",
        [month.day, keys],
    )


# lift ------------------------------------------------------------------------------------------


def lift(month: Month) -> tuple[Section, list[Finding]]:
    """Whether accounts that score high do better, with the interval."""
    title, question = (
        "Lift",
        (
            "Do the accounts that a score puts first do better than comparable ones, and do ecosystem signals add to "
            "that?"
        ),
    )
    rows = [row for row in month.history("readiness_lift") if row["lift"] is not None]
    blocks = []
    found: list[Finding] = []
    if rows:
        last = max(row["as_of_date"] for row in rows)
        rows = [row for row in rows if row["as_of_date"] == last]
        rows.sort(key=lambda row: (row["tier"], str(row["cohort"])))
        for row in rows:
            row["label"] = f"tier {row['tier']} · {str(row['cohort']).replace('_', ' ')}"
        best = [row for row in rows if row["tier"] == "A"]
        sure = [row for row in best if row["lift_lower"] is not None and row["lift_lower"] > 1]
        if sure:
            first = max(sure, key=lambda row: row["lift"])
            finding = (
                f"Of accounts scored in {last:%B %Y}, those of {first['label']} did {first['lift']:.1f} times as well "
                "as "
                f"the rest ({first['lift_lower']:.1f} to {first['lift_upper']:.1f})."
            )
        elif best:
            worse = all(row["lift_upper"] is not None and row["lift_upper"] < 1 for row in best)
            finding = (
                f"Of accounts scored in {last:%B %Y}, tier A did "
                + ("worse than the rest" if worse else "not do better beyond what chance explains")
                + ": lift "
                + "; ".join(
                    f"{interval_of(row)} {str(row['cohort']).replace('_', ' ')}, {row['n']:,} accounts"
                    for row in best
                )
                + "."
            )
        else:
            finding = f"Nobody was in tier A in {last:%B %Y}."
        whole_score = [row for row in best if row["cohort"] != "internal_only"]
        if (
            whole_score
            and whole_score[0]["lift_upper"] is not None
            and whole_score[0]["lift_upper"] < 1
        ):
            found.append(
                Finding(
                    "lift",
                    "act",
                    "Accounts of tier A did worse than the rest",
                    f"Of those scored in {last:%B %Y}: lift "
                    f"{interval_of(whole_score[0])}, {whole_score[0]['n']:,} accounts. Do not work by this tier until "
                    "the cards behind it are trained again.",
                    "lift",
                    month.arr_of(
                        "select account_key from marts.account_readiness where as_of_date = ? and tier = 'A'",
                        [month.day],
                    ),
                    "of ARR at customers in tier A",
                )
            )
        shown = [
            {
                "row": row["label"],
                "value": row["lift"],
                "lower": row["lift_lower"],
                "upper": row["lift_upper"],
                "tone": "plain"
                if row["lift_lower"] is None or row["lift_lower"] <= 1 <= row["lift_upper"]
                else "good"
                if row["lift"] > 1
                else "watch",
                "says": f"{row['n']:,} accounts",
            }
            for row in rows
        ][:40]
        blocks.append(
            Block(
                finding,
                charts.dots(
                    shown,
                    "Lift by tier and cohort: "
                    + ", ".join(f"{row['row']} {row['value']:.2f}" for row in shown[:8]),
                    "lift; 1 is no better",
                    1,
                    ".1f",
                    zero=True,
                ),
                note=f"{last:%B %Y} is the last month whose outcomes are known. Blue: the interval holds 1.",
                tables=[
                    Table(
                        "readiness_lift",
                        [
                            Column("tier", "Tier"),
                            Column("cohort", "Cohort"),
                            Column("n", "n", whole),
                            Column("sql_rate", "Sales-qualified", rate),
                            Column("false_positive_rate", "False positives", rate),
                            Column("pipeline_per_account", "Pipeline an account", words.money),
                            Column("median_ttv_days", "Days to value", whole),
                            Column("retention_rate", "Kept", rate),
                            Column("lift", "Lift", of_two),
                            Column("lift_lower", "from", of_two),
                            Column("lift_upper", "to", of_two),
                        ],
                        rows,
                        "By tier and cohort",
                        most=100,
                    )
                ],
            )
        )
    else:
        blocks.append(Block("The lift of readiness is not known yet: no outcome has resolved."))
    rescues = [row for row in month.rows("kpis_monthly") if row["kpi"] == "rescue_lift"]
    known = [row for row in rescues if row["value"] is not None]
    if known:
        whole_book = next((row for row in known if row["cohort"] == "all"), known[0])
        low, high = whole_book["lower"], whole_book["upper"]
        sure = low is not None and (low > 0 or high < 0)
        span = words.interval(
            whole_book["value"],
            low,
            high,
            lambda value: f"{words.number(100 * value, 1, True)} points",
        )
        finding = (
            "Customers in risk that somebody went to rescue cleared it more often than comparable ones left alone: "
            f"{span}."
            if sure and whole_book["value"] > 0
            else f"Rescues cannot be told from risks that clear by themselves: {span}."
            if not sure
            else f"Customers in risk that somebody went to rescue cleared it less often: {span}."
        )
        shown = [
            {
                "row": str(row["cohort"]).replace("_", " "),
                "value": row["value"],
                "lower": row["lower"],
                "upper": row["upper"],
                "tone": "good" if row["lower"] is not None and row["lower"] > 0 else "plain",
                "says": f"n = {row['n']}",
            }
            for row in known
        ][:24]
        blocks.append(
            Block(
                finding,
                charts.dots(
                    shown,
                    "Rescue lift: "
                    + ", ".join(f"{row['row']} {row['value']:.3f}" for row in shown),
                    "share rescued, above comparable episodes",
                    0,
                    ".0%",
                    zero=True,
                )
                if len(shown) > 1
                else None,
                note="Most flags clear by themselves; only the difference to untouched episodes of like risk and "
                "days to renewal says something.",
            )
        )
    return Section("lift", title, question, blocks), found


def interval_of(row: dict[str, Any]) -> str:
    return words.interval(row["lift"], row["lift_lower"], row["lift_upper"], of_two)


# backtest --------------------------------------------------------------------------------------


def cut_off(row: dict[str, Any]) -> Any:
    return next(
        (row[name] for name in ("cut_off_pct", "cut_off", "cutoff_pct") if name in row), None
    )


def backtest(month: Month) -> tuple[Section, list[Finding]]:
    """How far past months' flags came true."""
    title = "Backtest of risk"
    question = (
        "Of those flagged in past months, from what was known then, how many left; and of those who left, how many "
        "had been flagged in time?"
    )
    rows = sorted(
        month.history("risk_backtest"), key=lambda row: (row["as_of_date"], row["cut_off_pct"])
    )
    told = [row for row in rows if row["precision"] is not None and row["recall"] is not None]
    # of a month where many renewals are open, those decided are the ones that came first
    judged = [
        row
        for row in told
        if row.get("n_scored") is None or row["n_resolved"] >= DECIDED * row["n_scored"]
    ]
    lost = [row for row in rows if row.get("recall_60d") is not None]
    blocks: list[Block] = []
    if judged:
        last = judged[-1]["as_of_date"]
        now = [row for row in judged if row["as_of_date"] == last]
        middle = now[len(now) // 2]
        finding = (
            f"Of the riskiest {middle['cut_off_pct']:g} % as of {last:%B %Y}, "
            f"{words.share(middle['precision'])} left"
        )
        if middle["lift"] is not None:
            finding += f": {middle['lift']:.1f} times as often as customers on the whole"
            if middle.get("lift_lower") is not None:
                finding += f" ({middle['lift_lower']:.1f} to {middle['lift_upper']:.1f})"
        finding += f". They were {words.share(middle['recall'])} of all that left. "
        blocks.append(
            Block(
                finding + trend_sentence(judged, middle["cut_off_pct"], "precision"),
                cut_offs(judged, "precision", "share of the flagged that left"),
                note="Precision: of those flagged, how many left. Shown are months of which nine in ten renewals are "
                "decided; later ones are in the table, and rest on few.",
            )
        )
        blocks.append(
            Block(
                trend_sentence(judged, middle["cut_off_pct"], "recall"),
                cut_offs(judged, "recall", "share of leavers that were flagged"),
                note="Recall: of those that left, how many were flagged.",
            )
        )
    if lost:
        last = lost[-1]["as_of_date"]
        of_month = [row for row in lost if row["as_of_date"] == last]
        parts = [
            f"{words.share(row['recall_60d'])} at {row['cut_off_pct']:g} %" for row in of_month
        ]
        leads = [row["median_lead_days"] for row in of_month if row["median_lead_days"] is not None]
        blocks.append(
            Block(
                f"Of {words.count(of_month[0]['n_lost'], 'customer')} lost in {last:%B %Y}, flagged at least sixty "
                "days "
                f"ahead: {words.listed(parts, 5)}"
                + (
                    f"; half of the flags came {words.number(max(leads), 0)} days or more ahead."
                    if leads
                    else "."
                )
            )
        )
    if blocks:
        columns = [
            Column("as_of_date", "Month", words.day),
            Column("cut_off_pct", "Cut-off", words.per_cent),
            Column("n_flagged", "Flagged", whole),
            Column("n_churned", "Left", whole),
            Column("precision", "Precision", rate),
            Column("recall", "Recall", rate),
            Column("lift", "Lift", of_two),
        ]
        for name, heading, form in (
            ("lift_lower", "from", of_two),
            ("lift_upper", "to", of_two),
            ("brier", "Brier", of_three),
            ("n_lost", "Lost that month", whole),
            ("recall_60d", "Flagged 60 days ahead", rate),
            ("median_lead_days", "Days ahead, median", whole),
        ):
            if month.book.has("risk_backtest", name):
                columns.append(Column(name, heading, form))
        blocks[-1].tables.append(
            Table(
                "risk_backtest",
                columns,
                sorted(rows, key=lambda row: (-row["as_of_date"].toordinal(), row["cut_off_pct"])),
                "By month and cut-off",
            )
        )
    else:
        blocks.append(
            Block("No past month's renewals have been decided yet, so there is no backtest.")
        )
    for block in (reliability(month), performance(month)):
        if block:
            blocks.append(block)
    return Section("backtest", title, question, blocks), []


def cut_offs(rows: list[dict[str, Any]], measure: str, axis: str) -> dict[str, Any]:
    series = list(
        dict.fromkeys(f"riskiest {cut:g} %" for cut in sorted({row["cut_off_pct"] for row in rows}))
    )
    shown = [
        {
            "month": row["as_of_date"],
            "value": row[measure],
            "lower": None,
            "upper": None,
            "series": f"riskiest {row['cut_off_pct']:g} %",
        }
        for row in rows
    ]
    return charts.lines(
        shown, f"{measure} by month, at cut-offs {words.listed(series, 6)}", axis, series
    )


def trend_sentence(rows: list[dict[str, Any]], cut: float, measure: str) -> str:
    """The measure over the first three months told and the last three."""
    of_cut = [row for row in rows if row["cut_off_pct"] == cut]
    if len(of_cut) < 6:
        return f"Too few months are decided to tell a trend of {measure}."
    early, late = (sum(row[measure] for row in part) / 3 for part in (of_cut[:3], of_cut[-3:]))
    way = "rose" if late > early + 0.02 else "fell" if late < early - 0.02 else "held"
    return (
        f"{measure.capitalize()} {way}: {words.share(early)} over the first three months told, {words.share(late)} "
        "over "
        "the last three."
    )


def reliability(month: Month) -> Block | None:
    """Probability told against the share that left, by tenth of points."""
    rows = [row for row in month.book.rows("risk_reliability") if row["churn_rate"] is not None]
    if not rows:
        return None
    versions = sorted({row["model_version"] for row in rows})
    rows = sorted(
        (row for row in rows if row["model_version"] == versions[-1]), key=lambda row: row["decile"]
    )
    inside = sum(
        row["churn_rate_lower"] <= row["mean_probability"] <= row["churn_rate_upper"]
        for row in rows
    )
    off = max(rows, key=lambda row: abs(row["churn_rate"] - row["mean_probability"]))
    finding = (
        f"Reliability of {versions[-1]}: in {inside} of {len(rows)} tenths the probability lies in the interval of "
        "what "
        f"was seen. Furthest off, {words.share(off['mean_probability'])} foretold and "
        f"{words.share(off['churn_rate'])} seen."
    )
    columns = [
        Column("model_version", "Version"),
        Column("decile", "Tenth", whole),
        Column("n", "n", whole),
        Column("mean_probability", "Foretold", rate),
        Column("churn_rate", "Seen", rate),
        Column("churn_rate_lower", "from", rate),
        Column("churn_rate_upper", "to", rate),
    ]
    note = "As of the build, all months pooled; months of one customer are alike, so the intervals are too narrow."
    return Block(
        finding,
        charts.reliability(rows, finding),
        note,
        [Table("risk_reliability", columns, rows, "By tenth of points")],
    )


def performance(month: Month) -> Block | None:
    """How well each version tells outcomes apart, in its last resolved month."""
    rows = [
        row
        for row in month.history("model_performance_monthly")
        if row["auc"] is not None
        and min(row.get("n_events", FEW), row["n"] - row.get("n_events", 0)) >= FEW
    ]
    if not rows:
        return None
    most: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["model"], row["model_version"])
        most[key] = max(most.get(key, 0), row["n"])
    last_by = {}
    for row in sorted(rows, key=lambda row: row["as_of_date"]):
        key = (row["model"], row["model_version"])
        if row["n"] >= DECIDED * most[key]:
            last_by[key] = row
    last = [last_by[key] for key in sorted(last_by)]
    parts = [f"{row['model']} {row['auc']:.2f} ({row['model_version']})" for row in last]
    columns = [
        Column("as_of_date", "Last month told", words.day),
        Column("model", "Model"),
        Column("model_version", "Version"),
    ]
    for name, heading, form in (
        ("n", "n", whole),
        ("n_events", "Events", whole),
        ("auc", "AUC", of_three),
        ("calibration_error", "Calibration error", of_three),
        ("brier", "Brier", of_three),
        ("is_in_training", "In training", None),
    ):
        if name in last[0]:
            columns.append(Column(name, heading, form))
    return Block(
        f"How well each version tells outcomes apart (AUC; 0.50 is chance): {words.listed(parts, 10)}.",
        note=f"Of the last month with at least {FEW} accounts of either outcome and nine tenths of the most that any "
        "month has: of later ones too many outcomes are open.",
        tables=[Table("model_performance_monthly", columns, last, "By model and version", True)],
    )


# register --------------------------------------------------------------------------------------


def register(month: Month) -> tuple[Section, list[Finding]]:
    """Which version scored this month, and what stands beside it."""
    title, question = (
        "Model register",
        ("Which version is in force, what stands beside it, and what was it trained on?"),
    )
    rows = month.book.rows("model_versions")
    if not rows:
        return Section("register", title, question, [Block("No model is registered.")]), []
    for row in rows:
        row["in_force"] = False
        for name in ("trained_from", "trained_to", "effective_from"):
            row.setdefault(name, row.get(f"{name}_date"))
    for model in {row["model"] for row in rows}:
        candidates = [
            row
            for row in rows
            if row["model"] == model
            and row["status"] != "challenger"
            and row["effective_from"] is not None
            and (month.day is None or row["effective_from"] <= month.day)
        ]
        if candidates:
            newest = max(candidates, key=lambda row: (row["effective_from"], str(row["version"])))
            newest["in_force"] = True
    in_force = [row for row in rows if row["in_force"]]
    demo = [row["model"] for row in in_force if row["status"] == "demo"]
    beside = [version(row) for row in rows if row["status"] == "challenger"]
    finding = f"In force: {words.listed([version(row) for row in in_force], 8)}"
    finding += (
        f". Beside it: {words.listed(beside, 6)}." if beside else ". No challenger stands beside."
    )
    found = []
    if demo:
        finding += (
            f" {'All of them are' if len(demo) == len(in_force) else words.listed(sorted(demo), 8) + ' is'} demo: "
            "points and bands only, no probability, until trained on your own history."
        )
    note = "Nothing is trained again silently: promoting a challenger is one row that a person changes."
    table = Table(
        "model_versions",
        [
            Column("model", "Model"),
            Column("version", "Version"),
            Column("in_force", "In force"),
            Column("status", "Status", is_status=True),
            Column("target", "Target"),
            Column("trained_from", "Trained from", words.day),
            Column("trained_to", "to", words.day),
            Column("effective_from", "Effective from", words.day),
            Column("auc", "AUC", of_three),
            Column("calibration_error", "Calibration error", of_three),
            Column("weights_hash", "Weights", lambda value: str(value)[:10], kind="text"),
            Column("note", "Note"),
        ],
        rows,
        "Versions",
        True,
    )
    return Section("register", title, question, [Block(finding, note=note, tables=[table])]), found


def version(row: dict[str, Any]) -> str:
    """A version with its model, unless its name says it."""
    name = str(row["version"])
    return name if name.startswith(row["model"]) else f"{row['model']} {name}"
