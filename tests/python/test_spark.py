"""The whole project on a Spark session: all tests pass, and every mart holds the rows that it holds on DuckDB."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from scripts import build
from scripts.contract import PROJECT
from scripts.demo import Scenario, generate
from tests.python.test_engines import assert_same_rows, marts

pytestmark = pytest.mark.slow

# a process of its own, because a JVM lives as long as its process
PROGRAM = """
import sys
import time
from pathlib import Path

from scripts import build

started = time.monotonic()
build.build(build.folder_inputs(Path(sys.argv[1])), target="spark")
built = time.monotonic()
build.run_dbt(["test", "--select", "test_type:unit"], {"connectors": ["files"]}, "spark")
print(f"build {built - started:.0f} s, unit tests {time.monotonic() - built:.0f} s")
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


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("spark")
    world = Scenario(n_accounts=300, n_partners=10, seed=11)
    generate(folder / "data", world, folder / "answers.json")
    build.build(build.folder_inputs(folder / "data"), folder / "ecosystem.duckdb")
    settings = " ".join(f"--conf {name}={value}" for name, value in SETTINGS.items())
    variables = {
        "ECOSYSTEM_SPARK": str(folder / "spark"),
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "PYTHONPATH": str(PROJECT),
        "PYSPARK_SUBMIT_ARGS": f"{settings} pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    (folder / "working").mkdir()
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder / "data")],
        cwd=folder / "working",
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
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
    files = built.spark / "warehouse" / "marts.db" / mart / "*.parquet"
    with duckdb.connect(str(built.duckdb), read_only=True) as file, duckdb.connect() as spark:
        spark.execute("create schema marts")
        spark.execute(f"create view marts.{mart} as from read_parquet('{files}')")
        assert_same_rows(mart, file, spark)
