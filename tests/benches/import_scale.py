"""`make import-scale`: 5,000 listings from the stand-in provider, over HTTP, killed twice at random, then once more.

The import runs as `manage.py import_listings`, a process of its own, and is killed with -9 at two random moments. Then
it runs to its end, and every listing and photo must be there once. The second run must transfer what has changed and
nothing else. On the database of DATABASE_URL (made anew: its name gets `_import_scale`), else on SQLite.
IMPORT_SCALE_LISTINGS and IMPORT_SCALE_SEED change size and dice.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from config import processes

LISTINGS = int(os.environ.get("IMPORT_SCALE_LISTINGS", "5000"))
# Of every so many listings one has a photo: decoding photos is not what is measured here.
EVERY = 10
CHANGED = 25

ASK = """
import json
from django.db.models import Count
from listings.models import *
run = Import.objects.order_by("-pk").first()
live = ListingPhoto.objects.filter(removed_at=None)
print(json.dumps({
    "listings": Listing.objects.count(),
    "doubles": Listing.objects.values("account", "originating_system_name", "listing_key")
        .annotate(n=Count("pk")).filter(n__gt=1).count(),
    "photos": live.count(),
    "waiting": ImportedPhoto.objects.exclude(state="done").count(),
    "state": run.state, "created": run.created, "changed": run.changed, "requests": run.requests, "seen": run.seen,
}))
"""
PREPARE = """
from billing import accounts
from billing.models import Account
from listings.models import Connection
account = accounts.open_account("scale@example.com", "a long enough password", "pro")
print(Connection.objects.create(account=account, name="Scale MLS", address="{address}/odata", client_id="client",
    client_secret="secret", token_address="{address}/token", requests_per_second=10000).pk)
"""


def main() -> int:
    """Run it; 1 when something is not as it must be."""
    dice = random.Random(int(os.environ.get("IMPORT_SCALE_SEED", "20261127")))
    with tempfile.TemporaryDirectory(prefix="import-scale-") as folder:
        environment = _environment(Path(folder))
        port = processes.free_port()
        address = f"http://127.0.0.1:{port}"
        provider = [sys.executable, "-m", "tests.listings.reso_stand_in", "--port", str(port)]
        provider += ["--listings", str(LISTINGS), "--photos", "1", "--every", str(EVERY)]
        provider += ["--switches", json.dumps({"page_size": 200, "disconnects": 0.02, "busy": 0.02})]
        server = subprocess.Popen(provider)
        try:
            return _measure(dice, environment, address)
        finally:
            server.kill()
            server.wait(10)


def _measure(dice: random.Random, environment: dict[str, str], address: str) -> int:
    _manage(environment, "migrate", "--verbosity", "0")
    number = _manage(environment, "shell", "--no-imports", "-c", PREPARE.format(address=address)).split()[-1]
    began = time.monotonic()
    for _ in range(2):
        _kill_midway(environment, number, address, dice)
    _manage(environment, "import_listings", "--connection", number)
    took, first, given = time.monotonic() - began, _asked(environment), httpx.get(f"{address}/_seen").json()
    photos = -(-LISTINGS // EVERY)
    good = first["listings"] == LISTINGS and not first["doubles"] and first["photos"] == photos
    good = good and not first["waiting"] and first["state"] == "done"
    print(f"first run, killed twice: {took:.0f} s, {json.dumps(first)}, provider gave {json.dumps(given)}")

    httpx.post(f"{address}/_control", json={"change": CHANGED, "disconnects": 0.0, "busy": 0.0})
    began = time.monotonic()
    _manage(environment, "import_listings", "--connection", number)
    took, second, again = time.monotonic() - began, _asked(environment), httpx.get(f"{address}/_seen").json()
    rows, pictures = again["rows"] - given["rows"], again["photos"] - given["photos"]
    good = good and (rows, pictures, second["changed"], second["created"]) == (CHANGED, 1, CHANGED, 0)
    good = good and (second["listings"], second["photos"], second["doubles"]) == (LISTINGS, photos, 0)
    print(f"second run: {took:.0f} s, {rows} rows and {pictures} photos transferred, {json.dumps(second)}")
    print("as it must be" if good else "NOT as it must be")
    return 0 if good else 1


def _kill_midway(environment: dict[str, str], number: str, address: str, dice: random.Random) -> None:
    """Start the import and kill it -9 after a random number of requests to the provider."""
    before = httpx.get(f"{address}/_seen").json()["requests"]
    until = before + dice.randint(2, LISTINGS // 200 + LISTINGS // EVERY // 4)
    run = subprocess.Popen([sys.executable, "manage.py", "import_listings", "--connection", number], env=environment,
                           stdout=subprocess.DEVNULL)  # fmt: skip
    while run.poll() is None and httpx.get(f"{address}/_seen").json()["requests"] < until:
        time.sleep(0.01)
    time.sleep(dice.random() * 0.3)
    run.send_signal(signal.SIGKILL)
    run.wait(10)
    now = _asked(environment)
    print(f"killed after {until - before} requests: {now['listings']} listings, {now['photos']} photos, {now['state']}")


def _asked(environment: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_manage(environment, "shell", "--no-imports", "-c", ASK).splitlines()[-1])
    return found


def _manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def _environment(folder: Path) -> dict[str, str]:
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "FETCH_ALLOW_PRIVATE": "true",
        # A killed run is taken over as soon as its lease is over.
        "IMPORT_LEASE_SECONDS": "4",
        "IMPORT_ATTEMPTS": "100",
        "LOG_LEVEL": "ERROR",
    }
    if url := os.environ.get("DATABASE_URL"):
        base, name = url.rsplit("/", 1)
        environment["DATABASE_URL"] = f"{base}/{name}_import_scale"
        for command in (f'DROP DATABASE IF EXISTS "{name}_import_scale"', f'CREATE DATABASE "{name}_import_scale"'):
            subprocess.run(["psql", "-q", f"{base}/postgres", "-c", command], check=True)
    return environment


if __name__ == "__main__":
    sys.exit(main())
