"""Writing and reading the archive of a backup: a tar file."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection

from billing.models import User
from config.backups import contents, tables

Say = Callable[[str], object]
_EVERY = 500


class CannotRestore(Exception):
    """Why nothing was restored, in a sentence."""


def save(target: Path, say: Say = print) -> dict[str, Any]:
    """Write the site into `target` and return the manifest; what is said tells how far it has come.

    The file appears under its name only when it is whole. Raises FileExistsError, OSError, DatabaseError.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    partial = target.with_name(target.name + ".partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w|") as archive:
            told = _add_database(archive, target.parent)
            say(f"database saved: {told['sums']}")
            _add_files(archive, say)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return told


def _add_database(archive: tarfile.TarFile, folder: Path) -> dict[str, Any]:
    """Manifest, secrets and database; `folder` has room for a copy of the database meanwhile."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        files, told = tables.save(Path(scratch), contents.manifest)
        _add(archive, "manifest.json", json.dumps(told, indent=1).encode())
        for name, file in contents.secrets():
            archive.add(file, f"secrets/{name}")
        for file in files:
            archive.add(file, f"database/{file.name}")
    return told


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    archive.addfile(info, io.BytesIO(data))


def _add_files(archive: tarfile.TarFile, say: Say) -> None:
    count = 0
    for name in contents.files():
        try:
            with default_storage.open(name) as file:
                info = tarfile.TarInfo(f"files/{name}")
                info.size, info.mode = file.size, 0o600
                archive.addfile(info, file)
        except FileNotFoundError:
            # Erased since the rows were saved, as its owner wished.
            continue
        count += 1
        if count % _EVERY == 0:
            say(f"{count} files saved")
    say(f"{count} files saved")


def restore(source: Path, say: Say = print) -> dict[str, Any]:
    """Fill an empty site from `source` and return the manifest; raises CannotRestore, and tarfile's and the
    database's own errors."""
    with tarfile.open(source, "r|") as archive, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as scratch:
        told: dict[str, Any] | None = None
        database: list[Path] = []
        restored = count = 0
        for member in archive:
            held = archive.extractfile(member)
            if held is None:
                continue
            kind, _, name = member.name.partition("/")
            if member.name == "manifest.json":
                told = _checked(json.loads(held.read()))
            elif told is None:
                raise CannotRestore(f"{source} is not a backup of Openhouse: it does not begin with a manifest")
            elif kind == "secrets":
                _put_secret(name, held.read())
            elif kind == "database":
                database.append(tables.unpacked(held, Path(scratch) / Path(name).name))
            elif kind == "files":
                restored = restored or _restore_database(database, told, say)
                count += 1
                default_storage.save(name, File(held, name))
                if count % _EVERY == 0:
                    say(f"{count} files restored")
        if told is None:
            raise CannotRestore(f"{source} is empty")
        if not restored:
            _restore_database(database, told, say)
        say(f"{count} files restored")
    return told


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    """The manifest, when it can be restored here."""
    if told.get("format") != contents.FORMAT:
        raise CannotRestore(f"this version reads backups of format {contents.FORMAT}, not {told.get('format')}")
    if told["database"] != connection.vendor:
        raise CannotRestore(f"this backup is of {told['database']}, and DATABASE_URL names {connection.vendor}")
    if User._meta.db_table in connection.introspection.table_names() and User.objects.exists():
        raise CannotRestore("this site has users already: a backup is restored into an empty one")
    if next(contents.files(), None) is not None:
        raise CannotRestore("this site's storage holds files already: a backup is restored into an empty one")
    return told


def _restore_database(files: list[Path], told: dict[str, Any], say: Say) -> int:
    tables.restore(files, told["migrations"])
    found = contents.sums()
    if found != told["sums"]:
        raise CannotRestore(f"the restored database does not match the backup: {found} instead of {told['sums']}")
    say(f"database restored: {found}")
    return 1


def _put_secret(name: str, data: bytes) -> None:
    """A secret back into DATA_DIR, for its owner alone."""
    target = settings.DATA_DIR / name
    if not target.resolve().is_relative_to(settings.DATA_DIR.resolve()):
        raise CannotRestore(f"the backup holds a secret outside of the data folder: {name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
