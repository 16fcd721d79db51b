"""`make scale`, third part: every page of the studio and endpoint of the APIs, in a small shop and in a large one.

Wants DATABASE_URL=postgres://...; works in a test database of its own, which it drops. The small shop has 1,000 photos,
renders and entries; the large one 100,000 photos and 1,000,000 renders and entries, and each of its accounts has grown
as much. Prints the seconds (the fastest of some rounds: what else runs on the machine only adds to them) and the
questions to the database of each page at both sizes, and fails when a page takes more than 1.5 times as long or asks
more often. `--small N` and `--large N` photos make it a rehearsal.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from tests.benches.scale import LIMIT, ROUNDS, SLACK_SECONDS, _fill, shop

# Few, so that the pages of each are full in the small shop too: what grows is what lies behind them.
ACCOUNTS = 5
# Renders of each photo in the large shop: it is looked at again and again.
RENDERS = 10
PHOTOS_OF_A_LISTING = 4


def main() -> int:
    """Fill, measure, fill, measure; 1 when a page got slower than it may, or asks more."""
    read = argparse.ArgumentParser(prog="scale_pages", description=__doc__)
    read.add_argument("--small", type=int, default=1_000)
    read.add_argument("--large", type=int, default=100_000)
    asked = read.parse_args()
    with shop():
        return _measured(asked.small, asked.large)


def _measured(small: int, large: int) -> int:
    from tests.listings.test_query_counts import Shop  # noqa: PLC0415

    pattern = Shop("pattern", 1)
    grown = [_shop(pattern, 1, small, 1), _shop(pattern, ACCOUNTS + 1, large, RENDERS)]
    print(
        f"| page or endpoint | {small:,} photos | {large:,} photos, {large * RENDERS:,} renders | ratio | questions |"
    )
    print("|---|---|---|---|---|")
    wrong = []
    for page, (before, few) in grown[0].items():
        after, many = grown[1][page]
        print(f"| {page} | {before * 1000:.0f} ms | {after * 1000:.0f} ms | {after / before:.2f} | {few} / {many} |")
        if after > LIMIT * before + SLACK_SECONDS or many > few:
            wrong.append(page)
    if wrong:
        print(f"slower than {LIMIT} times, or asking more: {', '.join(wrong)}")
    return 1 if wrong else 0


def _shop(pattern: Any, first: int, photos: int, renders: int) -> dict[str, tuple[float, int]]:
    """Fill up with accounts from the `first` on, and measure the pages of the last one."""
    from django.db import connection  # noqa: PLC0415

    from staging.models import Photo, Render, Run  # noqa: PLC0415

    last = {row: row.objects.order_by("-pk").values_list("pk", flat=True)[0] for row in (Photo, Render, Run)}
    # Accounts, entries, and photos with one render each.
    _fill(first, photos, photos * renders, first + ACCOUNTS - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM staging_render")
        fresh = f"s.id > {last[Photo]}"
        name = "substr(md5(random()::text || s.id), 1, 20)"
        told = {"account_id": "s.account_id", "created_at": "now() - random() * interval '2 years'"}
        _spread(cursor, pattern.render, told | {"photo_id": "s.id", "public_id": name},
                f"staging_photo s, generate_series(2, {renders}) WHERE {fresh}")  # fmt: skip
        run = pattern.render.runs.get()
        _spread(cursor, run, {"render_id": "s.id", "account_id": "s.account_id", "queued_at": "s.created_at"},
                f"staging_render s WHERE s.id > {last[Render]} "
                "AND NOT EXISTS (SELECT 1 FROM staging_run r WHERE r.render_id = s.id)")  # fmt: skip
        digest = "md5(s.id::text) || md5(s.id::text)"
        _spread(cursor, run.outputs.get(), {"run_id": "s.id", "uuid": "gen_random_uuid()", "sha256": digest},
                f"staging_run s WHERE s.id > {last[Run]}")  # fmt: skip
        _spread(cursor, pattern.place, {"account_id": "s.account_id", "listing_key": "s.key",
                                         "unparsed_address": "s.key"},
                f"(SELECT account_id, 'scale-' || account_id || '-' || n AS key FROM (SELECT account_id, count(*) AS "
                f"photos FROM staging_photo s WHERE {fresh} GROUP BY 1) a, "
                f"generate_series(0, (a.photos - 1) / {PHOTOS_OF_A_LISTING}) n) s")  # fmt: skip
        photo = pattern.place.photos.get()
        _spread(cursor, photo, {"listing_id": "s.listing", "photo_id": "s.photo", '"order"': "s.place",
                                "media_key": "gen_random_uuid()"},
                f"(SELECT l.id AS listing, p.id AS photo, p.n %% {PHOTOS_OF_A_LISTING} AS place FROM (SELECT id, "
                "account_id, row_number() OVER (PARTITION BY account_id ORDER BY id) - 1 AS n FROM staging_photo s "
                f"WHERE {fresh}) p JOIN listings_listing l ON l.listing_key = 'scale-' || p.account_id || '-' || "
                f"(p.n / {PHOTOS_OF_A_LISTING})) s")  # fmt: skip
        _spread(cursor, photo.staged.get(), {"listing_photo_id": "s.photo", "render_id": "s.render",
                                             "batch": "gen_random_uuid()"},
                "(SELECT lp.id AS photo, min(r.id) AS render FROM listings_listingphoto lp JOIN staging_render r "
                f"ON r.photo_id = lp.photo_id WHERE lp.photo_id > {last[Photo]} GROUP BY 1) s")  # fmt: skip
        cursor.execute("VACUUM ANALYZE")
    return _times(pattern)


def _spread(cursor: Any, row: Any, changed: dict[str, str], source: str) -> None:
    """Copies of a row, one for each row `s` of the source, with other values in the changed columns (SQL)."""
    table, changed = row._meta.db_table, {name.strip('"'): value for name, value in changed.items()}
    columns = [field.column for field in row._meta.local_concrete_fields if field.column != "id"]
    values = ", ".join(changed.get(column, f'pattern."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    source = source.replace("%%", "%")
    first, _, rest = source.partition(" WHERE ") if source.startswith("staging_") else (source, "", "true")
    cursor.execute(
        f"INSERT INTO {table} ({named}) SELECT {values} "
        f"FROM (SELECT * FROM {table} WHERE id = {row.pk}) pattern, {first} WHERE {rest or 'true'}"
    )


def _times(pattern: Any) -> dict[str, tuple[float, int]]:
    """Fastest seconds and questions of each page of the newest account, after one that warms it up."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from billing import keys  # noqa: PLC0415
    from billing.models import Account, Membership, User  # noqa: PLC0415
    from listings.models import Listing  # noqa: PLC0415
    from staging.models import Output  # noqa: PLC0415
    from tests.listings.test_query_counts import ENDPOINTS, PAGES  # noqa: PLC0415

    account = Account.objects.filter(name__startswith="Scale ").order_by("-pk")[0]
    owner = User.objects.create_user(f"owner-{account.pk}@example.com")
    Membership.objects.create(user=owner, account=account, role=Membership.Role.OWNER)
    key = keys.create(account, "scale")[1]
    listing = Listing.objects.filter(account=account).order_by("-pk")[0]
    staged = listing.photos.order_by("-pk")[0].staged.get()
    assert Output.objects.filter(run__render=staged.render).exists()
    browser = Client()
    browser.force_login(owner)
    found = {}
    for path in (*PAGES, *ENDPOINTS):
        place = path.format(listing=listing.pk, render=staged.render.public_id, key=listing.listing_key)
        headers = {"Authorization": f"Api-Key {key}"} if path in ENDPOINTS else {}
        client = Client() if path in ENDPOINTS else browser
        took = []
        for _ in range(ROUNDS + 1):
            started = time.perf_counter()
            answer = client.get(place, headers=headers)
            took.append(time.perf_counter() - started)
            assert answer.status_code == 200, f"{place}: {answer.status_code}"
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                client.get(place, headers=headers)
            counts.append(len(asked))
        # Once a minute the use of a key is noted, which is of no page.
        found[path] = (min(took[1:]), min(counts))
    return found


if __name__ == "__main__":
    sys.exit(main())
