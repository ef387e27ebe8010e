"""The proof worlds: what each is made of, and what it must show. One world of one seed is built apart; see judging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scripts.demo import Scenario

STREAMS = (
    "accounts",
    "partners",
    "people",
    "opportunities",
    "opportunity_partners",
    "touches",
    "relationships",
    "milestones",
    "subscriptions",
    "usage",
    "setup_events",
    "feedback",
    "solutions",
)
"""What the measures read; the rest of a company's data is left out."""

# A book in which partners are everywhere: in most deals, and at three in four customers. Nothing hidden ties them to
# customers. They differ so much that the spread of their true effects on retention is about the reference spread of the
# seed `stages`.
BOOK = Scenario(
    n_accounts=3000,
    tidy=True,
    hard_mess=False,
    opening_share=0.3,
    base_win=0.45,
    sourced_share=0.55,
    influenced_share=0.55,
    loud_source_share=0.25,
    served_share=0.75,
    loud_service_share=0.1,
    quiet_service_share=0.08,
    fit_confounding=0.0,
    churn=(0.3, 0.2, 0.1),
    partner_spread=0.65,
    loud_hazard=1.5,
    quiet_hazard=0.6,
    win_spread=0.4,
    growth_spread=0.2,
    voice_spread=0.4,
)
FEW = (4, 5, 6, 7, 8)
# New customers are few beside renewals: for each partner to have credited trials enough in the stages of a first year
# too, everybody is new and there are five partners.
YOUNG = replace(
    BOOK, n_partners=5, opening_share=0.05, loud_service_share=0.2, quiet_service_share=0.2
)


@dataclass(frozen=True)
class World:
    """A world: its name, the question it answers, and its scenario for a seed."""

    name: str
    question: str
    scenario: Callable[[int], Scenario]


def book(**changes: object) -> Callable[[int], Scenario]:
    return lambda seed: replace(BOOK, seed=seed, **changes)


def few_partners(seed: int) -> Scenario:
    n = FEW[seed % len(FEW)]
    return replace(
        BOOK, seed=seed, n_partners=n, loud_service_share=1.4 / n, quiet_service_share=1 / n
    )


WORLDS = {
    world.name: world
    for world in (
        World("null", "Is something found where nothing is?", book(kind="null")),
        World(
            "random_touches",
            "Do survivors' touches look like a cause (immortal time)?",
            book(kind="random_touches"),
        ),
        World(
            "null_young",
            "The same in the stages of new customers",
            lambda seed: replace(YOUNG, seed=seed, kind="null"),
        ),
        World(
            "random_young",
            "And with touches thrown at whoever is there",
            lambda seed: replace(YOUNG, seed=seed, kind="random_touches"),
        ),
        World("planted", "Are partners put in the right order, with honest intervals?", book()),
        World("planted_6000", "And with twice the customers?", book(n_accounts=6000)),
        World(
            "planted_half",
            "What is left where partners differ half as much?",
            book(partner_spread=0.3, loud_hazard=1.25, quiet_hazard=0.8),
        ),
        World(
            "segments",
            "Is who serves which segment told from how well?",
            book(segment_confounding=0.8),
        ),
        World("few_partners", "Do intervals hold with 4 to 8 partners?", few_partners),
        World(
            "hidden_fit",
            "Is a hidden cause shown to be within reach of the sensitivity figure?",
            book(
                hazards=(1.0,) * 24,
                champion_save=0.0,
                two_fits=True,
                fit_hazard=0.6,
                fit_confounding=1.0,
                win_fit=0.0,
                growth_spread=0.0,
                voice_spread=0.0,
            ),
        ),
        World(
            "one_partner",
            "Is nothing claimed of a partner that is everywhere?",
            book(
                n_partners=3,
                served_share=0.99999,
                second_service_share=0.0,
                loud_service_share=1.0,
                quiet_service_share=0.0,
                serves_own_sourced=0.0,
                loud_serves_own_sourced=1.0,
                loud_source_share=1.0,
                sourced_share=1.0,
                influenced_share=0.0,
                service_years=1000.0,
            ),
        ),
        World(
            "censored",
            "Short history, most contracts open: wider, and still unbiased?",
            book(years=2, n_accounts=6000, contract_mix=(0.5, 0.5, 0.0, 0.0)),
        ),
        World(
            "monthly_null",
            "Contracts that run on by the month, nothing planted",
            book(kind="null", contract_mix=(0.0, 0.0, 0.0, 1.0), n_accounts=2000),
        ),
        World(
            "monthly",
            "Contracts that run on by the month, planted",
            book(contract_mix=(0.0, 0.0, 0.0, 1.0), n_accounts=2000),
        ),
        World(
            "faster",
            "Is what a partner saves in finding the right solution found?",
            book(
                cycle_factor=0.625,
                stuck_share=0.0,
                early_end_rate=0.0,
                contract_mix=(1.0, 0.0, 0.0, 0.0),
                win_fit=0.0,
                loud_win=1.0,
            ),
        ),
        World(
            "sixty",
            "Is nothing claimed of sixty accounts?",
            book(n_accounts=60),
        ),
        World("twenty", "Eight of ten against two of ten, and seven against three", book()),
    )
}
