"""How well a built database brings records to their organisations: pairs of records against the truth beside a world's
answers (records.csv, mess.csv, hierarchy.csv)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

WITHOUT = "none"


@dataclass
class Kind:
    """What befell the organisations of one kind of mess: pairs of their records missed, pairs with records of other
    organisations found, and organisations split or merged."""

    organisations: int = 0
    pairs: int = 0
    missed: int = 0
    false: int = 0
    split: int = 0
    merged: int = 0


@dataclass
class Scores:
    """Pairs of records in one cluster, against pairs of one organisation."""

    records: int
    true_pairs: int
    found_pairs: int
    right_pairs: int
    free_mail_merges: int
    subsidiaries: int
    subsidiaries_apart: int
    kinds: dict[str, Kind] = field(default_factory=dict)

    @property
    def precision(self) -> float:
        return self.right_pairs / self.found_pairs if self.found_pairs else 0.0

    @property
    def recall(self) -> float:
        return self.right_pairs / self.true_pairs if self.true_pairs else 0.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def split(self) -> int:
        return self.kinds["all"].split

    @property
    def merged(self) -> int:
        return self.kinds["all"].merged

    def show(self, console: Console | None = None) -> None:
        console = console or Console(width=110)
        console.print(
            f"{self.records:,} records: precision {self.precision:.4f}, recall {self.recall:.4f}, F1 {self.f1:.4f}; "
            f"{self.split} organisations split, {self.merged} merged; clusters that free mail merged: "
            f"{self.free_mail_merges}; subsidiaries apart from their group: {self.subsidiaries_apart} of "
            f"{self.subsidiaries}",
            highlight=False,
        )
        table = Table(
            "kind", "organisations", "pairs", "missed", "recall", "false", "split", "merged"
        )
        for name, kind in self.kinds.items():
            recall = f"{1 - kind.missed / kind.pairs:.3f}" if kind.pairs else "-"
            numbers = (kind.organisations, kind.pairs, kind.missed, recall, kind.false)
            table.add_row(name, *[str(n) for n in (*numbers, kind.split, kind.merged)])
        console.print(table)


def score(database: Path, truth: Path) -> Scores:
    """Scores of marts.account_sources; truth: the folder of records.csv, mess.csv and hierarchy.csv.

    A record that the mart does not hold (a deleted one) counts in nothing.
    """
    with duckdb.connect() as con:
        con.execute(f"attach '{database}' as built (read_only)")
        for name in ("records", "mess", "hierarchy"):
            con.execute(
                f"create table {name} as select * from "
                f"read_csv('{truth / name}.csv', header = true, all_varchar = true)"
            )
        con.execute(
            """
            create table placed as
                select records.*, sources.organisation_key, sources.match_rule
                from records
                inner join built.marts.account_sources as sources using (stream, source, source_id)
            """
        )
        con.execute(
            """
            create table cells as
                select organisation, organisation_key, count(*) as n from placed group by all
            """
        )
        # of each organisation: pairs of its records, those missed, and records of others found with its own
        con.execute(
            """
            create table found as
            with
                clusters as (
                    select organisation_key, sum(n) as n, count(*) as n_organisations
                    from cells group by all
                ),
                measured as (
                    select
                        organisation,
                        sum(cells.n) as n,
                        sum(cells.n * (cells.n - 1) / 2) as right_pairs,
                        sum(cells.n * (clusters.n - cells.n)) as false_pairs,
                        count(*) > 1 as is_split,
                        max(n_organisations) > 1 as is_merged
                    from cells inner join clusters using (organisation_key)
                    group by organisation
                )
            select *, n * (n - 1) / 2 as pairs from measured
            """
        )
        records, right, true = con.execute(
            "select sum(n), sum(right_pairs), sum(pairs) from found"
        ).fetchone()
        found = con.execute(
            "select sum(n * (n - 1) / 2) from (select sum(n) as n from cells group by organisation_key)"
        ).fetchone()[0]
        free_mail = con.execute(
            """
            select count(*) from (
                select organisation_key
                from placed left join (select * from mess where kind = 'free_mail') using (organisation)
                group by organisation_key
                having count(distinct organisation) > 1 and count(kind) > 0
            )
            """
        ).fetchone()[0]
        # a subsidiary is apart where none of its records lies with one of its parent's
        children, apart = con.execute(
            """
            with shared as (
                select distinct child from hierarchy
                inner join cells as of_child on of_child.organisation = child
                inner join cells as of_parent
                    on of_parent.organisation = parent
                    and of_parent.organisation_key = of_child.organisation_key
                where shares_domain = 'true'
            )
            select count(*), count(*) filter (where shared.child is null)
            from hierarchy left join shared using (child) where shares_domain = 'true'
            """
        ).fetchone()
        kinds = con.execute(
            f"""
            with labelled as (
                select organisation, kind from mess
                union all
                select distinct organisation, '{WITHOUT}' from cells
                where organisation not in (select organisation from mess)
                union all
                select distinct organisation, 'all' from cells
            )
            select
                kind, count(*), sum(pairs), sum(pairs - right_pairs), sum(false_pairs),
                sum(cast(is_split as integer)), sum(cast(is_merged as integer))
            from labelled inner join found using (organisation)
            group by kind order by kind = 'all', kind = '{WITHOUT}', kind
            """
        ).fetchall()
    return Scores(
        int(records),
        int(true),
        int(found),
        int(right),
        free_mail,
        children,
        apart,
        {kind: Kind(*whole(numbers)) for kind, *numbers in kinds},
    )


def whole(numbers: Iterable[float]) -> list[int]:
    return [int(number) for number in numbers]


def of_labels(
    truth: dict[tuple[str, str], str], found: dict[tuple[str, str], str]
) -> dict[str, float]:
    """Precision, recall and F1 over pairs of records of two lists, or within the one there is; share of the second
    list's records on the right account (rar); and the largest organisation. truth, found: record -> organisation."""
    lists = sorted({source for source, _ in truth})

    def pairs(of: dict[tuple[str, str], object]) -> int:
        counts: dict[object, dict[str, int]] = {}
        for (source, _), name in of.items():
            count = counts.setdefault(name, dict.fromkeys(lists, 0))
            count[source] += 1
        if len(lists) == 2:
            return sum(count[lists[0]] * count[lists[1]] for count in counts.values())
        return sum(n * (n - 1) // 2 for count in counts.values() for n in count.values())

    right = pairs({record: (truth[record], found[record]) for record in truth})
    precision = right / pairs({record: found[record] for record in truth})
    recall = right / pairs(truth)
    with_first: dict[str, set[str]] = {}
    for record, name in truth.items():
        if record[0] == lists[0]:
            with_first.setdefault(found[record], set()).add(name)
    known = {name for record, name in truth.items() if record[0] == lists[0]}
    second = [record for record in truth if record[0] == lists[-1]]
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "rar": sum(
            with_first.get(found[record], set()) == ({truth[record]} & known) for record in second
        )
        / len(second),
        "largest": max(Counter(found.values()).values()),
    }
