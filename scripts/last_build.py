"""Identity beside the build before: the last_ columns of marts.identity_quality, and what is said when it moved."""

from pathlib import Path

import duckdb

from scripts import load

FIGURES = ("n_links", "n_refused", "n_clusters", "largest_cluster")
SHOWN = 5


def compare(last: Path, working: Path) -> list[str]:
    """Fill the last_ columns of a file just built from the output it is about to replace; a rule that is gone gets a
    row. Returns what moved, in lines; none where there is nothing to compare with, or nothing moved."""
    if not last.exists():
        return []
    with duckdb.connect(str(working)) as connection:
        try:
            connection.execute(f"attach {load.literal(str(last))} as last_build (read_only)")
            connection.execute("select n_links from last_build.marts.identity_quality limit 0")
            connection.execute(
                "select organisation_key from last_build.staging.stg_organisation_members limit 0"
            )
        except duckdb.Error:
            return ["Identity is not compared with the last output: it has no such figures."]
        fill(connection)
        said = moved(connection)
        connection.execute("detach last_build")
    return said


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    same_row = "this.source = last.source and this.other_source = last.other_source and this.rule = last.rule"
    connection.execute(
        f"""
        insert into marts.identity_quality (
            source, other_source, rule, n_links, n_review, n_refused, n_set_apart, n_not_compared, n_clusters
        )
        select source, other_source, rule, 0, 0, 0, 0, 0, 0
        from last_build.marts.identity_quality as last
        where n_links + n_refused > 0
            and not exists (select 1 from marts.identity_quality as this where {same_row})
        """
    )
    filled = ", ".join(f"last_{figure} = last.{figure}" for figure in FIGURES)
    connection.execute(
        f"update marts.identity_quality as this set {filled} from last_build.marts.identity_quality as last "
        f"where {same_row}"
    )


def moved(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Totals and the rules that moved most, in words."""

    def totals(catalogue: str) -> tuple[int, ...]:
        return connection.execute(
            f"""
            select
                (select count(*) from {catalogue}staging.stg_organisation_members),
                (select count(distinct organisation_key) from {catalogue}staging.stg_organisation_members),
                (select cast(coalesce(sum(n_links), 0) as bigint) from {catalogue}marts.identity_quality),
                (select cast(coalesce(sum(n_refused), 0) as bigint) from {catalogue}marts.identity_quality)
            """
        ).fetchone()

    now, before = totals(""), totals("last_build.")
    rules = connection.execute(
        f"""
        select source, other_source, rule, n_links, coalesce(last_n_links, 0)
        from marts.identity_quality
        where n_links <> coalesce(last_n_links, 0)
        order by abs(n_links - coalesce(last_n_links, 0)) desc, 1, 2, 3
        limit {SHOWN}
        """
    ).fetchall()
    if now == before and not rules:
        return []
    names = ("records", "organisations", "links", "refused links")
    figures = ", ".join(
        f"{one:,} {name} (before: {other:,})"
        for name, one, other in zip(names, now, before, strict=True)
    )
    return [
        f"Identity moved: {figures}.",
        *(
            f"  {source} and {other}, {rule}: {links:,} links (before: {last:,})"
            for source, other, rule, links, last in rules
        ),
    ]
