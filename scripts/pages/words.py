"""Numbers as people read them."""

from datetime import date, datetime
from typing import Any

NONE = "–"
# keeps a figure and its unit on one line
SPACE = "\u00a0"


def money(value: float | None, sign: bool = False) -> str:
    """`1.9 M`, `430 k`; the reporting currency stands once on the page."""
    if value is None:
        return NONE
    value = value or 0.0  # no -0
    plus = "+" if sign and value > 0 else ""
    for size, unit, digits in ((1e9, "bn", 1), (1e6, "M", 1), (1e3, "k", 0)):
        # what would be rounded up to the next unit is told in it
        if abs(value) >= size * 0.9995:
            return f"{plus}{minus(f'{value / size:.{digits}f}')}{SPACE}{unit}"
    return f"{plus}{minus(f'{value:.0f}')}"


def minus(text: str) -> str:
    return text.replace("-", "−")


def number(value: float | None, digits: int = 1, sign: bool = False) -> str:
    if value is None:
        return NONE
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    # neither +0 nor -0.0
    return text[1:] if text[0] in "+-" and not text.strip("+-0.,") else minus(text)


def share(value: float | None, digits: int = 0, sign: bool = False) -> str:
    """A rate of 0–1 as per cent."""
    return NONE if value is None else f"{number(100 * value, digits, sign)}{SPACE}%"


def per_cent(value: float | None, digits: int = 0) -> str:
    """A figure of 0–100 as per cent."""
    return NONE if value is None else f"{number(value, digits)}{SPACE}%"


def day(value: date | datetime | None) -> str:
    return NONE if value is None else f"{value:%Y-%m-%d}"


def p_value(value: float | None) -> str:
    if value is None:
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def count(n: int, one: str, many: str | None = None) -> str:
    """`1 account`, `12 accounts`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 3) -> str:
    """`a, b and c`, or `a, b, c and 4 more`."""
    if not names:
        return ""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def interval(middle: float | None, lower: float | None, upper: float | None, show: Any) -> str:
    """`51.2 (49.8 to 52.6)` in the form that `show` gives a figure."""
    if middle is None:
        return NONE
    if lower is None or upper is None:
        return show(middle)
    return f"{show(middle)} ({show(lower)} to {show(upper)})"
