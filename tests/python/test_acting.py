"""Reasons raised, plays, rescues and interventions against what was planted, and worked out again."""

import csv
import datetime as dt
import hashlib
import json
import math
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep

from scripts.contract import PROJECT
from tests.python.raw import ask, build_part

Z90 = 1.645
RULES = PROJECT / "seeds" / "rules"
Rows = list[dict[str, Any]]


def seed(name: str) -> Rows:
    with (RULES / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rule(name: str) -> float:
    [value] = [
        float(row["value"]) for row in seed("rules") if row["rule"] == name and not row["valid_to"]
    ]
    return value


def read(database: Path, query: str) -> Rows:
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def departures(database: Path, folder: Path) -> Rows:
    """The planted ones with the account they are resolved to, dates as dates."""
    told = json.loads((folder.parent / "answers.json").read_text(encoding="utf-8"))["departures"]
    keys = dict(
        ask(
            database,
            "select records.organisation, min(sources.account_key) from marts.account_sources"
            f" as sources inner join read_csv('{folder.parent}/records.csv') as records"
            " on sources.source = records.source and sources.source_id = records.source_id"
            " and records.stream = 'accounts' and sources.stream = 'accounts'"
            " where records.source = 'crm' group by records.organisation",
        )
    )
    names = dict(ask(database, "select partner_name, partner_key from marts.partners"))
    return [
        {
            "account": keys[row["organisation"]],
            "left": dt.date.fromisoformat(row["left"]),
            "churned": row["churned"] and dt.date.fromisoformat(row["churned"]),
            "met": row["met"] and dt.date.fromisoformat(row["met"]),
            "partner": names.get(row["met_by"]),
        }
        for row in told
    ]


def month_ends(database: Path) -> list[dt.date]:
    return [
        day
        for (day,) in ask(
            database, "select distinct as_of_date from marts.account_risk order by as_of_date"
        )
    ]


# ---------------------------------------------------------------------------------------- reasons


def test_the_rows_of_the_unit_test_are_those_of_the_seed() -> None:
    """dbt cannot read a seed with empty cells into a unit test, so the test repeats it."""
    path = PROJECT / "models/intermediate/acting/_acting__unit_tests.yml"
    tests = yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]
    [test] = [test for test in tests if test["model"] == "int_reasons_firing"]
    [given] = [each for each in test["given"] if each["input"] == "ref('reason_codes')"]
    rows = list(csv.DictReader(given["rows"].splitlines()))
    raised = [row for row in seed("reason_codes") if row["signal"]]
    assert rows == [{name: row[name] for name in rows[0]} for row in raised]
    accounts = {line.split(",")[1] for line in test["expect"]["rows"].splitlines()[1:]}
    assert accounts == {f"yes_{row['reason_code']}" for row in raised}
    read_signals = [each["rows"] for each in test["given"] if "int_signals" in each["input"]]
    assert all(f",no_{row['reason_code']}," in read_signals[0] for row in raised)


def test_weights_of_the_placement_add_up_to_one() -> None:
    assert math.fsum(float(row["weight"]) for row in seed("intervention_weights")) == 1


def test_planted_departures_are_raised_on_their_day(demo_database: Path, demo_folder: Path) -> None:
    """A champion who left within the window before a month-end at which the customer was still one."""
    days = month_ends(demo_database)
    [window] = [
        float(row["fires_to"])
        for row in seed("reason_codes")
        if row["reason_code"] == "champion_left"
    ]
    due, dated = set(), set()
    for row in departures(demo_database, demo_folder):
        dated.add((row["account"], row["left"]))
        seen = [day for day in days if day >= row["left"]]
        is_seen = bool(seen) and (seen[0] - row["left"]).days <= window
        if is_seen and (not row["churned"] or row["churned"] > seen[0]):
            due.add((row["account"], row["left"]))
    raised = set(
        ask(
            demo_database,
            "select account_key, raised_date from marts.account_plays"
            " where reason_code = 'champion_left'",
        )
    )
    found, false = len(due & raised), len(raised - dated)
    print(f"{found} of {len(due)} departures raised on their day, {false} of {len(raised)} false")
    assert len(due) > 50
    assert found >= 0.95 * len(due)
    assert false <= 0.05 * len(raised)


# ---------------------------------------------------------------------------------------- rescues


@dataclass(frozen=True)
class Episode:
    """A run of month-ends in risk: first, first out of risk (if it was still a customer), and since when in risk."""

    account: str
    started: dt.date
    cleared: dt.date | None
    begun: dt.date


def episodes(database: Path) -> list[Episode]:
    """From published bands and the reasons raised."""
    days = month_ends(database)
    in_risk = {row["band"] for row in seed("risk_bands") if row["is_in_risk"] == "true"}
    bands: dict[str, dict[dt.date, str]] = defaultdict(dict)
    for account, day, band in ask(
        database, "select account_key, as_of_date, risk_band from marts.account_risk"
    ):
        bands[account][day] = band
    events = [
        row["reason_code"]
        for row in seed("reason_codes")
        if row["model"] == "risk" and row["raised_on"] == "event"
    ]
    raised: dict[tuple[str, dt.date], list[dt.date]] = defaultdict(list)
    for account, reason, first, day in ask(
        database,
        "select account_key, reason_code, first_month_end, raised_date"
        " from intermediate.int_reasons_raised where is_start_known",
    ):
        if reason in events:
            raised[account, first].append(day)
    found = []
    for account, known in bands.items():
        flags = [known.get(day) in in_risk for day in days]
        for place, day in enumerate(days):
            if not flags[place] or (place and flags[place - 1]):
                continue
            after = next((n for n in range(place, len(days)) if not flags[n]), None)
            cleared = days[after] if after and days[after] in known else None
            since = min(raised[account, day], default=day)
            begun = since if place and since > days[place - 1] else day
            found.append(Episode(account, day, cleared, begun))
    return found


def test_rescues_are_worked_out_again(demo_database: Path, demo_folder: Path) -> None:
    """From published bands, touches and outcomes of renewals; and how many of those planted there are."""
    outcomes = {
        (account, day): lost
        for account, day, lost in ask(
            demo_database,
            "select account_key, as_of_date, is_lost from intermediate.int_renewal_outcomes",
        )
    }
    types = {row["touch_type"] for row in seed("intervening_touch_types")}
    touches: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
    for account, partner, kind, day in ask(
        demo_database,
        "select account_key, partner_key, touch_type, cast(occurred_at as date)"
        " from intermediate.int_touches where partner_key is not null",
    ):
        if kind in types:
            touches[account].append((day, partner))
    told = episodes(demo_database)
    expected = {
        (episode.account, episode.cleared, partner)
        for episode in told
        if episode.cleared and outcomes.get((episode.account, episode.started)) == 0
        for day, partner in touches[episode.account]
        if episode.begun <= day < episode.cleared
        and (episode.cleared - day).days <= rule("rescue_clear_days")
    }
    found = ask(
        demo_database,
        "select account_key, cleared_date, partner_key from intermediate.int_rescues",
    )
    assert len(found) == len(set(found)) and set(found) == expected
    assert len(found) > 20
    met = [row for row in departures(demo_database, demo_folder) if row["met"]]
    at_risk = [
        (row, episode)
        for row in met
        for episode in told
        if row["account"] == episode.account
        and episode.begun <= row["met"]
        and (episode.cleared is None or row["met"] < episode.cleared)
    ]
    rescued = [
        row
        for row, episode in at_risk
        if (row["account"], episode.cleared, row["partner"]) in expected
    ]
    print(
        f"{len(found)} rescues in {len(told)} episodes; of {len(met)} customers met after a"
        f" departure {len(at_risk)} were in risk, {len(rescued)} of them rescued by whom they met"
    )
    assert rescued


def test_the_rescue_lift_is_worked_out_again(demo_database: Path) -> None:
    trials = read(
        demo_database,
        "select trials.* from intermediate.int_rescue_trials as trials"
        " inner join intermediate.int_month_ends as month_ends on month_ends.is_latest"
        " and trials.resolved_date > month_ends.window_from_date"
        " and trials.resolved_date <= month_ends.as_of_date",
    )
    tables: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in trials:
        cell = tables[row["cohort"]]
        cell[1 if row["is_touched"] else 3] += 1
        cell[0 if row["is_touched"] else 2] += row["is_saved"]
    lift = {
        row["cohort"]: row
        for row in read(demo_database, "select * from intermediate.int_rescue_lift")
    }
    assert lift.keys() == {*tables, "all"}
    weights = differences = spread = 0.0
    for cohort, (a, n, c, m) in tables.items():
        row = lift[cohort]
        assert (row["n_touched_saved"], row["n"], row["n_untouched_saved"]) == (a, n, c)
        if not n or not m:
            assert row["value"] is None
            continue
        assert row["value"] == pytest.approx(a / n - c / m, abs=1e-9)
        # scipy's quantile of 5 % is 1.64485, the rule's 1.645
        lower, upper = confint_proportions_2indep(a, n, c, m, method="newcomb", alpha=0.1)
        assert (row["lower"], row["upper"]) == pytest.approx((lower, upper), abs=1e-4)
        # Mantel-Haenszel weights; variance of Greenland and Robins
        weight = n * m / (n + m)
        weights += weight
        differences += weight * (a / n - c / m)
        spread += weight**2 * (a * (n - a) / n**3 + c * (m - c) / m**3)
    value, sd = differences / weights, math.sqrt(spread) / weights
    whole = lift["all"]
    assert whole["value"] == pytest.approx(value, abs=1e-9)
    bounds = (value - Z90 * sd, value + Z90 * sd)
    assert (whole["lower"], whole["upper"]) == pytest.approx(bounds, abs=1e-9)
    print(f"rescue lift {value:+.3f} ({bounds[0]:+.3f}, {bounds[1]:+.3f}) of {whole['n']} episodes")


# --------------------------------------------------------------------------------------- holdouts


def share(*parts: str) -> float:
    text = "|".join([*parts, str(int(rule("holdout_salt")))])
    return int(hashlib.md5(text.encode()).hexdigest()[:15], 16) / 2**60


def test_controls_are_a_tenth_by_a_stable_hash(demo_database: Path) -> None:
    stated = set(
        ask(
            demo_database,
            "select distinct account_key, answered_reason_code, raised_date"
            " from intermediate.int_actions where is_holdout and answered_reason_code is not null",
        )
    )
    plays = read(demo_database, "select * from marts.account_plays")
    for row in plays:
        assigned = share(row["account_key"], row["reason_code"]) < rule("holdout_share")
        by_source = (row["account_key"], row["reason_code"], row["raised_date"]) in stated
        assert row["is_holdout"] == (assigned or by_source)
        assert row["first_action_at"] is None or row["hours_to_action"] >= 0
    for row in read(demo_database, "select * from marts.account_interventions"):
        assigned = share(row["account_key"], row["reason"] or "~null~") < rule("holdout_share")
        assert row["is_holdout"] == assigned
    pairs = {(row["account_key"], row["reason_code"]) for row in plays}
    held = sum(share(*pair) < rule("holdout_share") for pair in pairs)
    low, high = binom.interval(0.999, len(pairs), rule("holdout_share"))
    print(f"{held} of {len(pairs)} pairs of account and reason are controls")
    assert low <= held <= high


# ---------------------------------------------------------------------------------- interventions


def open_partners(database: Path, folder: Path) -> dict[str, set[str]]:
    """Account -> partners there by open work of the last year, an open standing tie, or a path."""
    there: dict[str, set[str]] = defaultdict(set)
    sold = [
        row["touch_type"] for row in seed("touch_types") if row["is_acquisition_type"] == "true"
    ]
    days = int(rule("partner_presence_days"))
    queries = [
        f"""select account_key, partner_key from marts.account_touches, staging.stg_as_of
            where touch_type not in ({", ".join(f"'{name}'" for name in sold)})
            and cast(occurred_at as date) >= as_of_date - {days}""",
        f"""select accounts.account_key, partners.partner_key
            from read_csv('{folder}/relationships.csv', all_varchar = true) as ties
            cross join staging.stg_as_of
            inner join marts.account_sources as accounts on accounts.stream = 'accounts'
                and accounts.source = coalesce(ties.to_source, ties.source)
                and accounts.source_id = ties.to_id
            inner join marts.account_sources as partners on partners.stream = 'partners'
                and partners.source = coalesce(ties.from_source, ties.source)
                and partners.source_id = ties.from_id
            where ties.kind = 'serves' and coalesce(ties.sharing_scope, 'open') = 'open'
            and coalesce(cast(ties.ended_at as date), as_of_date) >= as_of_date""",
        "select account_key, partner_key from marts.ecosystem_paths",
    ]
    for query in queries:
        for account, partner in ask(database, query):
            there[account].add(partner)
    return there


def test_nobody_is_named_without_a_tie_or_a_path(demo_database: Path, demo_folder: Path) -> None:
    there = open_partners(demo_database, demo_folder)
    interventions = read(demo_database, "select * from marts.account_interventions")
    for row in interventions:
        for name in ("partner_key", "runner_up_partner_key"):
            assert row[name] is None or row[name] in there[row["account_key"]]
        assert (row["said"] is None) == (row["partner_key"] is not None)
        assert (row["path_text"] is None) == (row["partner_key"] is None)
    named = sum(row["partner_key"] is not None for row in interventions)
    print(f"{len(interventions)} interventions, {named} with a partner")
    print(Counter(row["reason"] for row in interventions))
    print(Counter(row["said"] for row in interventions if row["said"]))
    assert named >= 0.5 * len(interventions) > 10
    in_risk = ask(
        demo_database,
        "select account_key from marts.account_risk where is_latest and risk_band = 'high'",
    )
    assert {row["account_key"] for row in interventions} == {account for (account,) in in_risk}


def test_the_best_placed_is_worked_out_again(demo_database: Path) -> None:
    """Rates of the reasons among each partner's customers, who is left out, and the order of the rest."""
    customers = {
        account
        for (account,) in ask(
            demo_database,
            "select account_key from intermediate.int_account_months"
            " where is_latest and is_customer",
        )
    }
    books: dict[str, set[str]] = defaultdict(set)
    for account, partner in ask(
        demo_database,
        "select account_key, partner_key from intermediate.int_partner_presence"
        " where is_present and as_of_date = (select as_of_date from staging.stg_as_of)",
    ):
        if account in customers:
            books[partner].add(account)
    shows: dict[str, set[str]] = defaultdict(set)
    for account, reason in ask(
        demo_database,
        "select account_key, reason_code from intermediate.int_reasons_raised"
        " where cleared_date is null",
    ):
        shows[reason].add(account)
    worst: dict[str, set[str]] = {}
    for reason, accounts in shows.items():
        rates = {}
        for partner, book in books.items():
            n, outside = len(book & accounts), len((accounts & customers) - book)
            others = len(customers) - len(book)
            judged = len(book) >= rule("worst_min_accounts") and n >= rule("worst_min_showing")
            if judged and others and n / len(book) > outside / others:
                rates[partner] = round(n / len(book), 6)
        worst[reason] = {name for name, rate in rates.items() if rate == max(rates.values())}
    weights = {row["factor"]: float(row["weight"]) for row in seed("intervention_weights")}
    candidates: dict[str, Rows] = defaultdict(list)
    for row in read(demo_database, "select * from intermediate.int_candidates_scored"):
        assert all(0 <= row[factor] <= 1 for factor in weights), row
        placed = 100 * math.fsum(weights[factor] * row[factor] for factor in weights)
        assert row["placement_score"] == pytest.approx(placed, abs=1e-9)
        candidates[row["account_key"]].append(row)
    left_out = 0
    for row in read(demo_database, "select * from marts.account_interventions"):
        rivals = candidates[row["account_key"]]
        fit = [each for each in rivals if each["partner_key"] not in worst.get(row["reason"], ())]
        left_out += len(rivals) - len(fit)
        fit.sort(key=lambda each: (-round(each["placement_score"], 6), each["partner_key"]))
        best = [each["partner_key"] for each in fit[:2]] + [None, None]
        assert [row["partner_key"], row["runner_up_partner_key"]] == best[:2]
    assert left_out > 0


# ------------------------------------------------------------------------------------- restricted


def hide(folder: Path, partner: str) -> None:
    """Edit contract files so that all that is known of a partner's work may not be shown."""
    with duckdb.connect() as connection:

        def rewrite(stream: str, query: str) -> None:
            path = folder / f"{stream}.csv"
            rows = f"read_csv('{path}', all_varchar = true)"
            connection.execute(f"create or replace table kept as {query.format(rows=rows)}")
            connection.execute(f"copy kept to '{path}' (header)")

        rewrite(
            "touches",
            f"select * replace (case when partner_id = '{partner}' then 'restricted' else sharing_scope"
            f" end as sharing_scope, case when partner_id <> '{partner}' then partner_person_id end"
            " as partner_person_id) from {rows}",
        )
        rewrite(
            "relationships",
            f"select * replace (case when '{partner}' in (from_id, to_id) then 'restricted' else"
            " sharing_scope end as sharing_scope) from {rows}",
        )
        rewrite(
            "opportunities",
            f"select * replace (case when sourced_by_partner_id <> '{partner}' then"
            " sourced_by_partner_id end as sourced_by_partner_id) from {rows}",
        )
        for stream in ("opportunity_partners", "people"):
            rewrite(
                stream,
                f"select * from {{rows}} where partner_id is distinct from '{partner}'",
            )


def test_a_partner_known_by_restricted_rows_alone_is_not_named(
    small_database: Path, small_folder: Path, tmp_path: Path
) -> None:
    named = Counter(
        key
        for pair in ask(
            small_database,
            "select partner_key, runner_up_partner_key from marts.account_interventions",
        )
        for key in pair
        if key
    )
    # the most often named one: were nothing done about it, it would be named here too
    [(hidden, times)] = named.most_common(1)
    assert times > 0
    [(partner, name)] = ask(
        small_database,
        "select sources.source_id, partners.partner_name from marts.account_sources as sources"
        " inner join marts.partners as partners on sources.partner_key = partners.partner_key"
        f" where sources.stream = 'partners' and sources.partner_key = '{hidden}'",
    )
    folder = tmp_path / "data"
    shutil.copytree(small_folder, folder)
    hide(folder, partner)
    marts = ("account_interventions", "account_plays", "account_kept_by")
    database = build_part(folder, tmp_path / "ecosystem.duckdb", {}, [f"+{mart}" for mart in marts])
    touched = ask(
        database, f"select count(*) from intermediate.int_touches where partner_key = '{hidden}'"
    )
    assert touched[0][0] > 0, "the partner's touches count no more"
    for mart in marts:
        for row in read(database, f"select * from marts.{mart}"):
            assert hidden not in row.values() and partner not in row.values()
            assert all(name not in each for each in row.values() if isinstance(each, str))
    pooled = ask(
        database, "select count(*) from marts.account_kept_by where partner_key = 'restricted'"
    )
    assert pooled[0][0] > 0
