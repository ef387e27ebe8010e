"""Identity at scale, this project's models beside Splink: the same records, the same machine, one run.

Each side is a process of its own that reads the records' CSV file and ends with a cluster for each record; its wall
time and its largest memory are measured from outside. Splink gets what its documentation recommends, and is scored at
the threshold that the labels show to be its best, which no user without labels could choose. Ours reads and compiles
the whole dbt project each time; that part does not grow with records.
"""

from __future__ import annotations

import itertools
import logging
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from scripts.contract import PROJECT
from scripts.errors import UserError

THRESHOLDS = (0.1, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
SIDES = {"ours": "ours", "splink": "Splink"}
BUILT = "built.marts.account_sources"
# rows of seeds that Splink's input is cleaned with, as this project's is
SEEDS = PROJECT / "seeds" / "reference"


@dataclass(frozen=True)
class Run:
    """One side at one size."""

    side: str
    records: int
    seconds: float
    gib: float
    precision: float
    recall: float
    f1: float
    threshold: float | None = None


def bench(sizes: list[int], seed: int, folder: Path | None, console: Console) -> list[Run]:
    """Generate, run and score both sides at each size; prints a table. The folder is kept where one is given."""
    place = Path(folder or tempfile.mkdtemp(prefix="bench_identity."))
    runs = []
    try:
        for n in sorted(sizes):
            here = place.resolve() / str(n)
            measured("records", here, n, seed)
            for side in SIDES:
                console.print(f"{n:,} records: {SIDES[side]} …", highlight=False)
                seconds, gib = measured(side, here)
                found, threshold = clusters(side, here)
                runs.append(Run(side, n, seconds, gib, *pair_scores(found, here), threshold))
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    show(runs, console)
    return runs


def measured(step: str, folder: Path, *more: int) -> tuple[float, float]:
    """Seconds and GiB of a step in a process of its own. What it says goes into <folder>/<step>.log."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{step}.log"
    environment = os.environ | {
        "PYTHONPATH": str(PROJECT),
        # parsed anew each time: a run at one size must not profit from another's
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    shutil.rmtree(folder / "dbt", ignore_errors=True)
    command = [sys.executable, "-m", "scripts.bench_identity", step, str(folder), *map(str, more)]
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        # also counts what the step itself has started and waited for
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-12:]
        raise UserError(f"{step} ended with {process.returncode}.\n" + "\n".join(last))
    kib = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return seconds, kib / 1024**2


def clusters(side: str, folder: Path) -> tuple[str, float | None]:
    """A query that gives source, source_id and cluster of each record; and the threshold that was chosen."""
    if side == "ours":
        return f"select source, source_id, organisation_key as cluster from {BUILT}", None
    measured("sweep", folder)
    best = max(
        THRESHOLDS,
        key=lambda at: pair_scores(f"select * from '{swept(folder, at)}'", folder)[2],
    )
    return f"select * from '{swept(folder, best)}'", best


def swept(folder: Path, threshold: float) -> Path:
    return folder / f"splink_{threshold}.parquet"


def pair_scores(found: str, folder: Path) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records of one cluster; a record that was not found is alone."""
    with duckdb.connect() as con:
        if BUILT in found:
            con.execute(f"attach '{folder / 'ours.duckdb'}' as built (read_only)")
        right, pairs, true = con.execute(
            f"""
            with placed as (
                select
                    truth.entity,
                    coalesce(cast(found.cluster as varchar), truth.source || '|' || truth.source_id)
                        as cluster
                from read_csv('{folder / "truth.csv"}', all_varchar = true) as truth
                left join ({found}) as found using (source, source_id)
            )
            select
                (select sum(n * (n - 1) / 2) from
                    (select count(*) as n from placed group by entity, cluster)),
                (select sum(n * (n - 1) / 2) from (select count(*) as n from placed group by cluster)),
                (select sum(n * (n - 1) / 2) from (select count(*) as n from placed group by entity))
            """
        ).fetchone()
    precision = right / pairs if pairs else 0.0
    recall = right / true if true else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return precision, recall, f1


def growth(runs: list[Run]) -> dict[tuple[str, int], float]:
    """(side, records) -> exponent of time between this size and the next smaller one; 1 is linear."""
    found = {}
    for side in SIDES:
        mine = sorted((run for run in runs if run.side == side), key=lambda run: run.records)
        for small, large in itertools.pairwise(mine):
            times, sizes = large.seconds / small.seconds, large.records / small.records
            found[side, large.records] = math.log(times) / math.log(sizes)
    return found


def show(runs: list[Run], console: Console) -> None:
    exponents = growth(runs)
    table = Table(title="Identity: pairs of records, wall time and largest memory of a process")
    for name in (
        "records",
        "side",
        "seconds",
        "GiB",
        "precision",
        "recall",
        "F1",
        "growth",
        "threshold",
    ):
        table.add_column(name, justify="left" if name == "side" else "right")
    for run in sorted(runs, key=lambda run: run.records):
        exponent = exponents.get((run.side, run.records))
        table.add_row(
            f"{run.records:,}",
            SIDES[run.side],
            f"{run.seconds:.1f}",
            f"{run.gib:.2f}",
            f"{run.precision:.4f}",
            f"{run.recall:.4f}",
            f"{run.f1:.4f}",
            "" if exponent is None else f"n^{exponent:.2f}",
            "" if run.threshold is None else str(run.threshold),
        )
    console.print(table)
    console.print(
        f"{os.cpu_count()} cores; growth is log(t2 / t1) / log(n2 / n1).", highlight=False
    )


# --- the sides, each in a process of its own ---------------------------------------------------


def run_ours(folder: Path) -> None:
    """From the CSV file to marts.account_sources: load, seeds, and the models that lead there; no data tests."""
    from scripts import build, load

    database = folder / "ours.duckdb"
    database.unlink(missing_ok=True)
    inputs = build.folder_inputs(folder / "data")
    for each in inputs:
        load.load_duckdb(each.tables, each.schema, database)
    command = ["build", "--select", "+account_sources"]
    for kind in ("unit_test", "test"):
        command += ["--exclude-resource-type", kind]
    build.run_dbt(command, {"connectors": ["files"]}, database=database)


def cleaned(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Table `records`: what Splink's documentation asks of input, done with this project's own lists.

    Names folded, without marks and legal forms; hosts cut to the registered domain, and null where shared; telephone
    numbers as digits.
    """
    con.execute(
        f"""
        create table forms as
            select lower(form) as form from read_csv('{SEEDS / "legal_forms.csv"}', all_varchar = true);
        create table shared as
            select domain from read_csv('{SEEDS / "shared_domains.csv"}', all_varchar = true);
        create table suffixes as
            select suffix from read_csv('{SEEDS / "public_suffixes.csv"}', all_varchar = true);
        create table folded as
            select
                source || '|' || source_id as unique_id,
                trim(regexp_replace(
                    replace(replace(lower(strip_accents(name)), '&', ' and '), '.', ''),
                    '[^a-z0-9]+', ' ', 'g'
                )) as name,
                string_split(split_part(regexp_replace(
                    regexp_replace(lower(domain), '^[a-z]+://|^.*@', ''), '^www[.]', ''
                ), '/', 1), '.') as labels,
                country,
                lower(strip_accents(city)) as city,
                postal_code,
                nullif(ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0'), '') as phone
            from read_csv('{folder / "data" / "accounts.csv"}', all_varchar = true)
        """
    )
    forms = "|".join(
        sorted(
            {form.replace(".", "") for (form,) in con.execute("select form from forms").fetchall()},
            key=len,
            reverse=True,
        )
    )
    con.execute(
        f"""
        create table records as
            with hosts as (
                select
                    *,
                    coalesce(nullif(regexp_replace(name, '( ({forms}))+$', ''), ''), name)
                        as core_name,
                    case
                        when array_to_string(labels[-2:], '.') in (select suffix from suffixes)
                            then array_to_string(labels[-3:], '.')
                        else array_to_string(labels[-2:], '.')
                    end as host
                from folded
            )
            select
                unique_id,
                nullif(core_name, '') as company,
                left(core_name, 8) as beginning,
                case when host in (select domain from shared) then null else nullif(host, '') end
                    as domain,
                country,
                city,
                postal_code,
                phone
            from hosts
        """
    )


def run_splink(folder: Path) -> None:
    """From the CSV file to clusters: clean, train without labels, predict, cluster."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.WARNING)
    con = duckdb.connect()
    cleaned(con, folder)
    api = DuckDBAPI(connection=con)
    frequent = {"term_frequency_adjustments": True}
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            # the best of those tried on labels; 0.88 or 0.94 tie companies that share most of their words
            cl.JaroWinklerAtThresholds("company", [0.97]).configure(**frequent),
            cl.ExactMatch("domain").configure(**frequent),
            cl.ExactMatch("phone"),
            cl.ExactMatch("postal_code").configure(**frequent),
            cl.ExactMatch("city").configure(**frequent),
            cl.ExactMatch("country").configure(**frequent),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("domain"),
            block_on("company"),
            block_on("phone"),
            block_on("postal_code", "substr(company, 1, 3)"),
            block_on("beginning", "city"),
            block_on("beginning", "country"),
        ],
        retain_matching_columns=False,
    )
    linker = Linker(api.register("records"), settings, log_level=logging.WARNING)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("domain"), block_on("company", "country")], recall=0.8
    )
    training.estimate_u_using_random_sampling(max_pairs=1e8, seed=7)
    training.estimate_parameters_using_expectation_maximisation(block_on("company"))
    training.estimate_parameters_using_expectation_maximisation(block_on("domain"))
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.95)
    found.to_parquet(str(folder / "splink_clusters.parquet"), overwrite=True)
    # for the other thresholds, which nobody is charged for
    predicted.to_parquet(str(folder / "splink_pairs.parquet"), overwrite=True)


def run_sweep(folder: Path) -> None:
    """Splink's clusters of the same predictions at every threshold."""
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    for threshold in THRESHOLDS:
        con = duckdb.connect()
        con.execute(
            f"""
            create table nodes as
                select unique_id from '{folder / "splink_clusters.parquet"}';
            create table edges as
                select unique_id_l, unique_id_r, match_probability
                from '{folder / "splink_pairs.parquet"}'
            """
        )
        found = cluster_pairwise_predictions_at_threshold(
            con.table("nodes"),
            con.table("edges"),
            DuckDBAPI(connection=con),
            node_id_column_name="unique_id",
            threshold_match_probability=threshold,
        )
        con.execute(
            f"""
            copy (
                select
                    split_part(unique_id, '|', 1) as source,
                    split_part(unique_id, '|', 2) as source_id,
                    cluster_id as cluster
                from {found.physical_name}
            ) to '{swept(folder, threshold)}'
            """
        )


def run_records(folder: Path, n: str, seed: str) -> None:
    from scripts.demo import records

    records.write(folder, int(n), int(seed))


def main(step: str, folder: str, *more: str) -> None:
    steps: dict[str, Any] = {
        "records": run_records,
        "ours": run_ours,
        "splink": run_splink,
        "sweep": run_sweep,
    }
    steps[step](Path(folder), *more)


if __name__ == "__main__":
    main(*sys.argv[1:])
