"""A measured figure beside its threshold, and what a miss may be put down to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from .statistics import binomial_tail

LUCK = 0.001
"""A miss that chance alone brings about more often than this is excused where seeds are few."""
LUCK_Z = 3.09
"""The same as a number of standard errors."""


@dataclass(frozen=True)
class Figure:
    """One figure of one world, pooled over its seeds. Without `low` and `high` it is told, not judged.

    `spread` is the standard error of `measured` where it is known; a share of `n` has the binomial one. `raw` is what
    plain counting says. `missing` names a mart that this project does not have yet.
    """

    world: str
    name: str
    measured: float | None
    n: int
    unit: str
    low: float | None = None
    high: float | None = None
    is_share: bool = False
    spread: float | None = None
    raw: float | None = None
    missing: str | None = None

    @property
    def is_judged(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def is_met(self) -> bool:
        if not self.is_judged:
            return True
        if self.measured is None:
            return False
        return (self.low is None or self.measured >= self.low - 1e-12) and (
            self.high is None or self.measured <= self.high + 1e-12
        )

    @property
    def is_luck(self) -> bool:
        """Whether a world that just meets the threshold shows a miss like this in one of a thousand runs or more."""
        if self.is_met or self.measured is None:
            return self.is_met
        if self.is_share:
            hits = round(self.measured * self.n)
            if self.high is not None and self.measured > self.high:
                return binomial_tail(hits, self.n, self.high) >= LUCK
            return binomial_tail(self.n - hits, self.n, 1 - (self.low or 0.0)) >= LUCK
        if self.spread is None:
            return False
        bound = self.high if self.high is not None and self.measured > self.high else self.low
        return abs(self.measured - (bound or 0.0)) <= LUCK_Z * self.spread

    @property
    def verdict(self) -> str:
        if self.missing:
            return f"NOT BUILT ({self.missing})"
        if not self.is_judged:
            return ""
        if self.is_met:
            return "ok"
        return "MISSED (within chance)" if self.is_luck else "MISSED"

    @property
    def threshold(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"≥ {self.low:g}"
        return f"≤ {self.high:g}" if self.high is not None else ""

    def as_row(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


def share(world: str, name: str, hits: Sequence[bool], unit: str, **bounds: float | None) -> Figure:
    """The share of `hits`; nothing to count is no figure."""
    n = len(hits)
    measured = sum(map(bool, hits)) / n if n else None
    return Figure(world, name, measured, n, unit, is_share=True, **bounds)


def mean(
    world: str,
    name: str,
    values: Sequence[float],
    unit: str,
    seed_sd: float | None = None,
    **bounds: float | None,
) -> Figure:
    """The mean over seeds. Its standard error follows from how much one seed varies where that is known (`seed_sd`),
    else from the seeds themselves."""
    n = len(values)
    if not n:
        return Figure(world, name, None, 0, unit, **bounds)
    middle = sum(values) / n
    if seed_sd is None and n > 1:
        seed_sd = sqrt(sum((value - middle) ** 2 for value in values) / (n - 1))
    spread = None if seed_sd is None else seed_sd / sqrt(n)
    return Figure(world, name, middle, n, unit, spread=spread, **bounds)


def not_built(world: str, name: str, mart: str) -> Figure:
    """A figure whose mart is not there: neither met nor missed, and said so."""
    return Figure(world, name, None, 0, "", missing=mart)
