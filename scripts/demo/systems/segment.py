"""The product's events as Segment, or RudderStack, writes them to a warehouse: tracks, identifies, groups.

A workspace of the world is a group. Each usage row becomes as many track calls as it has events, made by as many users
as were active, under as many names as features were used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.demo.contract_rows import Lander, make_id, same
from scripts.demo.tabular import (
    as_codes,
    as_days,
    as_rows,
    expand,
    join,
    moment_column,
    plain,
    rng_for,
    text_column,
)

# segment names the workspace on most calls; rudderstack never does, and writes times as ISO 8601 texts
LANDINGS = ("segment", "rudderstack")
CUSTOM_FIELDS = {"product": "context_app_name", "solution": "context_solution_id"}

PIECE = 40_000
"""Usage rows a piece of tracks is made of."""
FEATURES = [
    "Report Viewed",
    "Report Shared",
    "Dashboard Opened",
    "Dashboard Edited",
    "Search Performed",
    "Filter Saved",
    "Record Created",
    "Record Updated",
    "Record Exported",
    "Comment Posted",
    "File Uploaded",
    "Task Completed",
    "Task Assigned",
    "Workflow Run",
    "Workflow Edited",
    "Approval Given",
    "Template Used",
    "Alert Opened",
    "Form Submitted",
    "Import Previewed",
    "View Customised",
    "Team Mentioned",
    "Forecast Opened",
    "Audit Viewed",
    "Snapshot Taken",
]
SETUP = {
    "integration_activated": "Integration Connected",
    "integration_deactivated": "Integration Disconnected",
    "admin_configured": "Workspace Configured",
    "security_step_started": "SSO Setup Started",
    "security_step_passed": "SSO Enabled",
    "security_step_failed": "SSO Setup Failed",
    "data_ready": "Data Import Completed",
    "user_provisioned": "User Invited",
}
NO_CONTEXT, RESENT, LATE = 0.15, 0.01, 0.02
"""Shares of tracks that do not name the workspace, that are sent twice, and that arrive days after they happened."""
PROVISIONAL = 0.06
"""Share of workspaces whose first call has a working title and nothing else."""
STRANGERS, UNKNOWN = 12, 3
"""Days with visitors of no workspace, and days of a workspace that no group call names: their usage is rejected."""


@dataclass
class Users:
    """The users of every workspace: `first` row and `count` of each, and when they joined."""

    lander: Lander

    def __post_init__(self) -> None:
        usage = self.lander.t["usage"]
        self.account = as_rows(usage["account"])
        self.day = as_days(usage["day"])
        self.n_users = plain(usage["active_users"]).to_numpy()
        n = self.lander.n
        self.count = np.zeros(n, dtype=np.int64)
        np.maximum.at(self.count, self.account, self.n_users)
        self.first = np.cumsum(self.count) - self.count
        self.begun = np.full(n, 2**31 - 1, dtype=np.int64)
        np.minimum.at(self.begun, self.account, self.day)
        self.last = np.full(n, -1, dtype=np.int64)
        np.maximum.at(self.last, self.account, self.day)
        owner, place = expand(self.count)
        self.owner, self.place = owner, place
        self.ids = join("u_", make_id("product", owner), "_", pa.array(place).cast(pa.string()))

    @cached_property
    def moved(self) -> tuple[np.ndarray, np.ndarray]:
        """(from, to) workspaces: the first user of one that was left works in another one later."""
        used = np.flatnonzero(self.count)
        left = used[self.last[used] < self.lander.end - 200]
        into = used[
            (self.last[used] > self.lander.end - 30) & (self.begun[used] < self.lander.end - 400)
        ]
        n = min(40, len(left), len(into))
        return left[:n], into[:n]

    @cached_property
    def guests(self) -> tuple[np.ndarray, np.ndarray]:
        """For each workspace the user from elsewhere who takes its first place, and the day it came."""
        left, into = self.moved
        user = np.full(self.lander.n, -1, dtype=np.int64)
        day = np.full(self.lander.n, 2**31 - 1, dtype=np.int64)
        user[into] = self.first[left]
        day[into] = np.maximum(self.last[left], self.begun[into]) + 30
        return user, day


def tables(lander: Lander, landing: str) -> dict[str, pa.Table | Iterator[pa.Table]]:
    users = Users(lander)
    return {
        "tracks": tracks(lander, users, landing),
        "identifies": shaped(identifies(lander, users), landing),
        "groups": shaped(groups(lander, users), landing),
    }


def owners(lander: Lander) -> pa.Table:
    rows = lander.workspaces
    return pa.table(
        {
            "stream": same("accounts", len(rows)),
            "source": same("segment", len(rows)),
            "source_id": make_id("product", rows),
            "organisation": pa.array(rows.astype(np.int32)),
        }
    )


def planted(lander: Lander) -> dict[str, int]:
    users = Users(lander)
    rows = usage_rows(lander)
    drawn = details(lander, rows["number"])
    return {
        "events": len(rows["number"]),
        "resent_tracks": int(drawn["resent"].sum()),
        "late_tracks": int(drawn["late"].sum()),
        "tracks_without_group": int(drawn["silent"].sum()),
        "users_who_moved": len(users.moved[0]),
        "workspaces_renamed": int(provisional(lander).sum()),
        "usage_rejects": STRANGERS + UNKNOWN,
    }


# --- calls -------------------------------------------------------------------------------------


def usage_rows(lander: Lander) -> dict[str, np.ndarray]:
    """Each event of the usage table: its usage row, its place in it, and its number."""
    row, place = expand(plain(lander.t["usage"]["events"]).to_numpy())
    return {"row": row, "place": place, "number": np.arange(len(row), dtype=np.int64)}


def details(lander: Lander, number: np.ndarray) -> dict[str, np.ndarray]:
    """What befalls each event; a fixed scramble of its number, so that pieces agree with the whole."""
    scrambled = (number * 2_654_435_761 + lander.world.scenario.seed * 97) % 4_294_967_291
    share = scrambled / 4_294_967_291
    return {
        "silent": share < NO_CONTEXT,
        "resent": (share * 7.3) % 1 < RESENT,
        "late": (share * 3.1) % 1 < LATE,
        "second": (8 * 3600 + scrambled % 43_200).astype(np.int64),
        "delay": (1 + scrambled % 30).astype(np.int64),
    }


def tracks(lander: Lander, users: Users, landing: str) -> Iterator[pa.Table]:
    """All track calls in pieces: usage, then set-up, then those that no workspace can be found for."""
    usage = lander.t["usage"]
    counts = plain(usage["events"]).to_numpy().astype(np.int64)
    before = np.cumsum(counts) - counts
    guest, guest_day = users.guests
    groups_of = make_id("product", np.arange(lander.n))
    n_features = plain(usage["features_used"]).to_numpy().astype(np.int64)
    product = as_codes(usage["product"])
    keys = pa.array([snake(name) for name in FEATURES])
    for low in range(0, len(usage), PIECE):
        part = np.arange(low, min(low + PIECE, len(usage)))
        at, place = expand(counts[part])
        row = part[at]
        number = before[row] + place
        drawn = details(lander, number)
        account, day = users.account[row], users.day[row]
        seat = place % users.n_users[row]
        is_guest = (seat == 0) & (day > guest_day[account])
        user = np.where(is_guest, guest[account], users.first[account] + seat)
        feature = (row * 7 + place % n_features[row]) % len(FEATURES)
        late = day + np.where(drawn["late"], drawn["delay"], 0)
        received = np.minimum(late, lander.end)
        piece = {
            "id": join("evt-", pc.utf8_lpad(pa.array(number).cast(pa.string()), 10, "0")),
            "anonymous_id": pa.nulls(len(row), pa.string()),
            "user_id": users.ids.take(pa.array(user)),
            "event": keys.take(pa.array(feature)),
            "event_text": text_column(FEATURES, feature),
            "timestamp": moment_column(day, drawn["second"]),
            "received_at": moment_column(received, drawn["second"] + 2),
            "context_group_id": groups_of.take(pa.array(account, mask=drawn["silent"])),
            "context_app_name": usage["product"]
            .chunk(0)
            .dictionary.cast(pa.string())
            .take(pa.array(product[row].astype(np.int32))),
            "context_solution_id": pa.nulls(len(row), pa.string()),
        }
        table = pa.table(piece)
        again = table.filter(pa.array(drawn["resent"]))
        sent = pc.add(again["received_at"], pa.scalar(60, pa.duration("s")))
        again = again.set_column(again.schema.get_field_index("received_at"), "received_at", sent)
        yield shaped(pa.concat_tables([table, again]), landing)
    yield shaped(setup_calls(lander, users), landing)
    yield shaped(lost_calls(lander), landing)


def setup_calls(lander: Lander, users: Users) -> pa.Table:
    """Set-up events; they name the workspace, since nobody there may have joined yet."""
    t = lander.t["setup_events"]
    rows = np.arange(len(t))
    names = [SETUP[word] for word in t["event"].chunk(0).dictionary.to_pylist()]
    code = as_codes(t["event"])
    happened = moment_column(as_days(t["occurred"]))
    return pa.table(
        {
            "id": make_id("setup", rows),
            "anonymous_id": pa.nulls(len(t), pa.string()),
            "user_id": join("admin_", make_id("product", as_rows(t["account"]))),
            "event": text_column([snake(name) for name in names], code),
            "event_text": text_column(names, code),
            "timestamp": happened,
            "received_at": pc.add(happened, pa.scalar(2, pa.duration("s"))),
            "context_group_id": make_id("product", as_rows(t["account"])),
            "context_app_name": pa.nulls(len(t), pa.string()),
            "context_solution_id": make_id("solution", as_rows(t["solution"])),
        }
    )


def lost_calls(lander: Lander) -> pa.Table:
    """Visitors of the web site, and a workspace that no group call ever named."""
    day = np.repeat(lander.end - 10 * np.arange(1, STRANGERS + UNKNOWN + 1), 3)
    n = len(day)
    unknown = np.arange(n) >= 3 * STRANGERS
    happened = moment_column(day, 36_000 + np.arange(n))
    text = pa.array(np.arange(n)).cast(pa.string())
    return pa.table(
        {
            "id": join("web-", text),
            "anonymous_id": join("anon-", text),
            "user_id": pa.nulls(n, pa.string()),
            "event": same("page_tour_started", n),
            "event_text": same("Page Tour Started", n),
            "timestamp": happened,
            "received_at": happened,
            "context_group_id": pa.array(
                ["ws_never_named" if lost else None for lost in unknown], pa.string()
            ),
            "context_app_name": pa.nulls(n, pa.string()),
            "context_solution_id": pa.nulls(n, pa.string()),
        }
    )


def identifies(lander: Lander, users: Users) -> pa.Table:
    """Half of the users join their workspace by an identify call that names it."""
    chosen = np.flatnonzero(users.place % 2 == 1)
    owner = users.owner[chosen]
    joined = moment_column(users.begun[owner], 3600)
    return pa.table(
        {
            "id": join("idn-", pa.array(chosen).cast(pa.string())),
            "anonymous_id": join("anon-u", pa.array(chosen).cast(pa.string())),
            "user_id": users.ids.take(pa.array(chosen)),
            "timestamp": joined,
            "received_at": joined,
            "context_group_id": make_id("product", owner),
        }
    )


def groups(lander: Lander, users: Users) -> pa.Table:
    """Traits of workspaces, the other half of the users joining, and users who move on."""
    rows = lander.workspaces
    landed = lander.product_accounts(rows)
    is_mail = pc.match_substring(landed["domain"], "@").fill_null(False).to_numpy(False)
    is_site = pc.starts_with(landed["domain"], "http").fill_null(False).to_numpy(False)
    since = as_days(landed["created_at"])
    early = provisional(lander)
    known = moment_column(np.minimum(since + np.where(early, 9, 0), lander.end), 32_400)

    def only(mask: np.ndarray) -> pa.Array:
        return pc.if_else(pa.array(mask), landed["domain"], pa.scalar(None, pa.string()))

    traits = {
        "name": landed["name"],
        "domain": only(~is_mail & ~is_site),
        "website": only(is_site),
        "email": only(is_mail),
        "country": landed["country"],
        "created_at": landed["created_at"].cast(pa.string()),
    }
    described = {
        "id": join("grp-", landed["source_id"]),
        "user_id": pa.nulls(len(rows), pa.string()),
        "group_id": landed["source_id"],
        "timestamp": known,
        "received_at": known,
    } | traits
    working = pa.table(described).filter(pa.array(early))
    first = moment_column(since[early], 32_400)
    nothing = {name: pa.nulls(len(working), pa.string()) for name in traits if name != "name"}
    working = pa.table(
        {
            "id": join("new-", plain(working["group_id"])),
            "user_id": working["user_id"],
            "group_id": working["group_id"],
            "timestamp": first,
            "received_at": first,
            "name": same("New workspace", len(working)),
        }
        | nothing
    )
    joining = np.flatnonzero(users.place % 2 == 0)
    blocks = [
        pa.table(described),
        working.select(list(described)),
        calls(lander, users, joining, users.owner[joining], users.begun[users.owner[joining]]),
    ]
    left, into = users.moved
    blocks.append(calls(lander, users, users.first[left], into, users.guests[1][into]))
    return pa.concat_tables(blocks)


def calls(
    lander: Lander, users: Users, user: np.ndarray, account: np.ndarray, day: np.ndarray
) -> pa.Table:
    """Group calls of users joining a workspace, without traits."""
    n = len(user)
    joined = moment_column(day, 3600)
    out = {
        "id": join("join-", users.ids.take(pa.array(user)), "-", make_id("product", account)),
        "user_id": users.ids.take(pa.array(user)),
        "group_id": make_id("product", account),
        "timestamp": joined,
        "received_at": joined,
    }
    for name in ("name", "domain", "website", "email", "country", "created_at"):
        out[name] = pa.nulls(n, pa.string())
    return pa.table(out)


def provisional(lander: Lander) -> np.ndarray:
    """Which workspaces (as lander.workspaces has them) were first named by a working title."""
    return (
        rng_for(lander.world.scenario.seed, "working titles").random(len(lander.workspaces))
        < PROVISIONAL
    )


# --- landings ----------------------------------------------------------------------------------


def shaped(table: pa.Table, landing: str) -> pa.Table:
    """The rows in the form of a landing."""
    if landing == "segment":
        return table
    for name in ("timestamp", "received_at"):
        text = pc.strftime(plain(table[name]), "%Y-%m-%dT%H:%M:%SZ")
        table = table.set_column(table.schema.get_field_index(name), name, text)
    if "event" in table.column_names:
        silent = pc.starts_with(plain(table["id"]), "evt-")
        named = pc.if_else(silent, pa.scalar(None, pa.string()), plain(table["context_group_id"]))
        table = table.set_column(
            table.schema.get_field_index("context_group_id"), "context_group_id", named
        )
    return table


def snake(name: str) -> str:
    """Integration Connected -> integration_connected, as the warehouse names events."""
    return name.lower().replace(" ", "_")
