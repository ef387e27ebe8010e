"""The ecosystem graph worked out again: weights in plain Python, degrees and components by networkx, paths by trying
every way there is.

What may not be shown is looked for in every mart of the graph.
"""

import csv
import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import networkx as nx
import pytest

from scripts import report
from scripts.contract import PROJECT
from tests.python.raw import build_part

EVIDENCE = {name: f"evidence_{name}" for name in ("observed", "system", "declared")}
MARTS = ["ecosystem_nodes", "ecosystem_edges", "ecosystem_paths", "partner_pairs", "unmet_needs"]


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds/rules" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


RULES = {row["rule"]: float(row["value"]) for row in seed("rules") if not row["valid_to"]}
TYPES = {row["edge_type"]: row for row in seed("graph_edge_types")}
CAP = RULES["graph_hub_cap"]


def is_true(edge_type: str, flag: str) -> bool:
    return TYPES[edge_type][flag] == "true"


class World:
    """What a build holds of the graph."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def rows(self, query: str) -> list[dict[str, Any]]:
        return report.Marts(self.database).rows(query)

    def keys(self, query: str) -> set[Any]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            found = connection.execute(query).fetchall()
        return {row[0] if len(row) == 1 else row for row in found}

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        return self.rows("select * from intermediate.int_graph_edges")

    @cached_property
    def nodes(self) -> dict[str, dict[str, Any]]:
        found = self.rows("select * from marts.ecosystem_nodes")
        return {row["node_key"]: row for row in found}

    @cached_property
    def own(self) -> set[str]:
        products = "select solution_key from intermediate.int_solutions where provider = 'vendor'"
        return {"own_team"} | self.keys(products)

    @cached_property
    def accounts(self) -> set[str]:
        return self.keys("select account_key from intermediate.int_accounts")

    @cached_property
    def graph(self) -> nx.Graph:
        """Live ties, restricted ones too."""
        graph = nx.Graph()
        graph.add_nodes_from(self.nodes)
        live = [edge for edge in self.edges if edge["is_live"]]
        graph.add_edges_from((edge["from_node_key"], edge["to_node_key"]) for edge in live)
        return graph

    @cached_property
    def hubs(self) -> set[str]:
        return {node for node in self.graph if len(self.graph[node]) > CAP} - self.own


@pytest.fixture(scope="module")
def world(demo_database: Path) -> World:
    return World(demo_database)


def test_weights_are_base_by_depth_by_recency_by_evidence(world: World) -> None:
    as_of = world.keys("select as_of_date from staging.stg_as_of").pop()
    levels = {
        (row["partner_key"], row["account_key"]): row["level"]
        for row in world.rows("select * from intermediate.int_depths where is_latest")
    }
    owns = world.keys("select organisation_key from staging.stg_organisations where is_own")
    strongest: dict[tuple[str, ...], dict[bool, float]] = defaultdict(dict)
    for fact in world.rows("select * from intermediate.int_graph_facts"):
        ends = [fact["from_node_key"], fact["to_node_key"]]
        near, far = ("own_team" if end in owns else end for end in ends)
        if near is None or far is None or near == far:
            continue
        kind = TYPES[fact["edge_type"]]
        seen = fact["ended_date"] or fact["last_seen_date"]
        days = (as_of - seen).days if seen else 0
        weight = float(kind["base_weight"]) * RULES[EVIDENCE[fact["evidence"]]]
        if kind["is_by_depth"] == "true" and near != "own_team":
            floor = RULES["graph_depth_floor"]
            weight *= floor + (1 - floor) * levels.get((near, far), 0) / 4
        if kind["half_life_days"]:
            weight *= 0.5 ** (days / float(kind["half_life_days"]))
        within = not kind["live_days"] or days <= float(kind["live_days"])
        live = kind["outlives_end"] == "true" or (fact["ended_date"] is None and within)
        of_edge = strongest[near, far, fact["edge_type"]]
        of_edge[live] = max(weight, of_edge.get(live, 0))
    assert len(world.edges) == len(strongest) > 20_000
    for edge in world.edges:
        expected = strongest[edge["from_node_key"], edge["to_node_key"], edge["edge_type"]]
        assert edge["is_live"] == (True in expected), edge
        found = expected.get(True, expected.get(False))
        assert edge["weight"] == pytest.approx(found, abs=1e-6), edge


def test_degrees(world: World) -> None:
    graph = world.graph
    walked = set(graph) - world.own - world.hubs
    assert len(world.hubs) > 2
    for key, node in world.nodes.items():
        near = set(graph[key])
        far = set(itertools.chain.from_iterable(graph[other] for other in near & walked))
        assert node["first_degree"] == len(near), key
        assert node["second_degree"] == len(far - near - {key}), key
        assert node["n_hubs_skipped"] == len(near & world.hubs), key
        assert node["is_hub"] == (key in world.hubs), key


def test_embeddedness_and_concentration(world: World) -> None:
    ties: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for edge in world.edges:
        if edge["is_live"] and is_true(edge["edge_type"], "is_live_tie"):
            near, far = edge["from_node_key"], edge["to_node_key"]
            ties[near][far] += edge["weight"]
            ties[far][near] += edge["weight"]
    n_embedded = 0
    for key, node in world.nodes.items():
        weights = [weight for other, weight in ties[key].items() if other not in world.own]
        total = sum(weights)
        if key in world.accounts:
            assert node["embeddedness"] == pytest.approx(total, abs=1e-5), key
            n_embedded += total > 0
        else:
            assert node["embeddedness"] is None
        # rounded to six places: what weighs less shares in nothing
        if node["node_type"] in ("account", "partner") and total > 1e-3:
            shares = sum((weight / total) ** 2 for weight in weights)
            assert node["concentration"] == pytest.approx(shares, abs=1e-4), key
    assert n_embedded > 500


def test_components(world: World) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(set(world.nodes) - world.own)
    shown = world.rows("select * from marts.ecosystem_edges where is_live")
    ends = [(edge["from_node_key"], edge["to_node_key"]) for edge in shown]
    graph.add_edges_from(pair for pair in ends if not world.own & set(pair))
    found = {frozenset(part) for part in nx.connected_components(graph)}
    assert len(found) > 100
    for part in found:
        assert {world.nodes[key]["component_key"] for key in part} == {min(part)}
    assert {world.nodes[key]["component_key"] for key in world.own & set(world.nodes)} == {None}


class Tie(NamedTuple):
    other: str
    kind: str
    goes_on: bool
    weight: float
    begin: dt.date | None
    end: dt.date | None


def ways(
    world: World, adjacent: dict[str, list[Tie]]
) -> Iterator[tuple[str, str, int, float, str | None]]:
    """Every way of at most two ties over what is shown: account, partner, hops, score, person at the account."""

    def works(person: str) -> set[str]:
        return {tie.other for tie in adjacent[person] if tie.kind == "works_at" and tie.goes_on}

    people = {key for key, node in world.nodes.items() if node["node_type"] == "person"}
    staff = defaultdict(set)
    for person in people:
        for office in works(person):
            staff[office].add(person)
    partners = world.keys("select partner_key from marts.partners")
    for partner in partners:
        starts = {partner} | staff[partner]
        for start in starts:
            for one in adjacent[start]:
                if one.other in starts:
                    continue
                for account in works(one.other) & world.accounts - {partner}:
                    yield account, partner, 1, one.weight, one.other
                if one.other in world.accounts and not staff[one.other]:
                    yield one.other, partner, 1, one.weight, None
                for two in adjacent[one.other]:
                    yield from second(world, partner, start, one, two, works)


def second(
    world: World,
    partner: str,
    start: str,
    one: Tie,
    two: Tie,
    works: Callable[[str], set[str]],
) -> Iterator[tuple[str, str, int, float, str | None]]:
    """Ways that go on by a second tie."""
    via, score = one.other, one.weight * two.weight
    via_type = world.nodes[via]["node_type"]
    if via in world.accounts and via != partner and two.kind == "works_at" and not two.goes_on:
        yield via, partner, 2, score, two.other
    if via in world.own or via in world.hubs or two.other == start:
        return
    sits = via_type == "person" and two.goes_on and is_true(two.kind, "is_seat")
    if sits and two.other in world.accounts - {partner}:
        yield two.other, partner, 2, score, via
    met = via_type == "person" or (
        None not in (one.begin, one.end, two.begin, two.end)
        and one.begin <= two.end  # type: ignore[operator]
        and two.begin <= one.end  # type: ignore[operator]
    )
    if met and world.nodes[two.other]["node_type"] == "person":
        for account in works(two.other) & world.accounts - {partner, via}:
            yield account, partner, 2, score, two.other


def check_paths(world: World) -> int:
    """Paths against every way there is over the edges of the mart; gives their number."""
    spans = {edge["edge_key"]: edge for edge in world.edges}
    adjacent: dict[str, list[Tie]] = defaultdict(list)
    for edge in world.rows("select * from marts.ecosystem_edges where is_live"):
        if is_true(edge["edge_type"], "is_walked"):
            span = spans[edge["edge_key"]]
            common = edge["weight"], span["open_from_date"], span["open_until_date"]
            near, far = edge["from_node_key"], edge["to_node_key"]
            adjacent[near].append(Tie(far, edge["edge_type"], True, *common))
            adjacent[far].append(Tie(near, edge["edge_type"], False, *common))
    best: dict[tuple[str, str], tuple[float, int]] = {}
    people: dict[tuple[str, str, float], set[str | None]] = defaultdict(set)
    for account, partner, hops, score, person in ways(world, adjacent):
        rank = round(score, 6), -hops
        best[account, partner] = max(rank, best.get((account, partner), rank))
        people[account, partner, rank[0]].add(person)
    found = world.rows("select * from intermediate.int_warm_paths")
    assert {(row["account_key"], row["partner_key"]) for row in found} == set(best)
    for row in found:
        pair = row["account_key"], row["partner_key"]
        score, hops = best[pair]
        assert row["path_score"] == pytest.approx(score, abs=2e-6), row
        assert row["hops"] == -hops, row
        assert row["account_person_key"] in people[*pair, score], row
    return len(found)


def test_paths_are_the_best_of_all_ways(world: World) -> None:
    assert check_paths(world) > 2000


def test_people_are_not_named(world: World) -> None:
    names = {
        row["person_key"]: row["name"]
        for row in world.rows("select * from restricted.people where name like '% %'")
    }
    assert len(names) > 5000
    for key, name in names.items():
        assert name not in world.nodes[key]["label"], key
    words = set(names.values())
    for row in world.rows("select path_text from marts.ecosystem_paths"):
        parts = row["path_text"].split()
        pairs = {f"{one} {two}" for one, two in itertools.pairwise(parts)}
        assert not pairs & words, row


def test_what_is_restricted_counts_and_is_not_shown(world: World) -> None:
    """Pairs that only restricted ties or touches show, from the streams themselves."""
    members = (
        "(select case stream when 'accounts' then 'account' else 'partner' end as type, source, "
        "source_id, organisation_key as key from staging.stg_organisation_members union all "
        "select 'person', source, source_id, person_key from staging.stg_person_members)"
    )
    stated = world.keys(
        "select near.key, far.key, ties.kind, coalesce(ties.sharing_scope, 'open') "
        f"from staging.stg_relationships as ties inner join {members} as near on "
        "near.type = from_type and near.source = from_source and near.source_id = from_id "
        f"inner join {members} as far on far.type = to_type and far.source = to_source "
        "and far.source_id = to_id where ties.kind in ('advises', 'board_seat', 'alumni')"
    )
    touched = world.keys(
        "select near.key, far.key, 'met', coalesce(sharing_scope, 'open') "
        f"from staging.stg_touches as touches inner join {members} as near on "
        "near.type = 'person' and near.source = partner_person_source "
        f"and near.source_id = partner_person_id inner join {members} as far on "
        "far.type = 'person' and far.source = account_person_source "
        "and far.source_id = account_person_id"
    )
    names = {"board_seat": "sits_on_board", "alumni": "worked_at"}
    scopes = defaultdict(set)
    for near, far, kind, scope in stated | touched:
        scopes[near, far, names.get(kind, kind)].add(scope)
    hidden = {tie for tie, said in scopes.items() if said == {"restricted"}}
    assert len(hidden) > 50
    held = {
        (edge["from_node_key"], edge["to_node_key"], edge["edge_type"]): edge["is_open"]
        for edge in world.edges
    }
    assert {held[tie] for tie in hidden} == {False}
    assert {held[tie] for tie in scopes.keys() - hidden} == {True}
    shown = world.keys("select from_node_key, to_node_key, edge_type from marts.ecosystem_edges")
    assert shown == {tie for tie, is_open in held.items() if is_open}


@pytest.fixture(scope="module")
def secret_world(tmp_path_factory: pytest.TempPathFactory, dbt_target: Path) -> World:
    """A customer, Acme, where Hidden is known by restricted rows alone, and Open by others; Third is not there. Hana of
    Hidden once worked with Carl of Acme at Initech, Otto of Open sits on Acme's board."""
    folder = tmp_path_factory.mktemp("secret") / "data"
    folder.mkdir()
    streams = {
        "accounts": """
            source,source_id,name,domain,created_at
            crm,a1,Acme,acme.com,2023-01-01
            crm,a2,Initech,initech.com,2023-01-01""",
        "partners": """
            source,source_id,name,domain,joined_at
            crm,p1,Open Partners,open.io,2023-01-01
            crm,p2,Hidden Partners,hidden.io,2023-01-01
            crm,p3,Third Partners,third.io,2023-01-01""",
        "people": """
            source,source_id,full_name,email,account_id,partner_id,role,started_at,ended_at
            crm,carl,Carl Crane,carl@acme.com,a1,,champion,2024-02-01,
            crm,carl2,Carl Crane,carl@acme.com,a2,,user,2020-01-01,2024-01-31
            crm,hana,Hana Hill,hana@hidden.io,,p2,consultant,2024-02-01,
            crm,otto,Otto Oak,otto@open.io,,p1,consultant,2024-02-01,""",
        "subscriptions": """
            source,source_id,account_id,product,started_at,term_end,arr
            crm,s1,a1,Core,2024-01-01,2026-12-31,1000""",
        "solutions": """
            source,source_id,partner_id,provider,solution,need,coverage
            crm,n1,p1,partner,One,reporting,0.9
            crm,n2,p2,partner,Two,user_adoption,0.9
            crm,n3,p3,partner,Three,compliance,0.9""",
        "touches": """
            source,source_id,actor,partner_id,account_id,touch_type,occurred_at,partner_person_id,account_person_id,evidence,sharing_scope
            crm,t1,partner,p1,a1,training,2025-05-01,otto,,observed,open
            crm,t2,partner,p2,a1,training,2025-06-01,hana,carl,observed,restricted
            crm,t3,partner,p2,a1,business_review,2025-06-10,,,observed,restricted
            crm,t4,own_team,,a1,training,2025-06-11,,carl,observed,restricted""",
        "relationships": """
            source,source_id,kind,from_type,from_id,to_type,to_id,started_at,sharing_scope
            crm,r1,serves,partner,p2,account,a1,2024-01-01,restricted
            crm,r2,alumni,person,hana,account,a2,2023-06-01,restricted
            crm,r3,board_seat,person,hana,account,a1,2023-06-01,restricted
            crm,r4,overlap,partner,p2,account,a2,2023-06-01,restricted
            crm,r5,board_seat,person,otto,account,a1,2023-06-01,open""",
    }
    for stream, text in streams.items():
        lines = "\n".join(line.strip() for line in text.strip().splitlines())
        (folder / f"{stream}.csv").write_text(lines + "\n", encoding="utf-8")
    selected = [f"+{mart}" for mart in MARTS]
    return World(build_part(folder, folder.parent / "secret.duckdb", {}, selected))


def test_partner_pairs(world: World) -> None:
    customers = world.keys("select account_key from intermediate.int_live_accounts where is_latest")
    served, shown = defaultdict(set), defaultdict(set)
    for edge in world.edges:
        near, far = edge["from_node_key"], edge["to_node_key"]
        if edge["edge_type"] == "serves" and edge["is_live"] and near != "own_team":
            served[near] |= {far} & customers
            shown[near] |= {far} & customers if edge["is_open_live"] else set()
    wanted = defaultdict(set)
    for account, need in world.keys(
        "select account_key, need from intermediate.int_account_needs "
        f"where is_latest and is_known and degree < {RULES['need_met_from']}"
    ):
        wanted[need].add(account)
    wants = defaultdict(set)
    for partner, need in world.keys(
        "select provider_key, need from intermediate.int_solution_needs "
        "where provider = 'partner' and provider_key <> 'unnamed' and coverage > 0"
    ):
        wants[partner] |= wanted[need]
    partners = world.keys("select partner_key from marts.partners") - {"own_team"}
    expected = {}
    for one, other in itertools.combinations(sorted(partners), 2):
        there = (served[one] - served[other]) & wants[other]
        back = (served[other] - served[one]) & wants[one]
        if shown[one] & shown[other] or there & shown[one] or back & shown[other]:
            both = served[one] & served[other]
            expected[one, other] = len(both), len(there), len(back)
    found = {
        (row["partner_key"], row["other_partner_key"]): (
            row["shared_accounts"],
            row["n_to_other"],
            row["n_from_other"],
        )
        for row in world.rows("select * from marts.partner_pairs")
    }
    assert found == expected
    assert len(found) > 100


def test_second_degree_of_segments(world: World) -> None:
    customers = world.keys(
        "select account_key, segment from intermediate.int_live_accounts where is_latest"
    )
    rows = world.rows("select * from marts.ecosystem_summary")
    assert len(rows) > 3
    for row in rows:
        starts = {key for key, segment in customers if row["segment"] in (segment, "all")}
        near = set(itertools.chain.from_iterable(world.graph[key] for key in starts))
        walked = near - world.own - world.hubs
        far = set(itertools.chain.from_iterable(world.graph[key] for key in walked))
        assert row["second_degree"] == len(far - near - starts), row
        assert row["n_hubs"] == len(near & world.hubs), row
        assert row["n_hub_ties"] == sum(len(world.graph[key]) for key in near & world.hubs)


@pytest.mark.slow
def test_no_mart_shows_what_only_restricted_rows_know(secret_world: World) -> None:
    world = secret_world
    keys = {node["label"]: key for key, node in world.nodes.items()}
    acme, initech = keys["Acme"], keys["Initech"]
    hidden, hana = keys["Hidden Partners"], keys["consultant at Hidden Partners"]
    carl = keys["champion at Acme"]
    edges = world.rows("select * from marts.ecosystem_edges")
    pairs = {frozenset((row["from_node_key"], row["to_node_key"])) for row in edges}
    for near, far in itertools.product((hidden, hana), (acme, initech, carl)):
        assert frozenset((near, far)) not in pairs
    assert frozenset(("own_team", carl)) not in pairs
    reached = world.keys("select account_key, partner_key from marts.ecosystem_paths")
    assert {partner for _, partner in reached} == {keys["Open Partners"]}
    needs = world.rows("select * from marts.unmet_needs")
    named = {(row["need"], row["could_refer"]) for row in needs if row["could_refer"]}
    assert named == {("compliance", "Open Partners could bring in Third Partners")}
    # Open and Hidden serve one customer, and Hidden could refer Third: neither is told
    pairs = world.keys("select partner_key, other_partner_key from marts.partner_pairs")
    assert {frozenset(pair) for pair in pairs} == {
        frozenset((keys["Open Partners"], keys["Third Partners"]))
    }
    # open partner, board member, own contract, Carl; and the restricted ones: Hidden, Hana
    assert world.nodes[acme]["first_degree"] == 6
    assert world.nodes[carl]["first_degree"] == 4
    # no component tells of them either
    assert world.nodes[hidden]["component_key"] != world.nodes[acme]["component_key"]
    assert check_paths(world) == len(reached) == 1
