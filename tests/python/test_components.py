"""The connected_components materialisation against networkx, run by dbt in a small project."""

import hashlib
import itertools
import json
import math
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import networkx as nx
import pyarrow as pa
import pytest

REPOSITORY = Path(__file__).parents[2]
PROJECT = """
name: small
config-version: 2
profile: small
models:
  small:
    +materialized: table
    intermediate: {+schema: intermediate}
    marts: {+schema: marts}
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


def run_dbt(
    folder: Path,
    models: Mapping[str, str],
    fill: Callable[[duckdb.DuckDBPyConnection], None],
) -> Path:
    """Build models with the repository's macros in a project of its own; gives its DuckDB file.

    Models are SQL by path without suffix: those in intermediate/ and marts/ go into schemas of
    these names. `fill` makes the tables that they read, in the schema raw. The log, with all that
    dbt sent, is logs/dbt.log.
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
        connection.begin()
        connection.execute("create schema raw")
        fill(connection)
        connection.commit()
    command = [str(Path(sys.executable).with_name("dbt")), "run", "--profiles-dir", "."]
    command += ["--target-path", "target", "--log-path", "logs", "--log-format-file", "json"]
    command += ["--log-file-max-bytes", str(10**9), "--no-version-check", "--no-use-colors"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return database


def fill_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Make a table in the schema raw with these columns (name: type) and rows."""
    typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create table raw.{name} ({typed})")
    if rows:
        values = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
        connection.register("new_rows", pa.table(values))
        connection.execute(f"insert into raw.{name} from new_rows")
        connection.unregister("new_rows")


def hashed(number: int) -> str:
    """A key that says nothing about where in the graph it stands, as keys of records do."""
    return hashlib.md5(str(number).encode()).hexdigest()


def path(keys: Keys) -> Edges:
    return list(itertools.pairwise(keys))


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
    keys = [hashed(number) for number in range(40)]
    bridged = [keys[:15], keys[15:30], [keys[14], keys[15]]]
    found = {
        "nothing": ([], []),
        "one_node": (["a"], []),
        "alone": (keys, []),
        "loops": (keys[:3], [(key, key) for key in keys[:3]]),
        "pair": (["b", "a"], [("b", "a")]),
        "path": (keys, path(keys)),
        "two_paths": (keys, path(keys[:20]) + path(keys[20:])),
        "ring": (keys, [*path(keys), (keys[-1], keys[0])]),
        "star_least": (keys, [(min(keys), key) for key in keys]),
        "star_greatest": (keys, [(max(keys), key) for key in keys]),
        "clique": (keys, [(a, b) for a in keys for b in keys if a < b]),
        "cliques_bridged": (keys, [(a, b) for part in bridged for a in part for b in part]),
        "text_order": (["10", "9", "B", "a", "é"], [("10", "9"), ("B", "a"), ("a", "é")]),
    }
    for seed in range(RANDOM_GRAPHS):
        found[f"random_{seed}"] = random_graph(seed)
    return found


def long_paths() -> dict[str, tuple[Keys, Edges]]:
    """Paths of many nodes, whose keys rise, fall, leap, or lie in no order."""
    rising = [f"{number:05}" for number in range(LONG)]
    halves = zip(rising[: LONG // 2], rising[LONG // 2 :], strict=True)
    leaping = [key for pair in halves for key in pair]
    shuffled = [hashed(number) for number in range(LONG)]
    return {
        "long_rising": (rising, path(rising)),
        "long_falling": (rising, path(rising[::-1])),
        "long_leaping": (rising, path(leaping)),
        "long_shuffled": (shuffled, path(shuffled)),
    }


def side_by_side(graphs: Mapping[str, tuple[Keys, Edges]]) -> tuple[Keys, Edges]:
    """Graphs as parts of one, so that one run is enough for all."""
    keys = [f"{name} {key}" for name, (keys, _) in graphs.items() for key in keys]
    edges = [
        (f"{name} {one}", f"{name} {other}")
        for name, (_, edges) in graphs.items()
        for one, other in edges
    ]
    return keys, edges


MODELS = {
    "small_graphs": side_by_side(graphs()),
    "nothing": ([], []),
    "star": graphs()["star_greatest"],
    "clique": graphs()["clique"],
    **long_paths(),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for each graph, edges in both directions and a loop for every node."""
    folder = tmp_path_factory.mktemp("components")
    rows = [
        (name, *pair)
        for name, (keys, edges) in MODELS.items()
        for pair in [(key, key) for key in keys] + edges + [(b, a) for a, b in edges]
    ]
    columns = dict.fromkeys(("model", "from_key", "to_key"), "text")
    config = "{{ config(materialized='connected_components') }}"
    query = "select from_key, to_key from raw.edges where model = "
    models = {name: f"{config} {query} '{name}'" for name in MODELS}
    run_dbt(folder, models, lambda connection: fill_table(connection, "edges", columns, rows))
    return folder


@pytest.fixture(scope="module")
def labels(project: Path) -> dict[str, dict[str, str]]:
    """The component of each node, by model."""
    with duckdb.connect(str(project / "small.duckdb"), read_only=True) as connection:
        found = {}
        for name in MODELS:
            rows = connection.execute(f"select node_key, component_key from {name}").fetchall()
            found[name] = dict(rows)
            assert len(rows) == len(found[name])
        return found


@pytest.fixture(scope="module")
def rounds(project: Path) -> dict[str, int]:
    """How many rounds each model took: one count of changed labels a round, by dbt's log."""
    found = dict.fromkeys(MODELS, 0)
    with (project / "logs" / "dbt.log").open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            sql = entry["data"].get("sql", "")
            if entry["info"]["name"] == "SQLQuery" and "count(*)" in sql and "__labels_" in sql:
                found[entry["data"]["node_info"]["node_name"]] += 1
    return found


@pytest.mark.parametrize("name", MODELS)
def test_components_are_those_of_networkx(labels: dict[str, dict[str, str]], name: str) -> None:
    keys, edges = MODELS[name]
    graph = nx.Graph(edges)
    graph.add_nodes_from(keys)
    components = nx.connected_components(graph)
    assert labels[name] == {key: min(nodes) for nodes in components for key in nodes}


def test_small_graphs_stay_apart(labels: dict[str, dict[str, str]]) -> None:
    """The least key is that of the same graph, alone or beside others."""
    for key, label in labels["small_graphs"].items():
        assert key.split(" ")[0] == label.split(" ")[0]
    for name in ("clique", "star"):
        graph = {"star": "star_greatest"}.get(name, name)
        assert {f"{graph} {label}" for label in labels[name].values()} == {
            label for label in labels["small_graphs"].values() if label.startswith(f"{graph} ")
        }


def test_no_work_table_stays(project: Path) -> None:
    with duckdb.connect(str(project / "small.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
    assert {name for (name,) in tables} == set(MODELS)


@pytest.mark.parametrize("name", long_paths())
def test_rounds_grow_with_the_logarithm(rounds: dict[str, int], name: str) -> None:
    """A path of 2,000 nodes takes 11 to 13 rounds; the bound is 2 log2(nodes), which is 22."""
    assert 1 < rounds[name] <= 2 * math.ceil(math.log2(LONG))


def test_few_rounds_for_what_hangs_on_one_node(rounds: dict[str, int]) -> None:
    """The last round is the one that sees no change."""
    assert rounds["nothing"] == 1
    assert rounds["star"] <= 3
    assert rounds["clique"] <= 2
