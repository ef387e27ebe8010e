"""The whole project on a Spark session: all tests pass, and every mart holds the rows that it holds on DuckDB."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import test_components
import test_stat_macros
from test_engines import assert_same_rows, marts, place

from scripts import build
from scripts.contract import PROJECT
from scripts.demo import Scenario, generate

pytestmark = pytest.mark.slow

BUILD = """
import sys
import time
from pathlib import Path

from scripts import build

started = time.monotonic()
build.build(build.folder_inputs(Path(sys.argv[1]) / "data"), target="spark")
built = time.monotonic()
# what raw tables become is proved on DuckDB and PostgreSQL; on Spark connectors are built, without rows
unit = ["test", "--select", "test_type:unit", "--exclude", "path:models/staging/connectors"]
build.run_dbt(unit, {"connectors": ["files"]}, "spark")
print(f"build {built - started:.0f} s, unit tests {time.monotonic() - built:.0f} s")
"""
MACROS = """
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

from scripts import load

folder = Path(sys.argv[1])
session = load.spark_session()
session.sql("create schema raw")
for file in (folder / "raw").iterdir():
    table = f"raw.{file.stem}"
    session.sql(f"create table {table} using parquet as select * from parquet.`{file}`")
places = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
sys.exit(not dbtRunner().invoke(["run", *places, "--target", "spark"]).success)
"""
# tables are so small that compiling a query takes longer than interpreting it
SETTINGS = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


@dataclass(frozen=True)
class Built:
    """One small world on both engines."""

    duckdb: Path
    # where the session kept its tables, and where it ran
    spark: Path
    working: Path
    done: subprocess.CompletedProcess[str]
    seconds: float


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, because a JVM lives as long as its process."""
    settings = " ".join(f"--conf {name}={value}" for name, value in SETTINGS.items())
    variables = {
        "ECOSYSTEM_SPARK": str(folder / "spark"),
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_LOG_PATH": str(folder / "dbt"),
        "PYTHONPATH": str(PROJECT),
        "PYSPARK_SUBMIT_ARGS": f"{settings} pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    (folder / "working").mkdir()
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=folder / "working",
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("spark")
    world = Scenario(n_accounts=300, n_partners=10, seed=11)
    generate(folder / "data", world, folder / "answers.json")
    build.build(build.folder_inputs(folder / "data"), folder / "ecosystem.duckdb")
    started = time.monotonic()
    done = run(BUILD, folder)
    seconds = time.monotonic() - started
    return Built(folder / "ecosystem.duckdb", folder / "spark", folder / "working", done, seconds)


def test_project_builds_and_passes_its_tests(
    built: Built, capsys: pytest.CaptureFixture[str]
) -> None:
    assert built.done.returncode == 0, built.done.stdout + built.done.stderr
    with capsys.disabled():
        print(f"\nSpark: {built.done.stdout.splitlines()[-1]}, {built.seconds:.0f} s in all")


def test_session_keeps_everything_in_its_folder(built: Built) -> None:
    assert not list(built.working.iterdir())
    assert {path.name for path in built.spark.iterdir()} == {
        "derby.log",
        "metastore_db",
        "raw_files",
        "warehouse",
    }


@pytest.mark.parametrize("mart", marts())
def test_spark_equals_duckdb(mart: str, built: Built) -> None:
    schema = place(mart).split(".")[0]
    files = built.spark / "warehouse" / f"{schema}.db" / mart / "*.parquet"
    with duckdb.connect(str(built.duckdb), read_only=True) as file, duckdb.connect() as spark:
        spark.execute(f"create schema {schema}")
        spark.execute(f"create view {place(mart)} as from read_parquet('{files}')")
        assert_same_rows(mart, file, spark)


def test_macros_give_on_spark_what_they_must(tmp_path: Path) -> None:
    """The cases of test_stat_macros."""
    shutil.copytree(PROJECT / "macros", tmp_path / "macros")
    shutil.copy(PROJECT / "profiles.yml", tmp_path)
    project = test_components.PROJECT.replace("profile: small", "profile: ecosystem_intelligence")
    (tmp_path / "dbt_project.yml").write_text(project, encoding="utf-8")
    (tmp_path / "models").mkdir()
    for name, sql in test_stat_macros.models().items():
        (tmp_path / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    with duckdb.connect() as cases:
        cases.execute("create schema raw")
        test_stat_macros.fill(cases)
        (tmp_path / "raw").mkdir()
        for name in test_stat_macros.models():
            cases.execute(f"copy raw.{name} to '{tmp_path}/raw/{name}.parquet'")
    done = run(MACROS, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr

    def seen(name: str) -> dict:
        files = tmp_path / "spark" / "warehouse" / name / "*.parquet"
        return dict(duckdb.sql(f"from read_parquet('{files}')").fetchall())

    for name, macro in test_stat_macros.MACROS.items():
        results = seen(name)
        assert not {
            arguments: {"expected": expected, "seen": results[number]}
            for number, (arguments, expected) in enumerate(macro.cases)
            if not test_stat_macros.is_equal(results[number], expected, macro.tolerance)
        }, name
    days = {text: test_stat_macros.day_or_none(text) for text in test_stat_macros.all_days()}
    assert seen("days") == days
    fisher = seen("fisher")
    for table in test_stat_macros.fisher_tables():
        by_hand = test_stat_macros.fisher_by_hand(*table)
        assert fisher[str(table)] == pytest.approx(by_hand, rel=1e-9)
