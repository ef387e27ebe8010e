"""A world whose one system lands as raw tables, and contract files for all that the system does not say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from scripts import build, load
from scripts.demo import Scenario, World, contract_files, simulate, system_files
from scripts.demo.contract_rows import Lander, record_owners
from scripts.demo.systems import __name__ as systems

STAGING = ["+path:models/staging/streams", "+stream_reconciliation", "+stg_organisation_members"]


def build_part(
    folder: Path,
    out: Path,
    given: dict[str, Any],
    select: Sequence[str] = (),
    with_tests: bool = False,
) -> Path:
    """Load a folder and build the models selected, or all, in a new database; no unit tests, and data tests if asked.

    given: vars; without `connectors` those that the folder is named after are on."""
    inputs = build.folder_inputs(folder)
    settings = {**given, "connectors": build.read_connectors(inputs, given)}
    for each in inputs:
        load.load_duckdb(each.tables, each.schema, out)
    left_out = ["unit_test"] if with_tests else ["unit_test", "test"]
    command = ["build", "--exclude-resource-type", *left_out, "--indirect-selection", "buildable"]
    build.run_dbt([*command, *(["--select", *select] if select else [])], settings, database=out)
    return out


def ask(database: Path, query: str, **tables: pa.Table) -> list[tuple[Any, ...]]:
    """Rows of a query on a built file; tables: Arrow tables it may read by name."""
    with duckdb.connect(str(database), read_only=True) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(query).fetchall()


@dataclass
class RawBuild:
    """A folder with raw tables and contract files, and what was built from it."""

    folder: Path
    world: World
    report: dict[str, Any]
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "ecosystem.duckdb"

    def build(self, select: list[str] | None = None) -> "RawBuild":
        """Load and build staging only, without data tests."""
        build_part(self.folder / "data", self.database, self.given, select or STAGING)
        return self

    def query(self, sql: str) -> list[tuple]:
        return ask(self.database, sql)

    def fates(self, source: str) -> dict[str, dict[str, int]]:
        """Stream -> fate -> rows, of one source; fates that no row has are left out."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            found = connection.execute(
                "select * from marts.stream_reconciliation where source = ?", [source]
            )
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return {
            row["stream"]: {
                name.removeprefix("n_"): count
                for name, count in row.items()
                if name.startswith("n_") and count and name != "n_other_values"
            }
            for row in rows
        }

    def left_out(self, stream: str) -> Path:
        """The contract rows that the raw tables stand for."""
        return self.folder / "left_out" / f"{stream}.csv"

    def check_owners(self, source: str, floor: int) -> None:
        """Records of the source lie with the records of the organisation that they are truly of, but for those of
        organisations that are hard to tell: identity_scores measures these."""
        lander = Lander(self.world)
        crm = record_owners(self.world)
        firms = pa.table(
            {
                "source_id": lander.own_and_partner_accounts(self.partner_rows())["source_id"],
                "organisation": pa.array(self.partner_rows() + lander.n, pa.int32()),
            }
        )
        owners = self.report["owners"]
        hard = pa.array(self.world.mess.touched, pa.int32())
        owners = owners.filter(pc.invert(pc.is_in(owners["organisation"], value_set=hard)))
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.register("crm", crm)
            connection.register("firms", firms)
            connection.register("owners", owners)
            checked, wrong = connection.execute(
                """
                with truth as (
                    select source_id, organisation from crm where source = 'crm'
                    union all
                    select source_id, organisation from firms
                ),
                anchors as (
                    select distinct truth.organisation, members.organisation_key
                    from truth
                    inner join staging.stg_organisation_members as members
                        on members.source = 'crm' and members.source_id = truth.source_id
                        and members.stream = 'accounts'
                )
                select
                    count(*),
                    count(*) filter (where not exists (
                        select 1 from anchors
                        where anchors.organisation = owners.organisation
                            and anchors.organisation_key = members.organisation_key
                    ))
                from owners
                inner join staging.stg_organisation_members as members using (stream, source, source_id)
                where owners.source = ?
                """,
                [source],
            ).fetchone()
        print(f"{checked} records of {source}, {wrong} with another organisation")
        assert checked >= floor
        assert wrong == 0

    def partner_rows(self) -> np.ndarray:
        return np.arange(1, 1 + len(self.world.tables["partners"]))


def lay_world(
    folder: Path,
    world: World,
    system: str,
    replaced: dict[str, str],
    landing: str | None = None,
    doubled: tuple[str, ...] = (),
) -> RawBuild:
    """Land the system's raw tables, and the contract files without the rows that they stand for.

    replaced: stream -> condition of the contract rows that the raw tables carry instead; doubled: streams of which
    those rows stay all the same, because rows of other files refer to them."""
    module = import_module(f"{systems}.{system}")
    landing = landing or module.LANDINGS[0]
    report = system_files.write(world, folder / "data", [system], {system: landing})
    contract_files.write(world, folder / "data")
    (folder / "left_out").mkdir(exist_ok=True)
    for stream, condition in replaced.items():
        path = folder / "data" / f"{stream}.csv"
        rows = f"read_csv('{path}', all_varchar = true)"
        # without what the files alone say: rows sent again, deleted or to be refused
        duckdb.sql(
            f"""
            copy (
                select * from {rows}
                where {condition} and source_id not like 'gone_%' and source_id not like 'bad_%'
                qualify row_number() over (partition by source, source_id order by updated_at) = 1
            ) to '{folder / "left_out" / path.name}' (header)
            """
        )
        if stream in doubled:
            continue
        duckdb.sql(f"create or replace table kept as select * from {rows} where not ({condition})")
        duckdb.sql(f"copy kept to '{path}' (header)")
    return RawBuild(folder, world, report, system_files.settings([system], {system: landing}))


def package_seeds(package: str) -> Path:
    """Tables with columns that really landed, of another package; skips where they are not beside the checkout."""
    for folder in build.PROJECT.parent.glob(f"*/data/connector_seeds/{package}"):
        return folder
    pytest.skip(f"no folder data/connector_seeds/{package} beside the checkout")


def lay_seeds(
    folder: Path, package: str, system: str, tables: dict[str, str], given: dict[str, Any]
) -> RawBuild:
    """A folder with tables of a package; tables: raw table -> file of the package."""
    seeds = package_seeds(package)
    (folder / "data" / system).mkdir(parents=True)
    for table, name in tables.items():
        (folder / "data" / system / f"{table}.csv").write_bytes((seeds / name).read_bytes())
    return RawBuild(folder, simulate(Scenario(n_accounts=1)), {}, given)
