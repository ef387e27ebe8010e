"""Train the weights by which two records are compared, and write them to the seed match_weights.

The levels come from the project's own models: each set of records is loaded and built up to stg_pair_scores. Then:

- m and u, the shares of matching and of other candidate pairs that stand at a level, are Splink's: from labels where
  there are any (an m estimated from pairs labelled as other organisations is the u), else by expectation maximisation.
- Without labels a level weighs log2(m / u) (Fellegi & Sunter, A theory for record linkage, 1969). With labels all
  levels are weighed together by a logistic regression, since the comparisons are not independent: a name and a domain
  come and go together. Its coefficients in bits are match weights of the same log-linear form. Each set counts the
  same, however large.

Rivals are judged by the weights of the other comparisons, so the sets are built again after a first fit.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from scripts import build as building
from scripts import load
from scripts.contract import PROJECT
from scripts.errors import UserError

COMPARISONS = ("name", "place", "list", "conflict", "rival")
SEED = PROJECT / "seeds" / "models" / "match_weights.csv"
ROUNDS = 2
# Inverse strength of the penalty on large coefficients; a level of few pairs stays near zero
PENALTY = 1.0


@dataclass
class RecordSet:
    """A folder of contract files, with the true organisation of each record where it is known."""

    folder: Path
    truth: Path | None
    database: Path


@dataclass
class Level:
    """What one level of one comparison is worth: pairs that stand at it, m, u, and its weight in bits."""

    n_pairs: int
    m: float
    u: float
    weight: float = 0.0


def train(labelled: list[str], unlabelled: list[Path], work: Path, console: Console) -> Path:
    """Build the sets, fit, write the seed. labelled: texts FOLDER=TRUTH.csv (columns source, source_id, entity).
    Returns the seed's path; the old seed stays where anything fails."""
    sets = [read_set(text) for text in labelled] + [(folder, None) for folder in unlabelled]
    sets = [
        RecordSet(folder, truth, work / f"set_{number}.duckdb")
        for number, (folder, truth) in enumerate(sets)
    ]
    if not sets:
        raise UserError(
            "give --labelled FOLDER=TRUTH.csv, or --data FOLDER to train without labels."
        )
    if labelled and unlabelled:
        raise UserError("give sets with labels or without; weights of the two kinds do not mix.")
    before = SEED.read_text(encoding="utf-8")
    try:
        for each in sets:
            console.print(f"building {each.folder} …", highlight=False)
            for source in building.folder_inputs(each.folder):
                load.load_duckdb(source.tables, source.schema, each.database)
            run(each, ["+stg_pair_scores"])
        for last in range(ROUNDS):
            pairs = [read_pairs(each) for each in sets]
            levels, prior = splink_levels(pairs)
            if labelled:
                prior = fit_together(pairs, levels)
            else:
                for level in levels.values():
                    level.weight = float(np.log2(max(level.m, 1e-6) / max(level.u, 1e-6)))
            write_seed(SEED, levels, prior)
            if last < ROUNDS - 1:
                console.print("comparing with rivals …")
                for each in sets:
                    run(
                        each,
                        ["match_weights", "stg_pair_weights", "stg_pair_rivals", "stg_pair_scores"],
                    )
    except BaseException:
        SEED.write_text(before, encoding="utf-8")
        raise
    show(levels, prior, console)
    return SEED


def read_set(text: str) -> tuple[Path, Path]:
    folder, _, truth = text.partition("=")
    if not truth:
        raise UserError(f"--labelled {text}: write FOLDER=TRUTH.csv.")
    for path in (Path(folder), Path(truth)):
        if not path.exists():
            raise UserError(f"{path}: no such file or folder.")
    return Path(folder), Path(truth)


def run(each: RecordSet, select: list[str]) -> None:
    building.run_dbt(
        [
            "build",
            "--full-refresh",
            "--exclude-resource-type",
            "unit_test",
            "test",
            "--select",
            *select,
        ],
        {"connectors": ["files"]},
        "duckdb",
        each.database,
    )


def read_pairs(each: RecordSet) -> pa.Table:
    """Candidate pairs with their levels, and is_match where there are labels. Pairs of records that the labels do not
    know are left out."""
    columns = ", ".join(f"scores.{name}_level" for name in COMPARISONS)
    with duckdb.connect(str(each.database), read_only=True) as connection:
        if each.truth is None:
            return connection.execute(
                f"select {columns}, cast(null as boolean) as is_match from staging.stg_pair_scores as scores"
            ).to_arrow_table()
        missing = {"source", "source_id", "entity"} - set(
            connection.execute(
                "select * from read_csv(?, all_varchar = true) limit 0", [str(each.truth)]
            )
            .to_arrow_table()
            .column_names
        )
        if missing:
            raise UserError(f"{each.truth}: column {sorted(missing)[0]} is missing.")
        return connection.execute(
            f"""
            with known as (
                select records.record_key, truth.entity
                from staging.stg_organisation_records as records
                inner join read_csv(?, all_varchar = true) as truth
                    on records.source = truth.source and records.source_id = truth.source_id
            )
            select {columns}, one.entity = other.entity as is_match
            from staging.stg_pair_scores as scores
            inner join known as one on scores.record_key = one.record_key
            inner join known as other on scores.other_record_key = other.record_key
            order by scores.record_key, scores.other_record_key
            """,
            [str(each.truth)],
        ).to_arrow_table()


def splink_levels(pairs: list[pa.Table]) -> tuple[dict[tuple[str, str], Level], float]:
    """m and u of each level, and the prior in bits, which with labels the joint fit replaces. Each candidate pair is
    given to Splink as a record that can only be compared with itself, so that its estimators see the models' levels."""
    table = pa.concat_tables(pairs)
    counts = {
        name: dict(zip(*np.unique(column(table, name), return_counts=True), strict=True))
        for name in COMPARISONS
    }
    labels = np.array(table["is_match"].to_pylist(), dtype=object)
    records = table.drop_columns(["is_match"]).append_column(
        "unique_id", pa.array(np.arange(table.num_rows))
    )
    if labels[0] is None:
        read, prior = estimate(records, counts, None)
    else:
        matching, prior = estimate(records, counts, np.flatnonzero(labels == True))  # noqa: E712
        other, _ = estimate(records, counts, np.flatnonzero(labels == False))  # noqa: E712
        read = {key: (matching[key][0], other[key][0]) for key in matching}
    return {
        (name, level): Level(int(n), *read[name, str(level)])
        for name in COMPARISONS
        for level, n in counts[name].items()
    }, prior


def estimate(
    records: pa.Table, counts: dict[str, dict], labelled: np.ndarray | None
) -> tuple[dict[tuple[str, str], tuple[float, float]], float]:
    """Splink's m and u by comparison and level, and its prior in bits; from labels (m alone) or by EM."""
    import logging

    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink import comparison_level_library as levels
    from splink import comparison_library as comparisons

    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            comparisons.CustomComparison(
                output_column_name=f"{name}_level",
                comparison_levels=[
                    levels.CustomLevel(f"\"{name}_level_l\" = '{level}'", label_for_charts=level)
                    for level in counts[name]
                ]
                + [levels.ElseLevel()],
            )
            for name in COMPARISONS
        ],
        blocking_rules_to_generate_predictions=["l.unique_id = r.unique_id"],
    )
    api = DuckDBAPI()
    sides = [api.register(records, dataset_display_name=side) for side in ("one", "other")]
    linker = Linker(sides, settings)
    if labelled is None:
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.unique_id = r.unique_id", fix_u_probabilities=False
        )
    else:
        linker.training.estimate_m_from_pairwise_labels(
            api.register(
                pa.table(
                    {
                        "source_dataset_l": ["one"] * len(labelled),
                        "unique_id_l": labelled,
                        "source_dataset_r": ["other"] * len(labelled),
                        "unique_id_r": labelled,
                    }
                )
            )
        )
    model = linker.misc.save_model_to_json()
    share = model["probability_two_random_records_match"]
    return {
        (name, level["label_for_charts"]): (
            level.get("m_probability") or 0.0,
            level.get("u_probability") or 0.0,
        )
        for name, comparison in zip(COMPARISONS, model["comparisons"], strict=True)
        for level in comparison["comparison_levels"]
    }, float(np.log2(share / (1 - share)))


def fit_together(pairs: list[pa.Table], levels: dict[tuple[str, str], Level]) -> float:
    """Weigh all levels together, in place; returns the prior in bits."""
    from sklearn.linear_model import LogisticRegression

    keys = list(levels)
    features = np.concatenate(
        [np.column_stack([column(table, name) == level for name, level in keys]) for table in pairs]
    ).astype(float)
    labels = np.concatenate(
        [np.array(table["is_match"].to_pylist(), dtype=float) for table in pairs]
    )
    mean = sum(table.num_rows for table in pairs) / len(pairs)
    weights = np.concatenate([np.full(table.num_rows, mean / table.num_rows) for table in pairs])
    fitted = LogisticRegression(C=PENALTY, max_iter=5000).fit(
        features, labels, sample_weight=weights
    )
    for key, coefficient in zip(keys, fitted.coef_[0], strict=True):
        levels[key].weight = float(coefficient / np.log(2))
    return float(fitted.intercept_[0] / np.log(2))


def column(table: pa.Table, name: str) -> np.ndarray:
    return np.array(table[f"{name}_level"].to_pylist(), dtype=object)


def write_seed(path: Path, levels: dict[tuple[str, str], Level], prior: float) -> None:
    """Write the seed beside itself and swap it in."""
    aside = path.with_suffix(".csv.new")
    with aside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["comparison", "level", "n_pairs", "m_probability", "u_probability", "match_weight"]
        )
        writer.writerow(["prior", "prior", "", "", "", f"{prior:.3f}"])
        for (name, level), each in sorted(levels.items()):
            writer.writerow(
                [name, level, each.n_pairs, f"{each.m:.6f}", f"{each.u:.6f}", f"{each.weight:.3f}"]
            )
    aside.replace(path)


def show(levels: dict[tuple[str, str], Level], prior: float, console: Console) -> None:
    table = Table(title=f"match weights; prior {prior:+.2f} bits")
    for heading in ("comparison", "level", "pairs", "m", "u", "log2(m/u)", "match weight"):
        table.add_column(heading, justify="left" if heading in ("comparison", "level") else "right")
    for (name, level), each in sorted(
        levels.items(), key=lambda item: (item[0][0], -item[1].weight)
    ):
        alone = np.log2(max(each.m, 1e-6) / max(each.u, 1e-6))
        table.add_row(
            name,
            level,
            f"{each.n_pairs:,}",
            f"{each.m:.4f}",
            f"{each.u:.4f}",
            f"{alone:+.1f}",
            f"{each.weight:+.2f}",
        )
    console.print(table)
