"""What of a site goes into a backup besides the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from billing.models import Account, Entry
from listings import credentials
from staging.models import Output, Render

FORMAT = 1
# Working files: pieces of uploads that nobody finished, and copies that are made again where they are missing.
_PASSING = ("uploads/", "prepared/")


def sums() -> dict[str, int]:
    """Figures by which a restored site is known to be the one that was saved."""
    return {
        "accounts": Account.objects.count(),
        "entries": Entry.objects.count(),
        "credits": sum(Entry.objects.values_list("credits", flat=True).iterator()),
        "renders": Render.objects.count(),
        "outputs": Output.objects.count(),
    }


def manifest() -> dict[str, Any]:
    """The archive's first member, as a dictionary."""
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "migrations": [list(one) for one in applied],
        "sums": sums(),
    }


def secrets() -> Iterator[tuple[str, Path]]:
    """Name and file of everything in DATA_DIR that signs or is known to callers; a site that sets them by its
    environment has none."""
    for name in ("secret_key", "demo_key"):
        if (settings.DATA_DIR / name).is_file():
            yield name, settings.DATA_DIR / name
    folder = settings.DATA_DIR / credentials.FOLDER
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        yield f"{credentials.FOLDER}/{file.name}", file


def files(storage: Storage | None = None, folder: str = "") -> Iterator[str]:
    """The names of all stored files, by folder."""
    storage = storage or default_storage
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield os.path.join(folder, name)
    for below in sorted(folders):
        path = os.path.join(folder, below)
        if not f"{path}/".startswith(_PASSING):
            yield from files(storage, path)
