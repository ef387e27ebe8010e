"""Pictures as Vega-Lite specifications: light, wide as their place, and readable on a phone."""

from typing import Any

import altair as alt

INK, MUTED, LINE = "#1f2933", "#5b6673", "#e3e8ee"
TEAL, RED, AMBER, GREY, BLUE = "#0f766e", "#b3261e", "#e0a030", "#9aa5b1", "#3b6ea8"
STATUS = {
    "stable": "#dbe7ef",
    "watch": "#f2c766",
    "act": "#c8483c",
    "too_few": "#f4f4f2",
    "known_incident": "#cbb8d9",
}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

# room for names beside a picture, on a desk and on a phone
LABELS = alt.ExprRef("containerSize()[0] > 600 ? 330 : 140")

Rows = list[dict[str, Any]]


def data(rows: Rows) -> alt.Data:
    return alt.Data(values=[{name: plain(value) for name, value in row.items()} for row in rows])


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def finished(chart: Any, says: str, height: Any = None) -> dict[str, Any]:
    """The chart as JSON data, with the words that a screen reader says."""
    sizes: dict[str, Any] = {"width": "container", "description": says}
    if height is not None:
        sizes["height"] = height
    chart = (
        chart.properties(**sizes)
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=MUTED,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor=LINE,
            domainColor=LINE,
            tickColor=LINE,
            labelLimit=150,
        )
        .configure_axisY(labelPadding=8)
        .configure_legend(
            orient="top",
            labelColor=INK,
            titleColor=MUTED,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=260,
        )
    )
    spec = chart.to_dict()
    spec.pop("$schema", None)
    return spec


def heat_map(rows: Rows, says: str) -> dict[str, Any]:
    """Features by months, coloured by what their shift asks for; rows have row, month, psi, p_value, status."""
    order = list(dict.fromkeys(row["row"] for row in rows))
    months = sorted({row["month"] for row in rows})
    there = {row["status"] for row in rows}
    colours = {
        name: colour
        for name, colour in STATUS.items()
        if name in there or name in ("stable", "watch", "act")
    }
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "month:O",
            sort=months,
            title=None,
            axis=alt.Axis(labelAngle=-60, labelPadding=6, labelFontSize=11),
        ),
        y=alt.Y(
            "row:N",
            sort=order,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelLimit=LABELS),
        ),
        tooltip=[
            alt.Tooltip("row:N", title="feature"),
            alt.Tooltip("month:N"),
            alt.Tooltip("psi:Q", format=".3f", title="PSI"),
            alt.Tooltip("p_value:Q", format=".3g", title="p-value"),
            alt.Tooltip("status:N"),
        ],
    )
    squares = base.mark_rect(stroke="white", strokeWidth=2, cornerRadius=3).encode(
        color=alt.Color(
            "status:N",
            scale=alt.Scale(domain=list(colours), range=list(colours.values())),
            legend=alt.Legend(title=None, labelExpr="replace(datum.label, '_', ' ')"),
        )
    )
    figures = (
        base.transform_filter("datum.status == 'act' || datum.status == 'watch'")
        .mark_text(fontSize=10.5, opacity=alt.ExprRef("width > 420 ? 1 : 0"))
        .encode(
            text=alt.Text("psi:Q", format=".2f"),
            color=alt.condition("datum.status == 'act'", alt.value("white"), alt.value(INK)),
        )
    )
    return finished(alt.layer(squares, figures), says, alt.Step(24))


def dots(
    rows: Rows,
    says: str,
    title: str,
    reference: float | None = None,
    number_format: str = ".2f",
    zero: bool = False,
    step: int = 26,
) -> dict[str, Any]:
    """Figures with their intervals, one below the other; rows have row, value, lower, upper, tone."""
    order = list(dict.fromkeys(row["row"] for row in rows))
    tones = {"act": RED, "watch": AMBER, "good": TEAL, "plain": BLUE, "unknown": GREY}
    base = alt.Chart(data(rows)).encode(
        y=alt.Y(
            "row:N",
            sort=order,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS),
        ),
        color=alt.Color(
            "tone:N", scale=alt.Scale(domain=list(tones), range=list(tones.values())), legend=None
        ),
        tooltip=[
            alt.Tooltip("row:N", title=" "),
            alt.Tooltip("value:Q", format=number_format, title=title),
            alt.Tooltip("lower:Q", format=number_format),
            alt.Tooltip("upper:Q", format=number_format),
            alt.Tooltip("says:N", title="that is"),
        ],
    )
    axis = alt.Axis(title=title, format=number_format, tickCount=5, labelOverlap=True)
    spans = base.mark_rule(strokeWidth=3, opacity=0.45).encode(
        x=alt.X("lower:Q", scale=alt.Scale(zero=zero), axis=axis), x2="upper:Q"
    )
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("value:Q", scale=alt.Scale(zero=zero), axis=axis)
    )
    layers: list[Any] = []
    if reference is not None:
        layers.append(
            alt.Chart(alt.Data(values=[{"at": reference}]))
            .mark_rule(color=INK, strokeDash=[4, 4], strokeWidth=1)
            .encode(x="at:Q")
        )
    return finished(alt.layer(*layers, spans, points), says, alt.Step(step))


def bars(
    rows: Rows, says: str, title: str, number_format: str = ".2f", reference: float | None = None
) -> dict[str, Any]:
    """Bars one below the other; rows have row, value, tone."""
    order = list(dict.fromkeys(row["row"] for row in rows))
    tones = {"act": RED, "watch": AMBER, "good": TEAL, "plain": BLUE, "unknown": GREY}
    axis = alt.Axis(title=title, format=number_format, tickCount=5, labelOverlap=True)
    layers: list[Any] = [
        alt.Chart(data(rows))
        .mark_bar(height=12, cornerRadiusEnd=3)
        .encode(
            x=alt.X("value:Q", axis=axis),
            y=alt.Y(
                "row:N",
                sort=order,
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS),
            ),
            color=alt.Color(
                "tone:N",
                scale=alt.Scale(domain=list(tones), range=list(tones.values())),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("row:N", title=" "),
                alt.Tooltip("value:Q", format=number_format, title=title),
                alt.Tooltip("says:N", title="that is"),
            ],
        )
    ]
    if reference is not None:
        layers.append(
            alt.Chart(alt.Data(values=[{"at": reference}]))
            .mark_rule(color=INK, strokeDash=[4, 4], strokeWidth=1)
            .encode(x="at:Q")
        )
    return finished(alt.layer(*layers), says, alt.Step(24))


def lines(
    rows: Rows, says: str, title: str, series: list[str], number_format: str = ".0%"
) -> dict[str, Any]:
    """Figures over months; rows have month, value, lower, upper, series."""
    colours = [TEAL, BLUE, AMBER, RED, GREY, INK][: len(series)]
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "month:T",
            title=None,
            axis=alt.Axis(format="%b %y", tickCount=6, labelOverlap=True, grid=False),
        ),
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=series, range=colours),
            sort=series,
            legend=alt.Legend(title=None) if len(series) > 1 else None,
        ),
    )
    axis = alt.Axis(title=title, format=number_format, tickCount=5)
    layers: list[Any] = []
    if any(row["lower"] is not None for row in rows):
        layers.append(
            base.transform_filter("isValid(datum.lower)")
            .mark_area(opacity=0.13)
            .encode(y=alt.Y("lower:Q", scale=alt.Scale(zero=True), axis=axis), y2="upper:Q")
        )
    strokes = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28)).encode(
        y=alt.Y("value:Q", scale=alt.Scale(zero=True), axis=axis),
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("month:T", format="%Y-%m"),
            alt.Tooltip("value:Q", format=number_format, title=title),
            alt.Tooltip("lower:Q", format=number_format),
            alt.Tooltip("upper:Q", format=number_format),
        ],
    )
    return finished(alt.layer(*layers, strokes), says, 240)


def steps(rows: Rows, says: str, title: str) -> dict[str, Any]:
    """From the opening to the closing figure, change by change; rows have row, start, end, tone, label."""
    order = [row["row"] for row in rows]
    tones = {"act": RED, "good": TEAL, "plain": GREY}
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("row:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    lowest = min(min(row["start"], row["end"]) for row in rows)
    highest = max(max(row["start"], row["end"]) for row in rows)
    room = (highest - lowest) * 0.3 or 1.0
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[lowest - room / 3, highest + room], nice=False, zero=False),
        axis=alt.Axis(title=title, format="~s", tickCount=4, labelOverlap=True),
    )
    changes = (
        base.transform_filter("datum.tone != 'plain'")
        .mark_bar(height=14)
        .encode(
            x=x,
            x2="end:Q",
            color=alt.Color(
                "tone:N",
                scale=alt.Scale(domain=list(tones), range=list(tones.values())),
                legend=None,
            ),
        )
    )
    ends = (
        base.transform_filter("datum.tone == 'plain'")
        .mark_tick(thickness=4, size=18, color=INK)
        .encode(x=x)
    )
    figures = base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(
        x=alt.X("highest:Q"), text="label:N"
    )
    return finished(alt.layer(changes, ends, figures), says, alt.Step(26))


def slope(rows: Rows, says: str) -> dict[str, Any]:
    """Rank by pipeline on the left, rank by CSI on the right; rows have name, left, right, kind."""
    kinds = {"overrated": RED, "underrated": TEAL, "agrees": "#b4bdc7", "insufficient": "#d5dae0"}
    points = [
        {**row, "at": at, "rank": row[side]}
        for row in rows
        for at, side in ((0, "left"), (1, "right"))
    ]
    worst = max(max(row["left"], row["right"]) for row in rows)
    base = alt.Chart(data(points)).encode(
        x=alt.X("at:Q", scale=alt.Scale(domain=[-1.15, 2.15], nice=False), axis=None),
        y=alt.Y(
            "rank:Q", scale=alt.Scale(domain=[worst + 0.6, -0.2], nice=False, zero=False), axis=None
        ),
        detail="name:N",
        order=alt.Order("strong:Q"),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(kinds), range=list(kinds.values())),
            legend=alt.Legend(title=None),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="partner"),
            alt.Tooltip("left:Q", title="pipeline rank"),
            alt.Tooltip("right:Q", title="CSI rank"),
            alt.Tooltip("interval:N", title="CSI"),
            alt.Tooltip("kind:N", title="that is"),
        ],
    )
    strokes = base.mark_line().encode(
        strokeWidth=alt.condition("datum.strong == 1", alt.value(3), alt.value(1.2)),
    )
    ends = base.mark_point(filled=True, opacity=1).encode(
        size=alt.condition("datum.strong == 1", alt.value(60), alt.value(24))
    )

    def labels(at: int, text: str, align: str, dx: int, limit: float) -> alt.Chart:
        return (
            base.transform_filter(f"datum.at == {at}")
            .mark_text(align=align, dx=dx, fontSize=12, limit=alt.ExprRef(f"width * {limit} - 26"))
            .encode(
                text=text,
                color=alt.condition(
                    "datum.strong == 1",
                    alt.Color(
                        "kind:N", scale=alt.Scale(domain=list(kinds), range=list(kinds.values()))
                    ),
                    alt.value(INK),
                ),
            )
        )

    texts = [
        labels(0, "rank:Q", "right", -9, 1),
        labels(0, "name:N", "right", -28, 0.35),
        labels(1, "rank:Q", "left", 9, 1),
        labels(1, "name:N", "left", 28, 0.35),
    ]
    heads = (
        alt.Chart(
            alt.Data(
                values=[
                    {"at": 0, "text": "pipeline", "rank": 0},
                    {"at": 1, "text": "CSI", "rank": 0},
                ]
            )
        )
        .mark_text(fontSize=12, color=MUTED)
        .encode(x="at:Q", y="rank:Q", text="text:N")
    )
    return finished(
        alt.layer(strokes, ends, *texts, heads),
        says,
        max(180, 23 * worst),
    )


def stages(rows: Rows, order: list[str], columns: list[str], says: str) -> dict[str, Any]:
    """Partners by stages, coloured by their score; rows have name, stage, score, told, interval, n, evidence."""
    for row in rows:
        told = row["told"]
        row["ink"] = GREY if told is None else "#ffffff" if abs(told - 50) > 22 else INK
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "stage:N",
            sort=columns,
            title=None,
            axis=alt.Axis(
                orient="top",
                labelAngle=alt.ExprRef("width > 420 ? 0 : -90"),
                labelAlign=alt.ExprRef("width > 420 ? 'center' : 'left'"),
                labelBaseline=alt.ExprRef("width > 420 ? 'bottom' : 'middle'"),
            ),
        ),
        y=alt.Y(
            "name:N",
            sort=order,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="partner"),
            alt.Tooltip("stage:N"),
            alt.Tooltip("score:Q", format=".1f"),
            alt.Tooltip("interval:N", title="effect, 90 % interval"),
            alt.Tooltip("n:Q", format=".0f", title="effective trials"),
            alt.Tooltip("evidence:N"),
        ],
    )
    squares = base.mark_rect(stroke="white", strokeWidth=2, cornerRadius=3).encode(
        color=alt.Color(
            "told:Q",
            scale=alt.Scale(
                domain=[20, 50, 80],
                range=["#c8483c", "#f3f4f2", "#0f766e"],
                clamp=True,
                interpolate="rgb",
            ),
            legend=alt.Legend(title="score; 50 is as expected", gradientLength=180),
        )
    )
    figures = [
        base.transform_filter(f"datum.ink == '{ink}'")
        .mark_text(fontSize=11, color=ink)
        .encode(text=alt.Text("score:Q", format=".0f"))
        for ink in sorted({row["ink"] for row in rows})
    ]
    return finished(alt.layer(squares, *figures), says, alt.Step(24))


def depths(rows: Rows, order: list[str], levels: list[str], says: str) -> dict[str, Any]:
    """Share of each partner's accounts by depth; rows have name, level, n."""
    shades = ["#e6eaee", "#c3d5e3", "#8fb5cf", "#3f83ad", "#0b4f78"][: len(levels)]
    chart = (
        alt.Chart(data(rows))
        .mark_bar(height=15)
        .encode(
            x=alt.X(
                "n:Q",
                stack="normalize",
                axis=alt.Axis(title="share of its accounts", format=".0%", tickCount=5),
            ),
            y=alt.Y(
                "name:N",
                sort=order,
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS),
            ),
            color=alt.Color(
                "level:N",
                sort=levels,
                scale=alt.Scale(domain=levels, range=shades),
                legend=alt.Legend(title=None, columns=alt.ExprRef("width > 420 ? 5 : 1")),
            ),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("name:N", title="partner"),
                alt.Tooltip("level:N"),
                alt.Tooltip("n:Q", title="accounts"),
            ],
        )
    )
    return finished(chart, says, alt.Step(22))


def dumbbells(rows: Rows, order: list[str], says: str) -> dict[str, Any]:
    """Share of customers brought beside share kept; rows have name, brought, kept, tone."""
    tones = {"more": TEAL, "less": RED, "even": GREY}
    base = alt.Chart(data(rows)).encode(
        y=alt.Y(
            "name:N",
            sort=order,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS),
        ),
        color=alt.Color(
            "tone:N", scale=alt.Scale(domain=list(tones), range=list(tones.values())), legend=None
        ),
        tooltip=[
            alt.Tooltip("name:N", title="partner"),
            alt.Tooltip("brought:Q", format=".1%", title="brought"),
            alt.Tooltip("kept:Q", format=".1%", title="kept"),
        ],
    )
    axis = alt.Axis(title="share of customers", format=".0%", tickCount=5)
    spans = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        x=alt.X("brought:Q", axis=axis), x2="kept:Q"
    )
    brought = base.mark_point(filled=True, fill="white", stroke=INK, size=70, opacity=1).encode(
        x=alt.X("brought:Q", axis=axis), color=alt.value("white")
    )
    kept = base.mark_point(filled=True, size=80, opacity=1).encode(x=alt.X("kept:Q", axis=axis))
    return finished(alt.layer(spans, brought, kept), says, alt.Step(22))


def reliability(rows: Rows, says: str) -> dict[str, Any]:
    """Share foretold against share seen; rows have mean_probability, churn_rate and its interval."""
    most = max(max(row["mean_probability"], row["churn_rate_upper"]) for row in rows)
    scale = alt.Scale(domain=[0, most], nice=True)
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "mean_probability:Q",
            scale=scale,
            axis=alt.Axis(title="foretold", format=".0%", tickCount=5, grid=False),
        ),
        tooltip=[
            alt.Tooltip("decile:Q", title="tenth"),
            alt.Tooltip("mean_probability:Q", format=".1%", title="foretold"),
            alt.Tooltip("churn_rate:Q", format=".1%", title="seen"),
            alt.Tooltip("churn_rate_lower:Q", format=".1%", title="from"),
            alt.Tooltip("churn_rate_upper:Q", format=".1%", title="to"),
            alt.Tooltip("n:Q"),
        ],
    )
    axis = alt.Axis(title="seen", format=".0%", tickCount=5)
    even = (
        alt.Chart(alt.Data(values=[{"at": 0}, {"at": most}]))
        .mark_line(color=INK, strokeDash=[4, 4], strokeWidth=1)
        .encode(x="at:Q", y="at:Q")
    )
    spans = base.mark_rule(strokeWidth=3, opacity=0.4, color=BLUE).encode(
        y=alt.Y("churn_rate_lower:Q", scale=scale, axis=axis), y2="churn_rate_upper:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1, color=BLUE).encode(
        y=alt.Y("churn_rate:Q", scale=scale, axis=axis)
    )
    return finished(alt.layer(even, spans, points), says, 260)
