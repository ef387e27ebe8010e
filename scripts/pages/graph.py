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
LISTED = 60

# ties of organisations that have not ended, one a pair; pairs of partner and account; what is shown
TABLES = (
    """
    create or replace temp table graph_ties as
    select
        least(edges.from_node_key, edges.to_node_key) as one_key,
        greatest(edges.from_node_key, edges.to_node_key) as other_key,
        sum(coalesce(edges.weight, 0)) as weight,
        string_agg(distinct replace(edges.edge_type, '_', ' '), ', ' order by replace(edges.edge_type, '_', ' '))
            as types
    from marts.ecosystem_edges as edges
    inner join marts.ecosystem_nodes as one on edges.from_node_key = one.node_key
    inner join marts.ecosystem_nodes as other on edges.to_node_key = other.node_key
    where edges.ended_date is null
        and edges.from_node_key <> edges.to_node_key
        and one.node_type in ('own', 'partner', 'account')
        and other.node_type in ('own', 'partner', 'account')
    group by 1, 2
    """,
    """
    create or replace temp table graph_pairs as
    with directed as (
        select one_key as partner_key, other_key as account_key from graph_ties
        union all
        select other_key as partner_key, one_key as account_key from graph_ties
    )
    select
        directed.partner_key,
        directed.account_key,
        known.arr
    from directed
    inner join marts.ecosystem_nodes as partners
        on directed.partner_key = partners.node_key and partners.node_type = 'partner'
    inner join marts.ecosystem_nodes as accounts
        on directed.account_key = accounts.node_key and accounts.node_type = 'account'
    left join marts.accounts as known on directed.account_key = known.account_key
    """,
    f"""
    create or replace temp table graph_shown as
    with
    partners as (
        select nodes.node_key, count(pairs.account_key) as n
        from marts.ecosystem_nodes as nodes
        left join graph_pairs as pairs on nodes.node_key = pairs.partner_key
        where nodes.node_type = 'partner'
        group by nodes.node_key
        order by n desc, nodes.node_key
        limit {MOST_PARTNERS}
    ),
    overview as (
        select account_key as node_key, max(coalesce(arr, 0)) as arr
        from graph_pairs
        group by account_key
        order by arr desc, account_key
        limit {OVERVIEW_ACCOUNTS}
    ),
    largest as (
        select
            pairs.account_key as node_key,
            row_number() over (
                partition by pairs.partner_key order by coalesce(pairs.arr, 0) desc, pairs.account_key
            ) as place
        from graph_pairs as pairs
        inner join partners on pairs.partner_key = partners.node_key
    ),
    shown as (
        select node_key, n, true as is_overview from partners
        union all
        select node_key, 0 as n, true as is_overview from overview
        union all
        select node_key, 0 as n, false as is_overview from largest where place <= {PARTNER_ACCOUNTS}
        union all
        select node_key, 0 as n, true as is_overview from marts.ecosystem_nodes where node_type = 'own'
    )
    select
        shown.node_key,
        nodes.node_type,
        coalesce(nodes.label, shown.node_key) as label,
        max(shown.n) as n,
        bool_or(shown.is_overview) as is_overview,
        max(partners.partner_type) as partner_type,
        max(accounts.arr) as arr
    from shown
    inner join marts.ecosystem_nodes as nodes on shown.node_key = nodes.node_key
    left join marts.partners as partners on shown.node_key = partners.partner_key and nodes.node_type = 'partner'
    left join marts.accounts as accounts on shown.node_key = accounts.account_key and nodes.node_type = 'account'
    group by 1, 2, 3
    """,
)


@dataclass
class Graph:
    section: Section
    data: dict[str, Any] | None
    choices: list[dict[str, Any]]
    types: list[str]


def graph(book: Book) -> Graph:
    """Nodes and ties for the picture, its finding, and tables for who reads without scripts."""
    title, question = "The ecosystem", "Who is tied to whom? Choose a partner, a type, or search."
    if not all(book.has(mart) for mart in ("ecosystem_nodes", "ecosystem_edges", "partners")):
        block = Block("The graph is not known: this build has no ecosystem_nodes.")
        return Graph(Section("ecosystem", title, question, [block]), None, [], [])
    for table in TABLES:
        book.connection.execute(table)
    shown = book.query("select * from graph_shown order by node_type, node_key")
    place = {row["node_key"]: at for at, row in enumerate(shown)}
    ties = book.query(
        "select ties.* from graph_ties as ties inner join graph_shown as one on ties.one_key = one.node_key "
        "inner join graph_shown as other on ties.other_key = other.node_key order by one_key, other_key"
    )
    told = book.query(
        """
        with tied as (
            select account_key, max(arr) as arr, count(*) as n from graph_pairs group by account_key
        )
        select
            (select count(*) from marts.ecosystem_nodes where node_type = 'partner') as n_partners,
            (select count(*) from marts.ecosystem_nodes where node_type = 'person') as n_people,
            count(*) as n_accounts,
            coalesce(sum(arr), 0) as arr,
            count(case when n > 1 then 1 end) as n_several
        from tied
        """
    )[0]
    data = {
        "nodes": [
            {
                "id": place[row["node_key"]],
                "name": row["label"],
                "kind": row["node_type"],
                "type": row["partner_type"],
                "arr": row["arr"],
                "n": row["n"],
                "overview": row["is_overview"],
            }
            for row in shown
        ],
        "ties": [
            [place[tie["one_key"]], place[tie["other_key"]], round(tie["weight"], 3), tie["types"]]
            for tie in ties
        ],
    }
    partners = [row for row in shown if row["node_type"] == "partner"]
    choices = [
        {"id": place[row["node_key"]], "name": row["label"]}
        for row in sorted(partners, key=lambda row: (row["label"].casefold(), row["node_key"]))
    ]
    types = sorted({row["partner_type"] for row in partners if row["partner_type"]})
    left = told["n_partners"] - len(partners)
    section = Section("ecosystem", title, question, [block_of(book, told, left)])
    return Graph(section, data if told["n_accounts"] else None, choices, types)


def block_of(book: Book, told: dict[str, Any], left: int) -> Block:
    """The finding, what is left out, and the tables."""
    if not told["n_accounts"]:
        return Block("No partner is tied to an account in this book.")
    finding = (
        f"{words.count(told['n_partners'], 'partner is', 'partners are')} tied to "
        f"{words.count(told['n_accounts'], 'account')} with ARR of {words.money(told['arr'])}; "
        f"{told['n_several']:,} of them have more than one partner."
    )
    note = (
        f"The first picture has the {min(OVERVIEW_ACCOUNTS, told['n_accounts'])} accounts with most ARR of "
        f"{told['n_accounts']:,}; choosing a partner shows its {PARTNER_ACCOUNTS} with most ARR. Ended ties are "
        "left out, and so are people"
        + (f" ({told['n_people']:,})" if told["n_people"] else "")
        + " and solutions; the company's own ties to customers are drawn where one customer is looked at."
        + (
            f" {words.count(left, 'partner')} with the fewest accounts left out."
            if left > 0
            else ""
        )
    )
    partners = book.query(
        """
        select nodes.label, nodes.first_degree, nodes.second_degree, count(pairs.account_key) as n_accounts
        from marts.ecosystem_nodes as nodes
        left join graph_pairs as pairs on nodes.node_key = pairs.partner_key
        where nodes.node_type = 'partner'
        group by nodes.node_key, nodes.label, nodes.first_degree, nodes.second_degree
        order by n_accounts desc, nodes.node_key
        """
    )
    accounts = book.query(
        f"""
        select nodes.label, nodes.embeddedness, count(*) as n_partners, max(pairs.arr) as arr
        from graph_pairs as pairs
        inner join marts.ecosystem_nodes as nodes on pairs.account_key = nodes.node_key
        group by nodes.node_key, nodes.label, nodes.embeddedness
        order by coalesce(max(pairs.arr), 0) desc, nodes.node_key
        limit {LISTED}
        """
    )
    return Block(
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
                partners,
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
                accounts,
                "Accounts and how embedded they are, most ARR first",
                total=told["n_accounts"],
            ),
        ],
        "graph.html.j2",
    )
