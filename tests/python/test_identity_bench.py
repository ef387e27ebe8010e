"""Records made for measuring identity, the scores of a clustering, and the bench beside Splink at its smallest."""

import math
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from scripts import bench_identity, contract
from scripts.demo import records
from scripts.demo.mess import KINDS
from tests.python import identity_scores

N = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("records")
    assert records.write(made, N, seed=3)["records"] == N
    return made


def ask(folder: Path, query: str) -> list[tuple]:
    with duckdb.connect() as con:
        for name, path in (("accounts", "data/accounts"), ("truth", "truth"), ("mess", "mess")):
            con.execute(
                f"create view {name} as select * from "
                f"read_csv('{folder / path}.csv', all_varchar = true)"
            )
        return con.execute(query).fetchall()


def test_every_record_has_a_truth_and_the_columns_of_the_contract(folder: Path) -> None:
    header = (folder / "data" / "accounts.csv").open(encoding="utf-8").readline()
    names = header.strip().replace('"', "").split(",")
    assert set(names) <= set(contract.column_names("accounts"))
    found = ask(
        folder,
        """
        select count(*), count(distinct source || '|' || source_id), count(distinct source),
            count(*) / count(distinct entity), count(name), count(country) / count(*)
        from accounts full join truth using (source, source_id)
        """,
    )[0]
    assert found[:3] == (N, N, 4)
    assert 2.1 < found[3] < 2.3 and found[4] == N and 0.8 < found[5] < 1


def test_names_are_mostly_unique_and_a_few_words_are_everywhere(folder: Path) -> None:
    unique, homonyms, top = ask(
        folder,
        """
        with names as (
            select lower(name) as name, count(distinct entity) as n
            from accounts inner join truth using (source, source_id) where source = 'crm' group by 1
        ),
        words as (
            select unnest(string_split(name, ' ')) as word from names
        )
        select
            (select avg(cast(n = 1 as integer)) from names),
            (select count(*) from names where n > 1),
            (select max(n) / sum(n) from (select count(*) as n from words group by word))
        """,
    )[0]
    assert unique > 0.97 and homonyms > 20 and top > 0.02


def test_every_kind_of_mess_is_there(folder: Path) -> None:
    found = dict(ask(folder, "select kind, count(*) from mess group by kind"))
    assert set(found) == set(KINDS) | {"no_domain"}
    assert min(found.values()) > 20


def test_the_same_seed_gives_the_same_records(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        records.write(tmp_path / name, 300, seed)
    read = {p.name: (p / "data" / "accounts.csv").read_bytes() for p in tmp_path.iterdir()}
    assert read["one"] == read["again"] != read["other"]


def test_scores_count_pairs(tmp_path: Path) -> None:
    """Two organisations of two records and a subsidiary; one is split, the subsidiary lies with its group."""
    (tmp_path / "records.csv").write_text(
        "stream,source,source_id,organisation\n"
        + "".join(f"accounts,crm,{i},{organisation}\n" for i, organisation in enumerate("00112")),
        encoding="utf-8",
    )
    (tmp_path / "mess.csv").write_text(
        "organisation,kind\n0,misspelt\n1,free_mail\n2,subsidiary\n", encoding="utf-8"
    )
    (tmp_path / "hierarchy.csv").write_text(
        "child,parent,stated,shares_domain\n2,1,true,true\n", encoding="utf-8"
    )
    with duckdb.connect(str(tmp_path / "built.duckdb")) as con:
        con.execute("create schema marts")
        con.execute(
            """
            create table marts.account_sources as
            select 'accounts' as stream, 'crm' as source, cast(column0 as varchar) as source_id,
                column1 as organisation_key, 'same_domain' as match_rule
            from (values (0, 'a'), (1, 'b'), (2, 'c'), (3, 'c'), (4, 'c')) as rows (column0, column1)
            """
        )
    found = identity_scores.score(tmp_path / "built.duckdb", tmp_path)
    assert (found.records, found.true_pairs, found.found_pairs, found.right_pairs) == (5, 2, 3, 1)
    assert found.precision == pytest.approx(1 / 3) and found.recall == 0.5
    assert found.f1 == pytest.approx(0.4)
    assert (found.split, found.merged, found.free_mail_merges) == (1, 2, 1)
    assert (found.subsidiaries, found.subsidiaries_apart) == (1, 0)
    assert (found.kinds["misspelt"].missed, found.kinds["free_mail"].false) == (1, 2)
    assert found.kinds["subsidiary"].merged == 1


def test_growth_is_the_exponent_between_sizes() -> None:
    def run(records: int, seconds: float) -> bench_identity.Run:
        return bench_identity.Run("ours", records, seconds, 1.0, 1.0, 1.0, 1.0)

    found = bench_identity.growth([run(1000, 80.0), run(100, 2.0), run(10, 0.2)])
    assert found == {
        ("ours", 100): pytest.approx(1.0),
        ("ours", 1000): pytest.approx(math.log10(40)),
    }


@pytest.mark.slow
def test_bench_at_its_smallest(tmp_path: Path) -> None:
    console = Console(record=True, width=120)
    runs = bench_identity.bench([1000, 2000], 7, tmp_path, console)
    assert [(run.side, run.records) for run in runs] == [
        (side, n) for n in (1000, 2000) for side in ("ours", "splink")
    ]
    for run in runs:
        numbers = (run.seconds, run.gib, run.precision, run.recall, run.f1)
        assert all(math.isfinite(number) and number > 0 for number in numbers)
        assert run.f1 > 0.7
    assert all(math.isfinite(exponent) for exponent in bench_identity.growth(runs).values())
    assert "n^" in console.export_text()
