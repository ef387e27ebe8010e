"""People across systems: a random address book against networkx, and moves planted in the demo world."""

import csv
import random
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest

from scripts.demo import Scenario, generate
from tests.python.raw import ask, build_part

GIVEN = ("Ann", "Bob", "Cat", "Dan")
FAMILY = ("Lee", "Ray", "Poe")
MAILBOXES = ("info", "billing")
MOST_NAMES = 3
Record = dict[str, str]


def address_book(seed: int) -> list[Record]:
    """Records of few people in few organisations, so that addresses and names collide."""
    draw = random.Random(seed)
    book = []
    for number in range(160):
        source = draw.choice(("crm", "desk", "web"))
        account = draw.randrange(8)
        name = f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}"
        local = draw.choice((*MAILBOXES, name.split()[0].lower(), f"u{draw.randrange(40)}"))
        email = f"{local}@a{account}.com" if draw.random() < 0.5 else ""
        if email and draw.random() < 0.3:
            email = email.upper().replace("@", "+News@")
        book.append(
            {
                "source": source,
                "source_id": f"p{number}",
                "email": email,
                "full_name": name if draw.random() < 0.8 else name.split()[0],
                "account_id": f"a{account}",
                "account_source": "crm",
                "started_at": f"20{draw.randrange(20, 26)}-01-01",
            }
        )
    return book


def address_of(record: Record) -> str:
    local, _, domain = record["email"].lower().partition("@")
    local = local.split("+")[0]
    return "" if not local or local in MAILBOXES else f"{local}@{domain}"


def components(book: list[Record]) -> set[frozenset[tuple[str, str]]]:
    """The same rules pair by pair."""
    names: dict[str, set[str]] = {}
    for record in book:
        names.setdefault(address_of(record), set()).add(record["full_name"])
    addresses = [
        address_of(record) if len(names[address_of(record)]) <= MOST_NAMES else ""
        for record in book
    ]
    places = [(record["full_name"], record["account_id"]) for record in book]
    ambiguous = {
        place
        for (place, one, record), (other_place, other, other_record) in combinations(
            zip(places, addresses, book, strict=True), 2
        )
        if place == other_place
        and one
        and other
        and one != other
        and record["source"] == other_record["source"]
    }
    graph = nx.Graph()
    graph.add_nodes_from(range(len(book)))
    for one, other in combinations(range(len(book)), 2):
        same_address = addresses[one] and addresses[one] == addresses[other]
        same_name = (
            places[one] == places[other] and " " in places[one][0] and places[one] not in ambiguous
        )
        if same_address or same_name:
            graph.add_edge(one, other)
    return {
        frozenset((book[node]["source"], book[node]["source_id"]) for node in component)
        for component in nx.connected_components(graph)
    }


def test_people_are_clustered_as_networkx_does(tmp_path: Path) -> None:
    book = address_book(1)
    accounts = ["source,source_id,name,created_at"]
    accounts += [f"crm,a{number},Firm {number},2019-01-01" for number in range(8)]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "accounts.csv").write_text("\n".join(accounts) + "\n", encoding="utf-8")
    people = [",".join(book[0]), *(",".join(record.values()) for record in book)]
    (tmp_path / "data" / "people.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    database = build_part(
        tmp_path / "data", tmp_path / "ecosystem.duckdb", {}, ["+people"], with_tests=True
    )
    found: dict[str, set[tuple[str, str]]] = {}
    for person, source, source_id in ask(
        database, "select person_key, source, source_id from staging.stg_person_members"
    ):
        found.setdefault(person, set()).add((source, source_id))
    wanted = components(book)
    assert {frozenset(records) for records in found.values()} == wanted
    assert 10 < len(wanted) < len(book)
    assert ask(database, "select count(*) from restricted.people") == [(len(wanted),)]


def plant_moves(path: Path, draw: random.Random) -> dict[str, tuple[str, str]]:
    """Let two in three of the champions who left appear elsewhere, with their address or with a new one.

    Returns id of the position left -> how the person comes back, id of the position that follows."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    domains = {
        row["account_id"]: row["email"].split("@")[1]
        for row in rows
        if row["email"] and row["account_id"]
    }
    # some rows are sent twice
    left = {row["source_id"]: row for row in rows if "" < row["ended_at"] < "2025-10-01"}
    planted = {}
    for number, (source_id, row) in enumerate(sorted(left.items())):
        kind = ("same address", "new address", "")[number % 3]
        if not kind:
            continue
        elsewhere = draw.choice(sorted(domains.keys() - {row["account_id"]}))
        began = date.fromisoformat(row["ended_at"][:10]) + timedelta(days=draw.randrange(5, 250))
        new = row | {
            "source_id": f"moved_{number}",
            "account_id": elsewhere,
            "started_at": str(began),
            "updated_at": str(began),
            "ended_at": "",
            "role": "user",
        }
        if kind == "new address":
            new["email"] = f"{row['email'].split('@')[0]}@{domains[elsewhere]}"
        rows.append(new)
        planted[source_id] = (kind, new["source_id"])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return planted


@pytest.mark.slow
def test_planted_moves_come_back_and_no_others(tmp_path: Path) -> None:
    generate(tmp_path / "data", Scenario(n_accounts=1000, seed=5), tmp_path / "answers.json")
    planted = plant_moves(tmp_path / "data" / "people.csv", random.Random(5))
    database = build_part(
        tmp_path / "data", tmp_path / "ecosystem.duckdb", {}, ["+int_person_moves"]
    )
    records: dict[str, set[str]] = {}
    for person, source_id in ask(
        database, "select person_key, source_id from staging.stg_person_members"
    ):
        records.setdefault(person, set()).add(source_id)
    found: Counter[tuple[str, str]] = Counter()
    for person, to_person, rule in ask(
        database, "select person_key, to_person_key, rule from intermediate.int_person_moves"
    ):
        kinds = [
            planted[source_id][0]
            for source_id in records[person] & planted.keys()
            if planted[source_id][1] in records[to_person]
        ]
        found[rule, kinds[0] if kinds else "nobody moved"] += 1
    wanted = Counter(kind for kind, _ in planted.values())
    print(f"planted {dict(wanted)}, found {dict(found)}")
    assert wanted["same address"] > 10
    assert found["position_ended", "same address"] == wanted["same address"]
    assert found["rare_name", "new address"] >= 0.9 * wanted["new address"]
    assert sum(count for (_, kind), count in found.items() if kind == "nobody moved") <= 1
    # every champion who left is known to have left
    n_left = ask(
        database,
        "select count(*) from intermediate.int_positions where role = 'champion' and not is_current",
    )
    assert n_left == ask(
        database, "select count(*) from restricted.stg_people where ended_at is not null"
    )
