"""The macros that compute and read, through dbt, against scipy, datetime and cases by hand."""

import datetime as dt
import hashlib
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact, hypergeom, norm
from statsmodels.stats.proportion import confint_proportions_2indep
from test_components import fill_table, run_dbt

Cell = object


@dataclass(frozen=True)
class Macro:
    """A call, the columns it reads, and its cases: arguments and what must come out."""

    call: str
    columns: Mapping[str, str]
    cases: list[tuple[tuple[Cell, ...], Cell]]
    tolerance: float = 0.0


def grid(start: float, stop: float, n: int) -> list[float]:
    return [start + (stop - start) * place / (n - 1) for place in range(n)]


def texts(cases: Mapping[str | None, Cell]) -> list[tuple[tuple[Cell, ...], Cell]]:
    return [((text,), result) for text, result in cases.items()]


# ------------------------------------------------------------------------------------- statistics

HALF_LINE = [*grid(0.05, 8, 160), 1e-9, 1.644853627, 12.0, 40.0]
NORMAL = [0.0, *HALF_LINE, *[-x for x in HALF_LINE]]
LOGISTIC = [*grid(-30, 30, 121), 300.0, -300.0]


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def e_value(expected: float, effect: float) -> float | None:
    """VanderWeele & Ding 2017: RR + sqrt(RR (RR - 1)), of the rarer outcome, RR turned above 1."""
    risks = (expected, expected + effect)
    if expected >= 0.5:
        risks = (1 - risks[0], 1 - risks[1])
    if min(risks) <= 0:
        return None
    ratio = max(risks) / min(risks)
    return ratio + math.sqrt(ratio * (ratio - 1))


E_VALUES = [
    # the paper's examples: risk ratio 3.9 is 7.26, and 0.8 is 1.81
    *[((0.1, effect), result) for effect, result in ((0.29, 7.26303), (-0.02, 1.80902))],
    ((0.3, 0.0), 1.0),
    ((0.9, 0.0), 1.0),
    ((0.5, 0.25), 2 + math.sqrt(2)),
    ((0.5, -0.25), 1.5 + math.sqrt(0.75)),
    # nothing left of the rarer outcome, or more than all of it
    ((0.8, 0.2), None),
    ((0.8, 0.3), None),
    ((0.2, -0.2), None),
    ((0.2, -0.3), None),
    ((0.0, 0.1), None),
    ((1.0, -0.1), None),
    ((None, 0.1), None),
    ((0.3, None), None),
    *[
        ((expected, effect), e_value(expected, effect))
        for expected, effect in product((0.03, 0.2, 0.49, 0.51, 0.77, 0.96), grid(-0.5, 0.5, 8))
    ],
]


def wilson(share: float | None, n: float | None, z: float, upper: bool) -> float | None:
    """The true shares from which the one observed lies z standard errors away: (share - x)^2 = z^2 x (1 - x) / n."""
    if share is None or not n:
        return None
    roots = np.roots([1 + z * z / n, -2 * share - z * z / n, share * share])
    return float(max(roots.real) if upper else min(roots.real))


Z90 = float(norm.ppf(0.95))
WILSONS = [
    *product((0.0, 0.02, 0.5, 0.93, 1.0), (1.0, 2.2727, 43.05, 200.0, 1e6), (1.645, 1.96)),
    *((share, n, 1.645) for share, n in ((0.5, 0.0), (0.5, None), (None, 10.0))),
]


def wilsons(upper: bool) -> list[tuple[tuple[Cell, ...], Cell]]:
    published = binomtest(18, 20).proportion_ci(0.9, method="wilson")
    return [
        ((0.9, 20.0, Z90), published.high if upper else published.low),
        *[(case, wilson(*case, upper)) for case in WILSONS],
    ]


def differences(place: int) -> list[tuple[tuple[Cell, ...], Cell]]:
    cases = [(3, 4, 1, 4), (0, 10, 0, 12), (5, 5, 0, 7), (16, 116, 6, 192), (56, 70, 48, 80)]
    found = [
        (
            (a / n, n, c / m, m),
            confint_proportions_2indep(a, n, c, m, method="newcomb", alpha=0.1)[place],
        )
        for a, n, c, m in cases
    ]
    return [*found, ((None, 0, 0.5, 4), None)]


STABLE_SHARES = [
    ((a, b), int(hashlib.md5(f"{a or '~null~'}|{b}|1".encode()).hexdigest()[:15], 16) / 2**60)
    for a, b in product(("acme", "globex", "ü", None), ("champion_left", "renewal_near"))
]

DECAYS = [
    ((0, 180), 1.0),
    ((180, 180), 0.5),
    ((360, 180), 0.25),
    ((90, 180), math.sqrt(0.5)),
    ((1, 180), 2 ** (-1 / 180)),
    ((10_000, 180), 2 ** (-10_000 / 180)),
    ((7, 7), 0.5),
    ((7, 2), 2**-3.5),
    ((None, 180), None),
]

# ties only where a thousandth and a half can be written exactly
DECIMALS = [
    ((0.0,), "0.000"),
    ((1.0,), "1.000"),
    ((0.0115,), "0.012"),
    ((0.08945,), "0.089"),
    ((0.0896,), "0.090"),
    ((0.9994,), "0.999"),
    ((0.9996,), "1.000"),
    ((9.9994,), "9.999"),
    ((0.0004,), "0.000"),
    ((0.001,), "0.001"),
    ((0.01,), "0.010"),
    ((0.1,), "0.100"),
    ((1e-12,), "0.000"),
    ((0.0625,), "0.063"),
    ((0.1875,), "0.188"),
    ((0.3125,), "0.313"),
    ((2.4375,), "2.438"),
    ((3.05,), "3.050"),
    ((None,), None),
    *[((number,), f"{number:.3f}") for number in grid(0.00013, 9.99871, 97)],
]

# ---------------------------------------------------------------------------------------- reading

DAY = dt.datetime(2024, 1, 31)
TIMESTAMPS = {
    "2024-01-31": DAY,
    "2024-01-31T10:20": DAY.replace(hour=10, minute=20),
    "2024-01-31 10:20": DAY.replace(hour=10, minute=20),
    "2024-01-31T10:20:30": DAY.replace(hour=10, minute=20, second=30),
    "2024-01-31T00:00:00Z": DAY,
    "2024-01-31T10:20:30Z": DAY.replace(hour=10, minute=20, second=30),
    "2024-01-31 10:20:30 UTC": DAY.replace(hour=10, minute=20, second=30),
    "2024-01-31T23:59:59.999999999": DAY.replace(hour=23, minute=59, second=59),
    "2024-01-31T10:20:30.5Z": DAY.replace(hour=10, minute=20, second=30),
    "2024-01-31T10:20:30+02:00": DAY.replace(hour=8, minute=20, second=30),
    "2024-01-31T10:20:30+0200": DAY.replace(hour=8, minute=20, second=30),
    "2024-01-31T10:20:30+02": DAY.replace(hour=8, minute=20, second=30),
    "2024-01-31 10:20:30 +0200": DAY.replace(hour=8, minute=20, second=30),
    "2024-01-31T10:20+02:00": DAY.replace(hour=8, minute=20),
    "2024-01-31T10:20Z": DAY.replace(hour=10, minute=20),
    "2024-01-31T10:20-05:30": DAY.replace(hour=15, minute=50),
    "2024-01-31T10:20:30.123456-05:30": DAY.replace(hour=15, minute=50, second=30),
    "2024-01-31T10:20:30+00:00": DAY.replace(hour=10, minute=20, second=30),
    "2024-01-31T10:20:30-00:00": DAY.replace(hour=10, minute=20, second=30),
    "2024-01-31T10:20:30+05:45": DAY.replace(hour=4, minute=35, second=30),
    # over midnight, the year's end and a leap day
    "2024-01-31T00:30:00+02:00": dt.datetime(2024, 1, 30, 22, 30),
    "2024-12-31T23:30:00-02:00": dt.datetime(2025, 1, 1, 1, 30),
    "2024-03-01T00:00:00+14:00": dt.datetime(2024, 2, 29, 10, 0),
    "2024-02-29": dt.datetime(2024, 2, 29),
    "2000-02-29": dt.datetime(2000, 2, 29),
    "2000-02-29T23:59:59": dt.datetime(2000, 2, 29, 23, 59, 59),
    "1000-01-01": dt.datetime(1000, 1, 1),
    "1969-12-31T23:59:59Z": dt.datetime(1969, 12, 31, 23, 59, 59),
    "9999-12-31": dt.datetime(9999, 12, 31),
    # days and times that are not
    "1900-02-29": None,
    "2100-02-29": None,
    "2023-02-29": None,
    "2024-02-30": None,
    "2024-02-31": None,
    "2024-04-31": None,
    "2024-06-31": None,
    "2024-09-31": None,
    "2024-11-31": None,
    "2024-01-32": None,
    "2024-00-10": None,
    "2024-13-01": None,
    "2024-01-00": None,
    "0000-01-01": None,
    "0999-01-01": None,
    "2024-01-31T24:00:00": None,
    "2024-01-31T10:60": None,
    "2024-01-31T10:20:60": None,
    "2024-01-31T10:20:30+24:00": None,
    "2024-01-31T10:20:30+02:60": None,
    "2024-01-31T10:20:30+2": None,
    "2024-01-31T10:20:30+02:0": None,
    "2024-01-31T10:20:30+02:00Z": None,
    "2024-01-31T10:20:30 CET": None,
    "2024-01-31T10:20:30.": None,
    "2024-01-31T": None,
    "2024-01-31Z": None,
    "2024-1-31": None,
    "24-01-31": None,
    "2024/01/31": None,
    "20240131": None,
    "31.01.2024": None,
    "01/31/2024": None,
    "2024-01": None,
    "2024-01-31 10:20:30 and more": None,
    "on 2024-01-31": None,
    "2024-01-31\n": None,
    "45322": None,
    "today": None,
    "infinity": None,
    "epoch": None,
    "": None,
    None: None,
}

NUMBERS = {
    "0": 0.0,
    "-0": 0.0,
    "42": 42.0,
    "+42": 42.0,
    "-42.50": -42.5,
    "007": 7.0,
    ".5": 0.5,
    "-.5": -0.5,
    "5.": 5.0,
    "1e3": 1000.0,
    "1.5E-3": 0.0015,
    "1E+99": 1e99,
    "2e-99": 2e-99,
    "0.1": 0.1,
    "123456789012345678901234567890": 123456789012345678901234567890.0,
    "3.141592653589793238462643383279": math.pi,
    "1,000": None,
    "1,5": None,
    "1.000.000": None,
    "1 000": None,
    "1'000": None,
    "1_000": None,
    "$5": None,
    "5 EUR": None,
    "50%": None,
    "(5)": None,
    "--5": None,
    "+-5": None,
    "5-": None,
    "1e": None,
    "e5": None,
    "1e5.5": None,
    "1e100": None,
    ".": None,
    "-": None,
    "0x1F": None,
    "NaN": None,
    "inf": None,
    "-Infinity": None,
    "true": None,
    "٤٢": None,
    " 5": None,
    "5\n": None,
    "": None,
    None: None,
}

BOOLEANS = {
    **dict.fromkeys(["true", "True", "TRUE", "t", "yes", "Yes", "y", "Y", "1"], True),
    **dict.fromkeys(["false", "False", "FALSE", "f", "no", "No", "n", "N", "0"], False),
    **dict.fromkeys(
        ["on", "off", "2", "-1", "1.0", "yess", "tru", "null", " true", "", None], None
    ),
}

# ------------------------------------------------------------------------------------------ names

NAMES = {
    "Acme": "acme",
    "ACME, Inc.": "acme inc",
    "  Acme \t Inc  ": "acme inc",
    "AT&T": "at and t",
    "Marks & Spencer": "marks and spencer",
    "&": "and",
    "O'Reilly Media": "oreilly media",
    "O\u2019Reilly Media": "oreilly media",
    '"Acme" (UK) Ltd': "acme uk ltd",
    "A.B.C. Corp.": "abc corp",
    "S.p.A.": "spa",
    "Acme-West/East_2": "acme west east 2",
    "3M": "3m",
    "Yahoo!": "yahoo",
    "Müller & Söhne GmbH": "muller and sohne gmbh",
    "Straße": "strasse",
    "STRAẞE": "strasse",
    "Société Générale": "societe generale",
    "Ærøskøbing": "aeroskobing",
    "Œuvre": "oeuvre",
    "Łódź": "lodz",
    "Škoda Plzeň": "skoda plzen",
    "Ñandú": "nandu",
    "Çelik Şişe Ağaç": "celik sise agac",
    "Ångström": "angstrom",
    "Žalgiris Ėglė Šiaulių": "zalgiris egle siauliu",
    "Győri Űrhajó": "gyori urhajo",
    "Türkiye İş Bankası": "turkiye is bankasi",
    "Constanța Brașov": "constanta brasov",
    "Đakovo": "dakovo",
    "Ķekava Ļaudona Ņukši Ģērmaņi": "kekava laudona nuksi germani",
    "Ľubovňa Ŕ Ĺ": "lubovna r l",
    "Mu\u0308ller": "muller",
    "株式会社": None,
    "...": None,
    " - ": None,
    "'": None,
    "   ": None,
    "": None,
    None: None,
}

HOSTS = {
    "example.com": "example.com",
    "EXAMPLE.Com": "example.com",
    "  example.com  ": "example.com",
    "example.com.": "example.com",
    "www.example.co.uk": "www.example.co.uk",
    "a-b.example.com": "a-b.example.com",
    "xn--mnchen-3ya.de": "xn--mnchen-3ya.de",
    "münchen.de": "münchen.de",
    "3m.com": "3m.com",
    "http://example.com": "example.com",
    "HTTPS://Example.com/": "example.com",
    "https://example.com/a/b.html?c=d#e": "example.com",
    "example.com/path": "example.com",
    "example.com?x=1": "example.com",
    "example.com#top": "example.com",
    "https://example.com?mail=jo@other.com": "example.com",
    "https://example.com/@jo": "example.com",
    "https://example.com:8443/a": "example.com",
    "example.com:80": "example.com",
    "https://jo:secret@example.com:8443/a": "example.com",
    "ftp://files.example.com": "files.example.com",
    "jo@example.com": "example.com",
    "Jo.Doe+news@Mail.Example.com": "mail.example.com",
    "mailto:jo@example.com": "example.com",
    # no host, or none that somebody registers
    "192.168.0.1": None,
    "http://10.0.0.1:8080/a": None,
    "jo@127.0.0.1": None,
    "http://[2001:db8::1]:80/": None,
    "2001:db8::1": None,
    "localhost": None,
    "http://intranet/": None,
    "jo@localhost": None,
    "jo@": None,
    "not a domain.com": None,
    "example..com": None,
    "Jo Doe <jo@example.com>": None,
    "example.com, other.com": None,
    "example.com,other.com": None,
    "n/a": None,
    "-": None,
    ".": None,
    ".com": None,
    "http://": None,
    "@": None,
    "": None,
    None: None,
}

# how many cover the whole, two coverages (the second as a difference), and what they come to together
SHARES = (0.0, 1e-12, 0.3, 0.5, 0.999999, 1.0)
COVERAGES = [
    ((int(a == 1) + int(b == 1), a, b + 0.25, 0.25), 1 - (1 - a) * (1 - b))
    for a, b in product(SHARES, (0.0, 0.25, 0.5, 1.0))
]

MACROS = {
    "normal_cdf": Macro(
        "{{ normal_cdf('a') }}",
        {"a": "double"},
        [*[((x,), norm.cdf(x)) for x in NORMAL], ((None,), None)],
        tolerance=1e-7,
    ),
    "normal_cdf_of_an_expression": Macro(
        "{{ normal_cdf('a - b') }}",
        {"a": "double", "b": "double"},
        [((a, b), norm.cdf(a - b)) for a, b in product((-1.5, 0.0, 2.0), (-0.25, 1.0))],
        tolerance=1e-7,
    ),
    "logistic": Macro(
        "{{ logistic('a') }}",
        {"a": "double"},
        [*[((x,), logistic(x)) for x in LOGISTIC], ((None,), None)],
        tolerance=1e-14,
    ),
    "logistic_of_an_expression": Macro(
        "1 - {{ logistic('a - b') }}",
        {"a": "double", "b": "double"},
        [((a, b), logistic(b - a)) for a, b in product((-1.5, 0.0, 2.0), (-0.25, 1.0))],
        tolerance=1e-14,
    ),
    "e_value": Macro(
        "{{ e_value('a', 'b') }}", {"a": "double", "b": "double"}, E_VALUES, tolerance=5e-6
    ),
    "e_value_of_expressions": Macro(
        "{{ e_value('a - b', 'b - a / 2') }}",
        {"a": "double", "b": "double"},
        [((a, b), e_value(a - b, b - a / 2)) for a, b in ((0.9, 0.3), (0.5, 0.2), (0.9, 0.5))],
        tolerance=1e-9,
    ),
    **{
        f"wilson_{name}": Macro(
            f"{{{{ wilson('a', 'b', 'c', '{side}') }}}}",
            {"a": "double", "b": "double", "c": "double"},
            wilsons(side == "+"),
            tolerance=1e-7,
        )
        for name, side in (("lower", "-"), ("upper", "+"))
    },
    **{
        f"difference_{name}": Macro(
            f"{{{{ difference_bound('a', 'b', 'c', 'd', '{Z90!r}', '{side}') }}}}",
            {"a": "double", "b": "integer", "c": "double", "d": "integer"},
            differences(place),
            tolerance=1e-9,
        )
        for place, (name, side) in enumerate((("lower", "-"), ("upper", "+")))
    },
    "stable_share": Macro(
        "{{ stable_share(['a', 'b', 'cast(1 as bigint)']) }}",
        {"a": "varchar", "b": "varchar"},
        STABLE_SHARES,
        tolerance=1e-12,
    ),
    "hours_between": Macro(
        "{{ hours_between('a', 'b') }}",
        {"a": "timestamp", "b": "timestamp"},
        [
            ((dt.datetime(2026, 2, 28, 12), dt.datetime(2026, 3, 1, 18, 30)), 30.5),
            ((dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 1)), 0.0),
            ((dt.datetime(2026, 3, 1), None), None),
        ],
    ),
    "half_life_decay": Macro(
        "{{ half_life_decay('a', 'b') }}",
        {"a": "integer", "b": "integer"},
        DECAYS,
        tolerance=1e-14,
    ),
    "half_life_decay_of_expressions": Macro(
        "{{ half_life_decay('a - b', 'a + b') }}",
        {"a": "integer", "b": "integer"},
        [((90, 30), 0.5**0.5), ((5, 5), 1.0)],
        tolerance=1e-14,
    ),
    "combined_coverage": Macro(
        "1 * {{ combined_coverage('n', log_open('a') ~ ' + ' ~ log_open('b - c')) }}",
        {"n": "integer", "a": "double", "b": "double", "c": "double"},
        COVERAGES,
        tolerance=1e-14,
    ),
    "log_open_of_nothing": Macro("{{ log_open('a') }}", {"a": "double"}, [((None,), None)]),
    "three_decimals": Macro("{{ three_decimals('a') }}", {"a": "double"}, DECIMALS),
    "read_timestamp": Macro("{{ read_timestamp('a') }}", {"a": "text"}, texts(TIMESTAMPS)),
    "read_date": Macro(
        "{{ read_date('a') }}",
        {"a": "text"},
        texts({text: moment and moment.date() for text, moment in TIMESTAMPS.items()}),
    ),
    "read_number": Macro("{{ read_number('a') }}", {"a": "text"}, texts(NUMBERS)),
    "read_boolean": Macro("{{ read_boolean('a') }}", {"a": "text"}, texts(BOOLEANS)),
    "normalise_name": Macro("{{ normalise_name('a') }}", {"a": "text"}, texts(NAMES)),
    "normalise_host": Macro("{{ normalise_host('a') }}", {"a": "text"}, texts(HOSTS)),
}

# ------------------------------------------------------------------------------------------ Fisher

KNOWN_TABLES = {
    (8, 2, 2, 8): 0.0115,
    (2, 8, 8, 2): 0.0115,
    (7, 3, 3, 7): 0.0894,
    (10, 0, 0, 10): 1 / math.comb(20, 10),
    (5, 5, 5, 5): 0.6719,
    (1, 0, 0, 0): 1.0,
    (0, 0, 0, 0): 1.0,
    (0, 0, 4, 6): 1.0,
    (4, 0, 6, 0): 1.0,
}


def fisher_tables() -> list[tuple[int, int, int, int]]:
    """Known tables, all of up to three a cell, and random ones up to a thousand in all."""
    draw = random.Random(11)
    found = {*KNOWN_TABLES, *product(range(4), repeat=4), (500, 0, 0, 500), (250, 250, 250, 250)}
    for total in (5, 20, 60, 200, 997, 1000):
        for _ in range(30):
            cuts = sorted(draw.randint(0, total) for _ in range(3))
            found.add((cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], total - cuts[2]))
    return sorted(found)


def fisher_by_hand(a: int, b: int, c: int, d: int) -> float:
    """The chance of what was seen or more of it, in the direction seen."""
    if a + b + c + d == 0:
        return 1.0
    drawn = hypergeom(a + b + c + d, a + c, a + b)
    return drawn.sf(a - 1) if a * d >= b * c else drawn.cdf(a)


FISHER = """
with tables as (select * from raw.fisher),

{{ fisher_one_sided('tables', 'table_key') }}

select table_key, fisher_p from fisher_tested
"""


# --------------------------------------------------------------------------------------- the tests


def models() -> dict[str, str]:
    """Every macro over its cases: a model for each."""
    calls = {
        name: f"select case_number, {macro.call} as result from raw.{name}"
        for name, macro in MACROS.items()
    }
    days = "select a, {{ read_date('a') }} as result from raw.days"
    return {**calls, "fisher": FISHER, "days": days}


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that these models read."""
    for name, macro in MACROS.items():
        rows = [(number, *arguments) for number, (arguments, _) in enumerate(macro.cases)]
        fill_table(connection, name, {"case_number": "integer", **macro.columns}, rows)
    columns = {"table_key": "text", **dict.fromkeys("abcd", "integer")}
    rows = [(str(table), *table) for table in fisher_tables()]
    fill_table(connection, "fisher", columns, rows)
    fill_table(connection, "days", {"a": "text"}, [(text,) for text in all_days()])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_dbt(tmp_path_factory.mktemp("macros"), models(), fill)


def results(database: Path, name: str) -> dict[object, object]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return dict(connection.execute(f"from {name}").fetchall())


def is_equal(seen: Cell, expected: Cell, tolerance: float) -> bool:
    if seen is None or expected is None or not tolerance:
        return seen == expected and type(seen) is type(expected)
    return math.isclose(seen, expected, rel_tol=0, abs_tol=tolerance)


@pytest.mark.parametrize("name", MACROS)
def test_macro(database: Path, name: str) -> None:
    macro, seen = MACROS[name], results(database, name)
    assert len(seen) == len(macro.cases)
    assert not {
        arguments: {"expected": expected, "seen": seen[number]}
        for number, (arguments, expected) in enumerate(macro.cases)
        if not is_equal(seen[number], expected, macro.tolerance)
    }


def test_normal_cdf_is_symmetric_and_never_falls(database: Path) -> None:
    seen = results(database, "normal_cdf")
    cases = [arguments[0] for arguments, _ in MACROS["normal_cdf"].cases]
    by_x = {x: seen[number] for number, x in enumerate(cases) if x is not None}
    assert all(by_x[x] + by_x[-x] == pytest.approx(1, abs=1e-15) for x in HALF_LINE)
    ordered = [by_x[x] for x in sorted(by_x)]
    assert all(0 <= one <= other <= 1 for one, other in pairwise(ordered))


def test_fisher_agrees_with_the_hypergeometric_distribution(database: Path) -> None:
    seen = results(database, "fisher")
    assert seen.keys() == {str(table) for table in fisher_tables()}
    assert not {
        table: (seen[str(table)], fisher_by_hand(*table))
        for table in fisher_tables()
        if not math.isclose(seen[str(table)], fisher_by_hand(*table), rel_tol=1e-9)
    }


def test_fisher_agrees_with_scipy_and_known_values(database: Path) -> None:
    seen = results(database, "fisher")
    for (a, b, c, d), expected in KNOWN_TABLES.items():
        direction = "greater" if a * d >= b * c else "less"
        exact = fisher_exact([[a, b], [c, d]], alternative=direction).pvalue
        assert seen[str((a, b, c, d))] == pytest.approx(exact, rel=1e-9)
        assert seen[str((a, b, c, d))] == pytest.approx(expected, abs=5e-5)


def test_dates_agree_with_the_calendar(database: Path) -> None:
    """Every day that datetime knows is read, and none beside."""
    seen = results(database, "days")
    assert seen == {text: day_or_none(text) for text in all_days()}


def all_days() -> Iterable[str]:
    for year, month, day in product((1900, 2000, 2023, 2024, 2100), range(14), range(33)):
        yield f"{year}-{month:02}-{day:02}"


def day_or_none(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
