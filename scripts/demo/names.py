"""Names, domains and places: pools drawn once, combined for any number of organisations."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
from faker import Faker

from .tabular import Columns, join, pick, ref_column, rng_for

COUNTRIES = ["US", "GB", "DE", "FR", "SE", "NL", "ES", "CA", "AU", "IE", "DK", "IT"]
COUNTRY_WEIGHTS = [46, 12, 9, 6, 4, 4, 3, 5, 4, 2, 2, 3]
REGIONS = [
    "NA",
    "EMEA",
    "EMEA",
    "EMEA",
    "EMEA",
    "EMEA",
    "EMEA",
    "NA",
    "APAC",
    "EMEA",
    "EMEA",
    "EMEA",
]
SUFFIXES = ["com", "co.uk", "de", "fr", "se", "nl", "es", "ca", "com.au", "ie", "dk", "it"]
LEGAL_FORMS = [
    "Inc.",
    "Ltd",
    "GmbH",
    "SAS",
    "AB",
    "B.V.",
    "S.L.",
    "Inc.",
    "Pty Ltd",
    "Ltd",
    "ApS",
    "S.r.l.",
]
DIALLING = ["+1", "+44", "+49", "+33", "+46", "+31", "+34", "+1", "+61", "+353", "+45", "+39"]
CITIES = [
    ["Columbus", "Denver", "Austin", "Portland", "Raleigh", "Tampa", "Boise", "Omaha"],
    ["Leeds", "Bristol", "Cardiff", "Norwich"],
    ["Kassel", "Bremen", "Mainz", "Erfurt"],
    ["Lille", "Nantes", "Dijon", "Tours"],
    ["Uppsala", "Lund", "Kalmar", "Falun"],
    ["Utrecht", "Breda", "Zwolle", "Delft"],
    ["Sevilla", "Bilbao", "Vigo", "Murcia"],
    ["Halifax", "Calgary", "Ottawa", "Regina"],
    ["Perth", "Hobart", "Cairns", "Geelong"],
    ["Cork", "Galway", "Sligo", "Limerick"],
    ["Aarhus", "Odense", "Aalborg", "Vejle"],
    ["Torino", "Parma", "Lecce", "Udine"],
]
INDUSTRIES = [
    "Software",
    "Manufacturing",
    "Retail",
    "Financial services",
    "Health care",
    "Logistics",
    "Energy",
    "Media",
    "Education",
    "Construction",
]
TRADES = [
    "Logistics",
    "Foods",
    "Textiles",
    "Robotics",
    "Insurance",
    "Pharma",
    "Optics",
    "Steel",
    "Ceramics",
    "Freight",
    "Analytics",
    "Software",
    "Motors",
    "Timber",
    "Paper",
    "Chemicals",
    "Dental",
    "Clinics",
    "Mutual",
    "Capital",
    "Bank",
    "Telecom",
    "Networks",
    "Media",
    "Press",
    "Games",
    "Studios",
    "Travel",
    "Hotels",
    "Shipping",
    "Airways",
    "Rail",
    "Energy",
    "Solar",
    "Wind",
    "Water",
    "Mining",
    "Glass",
    "Plastics",
    "Packaging",
    "Printing",
    "Furniture",
    "Tools",
    "Machines",
    "Instruments",
    "Devices",
    "Sensors",
    "Biotech",
    "Genetics",
    "Veterinary",
    "Farms",
    "Dairy",
    "Brewing",
    "Bakery",
    "Apparel",
    "Footwear",
    "Jewels",
    "Homes",
    "Estates",
    "Builders",
    "Roofing",
    "Learning",
    "Academy",
    "Security",
]
ENDINGS = [
    "",
    "Group",
    "North",
    "South",
    "East",
    "West",
    "Central",
    "One",
    "Prime",
    "Direct",
    "United",
    "Global",
    "Allied",
    "Pacific",
    "Atlantic",
    "Nordic",
    "Alpine",
    "Coastal",
    "Modern",
    "Pioneer",
    "Summit",
    "Harbour",
    "River",
    "Valley",
]
PRACTICES = [
    "Advisory",
    "Consulting",
    "Digital",
    "Integration",
    "Cloudworks",
    "Partners",
    "Solutions",
    "Enablement",
    "Services",
    "Technology",
]
STREETS = [
    "Mill",
    "Station",
    "Park",
    "Harbour",
    "Market",
    "Church",
    "Garden",
    "Bridge",
    "Foundry",
    "Orchard",
    "Canal",
    "Meadow",
]
FREE_MAIL = ["gmail.com", "outlook.com", "yahoo.com", "gmx.de"]
TITLES = [
    "Chief Information Officer",
    "Chief Operating Officer",
    "VP Operations",
    "VP Customer Operations",
    "Director of IT",
    "Director of Platforms",
    "Operations Manager",
    "Systems Manager",
    "Business Analyst",
    "Administrator",
]
TITLE_SENIORITY = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], dtype=np.int16)
VENDOR_NAME = "Lumenfold"
VENDOR_DOMAIN = "lumenfold.com"


def slug(word: str) -> str:
    """Lower-case ASCII letters and digits of a word."""
    folded = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return "".join(c for c in folded.lower() if c.isalnum())


def _pool(draws: list[str], longest: int) -> list[str]:
    """Distinct single words, in the order drawn, that differ also as slugs."""
    kept: dict[str, str] = {}
    for word in draws:
        key = slug(word)
        if word.isalpha() and 3 <= len(key) <= longest and len(key) == len(word):
            kept.setdefault(key, word)
    return list(kept.values())


class Pools:
    """Words drawn from Faker with the scenario's seed: family names and given names."""

    def __init__(self, seed: int) -> None:
        family: list[str] = []
        given: list[str] = []
        for locale in ("en_US", "de_DE", "fr_FR", "sv_SE", "es_ES", "nl_NL", "it_IT"):
            fake = Faker(locale)
            fake.seed_instance(seed)
            family += [fake.last_name() for _ in range(1500)]
            given += [fake.first_name() for _ in range(400)]
        words = _pool(family, 11)
        order = rng_for(seed, "family names").permutation(len(words))
        self.family = [words[i] for i in order]
        self.given = _pool(given, 10)
        self.family_slugs = pa.array([slug(w) for w in self.family])
        self.given_slugs = pa.array([slug(w) for w in self.given])


def organisation_names(pools: Pools, n: int, seed: int) -> tuple[pa.Array, pa.Array]:
    """n distinct names and n distinct domain stems (no suffix), both (n,)."""
    rng = rng_for(seed, "organisation names")
    heads, trades = len(pools.family), len(TRADES)
    endings = int(min(len(ENDINGS), np.ceil(2 * n / (heads * trades))))
    space = heads * trades * endings
    if n + n // 50 + 10 > space:
        raise ValueError(f"{n} organisations need more names than the pools give ({space})")
    combo = rng.choice(space, size=min(space, n + n // 50 + 10), replace=False)
    head, rest = combo % heads, combo // heads
    trade, ending = rest % trades, rest // trades
    trade_slugs = pa.array([slug(w) for w in TRADES])
    ending_slugs = pa.array([slug(w) for w in ENDINGS])
    stems = join(
        pools.family_slugs.take(pa.array(head)),
        trade_slugs.take(pa.array(trade)),
        ending_slugs.take(pa.array(ending)),
    )
    _, first = np.unique(stems.to_numpy(zero_copy_only=False), return_index=True)
    keep = pa.array(np.sort(first)[:n])
    if len(keep) < n:
        raise ValueError("the name pools collide too often")
    ended = pa.array(["", *[" " + e for e in ENDINGS[1:]]])
    names = join(
        pa.array(pools.family).take(pa.array(head)),
        " ",
        pa.array(TRADES).take(pa.array(trade)),
        ended.take(pa.array(ending)),
    )
    return names.take(keep), stems.take(keep)


def partner_names(pools: Pools, n: int, seed: int) -> tuple[list[str], list[str]]:
    """n distinct partner names and their domains."""
    rng = rng_for(seed, "partner names")
    heads = rng.choice(len(pools.family), size=(n, 2), replace=False)
    practices = rng.integers(0, len(PRACTICES), n)
    names, domains = [], []
    for (a, b), practice in zip(heads, practices, strict=True):
        first, second, trade = pools.family[a], pools.family[b], PRACTICES[practice]
        names.append(f"{first} {trade}" if practice % 2 else f"{first} & {second} {trade}")
        domains.append(f"{slug(first)}{'' if practice % 2 else slug(second)}-{slug(trade)}.com")
    return names, domains


def places(n: int, seed: int) -> Columns:
    """Country, city, street, house number, postal code and phone as integer codes, (n,) each."""
    rng = rng_for(seed, "places")
    return {
        "country": pick(rng, COUNTRY_WEIGHTS, n),
        "city": rng.integers(0, 4, n).astype(np.int32),
        "street": rng.integers(0, len(STREETS), n).astype(np.int32),
        "house": rng.integers(1, 400, n).astype(np.int32),
        "postal_code": rng.integers(10_000, 99_999, n).astype(np.int32),
        "phone": rng.integers(2_000_000, 9_999_999, n).astype(np.int32),
        "suffix_own": (rng.random(n) < 0.35).astype(np.int8),
    }


def person_names(pools: Pools, n: int, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """Full names and the local parts of their addresses, (n,) each."""
    given = ref_column(rng.integers(0, len(pools.given), n))
    family = ref_column(rng.integers(0, len(pools.family), n))
    full = join(pa.array(pools.given).take(given), pa.array(pools.family).take(family), sep=" ")
    local = join(pools.given_slugs.take(given), pools.family_slugs.take(family), sep=".")
    return full, local
