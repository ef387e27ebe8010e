"""Templates into one HTML file: styles, scripts and data inside, nothing fetched, everything escaped."""

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import vl_convert
from markupsafe import Markup

from scripts.pages import words

FOLDER = Path(__file__).parent
ECHARTS = FOLDER / "vendor" / "echarts.min.js"
ECHARTS_SHA256 = "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0"


def as_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str
    )
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


@cache
def vega() -> Markup:
    """Vega, Vega-Lite and vegaEmbed in one script, as vl-convert bundles them."""
    return script(vl_convert.javascript_bundle())


@cache
def echarts() -> Markup:
    content = ECHARTS.read_bytes()
    if hashlib.sha256(content).hexdigest() != ECHARTS_SHA256:
        raise RuntimeError(f"{ECHARTS} is not the version that vendor/README.md names")
    return script(content.decode("utf-8"))


def script(code: str) -> Markup:
    """Code for a script element; refused where it would end the element."""
    lower = code.lower()
    if "</script" in lower or "<!--" in lower:
        raise RuntimeError("this script cannot stand inside a page")
    return Markup(code)


def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["as_json"] = as_json
    made.filters["money"] = words.money
    made.globals["vega"] = vega
    made.globals["echarts"] = echarts
    made.globals["inline"] = inline
    return made


def inline(name: str) -> Markup:
    """A style sheet or script of our own."""
    return script((FOLDER / "templates" / name).read_text(encoding="utf-8"))


def write(template: str, target: Path, **content: Any) -> Path:
    """Render a page beside its place, then move it there: a reader never sees half a page."""
    text = environment().get_template(template).render(**content)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return target


def sparkline(values: list[float | None], width: int = 84, height: int = 28) -> Markup:
    """A small trend as a picture of numbers only; the last point is marked."""
    points = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(points) < 2:
        return Markup("")
    lowest, highest = (least(value for _, value in points) for least in (min, max))
    room = (highest - lowest) or 1.0
    across = max(len(values) - 1, 1)
    spots = [
        (
            4 + (width - 8) * at / across,
            height - 5 - (height - 10) * (value - lowest) / room,
        )
        for at, value in points
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    x, y = spots[-1]
    return Markup(
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'<polyline points="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    )
