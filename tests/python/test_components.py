"""The connected_components materialisation against networkx, run by dbt in a small project."""

import hashlib
import json
import math
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import networkx as nx
import pytest

REPOSITORY = Path(__file__).parents[2]
PROJECT = """
name: small
config-version: 2
profile: small
models: {small: {+materialized: table}}
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = """
small:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: small.duckdb, schema: main, threads: 1}}
"""
LONG = 2_000
RANDOM_GRAPHS = 12

Keys = list[str]
Edges = list[tuple[str, str]]


def run_dbt(folder: Path, models: Mapping[str, str], setup: Iterable[str] = ()) -> Path:
    """Build models with the repository's macros in a project of its own; gives its DuckDB file.

    `setup` holds SQL that is run first. The log, with all that dbt sent, is logs/dbt.log.
    """
    shutil.copytree(REPOSITORY / "macros", folder / "macros")
    (folder / "models").mkdir()
    for name, sql in models.items():
        path = folder / "models" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql, encoding="utf-8")
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    database = folder / "small.duckdb"
    with duckdb.connect(str(database)) as connection:
        for statement in setup:
            connection.execute(statement)
    command = [str(Path(sys.executable).with_name("dbt")), "run", "--profiles-dir", "."]
    command += ["--no-version-check", "--no-use-colors", "--log-format-file", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return database


def hashed(number: int) -> str:
    """A key that says nothing about where in the graph it stands, as keys of records do."""
    return hashlib.md5(str(number).encode()).hexdigest()


def path(keys: Keys) -> Edges:
    return list(zip(keys, keys[1:], strict=False))


def random_graph(seed: int) -> tuple[Keys, Edges]:
    """A sparse graph: some of it in pieces, some alone, some edges twice or both ways."""
    draw = random.Random(seed)
    n_nodes = draw.randint(1, 300)
    keys = [hashed(1_000 * seed + number) for number in range(n_nodes)]
    n_edges = int(n_nodes * draw.uniform(0, 1.5))
    edges = [(draw.choice(keys), draw.choice(keys)) for _ in range(n_edges)]
    return keys, edges + edges[: len(edges) // 5]


def graphs() -> dict[str, tuple[Keys, Edges]]:
    """Graphs by name; a graph's keys are all of its nodes, those without an edge included."""
    short = [hashed(number) for number in range(40)]
    ordered = [f"{number:05}" for number in range(LONG)]
    shuffled = [hashed(number) for number in range(LONG)]
    halves = ordered[: LONG // 2], ordered[LONG // 2 :]
    found = {
        "one_node": (["a"], []),
        "alone": (short, []),
        "loops": (short[:3], [(key, key) for key in short[:3]]),
        "pair": (["b", "a"], [("b", "a")]),
        "path": (short, path(short)),
        "two_paths": (short, path(short[:20]) + path(short[20:])),
        "ring": (short, [*path(short), (short[-1], short[0])]),
        "star_least": (short, [(min(short), key) for key in short]),
        "star_greatest": (short, [(max(short), key) for key in short]),
        "clique": (short, [(a, b) for a in short for b in short if a < b]),
        "cliques_bridged": (
            short,
            [(a, b) for part in (short[:15], short[15:30]) for a in part for b in part if a < b]
            + [(short[14], short[15])],
        ),
        "text_order": (["10", "9", "B", "a", "é"], [("10", "9"), ("B", "a"), ("a", "é")]),
        "long_rising": (ordered, path(ordered)),
        "long_falling": (ordered, path(ordered[::-1])),
        "long_zigzag": (
            ordered,
            path([key for pair in zip(*halves, strict=True) for key in pair]),
        ),
        "long_shuffled": (shuffled, path(shuffled)),
    }
    for seed in range(RANDOM_GRAPHS):
        found[f"random_{seed}"] = random_graph(seed)
    return found


GRAPHS = graphs()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every graph as a model of its own, edges in both directions and a loop for every node."""
    folder = tmp_path_factory.mktemp("components")
    rows = [
        (name, *pair)
        for name, (keys, edges) in GRAPHS.items()
        for pair in [(key, key) for key in keys] + edges + [(b, a) for a, b in edges]
    ]
    (folder / "edges.json").write_text(
        "\n".join(
            json.dumps({"graph": graph, "from_key": one, "to_key": other})
            for graph, one, other in rows
        ),
        encoding="utf-8",
    )
    models = {
        name: "{{ config(materialized='connected_components') }}"
        f"select from_key, to_key from raw.edges where graph = '{name}'"
        for name in GRAPHS
    }
    setup = [
        "create schema raw",
        f"create table raw.edges as select * from read_json('{folder / 'edges.json'}',"
        " format = 'newline_delimited',"
        " columns = {graph: 'text', from_key: 'text', to_key: 'text'})",
    ]
    run_dbt(folder, models, setup)
    return folder


@pytest.fixture(scope="module")
def rounds(project: Path) -> dict[str, int]:
    """How many rounds the labels of each graph took, by the statements that dbt sent."""
    found = dict.fromkeys(GRAPHS, 0)
    with (project / "logs" / "dbt.log").open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            sql = entry["data"].get("sql", "")
            if entry["info"]["name"] == "SQLQuery" and "count(*)" in sql and "__labels_" in sql:
                found[entry["data"]["node_info"]["node_name"]] += 1
    return found


@pytest.mark.parametrize("name", GRAPHS)
def test_components_are_those_of_networkx(project: Path, name: str) -> None:
    keys, edges = GRAPHS[name]
    graph = nx.Graph(edges)
    graph.add_nodes_from(keys)
    expected = {
        key: min(component) for component in nx.connected_components(graph) for key in component
    }
    with duckdb.connect(str(project / "small.duckdb"), read_only=True) as connection:
        seen = connection.execute(f"select node_key, component_key from main.{name}").fetchall()
    assert len(seen) == len(keys)
    assert dict(seen) == expected


def test_no_work_table_stays(project: Path) -> None:
    with duckdb.connect(str(project / "small.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
    assert {name for (name,) in tables} == set(GRAPHS)


@pytest.mark.parametrize("name", [name for name in GRAPHS if name.startswith("long_")])
def test_rounds_grow_with_the_logarithm(rounds: dict[str, int], name: str) -> None:
    """A path of 2,000 nodes, however its keys lie: twice log2 of the nodes is 22 rounds."""
    assert 1 < rounds[name] <= 2 * math.ceil(math.log2(LONG))


def test_few_rounds_for_what_hangs_on_one_node(rounds: dict[str, int]) -> None:
    assert rounds["one_node"] == rounds["alone"] == rounds["loops"] == 1
    assert rounds["star_least"] <= 3
    assert rounds["star_greatest"] <= 3
    assert rounds["clique"] <= 2
