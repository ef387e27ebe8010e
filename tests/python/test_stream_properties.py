"""Properties of the input contract that hold for any tables: what fits is used, what does not is refused in words,
nothing is lost, and values are read as they were written.

The examples are the same in every run. ECOSYSTEM_EXAMPLES=<factor> draws that many times as many, new each time, and
leaves the engine's optimiser on.
"""

import csv
import datetime as dt
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, note, settings
from hypothesis import strategies as st

from scripts import contract
from scripts.errors import UserError
from tests.python import stream_worlds as worlds
from tests.python.stream_worlds import AS_OF, Cell, Fate, World
from tests.python.streams_harness import Streams

FACTOR = int(os.environ.get("ECOSYSTEM_EXAMPLES", "0"))
STATUSES = ("used", "superseded", "deleted", "expired", "not_yet", "rejected")
STREAMS = list(contract.streams())


def examples(number: int) -> Callable[[Any], Any]:
    """A number of examples: fixed ones, or many times as many at random."""
    return settings(
        max_examples=number * max(FACTOR, 1),
        derandomize=not FACTOR,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        print_blob=bool(FACTOR),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Streams:
    made = Streams(tmp_path_factory.mktemp("streams"), AS_OF.isoformat())
    if not FACTOR:
        # most of the time goes into planning; tables this small need no plan
        made.connection.execute("pragma disable_optimizer")
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    """A function that empties a folder for the next example."""
    place = tmp_path_factory.mktemp("data")

    def emptied() -> Path:
        for path in place.iterdir():
            path.unlink()
        return place

    yield emptied


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (float, int)):
        return isclose(one, other, rel_tol=1e-12)
    return one == other


def assert_fates(streams: Streams, stream: str, expected: list[Fate]) -> None:
    """Every row has the fate, the reason and the values that the contract gives it."""
    made = {row["row_number"]: row for row in streams.rows(f"stg_{stream}__dated")}
    assert sorted(made) == [fate.number for fate in expected], stream
    for fate in expected:
        row = made[fate.number]
        note(f"{stream} row {fate.number}: {row['row_status']} {row['reject_reason']}")
        assert row["row_status"] == fate.status, (stream, fate.number, fate.faults)
        if fate.faults:
            assert row["reject_reason"].split(":")[0] in fate.faults, fate.faults
            continue
        assert row["reject_reason"] is None
        for name, value in fate.values.items():
            assert same(row[name], value), (stream, fate.number, name, row[name], value)
        others = sum(cell.is_other for cell in fate.row.values())
        assert row["n_other_values"] == others
    used = Counter(fate.number for fate in expected if fate.status == "used")
    assert len(streams.rows(f"stg_{stream}")) == used.total()


def assert_conserved(streams: Streams, world: World) -> None:
    """Every row that was loaded is there once, with one fate, and a reason that names a column where it is rejected."""
    for stream, found in world.items():
        made = streams.rows(f"stg_{stream}__dated")
        assert sorted(row["row_number"] for row in made) == list(range(2, len(found) + 2)), stream
        names = [*worlds.columns(stream), *contract.streams()[stream].get("at_least_one", [])]
        for row in made:
            assert row["row_status"] in STATUSES
            assert (row["row_status"] == "rejected") == (row["reject_reason"] is not None)
            if row["reject_reason"] is not None:
                assert row["reject_reason"].split(":")[0].split(" or ")[0] in names


def chosen(streams: list[str] = STREAMS) -> st.SearchStrategy[list[str]]:
    """One stream, with those it refers to in front of it."""
    return st.sampled_from(streams).map(worlds.closure)


@examples(40)
@given(data=st.data())
def test_what_fits_is_used_and_read_as_it_was_written(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    names = data.draw(chosen())
    lean = data.draw(st.sampled_from((False, False, False, True)))
    world = data.draw(worlds.worlds(names, lean))
    place = folder()
    worlds.write(
        world, place, lean, data.draw(st.booleans()), data.draw(st.sampled_from(("\n", "\r\n")))
    )
    streams.run(place, names, names if lean else ())
    expected = worlds.expect(world)
    assert not [fate for fates in expected.values() for fate in fates if fate.faults]
    for stream in names:
        assert_fates(streams, stream, expected[stream])


@examples(50)
@given(data=st.data())
def test_what_does_not_fit_is_rejected_for_its_column(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    names = data.draw(chosen())
    world = data.draw(worlds.broken_worlds(names))
    place = folder()
    worlds.write(world, place)
    streams.run(place, names)
    expected = worlds.expect(world)
    for stream in names:
        assert_fates(streams, stream, expected[stream])


@examples(30)
@given(data=st.data())
def test_nothing_is_lost_whatever_the_cells_hold(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    names = data.draw(chosen())
    world = data.draw(worlds.wild_worlds(names))
    place = folder()
    worlds.write(world, place, always_quote=data.draw(st.booleans()))
    streams.run(place, names)
    assert_conserved(streams, world)
    for stream in names:
        assert_nothing_later(streams, stream)


@examples(5)
@given(data=st.data())
def test_the_reconciliation_adds_up_as_of_the_newest_day(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    """All streams at once, and the day of the build is the newest observed one."""
    names = list(dict.fromkeys(name for stream in STREAMS for name in worlds.closure(stream)))
    world = data.draw(worlds.broken_worlds(names))
    place = folder()
    worlds.write(world, place)
    streams.run(place)
    as_of = newest(world)
    assert streams.rows("stg_as_of") == [{"as_of_date": as_of}]
    expected = worlds.expect(world, as_of or dt.date.max)
    counted = Counter(
        (fate.values["source"] or "(missing)", stream, fate.status)
        for stream, fates in expected.items()
        for fate in fates
    )
    made: Counter[tuple[str, str, str]] = Counter()
    for row in streams.rows("stream_reconciliation"):
        assert row["n_loaded"] == sum(row[f"n_{status}"] for status in STATUSES)
        for status in STATUSES:
            made[row["source"], row["stream"], status] += row[f"n_{status}"]
    assert +made == counted
    rejected = Counter(row["stream"] for row in streams.rows("stg_rejects"))
    assert rejected == Counter(
        stream for stream, fates in expected.items() for fate in fates if fate.faults
    )


def newest(world: World) -> dt.date | None:
    """The newest observed day among rows that are not rejected."""
    days = []
    for stream, fates in worlds.expect(world).items():
        definition = contract.streams()[stream]
        names = ["updated_at", definition.get("at"), *definition.get("mask", {})]
        for fate in fates:
            for name in names if not fate.faults else []:
                moment = fate.row[name].value if name else None
                if moment is not None:
                    days.append(moment.date() if isinstance(moment, dt.datetime) else moment)
    return max(days, default=None)


def unlike(world: World) -> World:
    """The same tables, with versions of a key told apart by their time."""
    for stream, found in world.items():
        seen: set[tuple] = set()
        for row in list(found):
            names = [*worlds.key(stream), "updated_at"]
            place = tuple(row[name].value for name in names)
            if place in seen:
                found.remove(row)
            seen.add(place)
    return world


@examples(15)
@given(data=st.data())
def test_the_order_of_rows_says_nothing(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    names = data.draw(chosen())
    world = unlike(data.draw(worlds.worlds(names, at_most=6)))
    turned = {
        stream: data.draw(st.permutations(found)) if found else []
        for stream, found in world.items()
    }

    def made(tables: World) -> dict[str, list[str]]:
        place = folder()
        worlds.write(tables, place)
        streams.run(place, names)
        return {
            stream: sorted(repr(sorted(row.items())) for row in streams.rows(f"stg_{stream}"))
            for stream in names
        }

    once = made(world)
    assert made(world) == once
    assert made(turned) == once


@examples(25)
@given(data=st.data())
def test_values_are_read_as_written(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    """Many cells of one stream that refers to nothing: every notation of times, numbers and booleans."""
    stream = data.draw(
        st.sampled_from([name for name in STREAMS if len(worlds.closure(name)) == 1])
    )
    names = list(worlds.columns(stream))
    found = []
    for number in range(data.draw(st.integers(1, 12))):
        row = {
            name: worlds.EMPTY
            if rules.get("ref") or "twin_of" in rules
            else data.draw(worlds.cells(name, rules))
            for name, rules in worlds.columns(stream).items()
        }
        row["source_id"] = Cell(str(number), str(number))
        found.append(row)
    place = folder()
    worlds.write({stream: found}, place)
    streams.run(place, [stream])
    made = sorted(streams.rows(f"stg_{stream}__checked"), key=lambda row: row["row_number"])
    for row, written in zip(made, found, strict=True):
        for name in names:
            assert same(row[name], written[name].value), (name, written[name])


HEADER = "source,source_id,name,domain\n"


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file of accounts as it should not be: a header with slips, rows that do not fit, bytes that are no text."""
    header = draw(
        st.just(HEADER)
        | st.lists(
            st.sampled_from(
                ("source", "source_id", "name", "Name ", "", "_row", "_file", "\0", '"')
            )
            | st.text(max_size=4),
            max_size=5,
        ).map(lambda names: ",".join(names) + "\n")
    )
    piece = st.sampled_from(
        (",", ",", '"', "\n", "\n", "\r\n", "\r", " ", "a", "é", ";", "\0", "#")
    )
    row = st.sampled_from(("crm,1,a,b\n", 'crm,"1\n",a,b\n', "crm,2,,\r\n", "\n"))
    body = draw(st.lists(row | piece, max_size=12).map("".join))
    data = (header + body).encode(errors="replace")
    if draw(st.integers(0, 5)) == 0:
        data += draw(st.binary(max_size=6))
    return draw(st.sampled_from((b"", b"", b"", b"\xef\xbb\xbf"))) + data


@examples(150)
@given(data=files())
@example(data=b"source,source_id,name,\ncrm,1,a,\n")
@example(data=b"source,source_id,name,_file,_row\ncrm,1,a,x,y\n")
@example(data=HEADER.encode() + b"crm,1,a\0,b\n")
@example(data=HEADER.encode() + b"crm,1,a,b\r\ncrm,2,a,b\n")
@example(data=HEADER.encode() + b"crm,1,a\rb,c\n")
def test_a_file_is_read_whole_or_refused_in_words(
    streams: Streams, folder: Callable[[], Path], data: bytes
) -> None:
    place = folder()
    (place / "accounts.csv").write_bytes(data)
    try:
        streams.run(place, ["accounts"], ["accounts"])
    except UserError as error:
        words = str(error).removeprefix("accounts.csv: ")
        assert words != str(error)
        assert re.search("row|column|first row|UTF-8|line", words), words
        assert not re.search(
            "Error|CSV|state machine|parser|SELECT", words.replace("CSV UTF-8", "")
        )
        return
    text = data.decode("utf-8-sig")
    loaded = [row for row in csv.reader(io.StringIO(text, newline="")) if row][1:]
    made = streams.rows("stg_accounts__dated")
    assert len(made) == len(loaded), (made, loaded)
    assert sorted(row["row_number"] for row in made) == list(range(2, len(loaded) + 2))


def assert_nothing_later(streams: Streams, stream: str) -> None:
    """No row that is used tells of what happened after the day."""
    definition = contract.streams()[stream]
    for row in streams.rows(f"stg_{stream}"):
        for name in [definition.get("at"), *definition.get("mask", {})]:
            assert name is None or not worlds.is_later(row[name], AS_OF), (stream, name)


@examples(30)
@given(data=st.data())
def test_a_later_fact_reads_as_if_it_had_not_happened(
    streams: Streams, folder: Callable[[], Path], data: st.DataObject
) -> None:
    """A row that a later date ends reads the same as one that the date does not yet end."""
    names = data.draw(chosen([name for name in STREAMS if "mask" in contract.streams()[name]]))
    stream = names[-1]
    world = data.draw(worlds.worlds(names))
    masks = contract.streams()[stream]["mask"]
    ends = data.draw(st.sampled_from(sorted(masks)))
    later = AS_OF + dt.timedelta(days=data.draw(st.integers(1, 400)))
    for row in world[stream]:
        row[ends] = Cell(later.isoformat(), dt.datetime.combine(later, dt.time()))
        for name, rules in worlds.columns(stream).items():
            if rules.get("not_before") or name == contract.streams()[stream].get("at"):
                row[name] = row[name] if name == ends else worlds.EMPTY
            if (
                rules.get("required")
                and name not in ("source", "source_id")
                and row[name] == worlds.EMPTY
            ):
                row[name] = Cell("2025-01-01", dt.datetime(2025, 1, 1))
    place = folder()
    worlds.write(world, place)
    streams.run(place, names)
    assert_nothing_later(streams, stream)
    for row in streams.rows(f"stg_{stream}"):
        for name, value in masks[ends].items():
            if isinstance(value, dict):
                assert row[name] not in value
            else:
                assert row[name] == value


def test_white_space_around_a_value_is_no_part_of_it(
    streams: Streams, folder: Callable[[], Path]
) -> None:
    """As a spreadsheet leaves it: tabs, line breaks and no-break spaces, in keys and in what points at them."""
    given = {
        "accounts": {"source": "crm", "source_id": "\t1\n", "name": "\u00a0A B\u3000"},
        "milestones": {
            "source": "crm\r\n",
            "source_id": "1",
            "account_id": "1\u00a0",
            "milestone": "Go Live\t",
            "occurred_at": "2025-01-01\r\n",
            "is_deleted": "\tfalse",
        },
    }
    world = {
        stream: [{name: Cell(row.get(name, "")) for name in worlds.columns(stream)}]
        for stream, row in given.items()
    }
    place = folder()
    worlds.write(world, place)
    streams.run(place, list(world))
    (account,) = streams.rows("stg_accounts")
    assert (account["source_id"], account["name"]) == ("1", "A B")
    (milestone,) = streams.rows("stg_milestones")
    assert milestone["milestone"] == "go_live"
    assert milestone["occurred_at"] == dt.datetime(2025, 1, 1)
