"""The ecosystem as a graph to explore: the company, partners and their largest accounts; what is left out is said."""

from dataclasses import dataclass
from typing import Any

from scripts.pages import words
from scripts.pages.layout import Block, Column, Section, Table
from scripts.pages.models import of_two, whole
from scripts.pages.reading import Book

OVERVIEW_ACCOUNTS = 60
PARTNER_ACCOUNTS = 40
MOST_PARTNERS = 60


@dataclass
class Graph:
    section: Section
    data: dict[str, Any] | None
    choices: list[dict[str, Any]]
    types: list[str]


def graph(book: Book) -> Graph:
    """Nodes and ties for the picture, its finding, and tables for who reads without scripts."""
    title, question = "The ecosystem", "Who is tied to whom? Choose a partner, a type, or search."
    if not book.has("ecosystem_nodes") or not book.has("ecosystem_edges"):
        block = Block("The graph is not known: this build has no ecosystem_nodes.")
        return Graph(Section("ecosystem", title, question, [block]), None, [], [])
    nodes = {row["node_key"]: row for row in book.rows("ecosystem_nodes")}
    people = {key for key, row in nodes.items() if row["node_type"] == "person"}
    partners = {row["partner_key"]: row for row in book.rows("partners")}
    accounts = {row["account_key"]: row for row in book.rows("accounts")}
    wanted = {"own", "partner", "account"}
    ties: dict[tuple[str, str], dict[str, Any]] = {}
    for row in book.rows("ecosystem_edges", "ended_date is null"):
        ends = [nodes.get(row["from_node_key"]), nodes.get(row["to_node_key"])]
        if any(end is None or end["node_type"] not in wanted for end in ends):
            continue
        pair = tuple(sorted((row["from_node_key"], row["to_node_key"])))
        tie = ties.setdefault(pair, {"weight": 0.0, "types": set()})
        tie["weight"] += row["weight"] or 0.0
        tie["types"].add(row["edge_type"])
    by_partner: dict[str, list[str]] = {}
    for one, other in ties:
        for left, right in ((one, other), (other, one)):
            if is_partner(nodes, left) and nodes[right]["node_type"] == "account":
                by_partner.setdefault(left, []).append(right)

    def worth(key: str) -> tuple[float, str]:
        return (-((accounts.get(key) or {}).get("arr") or 0.0), key)

    tied = sorted({key for keys in by_partner.values() for key in keys}, key=worth)
    overview = set(tied[:OVERVIEW_ACCOUNTS])
    shown_partners = sorted(
        (key for key in nodes if is_partner(nodes, key)),
        key=lambda key: (-len(by_partner.get(key, ())), key),
    )
    left_partners = max(0, len(shown_partners) - MOST_PARTNERS)
    shown_partners = shown_partners[:MOST_PARTNERS]
    kept = set(overview)
    for key in shown_partners:
        kept.update(sorted(by_partner.get(key, ()), key=worth)[:PARTNER_ACCOUNTS])
    there = (
        kept
        | set(shown_partners)
        | {key for key, row in nodes.items() if row["node_type"] == "own"}
    )
    order = sorted(there, key=lambda key: (nodes[key]["node_type"], key))
    place = {key: at for at, key in enumerate(order)}
    data = {
        "nodes": [
            {
                "id": place[key],
                "name": nodes[key]["label"] or key,
                "kind": nodes[key]["node_type"],
                "type": (partners.get(key) or {}).get("partner_type")
                if is_partner(nodes, key)
                else None,
                "arr": (accounts.get(key) or {}).get("arr"),
                "n": len(by_partner.get(key, ())),
                "overview": key not in kept or key in overview,
            }
            for key in order
        ],
        "ties": [
            [place[one], place[other], round(tie["weight"], 3), ", ".join(sorted(tie["types"]))]
            for (one, other), tie in sorted(ties.items())
            if one in place and other in place
        ],
    }
    choices = [
        {"id": place[key], "name": nodes[key]["label"] or key}
        for key in sorted(shown_partners, key=lambda key: str(nodes[key]["label"]).casefold())
    ]
    types = sorted({node["type"] for node in data["nodes"] if node["type"]})
    return Graph(
        Section(
            "ecosystem",
            title,
            question,
            blocks(book, nodes, by_partner, accounts, tied, len(people), left_partners),
        ),
        data if tied else None,
        choices,
        types,
    )


def is_partner(nodes: dict[str, dict[str, Any]], key: str) -> bool:
    return nodes[key]["node_type"] == "partner"


def blocks(
    book: Book,
    nodes: dict[str, dict[str, Any]],
    by_partner: dict[str, list[str]],
    accounts: dict[str, dict[str, Any]],
    tied: list[str],
    n_people: int,
    left_partners: int,
) -> list[Block]:
    n_partners = sum(row["node_type"] == "partner" for row in nodes.values())
    if not tied:
        return [Block("No partner is tied to an account in this book.")]
    several: dict[str, int] = {}
    for keys in by_partner.values():
        for key in keys:
            several[key] = several.get(key, 0) + 1
    multi = sum(n > 1 for n in several.values())
    arr = sum((accounts.get(key) or {}).get("arr") or 0 for key in tied)
    finding = (
        f"{words.count(n_partners, 'partner')} {'is' if n_partners == 1 else 'are'} tied to {len(tied):,} accounts "
        "with ARR "
        f"of {words.money(arr)}; {multi:,} of them have more than one partner."
    )
    note = (
        f"The first picture has the {min(OVERVIEW_ACCOUNTS, len(tied))} accounts with most ARR of {len(tied):,}; "
        "choosing a "
        f"partner shows its {PARTNER_ACCOUNTS} with most ARR. Ended ties are left out, and so are people"
        + (f" ({n_people:,})" if n_people else "")
        + " and solutions; the company's own ties to customers are drawn where one customer is looked at."
        + (
            f" {left_partners} partners with the fewest accounts are left out."
            if left_partners
            else ""
        )
    )
    rows = [
        {
            "label": row["label"],
            "first_degree": row["first_degree"],
            "second_degree": row["second_degree"],
            "n_accounts": len(by_partner.get(key, ())),
            "component_key": row["component_key"],
        }
        for key, row in nodes.items()
        if row["node_type"] == "partner"
    ]
    rows.sort(key=lambda row: (-row["n_accounts"], str(row["label"])))
    held = [
        {
            "label": row["label"],
            "embeddedness": row["embeddedness"],
            "n_partners": several.get(key, 0),
            "arr": (accounts.get(key) or {}).get("arr"),
        }
        for key, row in nodes.items()
        if row["node_type"] == "account" and several.get(key)
    ]
    held.sort(key=lambda row: (-(row["arr"] or 0), str(row["label"])))
    return [
        Block(
            finding,
            None,
            note,
            [
                Table(
                    "ecosystem_nodes",
                    [
                        Column("label", "Partner"),
                        Column("n_accounts", "Accounts tied", whole),
                        Column("first_degree", "First degree", whole),
                        Column("second_degree", "Second degree", whole),
                    ],
                    rows,
                    "Partners and their reach",
                    most=500,
                ),
                Table(
                    "ecosystem_nodes",
                    [
                        Column("label", "Account"),
                        Column("arr", "ARR", words.money),
                        Column("n_partners", "Partners tied", whole),
                        Column("embeddedness", "Embeddedness", of_two),
                    ],
                    held,
                    "Accounts and how embedded they are, most ARR first",
                    most=60,
                ),
            ],
            "graph.html.j2",
        )
    ]
