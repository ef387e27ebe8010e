"""Calendar touches of a world as meetings in Google Calendar, with who was invited, and meetings that are no touch."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.demo.contract_rows import Lander, make_id, same
from scripts.demo.names import FREE_MAIL, VENDOR_DOMAIN, Pools
from scripts.demo.tabular import as_codes, as_rows, join, plain, ref_column, text_column

# airbyte nests what Google nests; flattened has a column for each part
LANDINGS = ("airbyte", "flattened")
TITLES = {
    "referral": ["Referral call"],
    "introduction": ["Intro call", "Introduction"],
    "deal_registration": ["Deal registration"],
    "cosell_meeting": ["Co-sell meeting"],
    "technical_validation": ["Proof of concept"],
    "resale": ["Resale"],
    "marketplace_transaction": ["Private offer"],
    "implementation_kickoff": ["Kick-off", "Kickoff"],
    "implementation_work": ["Rollout", "Onboarding"],
    "data_migration": ["Data migration"],
    "go_live_handover": ["Go-live"],
    "training": ["Training", "ADMIN TRAINING", "Office hours"],
    "adoption_workshop": ["Adoption workshop", "Onboarding: best practices"],
    "integration_build": ["Integration workshop"],
    "business_review": ["QBR", "Business review", "Quarterly Business Review & health check"],
    "health_check": ["Health check", "Health-check", "Check-in"],
    "escalation_support": ["Escalation"],
    "executive_meeting": ["Executive meeting", "Steering committee", "Exec sync"],
    "advisory": ["Advisory session", "Roadmap review"],
    "expansion_identified": ["Expansion", "Up to 50 additional seats"],
    "expansion_cosell": ["Expansion co-sell"],
    "reference_support": ["Reference call"],
    "joint_case_study": ["Case study"],
    "customer_referral": ["Customer referral"],
}
OFFSETS = [("Z", 0), ("+02:00", 120), ("-05:00", -300), ("+05:30", 330)]
COUNTED_OUT = ("internal", "unknown_customer", "partner_only", "customer_declined", "free_mail")
N_OUT, N_CANCELLED, N_BARE, N_MOVED, N_FUTURE = 12, 10, 5, 20, 10
Columns = dict[str, pa.Array]


def tables(lander: Lander, landing: str = LANDINGS[0]) -> dict[str, pa.Table]:
    meetings = Meetings(lander)
    rows = pa.concat_tables([pa.table(block) for block in meetings.blocks()])
    return {"events": nested(rows) if landing == "airbyte" else rows}


def owners(lander: Lander) -> pa.Table:
    """A calendar holds no records of organisations."""
    texts = {name: pa.array([], pa.string()) for name in ("stream", "source", "source_id")}
    return pa.table(texts | {"organisation": ref_column(np.empty(0, dtype=np.int32))})


def planted(lander: Lander) -> dict[str, int]:
    meetings = Meetings(lander)
    n = len(meetings.rows)
    extra = min(N_OUT, n)
    return {
        "meetings": n,
        "partner_meetings": int((meetings.partner >= 0).sum()),
        "without_known_domain": int((~meetings.reachable()).sum()),
        "copies": len(range(0, n, 10)),
        "copies_under_another_id": len(meetings.other_ids()),
        "moved": min(N_MOVED, n),
        "partner_declined": int(meetings.refused.sum()),
        "cancelled": min(N_CANCELLED, meetings.n_partner_meetings),
        "cancelled_as_bare_ids": min(N_BARE, meetings.n_partner_meetings),
        "still_to_come": min(N_FUTURE, n),
    } | dict.fromkeys(COUNTED_OUT, extra)


class Meetings:
    """The calendar touches of a world, and what else is in the calendars."""

    def __init__(self, lander: Lander) -> None:
        self.lander = lander
        touches = lander.t["touches"]
        self.rows = np.flatnonzero(pc.equal(plain(touches["origin"]), "calendar").to_numpy(False))
        t = touches.take(pa.array(self.rows))
        self.account, self.partner = as_rows(t["account"]), as_rows(t["partner"])
        self.start = plain(t["occurred"])
        self.minutes = plain(t["minutes"])
        self.all_day = self.minutes.is_null().to_numpy(zero_copy_only=False)
        self.type_words = [TITLES[word] for word in t["type"].chunk(0).dictionary.to_pylist()]
        self.type = as_codes(t["type"])
        self.ids = make_id("touch", self.rows)
        # a partner that declined a meeting of the own team
        self.refused = (self.partner < 0) & (self.rows % 9 == 0)
        self.pools = Pools(lander.world.scenario.seed)
        self.domains = plain(lander.t["organisations"]["domain"])
        self.partner_domains = plain(lander.t["partners"]["domain"])

    @property
    def n_partner_meetings(self) -> int:
        return int((self.partner >= 0).sum())

    def reachable(self) -> np.ndarray:
        """Whether any record of the customer has a domain by which it can be known."""
        return self.lander.known_by_domain()[self.account]

    def other_ids(self) -> np.ndarray:
        """Meetings with a copy under another id: none that repeats."""
        return np.flatnonzero((np.arange(len(self.rows)) % 25 == 3) & ~self.repeats())

    def repeats(self) -> np.ndarray:
        return self.rows % 10 == 0

    # --- who was there -------------------------------------------------------------------

    def people(self, rows: np.ndarray, domain: pa.Array, salt: int) -> pa.Array:
        """Addresses of people of organisations; null where the domain is."""
        names = self.pools.given_slugs.take(pa.array((rows * 7 + salt) % len(self.pools.given)))
        return join(names, domain, sep="@")

    def own_people(self, rows: np.ndarray) -> pa.Array:
        return self.people(rows % 17, same(VENDOR_DOMAIN, len(rows)), 3)

    def invitations(self) -> tuple[pa.Array, pa.Array]:
        """Attendees as JSON, and the organiser."""
        rows, n = self.rows, len(self.rows)
        customer = self.domains.take(pa.array(self.account))
        other_host = pc.if_else(pa.array(rows % 20 == 1), join("mail.", customer), customer)
        shouted = pc.if_else(pa.array(rows % 20 == 2), pc.utf8_upper(other_host), other_host)
        declining = np.where(self.refused, rows % len(self.partner_domains), -1)
        own = self.own_people(rows)
        partner = self.people(rows, self.partner_domains.take(ref_column(self.partner)), 5)
        # the partner called some meetings itself, and is then not listed
        called = (self.partner >= 0) & (rows % 7 == 0)
        parts = [
            attendee(own, "accepted", ', "self": true'),
            attendee(self.people(rows, shouted, 0)),
            attendee(only(rows % 5 < 2, self.people(rows, customer, 11)), "tentative"),
            attendee(only(~called, partner)),
            attendee(
                self.people(rows, self.partner_domains.take(ref_column(declining)), 5), "declined"
            ),
            attendee(
                only(rows % 3 == 0, same("c_1888@resource.calendar.google.com", n)),
                "accepted",
                ', "resource": true',
            ),
            attendee(only(rows % 20 == 4, same(f"someone@{FREE_MAIL[0]}", n))),
        ]
        return listed(parts), pc.if_else(pa.array(called), partner, own)

    # --- rows ----------------------------------------------------------------------------

    def blocks(self) -> list[Columns]:
        """Rows of the raw table in flattened form."""
        told = self.told()
        n = len(self.rows)
        moved = np.arange(min(N_MOVED, n))
        before = chosen(told, moved)
        earlier = self.start.take(pa.array(moved))
        earlier = pc.subtract(earlier, pa.scalar(3 * 86_400, pa.duration("s")))
        before |= self.times(
            earlier, self.minutes.take(pa.array(moved)), self.all_day[moved], moved
        )
        before["updated"] = instants(pc.subtract(earlier, pa.scalar(864_000, pa.duration("s"))))
        again = self.other_ids()
        renamed = chosen(told, again)
        renamed["id"] = join(renamed["id"], "c")
        return [
            before,
            told,
            chosen(told, np.arange(0, n, 10)),
            renamed,
            *self.off(told),
            *self.out(told),
            self.to_come(told),
        ]

    def told(self) -> Columns:
        """The meetings that are touches."""
        n = len(self.rows)
        attendees, organiser = self.invitations()
        name = plain(self.lander.t["organisations"]["name"]).take(pa.array(self.account))
        repeats = pa.array(self.repeats())
        series = join("series", pa.array(self.account).cast(pa.string()))
        nothing = pa.scalar(None, pa.string())
        words = np.array([len(group) for group in self.type_words])[self.type]
        flat = [word for group in self.type_words for word in group]
        first = np.cumsum([0, *map(len, self.type_words)])[self.type]
        title = text_column(flat, first + self.rows % words)
        title = pc.if_else(
            pa.array(self.rows % 2 == 0), join(title, name, sep=" – "), join(name, title, sep=": ")
        )
        return {
            "id": self.ids,
            "i_cal_uid": pc.if_else(
                repeats, join(series, "@google.com"), join(self.ids, "@google.com")
            ),
            "recurring_event_id": pc.if_else(repeats, series, nothing),
            "status": same("confirmed", n),
            "summary": title,
            **self.times(self.start, self.minutes, self.all_day, self.rows),
            "organizer_email": organiser,
            "attendees": attendees,
            "updated": instants(self.start),
            "_airbyte_extracted_at": same(self.read_at(), n),
        }

    def read_at(self) -> str:
        return f"{np.datetime64(self.lander.end, 'D')}T23:30:00Z"

    def times(
        self, start: pa.Array, minutes: pa.Array, all_day: np.ndarray, rows: np.ndarray
    ) -> Columns:
        """Begin and end, each in one of several time zones."""
        length = pc.multiply(minutes.fill_null(0).cast(pa.int64()), 60).cast(pa.duration("s"))
        zone = rows % len(OFFSETS)
        shift = pa.array(np.array([o for _, o in OFFSETS])[zone] * 60).cast(pa.duration("s"))
        suffix = text_column([text for text, _ in OFFSETS], zone)
        timed = ~all_day

        def local(moment: pa.Array) -> pa.Array:
            text = pc.strftime(pc.add(moment, shift), "%Y-%m-%dT%H:%M:%S")
            return only(timed, join(text, suffix))

        day = pc.floor_temporal(start, unit="day")
        return {
            "start_date_time": local(start),
            "start_date": only(all_day, day.cast(pa.date32()).cast(pa.string())),
            "end_date_time": local(pc.add(start, length)),
        }

    def off(self, told: Columns) -> list[Columns]:
        """Cancelled meetings: some as they were, some as a bare id after what they were."""
        kept = np.flatnonzero(self.partner >= 0)
        whole = chosen(told, kept[:N_CANCELLED])
        n = len(whole["id"])
        whole |= {"status": same("cancelled", n)} | renumbered("off", n)
        was = chosen(told, kept[:N_BARE])
        n = len(was["id"])
        begun = self.start.take(pa.array(kept[:N_BARE]))
        was |= renumbered("bare", n)
        was["updated"] = instants(pc.subtract(begun, pa.scalar(864_000, pa.duration("s"))))
        bare = {name: pa.nulls(n, pa.string()) for name in was}
        bare |= {
            "id": was["id"],
            "status": same("cancelled", n),
            "updated": instants(begun),
            "_airbyte_extracted_at": was["_airbyte_extracted_at"],
        }
        return [whole, was, bare]

    def out(self, told: Columns) -> list[Columns]:
        """Meetings that are no touch, by what is missing."""
        rows = np.arange(min(N_OUT, len(self.rows)))
        n = len(rows)
        own = self.own_people(rows)
        us = attendee(own, "accepted", ', "self": true')
        partner = attendee(
            self.people(
                rows, self.partner_domains.take(pa.array(rows % len(self.partner_domains))), 5
            )
        )
        customer = self.people(rows, self.domains.take(pa.array(self.account[rows])), 0)
        parts = {
            "internal": [us],
            "unknown_customer": [
                us,
                partner,
                attendee(self.people(rows, same("nobody-we-know.example", n), 0)),
            ],
            "partner_only": [us, partner],
            "customer_declined": [us, partner, attendee(customer, "declined")],
            "free_mail": [
                us,
                partner,
                attendee(self.people(rows, text_column(FREE_MAIL, rows % len(FREE_MAIL)), 0)),
            ],
        }
        return [
            chosen(told, rows)
            | renumbered(f"out{place}", n)
            | {"attendees": listed(parts[kind]), "organizer_email": own}
            for place, kind in enumerate(COUNTED_OUT)
        ]

    def to_come(self, told: Columns) -> Columns:
        """Occurrences planned for later than the calendar was read."""
        rows = np.arange(min(N_FUTURE, len(self.rows)))
        later = pa.array((self.lander.end + 7 + rows) * 86_400 + 36_000).cast(pa.timestamp("s"))
        minutes = pa.array(np.full(len(rows), 30.0))
        return (
            chosen(told, rows)
            | renumbered("next", len(rows))
            | self.times(later, minutes, np.zeros(len(rows), dtype=bool), rows)
        )


# --- small helpers -------------------------------------------------------------------------------


def attendee(address: pa.Array, response: str = "accepted", more: str = "") -> pa.Array:
    """One attendee as JSON; null where there is no address."""
    return join('{"email": "', address, f'", "responseStatus": "{response}"{more}}}')


def listed(parts: list[pa.Array]) -> pa.Array:
    """Attendees as a JSON array; absent ones are left out."""
    inside = pc.binary_join_element_wise(*parts, ", ", null_handling="skip")
    return join("[", inside, "]")


def only(mask: np.ndarray, values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), values, pa.scalar(None, values.type))


def chosen(columns: Columns, rows: np.ndarray) -> Columns:
    return {name: plain(values).take(pa.array(rows)) for name, values in columns.items()}


def renumbered(word: str, n: int) -> Columns:
    """Ids of meetings of their own."""
    ids = join(word, pa.array(np.arange(n)).cast(pa.string()))
    return {
        "id": ids,
        "i_cal_uid": join(ids, "@google.com"),
        "recurring_event_id": pa.nulls(n, pa.string()),
    }


def instants(moments: pa.Array) -> pa.Array:
    return pc.strftime(moments, "%Y-%m-%dT%H:%M:%S.000Z")


def nested(rows: pa.Table) -> pa.Table:
    """As the API has it: objects as JSON, names in its case."""

    def value(key: str, column: str) -> pa.Array:
        return join(f'"{key}": "', plain(rows[column]), '"')

    def thing(*parts: pa.Array) -> pa.Array:
        return pc.coalesce(*[join("{", part, "}") for part in parts])

    organiser = thing(value("email", "organizer_email"))
    return pa.table(
        {
            "id": rows["id"],
            "iCalUID": rows["i_cal_uid"],
            "recurringEventId": rows["recurring_event_id"],
            "status": rows["status"],
            "summary": rows["summary"],
            "start": thing(value("dateTime", "start_date_time"), value("date", "start_date")),
            "end": thing(value("dateTime", "end_date_time")),
            "organizer": organiser,
            "creator": organiser,
            "attendees": rows["attendees"],
            "updated": rows["updated"],
            "_airbyte_extracted_at": rows["_airbyte_extracted_at"],
        }
    )
