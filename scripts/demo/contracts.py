"""Contract terms: every customer's decisions, one round of terms at a time for all at once."""

from __future__ import annotations

import numpy as np

from .market import DEAL_DEFAULTS, EXPANSION, LOST, OPEN, RENEWAL, WON
from .scenario import Scenario
from .tabular import NONE, Columns, add_months, pick, rng_for, stack, take_rows

ANNUAL, MULTI, RUNNING, MONTHLY = 0, 1, 2, 3
FORMS = ["annual", "multi_year", "running", "monthly"]
STATUSES = ["active", "ended", "cancelled"]
OUTCOMES = ["renewed", "expanded", "contracted", "churned"]
NOTICE, LOOK_BACK = 90, 180
ONBOARDING_DAYS = (34.0, 56.0, 84.0)


def terms_of_trade(
    sc: Scenario, spell: Columns, service: Columns, partner: Columns, topic: str
) -> Columns:
    """What each customer signs and how it starts: contract form, months, seats, go-live day."""
    rng = rng_for(sc.seed, topic)
    n = len(spell["account"])
    form = pick(rng, sc.contract_mix, n)
    form = np.where((form == MONTHLY) & (spell["segment"] == 2), ANNUAL, form)
    months = np.array([12, 24, 6, 1])[form]
    months = np.where((form == MULTI) & (rng.random(n) < 0.4), 36, months)
    seats = np.maximum(5, np.round(spell["arr"] / rng.uniform(*sc.seat_price, n)))

    first, own = service["partner"][:, 0], rng.random(n)
    stranger = rng.integers(0, sc.n_partners, n).astype(np.int32)
    installer = np.where((first >= 0) & (own < 0.7), first, np.where(own < 0.15, stranger, -1))
    left, joined = partner["left"][installer], partner["joined"][installer]
    gone = (installer >= 0) & ((joined > spell["start"]) | ((left != NONE) & (left < sc.end)))
    installer = np.where(gone, -1, installer).astype(np.int32)
    days = np.array(ONBOARDING_DAYS)[spell["segment"]] * np.exp(0.55 * rng.standard_normal(n))
    days *= np.where(installer >= 0, partner["speed"][np.maximum(installer, 0)], 1.0)
    return {
        "form": form.astype(np.int8),
        "months": months.astype(np.int32),
        "seats": seats,
        "installer": installer,
        "live": (spell["start"] + np.clip(days, 5, 400)).astype(np.int32),
        # a tidy world states nothing that follows anyway
        "stated_outcomes": (rng.random(n) < 0.15) & (not sc.tidy),
    }


def champions(sc: Scenario, spell: Columns, service: Columns, topic: str) -> Columns:
    """Up to three champions in turn: arrival and departure days (n, 3), and who stepped in.

    `saver` is the slot of the serving partner that met the customer within 30 days, else -1.
    """
    rng = rng_for(sc.seed, topic)
    n = len(spell["account"])
    arrive = np.empty((n, 3), dtype=np.int32)
    leave = np.empty((n, 3), dtype=np.int32)
    saver = np.full((n, 3), -1, dtype=np.int8)
    at = spell["selected"].astype(np.int64)
    for j in range(3):
        arrive[:, j] = at
        leave[:, j] = at + 30 + (rng.exponential(365 / sc.champion_leave_rate, n)).astype(np.int64)
        at = leave[:, j] + rng.integers(20, 120, n)
        for slot in (1, 0):
            here = (
                (service["partner"][:, slot] >= 0)
                & (service["start"][:, slot] <= leave[:, j])
                & (service["end"][:, slot] > leave[:, j] + 30)
            )
            saver[:, j] = np.where(here & (rng.random(n) < sc.champion_save), slot, saver[:, j])
    return {"arrive": arrive, "leave": leave, "saver": saver}


def partner_share(service: Columns, rows: np.ndarray, landmark: np.ndarray) -> np.ndarray:
    """Each slot's share (n, 2) of the partner service in the 180 days before the landmark."""
    begin = np.maximum(service["start"][rows], (landmark - LOOK_BACK)[:, None])
    stop = np.minimum(service["end"][rows], landmark[:, None])
    there = (service["partner"][rows] >= 0) & (stop - begin >= 60)
    return there / np.maximum(there.sum(axis=1), 1)[:, None]


def play(
    sc: Scenario, spell: Columns, service: Columns, champion: Columns, partner: Columns, topic: str
) -> tuple[Columns, Columns, np.ndarray]:
    """Run every contract to its end or to the end of the history.

    Returns the rounds (one row a spell and term), the decisions taken with the probabilities
    behind them, and the churn day of each spell (NONE while it is a customer).
    """
    rng = rng_for(sc.seed, topic)
    log_hazard = np.log(partner["hazard"])
    rows = np.arange(len(spell["account"]))
    begin, turn = spell["start"].astype(np.int32), 0
    main, second = spell["arr"].astype(float), np.zeros(len(rows))
    churned_on = np.full(len(rows), NONE, dtype=np.int32)
    rounds: list[Columns] = []
    decisions: list[Columns] = []

    while len(rows) or turn == 0:
        form, months = spell["form"][rows], spell["months"][rows]
        until = add_months(begin, months)
        span = until - begin
        long_term = months >= 6
        early = long_term & (rng.random(len(rows)) < 1 - (1 - sc.early_rate) ** (months / 12))
        broken = (begin + rng.uniform(0.12, 0.7, len(rows)) * span).astype(np.int32)
        broken = np.minimum(broken, until - NOTICE - 5)
        early &= broken > begin

        notice = np.where(form == ANNUAL, NOTICE, np.where(form == MULTI, 183, span))
        notice = np.where(form == MONTHLY, 90, notice)
        landmark = (until - notice).astype(np.int32)
        share = partner_share(service, rows, landmark)
        who = np.maximum(service["partner"][rows], 0)
        pull = share * log_hazard[who]
        left = champion["leave"][rows]
        gone = (left > (until - 365)[:, None]) & (left <= (until - 20)[:, None])
        saved = champion["saver"][rows]
        lost_champion = gone.any(axis=1)
        rescued = (gone & (saved >= 0)).any(axis=1) & sc.planted

        yearly = np.array(sc.churn)[spell["segment"][rows]]
        yearly = yearly * np.exp(-sc.fit_hazard * spell["fit"][rows] - sc.fit_hazard**2 / 2)
        yearly = yearly * (1.15 if turn == 0 else 0.95)
        short = 1 - (1 - np.minimum(yearly, 0.9)) ** (months / 12)
        base = np.where(months < 12, short, yearly * (1 + 0.15 * (months / 12 - 1)))

        alarm = np.where(
            lost_champion, np.where(rescued, sc.champion_hazard / 2, sc.champion_hazard), 1.0
        )
        loss = np.minimum(base * alarm * np.exp(pull.sum(axis=1)), 0.95)
        without = np.empty((len(rows), 2))
        for j in range(2):
            saves = rescued & (gone & (saved == j)).any(axis=1)
            raised = np.where(saves, alarm * 2, alarm)
            others = pull.sum(axis=1) - pull[:, j]
            without[:, j] = np.minimum(base * raised * np.exp(others), 0.95)
        churned = rng.random(len(rows)) < loss

        decided = ~early & (until <= sc.end)
        ends = np.where(early, broken, until)
        running = (form == RUNNING) & churned & ~early
        ends = np.where(running, until - (rng.random(len(rows)) * span * 0.9).astype(int), ends)
        lost = (early | churned) & (ends <= sc.end)
        gap = np.where(
            long_term & (form != RUNNING) & (rng.random(len(rows)) < 0.2),
            rng.integers(1, 21, len(rows)),
            0,
        )
        renewed = decided & ~churned & (until + gap <= sc.end)

        yearly_change = (form == ANNUAL) | (form == MULTI) | (turn % 2 == 1)
        yearly_change &= (form != MONTHLY) | (turn % 12 == 11)
        draw = rng.random(len(rows))
        more = np.exp((share * np.log(partner["grow"])[who]).sum(axis=1))
        up = yearly_change & (draw < np.minimum(sc.expand_share * more, 1 - sc.contract_share))
        down = yearly_change & (draw > 1 - sc.contract_share)
        up_by = 1 + np.clip(np.exp(rng.normal(-1.45, 0.55, len(rows))), 0.03, 0.9)
        factor = np.where(up, up_by, np.where(down, 1 - rng.uniform(0.08, 0.35, len(rows)), 1.0))
        next_main = np.round(main * factor, -1)
        adds = yearly_change & (form != MONTHLY) & (second == 0) & (rng.random(len(rows)) < 0.1)
        drops = yearly_change & (second > 0) & (rng.random(len(rows)) < 0.06)
        fresh = np.round(main * rng.uniform(0.12, 0.35, len(rows)), -1)
        next_second = np.where(adds, fresh, np.where(drops, 0.0, second))

        went = np.where(lost, ends, NONE).astype(np.int32)
        churned_on[rows[lost]] = ends[lost]
        rounds.append(
            {
                "spell": rows.astype(np.int32),
                "turn": np.full(len(rows), turn, dtype=np.int32),
                "form": form,
                "start": begin,
                "until": until,
                "went": went,
                "main": main,
                "second": second,
                "renewed": renewed,
                "next_start": np.where(renewed, until + gap, NONE).astype(np.int32),
                "next_main": np.where(renewed, next_main, 0.0),
                "next_second": np.where(renewed, next_second, 0.0),
            }
        )
        counted = decided
        decisions.append(
            take_rows(
                {
                    "spell": rows.astype(np.int32),
                    "form": form,
                    "day": until,
                    "landmark": landmark,
                    "arr": main + second,
                    "kept": ~churned,
                    "kept_arr": np.where(churned, 0.0, next_main + next_second),
                    "loss": loss,
                    "share": share,
                    "without": without,
                    "alone": base * alarm,
                    "partner": service["partner"][rows],
                },
                np.flatnonzero(counted),
            )
        )
        rows, begin, main, second = (
            rows[renewed],
            (until + gap)[renewed].astype(np.int32),
            next_main[renewed],
            next_second[renewed],
        )
        turn += 1
    return _joined(rounds), _joined(decisions), churned_on


def _joined(blocks: list[Columns]) -> Columns:
    return {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}


def term_rows(sc: Scenario, spell: Columns, rounds: Columns) -> Columns:
    """Subscription rows of both products out of the rounds, ordered by spell and start.

    A running contract has one row for as long as its amount stays the same and no planned end.
    """
    order = np.lexsort((rounds["turn"], rounds["spell"]))
    rounds = take_rows(rounds, order)
    blocks = []
    for product, amount, later in ((0, "main", "next_main"), (1, "second", "next_second")):
        rows = np.flatnonzero(rounds[amount] > 0)
        part = take_rows(rounds, rows)
        arr = part[amount]
        running = part["form"] == RUNNING
        same = np.zeros(len(rows), dtype=bool)
        same[1:] = (
            running[1:]
            & (part["spell"][1:] == part["spell"][:-1])
            & (part["turn"][1:] == part["turn"][:-1] + 1)
            & (arr[1:] == arr[:-1])
        )
        head = np.flatnonzero(~same)
        tail = np.append(head[1:], len(rows))[: len(head)] - 1
        went, until = part["went"][tail], part["until"][tail]
        next_start, next_arr = part["next_start"][tail], part[later][tail]
        stated = spell["stated_outcomes"][part["spell"][head]] & ~running[head]
        over = part["renewed"][tail]
        replaced = over & running[head]
        dropped = over & (next_arr == 0)
        ended = np.where(went != NONE, went, NONE)
        ended = np.where(replaced, next_start, ended)
        ended = np.where((over & stated) | (dropped & ~running[head]), until, ended)
        gone = (went != NONE) | dropped
        words = np.where(next_arr > arr[tail], 1, np.where(next_arr < arr[tail], 2, 0))
        outcome = np.where(gone, 3, words)
        seats = spell["seats"][part["spell"][head]] * arr[head] / spell["arr"][part["spell"][head]]
        blocks.append(
            {
                "spell": part["spell"][head],
                "account": spell["account"][part["spell"][head]],
                "product": np.full(len(head), product, dtype=np.int8),
                "form": part["form"][head],
                "start": part["start"][head],
                "term_end": np.where(running[head], NONE, until).astype(np.int32),
                "ended": ended.astype(np.int32),
                "arr": arr[head],
                "seats": np.maximum(3, np.round(seats)),
                "status": np.where(gone, 2, np.where(ended != NONE, 1, np.where(over, -1, 0))),
                "outcome": np.where(stated & (over | gone), outcome, -1),
            }
        )
    rows = _joined(blocks)
    return take_rows(rows, np.lexsort((rows["product"], rows["start"], rows["spell"])))


def later_deals(sc: Scenario, spell: Columns, rounds: Columns) -> Columns:
    """Expansion and renewal deals around the decisions; none of them names a source."""
    rng = rng_for(sc.seed, "later deals")
    n = len(rounds["spell"])
    fixed = (rounds["form"] == ANNUAL) | (rounds["form"] == MULTI)
    account = spell["account"][rounds["spell"]]
    amount = rounds["main"] + rounds["second"]
    after = rounds["next_main"] + rounds["next_second"]
    at_end = rounds["went"] == rounds["until"]
    blocks = []
    made = rounds["until"] - 120
    pick_renewal = fixed & (rng.random(n) < 0.6) & (made <= sc.end) & (made > rounds["start"])
    pick_renewal &= (rounds["went"] == NONE) | at_end
    status = np.where(at_end, LOST, np.where(rounds["renewed"], WON, OPEN))
    closed = np.where(status == OPEN, NONE, rounds["until"])
    blocks.append(
        take_rows(
            {
                "account": account,
                "kind": np.full(n, RENEWAL),
                "amount": amount,
                "created": made,
                "qualified": made,
                "closed": closed,
                "status": status,
                "reason": np.where(status == LOST, rng.integers(0, 5, n), -1),
            },
            np.flatnonzero(pick_renewal),
        )
    )
    grew = fixed & rounds["renewed"] & (after > amount) & (rng.random(n) < 0.7)
    made = rounds["until"] - rng.integers(30, 110, n)
    blocks.append(
        take_rows(
            {
                "account": account,
                "kind": np.full(n, EXPANSION),
                "amount": after - amount,
                "created": made,
                "qualified": made + 10,
                "closed": rounds["until"],
                "status": np.full(n, WON),
            },
            np.flatnonzero(grew),
        )
    )
    tried = fixed & (rng.random(n) < 0.12)
    made = rounds["start"] + rng.integers(60, 250, n)
    closed = made + rng.integers(20, 100, n)
    last = np.where(rounds["went"] == NONE, sc.end, rounds["went"])
    tried &= closed <= last
    blocks.append(
        take_rows(
            {
                "account": account,
                "kind": np.full(n, EXPANSION),
                "amount": np.round(amount * 0.2, -2),
                "created": made,
                "qualified": np.where(rng.random(n) < 0.5, made + 12, NONE),
                "closed": closed,
                "status": np.full(n, LOST),
                "reason": rng.integers(0, 5, n),
            },
            np.flatnonzero(tried),
        )
    )
    return stack(blocks, DEAL_DEFAULTS)
