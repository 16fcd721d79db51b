"""The delivery's part of `make bench`: a listing of 100 photos, 60 of them altered, at MLS size.

A process of its own builds the delivery as a worker does, and then encodes the very same JPEGs alone, from pictures
that are decoded and have their size already. The ratio of the two is told twice: of the usual case, in which a job has
made the copies when the pictures were approved (what that job took is told too), and of the cold one, in which nothing
lies ready and the delivery decodes and encodes by itself. The peak memory is of each process, Django and all its
libraries included.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PHOTOS, ALTERED, SIZE = 100, 60, (2048, 1365)
DIFFERENT = 8
MOST_MEGABYTES, MOST_RATIO = 400, 1.5


def main() -> int:
    """Print the rows; 1 when one is over its limit."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite://{scratch}/bench.sqlite3",
            "DATA_DIR": scratch,
            "PUBLIC_URL": "https://openhouse.example",
            "LOG_LEVEL": "ERROR",
        }
        environment.pop("REDIS_URL", None)
        manage = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True)
        told = {}
        for part in ("fill", "cold", "prepare", "ready"):
            command = [sys.executable, "-m", "tests.benches.delivery", part]
            ran = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            told[part] = json.loads(ran.stdout.splitlines()[-1]) if ran.stdout else {}
    print("\n| the delivery: 100 photos, 60 altered, at MLS size | encoding its JPEGs alone is 1 |\n|---|---|")
    for part, said in (("ready", "copies made when approved"), ("cold", "nothing lies ready")):
        print(f"| {said} | {told[part]['took'] / told[part]['encoding']:.2f} |")
    print(f"| making the copies, in the background | {told['prepare']['took'] / told['ready']['encoding']:.2f} |")
    figures = [f"{told[part]['took']:.1f} ({told[part]['wall']:.1f})" for part in ("ready", "cold", "prepare")]
    print(f"| the same three, processor seconds here (and the clock's) | {', '.join(figures)} |")
    encoding = ", ".join(f"{told[part]['encoding']:.1f}" for part in ("ready", "cold"))
    print(f"| encoding alone, beside the first two | {encoding} |")
    peaks = [told[part]["peak"] for part in ("ready", "cold")]
    print(f"| peak memory of the building process | {peaks[0]:.0f} MB, {peaks[1]:.0f} MB |", flush=True)
    ratio = told["ready"]["took"] / told["ready"]["encoding"]
    return 1 if ratio > MOST_RATIO or max(peaks) >= MOST_MEGABYTES else 0


def fill() -> None:
    """Make the listing: a few different photos under many names, since only their bytes cost time."""
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from django.core.files.storage import default_storage  # noqa: PLC0415

    from billing import accounts  # noqa: PLC0415
    from billing.models import User  # noqa: PLC0415
    from listings import records, reviews  # noqa: PLC0415
    from listings.models import ListingPhoto, StagedPhoto  # noqa: PLC0415
    from staging import alterations, renditions  # noqa: PLC0415
    from staging.models import Output, Photo, Render, Role, Run, Source, State  # noqa: PLC0415

    account = accounts.open_account("bench@example.com", "a long enough password", "pro", name="Bench")
    owner, listing = User.objects.get(), records.create(account, unparsed_address="100 Long Avenue")
    names = {}
    for number in range(DIFFERENT):
        for kind, image in zip(("photo", "staged", "mask"), _pictures(number), strict=True):
            names[kind, number] = default_storage.save(f"{kind}{number}.png", ContentFile(renditions.png(image)))
    brief = {"kind": "staging", "room_type": "living", "style": "modern"}
    size = {"width": SIZE[0], "height": SIZE[1]}
    from django.utils import timezone  # noqa: PLC0415

    for order in range(PHOTOS):
        number = order % DIFFERENT
        kept = Photo.objects.create(
            account=account, sha256=f"{order:064d}", format="JPEG", byte_size=1, picture=names["photo", number], **size
        )
        place = ListingPhoto.objects.create(listing=listing, photo=kept, order=order, room_type="living")
        if order >= ALTERED:
            continue
        render = Render.objects.create(account=account, photo=kept, source=Source.DASHBOARD, brief_json=brief)
        run = Run.objects.create(
            render=render, account=account, brief_json=brief, state=State.DONE, finished_at=timezone.now()
        )
        outputs = [
            Output(run=run, role=role, order=place_, master=names[kind, number], sha256=f"{order:064x}", **size)
            for place_, (role, kind) in enumerate(((Role.STAGED, "staged"), (Role.MASK, "mask")))
        ]
        outputs[0].verdict, outputs[0].figures = "pass", {"mask_share": 0.2, "changed_outside": 0}
        outputs[0].record = {"engine": "openhouse", "version": "1"}
        Output.objects.bulk_create(outputs)
        alterations.record_made(run, outputs)
        staged = StagedPhoto.objects.create(listing_photo=place, render=render, batch=uuid.uuid4(), asked_by=owner)
        reviews.approve(staged, owner)


def _pictures(number: int) -> Any:
    """Our sample room with a sensor's noise, the same with a sofa, and the sofa's mask."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image, ImageDraw  # noqa: PLC0415

    with Image.open(ROOT / "config" / "static" / "samples" / "empty-living-room.jpg") as opened:
        room = np.asarray(opened.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)).astype(np.int16)
    noise = np.random.default_rng(number).normal(0, 3, room.shape)
    photo = Image.fromarray(np.clip(room + noise, 0, 255).astype(np.uint8))
    box = (500 + 20 * number, 800, 1300, 1200)
    staged, mask = photo.copy(), Image.new("L", SIZE, 0)
    ImageDraw.Draw(staged).rectangle(box, fill=(150, 60, 50))
    ImageDraw.Draw(mask).rectangle(box, fill=255)
    return photo, staged, mask


def prepare() -> None:
    """Make the copies as jobs do after approvals, from nothing."""
    from listings import prepared, preparing  # noqa: PLC0415
    from listings.models import Listing, PreparedCopy  # noqa: PLC0415

    prepared.discard(PreparedCopy.objects.all())
    listing = Listing.objects.get()
    wall, started = time.perf_counter(), time.process_time()
    while prepared.missing(listing, preparing.wanted(listing, preparing.expected(listing))):
        preparing.prepare(listing.pk)
    print(json.dumps({"took": time.process_time() - started, "wall": time.perf_counter() - wall}))


def build() -> None:
    """Build the delivery, then encode its pictures alone; seconds of each, and the peak memory of the first.

    Seconds are the processor's: on a machine that does other things too, the clock's tell of those.
    """
    from billing.models import User  # noqa: PLC0415
    from listings import deliveries  # noqa: PLC0415
    from listings.models import Delivery, Listing, Profile  # noqa: PLC0415

    crmls, preset = Profile.objects.get(slug="crmls"), "mls_large"
    asked = deliveries.request(Listing.objects.get(), crmls, preset=preset, labelled=False, user=User.objects.get())
    wall, started = time.perf_counter(), time.process_time()
    deliveries.build(asked.pk)
    figures = {"took": time.process_time() - started, "wall": time.perf_counter() - wall}
    # Linux counts kilobytes, macOS bytes.
    figures["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 2**20)
    asked.refresh_from_db()
    assert asked.state == Delivery.State.DONE, asked.error
    assert len(asked.manifest["Media"]) == PHOTOS + ALTERED
    print(json.dumps({**figures, "encoding": _encoded_alone(preset)}))


def _encoded_alone(preset: str) -> float:
    """Seconds to encode all pictures of the listing; reading and sizing them is not counted."""
    from PIL import Image  # noqa: PLC0415

    from listings import presets  # noqa: PLC0415
    from staging.models import Output, Photo, Role  # noqa: PLC0415

    took = 0.0
    stored = [photo.picture for photo in Photo.objects.all()]
    stored += [output.master for output in Output.objects.filter(role=Role.STAGED)]
    for field in stored:
        with field.open("rb") as file, Image.open(file) as opened:
            picture = presets.sized(opened.convert("RGB"), presets.PRESETS[preset])
        started = time.process_time()
        presets.encoded(picture, presets.PRESETS[preset])
        took += time.process_time() - started
    return took


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        {"fill": fill, "cold": build, "prepare": prepare, "ready": build}[sys.argv[1]]()
        sys.exit(0)
    sys.exit(main())
