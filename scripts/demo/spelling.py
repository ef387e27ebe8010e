"""What becomes of a company's name, domain and telephone number when people type them: one text in, one text out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .names import slug

ABBREVIATIONS = {
    "International": "Intl",
    "Logistics": "Log.",
    "Insurance": "Ins.",
    "Technology": "Tech",
    "Technologies": "Tech",
    "Services": "Svcs",
    "Solutions": "Sol.",
    "Group": "Grp",
    "Manufacturing": "Mfg",
    "Engineering": "Eng.",
    "Construction": "Constr.",
    "Consulting": "Cons.",
    "Telecom": "Tel.",
    "Networks": "Netw.",
    "Chemicals": "Chem",
    "Instruments": "Instr.",
    "Packaging": "Pkg",
    "Veterinary": "Vet",
    "Furniture": "Furn.",
    "Machines": "Mach.",
    "Security": "Sec.",
    "Software": "SW",
    "Central": "Ctr.",
    "North": "N.",
    "South": "S.",
    "East": "E.",
    "West": "W.",
    "United": "Utd",
    "Partners": "Ptrs",
    "Management": "Mgmt",
    "Associates": "Assoc.",
    "Brothers": "Bros",
    "Company": "Co",
    "and": "&",
    "&": "and",
}
# where a site or a document lies when a company has no domain of its own
SHARED_SITES = (
    "https://{stem}.wixsite.com/home",
    "https://{stem}.notion.site",
    "https://www.notion.so/{stem}",
    "https://{stem}.myshopify.com",
    "https://sites.google.com/view/{stem}",
    "https://bit.ly/{stem}",
    "https://linktr.ee/{stem}",
    "https://www.facebook.com/{stem}",
    "https://{stem}.wordpress.com",
    "https://docs.google.com/document/d/{stem}",
)
FREE_MAIL_WEIGHTS = {"gmail.com": 6, "outlook.com": 2, "yahoo.com": 1, "gmx.de": 1}


def one_of(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def slip(rng: np.random.Generator, name: str) -> str:
    """One slip of the fingers in the longest word: two letters swapped, one left out, doubled or mistaken."""
    words = name.split(" ")
    at = max(range(len(words)), key=lambda i: len(words[i]))
    word = words[at]
    if len(word) < 4:
        return name
    i = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(4))
    if kind == 0 and word[i] != word[i + 1]:
        word = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    elif kind == 1:
        word = word[:i] + word[i + 1 :]
    elif kind == 2:
        word = word[:i] + word[i] + word[i:]
    else:
        other = one_of(rng, "aeiourtnsl".replace(word[i].lower(), ""))
        word = word[:i] + other + word[i + 1 :]
    return " ".join([*words[:at], word, *words[at + 1 :]])


def abbreviated(name: str) -> str:
    """Words that have a usual short form, shortened."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in name.split(" "))


def initialled(name: str) -> str:
    """All words but the last as initials; two words keep the first: Keller Freight North -> KF North, Keller F."""
    words = [word for word in name.split(" ") if word.isalpha()]
    if len(words) > 2:
        return "".join(word[0] for word in words[:-1]) + " " + words[-1]
    return f"{words[0]} {words[-1][0]}." if len(words) == 2 else name


def typed(rng: np.random.Generator, name: str, legal_form: str, city: str) -> str:
    """A name as a hurried colleague enters it; differs from the name."""
    kind = rng.random()
    if kind < 0.34:
        found = slip(rng, name)
    elif kind < 0.56:
        found = abbreviated(name)
    elif kind < 0.66:
        found = initialled(name)
    elif kind < 0.78:
        found = f"{name} ({city})" if city else name
    elif kind < 0.9:
        found = f"{slip(rng, name)} {legal_form}".rstrip()
    else:
        found = f"{abbreviated(name)}, {legal_form.replace('.', '')}".rstrip(", ")
    return found if found != name else slip(rng, name)


def formerly(rng: np.random.Generator, name: str, old: str) -> str:
    form = one_of(rng, ("{0} (formerly {1})", "{0} f/k/a {1}", "{0} (f/k/a {1})", "{0}, ex {1}"))
    return form.format(name, old)


def trading_as(rng: np.random.Generator, brand: str, legal: str) -> str:
    form = one_of(rng, ("{1} d/b/a {0}", "{0} ({1})", "{1} t/a {0}"))
    return form.format(brand, legal)


def redialled(rng: np.random.Generator, phone: str) -> str:
    """The same number in other marks: +44 5551234 -> 0044 555-1234."""
    code, _, digits = phone.partition(" ")
    form = one_of(
        rng, ("{code}{digits}", "00{plain} {a}-{b}", "({plain}) {a} {b}", "{code}-{a}-{b}")
    )
    return form.format(code=code, plain=code[1:], digits=digits, a=digits[:3], b=digits[3:])


def free_address(rng: np.random.Generator, given: str, family: str) -> str:
    """An owner's address with a free-mail provider."""
    hosts = list(FREE_MAIL_WEIGHTS)
    weights = np.array(list(FREE_MAIL_WEIGHTS.values()), dtype=float)
    host = hosts[int(rng.choice(len(hosts), p=weights / weights.sum()))]
    return f"{slug(given)}.{slug(family)}{int(rng.integers(1, 99))}@{host}"
