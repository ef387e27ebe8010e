"""Style of SQL (sqlfluff through dbt) and Python (ruff), and that sqlfluff read every model.

sqlfluff's dbt templater skips files that fail to compile with only a warning, so the files are counted.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from scripts.contract import PROJECT
from scripts.errors import UserError


def run(console: Console, database: Path | None = None) -> None:
    """Run all style checks; raises UserError with what to mend."""
    models = models_to_lint()
    problems = python_problems() + sql_problems(models, database)
    if problems:
        raise UserError("\n".join(problems[:60]))
    console.print(f"{len(models)} models and all Python files are clean")


def python_problems() -> list[str]:
    """What ruff finds."""
    problems = []
    for command in (["check"], ["format", "--check"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "scripts", "tests"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            problems.append(result.stdout.strip() or result.stderr.strip())
    return problems


def sql_problems(models: list[str], database: Path | None) -> list[str]:
    """What sqlfluff finds, and the models that it could not read."""
    environment = dict(os.environ)
    if database is not None:
        environment["ECOSYSTEM_DUCKDB"] = str(database)
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "sqlfluff",
            "lint",
            "--format",
            "json",
            "--disable-progress-bar",
            "--processes",
            "0",
            *models,
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    try:
        read = json.loads(result.stdout[result.stdout.index("[") :])
    except ValueError:
        raise UserError(
            f"sqlfluff could not run:\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
        ) from None
    seen = {entry["filepath"] for entry in read}
    problems = [
        f"{model}: not read by sqlfluff (it does not compile)"
        for model in models
        if model not in seen
    ]
    for entry in read:
        for violation in entry["violations"]:
            problems.append(
                f"{entry['filepath']}:{violation['start_line_no']}: {violation['code']} {violation['description']}"
            )
    return problems


def models_to_lint() -> list[str]:
    """Models, singular tests and analyses; one that only calls a macro has nothing to lint."""
    paths = [
        path
        for folder in ("models", "tests/singular", "analyses")
        for path in sorted((PROJECT / folder).rglob("*.sql"))
    ]
    return [
        path.relative_to(PROJECT).as_posix()
        for path in paths
        if not path.read_text().startswith("{{")
    ]
