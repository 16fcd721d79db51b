"""Files made to break decoders, by every way that a picture comes in: refused or decoded, quickly, in a small child.

A few score are made by code. With HOSTILE_ALL=1 (`make hostile`) those of others are sent too, all of a folder that is
no part of the repository; else every twentieth of them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from billing import ledger
from billing.models import Account
from staging import ingest
from tests import needs
from tests.staging import hostile_files, pictures
from tests.staging.api.renders.conftest import Caller, uploaded

pytestmark = pytest.mark.django_db

LONGEST_SECONDS = 5.0
MOST_MEMORY = 512 * 2**20
ROOT = Path(__file__).resolve().parents[2]
# Where programs of others may write while this runs.
NOT_OURS = {
    "test-artefacts",
    ".git",
    ".venv",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "__pycache__",
    "data",
}


@pytest.fixture
def caller(api_key: str, account: Account, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    ledger.grant(account, 10_000, reference="hostile")
    settings.RENDERS_IN_FLIGHT, settings.API_INTAKE, settings.FETCH_ALLOW_PRIVATE = 10_000, 10_000, True
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    caller = Caller(api_key)
    caller.client.raise_request_exception = False
    return caller


@pytest.fixture
def served(httpserver: HTTPServer) -> Callable[[bytes], str]:
    """The address at which a file can be fetched."""
    known: dict[str, bytes] = {}
    httpserver.expect_request("/file").respond_with_handler(lambda _: Response(known["now"], content_type="image/jpeg"))

    def serve(data: bytes) -> str:
        known["now"] = data
        return httpserver.url_for("/file")

    return serve


def peak() -> int:
    """Bytes that any decoding child has had at most: those that live, and those that died of a file."""
    found = ingest.peak_of_ended()
    for pool in ingest._decoders.values():
        for child in list(pool._slots.queue):
            if child is not None and child.alive:
                status = Path(f"/proc/{child.process.pid}/status").read_text()
                found = max(found, int(status.split("VmHWM:")[1].split()[0]) * 1024)
    return found


def written() -> dict[str, float]:
    """When each file of the repository was last written."""
    return {
        str(path): path.stat().st_mtime
        for folder, inner, files in os.walk(ROOT)
        if not inner.__setitem__(slice(None), [name for name in inner if name not in NOT_OURS])
        for path in (Path(folder) / name for name in files)
    }


@pytest.fixture
def watched() -> Iterator[None]:
    """Nothing is written to the repository nor to the temporary folder, and no child has grown beyond its measure."""
    for pool in ingest._decoders.values():
        pool.close()
    ingest._Ended.peak = 0
    before = written()
    yield
    print(f"child memory at most {peak() / 2**20:.0f} MB, of those that died {ingest.peak_of_ended() / 2**20:.0f} MB")
    assert peak() < MOST_MEMORY
    assert written() == before
    assert os.listdir(tempfile.gettempdir()) == []


def sent(caller: Caller, way: str, data: bytes, served: Callable[[bytes], str]) -> int:
    """The status that a file gets by one of the ways."""
    if way == "upload":
        return caller.create(file=uploaded(data)).status_code
    if way == "image_url":
        return caller.create(file=None, image_url=served(data)).status_code
    asked = {"declutter_mode": "on", "declutter_mask_url": served(data)}
    return caller.create(**asked).status_code


def all_of_them(caller: Caller, way: str, files: dict[str, bytes], served: Callable[[bytes], str]) -> set[int]:
    # The first request of a process imports the site, and starts the children.
    assert sent(caller, way, pictures.encoded(pictures.room(300, 300)), served) == 200
    statuses: Counter[int] = Counter()
    slowest = 0.0
    for name, data in files.items():
        seconds, status = timed(lambda: sent(caller, way, data, served))  # noqa: B023 - called here
        if seconds > LONGEST_SECONDS:
            # Once more: a machine that others use may stand still for a moment.
            seconds, status = timed(lambda: sent(caller, way, data, served))  # noqa: B023 - called here
        assert status < 500, name
        assert seconds < LONGEST_SECONDS, name
        statuses[status] += 1
        slowest = max(slowest, seconds)
    print(f"\n{way}: {len(files)} files, {dict(statuses)}, the slowest {slowest:.2f} s")
    return set(statuses)


def timed(act: Callable[[], int]) -> tuple[float, int]:
    """Seconds and status."""
    began = time.monotonic()
    status = act()
    return time.monotonic() - began, status


@pytest.mark.parametrize("way", ["upload", "image_url", "mask"])
def test_files_that_we_made(way: str, caller: Caller, served: Callable[[bytes], str], watched: None) -> None:
    statuses = all_of_them(caller, way, hostile_files.made(), served)
    # Some are photos all the same: half a JPEG is not, a page behind one is.
    assert statuses == {200, 400}


@pytest.mark.parametrize("way", ["upload", "image_url", "mask"])
def test_files_of_others(way: str, caller: Caller, served: Callable[[bytes], str], watched: None) -> None:
    files = [file for file in sorted((needs.photos() / "hostile").rglob("*")) if file.is_file()]
    assert len(files) > 300
    step = 1 if os.environ.get("HOSTILE_ALL") else 20
    all_of_them(caller, way, {str(file): file.read_bytes() for file in files[::step]}, served)


def test_a_child_that_a_file_kills_is_accounted_for_too(tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(pictures.encoded())
    ingest._Ended.peak = 0
    impatient = ingest.Decoders(ingest.Limits(memory=2**31, seconds=0.001, max_pixels=10**8, min_edge=1), 1)
    with pytest.raises(ingest.InvalidImage, match="too long"):
        impatient.normalise(source, tmp_path)
    assert ingest.peak_of_ended() > 2**20
