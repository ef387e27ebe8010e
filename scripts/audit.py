"""The audit behind marts.right_account_rate: draw a sample of records, read what people found, keep the answers."""

import csv
import hashlib
import io
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from scripts.contract import PROJECT
from scripts.errors import UserError
from scripts.explain import open_built
from scripts.report import Marts

SEED = PROJECT / "seeds" / "decisions" / "audited_records.csv"
RECORD = ("stream", "source", "source_id")
KEPT = (*RECORD, "organisation_key", "stratum", "stratum_size", "is_right", "note")
COLUMNS = (
    *RECORD,
    "name",
    "domain",
    "organisation_key",
    "account_name",
    "account_domain",
    "n_records",
    "nearest_other_account",
    "nearest_other_probability",
    "stratum",
    "stratum_size",
    "is_right",
    "note",
)
ANSWERS = {"yes": "yes", "y": "yes", "no": "no", "n": "no"}
MOST_SHOWN = 10


def population(marts: Marts) -> list[dict[str, Any]]:
    """Every record with the account it resolves to, the nearest other one, and its stratum: source, match status and
    band of the probability (below strong_probability or not; for a record alone, whether it resembles another)."""
    return marts.rows(
        """
        with rules as (
            select value as strong from rules.rules where rule = 'strong_probability' and valid_to is null
        ),
        members as (select * from staging.stg_organisation_members),
        hosts as (select host, registrable_domain from staging.stg_registrable_domains),
        others as (
            select record_key, other_record_key, match_probability from staging.stg_pair_scores
            union all
            select other_record_key, record_key, match_probability from staging.stg_pair_scores
        ),
        nearest as (
            select others.record_key, organisations.organisation_name, others.match_probability
            from others
            inner join members on others.record_key = members.record_key
            inner join members as other on others.other_record_key = other.record_key
            inner join staging.stg_organisations as organisations
                on other.organisation_key = organisations.organisation_key
            where members.organisation_key <> other.organisation_key
            qualify row_number() over (
                partition by others.record_key order by others.match_probability desc, others.other_record_key
            ) = 1
        ),
        undecided as (
            select record_key from staging.stg_undecided_pairs
            union
            select other_record_key from staging.stg_undecided_pairs
        )
        select
            members.record_key,
            members.stream,
            members.source,
            members.source_id,
            members.name,
            hosts.registrable_domain as domain,
            members.organisation_key,
            organisations.organisation_name as account_name,
            organisations.domain as account_domain,
            members.n_records,
            nearest.organisation_name as nearest_other_account,
            round(nearest.match_probability, 3) as nearest_other_probability,
            members.source || ', ' || members.match_status || ', ' || case
                when undecided.record_key is not null then 'resembles another'
                when members.match_probability < rules.strong then 'less sure'
                else 'sure'
            end as stratum
        from members
        cross join rules
        inner join staging.stg_organisations as organisations
            on members.organisation_key = organisations.organisation_key
        left join hosts on members.host = hosts.host
        left join nearest on members.record_key = nearest.record_key
        left join undecided on members.record_key = undecided.record_key
        order by members.record_key
        """
    )


def shares(sizes: dict[str, int], size: int) -> dict[str, int]:
    """Records to draw of each stratum: half of the sample evenly, so that small strata are seen, half by size; at least
    one of each, and never more than there are. A sample smaller than the number of strata grows to it."""
    size = min(max(size, len(sizes)), sum(sizes.values()))
    total = sum(sizes.values())
    wanted = {
        name: size / 2 / len(sizes) + size / 2 * number / total for name, number in sizes.items()
    }
    drawn = dict.fromkeys(sizes, 1)
    for _ in range(size - len(sizes)):
        left = [name for name in sizes if drawn[name] < sizes[name]]
        drawn[min(left, key=lambda name: (drawn[name] - wanted[name], name))] += 1
    return drawn


def write(database: Path, path: Path, size: int, seed: int) -> list[str]:
    """Write a sample as CSV; the same file, size and seed give the same rows. An answered file is never overwritten."""
    if path.exists() and any(row["is_right"].strip() for row in rows_of(path)):
        raise UserError(
            f"{path}: holds answers; read it first (--read), or give --write another name."
        )
    records = population(open_built(database))
    if not records:
        raise UserError(
            f"{database}: holds no records of organisations, so there is none to audit."
        )
    strata = defaultdict(list)
    for record in records:
        strata[record["stratum"]].append(record)
    drawn = shares({name: len(found) for name, found in strata.items()}, size)

    def order(record: dict[str, Any]) -> str:
        return hashlib.sha256(f"{seed}|{record['record_key']}".encode()).hexdigest()

    sample = [
        {**record, "stratum_size": len(found)}
        for name, found in sorted(strata.items())
        for record in sorted(found, key=order)[: drawn[name]]
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, "is_right": "", "note": ""} for row in sample)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}).") from None
    return [
        f"Wrote {path}: {len(sample)} of {len(records):,} records, of {len(strata)} strata.",
        "Fill in is_right for each row: yes if the record belongs to the account named, no if it belongs to another "
        "or to none. Then: python -m scripts audit --read " + str(path),
    ]


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a sample; refuses what is none. Spreadsheets may write semicolons and a byte-order mark."""
    if not path.is_file():
        raise UserError(f"{path}: no such file. Write a sample first: audit --write {path}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not UTF-8; save it as CSV UTF-8.") from None
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    missing = [name for name in KEPT if name not in (reader.fieldnames or [])]
    if missing:
        raise UserError(
            f"{path}: lacks column {', '.join(missing)}; it must keep the columns of audit --write."
        )
    return [{name: value or "" for name, value in row.items() if name} for row in reader]


def read(database: Path, path: Path) -> list[str]:
    """Check the answers against the built file and keep them; a newer answer on a record takes the older one's place.
    Strata seen again take the newer size."""
    rows = rows_of(path)
    now = {
        tuple(str(record[name]) for name in RECORD): record
        for record in population(open_built(database))
    }
    problems = check(rows, now)
    if problems:
        more = f"\n  and {len(problems) - MOST_SHOWN} more" if len(problems) > MOST_SHOWN else ""
        shown = "\n".join(f"  {problem}" for problem in problems[:MOST_SHOWN])
        raise UserError(f"{path}: nothing was read.\n{shown}{more}")
    answered = [
        {**row, "is_right": ANSWERS[row["is_right"].strip().lower()]}
        for row in rows
        if row["is_right"].strip()
    ]
    if not answered:
        raise UserError(f"{path}: is_right is empty in every row; fill in yes or no.")
    sizes = {row["stratum"]: row["stratum_size"] for row in answered}
    kept = {tuple(row[name] for name in RECORD): row for row in rows_of(SEED)}
    n_before = len(kept)
    for row in answered:
        kept[tuple(row[name] for name in RECORD)] = row
    for row in kept.values():
        row["stratum_size"] = sizes.get(row["stratum"], row["stratum_size"])
    with SEED.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, KEPT, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept[key] for key in sorted(kept))
    n_open = len(rows) - len(answered)
    unseen = {row["stratum"] for row in rows} - set(sizes)
    said = [
        f"Read {len(answered)} answers from {path}; {shown_seed()} holds {len(kept)} (before: {n_before}). "
        "Build again: marts.right_account_rate has the rate."
    ]
    if n_open:
        said.append(f"{n_open} rows are still open and were left out.")
    if unseen:
        said.append(
            f"No answer yet for {', '.join(sorted(unseen))}: the rate does not speak for these records."
        )
    return said


def shown_seed() -> str:
    return str(SEED.relative_to(PROJECT)) if SEED.is_relative_to(PROJECT) else str(SEED)


def check(rows: list[dict[str, str]], now: dict[tuple[str, ...], dict[str, Any]]) -> list[str]:
    """What is wrong with an answered sample: row, column, remedy. Rows are counted as a spreadsheet shows them."""
    problems = []
    times = Counter(tuple(row[name] for name in RECORD) for row in rows)
    for number, row in enumerate(rows, start=2):
        key = tuple(row[name] for name in RECORD)
        where = f"row {number}, "
        answer = row["is_right"].strip()
        if answer and answer.lower() not in ANSWERS:
            problems.append(
                f"{where}is_right: '{answer}' is not yes or no; leave it empty if unsure."
            )
        if times[key] > 1:
            problems.append(f"{where}source_id: {row['source']}:{row['source_id']} is there twice.")
        if key not in now:
            problems.append(
                f"{where}source_id: no record {row['source']}:{row['source_id']} of {row['stream']} in the built file; "
                "give the file the sample was drawn from (--out), and leave ids as they were written."
            )
        elif now[key]["organisation_key"] != row["organisation_key"]:
            problems.append(
                f"{where}organisation_key: the sample is of another build, in which {row['source']}:{row['source_id']} "
                "was on another account; take the row out, or write a new sample."
            )
        if not row["stratum_size"].isdigit() or int(row["stratum_size"]) < 1:
            problems.append(
                f"{where}stratum_size: '{row['stratum_size']}' is no count; put back what audit --write wrote."
            )
    return problems
