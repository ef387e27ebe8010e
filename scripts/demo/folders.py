"""A folder that is replaced as a whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from .contract_rows import STREAMS

FILES = [f"{stream}{suffix}" for stream in STREAMS for suffix in (".csv", ".parquet")]
"""Names of contract files."""


@contextmanager
def replaced_folder(folder: str | Path, ours: Collection[str]) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` once everything in it is written; what lies in
    the old one under other names than `ours` is carried over."""
    folder = Path(folder).resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield aside
        os.chmod(aside, 0o755)
        if folder.exists():
            for entry in folder.iterdir():
                if entry.name not in ours:
                    copy = shutil.copytree if entry.is_dir() else shutil.copy2
                    copy(entry, aside / entry.name)
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
            os.replace(folder, old / folder.name)
            os.replace(aside, folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
