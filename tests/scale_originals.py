"""`make scale`, second part: the public page of an original with 100,000 outputs, each with its record and its page.

Wants DATABASE_URL=postgres://...; works in a test database of its own, which it drops. Prints the server's time for a
page (median and the slowest of a hundred, one code after the other) and fails when the median is 50 ms or more.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from typing import Any

LIMIT_SECONDS = 0.050
OUTPUTS, BATCH, ASKED = 100_000, 5_000, 100


def main() -> int:
    """Fill and measure; 1 when the page is too slow."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("make scale wants DATABASE_URL=postgres://...")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - settings are named first

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: PLC0415

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        codes = _filled()
        times = _times(codes)
    finally:
        teardown_databases(made, verbosity=0)
    median, slowest = statistics.median(times), max(times)
    print(f"| /o/CODE with {OUTPUTS:,} outputs, median / slowest of {ASKED} | ", end="")
    print(f"{median * 1000:.1f} / {slowest * 1000:.1f} ms |")
    return 1 if median >= LIMIT_SECONDS else 0


def _filled() -> list[str]:
    """Make the rows; the codes of a hundred pages, spread over all."""
    from django.db import connection  # noqa: PLC0415

    from billing import accounts  # noqa: PLC0415
    from listings.models import OriginalPage  # noqa: PLC0415

    account = accounts.open_account("scale@example.com", "a long enough password", "pro", name="Scale")
    for start in range(0, OUTPUTS, BATCH):
        _batch(account, start)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(OriginalPage.objects.order_by("pk").values_list("code", flat=True))[:: OUTPUTS // ASKED]


def _batch(account: Any, start: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from listings.models import OriginalPage  # noqa: PLC0415
    from staging.models import Alteration, Output, Photo, Render, Run, Source  # noqa: PLC0415

    now, brief = timezone.now(), {"kind": "staging", "room_type": "living", "style": "modern"}
    kinds = ["Virtual Staging - Item Addition"]
    numbers = range(start, start + BATCH)
    photos = Photo.objects.bulk_create(
        Photo(account=account, sha256=f"{number:064d}", format="JPEG", byte_size=1, width=1200, height=800)
        for number in numbers
    )
    renders = Render.objects.bulk_create(
        Render(account=account, photo=photo, source=Source.API, brief_json=brief) for photo in photos
    )
    runs = Run.objects.bulk_create(
        Run(render=render, account=account, brief_json=brief, state="done", finished_at=now) for render in renders
    )
    outputs = Output.objects.bulk_create(
        Output(run=run, role="staged", order=0, width=1200, height=800, sha256=uuid.uuid4().hex * 2, verdict="pass")
        for run in runs
    )
    Alteration.objects.bulk_create(
        Alteration(
            account=account,
            output_uuid=output.uuid,
            public_id=output.run.render.public_id,
            event=event,
            kinds=kinds,
            engine="openhouse",
            picture_sha256=output.sha256,
            verdict="pass",
            figures={"mask_share": 0.2, "changed_outside": 0},
        )
        for output in outputs
        for event in ("made", "approved")
    )
    OriginalPage.objects.bulk_create(
        OriginalPage(
            account=account,
            output=output,
            original="o.jpg",
            altered="a.jpg",
            altered_sha256=output.sha256,
            alterations=kinds,
            said="furniture and decoration were added",
            altered_at=now,
        )
        for output in outputs
    )


def _times(codes: list[str]) -> list[float]:
    """Seconds of the whole of Django for each page, after some that warm it up."""
    from django.test import Client  # noqa: PLC0415

    client, times = Client(), []
    for code in [*codes[:5], *codes]:
        started = time.perf_counter()
        answer = client.get(f"/o/{code}")
        times.append(time.perf_counter() - started)
        assert answer.status_code == 200
        assert b"approved for publication" in answer.content
    return times[5:]


if __name__ == "__main__":
    sys.exit(main())
