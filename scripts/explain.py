"""Why two records are one organisation, or why not, from a built file."""

import difflib
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.errors import UserError
from scripts.report import Marts

COMPARISONS = ("name", "place", "list", "conflict", "rival")
NEEDED = ("stg_undecided_pairs", "stg_refused_joins", "stg_organisation_members", "stg_pair_scores")
# what is shown of a record, and how the cleaned form is named
CLEANED = {
    "name": "name as written",
    "core_name": "name as compared",
    "registrable_domain": "domain",
    "street_address": "house number and street",
    "postcode": "postcode",
    "phone_key": "telephone",
    "country": "country",
    "legal_form": "legal form",
}
BLOCKS = {
    "domain": "domain",
    "domain_label": "domain without its ending",
    "name": "name",
    "word": "rare word of the name",
    "postcode_word": "postcode with a word of the name",
    "postcode": "postcode",
    "address": "address",
    "phone": "telephone",
}


@dataclass(frozen=True)
class Said:
    """Words and weights of each level, from the seeds that the file was built with."""

    words: dict[tuple[str, str], str]
    weights: dict[tuple[str, str], float]


def open_built(database: Path, needed: tuple[str, ...] = NEEDED, option: str = "--out") -> Marts:
    """The marts of a built file; says what to do where there is none, or an older one."""
    if not database.is_file():
        raise UserError(
            f"{database}: no such file. Build one first (make build DATA=<folder>), or name one with {option}."
        )
    try:
        marts = Marts(database)
    except duckdb.Error as error:
        raise UserError(
            f"{database}: cannot be read as a DuckDB file ({str(error).splitlines()[0]})."
        ) from None
    there = {
        row["table_name"]
        for row in marts.rows(
            "select table_name from information_schema.tables "
            "where table_schema in ('staging', 'intermediate', 'marts')"
        )
    }
    if not set(needed) <= there:
        raise UserError(
            f"{database}: was built by an older version, or by something else; build it again (make build)."
        )
    return marts


def find_record(marts: Marts, wanted: str) -> dict[str, Any]:
    """The record that `source:id` or `stream:source:id` names; near ones are suggested."""
    found = marts.rows(
        """
        select members.*, organisations.organisation_name
        from staging.stg_organisation_members as members
        inner join staging.stg_organisations as organisations using (organisation_key)
        where source || ':' || source_id = ? or stream || ':' || source || ':' || source_id = ?
        order by stream
        """,
        [wanted, wanted],
    )
    if len(found) == 1:
        return found[0]
    if found:
        forms = " or ".join(f"{row['stream']}:{row['source']}:{row['source_id']}" for row in found)
        raise UserError(f"--record {wanted}: is there twice; say which: {forms}.")
    if ":" not in wanted:
        raise UserError(
            f"--record {wanted}: give source:id, such as crm:42 (sources: {sources(marts)})."
        )
    near = near_records(marts, wanted)
    hint = f" Near: {', '.join(near)}." if near else f" The file's sources are {sources(marts)}."
    raise UserError(f"--record {wanted}: no such record in this file.{hint}")


def sources(marts: Marts) -> str:
    return ", ".join(
        row["source"]
        for row in marts.rows(
            "select distinct source from staging.stg_organisation_members order by 1"
        )
    )


def near_records(marts: Marts, wanted: str) -> list[str]:
    """The likeliest meant: alike in id, or of that name."""
    text = wanted.split(":", 1)[1]
    rows = marts.rows(
        """
        select source || ':' || source_id as record
        from staging.stg_organisation_members
        order by
            lower(coalesce(name, '')) = lower($1) desc,
            jaro_winkler_similarity(source || ':' || source_id, $2) desc,
            1
        limit 20
        """,
        [text, wanted],
    )
    named = marts.rows(
        "select source || ':' || source_id as record from staging.stg_organisation_members "
        "where lower(name) = lower(?) order by 1 limit 3",
        [text],
    )
    alike = difflib.get_close_matches(wanted, [row["record"] for row in rows], 3, 0.75)
    return list(dict.fromkeys([*(row["record"] for row in named), *alike]))[:3]


def explain(database: Path, wanted: list[str], console: Console) -> None:
    """Print all that decides whether two records are one organisation."""
    if len(wanted) != 2 or wanted[0] == wanted[1]:
        raise UserError("--record: give two different records, --record crm:1 --record billing:7.")
    marts = open_built(database)
    one, other = (find_record(marts, name) for name in wanted)
    if one["record_key"] > other["record_key"]:
        one, other = other, one
    keys = [one["record_key"], other["record_key"]]
    if one["record_key"] == other["record_key"]:
        raise UserError("--record: both name the same record.")
    said = Said(
        {
            (row["comparison"], row["level"]): row["words"]
            for row in marts.rows("select comparison, level, words from rules.match_words")
        },
        {
            (row["comparison"], row["level"]): row["match_weight"]
            for row in marts.rows("select comparison, level, match_weight from rules.match_weights")
        },
    )
    print_records(marts, one, other, console)
    together = one["organisation_key"] == other["organisation_key"]
    if together:
        console.print(
            f"[bold]One organisation[/]: {escape(one['organisation_name'] or '(no name)')}, "
            f"{one['n_records']} records (key {one['organisation_key']}).",
            highlight=False,
        )
    else:
        console.print("[bold]Two organisations.[/]", highlight=False)
    print_decisions(marts, keys, console)
    print_pair(marts, keys, said, console)
    if together:
        print_chain(marts, one, other, console)
    else:
        print_refusal(marts, one, other, said, console)


def print_records(
    marts: Marts, one: dict[str, Any], other: dict[str, Any], console: Console
) -> None:
    """Both records as cleaned."""
    found = {
        row["record_key"]: row
        for row in marts.rows(
            """
            select traits.*, records.name
            from staging.stg_record_traits as traits
            inner join staging.stg_organisation_records as records using (record_key)
            where record_key in (?, ?)
            """,
            [one["record_key"], other["record_key"]],
        )
    }
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("as cleaned")
    for row in (one, other):
        table.add_column(escape(label(row)), overflow="fold")
    for column, name in CLEANED.items():
        cells = [found[row["record_key"]][column] for row in (one, other)]
        if any(cells):
            table.add_row(name, *(escape(cell) if cell else "–" for cell in cells))
    console.print(table)


def label(row: dict[str, Any]) -> str:
    stream = "" if row["stream"] == "accounts" else f"{row['stream']}:"
    return f"{stream}{row['source']}:{row['source_id']}"


def print_decisions(marts: Marts, keys: list[str], console: Console) -> None:
    """What people and systems said of the two."""
    rows = marts.rows(
        """
        select decision, rule, evidence, decided_at
        from staging.stg_identity_decisions
        where (record_key = $1 and other_record_key = $2) or (record_key = $2 and other_record_key = $1)
        order by rule, decided_at, decision, evidence
        """,
        keys,
    )
    for row in rows:
        who = f" by {row['evidence']}" if row["evidence"] else ""
        when = f" on {row['decided_at']:%Y-%m-%d}" if row["decided_at"] else ""
        console.print(f"Stated: {row['decision']} ({row['rule']}){escape(who)}{when}.")
    if not rows:
        console.print("Nobody has decided about these two.")


def print_pair(marts: Marts, keys: list[str], said: Said, console: Console) -> None:
    """The pair's levels with the weight of each, or why it was not compared."""
    pairs = marts.rows(
        "select * from staging.stg_pair_scores where record_key = ? and other_record_key = ?", keys
    )
    if not pairs:
        print_not_compared(marts, keys, console)
        return
    pair = pairs[0]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("compared")
    table.add_column("level", no_wrap=True)
    table.add_column("bits", justify="right")
    table.add_column("in words")
    table.add_row("before looking", "prior", bits(said.weights.get(("prior", "prior"), 0)), "")
    for comparison in COMPARISONS:
        level = pair[f"{comparison}_level"]
        table.add_row(
            comparison,
            level,
            bits(said.weights.get((comparison, level), 0)),
            said.words.get((comparison, level), ""),
        )
    table.add_row("[bold]sum[/]", "", f"[bold]{bits(pair['match_weight'])}[/]", "")
    console.print(table)
    console.print(
        f"{pair['match_weight']:+.3f} bits are a probability of {pair['match_probability']:.3f}; "
        f"{rule(marts, 'link_probability'):g} links a pair, {rule(marts, 'review_probability'):g} shows it to "
        "a person.",
        highlight=False,
    )
    print_rivals(marts, pair, console)


def bits(weight: float) -> str:
    return f"{weight:+.3f}"


def rule(marts: Marts, name: str) -> float:
    return marts.rows("select value from rules.rules where rule = ? and valid_to is null", [name])[
        0
    ]["value"]


def print_rivals(marts: Marts, pair: dict[str, Any], console: Console) -> None:
    """For each of the two, the best other candidate in the other's list."""
    if pair["is_one_list"]:
        return
    sides = (
        (pair["record_key"], pair["other_record_key"], pair["other_list_key"]),
        (pair["other_record_key"], pair["record_key"], pair["list_key"]),
    )
    own = marts.rows(
        "select match_weight from staging.stg_pair_weights where record_key = ? and other_record_key = ?",
        [pair["record_key"], pair["other_record_key"]],
    )[0]["match_weight"]
    for seeker, found, list_key in sides:
        rows = marts.rows(
            """
            with candidates as (
                select other_record_key as candidate, match_weight from staging.stg_pair_weights
                where record_key = $1 and other_list_key = $3 and not is_one_list
                union all
                select record_key, match_weight from staging.stg_pair_weights
                where other_record_key = $1 and list_key = $3 and not is_one_list
            )
            select members.*, candidates.match_weight
            from candidates
            inner join staging.stg_organisation_members as members on members.record_key = candidates.candidate
            where candidate <> $2
                and not exists (
                    select 1 from staging.stg_pair_weights as same
                    where same.is_one_list and same.match_weight > 0
                        and same.record_key = least(candidate, $2) and same.other_record_key = greatest(candidate, $2)
                )
            order by candidates.match_weight desc, candidate
            limit 1
            """,
            [seeker, found, list_key],
        )
        name = marts.rows(
            "select stream, source, source_id from staging.stg_organisation_members where record_key = ?",
            [seeker],
        )[0]
        if rows:
            console.print(
                f"Best other candidate for {escape(label(name))} in that list: {escape(label(rows[0]))} "
                f"({escape(rows[0]['name'] or 'no name')}), {bits(rows[0]['match_weight'])} bits before rivals; "
                f"this pair has {bits(own)}.",
                highlight=False,
            )
        else:
            console.print(
                f"No other candidate for {escape(label(name))} in that list.", highlight=False
            )


def print_not_compared(marts: Marts, keys: list[str], console: Console) -> None:
    """Keys that the two share; those that too many share were dropped."""
    rows = marts.rows(
        """
        select one.block_kind, one.block_key, one.n_records, rules.max_records
        from staging.stg_blocks as one
        inner join staging.stg_blocks as other using (block_kind, block_key)
        inner join rules.blocking_rules as rules using (block_kind)
        where one.record_key = ? and other.record_key = ?
        order by 1, 2
        """,
        keys,
    )
    console.print("[bold]Not compared[/]: ", end="")
    if not rows:
        console.print("they share no domain, address, telephone, postcode or telling word.")
        return
    console.print("all that they share is shared by too many records to compare them all.")
    for row in rows:
        console.print(
            f"  {BLOCKS.get(row['block_kind'], row['block_kind'])} '{escape(row['block_key'])}': "
            f"{row['n_records']:,} records, at most {row['max_records']:,} are compared (seed blocking_rules)",
            highlight=False,
        )


def print_chain(marts: Marts, one: dict[str, Any], other: dict[str, Any], console: Console) -> None:
    """The shortest chain of links that holds two records of one organisation together."""
    links = marts.rows(
        """
        select links.record_key, links.other_record_key, links.rule, links.match_probability
        from staging.stg_record_links as links
        inner join staging.stg_organisation_members as members using (record_key)
        inner join staging.stg_organisation_members as others
            on links.other_record_key = others.record_key and others.organisation_key = members.organisation_key
        where members.organisation_key = ?
        order by links.match_probability desc, 1, 2
        """,
        [one["organisation_key"]],
    )
    labels = {
        row["record_key"]: f"{label(row)} ({row['name'] or 'no name'})"
        for row in marts.rows(
            "select record_key, stream, source, source_id, name from staging.stg_organisation_members "
            "where organisation_key = ?",
            [one["organisation_key"]],
        )
    }
    path = shortest(links, one["record_key"], other["record_key"])
    console.print("Linked directly:" if len(path) == 1 else "Held together by this chain of links:")
    for start, end, link in path:
        console.print(
            f"  {escape(labels[start])} – {escape(labels[end])}: {link['rule']}, "
            f"probability {link['match_probability']:.3f}",
            highlight=False,
        )


def shortest(
    links: list[dict[str, Any]], start: str, end: str
) -> list[tuple[str, str, dict[str, Any]]]:
    """Fewest links from one record to another; among these the more probable ones come first."""
    beside: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for link in links:
        beside.setdefault(link["record_key"], []).append((link["other_record_key"], link))
        beside.setdefault(link["other_record_key"], []).append((link["record_key"], link))
    came_from: dict[str, tuple[str, dict[str, Any]]] = {}
    waiting = deque([start])
    while waiting and end not in came_from:
        record = waiting.popleft()
        for neighbour, link in beside.get(record, []):
            if neighbour != start and neighbour not in came_from:
                came_from[neighbour] = (record, link)
                waiting.append(neighbour)
    path: list[tuple[str, str, dict[str, Any]]] = []
    while end != start and end in came_from:
        before, link = came_from[end]
        path.append((before, end, link))
        end = before
    return path[::-1]


def print_refusal(
    marts: Marts, one: dict[str, Any], other: dict[str, Any], said: Said, console: Console
) -> None:
    """Why two organisations stay two."""
    organisations = sorted([one["organisation_key"], other["organisation_key"]])
    keys = [one["record_key"], other["record_key"]]
    refused = marts.rows(
        "select * from staging.stg_refused_joins where organisation_key = ? and other_organisation_key = ?",
        organisations,
    )
    undecided = marts.rows(
        "select fate from staging.stg_undecided_pairs where record_key = ? and other_record_key = ?",
        keys,
    )
    apart = refusing(marts, organisations, "set_apart")
    if refused:
        words = said.words.get(("refusal", refused[0]["refusal"]), refused[0]["refusal"])
        console.print(
            f"Kept apart although pairs of their records are linked ({refused[0]['n_links']} computed): {words}."
        )
        for row in refusing(marts, organisations, refused[0]["refusal"]):
            console.print(f"  {escape(row)}", highlight=False)
    elif apart:
        console.print("Kept apart by what was stated of:")
        for row in apart:
            console.print(f"  {escape(row)}", highlight=False)
    elif undecided:
        console.print("Not linked, and likely enough to be shown: it is in marts.review_queue.")
    else:
        console.print(
            "Not linked: it is not probable enough, nor is any other pair of their records."
        )


def refusing(marts: Marts, organisations: list[str], refusal: str) -> list[str]:
    """The records that a refused join stands on."""
    pairs = {
        "set_apart": """
            select one.source, one.stream, one.source_id, other.source as other_source,
                other.stream as other_stream, other.source_id as other_source_id
            from staging.stg_pair_decisions as decisions
            inner join staging.stg_organisation_members as one using (record_key)
            inner join staging.stg_organisation_members as other on decisions.other_record_key = other.record_key
            where decisions.decision = 'not_same_as'
        """,
        "one_list": """
            select one.source, one.stream, one.source_id, other.source as other_source,
                other.stream as other_stream, other.source_id as other_source_id
            from staging.stg_organisation_members as one
            inner join staging.stg_organisation_members as other
                on one.stream = other.stream and one.source = other.source and one.record_key < other.record_key
            left join staging.stg_pair_scores as scores
                on scores.record_key = one.record_key and scores.other_record_key = other.record_key
            left join staging.stg_pair_decisions as decisions
                on decisions.record_key = one.record_key and decisions.other_record_key = other.record_key
            where not coalesce(decisions.decision = 'same_as', scores.is_tolerated, false)
        """,
    }
    if refusal not in pairs:
        return []
    rows = marts.rows(
        pairs[refusal]
        + " and one.organisation_key in ($1, $2) and other.organisation_key in ($1, $2)"
        " and one.organisation_key <> other.organisation_key order by all limit 5",
        organisations,
    )
    return [
        f"{label(row)} and "
        + label({name: row[f"other_{name}"] for name in ("source", "stream", "source_id")})
        for row in rows
    ]
