"""Build worlds through the project's own models, as fast as a world allows: one reading of the project and one set of
seeds for all worlds of a process, and of the models only what the asked marts need, without tests."""

from __future__ import annotations

import os
import pickle
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from scripts import build, load
from scripts.contract import PROJECT
from scripts.errors import UserError

from .worlds import BOOK

MARTS = ("partner_csi_stages", "partner_csi", "partner_scorecard", "small_sample_answer")
LATER_MARTS = ("depth_retention", "partner_cde")
"""Marts that are read where the project has them."""
# the last day of every world; else it would be the newest day that the streams that are landed happen to show
SETTINGS = f"{{connectors: [files], history_months: 1, as_of_date: '{BOOK.end_date}'}}"


class Builder:
    """Builds worlds one after another in one process, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "ecosystem.duckdb"
        self.seeded = folder / "seeded" / "ecosystem.duckdb"
        self.seeded.parent.mkdir(parents=True, exist_ok=True)
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        read_yaml_once()
        self.manifest = self._dbt(["parse"], self.seeded)
        names = {node.name for node in self.manifest.nodes.values()}
        self.marts = [*MARTS, *(mart for mart in LATER_MARTS if mart in names)]
        self.seeded.unlink(missing_ok=True)
        self._dbt(["seed", "--no-write-json"], self.seeded)

    def build(self, data: Path) -> Path:
        """The file with the marts of this folder of contract files; the next build overwrites it."""
        self.database.unlink(missing_ok=True)
        shutil.copy(self.seeded, self.database)
        for source in build.folder_inputs(data):
            load.load_duckdb(source.tables, source.schema, self.database)
        chosen = [f"+{mart}" for mart in [*self.marts, "stg_rejects"]]
        self._dbt(["run", "--no-write-json", "--threads", "1", "--select", *chosen], self.database)
        return self.database

    def _dbt(self, arguments: list[str], database: Path) -> Any:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        os.environ["ECOSYSTEM_DUCKDB"] = str(database)
        outcome = build.Outcome()
        runner = dbtRunner(
            manifest=self.manifest.deepcopy() if arguments[0] != "parse" else None,
            callbacks=[lambda event: build.follow(event, outcome, lambda *_: None)],
        )
        where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        where += ["--target", "duckdb", "--vars", SETTINGS]
        where += [
            "--target-path",
            str(self.folder / "dbt"),
            "--log-path",
            str(self.folder / "logs"),
        ]
        done = runner.invoke(
            [*arguments, *where, "--log-level", "none", "--log-level-file", "none"]
        )
        DuckDBConnectionManager.close_all_connections()
        if not done.success:
            said = outcome.problems or [str(done.exception)]
            raise UserError(f"dbt {arguments[0]} did not pass.\n" + "\n".join(said[:5]))
        return done.result


def read_yaml_once() -> None:
    """Macros read the contract from the same text hundreds of times a build, which takes a third of dbt's time."""
    from dbt.context import base

    plain = base.safe_load

    @cache
    def packed(text: str) -> bytes:
        return pickle.dumps(plain(text))

    base.safe_load = lambda text: pickle.loads(packed(text))


def rows(database: Path, query: str) -> list[dict[str, Any]]:
    """Rows of a query as mappings."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(query)
        names = [part[0] for part in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
