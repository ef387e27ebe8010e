"""Governance, computed a second way from the demo build with scipy, lifelines, statsmodels and numpy, and what was
planted there; and the macros of drift and of matched lift on random inputs."""

import csv
import datetime as dt
import json
import math
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import lifelines
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import chi2, chi2_contingency
from statsmodels.stats.proportion import proportion_confint
from test_components import fill_table, run_dbt

from scripts.contract import PROJECT

LAST = dt.date(2026, 6, 30)


def rows(database: Path, query: str, values: list | None = None) -> pd.DataFrame:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query, values or []).df()


def rule(name: str) -> float:
    with (PROJECT / "seeds/rules/rules.csv").open(encoding="utf-8") as file:
        return next(
            float(row["value"])
            for row in csv.DictReader(file)
            if row["rule"] == name and not row["valid_to"]
        )


Z = rule("interval_z")


@pytest.fixture(scope="module")
def answers(demo_folder: Path) -> dict:
    return json.loads((demo_folder.parent / "answers.json").read_text(encoding="utf-8"))


def kpis(database: Path, kpi: str, cohort: str = "all") -> pd.DataFrame:
    return rows(
        database,
        "select * from marts.kpis_monthly where kpi = ? and cohort = ? order by as_of_date",
        [kpi, cohort],
    )


# ------------------------------------------------------------------------------- what was planted


def test_the_planted_drift_asks_for_action_on_its_signal_alone(
    demo_database: Path, answers: dict
) -> None:
    month = dt.date.fromisoformat(answers["drift_month"][1]) - dt.timedelta(days=1)
    drift = rows(demo_database, "select * from marts.score_drift_monthly")
    drift["as_of_date"] = pd.to_datetime(drift["as_of_date"]).dt.date
    acted = drift[drift["status"] == "act"]
    then = acted[acted["as_of_date"] == month]
    assert list(then[then["feature"] != "score"]["feature"]) == ["intent_heat"]
    # the score that rests on it moves with it, and no other
    assert set(then[then["feature"] == "score"]["model"]) <= {"intent"}
    # and nothing asks for it in the year and a half before
    assert acted[acted["as_of_date"] < month].empty
    watched = drift[(drift["as_of_date"] < month) & (drift["status"] == "watch")]
    assert len(watched) <= 0.01 * len(drift)


def test_the_noise_signal_is_advised_to_retire(demo_database: Path, answers: dict) -> None:
    quality = rows(demo_database, "select * from marts.signal_quality_monthly where is_latest")
    noise = quality[quality["signal"] == answers["noise_signal"]]
    assert list(noise["advice"]) == ["retire"]
    kept = set(quality[quality["advice"] == "keep"]["signal"])
    assert {"usage_change", "usage_level", "days_to_renewal"} <= kept


def test_the_favoured_tier_shows(demo_database: Path, answers: dict) -> None:
    bias = rows(
        demo_database,
        "select * from marts.partner_bias_monthly where model = 'intent' and dimension = 'tier'",
    )
    mine = bias["partner_group"] == answers["favoured_tier"]
    assert (bias[mine]["gap"] > 0).all()
    assert (bias[mine]["status"].isin(["watch", "act"])).mean() > 0.5
    assert bias[mine & bias["is_latest"]]["lower"].item() > 0
    # the other tiers are hardly ever favoured by as much
    others = bias[~mine & (bias["gap"] > 0)]
    assert (others["status"].isin(["watch", "act"])).mean() < 0.1


def test_the_help_desk_that_fell_silent_shows(demo_database: Path, answers: dict) -> None:
    gaps = rows(demo_database, "select * from marts.data_gaps").set_index(["source", "stream"])
    desk = gaps.loc[("helpdesk", "tickets")]
    assert desk["status"] == "silent"
    assert desk["last_event_at"].date() <= dt.date.fromisoformat(answers["silent_since"])
    silent_days = (LAST - desk["last_event_at"].date()).days
    assert desk["hours_late"] == 24 * silent_days - desk["usual_pause_hours"]
    sent = gaps[~gaps.index.isin([("helpdesk", "tickets")])]
    # partners' touches of the demo world run out in its last weeks: the last round of a service is not drawn
    sent = sent[sent.index.get_level_values("stream") != "touches"]
    assert set(sent["status"]) <= {"ok", "too_few"}


# -------------------------------------------------------------------------------------- a second way


def test_retention_from_the_terms(demo_database: Path) -> None:
    """Which ARR was counted on which day, term by term in plain Python."""
    terms = rows(
        demo_database,
        "select account_key, arr, term_start_date, counted_until_date from intermediate.int_terms where is_paid",
    )
    stated = defaultdict(list)
    for key, day in rows(
        demo_database, "select account_key, churned_date from intermediate.int_churns_stated"
    ).itertuples(index=False):
        stated[key].append(pd.Timestamp(day))

    def balances(day: pd.Timestamp) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for key, arr, start, until in terms.itertuples(index=False):
            ends = [until] if pd.notna(until) else []
            ends += [churned for churned in stated[key] if churned >= start]
            if start <= day and not any(end <= day for end in ends):
                found[key] += arr
        return found

    for day in (pd.Timestamp(LAST), pd.Timestamp("2025-02-28")):
        opening, closing = balances(day - pd.DateOffset(months=12)), balances(day)
        start = np.array(list(opening.values()))
        now = np.array([closing.get(key, 0) for key in opening])
        expected = {
            "gross_revenue_retention": np.minimum(start, now).sum() / start.sum(),
            "net_revenue_retention": now.sum() / start.sum(),
            "logo_retention": np.mean([key in closing for key in opening]),
        }
        for kpi, value in expected.items():
            said = kpis(demo_database, kpi).set_index("as_of_date").loc[day]
            assert said["value"] == pytest.approx(value)
            assert said["n"] == len(opening)
            if kpi == "logo_retention":
                kept = round(value * len(opening))
                low, high = proportion_confint(kept, len(opening), alpha=0.1, method="wilson")
                assert (said["lower"], said["upper"]) == pytest.approx((low, high), abs=1e-4)
            else:
                # a ratio of sums is the slope of a weighted regression through 0; HC1 is its linearised variance
                top = np.minimum(start, now) if kpi.startswith("gross") else now
                fitted = sm.WLS(top, start, weights=1 / start).fit(cov_type="HC1")
                assert fitted.params[0] == pytest.approx(value)
                assert said["upper"] - said["value"] == pytest.approx(Z * fitted.bse[0])


def test_time_to_value_by_lifelines(demo_database: Path) -> None:
    known = rows(
        demo_database,
        """select known.*, accounts.segment from intermediate.int_milestones_known as known
        inner join intermediate.int_accounts as accounts using (account_key)""",
    )
    for day, cohort in ((LAST, "all"), (dt.date(2025, 3, 31), "large")):
        moment = pd.Timestamp(day)
        then = known[
            (known["known_from_date"] <= moment)
            & ~(known["known_until_date"] <= moment)
            & known["segment"].isin([cohort] if cohort != "all" else known["segment"].unique())
        ]
        dates = then.assign(day=pd.to_datetime(then["occurred_at"]).dt.normalize()).pivot(
            index="account_key", columns="milestone", values="day"
        )
        first = moment - pd.DateOffset(months=int(rule("time_to_value_months")))
        dates = dates[(dates["selected"] > first) & (dates["selected"] <= moment)]
        reached = dates["first_value"] <= moment
        ends = dates["first_value"].where(reached, moment)
        waits = (ends - dates["selected"]).dt.days.clip(lower=0)
        fitted = lifelines.KaplanMeierFitter().fit(waits, reached)
        said = kpis(demo_database, "time_to_value", cohort)
        said = said[said["as_of_date"] == moment].iloc[0]
        assert said["n"] == len(waits)
        assert said["value"] == fitted.median_survival_time_
        # Brookmeyer & Crowley: the times at which the curve is within z Greenwood errors of one half
        table = fitted.event_table
        at_risk, events = table["at_risk"].to_numpy(), table["observed"].to_numpy()
        hazard = np.cumsum(events / np.maximum(at_risk * (at_risk - events), 1e-12))
        curve = fitted.survival_function_["KM_estimate"].to_numpy()
        width = Z * curve * np.sqrt(hazard)
        assert said["lower"] == table.index[curve - width <= 0.5][0]
        assert said["upper"] == table.index[curve + width < 0.5][0]


def test_coverage_from_the_streams(demo_database: Path) -> None:
    since = LAST - dt.timedelta(days=int(rule("coverage_days")))
    query = """
        select distinct family, account_source, account_id from (
            select 'product' as family, account_source, account_id, cast(day as date) as day from staging.stg_usage
            where coalesce(active_users, events, 0) > 0
            union all select 'integration', account_source, account_id, cast(occurred_at as date)
            from staging.stg_setup_events where event like 'integration%'
            union all select family, account_source, account_id, cast(occurred_at as date)
            from staging.stg_signals where family in ('partner', 'community')
            union all select 'community', account_source, account_id, cast(occurred_at as date)
            from staging.stg_feedback where kind in ('review', 'reference', 'referral', 'case_study')
            union all select 'partner', account_source, account_id, cast(occurred_at as date)
            from staging.stg_touches where actor = 'partner'
        ) where day > ? and day <= ?"""
    places = {
        (row.source, row.source_id): row.organisation_key
        for row in rows(
            demo_database,
            """select source, source_id, organisation_key from staging.stg_organisation_members
            where stream = 'accounts'""",
        ).itertuples()
    }
    heard = defaultdict(set)
    for family, source, place in rows(demo_database, query, [since, LAST]).itertuples(index=False):
        heard[places.get((source, place))].add(family)
    live = list(
        rows(
            demo_database,
            "select account_key from intermediate.int_live_accounts where is_latest",
        )["account_key"]
    )
    families = Counter(family for key in live for family in heard[key])
    families["signal"] = sum(len(heard[key]) >= 2 for key in live)
    for family, n in families.items():
        said = kpis(demo_database, f"{family}_coverage").iloc[-1]
        assert said["value"] == pytest.approx(n / len(live)), family
        assert said["n"] == len(live)
    # partners and products tell of most customers, and of some nobody hears anything
    assert families["product"] > families["partner"] > families["integration"] > 0


def test_pipeline_from_the_deals(demo_database: Path) -> None:
    deals = rows(demo_database, "select * from intermediate.int_deals where kind <> 'renewal'")
    created = pd.to_datetime(deals["created_at"]).dt.normalize()
    inside = (created > pd.Timestamp(LAST) - pd.DateOffset(months=12)) & (
        created <= pd.Timestamp(LAST)
    )
    sourced = inside & deals["sourced_by_partner_key"].notna()
    said = kpis(demo_database, "partner_sourced_pipeline").iloc[-1]
    assert said["value"] == pytest.approx(deals[sourced]["amount"].sum())
    assert said["n"] == sourced.sum()
    share = kpis(demo_database, "partner_pipeline_share").iloc[-1]
    cosold = kpis(demo_database, "partner_cosold_pipeline").iloc[-1]
    whole = deals[inside]["amount"].sum()
    assert share["value"] == pytest.approx((said["value"] + cosold["value"]) / whole)
    assert share["lower"] < share["value"] < share["upper"]


def test_drift_by_numpy_and_scipy(demo_database: Path) -> None:
    cards = rows(demo_database, "select * from rules.scorecards")
    versions = rows(demo_database, "select * from rules.scorecard_versions").set_index("model")
    said = rows(demo_database, "select * from marts.score_drift_monthly").set_index(
        ["as_of_date", "model", "feature"]
    )
    for day, model, signal in (
        ("2026-01-31", "intent", "intent_heat"),
        ("2025-06-30", "risk", "usage_change"),
        ("2026-06-30", "fit", "employees"),
    ):
        values = rows(
            demo_database,
            """select signals.value from intermediate.int_account_months as months
            left join intermediate.int_signals as signals on months.as_of_date = signals.as_of_date
                and months.account_key = signals.account_key and signals.signal = ?
            where months.as_of_date = ? and (months.is_customer or ? <> 'risk')""",
            [signal, day, model],
        )["value"].to_numpy(dtype=float)
        card = cards[(cards["model"] == model) & (cards["signal"] == signal)].sort_values("bin")
        now = []
        for low, high, number in card[["lower", "upper", "bin"]].itertuples(index=False):
            low = -math.inf if pd.isna(low) else low
            high = math.inf if pd.isna(high) else high
            now.append(
                np.isnan(values).sum() if number == 0 else ((values >= low) & (values < high)).sum()
            )
        before = card["n_scored"].to_numpy(dtype=float)
        now = np.array(now, dtype=float)
        used = (now > 0) | (before > 0)
        now, before = now[used], before[used]
        actual = (now + 0.5) / (now + 0.5).sum()
        expected = (before + 0.5) / (before + 0.5).sum()
        row = said.loc[(pd.Timestamp(day), model, signal)]
        assert row["n"] == now.sum() == len(values)
        assert row["psi"] == pytest.approx(((actual - expected) * np.log(actual / expected)).sum())
        trained = versions.loc[model]
        months = len(pd.period_range(trained["trained_from"], trained["trained_to"], freq="M"))
        tested = chi2_contingency(np.array([now, before / months]), correction=False)
        assert row["p_value"] == pytest.approx(tested.pvalue, abs=0.0015)


def test_information_value_by_shuffling(demo_database: Path) -> None:
    """The value from the rows themselves, and what chance shows: outcomes dealt anew to whole accounts."""
    model, window = "risk", int(rule("signal_window_months"))
    first = pd.Timestamp(LAST) - pd.DateOffset(months=window)
    joined = rows(
        demo_database,
        """select outcomes.account_key, months.as_of_date, cast(outcomes.outcome as integer) as outcome
        from intermediate.int_score_outcomes as outcomes
        inner join intermediate.int_account_months as months using (as_of_date, account_key)
        where outcomes.model = ? and outcomes.resolved_date > ? and outcomes.resolved_date <= ?""",
        [model, first.date(), LAST],
    )
    signals = rows(
        demo_database,
        """select signals.* from intermediate.int_signals as signals
        inner join intermediate.int_account_months as months using (as_of_date, account_key)
        where months.is_customer""",
    )
    said = rows(
        demo_database,
        "select * from marts.signal_quality_monthly where is_latest and model = ?",
        [model],
    ).set_index("signal")
    rng = np.random.default_rng(5)
    for signal in ("nps_latest", "days_since_touch", "partners_live"):
        values = signals[signals["signal"] == signal].copy()
        by_month = values.groupby("as_of_date")["value"]
        place = by_month.rank(method="min") - 1
        values["bin"] = 1 + 5 * place // by_month.transform("size")
        these = joined.merge(values, on=["as_of_date", "account_key"], how="left").fillna(
            {"bin": 0}
        )
        bins, outcome = these["bin"].to_numpy(), these["outcome"].to_numpy()
        row = said.loc[signal]
        assert row["information_value"] == pytest.approx(information_value(bins, outcome))
        assert row["n_events"] == these[outcome == 1]["account_key"].nunique()
        # an account's rows with an outcome stay together and change places with those of another
        lot = these["account_key"] + these["outcome"].astype(str)
        lots = lot.unique()
        held = these.groupby(lot)["outcome"].first().loc[lots].to_numpy()
        numbers = {name: number for number, name in enumerate(lots)}
        places = lot.map(numbers).to_numpy()
        drawn = [information_value(bins, rng.permutation(held)[places]) for _ in range(200)]
        assert row["chance_value"] == pytest.approx(np.mean(drawn), rel=0.25)
        # rows as if they were independent would say far less
        naive = (len(np.unique(bins)) - 1) * (1 / (outcome == 1).sum() + 1 / (outcome == 0).sum())
        assert row["chance_value"] > 2 * naive
        assert row["excess_value"] == row["information_value"] - row["chance_value"]


def information_value(bins: np.ndarray, outcome: np.ndarray) -> float:
    names = np.unique(bins)
    events = np.array([((bins == name) & (outcome == 1)).sum() for name in names]) + 0.5
    others = np.array([((bins == name) & (outcome == 0)).sum() for name in names]) + 0.5
    events, others = events / events.sum(), others / others.sum()
    return float(((events - others) * np.log(events / others)).sum())


def test_bias_by_regression(demo_database: Path) -> None:
    """Within segment and outcome, averaged by the group's accounts: the mean of what a saturated regression of the
    others leaves unexplained."""
    judged = rows(
        demo_database,
        "select * from intermediate.int_score_gaps where as_of_date = ? and model = 'intent' and dimension = 'tier'",
        [LAST],
    )
    said = rows(
        demo_database,
        "select * from marts.partner_bias_monthly where is_latest and model = 'intent' and dimension = 'tier'",
    ).set_index("partner_group")
    whole = judged[judged["partner_group"] == "(any)"].set_index("account_key")
    for group in ("gold", "bronze"):
        members = set(judged[judged["partner_group"] == group]["account_key"])
        table = whole.assign(
            inside=whole.index.isin(members),
            stratum=whole["segment"] + whole["outcome"].astype(str),
        )
        design = pd.get_dummies(table["stratum"], dtype=float)
        others = sm.OLS(table["score"][~table["inside"]], design[~table["inside"]]).fit()
        left = (table["score"] - others.predict(design))[table["inside"]]
        assert said.loc[group, "gap"] == pytest.approx(left.mean())
        assert said.loc[group, "n"] == len(left)
        variance = 0.0
        for _, stratum in table.groupby("stratum"):
            ins, outs = stratum[stratum["inside"]]["score"], stratum[~stratum["inside"]]["score"]
            variance += (len(ins) / len(left)) ** 2 * (
                ins.var() / len(ins) + outs.var() / len(outs)
            )
        assert said.loc[group, "upper"] == pytest.approx(left.mean() + Z * math.sqrt(variance))


def test_score_lift_within_month_and_segment(demo_database: Path) -> None:
    first = pd.Timestamp(LAST) - pd.DateOffset(months=12)
    scored = rows(
        demo_database,
        """select as_of_date, account_key, points from intermediate.int_scores
        where model = 'risk' and is_in_force""",
    )
    counts = scored.groupby("as_of_date")["points"]
    scored["flagged"] = counts.rank(method="min", ascending=False) <= rule(
        "lift_flagged_share"
    ) * counts.transform("size")
    outcomes = rows(
        demo_database,
        """select as_of_date, account_key, outcome, segment from intermediate.int_score_outcomes
        inner join intermediate.int_accounts using (account_key)
        where model = 'risk' and resolved_date > ? and resolved_date <= ?""",
        [first.date(), LAST],
    )
    table = scored.merge(outcomes, on=["as_of_date", "account_key"])
    found = expected = 0.0
    for _, stratum in table.groupby(["as_of_date", "segment"]):
        ins, outs = stratum[stratum["flagged"]], stratum[~stratum["flagged"]]
        if len(ins) and len(outs) >= rule("matched_min_others"):
            found += ins["outcome"].sum()
            expected += len(ins) * outs["outcome"].mean()
    said = kpis(demo_database, "lift_vs_baseline", "risk").iloc[-1]
    assert said["value"] == pytest.approx(found / expected)
    assert said["lower"] > 1


def test_every_measure_has_rows_and_every_month_its_own(demo_database: Path) -> None:
    counted = rows(
        demo_database,
        """select kpi, count(distinct as_of_date) as months, count(distinct cohort) as cohorts
        from marts.kpis_monthly group by kpi""",
    ).set_index("kpi")
    with (PROJECT / "seeds/rules/kpis.csv").open(encoding="utf-8") as file:
        assert set(counted.index) == {row["kpi"] for row in csv.DictReader(file)}
    for kpi in ("signal_coverage", "gross_revenue_retention", "partner_pipeline_share"):
        assert counted.loc[kpi, "months"] == 25
        assert counted.loc[kpi, "cohorts"] >= 4
    for kpi in ("right_account_rate", "resolved_rate", "rescue_lift"):
        assert counted.loc[kpi, "months"] == 1


# -------------------------------------------------------------------------------------------- macros

TAILS = [(x, df) for df in range(1, 16) for x in (*np.linspace(0, 60, 121), 400.0, 20_000.0)]
KEYS = ["book"]


def lift_rows(seed: int) -> list[tuple[str, str, str, int, int]]:
    """book, stratum, cluster, flagged, outcome: outcomes of one account go together."""
    draw = random.Random(seed)
    made = []
    for account in range(300):
        stratum, luck = f"s{draw.randrange(4)}", draw.random() < 0.5
        for _ in range(draw.randint(1, 6)):
            flagged = int(draw.random() < 0.3)
            chance = 0.1 + 0.15 * flagged + 0.3 * luck
            made.append(
                (f"book{seed}", stratum, f"a{account}", flagged, int(draw.random() < chance))
            )
    # too few others, and nobody flagged: strata that do not count
    made += [(f"book{seed}", "thin", "x", 1, 1), (f"book{seed}", "thin", "y", 0, 0)]
    return [*made, *[(f"book{seed}", "others", f"z{number}", 0, 1) for number in range(9)]]


def lift_of(table: list[tuple]) -> tuple[int, float]:
    strata = defaultdict(list)
    for _, stratum, _, flagged, outcome in table:
        strata[stratum].append((flagged, outcome))
    n = found = expected = 0.0
    for pairs in strata.values():
        ins = [outcome for flagged, outcome in pairs if flagged]
        outs = [outcome for flagged, outcome in pairs if not flagged]
        if ins and len(outs) >= 8:
            n += len(ins)
            found += sum(ins)
            expected += len(ins) * sum(outs) / len(outs)
    return int(n), found / expected


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tail = "select x, df, {{ chi_square_tail('x', 'df') }} as p from raw.tails"
    lifts = (
        "with cases as (select * from raw.cases), "
        "{{ matched_lift('cases', ['book'], '8', '1.645') }} select * from lifts"
    )

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        fill_table(connection, "tails", {"x": "double", "df": "integer"}, TAILS)
        fill_table(
            connection,
            "cases",
            {
                "book": "text",
                "stratum": "text",
                "cluster_key": "text",
                "is_flagged": "integer",
                "outcome": "integer",
            },
            [row for seed in range(3) for row in lift_rows(seed)],
        )

    return run_dbt(
        tmp_path_factory.mktemp("governance"), {"chi_tail": tail, "matched": lifts}, fill
    )


def test_chi_square_tail_is_scipys(computed: Path) -> None:
    found = rows(computed, "select * from chi_tail")
    assert len(found) == len(TAILS)
    truth = chi2.sf(found["x"], found["df"])
    error = np.abs(found["p"] - truth)
    assert error[found["df"] <= 2].max() < 2e-7
    assert error[found["df"] == 3].max() < 0.006
    assert error[found["df"] >= 4].max() < 0.004
    # where a decision is taken it is closer
    near = (truth > 0.005) & (truth < 0.02) & (found["df"] > 2)
    assert error[near].max() < 0.0005


def test_matched_lift_and_its_interval(computed: Path) -> None:
    found = rows(computed, "select * from matched").set_index("book")
    for seed in range(3):
        table = lift_rows(seed)
        n, lift = lift_of(table)
        said = found.loc[f"book{seed}"]
        assert (said["n"], said["lift"]) == (n, pytest.approx(lift))
        # whole accounts drawn anew
        by_account = defaultdict(list)
        for row in table:
            by_account[row[2]].append(row)
        accounts = list(by_account.values())
        draw = random.Random(seed)
        logs = []
        for _ in range(400):
            drawn = [row for part in draw.choices(accounts, k=len(accounts)) for row in part]
            logs.append(math.log(lift_of(drawn)[1]))
        half = math.log(said["upper"] / said["lift"])
        assert half == pytest.approx(1.645 * np.std(logs), rel=0.12)
        assert said["lift"] / said["lower"] == pytest.approx(said["upper"] / said["lift"])


# ------------------------------------------------------------------------------------------ the page


def test_worked_examples_of_the_page() -> None:
    text = " ".join((PROJECT / "docs/measures/governance.md").read_text(encoding="utf-8").split())
    before, now = np.array([0.6, 0.3, 0.1]), np.array([0.4, 0.35, 0.25])
    psi = ((now - before) * np.log(now / before)).sum()
    assert f"is {psi:.3f}" in text
    events, others = np.array([0.2, 0.8]), np.array([0.5, 0.5])
    value = ((events - others) * np.log(events / others)).sum()
    assert f"value {value:.3f}" in text
    assert f"chance alone {1 / 100 + 1 / 400:.4f}" in text
    assert re.search(r"gap is \(30 × 6 \+ 10 × 2\) / 40 = 5 points", text)
    assert "of which 450,000 is 90 %" in text
    assert 450_000 / 500_000 == 0.9
