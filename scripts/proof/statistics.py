"""The few statistics that the proof worlds are judged by. numpy only; the tests hold them against scipy."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt

import numpy as np

Z90 = 1.645
"""Two-sided 90 %, as the marts' intervals."""


def ranks(values: Sequence[float]) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, count = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[place]


def spearman(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Rank correlation; None where fewer than three pairs or no spread allow none."""
    if len(left) < 3:
        return None
    one, other = ranks(left), ranks(right)
    if one.std() == 0 or other.std() == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def slope(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Least-squares slope of y on x, with an intercept."""
    at = np.asarray(x, float)
    if len(at) < 3 or at.std() == 0:
        return None
    away = at - at.mean()
    return float((away * np.asarray(y, float)).sum() / (away * away).sum())


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    total = float(np.sum(weights))
    return float(np.dot(values, weights)) / total if total > 0 else None


def difference_of_shares(hits: int, n: int, other_hits: int, other_n: int) -> tuple[float, float]:
    """Share less the other share, and its standard error (unpooled); the error is infinite where one side is empty."""
    if not n or not other_n:
        return 0.0, float("inf")
    share, other = hits / n, other_hits / other_n
    return share - other, sqrt(share * (1 - share) / n + other * (1 - other) / other_n)


def binomial_tail(hits: int, n: int, share: float) -> float:
    """P(X >= hits) of a binomial variable."""
    return float(
        sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(max(hits, 0), n + 1))
    )
