"""The streams over any folder of contract files, in well under a second: the SQL that dbt compiles from this
project, run without dbt. Reusable for a connector: give `compile_models` what it selects.

dbt reads the project once and compiles; every `run` after that loads files with scripts.load and executes the
compiled models in the manifest's order.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from scripts import contract, load
from scripts.contract import PROJECT

SEEDS = ("currencies", "rules")
MODELS = ("base_files__*", "staging.streams", "stream_reconciliation")
LAYERS = ("stg_{}__checked", "stg_{}__dated", "stg_{}")


class Project:
    """This project as dbt reads it: parsed once, then asked for compiled SQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # named as DuckDB names the catalogue of a database in memory, where the compiled SQL is to run
        self.database = folder / "memory.duckdb"
        self.manifest: Any = None
        self.manifest = self._dbt("parse").result

    def _dbt(self, *arguments: str, given: str = "{}") -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ECOSYSTEM_DUCKDB", str(self.database))
            patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
            options = [f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}"]
            options += [f"--target-path={self.folder / 'dbt'}", f"--log-path={self.folder}"]
            options += [f"--vars={given}", "--target=duckdb", "--log-level=none"]
            result = dbtRunner(manifest=self.manifest).invoke([*arguments, *options])
        DuckDBConnectionManager.close_all_connections()
        assert result.success, result.exception or result.result
        return result

    def land(self, required_only: bool) -> None:
        """Empty raw relations with all columns of the contract, or with those alone that a file must have."""
        columns = contract.required_columns if required_only else contract.column_names
        tables = [load.RawTable(stream, columns(stream)) for stream in contract.streams()]
        load.load_duckdb(tables, "raw_files", self.database)

    def seed(self, names: Iterable[str]) -> None:
        self._dbt("seed", "--select", *names)

    def compile_models(self, selected: Iterable[str], given: str = "{}") -> dict[str, str]:
        """Model -> the statement that makes it, in the order in which they can be made."""
        nodes = [
            result.node
            for result in self._dbt("compile", "--select", *selected, given=given).result
            if result.node.resource_type == "model"
        ]
        found = {node.unique_id: node for node in nodes}
        ordered: dict[str, str] = {}

        def add(node: Any) -> None:
            for name in node.depends_on.nodes:
                if name in found:
                    add(found[name])
            kind = "view" if node.config.materialized == "view" else "table"
            statement = f"create or replace {kind} {node.relation_name} as {node.compiled_code}"
            ordered.setdefault(node.name, statement)

        for node in nodes:
            add(node)
        return ordered

    def relation(self, model: str) -> str:
        return self.manifest.nodes[f"model.ecosystem_intelligence.{model}"].relation_name


class Streams:
    """The contract's streams as the models make them of contract files."""

    def __init__(self, folder: Path, as_of: str) -> None:
        self.project = Project(folder)
        self.project.land(required_only=True)
        self.lean = self.project.compile_models(["base_files__*"])
        self.project.land(required_only=False)
        self.project.seed(SEEDS)
        self.models = self.project.compile_models(MODELS)
        # it reads identity's domains, which the streams do not need
        del self.models["stg_known_records"]
        day = self.project.compile_models(["stg_as_of"], f"{{as_of_date: '{as_of}'}}")
        self.as_of_given = day["stg_as_of"]
        self.database = Path(f":memory:{folder.name}")
        self.connection = duckdb.connect(str(self.database))
        self.connection.execute("set threads = 1")
        for model in self.models:
            schema = self.project.relation(model).split(".")[1]
            self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute(f"attach {load.literal(str(self.project.database))} as built")
        self.connection.execute("create schema rules")
        for seed in SEEDS:
            self.connection.execute(f"create table rules.{seed} as from built.rules.{seed}")
        self.connection.execute("detach built")

    def run(
        self,
        folder: Path,
        streams: Collection[str] | None = None,
        lean: Collection[str] = (),
    ) -> None:
        """Load a folder and make its streams: those named as of the given day, or (None) all of them and their
        reconciliation, as of the newest day in the data. `lean`: streams whose files have the required columns only.
        """
        tables, _ = load.find_tables(folder)
        load.load_duckdb(tables, "raw_files", self.database)
        chosen = set(self.models)
        if streams is not None:
            chosen = {"stg_as_of"} | {f"base_files__{stream}" for stream in streams}
            chosen |= {layer.format(stream) for stream in streams for layer in LAYERS}
        for model, statement in self.models.items():
            if model == "stg_as_of" and streams is not None:
                statement = self.as_of_given
            elif model.removeprefix("base_files__") in lean and model in self.lean:
                statement = self.lean[model]
            if model in chosen:
                self.connection.execute(statement)

    def rows(self, model: str) -> list[dict[str, Any]]:
        """The rows of a model of the last run."""
        cursor = self.connection.execute(f"select * from {self.project.relation(model)}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
