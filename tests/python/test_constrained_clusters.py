"""The constrained_clusters materialisation against the same rule in plain Python, run by dbt in a small project."""

import hashlib
import itertools
import random
from collections import Counter

import duckdb
import pytest
from test_components import fill_table, run_dbt

CAP = 6
COLUMNS = {
    "graph": "text",
    "kind": "text",
    "from_key": "text",
    "to_key": "text",
    "list_key": "text",
    "weight": "double",
    "is_strong": "boolean",
}
CONFIG = "-- depends_on: {{ ref('rules') }}\n{{ config(materialized='constrained_clusters') }}\n"
RULES = f"select 'max_cluster_records' as rule, {CAP} as value, cast(null as date) as valid_to"

Row = tuple[str, str, str, str | None, float, bool]


def records(lists: dict[str, str]) -> list[Row]:
    return [("record", key, key, list_key, 0.0, False) for key, list_key in lists.items()]


def link(lists: dict[str, str], one: str, other: str, weight: float, kind: str = "link") -> Row:
    one, other = sorted((one, other))
    same = lists[one] if lists[one] == lists[other] and kind != "link" else None
    return (kind, one, other, same, weight if kind == "link" else 0.0, weight >= 3)


def hand_made() -> dict[str, tuple[list[Row], list[set[str]]]]:
    """Rows, and the clusters they must give; records alone are left out."""
    two = {"a1": "a", "a2": "a", "b1": "b", "b2": "b", "c1": "c"}

    def rows(*links: Row) -> list[Row]:
        return records(two) + list(links)

    def tie(one: str, other: str, weight: float = 5.0, kind: str = "link") -> Row:
        return link(two, one, other, weight, kind)

    return {
        "strong_links_first": (
            rows(tie("a1", "b1", 4), tie("a2", "b1", 5)),
            [{"a2", "b1"}],
        ),
        "two_of_one_list_are_linked_and_tolerated": (
            rows(
                tie("a1", "b1", 5),
                tie("a2", "b1", 4),
                tie("a1", "a2", 1),
                tie("a1", "a2", kind="tolerated"),
            ),
            [{"a1", "a2", "b1"}],
        ),
        "or_tolerated_without_a_link": (
            rows(tie("a1", "b1", 5), tie("a2", "b1", 4), tie("a1", "a2", kind="tolerated")),
            [{"a1", "a2", "b1"}],
        ),
        "to_be_tolerated_joins_nobody": (
            rows(tie("a1", "b1", 5), tie("a1", "a2", kind="tolerated")),
            [{"a1", "b1"}],
        ),
        "a_persons_word_goes_first": (
            rows(tie("a1", "b1", 9), tie("a2", "b1", kind="stated")),
            [{"a2", "b1"}],
        ),
        "and_joins_two_of_one_list": (
            rows(tie("a1", "b1", 9), tie("a1", "a2", kind="stated")),
            [{"a1", "a2", "b1"}],
        ),
        "apart_is_apart": (
            rows(tie("a1", "b1"), tie("a1", "b1", kind="apart")),
            [],
        ),
        "apart_also_by_way_of_a_third": (
            rows(tie("a1", "c1", 9), tie("b1", "c1", 5), tie("a1", "b1", kind="apart")),
            [{"a1", "c1"}],
        ),
        "stated_both_ways_stays_apart": (
            rows(tie("a1", "b1", kind="stated"), tie("a1", "b1", kind="apart")),
            [],
        ),
        "one_weak_link_joins_no_two_clusters": (
            rows(tie("a1", "b1", 9), tie("b2", "c1", 9), tie("a1", "c1", 2)),
            [{"a1", "b1"}, {"b2", "c1"}],
        ),
        "nor_does_a_strong_one_against_the_lists": (
            rows(tie("a1", "b1", 9), tie("b2", "c1", 9), tie("a1", "c1", 8)),
            [{"a1", "b1"}, {"b2", "c1"}],
        ),
        "a_weak_link_takes_in_one_record": (
            rows(tie("a1", "b1", 9), tie("a1", "c1", 1)),
            [{"a1", "b1", "c1"}],
        ),
    }


def at_random(seed: int) -> list[Row]:
    draw = random.Random(seed)
    keys = [hashlib.md5(f"{seed} {n}".encode()).hexdigest() for n in range(draw.randint(2, 60))]
    lists = {key: draw.choice("abcd") for key in keys}
    pairs = [pair for pair in itertools.combinations(keys, 2) if draw.random() < 0.15]
    # weights that tie, so that the hash must decide
    rows = [link(lists, *pair, draw.choice((1, 2, 3, 5, 5, 8))) for pair in pairs]
    rows += [
        link(lists, *pair, 0, "tolerated")
        for pair in itertools.combinations(keys, 2)
        if lists[pair[0]] == lists[pair[1]] and draw.random() < 0.5
    ]
    for kind, share in (("stated", 0.02), ("apart", 0.04)):
        rows += [link(lists, *pair, 0, kind) for pair in pairs if draw.random() < share]
    return records(lists) + rows


class Clusters:
    """The rule in plain Python: at each step the strongest pair that may be joined, one pair at a time."""

    def __init__(self, rows: list[Row]) -> None:
        self.lists = {row[1]: row[3] for row in rows if row[0] == "record"}
        self.rows = [row for row in rows if row[0] != "record"]
        self.members = {key: {key} for key in self.lists}

    def of(self, key: str) -> str:
        return next(name for name, members in self.members.items() if key in members)

    def between(self, one: str, other: str) -> list[Row]:
        sides = (self.members[one], self.members[other])
        return [
            row
            for row in self.rows
            if (row[1] in sides[0] and row[2] in sides[1])
            or (row[2] in sides[0] and row[1] in sides[1])
        ]

    def may_join(self, one: str, other: str) -> bool:
        rows = self.between(one, other)
        kinds = Counter(row[0] for row in rows)
        if kinds["apart"]:
            return False
        if kinds["stated"]:
            return True
        sizes = [len(self.members[one]), len(self.members[other])]
        tolerated = {(row[1], row[2]) for row in rows if row[0] == "tolerated"}
        return (
            kinds["link"] > 0
            and sum(sizes) <= CAP
            and all(
                tuple(sorted(pair)) in tolerated
                for pair in itertools.product(self.members[one], self.members[other])
                if self.lists[pair[0]] == self.lists[pair[1]]
            )
            and (kinds["link"] > 1 or min(sizes) == 1 or any(row[5] for row in rows))
        )

    def may_stay(self) -> bool:
        """Nothing more can be joined."""
        return not any(self.may_join(*pair) for pair in itertools.combinations(self.members, 2))


RANDOM = {f"random_{seed}": at_random(seed) for seed in range(30)}
GRAPHS = {name: rows for name, (rows, _) in hand_made().items()} | RANDOM


@pytest.fixture(scope="module", params=["as written", "shuffled"])
def clusters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Graph -> record -> cluster; all graphs in one run, and once more with the rows in another order."""
    rows = [
        (name, kind, f"{name} {one}", f"{name} {other}", f"{name} {held}" if held else None, *rest)
        for name, graph in GRAPHS.items()
        for kind, one, other, held, *rest in graph
    ]
    if request.param == "shuffled":
        random.Random(1).shuffle(rows)
    columns = ", ".join(list(COLUMNS)[1:])
    models = {"rules": RULES, "all_graphs": f"{CONFIG}select {columns} from raw.edges"}
    database = run_dbt(
        tmp_path_factory.mktemp("clusters"),
        models,
        lambda connection: fill_table(connection, "edges", COLUMNS, rows),
    )
    found: dict[str, dict[str, str]] = {name: {} for name in GRAPHS}
    with duckdb.connect(str(database), read_only=True) as connection:
        for node, cluster in connection.execute(
            "select node_key, cluster_key from all_graphs"
        ).fetchall():
            name, key = node.split(" ")
            assert key not in found[name] and cluster.startswith(f"{name} ")
            found[name][key] = cluster.split(" ")[1]
    return found


def sets(found: dict[str, str]) -> list[set[str]]:
    by: dict[str, set[str]] = {}
    for key, cluster in found.items():
        by.setdefault(cluster, set()).add(key)
    assert all(cluster == min(keys) for cluster, keys in by.items())
    return sorted((keys for keys in by.values()), key=sorted)


@pytest.mark.parametrize("name", hand_made())
def test_hand_made_clusters(clusters: dict, name: str) -> None:
    wanted = hand_made()[name][1]
    assert [keys for keys in sets(clusters[name]) if len(keys) > 1] == sorted(wanted, key=sorted)


@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_forbidden_and_nothing_left_to_join(clusters: dict, name: str) -> None:
    """Every record is in one cluster; no two that are apart share one; without a person's word every two of a list in
    a cluster are tolerated, and none outgrows the cap; and no two clusters may still be joined."""
    rows = GRAPHS[name]
    state = Clusters(rows)
    assert set(clusters[name]) == set(state.lists)
    state.members = {min(keys): keys for keys in sets(clusters[name])}
    tolerated = {(row[1], row[2]) for row in rows if row[0] == "tolerated"}
    stated = {key for row in rows if row[0] == "stated" for key in row[1:3]}
    for keys in state.members.values():
        pairs = list(itertools.combinations(sorted(keys), 2))
        assert not [row for row in rows if row[0] == "apart" and (row[1], row[2]) in pairs]
        if not keys & stated:
            assert len(keys) <= CAP
            assert all(
                pair in tolerated for pair in pairs if state.lists[pair[0]] == state.lists[pair[1]]
            )
    assert state.may_stay()
