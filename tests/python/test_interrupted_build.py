"""A build that is killed leaves the last output as it was, and the next build starts clean."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from scripts import build
from scripts.contract import PROJECT


def test_killed_build_leaves_the_output_intact(
    small_folder: Path, small_database: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ecosystem.duckdb"
    shutil.copy(small_database, out)
    before = hashlib.sha256(out.read_bytes()).hexdigest()
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts", "build", "--data", str(small_folder), "--out", str(out)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "DBT_TARGET_PATH": str(tmp_path / "dbt")},
    )
    deadline = time.monotonic() + 120
    working = tmp_path / f".ecosystem.building-{process.pid}" / "ecosystem.duckdb"
    # killed once models are being written
    while time.monotonic() < deadline and not (
        working.exists() and working.stat().st_size > 4_000_000
    ):
        time.sleep(0.2)
    assert process.poll() is None, process.stdout.read()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert working.exists()
    assert hashlib.sha256(out.read_bytes()).hexdigest() == before
    build.build(build.folder_inputs(small_folder), out)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
