"""The version of a contract that consumers know: the last released one, or that of another folder or git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.errors import InputError
from sandbox.verification.published.contract import Kind, published_path, released_folder

Previous = Callable[[Kind, str], "Path | None"]


def numbers_of(version: str) -> tuple[int, ...]:
    """A version as numbers, to be compared."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def last_released(folder: Path) -> Previous:
    """The highest version in `released/` of a folder of contracts."""

    def find(kind: Kind, name: str) -> Path | None:
        files = (folder / released_folder(kind, name)).glob("*.json")
        return max(files, key=lambda path: numbers_of(path.stem), default=None)

    return find


def published_in(folder: Path) -> Previous:
    """What another folder of contracts has published; of an event the highest version."""

    def find(kind: Kind, name: str) -> Path | None:
        if kind is not Kind.EVENT:
            path = folder / published_path(kind, name, "")
            return path if path.is_file() else None
        files = (folder / "events" / name).glob("*.schema.json")
        return max(files, key=lambda path: numbers_of(path.name.removesuffix(".schema.json")), default=None)

    return find


@contextmanager
def against(where: str | None, folder: Path) -> Iterator[Previous]:
    """What to compare with: the releases of `folder` where `where` is None, else a folder or a git revision.

    Raises InputError where it is neither.
    """
    if where is None:
        yield last_released(folder)
    elif Path(where).is_dir():
        yield published_in(Path(where))
    else:
        with TemporaryDirectory(prefix="contracts-") as made:
            _checked_out(where, folder, Path(made))
            yield published_in(Path(made))


def _checked_out(revision: str, folder: Path, target: Path) -> None:
    remedy = "name a folder of contracts, or a branch, tag or commit of the repository that they are in"
    command = ["git", "-C", str(folder), "archive", "--format=tar", revision, "."]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise InputError(f"git cannot be started ({error.strerror})", field="--against", remedy=remedy) from None
    if done.returncode or revision.startswith("-"):
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(
            f"{revision!r} is neither a folder nor a git revision" + (f": {told[0]}" if told else ""),
            field="--against", remedy=remedy,
        )  # fmt: skip
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as packed:
        packed.extractall(target, filter="data")
