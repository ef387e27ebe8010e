"""Google Calendar: meetings of the demo world say the same as its contract files, and show what nobody declared."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pytest

from scripts import build, report
from scripts.demo import Scenario, simulate
from scripts.demo.contract_files import record_owners
from scripts.demo.contract_rows import Lander
from scripts.demo.system_files import write
from scripts.demo.systems import google_calendar
from tests.python.raw import ask, build_part

# what touches lead to; the rest of the world is left out
BESIDE = ("accounts", "partners", "people", "opportunities", "touches")


@pytest.fixture(scope="module")
def lander() -> Lander:
    # a meeting tells its customer by a domain: two of a group would be told apart by nothing
    return Lander(simulate(Scenario(n_accounts=400, n_partners=8, seed=11, hard_mess=False)))


Built = tuple[dict[str, Any], Path]


@pytest.fixture(scope="module", params=google_calendar.LANDINGS)
def built(
    request: pytest.FixtureRequest, lander: Lander, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """What was landed, and a database with the touches of all systems."""
    folder = tmp_path_factory.mktemp(request.param)
    system = "google_calendar"
    landed = write(lander.world, folder / "data", [system], {system: request.param})
    for stream in BESIDE:
        rows = pa.concat_tables(list(lander.chunks(stream)))
        if stream == "touches":
            rows = rows.filter(pc.not_equal(rows["source"], "calendar"))
        pa_csv.write_csv(rows, folder / "data" / f"{stream}.csv")
    wanted = ["base_google_calendar__columns", "+int_touches", "+stg_touches"]
    return landed, build_part(folder / "data", folder / "touches.duckdb", {}, wanted)


def test_every_meeting_has_its_fate(built: Built) -> None:
    landed, database = built
    planted = landed["planted"]["google_calendar"]
    n_out = sum(planted[kind] for kind in google_calendar.COUNTED_OUT)
    assert min(planted[kind] for kind in google_calendar.COUNTED_OUT) >= 10
    off = planted["cancelled"] + planted["cancelled_as_bare_ids"]
    twice = planted["copies"] + planted["copies_under_another_id"] + planted["moved"]
    later = planted["still_to_come"]
    bare = planted["cancelled_as_bare_ids"]
    assert landed["rows"]["google_calendar"]["events"] == (
        planted["meetings"] + twice + off + bare + n_out + later
    )
    fates = dict(
        ask(
            database,
            "select row_status, count(*) from staging.stg_touches__dated where source = 'google_calendar' group by 1",
        )
    )
    reached = planted["meetings"] - planted["without_known_domain"]
    assert reached >= 200 and planted["partner_meetings"] >= 100
    assert fates == {"used": reached, "deleted": off}
    print(landed["rows"], planted, fates)


def test_touches_are_what_the_contract_files_say(built: Built, lander: Lander) -> None:
    rows = pa.table(lander.touches(np.arange(len(lander.t["touches"]))))
    expected = rows.filter(pc.equal(rows["source"], "calendar"))
    differing = ask(
        built[1],
        """
        select found.*, expected.*
        from (select * from staging.stg_touches where source = 'google_calendar') as found
        full join expected on found.source_id = expected.source_id
        left join owners as found_owner
            on found.account_source = found_owner.source and found.account_id = found_owner.source_id
        left join owners as expected_owner
            on expected.account_source = expected_owner.source
            and expected.account_id = expected_owner.source_id
        where found_owner.organisation is distinct from expected_owner.organisation
            or found.actor is distinct from expected.actor
            or found.partner_id is distinct from expected.partner_id
            or found.partner_source is distinct from expected.partner_source
            or found.touch_type is distinct from expected.touch_type
            or found.occurred_at is distinct from expected.occurred_at
            or found.duration_minutes is distinct from expected.duration_minutes
            or found.evidence is distinct from expected.evidence
            or found.quality is distinct from expected.quality
            or found.opportunity_id is distinct from expected.opportunity_id
            or found.partner_person_id is distinct from expected.partner_person_id
            or found.account_person_id is distinct from expected.account_person_id
            or found.retain_until is distinct from expected.retain_until
        """,
        expected=expected,
        owners=record_owners(lander.world),
    )
    assert len(differing) == built[0]["planted"]["google_calendar"]["without_known_domain"]


def test_work_that_nobody_declared_is_counted_apart(built: Built, lander: Lander) -> None:
    """Observed touches at pairs of a partner and a customer that no system declares or logs."""
    t = lander.t["touches"]
    by_partner = t.filter(pc.equal(t["actor"], "partner"))
    told = pc.equal(by_partner["evidence"], "observed")
    pair = pc.binary_join_element_wise(
        by_partner["partner"].cast(pa.string()), by_partner["account"].cast(pa.string()), "|"
    )
    seen, said = pair.filter(told), pair.filter(pc.invert(told))
    nowhere = seen.filter(pc.invert(pc.is_in(seen, value_set=pc.unique(said))))
    counts = report.evidence_counts(report.Marts(built[1]), "intermediate.int_touches")
    assert counts["observed"] == len(seen)
    assert counts["system"] + counts["declared"] == len(said)
    assert counts["undeclared"] == len(nowhere) > 0
    assert counts["undeclared_pairs"] == len(pc.unique(nowhere)) > 0
    print(counts)


def test_phrases_are_bare_words() -> None:
    lines = (build.PROJECT / "seeds/rules/touch_words.csv").read_text().splitlines()[1:]
    for line in lines:
        phrase = line.split(",")[0]
        assert phrase == " ".join(
            "".join(c if c.isalnum() else " " for c in phrase.lower()).split()
        )
        assert phrase.isascii()
    assert len(lines) >= 100
