"""What the tests share: a demo world, and builds of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from scripts import build
from scripts.demo import Scenario, generate
from tests.python.servers import postgres_server


@pytest.fixture(scope="session", autouse=True)
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dbt's own files of the tests apart from those of the user's builds."""
    folder = tmp_path_factory.mktemp("dbt")
    os.environ["DBT_TARGET_PATH"] = str(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def project_read_once(dbt_target: Path) -> Iterator[None]:
    """Builds in one process with the same vars, target and name of the file share what dbt reads of the project, which
    takes longer than many a build."""
    import dbt.cli.main as cli

    plain = cli.dbtRunner
    read: dict[tuple[str, ...], Any] = {}

    class SharingRunner(plain):
        def invoke(self, args: list[str], **kwargs: Any) -> Any:
            if "--vars" not in args or args[0] not in ("build", "test"):
                return super().invoke(args, **kwargs)
            begin = args.index("--project-dir")
            end = args.index("--log-level")
            settings = args[begin:end]
            file = Path(os.environ.get("ECOSYSTEM_DUCKDB", "ecosystem.duckdb")).stem
            key = (file, *settings)
            if key not in read:
                done = plain().invoke(["parse", *settings, "--log-level", "none"])
                read[key] = done.result if done.success else None
            if read[key] is not None:
                self.manifest = read[key].deepcopy()
            return super().invoke(args, **kwargs)

    cli.dbtRunner = SharingRunner
    yield
    cli.dbtRunner = plain


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process of the run to ask for it makes, and others wait for."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            aside = folder.with_name(f"{name}.making")
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir()
            make(aside)
            aside.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Contract files of the demo world that `make demo` shows; answers.json lies beside the folder."""

    def make(folder: Path) -> None:
        generate(folder / "data", Scenario(), folder / "answers.json")

    return made_once(tmp_path_factory, "demo", make) / "data"


@pytest.fixture(scope="session")
def demo_build(
    tmp_path_factory: pytest.TempPathFactory, demo_folder: Path, dbt_target: Path
) -> Path:
    """A folder with the demo world built on DuckDB, with all data tests passed, and dbt's manifest of it; views are
    kept. Read only."""

    def make(folder: Path) -> None:
        build.build(build.folder_inputs(demo_folder), folder / "ecosystem.duckdb", keep_views=True)
        shutil.copy(dbt_target / "manifest.json", folder)

    return made_once(tmp_path_factory, "demo_build", make)


@pytest.fixture(scope="session")
def demo_database(demo_build: Path) -> Path:
    """The file of demo_build."""
    return demo_build / "ecosystem.duckdb"


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Contract files of a small world."""

    def make(folder: Path) -> None:
        scenario = Scenario(n_accounts=200, n_partners=8, seed=11)
        generate(folder / "data", scenario, folder / "answers.json")

    return made_once(tmp_path_factory, "small", make) / "data"


@pytest.fixture(scope="session")
def small_database(tmp_path_factory: pytest.TempPathFactory, small_folder: Path) -> Path:
    """The small world built on DuckDB. Read only."""

    def make(folder: Path) -> None:
        build.build(build.folder_inputs(small_folder), folder / "ecosystem.duckdb")

    return made_once(tmp_path_factory, "small_build", make) / "ecosystem.duckdb"


@pytest.fixture(scope="session")
def demo_postgres(demo_folder: Path) -> Any:
    """The demo world built on PostgreSQL, with all data tests passed; yields the variables that reach it."""
    with postgres_server() as variables:
        os.environ.update(variables)
        build.build(build.folder_inputs(demo_folder), target="postgres")
        yield variables


@pytest.fixture
def contract_folder(tmp_path: Path) -> Callable[..., Path]:
    """A function that lays a folder of contract files: stream name -> text of the CSV."""

    def lay(**streams: str) -> Path:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        for stream, text in streams.items():
            (folder / f"{stream}.csv").write_text(text, encoding="utf-8")
        return folder

    return lay


@pytest.fixture(scope="session")
def real_data() -> Path:
    """A folder with real contract data beside the checkout, where there is one."""
    for folder in build.PROJECT.parent.glob("*/data/sba7a"):
        return folder
    pytest.skip("no folder data/sba7a beside the checkout")
