"""Small vectorised helpers that every part of the demo world shares."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NONE = np.int32(-(2**31))
"""An absent day or an absent reference to a row."""

Columns = dict[str, np.ndarray]


def rng_for(seed: int, topic: str) -> np.random.Generator:
    """A generator of its own for each topic, so that one part does not shift another's draws."""
    return np.random.default_rng([seed, zlib.crc32(topic.encode())])


def expand(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts (n,) become owner index and position within the owner, both (sum,)."""
    counts = np.maximum(counts, 0).astype(np.int64)
    owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    first = np.cumsum(counts) - counts
    position = np.arange(len(owner), dtype=np.int64) - first[owner]
    return owner, position.astype(np.int32)


def add_months(days: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """Days since 1970 moved by calendar months; the day of the month is kept where it exists."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    in_month = (date - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.asarray(months).astype("timedelta64[M]")
    first = target.astype("datetime64[D]").astype(np.int64)
    last = (target + 1).astype("datetime64[D]").astype(np.int64) - 1
    return np.minimum(first + in_month, last).astype(np.int32)


def to_weekday(days: np.ndarray) -> np.ndarray:
    """Saturdays and Sundays move back to the Friday before (day 0, 1970-01-01, is a Thursday)."""
    weekday = (days + 3) % 7
    return (days - np.maximum(weekday - 4, 0)).astype(np.int32)


def pick(rng: np.random.Generator, weights: Sequence[float] | np.ndarray, n: int) -> np.ndarray:
    """n draws from a categorical distribution, as int32 codes."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    draws = np.searchsorted(edges / edges[-1], rng.random(n), side="right")
    return np.minimum(draws, len(edges) - 1).astype(np.int32)


def pick_by_row(rng: np.random.Generator, weights: np.ndarray, rows: int = 200_000) -> np.ndarray:
    """One draw a row from weights (n, k); a row of zeros gives -1. Worked in slices of rows."""
    chosen = np.empty(len(weights), dtype=np.int32)
    for lo in range(0, len(weights), rows):
        edges = np.cumsum(weights[lo : lo + rows], axis=1)
        total = edges[:, -1]
        drawn = rng.random(len(edges)) * total
        code = (edges <= drawn[:, None]).sum(axis=1)
        chosen[lo : lo + rows] = np.where(total > 0, np.minimum(code, edges.shape[1] - 1), -1)
    return chosen


def office_seconds(rng: np.random.Generator, n: int) -> np.ndarray:
    """Seconds after midnight UTC within office hours, whole minutes."""
    return (rng.integers(8 * 60, 18 * 60, n) * 60).astype(np.int32)


def take_rows(columns: Mapping[str, np.ndarray], rows: np.ndarray) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def stack(blocks: Sequence[Mapping[str, np.ndarray]], defaults: Mapping[str, object]) -> Columns:
    """Blocks below one another; a column that a block lacks takes the default."""
    sizes = [len(next(iter(block.values()))) for block in blocks]
    out: Columns = {}
    for name, default in defaults.items():
        kind = np.asarray(default).dtype
        out[name] = np.concatenate(
            [
                np.asarray(block[name]).astype(kind, copy=False)
                if name in block
                else np.full(size, default, dtype=kind)
                for block, size in zip(blocks, sizes, strict=True)
            ]
        )
    return out


# --- typed Arrow columns ---------------------------------------------------------------------


def day_column(days: np.ndarray) -> pa.Array:
    """Days since 1970 as date32; NONE is null."""
    days = np.ascontiguousarray(days, dtype=np.int32)
    return pa.array(days, mask=days == NONE).cast(pa.date32())


def moment_column(days: np.ndarray, seconds: np.ndarray | int = 0) -> pa.Array:
    """Days and seconds of the day as timestamps in whole seconds; NONE is null."""
    stamp = days.astype(np.int64) * 86_400 + seconds
    return pa.array(stamp, mask=days == NONE).cast(pa.timestamp("s"))


def ref_column(rows: np.ndarray) -> pa.Array:
    """References to rows of another table; negative is null."""
    rows = np.ascontiguousarray(rows, dtype=np.int32)
    return pa.array(rows, mask=rows < 0)


def enum_column(codes: np.ndarray, values: Sequence[str]) -> pa.Array:
    """Codes into a fixed list of words; negative is null."""
    codes = np.ascontiguousarray(codes, dtype=np.int16)
    index = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(list(values), pa.string()))


def number_column(values: np.ndarray, digits: int = 2) -> pa.Array:
    """Floats rounded for the reader; NaN is null."""
    values = np.round(values.astype(float), digits)
    return pa.array(values, mask=np.isnan(values))


def text_column(values: Sequence[str] | pa.Array, rows: np.ndarray) -> pa.Array:
    """Texts of a pool by row; a negative row is null."""
    pool = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    return pool.take(ref_column(rows))


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One chunk, dictionaries decoded."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column


def join(*parts: pa.Array | str, sep: str = "") -> pa.Array:
    """Texts joined row by row; null where any part is null."""
    return pc.binary_join_element_wise(
        *[plain(p) if not isinstance(p, str) else p for p in parts], sep
    )


def as_days(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Dates or timestamps back as days since 1970; null is NONE."""
    column = plain(column)
    if pa.types.is_timestamp(column.type):
        column = pc.floor_temporal(column, unit="day").cast(pa.date32())
    return column.cast(pa.int32()).fill_null(int(NONE)).to_numpy(zero_copy_only=False)


def as_rows(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """A reference column back as integers; null is -1."""
    return plain(column).fill_null(-1).to_numpy(zero_copy_only=False)


def as_floats(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return plain(column).cast(pa.float64()).to_numpy(zero_copy_only=False)


def as_codes(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """The codes behind an enumeration column; null is -1."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
