"""Tables of the input contract, drawn by Hypothesis, and what the contract says becomes of each row.

Cells are drawn from the contract's own rules, so a new column is covered as soon as it is there. A cell knows what
was written and what must be read; `expect` then follows the contract in plain loops, written from its words and not
from the SQL.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from scripts import contract

AS_OF = dt.date(2025, 6, 30)
UTC = dt.UTC
SOURCES = ("crm", "billing")
IDS = ("1", "2", "3", "=4", "é 5", "0", "o'6", '"7"')
ENTITIES = {
    "account": "accounts",
    "partner": "partners",
    "person": "people",
    "solution": "solutions",
}
# white space around a value is no part of it
SPACES = " \t\n\v\f\r\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
AWKWARD = ("=1+1", "-", '"', '""', "'", "#", "NULL", "null", "a,b", "a\nb", "a\r\nb", "a\rb", "\\")
AWKWARD += ("'); drop table x; --", "{{ x }}", "%s", "\u202eabc", "e\u0301", "😀", "\ufeff", "\x1b")
RATES = {
    row["currency"]: float(row["usd_rate"])
    for row in csv.DictReader(
        (contract.PROJECT / "seeds" / "reference" / "currencies.csv").open(encoding="utf-8")
    )
}


class Cell(NamedTuple):
    """What is written in a file, what is to be read there, and whether that is against the contract."""

    text: str = ""
    value: Any = None
    fault: bool = False
    is_other: bool = False


Row = dict[str, Cell]
World = dict[str, list[Row]]
EMPTY = Cell()


# ---- the contract, with the columns that every stream has


def columns(stream: str) -> dict[str, dict[str, Any]]:
    """Column -> its rules, in the order of the file."""
    declared = contract.streams()[stream]["columns"]
    twins = {contract.twin_column(name): name for name, rules in declared.items() if "ref" in rules}
    every = {
        "source": {"type": "text", "required": True},
        "source_id": {"type": "text", "required": True},
        "updated_at": {"type": "timestamp"},
        "is_deleted": {"type": "boolean"},
    }
    return {
        name: declared.get(name) or every.get(name) or {"type": "text", "twin_of": twins[name]}
        for name in contract.column_names(stream)
    }


def key(stream: str) -> list[str]:
    return contract.streams()[stream].get("key", ["source", "source_id"])


def targets(rules: dict[str, Any]) -> list[str]:
    """Streams that a reference may lead to."""
    return [rules["ref"]] if rules["ref"] in contract.streams() else list(ENTITIES.values())


def closure(stream: str) -> list[str]:
    """A stream and all it refers to, those referred to first."""
    found: list[str] = []

    def add(name: str) -> None:
        for rules in columns(name).values():
            for target in targets(rules) if "ref" in rules else []:
                if target != name:
                    add(target)
        if name not in found:
            found.append(name)

    add(stream)
    return found


# ---- cells that fit


def padded(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    edge = st.sampled_from(("", "", "", " ", "  ", "\t", "\u00a0", "\n", "\u3000"))
    return st.tuples(edge, text, edge).map("".join)


def text_cells() -> st.SearchStrategy[Cell]:
    words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6)
    return (st.sampled_from(AWKWARD) | words).map(
        lambda text: Cell(text, text.strip(SPACES) or None)
    )


@st.composite
def time_cells(draw: st.DrawFn, date_only: bool = False) -> Cell:
    """A moment in one of the ways in which ISO 8601 writes it."""
    near = st.integers(-3, 3).map(lambda days: AS_OF + dt.timedelta(days))
    day = draw(near | st.dates(dt.date(1970, 1, 2), dt.date(2100, 12, 30)))
    if draw(st.integers(0, 2)) == 0:
        value = dt.datetime.combine(day, dt.time())
        return Cell(day.isoformat(), day if date_only else value)
    moment = dt.datetime.combine(day, draw(st.times()))
    form = draw(st.sampled_from(("minutes", "seconds", "fraction")))
    text = moment.strftime("%Y-%m-%d") + draw(st.sampled_from("T ")) + moment.strftime("%H:%M")
    if form == "minutes":
        moment = moment.replace(second=0)
    else:
        text += moment.strftime(":%S")
    if form == "fraction":
        text += f".{moment.microsecond:06}"[: draw(st.integers(2, 7))] + draw(
            st.sampled_from(("", "00"))
        )
    value = moment.replace(microsecond=0)
    zone = draw(st.sampled_from(("", "Z", "UTC", "+hh", "+hhmm", "+hh:mm")))
    if zone.startswith("+"):
        hours, minutes = draw(st.integers(0, 14)), draw(st.sampled_from((0, 0, 30, 45, 59)))
        minutes = 0 if zone == "+hh" else minutes
        sign = draw(st.sampled_from("+-"))
        offset = dt.timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
        value = value.replace(tzinfo=dt.timezone(offset)).astimezone(UTC).replace(tzinfo=None)
        zone = sign + zone[1:].replace("hh", f"{hours:02}").replace("mm", f"{minutes:02}")
    text += draw(st.sampled_from(("", " "))) + zone if zone else ""
    return Cell(text, value.date() if date_only else value)


@st.composite
def number_cells(draw: st.DrawFn, low: float | None, high: float | None) -> Cell:
    least = Decimal(-(10**12)) if low is None else Decimal(str(low))
    most = Decimal(10**12) if high is None else Decimal(str(high))
    number = draw(
        st.decimals(least, most, places=draw(st.integers(0, 9)))
        | st.sampled_from([number for number in (least, most, Decimal(0)) if least <= number])
    )
    text = draw(st.sampled_from((f"{number:f}", f"{number:e}", f"{number:E}")))
    if "." in text and "e" not in text.lower() and draw(st.booleans()):
        text = text.replace("-0.", "-.") if text.startswith("-") else text.removeprefix("0")
    if high is None and draw(st.integers(0, 9)) == 0:
        text = draw(st.sampled_from(("1e99", "5.", "123456789012345678901234567890", "0e-99")))
    if not text.startswith("-") and draw(st.integers(0, 4)) == 0:
        text = "+" + text
    return Cell(text, float(Decimal(text)))


def boolean_cells() -> st.SearchStrategy[Cell]:
    spelt = {True: ("true", "t", "yes", "y", "1"), False: ("false", "f", "no", "n", "0")}
    cells = [
        Cell(spell(word), value)
        for value, words in spelt.items()
        for word in words
        for spell in (str.lower, str.upper, str.title)
    ]
    return st.sampled_from(cells)


def value_cells(rules: dict[str, Any]) -> st.SearchStrategy[Cell]:
    known = [
        Cell(spell(value), value)
        for value in rules["values"]
        for spell in (
            str,
            str.upper,
            lambda text: text.replace("_", " ").title(),
        )
    ]
    unknown = [
        Cell(text, "other", is_other=True) for text in ("juggling", "=1", "otro", "open won")
    ]
    # a reference by type leads nowhere from an unknown type
    return st.sampled_from(known if set(rules["values"]) == set(ENTITIES) else known + unknown)


def currency_cells() -> st.SearchStrategy[Cell]:
    codes = sorted(RATES) + [code.lower() for code in sorted(RATES)]
    return st.sampled_from([Cell(code, code) for code in codes])


def cells(name: str, rules: dict[str, Any]) -> st.SearchStrategy[Cell]:
    """Cells with something in them that fit a column."""
    if "values" in rules:
        plain = value_cells(rules)
    elif name == "currency":
        plain = currency_cells()
    elif rules["type"] in ("timestamp", "date"):
        plain = time_cells(rules["type"] == "date")
    elif rules["type"] in ("number", "money", "integer"):
        plain = number_cells(rules.get("min"), rules.get("max"))
    elif rules["type"] == "boolean":
        plain = boolean_cells()
    else:
        plain = text_cells().filter(lambda cell: cell.value is not None)
    return st.tuples(plain, padded(st.just("\0"))).map(
        lambda pair: pair[0]._replace(text=pair[1].replace("\0", pair[0].text))
    )


# ---- cells that do not fit

NO_TIMES = """
2025-02-30 | 2025-02-29 | 2025-13-01 | 2025-1-1 | 31.03.2025 | 03/31/2025 | soon | 20250331 | 2025-W14-1
2025-03-31T25:00 | 2025-03-31T10:60 | 2025-03-31T24:00:00 | 2025-03-31T10:00:60Z | 2025-03-31T10
2025-03-31+02:00 | 2025-03-31T10:00+24:00 | 2025-03-31T10:00:00 Europe/Berlin | 2025-03-31T10:00:00.
0000-01-01 | -2025-01-01 | 12025-01-01 | 1743379200 | \uff12\uff1025-03-31 | NaT
1969-12-31 | 2101-01-01 | 1970-01-01T00:30:00+01:00 | 9999-12-31T23:59:59-23:59
"""
NO_NUMBERS = """
1,5 | 1.000,50 | 1 000 | 1e999 | 1e | e5 | . | --1 | 0x10 | NaN | inf | Infinity | ½ | \uff11 | 12€ | 1_000
=1+1 | 10% | true | 1e+ | + | 1111111111111111111111111111111111111111
"""
NO_BOOLEANS = "maybe | 2 | -1 | 0.0 | tru | on | oui | =TRUE() | yes no | 1.0"


def faulty_cells(name: str, rules: dict[str, Any]) -> st.SearchStrategy[Cell]:
    """Cells that break a column's rules; nothing for a column that anything fits."""
    texts: list[str] = []
    if rules.get("required"):
        texts += ["", " ", "\t", "\u00a0 "]
    if rules["type"] in ("timestamp", "date"):
        texts += [*listed(NO_TIMES), "2025-03-31\n2025-03-31"]
    if rules["type"] in ("number", "money", "integer"):
        texts += [*listed(NO_NUMBERS), "1\n2"]
        texts += [str(rules["min"] - 1)] if "min" in rules else []
        texts += [str(rules["max"] + 0.001)] if "max" in rules else []
    if rules["type"] == "boolean":
        texts += listed(NO_BOOLEANS)
    if name == "currency":
        texts += ["XXX", "$", "US dollars"]
    if "ref" in rules:
        texts += ["nothing", "=0"]
    return st.sampled_from([Cell(text, None, True) for text in texts]) if texts else st.nothing()


def listed(texts: str) -> list[str]:
    return texts.strip().replace("\n", " | ").split(" | ")


# ---- rows and tables


@st.composite
def rows(
    draw: st.DrawFn, stream: str, world: World, lean: bool = False, at_most: int = 4
) -> list[Row]:
    """Rows of a stream that fit, given the rows it refers to. Keys may come again: then they are versions."""
    found: list[Row] = []
    for _ in range(draw(st.integers(0 if world else 1, at_most))):
        row = draw(fitting_row(stream, world, found, lean))
        if row is not None:
            found.append(row)
    return found


@st.composite
def fitting_row(
    draw: st.DrawFn, stream: str, world: World, so_far: list[Row], lean: bool
) -> Row | None:
    definition = contract.streams()[stream]
    row: Row = {}
    required = contract.required_columns(stream)
    for name, rules in columns(stream).items():
        row[name] = EMPTY
        if name == "source":
            row[name] = Cell(draw(padded(st.sampled_from(SOURCES))))
            row[name] = row[name]._replace(value=row[name].text.strip(SPACES))
        elif name == "source_id":
            identity = draw(st.sampled_from(IDS))
            row[name] = Cell(draw(padded(st.just(identity))), identity)
        elif "ref" in rules or "twin_of" in rules or (lean and name not in required):
            continue
        elif rules.get("required") or draw(st.integers(0, 2)) == 0:
            row[name] = draw(cells(name, rules))
    for name, rules in columns(stream).items():
        if "ref" not in rules or (lean and name not in required):
            continue
        needed = rules.get("required") or (
            "required_unless" in rules and row["actor"].value != "own_team"
        )
        streams = targets(rules)
        if len(streams) > 1:
            streams = [ENTITIES[row[rules["ref"]].value]]
        known = world.get(streams[0], []) + (so_far if streams[0] == stream else [])
        if known and (needed or draw(st.booleans())):
            point(draw, row, name, draw(st.sampled_from(known)), lean)
        if needed and row[name].value is None:
            return None
    given = definition.get("at_least_one", [])
    if given and not any(row[name].value for name in given):
        if "ref" in columns(stream)[given[0]] or lean:
            return None
        row[given[0]] = draw(cells(given[0], columns(stream)[given[0]]))
    for name, rules in columns(stream).items():
        first = row[rules["not_before"]].value if "not_before" in rules else None
        if first is not None and row[name].value is not None and row[name].value < first:
            row[name] = row[rules["not_before"]]
    return row


def point(draw: st.DrawFn, row: Row, name: str, target: Row, lean: bool) -> None:
    """Make a reference lead to a row: by the twin column where that is in another source."""
    source, identity = target["source"].value, target["source_id"].value
    is_other = source != row["source"].value
    if is_other and lean:
        return
    row[name] = Cell(identity, identity)
    if is_other or draw(st.booleans()):
        row[contract.twin_column(name)] = Cell(source, source)


@st.composite
def worlds(draw: st.DrawFn, streams: list[str], lean: bool = False, at_most: int = 4) -> World:
    """Tables of some streams (those referred to first) in which every row fits."""
    world: World = {}
    for stream in streams:
        world[stream] = draw(rows(stream, world, lean, at_most))
    return world


@st.composite
def broken_worlds(draw: st.DrawFn, streams: list[str]) -> World:
    """Tables that fit but for some cells."""
    world = draw(worlds(streams))
    places = [
        (row, name, rules)
        for stream, found in world.items()
        for row in found
        for name, rules in columns(stream).items()
        if not faulty_cells(name, rules).is_empty
    ]
    for _ in range(draw(st.integers(1, 3)) if places else 0):
        row, name, rules = draw(st.sampled_from(places))
        row[name] = draw(faulty_cells(name, rules))
    return world


@st.composite
def wild_worlds(draw: st.DrawFn, streams: list[str]) -> World:
    """Tables of anything: cells drawn for other columns, faulty ones, and any text."""
    every = [(name, rules) for stream in streams for name, rules in columns(stream).items()]
    anything = st.one_of(
        text_cells(),
        st.sampled_from(every).flatmap(lambda column: cells(*column)),
        st.sampled_from([column for column in every if not faulty_cells(*column).is_empty]).flatmap(
            lambda column: faulty_cells(*column)
        ),
        st.sampled_from(IDS + SOURCES).map(lambda text: Cell(text, text)),
    )
    world = draw(worlds(streams))
    for stream, found in world.items():
        for row in found:
            for name in draw(st.lists(st.sampled_from(list(columns(stream))), max_size=4)):
                row[name] = draw(anything)
    return world


# ---- files


def write(
    world: World, folder: Path, lean: bool = False, always_quote: bool = False, end: str = "\n"
) -> None:
    """Lay the tables as the contract's CSV files; `lean`: the required columns only."""
    for stream, found in world.items():
        names = contract.required_columns(stream) if lean else contract.column_names(stream)
        lines = [",".join(names)]
        lines += [",".join(quoted(row[name].text, always_quote) for name in names) for row in found]
        text = end.join(lines) + end
        (folder / f"{stream}.csv").write_text(text, encoding="utf-8", newline="")


def quoted(text: str, always: bool) -> str:
    plain = not always and not any(mark in text for mark in ',"\r\n') and text == text.strip()
    return text if plain else '"' + text.replace('"', '""') + '"'


# ---- what the contract says becomes of them


@dataclass
class Fate:
    """What is to become of a row: its values as of the day, its status, and the columns against it."""

    row: Row
    number: int
    values: dict[str, Any]
    faults: set[str] = field(default_factory=set)
    status: str = "used"

    def identity(self, stream: str) -> tuple:
        return tuple(self.values[name] for name in key(stream))


def expect(world: World, as_of: dt.date = AS_OF) -> dict[str, list[Fate]]:
    """The fate of every row of tables whose streams stand in the order of their references."""
    fates: dict[str, list[Fate]] = {}
    for stream, found in world.items():
        fates[stream] = [
            Fate(row, number, read(stream, row)) for number, row in enumerate(found, start=2)
        ]
        for fate in fates[stream]:
            fate.faults = set(own_faults(stream, fate))
        for fate in fates[stream]:
            fate.faults |= set(dangling(stream, fate, fates))
        rank_versions(stream, fates[stream], as_of)
        for fate in fates[stream]:
            if fate.status == "used":
                fate.status = status(stream, fate, fates, as_of)
            mask(stream, fate, as_of)
    return fates


def read(stream: str, row: Row) -> dict[str, Any]:
    """The values of a row: defaults, twins and money filled in."""
    values = {name: cell.value for name, cell in row.items()}
    for name, rules in columns(stream).items():
        if "default" in rules and values[name] is None:
            values[name] = rules["default"]
        if "ref" in rules:
            twin = contract.twin_column(name)
            if values[name] is None and not row[name].fault:
                values[twin] = None
            else:
                values[twin] = values[twin] or values["source"]
        if rules["type"] == "money" and values[name] is not None:
            values[name] *= RATES.get((values["currency"] or "USD").upper(), 0)
    return values


def own_faults(stream: str, fate: Fate) -> Iterator[str]:
    values = fate.values
    for name, rules in columns(stream).items():
        if fate.row[name].fault:
            yield name
        elif "required_unless" in rules and values[name] is None:
            if any(values[other] != given for other, given in rules["required_unless"].items()):
                yield name
        elif "not_before" in rules and values[name] is not None:
            first = values[rules["not_before"]]
            if first is not None and values[name] < first:
                yield name
    group = contract.streams()[stream].get("at_least_one", [])
    if group and all(values[name] is None and not fate.row[name].fault for name in group):
        yield " or ".join(group)


def leads_to(stream: str, name: str, fate: Fate, fates: dict[str, list[Fate]]) -> list[Fate] | None:
    """The versions of what a reference names, rejected ones apart; None where it names nothing."""
    rules = columns(stream)[name]
    if fate.values[name] is None:
        return None
    streams = targets(rules)
    if len(streams) > 1:
        streams = [ENTITIES.get(fate.values[rules["ref"]], "")]
    place = (fate.values[contract.twin_column(name)], fate.values[name])
    return [
        other
        for target in streams
        for other in fates.get(target, [])
        if (other.values["source"], other.values["source_id"]) == place
        # a row of the stream itself is looked for among all rows, rejected or not
        and (not other.faults or target == stream)
    ]


def dangling(stream: str, fate: Fate, fates: dict[str, list[Fate]]) -> Iterator[str]:
    for name, rules in columns(stream).items():
        if "ref" in rules and leads_to(stream, name, fate, fates) == []:
            yield name


def is_later(moment: dt.datetime | dt.date | None, as_of: dt.date) -> bool:
    if moment is None:
        return False
    return (moment.date() if isinstance(moment, dt.datetime) else moment) > as_of


def rank_versions(stream: str, fates: list[Fate], as_of: dt.date) -> None:
    """Rejected rows, and all versions but the one that counts."""
    versions: dict[tuple, list[Fate]] = {}
    for fate in fates:
        if fate.faults:
            fate.status = "rejected"
        else:
            versions.setdefault(fate.identity(stream), []).append(fate)
    for found in versions.values():
        known = [fate for fate in found if not is_later(fate.values["updated_at"], as_of)]
        if known:
            counts = max(
                known, key=lambda fate: (fate.values["updated_at"] or dt.datetime.min, fate.number)
            )
        else:
            counts = min(found, key=lambda fate: (fate.values["updated_at"], -fate.number))
        for fate in found:
            if fate is not counts:
                fate.status = "superseded"


def status(stream: str, fate: Fate, fates: dict[str, list[Fate]], as_of: dt.date) -> str:
    """The status of the version that counts."""
    values = fate.values
    if values["is_deleted"] and not is_later(values["updated_at"], as_of):
        return "deleted"
    if values.get("retain_until") is not None and values["retain_until"] < as_of:
        return "expired"
    if is_later(values.get(contract.streams()[stream].get("at", "")), as_of):
        return "not_yet"

    def shared(name: str) -> str | None:
        found = leads_to(stream, name, fate, fates)
        if found is None:
            return None
        return next(other.status for other in found if other.status not in OLD)

    for name, rules in columns(stream).items():
        if "ref" in rules and (rules.get("required") or "required_unless" in rules):
            other = shared(name)
            if other not in (None, "used"):
                return other
    group = contract.streams()[stream].get("at_least_one", [])
    if group and all("ref" in columns(stream)[name] for name in group):
        others = [other for other in map(shared, group) if other is not None]
        if "used" not in others:
            return others[0]
    return "used"


OLD = ("rejected", "superseded")


def mask(stream: str, fate: Fate, as_of: dt.date) -> None:
    """What a later fact would reveal."""
    dates = dict(fate.values)
    for date, replaced in contract.streams()[stream].get("mask", {}).items():
        if is_later(dates[date], as_of):
            for name, value in replaced.items():
                given = fate.values[name]
                fate.values[name] = value.get(given, given) if isinstance(value, dict) else value
