"""What a user reads at the end of a build: the two rankings, what follows from them, and what to try next."""

from pathlib import Path
from typing import Any

import duckdb
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

TOP = 5


class Marts:
    """The marts of a built DuckDB file, read only."""

    def __init__(self, database: Path) -> None:
        self.connection = duckdb.connect(str(database), read_only=True)

    def rows(self, query: str, given: list[Any] | None = None) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query, given or [])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, query: str) -> Any:
        return self.connection.execute(query).fetchone()[0]


def interval(
    middle: float | None,
    lower: float | None,
    upper: float | None,
    factor: float = 1,
    digits: int = 1,
) -> str:
    """`51.2 (49.8, 52.6)`, or a dash where there is no figure."""
    if middle is None:
        return "–"
    middle, lower, upper = (factor * number for number in (middle, lower, upper))
    sign = "+" if factor != 1 else ""
    return f"{middle:{sign}.{digits}f} ({lower:{sign}.{digits}f}, {upper:{sign}.{digits}f})"


def print_scorecard(database: Path, console: Console) -> None:
    """Top of pipeline against top of CSI, three findings, and what was refused."""
    marts = Marts(database)
    partners = marts.rows("select * from marts.partner_scorecard")
    by_pipeline = sorted(partners, key=lambda row: (row["pipeline_rank"], row["partner_key"]))[:TOP]
    by_csi = sorted(
        (row for row in partners if row["csi_rank"]),
        key=lambda row: (row["csi_rank"], row["partner_key"]),
    )[:TOP]
    as_of = marts.value("select as_of_date from staging.stg_as_of")
    console.print(f"As of {as_of}, {len(partners)} partners; 90 % intervals in brackets.\n")
    console.print(ranking("Who fills the pipeline", by_pipeline, "pipeline_rank"))
    if by_csi:
        console.print(ranking("Who adds to customer outcomes", by_csi, "csi_rank"))
    console.print(
        "kept: points of ARR kept at a decision or half-year, against comparable customers without the partner.\n"
    )
    for number, finding in enumerate(findings(partners), start=1):
        console.print(f"[bold]{number}.[/] {escape(finding)}", highlight=False)
    for line in touch_evidence(evidence_counts(marts, "intermediate.int_touches")):
        console.print(line, highlight=False)
    for line in hierarchy_remarks(marts):
        console.print(line, markup=False, highlight=False)
    print_rejects(marts, console)


def evidence_counts(marts: Marts, touches: str) -> dict[str, int]:
    """Touches of partners by how they are known; of those that were observed, the ones where a partner and a customer
    have neither a declared nor a logged touch, and how many such pairs there are."""
    return marts.rows(f"""
        with pairs as (
            select
                partner_key,
                account_key,
                sum(case when evidence = 'observed' then 1 else 0 end) as n_observed,
                sum(case when evidence = 'system' then 1 else 0 end) as n_system,
                sum(case when evidence = 'declared' then 1 else 0 end) as n_declared
            from {touches}
            where actor = 'partner'
            group by partner_key, account_key
        )
        select
            cast(coalesce(sum(n_observed), 0) as bigint) as observed,
            cast(coalesce(sum(n_system), 0) as bigint) as system,
            cast(coalesce(sum(n_declared), 0) as bigint) as declared,
            cast(coalesce(sum(n_observed) filter (where n_system + n_declared = 0), 0) as bigint) as undeclared,
            count(*) filter (where n_observed > 0 and n_system + n_declared = 0) as undeclared_pairs
        from pairs
    """)[0]


def touch_evidence(counts: dict[str, int]) -> list[str]:
    """How the work of partners is known, in a sentence or two."""
    said = [
        f"Touches of partners: {counts['declared']:,} declared, {counts['system']:,} logged by a system, "
        f"{counts['observed']:,} observed."
    ]
    if counts["undeclared"]:
        said.append(
            f"Of the observed ones {counts['undeclared']:,} are between a partner and a customer "
            f"({counts['undeclared_pairs']:,} pairs) for whom nothing was declared or logged."
        )
    return said


def hierarchy_remarks(marts: Marts) -> list[str]:
    """Organisations whose parents go round in a circle, and domains too crowded to tie anybody; usually nothing."""
    said = []
    circling = [
        row["organisation_name"] or row["organisation_key"]
        for row in marts.rows(
            "select organisation_key, organisation_name from staging.stg_organisation_hierarchy "
            "inner join staging.stg_organisations using (organisation_key) "
            "where is_in_cycle order by organisation_name, organisation_key"
        )
    ]
    if circling:
        more = f" and {len(circling) - TOP:,} more" if len(circling) > TOP else ""
        said.append(
            f"The parents of {len(circling):,} organisations go round in a circle, so none of them has one: "
            f"{', '.join(circling[:TOP])}{more}. Mend parent_id where it comes from, or say whose child one of them is "
            "in seeds/decisions/identity_decisions.csv (child_of)."
        )
    crowded = marts.value(
        "select count(distinct registrable_domain) from staging.stg_organisation_domains where is_crowded"
    )
    if crowded:
        said.append(
            f"{crowded:,} domains are used by too many organisations to say that these belong together "
            "(rule max_organisations_per_domain)."
        )
    return said


def ranking(title: str, partners: list[dict[str, Any]], rank: str) -> Table:
    """Partners in the order given, with both ranks, sourced pipeline, CSI and what was kept."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1)
    )
    table.add_column("#", justify="right", min_width=2)
    table.add_column("partner", max_width=20, no_wrap=True)
    table.add_column("sourced", justify="right", no_wrap=True)
    table.add_column("CSI", justify="right", no_wrap=True)
    table.add_column("kept", justify="right", no_wrap=True)
    for row in partners:
        table.add_row(
            str(row[rank]),
            escape(row["partner_name"]),
            compact(row["sourced_pipeline"]),
            interval(row["csi"], row["csi_lower"], row["csi_upper"]),
            kept(row),
        )
    return table


def compact(amount: float) -> str:
    """12816200 -> 12.8m."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if amount >= size:
            return f"{amount / size:.1f}{letter}"
    return f"{amount:.0f}"


def kept(row: dict[str, Any]) -> str:
    return interval(
        row["retention_effect"], row["retention_effect_lower"], row["retention_effect_upper"], 100
    )


def surely(row: dict[str, Any]) -> str:
    """The label needs 9 in 10; the interval shown may then still hold zero, and the sentence says so."""
    return (
        "probably " if row["retention_effect_lower"] <= 0 <= row["retention_effect_upper"] else ""
    )


def findings(partners: list[dict[str, Any]]) -> list[str]:
    """Three plain sentences that the scorecard supports, and no more than it supports."""
    said = []
    overrated = [row for row in partners if row["paradox"] == "overrated"]
    if overrated:
        row = min(overrated, key=lambda row: row["pipeline_rank"])
        said.append(
            f"{row['partner_name']} is number {row['pipeline_rank']} by sourced pipeline, and the customers "
            f"it works with are kept less than comparable ones: {kept(row)} points of ARR."
        )
    else:
        said.append(
            "No partner at the top of the pipeline is known to keep fewer customers than expected."
        )
    underrated = [row for row in partners if row["paradox"] == "underrated"]
    if underrated:
        row = max(underrated, key=lambda row: row["retention_effect_lower"])
        said.append(
            f"{row['partner_name']} is number {row['pipeline_rank']} of {len(partners)} by sourced pipeline, and the "
            f"customers it works with are {surely(row)}kept more than comparable ones: {kept(row)} points of ARR."
        )
    else:
        said.append(
            "No partner at the bottom of the pipeline is known to keep more customers than expected."
        )
    unranked = sum(row["evidence"] in (None, "insufficient") for row in partners)
    if unranked:
        said.append(
            f"{unranked} of {len(partners)} partners have too little evidence to be ranked by CSI; they are not."
        )
    else:
        said.append(f"All {len(partners)} partners have enough evidence to be ranked by CSI.")
    return said


def print_small_book(database: Path, console: Console) -> None:
    """The sentences of a small book, surest first."""
    rows = Marts(database).rows(
        "select sentence from marts.small_sample_answer order by fisher_p, comparison"
    )
    if not rows:
        console.print(
            "No partner is involved at an account that was kept or lost: there is nothing to compare."
        )
    for row in rows:
        console.print(f"[bold]•[/] {escape(row['sentence'])}", highlight=False)


def print_rejects(marts: Marts, console: Console) -> None:
    """How many rows were refused, and the commonest reasons."""
    count = marts.value("select count(*) from staging.stg_rejects")
    if not count:
        return
    console.print(
        f"\n[yellow]{count:,} rows were refused[/] (table staging.stg_rejects), for example:"
    )
    for row in marts.rows(
        "select source, row_file, reject_reason, min(row_number) as row_number, count(*) as n "
        "from staging.stg_rejects group by all order by n desc, 1, 2, 3 limit 5"
    ):
        table = row["row_file"] or "a row"
        where = f", row {row['row_number']}" if row["row_number"] and row["n"] == 1 else ""
        times = f"{row['n']:,} times " if row["n"] > 1 else ""
        console.print(
            f"  {row['source']}, {table}{where}: {times}{row['reject_reason']}",
            markup=False,
            highlight=False,
        )
