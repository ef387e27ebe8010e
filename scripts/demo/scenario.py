"""What a demo world is asked to be. Every planted effect is a field here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

KINDS = ("planted", "null", "random_touches")


@dataclass(frozen=True)
class Scenario:
    """A world of `n_accounts` organisations; `planted` has effects, the other kinds have none.

    Probabilities and shares are in [0, 1]; hazards multiply the yearly churn probability;
    amounts are USD a year; tuples of three run small, mid, large.
    """

    n_accounts: int = 3000
    seed: int = 7
    kind: str = "planted"
    n_partners: int = 24
    years: int = 5
    end_date: date = date(2026, 6, 30)
    # a tidy world spells every organisation alike everywhere, sends each row once and states no outcome of a contract
    tidy: bool = False

    # hard identity mess (`mess.KINDS` says what each is): shares of the organisations, 5 to 10 % together. Without it,
    # as in a tidy world, a domain, or name and country, tell every record's organisation
    hard_mess: bool = True
    subsidiary_share: float = 0.014
    stated_parent_share: float = 0.5
    homonym_share: float = 0.008
    shared_domain_share: float = 0.008
    free_mail_share: float = 0.01
    former_name_share: float = 0.01
    legal_name_share: float = 0.012
    second_account_share: float = 0.012
    misspelt_share: float = 0.014

    # organisations and deals
    segment_mix: tuple[float, float, float] = (0.45, 0.38, 0.17)
    median_acv: tuple[float, float, float] = (33_000.0, 68_000.0, 160_000.0)
    first_deal_share: float = 0.96
    retry_share: float = 0.85
    opening_share: float = 0.25
    base_win: float = 0.31
    # deals that are never decided
    stuck_share: float = 0.03
    sourced_share: float = 0.23
    influenced_share: float = 0.22
    loud_source_share: float = 0.36

    # contracts
    churn: tuple[float, float, float] = (0.24, 0.125, 0.02)
    fit_hazard: float = 0.25
    # an organisation fits well or badly, and nothing between: its strength as a hidden confounder can be counted
    two_fits: bool = False
    early_end_rate: float = 0.01
    contract_mix: tuple[float, float, float, float] = (0.8, 0.1, 0.06, 0.04)
    expand_share: float = 0.56
    contract_share: float = 0.05
    champion_leave_rate: float = 0.1
    champion_hazard: float = 2.5
    # few, valuable seats: each product event a user makes can be landed as a row of its own
    seat_price: tuple[float, float] = (3_600.0, 6_000.0)

    # who serves whom
    served_share: float = 0.6
    second_service_share: float = 0.3
    # mean of what a service lasts beyond its first four months
    service_years: float = 6.0
    loud_service_share: float = 0.36
    quiet_service_share: float = 0.32
    named_in_large: float = 0.5
    serves_own_sourced: float = 0.35
    loud_serves_own_sourced: float = 0.6
    own_team_share: float = 0.5
    undeclared_share: float = 0.15
    stated_tie_share: float = 0.6

    # planted effects; without effect in the kinds `null` and `random_touches`
    loud_hazard: float = 1.5
    quiet_hazard: float = 0.6
    partner_spread: float = 0.15
    hazards: tuple[float, ...] | None = None
    fit_confounding: float = 0.25
    champion_save: float = 0.4
    win_fit: float = 0.3
    loud_win: float = 1.15
    cycle_factor: float = 0.85
    adoption_spread: float = 0.05
    onboarding_spread: float = 0.1
    win_spread: float = 0.0
    growth_spread: float = 0.0
    voice_spread: float = 0.0

    # what governance has to notice, in the kind `planted`: rows a year that partners of the favoured tier report of an
    # account whatever comes of it, intent rows that an account gets beyond its custom in the month of drift, and the
    # last days in which no support case arrives
    favoured_tier: str = "gold"
    favoured_mentions: float = 8.0
    drift_rows: float = 0.7
    silent_days: int = 10
    # rows a year of a feed that foretells nothing; stays in every kind
    news_rate: float = 1.0
    # how far revenue for each employee tells how well an organisation fits
    revenue_tells: float = 0.7

    # not an effect of partners: who serves which segment; stays in every kind
    segment_confounding: float = 0.1

    # the trap of the kind `random_touches`
    random_touch_rate: float = 4.0
    random_early_end_rate: float = 0.18

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.n_partners < 3:
            raise ValueError("a world needs at least three partners")
        if self.hazards is not None and len(self.hazards) != self.n_partners:
            raise ValueError("hazards must name one multiplier for each partner")

    @property
    def planted(self) -> bool:
        return self.kind == "planted"

    @property
    def end(self) -> int:
        """The last observed day, as days since 1970."""
        return int(np.datetime64(self.end_date, "D").astype(np.int64))

    @property
    def start(self) -> int:
        """The first day of the history, as days since 1970."""
        return self.end - round(self.years * 365.25)

    @property
    def early_rate(self) -> float:
        """Share of contract years broken off before the notice date."""
        trap = self.kind == "random_touches"
        return self.random_early_end_rate if trap else self.early_end_rate
