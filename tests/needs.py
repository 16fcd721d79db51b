"""Tools that some tests need and a bare machine lacks. Missing: a loud skip; promised by OPENHOUSE_REQUIRE: a failure.

`.ci/run` installs them and names them in OPENHOUSE_REQUIRE (comma-separated: llvm, chromium, exiftool, postgres),
so that a green run cannot hide that a test never ran.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "photos"


def missing(what: str, hint: str) -> None:
    """Skip the running test because `what` is not on this machine, or fail where it was promised."""
    if what in os.environ.get("OPENHOUSE_REQUIRE", "").split(","):
        pytest.fail(f"{what} was promised by OPENHOUSE_REQUIRE but is missing: {hint}")
    pytest.skip(f"NEEDS {what.upper()}: {hint}")


def chromium() -> str:
    """The path of Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("chromium", "apt install chromium")
    return str(found)


def exiftool() -> str:
    """The path of exiftool."""
    found = shutil.which("exiftool")
    if found is None:
        missing("exiftool", "apt install libimage-exiftool-perl")
    return str(found)


def postgres() -> None:
    """Return only when the tests run on PostgreSQL."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        missing("postgres", "DATABASE_URL=postgres://... make test")


def photos() -> Path:
    """The folder of real photos that stands beside a developer's checkout; no other machine has it."""
    if not PHOTOS.is_dir():
        pytest.skip("NEEDS PHOTOS: ../shared/photos is not beside this checkout")
    return PHOTOS
