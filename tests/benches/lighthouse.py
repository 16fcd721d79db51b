"""`make lighthouse`: Lighthouse's marks for the landing page and for a listing of a hundred photos, phone and desk.

Runs the npm package against Chromium and a web process of its own, set up as in production: static files hashed and
packed. Ends with 1 when a mark for performance or accessibility is below LEAST; without npm or Chromium it says so and
ends with 0. LIGHTHOUSE names another program than the one that npx fetches. Marks mean something on a quiet machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LEAST = 95
VERSION = "12.8.2"
PHOTOS = 100
CATEGORIES = ("performance", "accessibility")
ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "test-artefacts" / "lighthouse"


def main() -> int:
    """Measure; 0 when every mark is good or nothing could be measured."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    program = [os.environ["LIGHTHOUSE"]] if os.environ.get("LIGHTHOUSE") else ["npx", "--yes", f"lighthouse@{VERSION}"]
    if chromium is None or shutil.which(program[0]) is None:
        print("SKIPPED: Lighthouse NEEDS NPM AND CHROMIUM (apt install npm chromium). Nothing was measured.")
        return 0
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        return measure(Path(folder), program, {**os.environ, "CHROME_PATH": chromium})


def measure(folder: Path, program: list[str], environment: dict[str, str]) -> int:
    """Start the web process on data of its own, and mark its pages."""
    os.environ.update(product(folder))
    import django  # noqa: PLC0415 - settings read the environment when they are loaded

    django.setup()
    from tests import serving  # noqa: PLC0415

    for command in (["migrate"], ["collectstatic", "--noinput"]):
        subprocess.run([sys.executable, "manage.py", *command, "--verbosity", "0"], cwd=ROOT, check=True)
    path, cookie = listing()
    web = serving.Web(folder, dict(os.environ))
    web.start()
    poor = 0
    try:
        for name, page, headers in (("landing", "/", {}), ("listing", path, {"Cookie": cookie})):
            for form in ("phone", "desk"):
                marks = marked(program, web.url + page, headers, form, environment, REPORTS / f"{name}-{form}.json")
                poor += sum(mark < LEAST for mark in marks.values())
                print(f"{name:8} {form:6} " + "  ".join(f"{one} {mark}" for one, mark in marks.items()), flush=True)
    finally:
        web.kill()
    print(
        f"Reports: {REPORTS.relative_to(ROOT)}. "
        + (f"{poor} marks below {LEAST}." if poor else f"All {LEAST} or more.")
    )
    return int(bool(poor))


def product(folder: Path) -> dict[str, str]:
    """The environment of a product of its own."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite://{folder / 'lighthouse.sqlite3'}",
        "REDIS_URL": f"unix://{folder / 'none.sock'}",
        "DEBUG": "false",
        "LOG_LEVEL": "ERROR",
    }


def listing() -> tuple[str, str]:
    """A listing of a hundred photos, every second one staged, as real as can be; its path, and its owner's cookie."""
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    from billing import accounts  # noqa: PLC0415
    from billing.models import User  # noqa: PLC0415
    from listings import records, samples  # noqa: PLC0415
    from listings.models import ListingPhoto  # noqa: PLC0415
    from staging import sources  # noqa: PLC0415
    from staging.models import Photo  # noqa: PLC0415

    account = accounts.open_account("lighthouse@example.com", "a long enough password", "pro")
    shown = records.create(account, unparsed_address="100 Long Avenue", city="Bend", list_price=850_000)
    taken = [sources.accept(account, raw=sample.file) for sample in samples.SAMPLES.values()]
    for order in range(PHOTOS):
        photo = Photo.objects.get(pk=taken[order % len(taken)].pk)
        # A row of its own with the same files: decoding a hundred photos would measure nothing of the page.
        photo.pk, photo.uuid, photo.sha256 = None, Photo().uuid, f"{order:064d}"
        photo.save()
        placed = ListingPhoto.objects.create(listing=shown, photo=photo, order=order, room_type="living")
        if order % 2:
            staged(placed)
    owner = User.objects.get(email="lighthouse@example.com")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(owner.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    return f"/listings/{shown.pk}/", f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def staged(placed: Any) -> None:
    """Give the listing's photo a picture that waits for its review; its files are those of the photo."""
    from uuid import uuid4  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from listings.models import StagedPhoto  # noqa: PLC0415
    from staging.models import Output, Render, Role, Run, Source, State  # noqa: PLC0415

    photo, brief = placed.photo, {"kind": "staging", "room_type": "living", "style": "modern"}
    render = Render.objects.create(account=photo.account, photo=photo, source=Source.DASHBOARD, brief_json=brief)
    ended = {"state": State.DONE, "progress": 1.0, "finished_at": timezone.now()}
    run = Run.objects.create(render=render, account=photo.account, brief_json=brief, **ended)
    files = {
        "master": photo.picture,
        "delivered": photo.picture,
        "preview": photo.preview,
        "thumbnail": photo.thumbnail,
    }
    Output.objects.create(
        run=run, role=Role.STAGED, order=0, width=photo.width, height=photo.height, delivered_width=photo.width,
        delivered_height=photo.height, sha256="0" * 64, **{name: str(file) for name, file in files.items()},
    )  # fmt: skip
    StagedPhoto.objects.create(listing_photo=placed, render=render, batch=uuid4())


def marked(
    program: list[str], url: str, headers: dict[str, str], form: str, environment: dict[str, str], report: Path
) -> dict[str, int]:
    """Lighthouse's marks of one page, 0 to 100; the whole report goes to `report`."""
    report.parent.mkdir(parents=True, exist_ok=True)
    command = [*program, url, "--output=json", f"--output-path={report}", "--quiet"]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if form == "desk" else []
    command += [f"--extra-headers={json.dumps(headers)}"] if headers else []
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
    found: dict[str, Any] = json.loads(report.read_text())["categories"]
    return {one: round(100 * (found[one]["score"] or 0)) for one in CATEGORIES}


if __name__ == "__main__":
    sys.exit(main())
