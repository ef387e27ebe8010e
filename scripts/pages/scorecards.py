"""The page of partners: who fills the pipeline against who keeps customers, and the ecosystem as a graph."""

from pathlib import Path
from typing import Any

from scripts.pages import charts, graph, rendering, words
from scripts.pages.layout import Block, Column, Section, Table
from scripts.pages.models import of_two, whole
from scripts.pages.reading import Book, plain

MOST_PARTNERS = 40
STRONG = ("overrated", "underrated")


def write(database: Path, target: Path | None, project: Path) -> Path:
    with Book(database) as book:
        content = page(book)
        return rendering.write(
            "page.html.j2", target or project / "target" / "page.html", **content
        )


def page(book: Book) -> dict[str, Any]:
    """All that the template lays out."""
    days = book.months()
    cards = book.rows("partner_scorecard")
    drawn = graph.graph(book)
    sections = [
        ranks(cards),
        profile(book, cards),
        depth(book),
        kept(book),
        pairs(book),
        drawn.section,
    ]
    loud = [row["partner_name"] for row in cards if row["paradox"] == "overrated"]
    quiet = [row["partner_name"] for row in cards if row["paradox"] == "underrated"]
    if not cards:
        lead = "There is no partner in this book."
    elif loud or quiet:
        parts = [
            f"pipeline overstates {words.listed(loud, 4)}" if loud else "",
            f"it overlooks {words.listed(quiet, 4)}" if quiet else "",
        ]
        lead = (
            f"{words.count(len(cards), 'partner')}; "
            + ", and ".join(part for part in parts if part)
            + "."
        )
    else:
        lead = f"{words.count(len(cards), 'partner')}; at none do pipeline and customers disagree beyond chance."
    return {
        "title": "Partner scorecards",
        "kicker": f"As of {days[-1]}" if days else "No month has figures yet",
        "lead": lead,
        "sections": sections,
        "graph": drawn.data,
        "partners": drawn.choices,
        "types": drawn.types,
        "footer": [
            "Figures are those of the marts of one build; the tables hold them. Intervals are 90 %.",
            "CSI, the Customer Success Index, is 50 where a partner's customers do as comparable customers without "
            "it do. "
            "Partners are compared, nobody was randomised.",
            "Ties that somebody restricted count in figures and are in no picture and no row.",
        ],
    }


def ranks(cards: list[dict[str, Any]]) -> Section:
    """Pipeline rank against CSI rank."""
    title, question = (
        "Pipeline against customer success",
        ("Do the partners that fill the pipeline also make customers succeed?"),
    )
    both = [row for row in cards if row["pipeline_rank"] and row["csi_rank"]]
    if not cards:
        return Section("ranks", title, question, [Block("There is no partner to compare.")])
    unranked = [row for row in cards if not row["csi_rank"]]
    shown = sorted(
        both,
        key=lambda row: (row["paradox"] not in STRONG, row["pipeline_rank"], row["partner_key"]),
    )[:MOST_PARTNERS]
    strong = [row for row in cards if row["paradox"] in STRONG]
    strong.sort(key=lambda row: row["retention_effect"] or 0)
    if strong:
        finding = " ".join(
            f"{row['partner_name']} is {row['paradox']}: pipeline rank {row['pipeline_rank'] or 'none'}, CSI rank "
            f"{row['csi_rank'] or 'none'}; of customers' ARR "
            f"{words.share(abs(row['retention_effect']), 1)} "
            f"{'more' if row['retention_effect'] > 0 else 'less'} is kept than expected."
            for row in strong[:3]
        )
    else:
        finding = "No partner is called overrated or underrated: what differs between the ranks may be chance."
    chart = None
    if shown:
        rows = [
            {
                "name": row["partner_name"],
                "left": row["pipeline_rank"],
                "right": row["csi_rank"],
                "kind": row["paradox"],
                "strong": int(row["paradox"] in STRONG),
                "interval": words.interval(row["csi"], row["csi_lower"], row["csi_upper"], one),
            }
            for row in shown
        ]
        says = "Pipeline rank and CSI rank: " + ", ".join(
            f"{row['name']} {row['left']} and {row['right']}" for row in rows[:10]
        )
        chart = charts.slope(rows, says)
    note = (
        "A gap between ranks alone says little; a partner is called overrated or underrated only where its effect on "
        "customers kept is sure to nine in ten."
    )
    if unranked:
        note += (
            f" {words.count(len(unranked), 'partner has', 'partners have')} no CSI rank, for too little evidence: "
            f"{words.listed([row['partner_name'] for row in unranked], 5)}."
        )
    if len(both) > len(shown):
        note += f" {len(both) - len(shown)} more are in the table."
    table = Table(
        "partner_scorecard",
        [
            Column("partner_name", "Partner"),
            Column("partner_type", "Type"),
            Column("tier", "Tier"),
            Column("sourced_pipeline", "Sourced pipeline", words.money),
            Column("pipeline_rank", "Pipeline rank", whole),
            Column("csi", "CSI", one),
            Column("csi_lower", "from", one),
            Column("csi_upper", "to", one),
            Column("csi_rank", "CSI rank", whole),
            Column("evidence", "Evidence"),
            Column("paradox", "Verdict", is_status=True),
            Column(
                "retention_effect", "Effect on ARR kept", lambda value: words.share(value, 1, True)
            ),
            Column("retention_effect_lower", "from", lambda value: words.share(value, 1, True)),
            Column("retention_effect_upper", "to", lambda value: words.share(value, 1, True)),
            Column("cost", "Cost", words.money),
            Column("cost_share_pct", "Share of cost", words.per_cent),
            Column("retention_share_pct", "Share of keeping", words.per_cent),
        ],
        sorted(cards, key=lambda row: (row["pipeline_rank"] or 10**9, row["partner_key"])),
        "All partners",
        most=500,
    )
    return Section("ranks", title, question, [Block(finding, chart, note, [table])])


def one(value: float | None) -> str:
    return words.number(value, 1)


def profile(book: Book, cards: list[dict[str, Any]]) -> Section:
    """Effects by stage."""
    title, question = "Stage profile", "At which stage is each partner good, and how sure is that?"
    rows = book.rows("partner_csi_stages", "is_latest")
    if not rows:
        return Section("stages", title, question, [Block("No stage has figures yet.")])
    order_of = {row["partner_key"]: row["csi_rank"] or 10**9 for row in cards}
    rows.sort(key=lambda row: (order_of.get(row["partner_key"], 10**9), row["partner_key"]))
    names = list(dict.fromkeys(row["partner_name"] for row in rows))[:MOST_PARTNERS]
    columns = [
        stage
        for stage in ("acquisition", "onboarding", "adoption", "retention", "expansion", "advocacy")
        if any(row["stage"] == stage for row in rows)
    ]
    sure = [
        row
        for row in rows
        if row["effect_lower"] is not None and (row["effect_lower"] > 0 or row["effect_upper"] < 0)
    ]
    weak = sum(row["evidence"] == "insufficient" for row in rows)
    if sure:
        sure.sort(key=lambda row: -abs(row["stage_score"] - 50))
        told = [
            f"{row['partner_name']} at {row['stage']} ({words.number(row['stage_score'], 0)})"
            for row in sure
        ]
        finding = (
            f"{words.count(len(sure), 'effect is', 'effects are')} sure, by an interval without 0: "
            f"{words.listed(told, 5)}."
        )
    else:
        finding = "At no stage is a partner's effect sure: every interval holds 0."
    finding += f" {weak} of {len(rows)} squares have insufficient evidence." if weak else ""
    shown = [
        {
            "name": row["partner_name"],
            "stage": row["stage"],
            "score": row["stage_score"],
            "told": None if row["evidence"] == "insufficient" else row["stage_score"],
            "interval": words.interval(
                row["effect"],
                row["effect_lower"],
                row["effect_upper"],
                lambda value: words.share(value, 1, True),
            ),
            "n": row["n_effective"],
            "evidence": row["evidence"],
        }
        for row in rows
        if row["partner_name"] in set(names) and row["stage_score"] is not None
    ]
    block = Block(
        finding,
        charts.stages(
            shown,
            names,
            columns,
            f"Stage scores of {len(names)} partners at {words.listed(columns, 6)}",
        ),
        "50 is as expected of comparable customers. Uncoloured squares: insufficient evidence (under five effective "
        "trials) or none. Partners in the order of their CSI.",
        [
            Table(
                "partner_csi_stages",
                [
                    Column("partner_name", "Partner"),
                    Column("stage", "Stage"),
                    Column("stage_score", "Score", one),
                    Column("effect", "Effect", lambda value: words.share(value, 1, True)),
                    Column("effect_lower", "from", lambda value: words.share(value, 1, True)),
                    Column("effect_upper", "to", lambda value: words.share(value, 1, True)),
                    Column("n_effective", "Effective trials", one),
                    Column("presence", "Presence", words.share),
                    Column("e_value", "E-value", of_two),
                    Column("evidence", "Evidence"),
                ],
                rows,
                "All stages of all partners",
                most=600,
            )
        ],
    )
    return Section("stages", title, question, [block])


def depth(book: Book) -> Section:
    """How deep partners are at their accounts."""
    title, question = (
        "Depth",
        "How deep is each partner at its accounts today, by what was observed?",
    )
    rows = [row for row in book.rows("partner_depth") if row["mean_level"] is not None]
    if not rows:
        return Section("depth", title, question, [Block("No partner is known at an account.")])
    rows.sort(key=lambda row: (-row["mean_level"], row["partner_key"]))
    levels = ["0 declared", "1 transactional", "2 implementation", "3 success", "4 strategic"]
    total = [sum(row[f"n_level_{level}"] for row in rows) for level in range(5)]
    pairs_n = sum(total)
    finding = (
        f"Of {pairs_n:,} ties of a partner with an account, {words.share((total[3] + total[4]) / pairs_n)} reach "
        "success or "
        f"strategic, and {words.share(total[0] / pairs_n)} are declared only. "
        f"{rows[0]['partner_name']} is deepest, at level {rows[0]['mean_level']:.1f} on average."
        if pairs_n
        else "No tie has a level."
    )
    shown_rows = rows[:MOST_PARTNERS]
    shown = [
        {
            "name": row["partner_name"],
            "level": levels[level],
            "rank": level,
            "n": row[f"n_level_{level}"],
        }
        for row in shown_rows
        for level in range(5)
    ]
    retention = book.rows("depth_retention")
    blocks = [
        Block(
            finding,
            charts.depths(
                shown,
                [row["partner_name"] for row in shown_rows],
                levels,
                f"Share of accounts by depth of {len(shown_rows)} partners",
            ),
            tables=[
                Table(
                    "partner_depth",
                    [
                        Column("partner_name", "Partner"),
                        *[
                            Column(f"n_level_{level}", levels[level].capitalize(), whole)
                            for level in range(5)
                        ],
                        Column("mean_level", "Mean level", of_two),
                        Column("n_cooling", "Cooling", whole),
                    ],
                    rows,
                    "All partners",
                    most=500,
                )
            ],
        )
    ]
    told = [row for row in retention if row["retention_rate_18m"] is not None]
    if told:
        sure = [row for row in told if row["lift_lower"] is not None and row["lift_lower"] > 0]
        blocks.append(
            Block(
                "Customers whose deepest partner at month six was at the level "
                f"{words.listed([row['level_name'] for row in sure], 5)} stayed more often than comparable ones."
                if sure
                else "At no depth did customers stay more often than comparable ones beyond chance.",
                charts.dots(
                    [
                        {
                            "row": f"{row['level']} {row['level_name']}",
                            "value": row["retention_rate_18m"],
                            "lower": row["retention_lower"],
                            "upper": row["retention_upper"],
                            "tone": "good" if row in sure else "plain",
                            "says": f"{row['n_accounts']} accounts, {row['evidence']}",
                        }
                        for row in told
                    ],
                    "Share kept by depth: "
                    + ", ".join(
                        f"{row['level_name']} {row['retention_rate_18m']:.2f}" for row in told
                    ),
                    "share kept at month 18",
                    None,
                    ".0%",
                ),
            )
        )
    return Section("depth", title, question, blocks)


def kept(book: Book) -> Section:
    """Who brought the customers of today's book, and who kept them."""
    title, question = (
        "Who kept whom",
        (
            "Of customers still there at month eighteen: who had brought them, and who was there when they stayed?"
        ),
    )
    if not book.has("account_kept_by"):
        return Section("kept", title, question, [Block("It is not known who kept whom.")])
    rows = book.query(
        """
        select
            kept.partner_key,
            case when kept.partner_key = 'own_team' then 'Own team'
                when kept.partner_key = 'restricted' then 'Restricted' else partners.partner_name end as partner_name,
            sum(kept.sourced_share) as sourced,
            sum(kept.kept_share) as kept_n,
            cast(sum(kept.n_rescues) as bigint) as n_rescues
        from marts.account_kept_by as kept
        left join marts.partners as partners on kept.partner_key = partners.partner_key
        where kept.is_alive_18m
        group by 1, 2
        """
    )
    own = sum(row["kept_n"] or 0 for row in rows if row["partner_key"] == "own_team")
    stayed = sum(row["kept_n"] or 0 for row in rows)
    table_rows = rows
    rows = [row for row in rows if row["partner_key"] != "own_team"]
    brought = sum(row["sourced"] or 0 for row in rows)
    by_partners = stayed - own
    if not rows or not by_partners:
        return Section(
            "kept",
            title,
            question,
            [Block("No partner has a credit for a customer kept to month eighteen.")],
        )
    for row in table_rows:
        row["partner_name"] = row["partner_name"] or row["partner_key"]
        of_partners = row["partner_key"] != "own_team"
        row["brought_share"] = (row["sourced"] or 0) / brought if brought and of_partners else None
        row["kept_share"] = (row["kept_n"] or 0) / by_partners if of_partners else None
    for row in rows:
        row["gap"] = row["kept_share"] - (row["brought_share"] or 0)
    rows.sort(key=lambda row: (-row["kept_share"], row["partner_key"]))
    named = [row for row in rows if row["partner_key"] != "restricted"] or rows
    keeper, seller = max(named, key=lambda row: row["gap"]), min(named, key=lambda row: row["gap"])
    finding = (
        f"Among partners, {keeper['partner_name']} brought {words.share(keeper['brought_share'])} of these customers "
        "and "
        f"has {words.share(keeper['kept_share'])} of the credit for keeping; {seller['partner_name']} brought "
        f"{words.share(seller['brought_share'])} and has {words.share(seller['kept_share'])}. "
        f"The own team has {words.share(own / stayed)} of all the credit."
    )
    shown_rows = rows[:MOST_PARTNERS]
    shown = [
        {
            "name": row["partner_name"],
            "brought": row["brought_share"] or 0,
            "kept": row["kept_share"],
            "tone": "more" if row["gap"] > 0.02 else "less" if row["gap"] < -0.02 else "even",
        }
        for row in shown_rows
    ]
    block = Block(
        finding,
        charts.dumbbells(
            shown,
            [row["partner_name"] for row in shown_rows],
            f"Share of customers brought and kept by {len(shown_rows)} partners and the own team",
        ),
        "Ring: share of the customers that partners brought. Dot: share of partners' credit for keeping. Credit says "
        "who was "
        "there, the retention effect above says whether it made a difference.",
        [
            Table(
                "account_kept_by",
                [
                    Column("partner_name", "Partner"),
                    Column("sourced", "Customers brought", one),
                    Column("brought_share", "Of partners", lambda value: words.share(value, 1)),
                    Column("kept_n", "Customers kept, by credit", one),
                    Column("kept_share", "Of partners", lambda value: words.share(value, 1)),
                    Column("n_rescues", "Rescues", whole),
                ],
                sorted(table_rows, key=lambda row: (-(row["kept_n"] or 0), row["partner_key"])),
                "All who brought or kept",
                most=500,
            )
        ],
    )
    return Section("kept", title, question, [block])


def pairs(book: Book) -> Section:
    """Partners who serve the same customers, or could refer."""
    title, question = (
        "Partners that belong together",
        (
            "Which partners stand at the same customers, and where does one stand at customers whose need the other "
            "meets?"
        ),
    )
    rows = book.rows("partner_pairs")
    if not rows:
        return Section("pairs", title, question, [Block("No two partners share a customer.")])
    keys = [name for name in rows[0] if name.endswith("partner_key")]
    names = {row["partner_key"]: row["partner_name"] for row in book.rows("partners")}
    for row in rows:
        row["one"], row["other"] = (names.get(row[key]) or row[key] for key in keys[:2])
    rows.sort(
        key=lambda row: (-(row["could_refer_accounts"] or 0), -row["shared_accounts"], row["one"])
    )
    top = rows[0]
    most = max(rows, key=lambda row: (row["shared_accounts"], row["one"]))
    finding = (
        f"{most['one']} and {most['other']} share most customers, {most['shared_accounts']:,}. "
        + (
            f"{top['one']} and {top['other']} could refer to one another at {top['could_refer_accounts']:,} more."
            if top["could_refer_accounts"]
            else "None could refer to the other."
        )
    )
    table = Table(
        "partner_pairs",
        [
            Column("one", "Partner"),
            Column("other", "and"),
            Column("shared_accounts", "Customers of both", whole),
            Column("could_refer_accounts", "Could refer", whole),
        ],
        rows,
        "Pairs, most chances to refer first",
        True,
        most=12,
    )
    return Section("pairs", title, question, [Block(finding, tables=[table])])


def type_label(kind: str | None) -> str:
    return plain(kind) if kind else "unknown"
