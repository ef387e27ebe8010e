"""The trainer of scorecards, and the SQL that applies them: against plain Python, gradient boosting and no effect."""

import csv
import datetime as dt
import itertools
import math
import shutil
import statistics
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from rich.console import Console

from scripts import build
from scripts import train_scorecard as training
from scripts.contract import PROJECT
from scripts.errors import UserError

MODELS = ("risk", "fit", "intent", "feasibility", "momentum")
AS_GOOD_AS = 0.03


def seed(name: str) -> list[dict[str, str]]:
    folder = "models" if name.startswith("scorecard") else "rules"
    with (PROJECT / "seeds" / folder / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ask(database: Path, query: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def trends(model: str) -> dict[str, int]:
    return {
        row["signal"]: int(row["trend"]) for row in seed("score_features") if row["model"] == model
    }


def rows_of(database: Path, model: str = "risk", until: str = "2026-06-30") -> training.Rows:
    return training.read_rows([database], model, sorted(trends(model)), "1900-01-01", until)


def made_up(n: int = 3000, informative: bool = True) -> training.Rows:
    """Accounts of five months each; the outcome falls with one signal, another is noise, a third is rarely known."""
    chance = np.random.default_rng(3)
    use = np.repeat(chance.uniform(0, 1, n // 5), 5)
    rate = 1 / (1 + np.exp(4 * use - 1)) if informative else np.full(n, 0.25)
    rare = np.where(chance.uniform(size=n) < 0.01, 1.0, np.nan)
    return training.Rows(
        (chance.uniform(size=n) < rate).astype(float),
        np.repeat(np.arange(n // 5), 5).astype(str),
        {"use": use, "noise": chance.normal(size=n), "rare": rare},
        ["2025-01-31"],
    )


def test_bins_follow_the_trend_and_hold_every_value() -> None:
    rows = made_up()
    card = training.fit(rows, {"use": -1, "noise": 0, "rare": 1})
    bins = card.bins["use"]
    assert [each.number for each in bins] == list(range(len(bins))) and len(bins) > 3
    assert bins[1].lower is None and bins[-1].upper is None
    for one, other in itertools.pairwise(bins[1:]):
        assert one.upper == other.lower and one.points > other.points
        held = (rows.signals["use"] >= (one.lower or 0)) & (rows.signals["use"] < one.upper)
        assert (held.sum(), rows.outcomes[held].sum()) == (one.n, one.n_events)
    assert bins[0].n == 0 and bins[0].weight == pytest.approx(0)
    # too rare to be cut: one bin for what is known
    assert [(each.number, each.n) for each in card.bins["rare"]] == [
        (0, int(np.isnan(rows.signals["rare"]).sum())),
        (1, int((rows.signals["rare"] == 1).sum())),
    ]
    against = training.fit(rows, {"use": 1, "noise": 0})
    assert len(against.bins["use"]) == 2


def test_weight_of_evidence_is_log_odds_shrunk_to_all() -> None:
    outcomes = np.array([1.0] * 30 + [0.0] * 70)
    values = np.array([0.0] * 40 + [1.0] * 60)
    found = training.weighed(training.Bin(1, None, 0.5, 0, 0, 0.0), values, outcomes)
    assert (found.n, found.n_events) == (40, 30)
    prior = training.PRIOR_ROWS
    odds = (30 + prior * 0.3) / (10 + prior * 0.7)
    assert found.weight == pytest.approx(math.log(odds) - math.log(0.3 / 0.7))


def test_twenty_points_double_the_odds() -> None:
    card = training.fit(made_up(), {"use": -1, "noise": 0})
    doubled = math.log(2) / training.POINTS_TO_DOUBLE
    assert card.slope == pytest.approx(doubled, rel=0.02)
    assert card.probability(card.points(made_up().signals)).mean() == pytest.approx(
        made_up().outcomes.mean(), abs=1e-3
    )


def test_a_signal_that_says_the_opposite_in_company_has_no_points() -> None:
    rows = made_up()
    twin = rows.signals["use"] + np.random.default_rng(1).normal(0, 0.3, len(rows.outcomes))
    rows.signals["twin"] = twin
    weights = {
        "use": -rows.signals["use"],
        # alone it says that use is low; beside use it takes back what use says too loudly
        "twin": -rows.signals["use"] + 3 * (rows.outcomes < 0.5),
    }
    found = training.weigh(weights, rows.outcomes)
    assert found.get("use", 0) >= 0 and "twin" not in found


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A folder of seeds with no cards yet."""
    folder = tmp_path / "seeds"
    (folder / "rules").mkdir(parents=True)
    for name in ("score_targets", "score_features", "rules"):
        shutil.copy(PROJECT / "seeds" / "rules" / f"{name}.csv", folder / "rules")
    return folder


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with what the trainer reads, for the model risk."""
    rows = made_up()
    n = len(rows.outcomes)
    months = [dt.date(2025, 1 + number % 5, 28) for number in range(n)]
    outcomes = pa.table(
        {
            "model": ["risk"] * n,
            "as_of_date": months,
            "account_key": rows.groups.tolist(),
            "outcome": rows.outcomes,
            "resolved_date": [month + dt.timedelta(60) for month in months],
        }
    )
    signals = pa.table(
        {
            "as_of_date": months,
            "account_key": rows.groups.tolist(),
            "signal": ["usage_level"] * n,
            "value": rows.signals["use"],
        }
    )
    path = tmp_path_factory.mktemp("history") / "history.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("outcomes", outcomes)
        connection.register("signals", signals)
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_score_outcomes as from outcomes")
        connection.execute("create table intermediate.int_signals as from signals")
        connection.execute(
            """create table intermediate.int_account_months as
            select as_of_date, account_key, true as is_customer from outcomes"""
        )
    return path


def train(history: Path, register: Path, **given: object) -> list[str]:
    asked = {
        "models": ["risk"], "version": "v1", "status": "challenger", "start": None, "until": None,
        "effective_from": None, "note": "", **given,
    }  # fmt: skip
    return training.train([history], out=register, console=Console(quiet=True), **asked)


def test_versions_are_added_and_never_overwritten(history: Path, register: Path) -> None:
    train(history, register, version="v1")
    files = [register / "models" / f"{name}.csv" for name in ("scorecards", "scorecard_versions")]
    first = [path.read_text() for path in files]
    assert "v1 already has these weights" in train(history, register, version="v1")[0]
    assert "v1 already has these weights" in train(history, register, version="v2")[0]
    assert [path.read_text() for path in files] == first
    with pytest.raises(UserError, match="take a new --version"):
        train(history, register, version="v1", until="2025-06-30")
    train(history, register, version="v2", until="2025-06-30")
    assert [path.read_text().startswith(text) for path, text in zip(files, first, strict=True)] == [
        True,
        True,
    ]
    with files[1].open(encoding="utf-8") as file:
        versions = list(csv.DictReader(file))
    assert [(row["version"], row["status"], row["effective_from"]) for row in versions] == [
        ("v1", "challenger", ""),
        ("v2", "challenger", ""),
    ]
    # a month-end counts only if its outcome had resolved by the last day
    assert versions[0]["trained_to"] == "2025-05-28" and versions[1]["trained_to"] == "2025-04-28"
    # drift is held against all account-months of the window, each in one bin of each signal
    with files[0].open(encoding="utf-8") as file:
        cards = [row for row in csv.DictReader(file) if row["model_version"] == "v1"]
    for signal in ("usage_level", "employees", "score"):
        assert sum(int(row["n_scored"]) for row in cards if row["signal"] == signal) == 3000
    assert float(versions[0]["auc"]) > 0.7 and float(versions[0]["calibration_error"]) < 0.05


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"until": "2025-03-15"}, "0 of 0 account-months"),
        ({"models": ["fit"]}, "model fit: 0 of 0"),
        ({"models": ["churn"]}, "'churn' is not one of risk"),
        ({"status": "champion"}, "a person makes a champion"),
        ({"until": "June"}, "--until: 'June' is not a day"),
    ],
)
def test_what_cannot_be_trained_is_said(
    history: Path, register: Path, given: dict, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        train(history, register, **given)
    assert not (register / "models").exists()


def test_shipped_cards_have_the_hash_of_their_rows() -> None:
    for version in seed("scorecard_versions"):
        lines = [
            row
            for row in seed("scorecards")
            if (row["model"], row["model_version"]) == (version["model"], version["version"])
        ]
        assert training.weights_hash(lines, version) == version["weights_hash"], version["model"]
        assert version["status"] == "demo" and version["trained_to"] < "2026-01-01"


def test_sql_scores_as_the_seeds_say(demo_database: Path) -> None:
    """Points, score and probability of all accounts of two months, in plain Python."""
    versions = {row["model"]: row for row in seed("scorecard_versions")}
    cards: dict[str, dict[str, list[dict]]] = {}
    for row in seed("scorecards"):
        if row["signal"] != "score":
            cards.setdefault(row["model"], {}).setdefault(row["signal"], []).append(row)
    months = ask(
        demo_database,
        "select distinct as_of_date from intermediate.int_account_months order by 1",
    )
    for (month,) in (months[3], months[-1]):
        known: dict[str, dict[str, float]] = {}
        for account, signal, value in ask(
            demo_database,
            "select account_key, signal, value from intermediate.int_signals where as_of_date = ?",
            month,
        ):
            known.setdefault(account, {})[signal] = value
        customers = dict(
            ask(
                demo_database,
                "select account_key, is_customer from intermediate.int_account_months where as_of_date = ?",
                month,
            )
        )
        found = {
            (model, account): figures
            for model, account, *figures in ask(
                demo_database,
                """select model, account_key, points, score, probability
                from intermediate.int_scores where as_of_date = ?""",
                month,
            )
        }
        wanted = [
            (model, account)
            for model in versions
            for account, is_customer in customers.items()
            if model != "risk" or is_customer
        ]
        assert set(found) == set(wanted)
        for model, account in wanted:
            points = 0
            for signal, bins in cards[model].items():
                value = known.get(account, {}).get(signal)
                points += sum(int(row["points"]) for row in bins if in_bin(value, row))
            version = versions[model]
            low, high = int(version["points_min"]), int(version["points_max"])
            log_odds = float(version["intercept"]) + float(version["slope"]) * points
            assert found[model, account] == pytest.approx(
                [points, 100 * (points - low) / (high - low), 1 / (1 + math.exp(-log_odds))]
            )


def in_bin(value: float | None, row: dict[str, str]) -> bool:
    if value is None:
        return row["bin"] == "0"
    low, high = float(row["lower"] or "-inf"), float(row["upper"] or "inf")
    return row["bin"] != "0" and low <= value < high


def test_contributions_add_up_to_the_score(demo_database: Path) -> None:
    found = ask(
        demo_database,
        """
        select max(abs(scores.score - bins.score)), count(*)
        from intermediate.int_scores as scores
        inner join (
            select model, model_version, as_of_date, account_key, sum(contribution) as score
            from intermediate.int_score_bins group by all
        ) as bins using (model, model_version, as_of_date, account_key)
        """,
    )[0]
    n = ask(demo_database, "select count(*) from intermediate.int_scores")[0][0]
    assert found[0] < 1e-9 and found[1] == n > 100_000


def test_a_month_of_the_backtest(demo_database: Path) -> None:
    month = dt.date(2025, 6, 30)
    scores = ask(
        demo_database,
        """
        select scores.account_key, scores.points, scores.probability, outcomes.outcome
        from intermediate.int_scores as scores
        left join intermediate.int_score_outcomes as outcomes using (model, as_of_date, account_key)
        where scores.model = 'risk' and scores.is_in_force and scores.as_of_date = ?
        """,
        month,
    )
    ordered = sorted(scores, key=lambda row: (-row[1], row[0]))
    resolved = [row for row in scores if row[3] is not None]
    for cut_off in (5, 10, 20):
        row = read(demo_database, month, cut_off)
        flagged = ordered[: int(len(ordered) * cut_off / 100)]
        judged = [each for each in flagged if each[3] is not None]
        lost = sum(each[3] for each in resolved)
        hits = sum(each[3] for each in judged)
        assert (row["n_scored"], row["n_flagged"]) == (len(scores), len(flagged))
        assert row["precision"] == pytest.approx(hits / len(judged))
        assert row["recall"] == pytest.approx(hits / lost)
        assert row["lift"] == pytest.approx(hits / len(judged) / (lost / len(resolved)))
        assert row["lift_lower"] < row["lift"] < row["lift_upper"]
        brier = statistics.fmean((each[2] - each[3]) ** 2 for each in resolved)
        assert row["brier"] == pytest.approx(brier)
        found = lost_in(demo_database, month, cut_off)
        assert row["n_lost"] == len(found["warned"]) > 3
        assert row["recall_60d"] == pytest.approx(statistics.fmean(found["warned"]))
        assert row["median_lead_days"] == statistics.median(found["leads"])


def read(database: Path, month: dt.date, cut_off: int) -> dict:
    with duckdb.connect(str(database), read_only=True) as connection:
        return (
            connection.execute(
                "select * from marts.risk_backtest where as_of_date = ? and cut_off_pct = ?",
                [month, cut_off],
            )
            .to_arrow_table()
            .to_pylist()[0]
        )


def lost_in(database: Path, month: dt.date, cut_off: int) -> dict[str, list]:
    """Customers lost in the month of a month-end: whether the latest list that left 60 days had them, and the days
    since the first list of a year that did."""
    lists: dict[dt.date, list[str]] = {}
    for day, account in ask(
        database,
        """select as_of_date, account_key from intermediate.int_scores
        where model = 'risk' and is_in_force order by as_of_date, points desc, account_key""",
    ):
        lists.setdefault(day, []).append(account)
    flagged = {day: set(names[: int(len(names) * cut_off / 100)]) for day, names in lists.items()}
    losses: dict[tuple[str, dt.date], list[dt.date]] = {}
    for account, event, day in ask(
        database,
        """select account_key, event_date, as_of_date from intermediate.int_score_outcomes
        where model = 'risk' and outcome = 1 and date_trunc('month', event_date) = ?""",
        month.replace(day=1),
    ):
        losses.setdefault((account, event), []).append(day)
    warned, leads = [], []
    for (account, event), days in losses.items():
        ahead = [day for day in days if (event - day).days >= 60]
        if ahead:
            warned.append(account in flagged[max(ahead)])
        on = [day for day in days if account in flagged[day] and (event - day).days <= 365]
        if on:
            leads.append((event - min(on)).days)
    return {"warned": warned, "leads": leads}


def test_performance_of_a_month(demo_database: Path) -> None:
    from sklearn.metrics import roc_auc_score

    month = dt.date(2025, 6, 30)
    for model in ("risk", "fit", "intent"):
        points, outcomes, probabilities = zip(
            *ask(
                demo_database,
                """
                select scores.points, outcomes.outcome, scores.probability
                from intermediate.int_scores as scores
                inner join intermediate.int_score_outcomes as outcomes
                    using (model, as_of_date, account_key)
                where scores.model = ? and scores.is_in_force and scores.as_of_date = ?
                """,
                model,
                month,
            ),
            strict=True,
        )
        found = ask(
            demo_database,
            """select auc, n, n_events, mean_probability from marts.model_performance_monthly
            where model = ? and as_of_date = ? and is_in_force""",
            model,
            month,
        )[0]
        assert found == pytest.approx(
            (
                roc_auc_score(outcomes, points),
                len(points),
                sum(outcomes),
                statistics.fmean(probabilities),
            )
        )


def against_boosting(rows: training.Rows, trend: dict[str, int]) -> dict[str, float]:
    """Mean AUC and calibration error over five folds by group, of a card and of gradient boosting on the same rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold
    from threadpoolctl import threadpool_limits

    # boosting cannot bin a column that is never known
    told = [name for name in sorted(trend) if not np.isnan(rows.signals[name]).all()]
    table = np.column_stack([rows.signals[name] for name in told])
    ours, theirs = np.zeros(len(table)), np.zeros(len(table))
    areas = []
    folds = GroupKFold(n_splits=5, shuffle=True, random_state=1)
    for seen, unseen in folds.split(table, rows.outcomes, rows.groups):
        card = training.fit(rows.only(seen), trend)
        ours[unseen] = card.probability(card.points(rows.only(unseen).signals))
        # threads that wait for one another take minutes where other tests run
        with threadpool_limits(1):
            boosted = HistGradientBoostingClassifier(random_state=0).fit(
                table[seen], rows.outcomes[seen]
            )
        theirs[unseen] = boosted.predict_proba(table[unseen])[:, 1]
        areas.append(
            [roc_auc_score(rows.outcomes[unseen], each[unseen]) for each in (ours, theirs)]
        )
    card_area, boosted_area = np.mean(areas, axis=0)
    return {
        "card": card_area,
        "boosted": boosted_area,
        "card_error": training.calibration_error(ours, rows.outcomes),
        "boosted_error": training.calibration_error(theirs, rows.outcomes),
    }


@pytest.mark.slow
def test_scorecard_beside_gradient_boosting_on_the_demo(demo_database: Path) -> None:
    for model in ("risk", "intent"):
        found = against_boosting(rows_of(demo_database, model), trends(model))
        print(model, found)
        assert found["card"] > found["boosted"] - AS_GOOD_AS
        assert found["card_error"] < 0.05


@pytest.mark.slow
def test_without_an_effect_the_lift_is_one(demo_database: Path, tmp_path: Path) -> None:
    """Each month's outcomes are dealt out anew among its customers, and the list finds no more than chance. (A demo
    world of kind `null` is no such world: no partner has an effect there, but use still sinks before customers leave.)
    """
    database = Path(shutil.copy(demo_database, tmp_path))
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            create or replace table intermediate.int_score_outcomes as
            with dealt as (
                select *, row_number() over (partition by model, as_of_date order by account_key) as seat,
                    row_number() over (partition by model, as_of_date order by hash(account_key || as_of_date)) as card
                from intermediate.int_score_outcomes
            )
            select seats.model, seats.as_of_date, seats.account_key, cards.outcome, cards.resolved_date,
                cards.event_date, cards.amount
            from dealt as seats
            inner join dealt as cards
                on seats.model = cards.model and seats.as_of_date = cards.as_of_date and seats.seat = cards.card
            """
        )
    build.run_dbt(
        ["run", "--select", "int_risk_lists", "risk_backtest", "model_performance_monthly"],
        {"connectors": ["files"]},
        database=database,
    )
    months = ask(
        database,
        """select lift, lift_lower, lift_upper, n_flagged_resolved from marts.risk_backtest
        where n_flagged_churned > 0 and n_resolved > 500""",
    )
    covered = [lower <= 1 <= upper for _, lower, upper, _ in months]
    print(len(months), statistics.fmean(covered))
    assert len(months) > 40 and statistics.fmean(covered) > 0.8
    mean = np.average([row[0] for row in months], weights=[row[3] for row in months])
    assert 0.9 < mean < 1.1
    areas = ask(
        database,
        "select avg(auc) from marts.model_performance_monthly where model = 'risk' and n > 500",
    )[0][0]
    assert 0.47 < areas < 0.53


# Which way each answer may count; words are numbers in the order given
TELCO = {
    "SeniorCitizen": (1, {}),
    "Partner": (-1, {"No": 0, "Yes": 1}),
    "Dependents": (-1, {"No": 0, "Yes": 1}),
    "tenure": (-1, {}),
    "MultipleLines": (1, {"No phone service": 0, "No": 1, "Yes": 2}),
    "InternetService": (1, {"No": 0, "DSL": 1, "Fiber optic": 2}),
    "OnlineSecurity": (-1, {"No": 0, "Yes": 1, "No internet service": 2}),
    "OnlineBackup": (-1, {"No": 0, "Yes": 1, "No internet service": 2}),
    "DeviceProtection": (-1, {"No": 0, "Yes": 1, "No internet service": 2}),
    "TechSupport": (-1, {"No": 0, "Yes": 1, "No internet service": 2}),
    "StreamingTV": (1, {"No internet service": 0, "No": 1, "Yes": 2}),
    "StreamingMovies": (1, {"No internet service": 0, "No": 1, "Yes": 2}),
    "Contract": (-1, {"Month-to-month": 1, "One year": 12, "Two year": 24}),
    "PaperlessBilling": (1, {"No": 0, "Yes": 1}),
    "PaymentMethod": (
        1,
        {
            "Credit card (automatic)": 0,
            "Bank transfer (automatic)": 0,
            "Mailed check": 1,
            "Electronic check": 2,
        },
    ),
    "MonthlyCharges": (1, {}),
    "TotalCharges": (-1, {}),
}


@pytest.fixture(scope="session")
def telco() -> training.Rows:
    """A public table of customers of a telephone company, beside the checkout where there is one."""
    for path in PROJECT.parent.glob("*/data/telco/Telco-Customer-Churn.csv"):
        with path.open(encoding="utf-8") as file:
            people = list(csv.DictReader(file))
        return training.Rows(
            np.array([float(each["Churn"] == "Yes") for each in people]),
            np.array([each["customerID"] for each in people]),
            {
                name: np.array(
                    [
                        float(words[each[name]]) if words else float(each[name].strip() or "nan")
                        for each in people
                    ]
                )
                for name, (_, words) in TELCO.items()
            },
            [],
        )
    pytest.skip("no folder data/telco beside the checkout")


@pytest.mark.slow
def test_scorecard_beside_gradient_boosting_on_real_churn(telco: training.Rows) -> None:
    found = against_boosting(telco, {name: trend for name, (trend, _) in TELCO.items()})
    print("telco", found)
    assert found["card"] > found["boosted"] - AS_GOOD_AS
    assert found["card_error"] < 0.05
