"""Parents of accounts against a walk in Python: random forests with circles, and what the report says of them."""

import random
from pathlib import Path

from scripts import report
from tests.python.raw import ask, build_part

N = 240
# a chain is followed this far; the random forests stay below
DEEPEST = 16


def random_parents(seed: int) -> dict[int, int]:
    """Account -> parent: most have an earlier account as parent, and some that have none get a descendant."""
    draw = random.Random(seed)
    parents = {
        account: draw.randrange(max(0, account - 60), account)
        for account in range(1, N)
        if draw.random() < 0.8
    }
    for top in [account for account in range(N) if account not in parents][::4]:
        below = [account for account in range(N) if top in walk(parents, account)]
        if below:
            parents[top] = draw.choice(below)
    return parents


def walk(parents: dict[int, int], account: int) -> list[int]:
    """Ancestors, nearest first, until nobody or one already passed."""
    passed = [account]
    while passed[-1] in parents and parents[passed[-1]] not in passed:
        passed.append(parents[passed[-1]])
    return passed[1:]


def expected(parents: dict[int, int]) -> dict[int, tuple[int | None, int | None, bool]]:
    """Account -> parent, ultimate parent and whether it lies on a circle."""
    parents = {child: parent for child, parent in parents.items() if child != parent}
    circling = {
        account
        for account in range(N)
        if account in parents and account in [parents.get(step) for step in walk(parents, account)]
    }
    kept = {child: parent for child, parent in parents.items() if child not in circling}
    assert max(len(walk(kept, account)) for account in range(N)) < DEEPEST
    return {
        account: (
            kept.get(account),
            (walk(kept, account) or [None])[-1],
            account in circling,
        )
        for account in range(N)
    }


def test_parents_are_followed_to_the_top(tmp_path: Path) -> None:
    parents = random_parents(1)
    lines = ["source,source_id,name,account_type,parent_id,created_at"]
    lines += [
        f"crm,a{account},Firm {account},customer,{f'a{parents[account]}' if account in parents else ''},2024-01-01"
        for account in range(N)
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "accounts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    database = build_part(
        tmp_path / "data", tmp_path / "ecosystem.duckdb", {}, ["+accounts", "+account_sources"]
    )
    names = {None: None} | dict(
        ask(database, "select account_key, source_id from marts.account_sources")
    )
    found = {
        int(names[key][1:]): (names[parent], names[top], circling)
        for key, parent, top, circling in ask(
            database,
            "select account_key, parent_account_key, ultimate_parent_account_key, is_in_cycle "
            "from marts.accounts inner join staging.stg_organisation_hierarchy on account_key = organisation_key",
        )
    }
    wanted = {
        account: (
            None if parent is None else f"a{parent}",
            None if top is None else f"a{top}",
            circling,
        )
        for account, (parent, top, circling) in expected(parents).items()
    }
    assert found == wanted
    n_circling = sum(circling for *_, circling in found.values())
    assert n_circling > 0
    remarks = report.hierarchy_remarks(report.Marts(database))
    assert len(remarks) == 1
    assert remarks[0].startswith(f"The parents of {n_circling} organisations go round in a circle")
    assert "identity_decisions.csv" in remarks[0]
