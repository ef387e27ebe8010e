"""What people do with matching: read why, audit, see what a build moved; on a small world where each case is known."""

import csv
import io
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from scipy.optimize import brentq

from scripts import audit, explain, last_build
from scripts.contract import PROJECT
from scripts.errors import UserError
from tests.python.raw import ask, build_part

MARTS = ["+review_queue", "+split_signals", "+identity_quality", "+right_account_rate"]
# more than any block holds
N_STORES = 110

ACCOUNTS = [
    # one organisation, plain to see
    "crm,1,Acme Robotics Ltd,acme-robotics.com",
    "billing,1,Acme Robotics,acme-robotics.com",
    # stated, and then by name: the ends of the chain share nothing
    "crm,2,Northwind Traders,northwind.com",
    "billing,2,Pelican Brief Holdings,pelicanbrief.com",
    "help,2,Pelican Brief Holdings,pelicanbrief.com",
    # linked, and set apart by way of a third record
    "crm,3,Quill Press,quillpress.com",
    "help,3,Quill Press,quillpress.com",
    "billing,3,Inkwell Works,inkwellworks.com",
    # nothing in common
    "crm,4,Zephyr Optics,zephyroptics.com",
    *[f"{'crm' if n % 2 else 'help'},s{n},General Store," for n in range(N_STORES)],
    "help,9,No Such Thing,",
]
LINKS = [
    "billing,l1,2,crm,2,same_as,Ada,2025-01-05",
    "billing,l2,3,crm,3,same_as,Ada,2025-01-05",
    "billing,l3,3,help,3,not_same_as,Ada,2025-02-06",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("identity")
    (folder / "data").mkdir()
    files = {
        "accounts": ("source,source_id,name,domain", ACCOUNTS),
        "account_links": (
            "source,source_id,account_id,other_source,other_id,link,decided_by,decided_at",
            LINKS,
        ),
        "tickets": (
            "source,source_id,account_id,opened_at",
            ["help,t1,2,2025-03-01", "help,t2,2,2025-03-02", "help,t3,,2025-03-03"],
        ),
    }
    for stream, (header, rows) in files.items():
        text = "\n".join([header, *rows]) + "\n"
        (folder / "data" / f"{stream}.csv").write_text(text, encoding="utf-8")
    return build_part(folder / "data", folder / "ecosystem.duckdb", {}, MARTS, with_tests=True)


def explained(built: Path, one: str, other: str) -> str:
    console = Console(record=True, width=200, file=io.StringIO())
    explain.explain(built, [one, other], console)
    return console.export_text()


def run(*arguments: str, where: Path = PROJECT, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts", *arguments],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **more},
    )


# ------------------------------------------------------------------------------------------ explain


def test_a_direct_link_adds_up(built: Path) -> None:
    said = explained(built, "crm:1", "billing:1")
    assert "One organisation: Acme Robotics" in said
    assert "Linked directly" in said
    assert "Nobody has decided" in said
    pair = ask(
        built,
        """
        select
            scores.match_weight, scores.match_probability,
            name_level, place_level, list_level, conflict_level, rival_level
        from staging.stg_pair_scores as scores
        inner join staging.stg_organisation_members as one using (record_key)
        inner join staging.stg_organisation_members as other on other_record_key = other.record_key
        where one.source_id = '1' and other.source_id = '1'
        """,
    )[0]
    with duckdb.connect(str(built), read_only=True) as connection:
        weights = dict(
            (tuple(row[:2]), row[2])
            for row in connection.execute(
                "select comparison, level, match_weight from rules.match_weights"
            ).fetchall()
        )
    shown = [weights["prior", "prior"]]
    for comparison, level in zip(explain.COMPARISONS, pair[2:], strict=True):
        shown.append(weights.get((comparison, level), 0))
        assert level in said
    assert sum(shown) == pytest.approx(pair[0], abs=1e-6)
    assert all(f"{weight:+.3f}" in said for weight in [*shown, pair[0]])
    assert f"{1 / (1 + 2 ** -pair[0]):.3f}" in said


def test_a_chain_of_links_is_shown(built: Path) -> None:
    said = explained(built, "crm:2", "help:2")
    assert "One organisation" in said
    assert "Not compared: they share no" in said
    chain = said[said.index("this chain of links") :]
    assert chain.count("probability") == 2
    assert "stated_link" in chain
    assert "billing:2" in chain


def test_what_was_stated_is_shown(built: Path) -> None:
    said = explained(built, "billing:3", "help:3")
    assert "Stated: not_same_as (stated_link) by Ada on 2025-02-06" in said
    assert "Two organisations" in said


def test_a_refused_join_says_what_refused_it(built: Path) -> None:
    said = explained(built, "crm:3", "help:3")
    assert "Two organisations" in said
    assert "called two of their records different" in said
    assert "billing:3 and help:3" in said or "help:3 and billing:3" in said


def test_what_was_not_compared_says_why(built: Path) -> None:
    said = explained(built, "crm:s1", "help:s2")
    assert "shared by too many records" in said
    assert f"name 'generalstore': {N_STORES} records, at most 100" in said
    assert "no pair of their records" in said or "nor is any other pair" in said
    said = explained(built, "crm:4", "help:9")
    assert "they share no domain" in said


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("crm:1", "billing:77", "no such record"),
        ("crm:1", "biling:1", "Near: billing:1"),
        ("crm:1", "crm:Zephyr Optics", "Near: crm:4"),
        ("crm:1", "4", "give source:id"),
        ("crm:1", "crm:1", "two different records"),
        ("crm:1", "accounts:crm:1", "the same record"),
    ],
)
def test_a_wrong_record_is_told(built: Path, one: str, other: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        explained(built, one, other)


def test_wrong_files_are_told(tmp_path: Path) -> None:
    none = run("explain", "--record", "a:1", "--record", "b:1", "--out", str(tmp_path / "x.duckdb"))
    assert none.returncode == 1 and "no such file" in none.stderr
    (tmp_path / "text.duckdb").write_text("not a database " * 400)
    with pytest.raises(UserError, match="cannot be read as a DuckDB file"):
        explained(tmp_path / "text.duckdb", "a:1", "b:1")
    duckdb.connect(str(tmp_path / "old.duckdb")).close()
    with pytest.raises(UserError, match="older version"):
        explained(tmp_path / "old.duckdb", "a:1", "b:1")
    assert "Missing option" in run("explain").stderr
    assert "No such option" in run("audit", "--wirte", "x.csv").stderr
    assert "either --write" in run("audit").stderr


# -------------------------------------------------------------------------------------------- audit


def sample(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def save(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_sample_is_stratified_and_the_same_again(built: Path, tmp_path: Path) -> None:
    audit.write(built, tmp_path / "a.csv", 40, 7)
    audit.write(built, tmp_path / "b.csv", 40, 7)
    audit.write(built, tmp_path / "c.csv", 40, 8)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.csv").read_bytes() != (tmp_path / "c.csv").read_bytes()
    rows = sample(tmp_path / "a.csv")
    assert len(rows) == 40
    sizes: dict[str, int] = {row["stratum"]: int(row["stratum_size"]) for row in rows}
    records = audit.population(explain.open_built(built))
    assert sum(sizes.values()) == len(records) == len(ACCOUNTS)
    assert {row["stratum"] for row in records} == set(sizes)


@pytest.mark.parametrize("size", [1, 5, 12, 200, 4000])
def test_a_sample_of_any_size_has_some_of_each_stratum(size: int) -> None:
    sizes = {"large": 1900, "middle": 60, "small": 3, "one": 1}
    drawn = audit.shares(sizes, size)
    assert sum(drawn.values()) == min(max(size, len(sizes)), sum(sizes.values()))
    assert all(1 <= drawn[name] <= sizes[name] for name in sizes)


@pytest.fixture
def seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A seed of answers that is not the project's own."""
    path = tmp_path / "audited_records.csv"
    shutil.copy(audit.SEED, path)
    monkeypatch.setattr(audit, "SEED", path)
    yield path


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("is_right", "perhaps", "row 2, is_right: 'perhaps' is not yes or no"),
        ("source_id", "nobody", "row 2, source_id: no record .*nobody"),
        (
            "organisation_key",
            "elsewhere",
            "row 2, organisation_key: the sample is of another build",
        ),
        ("stratum_size", "many", "row 2, stratum_size: 'many' is no count"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_read(
    built: Path, tmp_path: Path, seed: Path, column: str, value: str, words: str
) -> None:
    audit.write(built, tmp_path / "a.csv", 20, 7)
    rows = [{**row, "is_right": "yes"} for row in sample(tmp_path / "a.csv")]
    rows[0][column] = value
    before = seed.read_bytes()
    with pytest.raises(UserError, match=words):
        audit.read(built, save(tmp_path / "a.csv", rows))
    assert seed.read_bytes() == before


def test_other_bad_samples_are_told(built: Path, tmp_path: Path, seed: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(UserError, match="no such file"):
        audit.read(built, path)
    audit.write(built, path, 20, 7)
    with pytest.raises(UserError, match="empty in every row"):
        audit.read(built, path)
    rows = [{**row, "is_right": "Yes "} for row in sample(path)]
    with pytest.raises(UserError, match="there twice"):
        audit.read(built, save(path, [*rows, rows[0]]))
    with pytest.raises(UserError, match="holds answers"):
        audit.write(built, path, 20, 7)
    path.write_text("source,source_id\ncrm,1\n")
    with pytest.raises(UserError, match="lacks column stream"):
        audit.read(built, path)
    path.write_bytes("stream\n\xe9".encode("latin-1"))
    with pytest.raises(UserError, match="not UTF-8"):
        audit.read(built, path)


def test_answers_are_merged_newest_first(built: Path, tmp_path: Path, seed: Path) -> None:
    path = tmp_path / "a.csv"
    audit.write(built, path, 20, 7)
    rows = sample(path)
    for row in rows[1:]:
        row["is_right"] = "y"
    said = audit.read(built, save(path, rows))
    assert "1 rows are still open" in said[1]
    assert len(sample(seed)) == 19
    # a spreadsheet that writes semicolons and a byte-order mark
    rows = [{**rows[1], "is_right": "NO", "stratum_size": "99"}]
    save(path, rows)
    path.write_text(
        "\ufeff" + path.read_text().replace(", ", "~").replace(",", ";").replace("~", ", ")
    )
    audit.read(built, path)
    kept = {(row["source"], row["source_id"]): row for row in sample(seed)}
    assert len(kept) == 19
    assert kept[rows[0]["source"], rows[0]["source_id"]]["is_right"] == "no"
    same = [row["stratum_size"] for row in kept.values() if row["stratum"] == rows[0]["stratum"]]
    assert set(same) == {"99"}


def bounds(rate: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval as the roots of (rate - x)^2 = z^2 x (1 - x) / n."""

    def excess(x: float) -> float:
        return (rate - x) ** 2 - z * z * x * (1 - x) / n

    return brentq(excess, 0, rate, xtol=1e-14), brentq(excess, rate, 1, xtol=1e-14)


def test_an_audit_becomes_a_rate(built: Path, tmp_path: Path) -> None:
    """Write, fill in, read, build: in a copy of the project, since answers are kept in a seed."""
    project = tmp_path / "project"
    for name in ("models", "macros", "seeds", "scripts", "tests/generic", "tests/singular"):
        shutil.copytree(PROJECT / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project / name)
    shutil.copy(built, tmp_path / built.name)
    database, path = tmp_path / built.name, tmp_path / "audit.csv"
    where = {"where": project, "DBT_TARGET_PATH": str(tmp_path / "target")}
    wrote = run("audit", "--write", str(path), "--size", "40", "--out", str(database), **where)
    assert wrote.returncode == 0, wrote.stderr
    rows = sample(path)
    for number, row in enumerate(rows):
        row["is_right"] = "no" if number % 7 == 3 else "yes"
    done = run("audit", "--read", str(save(path, rows)), "--out", str(database), **where)
    assert done.returncode == 0, done.stderr
    code = (
        "from pathlib import Path; from scripts import build; "
        "build.run_dbt(['build', '--exclude-resource-type', 'unit_test', '--indirect-selection', 'buildable', "
        "'--select', 'audited_records', 'stg_audit_answers', 'right_account_rate'], "
        f"{{'connectors': ['files']}}, database=Path({str(database)!r}))"
    )
    environment = {**os.environ, "DBT_TARGET_PATH": str(tmp_path / "target")}
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    found = ask(
        database,
        "select cohort, n_audited, n_effective, right_account_rate, right_account_rate_lower, "
        "right_account_rate_upper, evidence from marts.right_account_rate",
    )
    assert {row[0] for row in found} == {"all", "crm", "billing", "help"}
    for cohort, n_audited, n_effective, rate, lower, upper, evidence in found:
        answers = [row for row in rows if cohort in ("all", row["source"])]
        in_stratum = {row["stratum"]: 0 for row in answers}
        for row in answers:
            in_stratum[row["stratum"]] += 1
        weights = [int(row["stratum_size"]) / in_stratum[row["stratum"]] for row in answers]
        right = [
            weight for weight, row in zip(weights, answers, strict=True) if row["is_right"] == "yes"
        ]
        kish = math.fsum(weights) ** 2 / math.fsum(weight**2 for weight in weights)
        assert (n_audited, evidence) == (len(answers), "audited")
        assert n_effective == pytest.approx(kish)
        assert rate == pytest.approx(sum(right) / sum(weights))
        if 0 < rate < 1:
            assert (lower, upper) == pytest.approx(bounds(rate, kish, 1.645))
        assert 0 <= lower <= rate <= upper <= 1


# -------------------------------------------------------------------------------- marts of the world


def test_without_an_audit_only_the_resolved_share_is_said(built: Path) -> None:
    rows = ask(
        built,
        "select cohort, right_account_rate, evidence, n_signals, n_resolved from marts.right_account_rate",
    )
    said = {row[0]: row[1:] for row in rows}
    assert said["help"] == (None, "not_audited", 3, 2)
    assert said["crm"] == (None, "not_audited", 0, 0)


def test_what_people_set_apart_is_not_asked_again(built: Path) -> None:
    assert not ask(built, "select * from marts.review_queue where fate = 'refused'")
    refused = ask(
        built,
        "select sum(n_refused), sum(n_set_apart) from marts.identity_quality",
    )
    assert refused == [(1, 1)]
    names = "source = 'crm' and other_source = 'help' and rule = 'not_compared: name'"
    counted = ask(built, f"select n_not_compared from marts.identity_quality where {names}")
    assert counted == [((N_STORES // 2) ** 2,)]


# ------------------------------------------------------------------------------------ the last build


def change(database: Path, *statements: str) -> None:
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def two(built: Path, tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "next").mkdir()
    return Path(shutil.copy(built, tmp_path)), Path(shutil.copy(built, tmp_path / "next"))


def quality(database: Path) -> list[tuple[Any, ...]]:
    return ask(
        database,
        "select source, other_source, rule, n_links, last_n_links, last_n_clusters from marts.identity_quality",
    )


def test_the_same_again_says_nothing_and_keeps_the_figures(two: tuple[Path, Path]) -> None:
    last, working = two
    assert last_build.compare(last, working) == []
    assert all(row[3] == row[4] for row in quality(working))


def test_a_rule_that_moved_or_is_gone_is_said(two: tuple[Path, Path]) -> None:
    last, working = two
    change(
        last,
        "update marts.identity_quality set n_links = 4321 where rule = 'stated_link'",
        "insert into marts.identity_quality (source, other_source, rule, n_links, n_refused) "
        "values ('crm', 'old', 'same_name', 12, 0)",
    )
    said = "\n".join(last_build.compare(last, working))
    assert "Identity moved" in said
    assert "billing and crm, stated_link: 2 links (before: 4,321)" in said
    assert "crm and old, same_name: 0 links (before: 12)" in said
    rows = {row[:3]: row[3:5] for row in quality(working)}
    assert rows["billing", "crm", "stated_link"] == (2, 4321)
    assert rows["crm", "old", "same_name"] == (0, 12)


def test_no_last_output_or_an_old_one_leaves_the_figures_empty(two: tuple[Path, Path]) -> None:
    last, working = two
    assert last_build.compare(last.parent / "none.duckdb", working) == []
    change(last, "drop table marts.identity_quality")
    assert "not compared" in last_build.compare(last, working)[0]
    assert all(row[4] is None for row in quality(working))
