"""`make scale`, second part: the public page of an original with 100,000 outputs, each with its record and its page.

Wants DATABASE_URL=postgres://...; works in a test database of its own, which it drops. Prints the server's time for a
page (median of a hundred, one code after the other) and fails when it is 50 ms or more by the clock.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benches.scale import shop

LIMIT_SECONDS = 0.050
OUTPUTS, ASKED = 100_000, 100
# Ids of copies begin beyond those of rows that are there.
START = 1_000_000


def main() -> int:
    """Fill and measure; 1 when the page is too slow."""
    with shop():
        times = _times(_filled())
    clock, processor = (statistics.median(found) for found in zip(*times, strict=True))
    print(f"| /o/CODE with {OUTPUTS:,} outputs, median of {ASKED}, by the clock / of our processor | ", end="")
    print(f"{clock * 1000:.1f} / {processor * 1000:.1f} ms |")
    return 1 if clock >= LIMIT_SECONDS else 0


def _filled() -> list[str]:
    """Make the rows; the codes of a hundred pages, spread over all."""
    from django.db import connection  # noqa: PLC0415

    from listings.models import OriginalPage  # noqa: PLC0415

    with connection.cursor() as cursor:
        for row, changed in _first():
            fields = row._meta.local_concrete_fields
            columns = ", ".join(f'"{field.column}"' for field in fields)
            values = ", ".join(changed.get(field.column, f'"{field.column}"') for field in fields)
            table = row._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, generate_series(1, %s) n WHERE id = %s",
                [OUTPUTS, row.pk],
            )
        cursor.execute("ANALYZE")
    return list(OriginalPage.objects.order_by("pk").values_list("code", flat=True))[1 :: OUTPUTS // ASKED]


def _first() -> Iterator[tuple[Any, dict[str, str]]]:
    """A whole chain of rows, each with the columns in which its copies (the n-th of each) differ, as SQL."""
    from django.utils import timezone  # noqa: PLC0415

    from billing import accounts  # noqa: PLC0415
    from listings.models import OriginalPage  # noqa: PLC0415
    from staging.models import Alteration, Output, Photo, Render, Run, Source  # noqa: PLC0415

    account = accounts.open_account("scale@example.com", "a long enough password", "pro", name="Scale")
    now, brief, kinds = timezone.now(), {"kind": "staging"}, ["Virtual Staging - Item Addition"]
    number, digest = f"{START} + n", "md5(n::text) || md5(n::text)"
    photo = Photo.objects.create(account=account, sha256="0" * 64, format="JPEG", byte_size=1, width=1200, height=800)
    yield photo, {"id": number, "uuid": "gen_random_uuid()", "sha256": "lpad(n::text, 64, '0')"}
    render = Render.objects.create(account=account, photo=photo, source=Source.API, brief_json=brief)
    yield render, {"id": number, "photo_id": number, "public_id": "substr(md5(n || 'r'), 1, 20)"}
    run = Run.objects.create(render=render, account=account, brief_json=brief, state="done", finished_at=now)
    yield run, {"id": number, "render_id": number}
    output = Output.objects.create(run=run, role="staged", order=0, width=1200, height=800, sha256="1", verdict="pass")
    yield output, {"id": number, "run_id": number, "uuid": "md5(n::text)::uuid", "sha256": digest}
    told = {"account": account, "output_uuid": output.uuid, "engine": "openhouse", "kinds": kinds, "verdict": "pass"}
    for place, event in enumerate(("made", "approved"), 1):
        row = Alteration.objects.create(**told, event=event, figures={"mask_share": 0.2, "changed_outside": 0})
        copies = {"id": f"{place} * {START} + n", "output_uuid": "md5(n::text)::uuid", "picture_sha256": digest}
        yield row, copies
    page = OriginalPage.objects.create(
        account=account, output=output, original="o.jpg", altered="a.jpg", alterations=kinds, said="x", altered_at=now
    )
    # Digits and A to F are letters of a code too.
    code = "upper(lpad(to_hex(n), 10, '0'))"
    yield page, {"id": number, "output_id": number, "code": code, "altered_sha256": digest}


def _times(codes: list[str]) -> list[tuple[float, float]]:
    """Seconds of the whole of Django for each page, after some that warm it up: by the clock, and of the processor,
    which other work on the machine does not lengthen.
    """
    from django.test import Client  # noqa: PLC0415

    client, times = Client(), []
    for code in [*codes[:5], *codes]:
        started, used = time.perf_counter(), time.process_time()
        answer = client.get(f"/o/{code}")
        times.append((time.perf_counter() - started, time.process_time() - used))
        assert answer.status_code == 200
        assert b"approved for publication" in answer.content
    return times[5:]


if __name__ == "__main__":
    sys.exit(main())
