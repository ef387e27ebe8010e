"""The demo world: calibrated, coherent, deterministic, and true to what it says it planted."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from scripts.demo import Scenario, World, generate, simulate  # noqa: E402
from scripts.demo.contract_files import STREAMS, record_owners, write  # noqa: E402
from scripts.demo.contract_rows import Lander  # noqa: E402
from scripts.demo.experience import NEEDS  # noqa: E402
from scripts.demo.mess import KINDS, hierarchy  # noqa: E402

CONTRACT = PROJECT / "macros" / "contract" / "contract.sql"
REFERENCES = {
    "accounts": {"parent_id": "accounts"},
    "account_links": {"account_id": "accounts"},
    "partner_costs": {"partner_id": "partners"},
    "people": {"account_id": "accounts", "partner_id": "partners"},
    "opportunities": {"account_id": "accounts", "sourced_by_partner_id": "partners"},
    "opportunity_partners": {"opportunity_id": "opportunities", "partner_id": "partners"},
    "opportunity_people": {"opportunity_id": "opportunities", "person_id": "people"},
    "touches": {
        "partner_id": "partners",
        "account_id": "accounts",
        "opportunity_id": "opportunities",
        "partner_person_id": "people",
        "account_person_id": "people",
    },
    "milestones": {"account_id": "accounts"},
    "subscriptions": {"account_id": "accounts"},
    "usage": {"account_id": "accounts"},
    "setup_events": {"account_id": "accounts", "solution_id": "solutions"},
    "signals": {"account_id": "accounts", "person_id": "people"},
    "tickets": {"account_id": "accounts", "partner_id": "partners"},
    "feedback": {"account_id": "accounts", "person_id": "people"},
    "needs": {"account_id": "accounts"},
    "solutions": {"partner_id": "partners"},
    "actions": {"account_id": "accounts"},
}
OBSERVED = {
    "accounts": ["created_at"],
    "account_links": ["decided_at"],
    "partners": ["joined_at", "left_at"],
    "partner_costs": ["incurred_at"],
    "people": ["started_at", "ended_at"],
    "opportunities": ["created_at", "qualified_at", "closed_at"],
    "opportunity_partners": ["declared_at"],
    "opportunity_people": ["added_at"],
    "touches": ["occurred_at"],
    "relationships": ["started_at", "ended_at"],
    "milestones": ["occurred_at"],
    "subscriptions": ["started_at", "ended_at"],
    "setup_events": ["occurred_at"],
    "signals": ["occurred_at"],
    "tickets": ["opened_at", "closed_at"],
    "feedback": ["occurred_at"],
    "needs": ["stated_at"],
    "actions": ["acted_at"],
}


@cache
def world(kind: str = "planted", n: int = 3000, seed: int = 7) -> World:
    return simulate(Scenario(n_accounts=n, seed=seed, kind=kind))


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The standard world as files, and what it says was landed."""
    folder = tmp_path_factory.mktemp("landed") / "files"
    return folder, write(world(), folder)


@pytest.fixture(scope="module")
def streams(landed: tuple[Path, dict[str, Any]]) -> dict[str, pa.Table]:
    """Every stream, all columns as text."""
    return {name: read(landed[0], name) for name in STREAMS}


def read(folder: Path, stream: str) -> pa.Table:
    if stream == "usage":
        table = pq.read_table(folder / "usage.parquet")
        return pa.table({c: table[c].cast(pa.string()) for c in table.column_names})
    path = folder / f"{stream}.csv"
    header = path.open(encoding="utf-8").readline().strip().replace('"', "").split(",")
    texts = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    return pa_csv.read_csv(path, convert_options=texts)


def sound(table: pa.Table) -> pa.Table:
    """A stream without its planted rejects."""
    if "source_id" not in table.column_names:
        return table
    return table.filter(pc.invert(pc.starts_with(table["source_id"], "bad_")))


def keys(source: Any, ids: Any) -> pa.Array:
    return pc.binary_join_element_wise(source, ids, "|")


def partner_named(answers: dict[str, Any], role: str) -> dict[str, Any]:
    return next(p for p in answers["partners"] if p["name"] == answers[role])


# --- the files ------------------------------------------------------------------------------------


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_governance_has_something_to_notice() -> None:
    found = world()
    answers, signals = found.answers, found.tables["signals"].to_pandas()
    begin, stop = answers["drift_month"]
    intent = signals[signals["family"] == "intent"]
    months = intent["occurred"].dt.strftime("%Y-%m-01").value_counts()
    usual = months.drop(begin)
    assert months[begin] > 5 * usual.max()
    strong = intent["occurred"].between(begin, stop)
    assert intent["strength"][strong].mean() > intent["strength"][~strong].mean() + 0.25
    assert str(found.tables["tickets"]["opened"].to_pandas().max())[:10] <= answers["silent_since"]
    tiers = found.tables["partners"]["tier"].to_pylist()
    mentions = signals[signals["event"] == "partner_mention"]
    by_tier = mentions["partner"].astype(int).map(dict(enumerate(tiers))).value_counts()
    assert by_tier[answers["favoured_tier"]] > by_tier.drop(answers["favoured_tier"]).sum()
    null = world("null")
    assert null.answers["favoured_tier"] is None and null.answers["drift_month"] is None


def test_news_foretells_no_deal() -> None:
    """As many news rows in the month before a new deal as their yearly rate says."""
    found = world()
    signals, deals = found.tables["signals"].to_pandas(), found.tables["deals"].to_pandas()
    news = signals[signals["event"] == "company_news"]
    new = deals[deals["kind"] == "new"]
    pairs = new.merge(news, on="account", suffixes=("", "_news"))
    created = found.tables["organisations"]["created"].to_pandas()
    before = (pairs["created"].astype("datetime64[s]") - pairs["occurred"]).dt.days.between(1, 30)
    alive = (
        new["created"].astype("datetime64[s]") - new["account"].map(created).astype("datetime64[s]")
    ).dt.days.clip(0, 30)
    expected = alive.sum() / 365.25 * found.scenario.news_rate
    assert before.sum() == pytest.approx(expected, abs=4 * expected**0.5)


def test_departures_of_champions_are_told() -> None:
    found = world()
    people = found.tables["people"].to_pandas()
    left = people[(people["role"] == "champion") & people["ended"].notna()]
    told = found.answers["departures"]
    assert sorted(zip(left["account"], left["ended"].astype(str), strict=True)) == sorted(
        (row["organisation"], row["left"]) for row in told
    )
    met = [row for row in told if row["met"]]
    assert 0.1 < len(met) / len(told) < 0.5
    assert all(
        0 < (date.fromisoformat(r["met"]) - date.fromisoformat(r["left"])).days < 30 for r in met
    )


def test_same_scenario_gives_the_same_bytes(tmp_path: Path) -> None:
    scenario = Scenario(n_accounts=400, seed=11)
    first = generate(tmp_path / "a", scenario, tmp_path / "a.json")
    second = generate(tmp_path / "b", scenario, tmp_path / "b.json")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert first == second
    asked = ["-m", "scripts.demo", str(tmp_path / "d"), str(tmp_path / "d.json")]
    environment = os.environ | {"PYTHONHASHSEED": "5"}
    asked += ["--accounts", "400", "--seed", "11"]
    subprocess.run([sys.executable, *asked], cwd=PROJECT, env=environment, check=True)
    assert digests(tmp_path / "a") == digests(tmp_path / "d")
    generate(tmp_path / "c", Scenario(n_accounts=400, seed=12), tmp_path / "c.json")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_writes_all_twenty_streams_and_nothing_else(landed: tuple[Path, dict[str, Any]]) -> None:
    folder, report = landed
    expected = {f"{s}.csv" for s in STREAMS if s != "usage"} | {"usage.parquet"}
    assert {p.name for p in folder.iterdir()} == expected
    assert not [p for p in folder.parent.iterdir() if p != folder]
    assert set(report["rows"]) == set(STREAMS)
    assert min(report["rows"].values()) > 0


def test_rewrites_a_folder_whole_and_keeps_foreign_files(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "usage.csv").write_text("stale")
    write(world(n=300), folder)
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / "usage.csv").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["files"]


def test_a_failed_write_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    write(world(n=300), folder)
    before = digests(folder)

    def broken(*_: Any) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("scripts.demo.contract_files._write_parquet", broken)
    with pytest.raises(OSError, match="disk full"):
        write(world(n=300, seed=8), folder)
    assert digests(folder) == before
    assert [p.name for p in tmp_path.iterdir()] == ["files"]


def test_answers_stay_out_of_the_folder_a_build_reads(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="planted truth"):
        generate(tmp_path / "files", Scenario(n_accounts=50), tmp_path / "files" / "answers.json")
    generate(tmp_path / "files", Scenario(n_accounts=50), tmp_path / "answers.json")
    assert json.loads((tmp_path / "answers.json").read_text())["organisations"] == 50


@pytest.mark.parametrize(("n", "partners"), [(1, 3), (2, 4), (10, 5), (60, 8)])
@pytest.mark.parametrize("kind", ["planted", "random_touches"])
def test_small_worlds_hold(n: int, partners: int, kind: str, tmp_path: Path) -> None:
    for seed in range(4):
        small = simulate(Scenario(n_accounts=n, n_partners=partners, kind=kind, seed=seed))
        assert write(small, tmp_path / "files")["rows"]["partners"] == partners


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="planted, null"):
        Scenario(kind="other")


# --- the contract ---------------------------------------------------------------------------------


def contract() -> dict[str, Any]:
    if not CONTRACT.exists():
        pytest.skip("the contract is not there")
    text = CONTRACT.read_text(encoding="utf-8")
    inner = text.split("{%- set contract_yaml -%}")[1].split("{%- endset -%}")[0]
    return yaml.safe_load(inner)


def rules(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {n: r if isinstance(r, dict) else {} for n, r in definition["columns"].items()}


def test_columns_are_those_of_the_contract(streams: dict[str, pa.Table]) -> None:
    definitions = contract()
    for name, table in streams.items():
        columns = rules(definitions[name])
        known = set(columns) | {"source", "source_id", "updated_at", "is_deleted"}
        known |= {c.removesuffix("_id") + "_source" for c in columns if c.endswith("_id")}
        assert not set(table.column_names) - known, name
        assert not set(columns) - set(table.column_names), name
        for column in ("source", *(c for c, r in columns.items() if r.get("required"))):
            assert sound(table)[column].null_count == 0, (name, column)


def test_enumerations_are_those_of_the_contract(streams: dict[str, pa.Table]) -> None:
    definitions = contract()
    for name, table in streams.items():
        for column, rule in rules(definitions[name]).items():
            if "values" in rule:
                found = set(pc.unique(table[column]).to_pylist()) - {None}
                assert found <= set(rule["values"]), (name, column, found)


def test_references_point_to_rows(streams: dict[str, pa.Table]) -> None:
    known = {n: keys(t["source"], t["source_id"]) for n, t in streams.items() if n != "usage"}
    for stream, references in REFERENCES.items():
        table = sound(streams[stream])
        for column, target in references.items():
            twin = column.removesuffix("_id") + "_source"
            source = table["source"]
            if twin in table.column_names:
                source = pc.coalesce(table[twin], source)
            wanted = pc.drop_null(keys(source, table[column]))
            lost = pc.invert(pc.is_in(wanted, value_set=pc.unique(known[target])))
            assert not pc.any(lost).as_py(), (stream, column)
    ties = streams["relationships"]
    targets = {"account": "accounts", "partner": "partners", "person": "people"}
    for side in ("from", "to"):
        for kind, target in (targets | {"solution": "solutions"}).items():
            rows = ties.filter(pc.equal(ties[f"{side}_type"], kind))
            wanted = keys(rows[f"{side}_source"], rows[f"{side}_id"])
            assert wanted.null_count == 0
            assert pc.all(pc.is_in(wanted, value_set=pc.unique(known[target]))).as_py() is not False
    links = streams["account_links"]
    other = keys(links["other_source"], links["other_id"])
    assert pc.all(pc.is_in(other, value_set=known["accounts"])).as_py()


def test_nothing_that_others_refer_to_is_deleted(streams: dict[str, pa.Table]) -> None:
    for name, table in streams.items():
        for column in table.column_names:
            if column.endswith("_id") and column != "source_id":
                assert not pc.any(pc.starts_with(table[column], "gone_")).as_py(), (name, column)


def test_identifiers_repeat_only_where_planted(
    streams: dict[str, pa.Table], landed: tuple[Path, dict[str, Any]]
) -> None:
    report = landed[1]
    for name, table in streams.items():
        if name == "usage":
            key = pc.binary_join_element_wise(
                table["source"], table["account_id"], table["day"], table["product"], "|"
            )
            assert len(pc.unique(key)) == len(table)
            continue
        key = keys(table["source"], table["source_id"])
        again = report["resent"].get(name, 0) + report["deleted"].get(name, 0)
        assert len(key) - len(pc.unique(key)) == again, name
        gone = pc.sum(pc.equal(table["is_deleted"], "true")).as_py() or 0
        assert gone == report["deleted"].get(name, 0), name
        bad = pc.sum(pc.starts_with(table["source_id"], "bad_")).as_py()
        assert bad == report["rejects"].get(name, 0), name
    assert sum(report["rejects"].values()) == 7


def test_observed_dates_end_with_the_history(streams: dict[str, pa.Table]) -> None:
    end = Scenario().end_date.isoformat()
    latest = []
    for name, columns in OBSERVED.items():
        for column in columns:
            days = pc.utf8_slice_codeunits(sound(streams[name])[column], 0, 10)
            latest.append(pc.max(days).as_py())
            assert latest[-1] <= end, (name, column)
        assert pc.max(streams[name]["updated_at"]).as_py()[:10] <= end
    assert max(latest) == end
    assert pc.max(streams["usage"]["day"]).as_py() <= end


def test_facts_follow_one_another(streams: dict[str, pa.Table]) -> None:
    for name, first, second in (
        ("opportunities", "created_at", "qualified_at"),
        ("opportunities", "created_at", "closed_at"),
        ("subscriptions", "started_at", "term_end"),
        ("subscriptions", "started_at", "ended_at"),
        ("people", "started_at", "ended_at"),
        ("relationships", "started_at", "ended_at"),
        ("tickets", "opened_at", "closed_at"),
        ("partners", "joined_at", "left_at"),
    ):
        table = sound(streams[name])
        wrong = pc.less(table[second], table[first])
        assert not pc.any(wrong).as_py(), (name, first, second)


def test_one_record_is_the_vendor(streams: dict[str, pa.Table]) -> None:
    kinds = streams["accounts"]["account_type"]
    assert pc.sum(pc.equal(kinds, "own")).as_py() == 1
    assert pc.sum(pc.equal(kinds, "partner")).as_py() == Scenario().n_partners


def test_every_record_can_be_told_by_domain_or_by_name_and_country(
    streams: dict[str, pa.Table],
) -> None:
    """Names and domains of organisations are unique, and each further record shares one of them, but for the
    organisations that are meant to be hard to tell."""
    orgs = world().tables["organisations"]
    hard = set(world().mess.touched.tolist())
    easy = orgs.take(pa.array([row for row in range(len(orgs)) if row not in hard]))
    for column in ("name", "domain"):
        assert len(pc.unique(easy[column])) == len(easy)
    owners = record_owners(world())
    owner = dict(
        zip(
            keys(owners["source"], owners["source_id"]).to_pylist(),
            owners["organisation"].to_pylist(),
            strict=True,
        )
    )
    linked = set(streams["account_links"]["other_id"].to_pylist())
    names, domains = orgs["name"].to_pylist(), orgs["domain"].to_pylist()
    countries = orgs["country"].to_pylist()
    mess = 0
    for row in sound(streams["accounts"]).to_pylist():
        at = owner.get(f"{row['source']}|{row['source_id']}")
        if at is None or at in hard or row["source_id"] in linked:
            continue
        by_domain = row["domain"] is not None and domains[at] in row["domain"]
        by_name = row["name"] == names[at] and row["country"] == countries[at]
        assert by_domain or by_name, row
        mess += not by_domain
    assert 0.01 < mess / len(owner) < 0.08


def test_hard_mess_has_its_share_and_leaves_the_rest_alone() -> None:
    with_mess, without = world(), simulate(Scenario(hard_mess=False))
    mess = with_mess.mess
    assert 0.05 <= len(mess.touched) / 3000 <= 0.1
    assert set(mess.rows) == set(KINDS) and min(mess.counts().values()) >= 15
    assert (
        len(without.mess.touched)
        == 0
        == len(simulate(Scenario(n_accounts=200, tidy=True)).mess.touched)
    )
    # organisations are called otherwise, and with them their people's addresses; nothing else is
    for name, table in without.tables.items():
        if name == "people":
            table, other = (t.drop_columns(["email"]) for t in (table, with_mess.tables[name]))
            assert other.equals(table)
        elif name != "organisations":
            assert with_mess.tables[name].equals(table), name
    easy = pa.array(np.setdiff1d(np.arange(3000), mess.touched))
    orgs, others = (w.tables["organisations"].take(easy) for w in (with_mess, without))
    for name in orgs.column_names:
        assert orgs[name].cast(pa.string()).equals(others[name].cast(pa.string())), name
    assert with_mess.answers | {"scenario": 0} == without.answers | {"scenario": 0}


def test_subsidiaries_and_homonyms_are_organisations_of_their_own() -> None:
    mess, orgs = world().mess, world().tables["organisations"].to_pylist()
    rows = hierarchy(world().tables["organisations"], mess).to_pylist()
    children = [row for row in rows if row["shares_domain"]]
    assert len(children) == len(mess.of("subsidiary"))
    assert 0.25 < sum(row["stated"] for row in children) / len(children) < 0.75
    customers = set(Lander(world()).customers.tolist())
    for row in children:
        child, parent = orgs[row["child"]], orgs[row["parent"]]
        assert child["domain"] == parent["domain"] and child["name"] != parent["name"]
        assert child["name"].startswith(parent["name"])
        assert row["child"] in customers
    homonyms = [orgs[row] for row in mess.of("homonym")]
    for one in homonyms:
        same = [other for other in homonyms if other["name"] == one["name"]]
        assert len(same) == 2
        for key in ("domain",):
            assert same[0][key] != same[1][key]
        assert [same[0][key] for key in ("country", "city")] != [
            same[1][key] for key in ("country", "city")
        ]


# --- calibration and planted truths ---------------------------------------------------------------


def test_market_is_calibrated() -> None:
    found = world().answers["calibration"]
    for name, low, high in (
        ("win_rate", 0.25, 0.35),
        ("raw_win_lift", 0.03, 0.25),
        ("sourced_share_of_new_arr", 0.2, 0.32),
        ("open_beyond_30_days", 0.8, 1.0),
        ("cycle_median_days", 50, 120),
        ("acv_median", 48_000, 62_000),
        ("grr", 0.87, 0.91),
        ("nrr", 1.0, 1.07),
        ("annual_kept_share", 0.79, 0.87),
        ("onboarding_median_large_days", 70, 100),
        ("undeclared_share_of_care", 0.1, 0.2),
    ):
        assert low <= found[name] <= high, (name, found[name])


def test_a_large_market_is_closer_still() -> None:
    found = world(n=40_000).answers["calibration"]
    assert found["raw_win_lift"] == pytest.approx(0.117, abs=0.04)
    assert found["grr"] == pytest.approx(0.885, abs=0.012)
    assert found["nrr"] == pytest.approx(1.03, abs=0.02)


def test_retention_figures_hold_in_the_files(streams: dict[str, pa.Table]) -> None:
    """GRR once more, from the landed subscriptions alone."""
    rows = sound(streams["subscriptions"]).to_pylist()
    latest = {r["source_id"]: r for r in sorted(rows, key=lambda r: r["updated_at"])}
    terms: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in latest.values():
        terms.setdefault((row["account_id"], row["product"]), []).append(row)

    def arr(day: str) -> dict[str, float]:
        total: dict[str, float] = {}
        for (account, _), block in terms.items():
            begun = [r for r in block if r["started_at"] <= day]
            if begun:
                last = max(begun, key=lambda r: r["started_at"])
                gone = last["status"] == "cancelled" and last["ended_at"] <= day
                total[account] = total.get(account, 0.0) + (0.0 if gone else float(last["arr"]))
        return total

    before, now = arr("2025-06-30"), arr("2026-06-30")
    grr = sum(min(v, now.get(a, 0.0)) for a, v in before.items()) / sum(before.values())
    assert grr == pytest.approx(world().answers["calibration"]["grr"], abs=0.005)


def test_loud_sells_most_and_loses_customers() -> None:
    loud = partner_named(world().answers, "loud")
    assert loud["pipeline_rank_recent"] == loud["pipeline_rank_all"] == 1
    assert loud["hazard"] == 1.5
    assert loud["retention_effect_recent"] < -0.05
    assert loud["decisions_recent"] >= 100
    total = sum(p["sourced_pipeline_all"] for p in world().answers["partners"])
    assert 0.25 < loud["sourced_pipeline_all"] / total < 0.5


def test_quiet_sells_little_and_keeps_customers() -> None:
    quiet = partner_named(world().answers, "quiet")
    assert quiet["pipeline_rank_recent"] > Scenario().n_partners / 2
    assert quiet["hazard"] == 0.6
    assert quiet["retention_effect_recent"] > 0.05
    assert quiet["decisions_recent"] >= 100


def test_loud_costs_most_and_has_more_trouble(streams: dict[str, pa.Table]) -> None:
    tables, answers = world().tables, world().answers
    loud = tables["partners"]["name"].to_pylist().index(answers["loud"])
    costs = tables["partner_costs"].group_by("partner").aggregate([("amount", "sum")]).to_pydict()
    by_partner = dict(zip(costs["partner"], costs["amount_sum"], strict=True))
    rest = [v for k, v in by_partner.items() if k != loud]
    assert by_partner[loud] > 3 * max(rest)
    services = tables["services"]
    served = services.filter(pc.equal(services["partner"], loud))["account"]
    tickets = tables["tickets"]
    here = pc.is_in(tickets["account"], value_set=pc.unique(served))
    theirs, others = tickets.filter(here), tickets.filter(pc.invert(here))
    assert pc.mean(theirs["csat"]).as_py() < pc.mean(others["csat"]).as_py() - 0.03
    escalated = [pc.mean(pc.cast(t["escalated"], pa.int8())).as_py() for t in (theirs, others)]
    assert escalated[0] > 1.3 * escalated[1]


def kept_gap(found: World, role: str) -> tuple[float, float]:
    """Kept share of recent annual decisions with the partner less without, by segment; its SE."""
    d = found.decisions
    recent = pc.greater(d["decided"], pa.scalar(date(2024, 6, 30)))
    d = d.filter(pc.and_(d["is_annual"], recent))
    code = found.tables["partners"]["name"].to_pylist().index(found.answers[role])
    share = np.zeros(len(d))
    for j in (1, 2):
        mine = pc.fill_null(pc.equal(d[f"partner_{j}"], code), False).to_numpy()
        share += mine * d[f"share_{j}"].to_numpy()
    kept = d["kept"].to_numpy().astype(float)
    segments = found.tables["organisations"]["segment"].take(d["account"].combine_chunks())
    gap, weight, variance = 0.0, 0.0, 0.0
    for segment in ("small", "mid", "large"):
        here = pc.equal(segments, segment).to_numpy()
        w, without = share[here], kept[here & (share == 0)]
        if w.sum() and len(without):
            gap += (w * (kept[here] - without.mean())).sum()
            variance += (w**2).sum() * kept[here].var() + w.sum() ** 2 * without.var() / len(
                without
            )
            weight += w.sum()
    return gap / weight, float(np.sqrt(variance)) / weight


def test_planted_effects_show_in_the_decisions() -> None:
    gap, error = kept_gap(world(), "loud")
    assert gap < -2 * error
    gap, error = kept_gap(world(), "quiet")
    assert gap > 2 * error


def test_large_planted_world_shows_the_effects_it_states() -> None:
    found = world(n=40_000)
    for role in ("loud", "quiet"):
        gap, error = kept_gap(found, role)
        truth = partner_named(found.answers, role)["retention_effect_recent"]
        assert abs(gap - truth) < 0.03 + 2 * error


@pytest.mark.parametrize("kind", ["null", "random_touches"])
def test_worlds_without_effect_have_none(kind: str) -> None:
    found = world(kind, n=40_000)
    assert {p["hazard"] for p in found.answers["partners"]} == {1.0}
    assert {p["retention_effect_all"] for p in found.answers["partners"]} == {0.0}
    for role in ("loud", "quiet"):
        gap, error = kept_gap(found, role)
        assert abs(gap) < 3 * error
    assert abs(found.answers["calibration"]["raw_win_lift"]) < 0.05


def test_random_touches_reach_those_who_live_longer() -> None:
    trap, null = world("random_touches"), world("null")
    assert len(trap.tables["touches"]) > 1.3 * len(null.tables["touches"])
    kept = [w.answers["calibration"]["logo_retention"] for w in (trap, null)]
    assert kept[0] < kept[1] - 0.08


def test_effects_and_confounding_can_be_set() -> None:
    hazards = tuple(np.linspace(0.5, 1.6, 6))
    found = simulate(Scenario(n_accounts=500, n_partners=6, hazards=hazards))
    assert [p["hazard"] for p in found.answers["partners"]] == pytest.approx(list(hazards))
    with pytest.raises(ValueError, match="one multiplier for each partner"):
        Scenario(n_partners=5, hazards=hazards)
    strong = simulate(Scenario(n_accounts=3000, segment_confounding=1.0))
    tables, answers = strong.tables, strong.answers
    size = tables["organisations"]["segment"].take(tables["services"]["account"].combine_chunks())
    large = []
    for role in ("loud", "quiet"):
        code = tables["partners"]["name"].to_pylist().index(answers[role])
        mine = size.filter(pc.equal(tables["services"]["partner"], code).combine_chunks())
        large.append(pc.mean(pc.cast(pc.equal(mine, "large"), pa.int8())).as_py())
    assert large[0] > 3 * large[1]


def test_needs_are_of_the_taxonomy(streams: dict[str, pa.Table]) -> None:
    assert len(NEEDS) == 12
    for stream in ("needs", "solutions"):
        assert set(pc.unique(streams[stream]["need"]).to_pylist()) <= set(NEEDS)
