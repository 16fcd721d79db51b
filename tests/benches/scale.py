"""`make scale`: every admin page with 1,000 renders and entries, then with 100,000 renders and 1,000,000 entries.

Wants DATABASE_URL=postgres://...; works in a test database of its own, which it drops. Prints the median seconds of
each page at both sizes and their ratio, which must stay under 1.5, and fails when one does not.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

LIMIT = 1.5
ROUNDS = 9
SMALL = (1_000, 1_000, 100)
LARGE = (100_000, 1_000_000, 1_000)
# Pages of a few milliseconds differ by more than their own time from one run to the next.
SLACK_SECONDS = 0.010

# Accounts, each with the same number of entries: a grant, then holds and their ends in turn; runs over two years.
FILL = """
INSERT INTO billing_account (uid, name, plan_id, settings, created_at, frozen_why, warn_below, top_up_below)
SELECT gen_random_uuid(), 'Scale ' || a, 'pro', '{}',
       now() - interval '2 years', '', 0, 0
FROM generate_series(%(first_account)s, %(accounts)s) a;

WITH accounts AS (SELECT id, row_number() OVER (ORDER BY id) AS a FROM billing_account WHERE name LIKE 'Scale %%'),
grants AS (
    INSERT INTO billing_entry (account_id, sequence, kind, credits, balance_after, reference, note, made_at)
    SELECT id, 1, 'grant', 1000000, 1000000, 'scale:' || id, '', now() - interval '2 years' FROM accounts
    WHERE a >= %(first_account)s RETURNING id
)
SELECT count(*) FROM grants;

WITH accounts AS (SELECT id, row_number() OVER (ORDER BY id) AS a FROM billing_account WHERE name LIKE 'Scale %%'),
holds AS (
    INSERT INTO billing_entry (account_id, sequence, kind, credits, balance_after, reference, note, made_at)
    SELECT id, 2 * n, 'hold', -2, 1000000 - 2 * n, 'run:scale-' || id || '-' || n, '',
           now() - random() * interval '2 years'
    FROM accounts, generate_series(1, %(holds)s) n WHERE a >= %(first_account)s
    RETURNING id, account_id, sequence, reference, made_at, balance_after
)
INSERT INTO billing_entry (account_id, sequence, kind, credits, balance_after, reference, note, made_at, ends_id)
SELECT account_id, sequence + 1, 'settle', 0, balance_after, 'settle:' || reference, '', made_at, id FROM holds;

WITH accounts AS (SELECT id, row_number() OVER (ORDER BY id) AS a FROM billing_account WHERE name LIKE 'Scale %%'),
photos AS (
    INSERT INTO staging_photo (account_id, uuid, sha256, format, byte_size, width, height, original, picture, preview,
                               medium, thumbnail, created_at)
    SELECT id, gen_random_uuid(), md5(id || '-' || n) || md5(n || 'x'), 'JPEG', 1, 1200, 800, '', '', '', '', '', now()
    FROM accounts, generate_series(1, %(renders)s) n WHERE a >= %(first_account)s RETURNING id, account_id
),
renders AS (
    INSERT INTO staging_render (public_id, account_id, photo_id, source, brief_json, created_at)
    SELECT substr(md5(id || 'r'), 1, 20), account_id, id, 'api',
           '{"kind": "staging", "room_type": "living", "style": "modern"}', now() - random() * interval '2 years'
    FROM photos RETURNING id, account_id, created_at, brief_json, public_id
)
INSERT INTO staging_run (render_id, account_id, number, kind, brief_json, state, shows_queued, hold_reference,
                         webhook_url, backend, handle, attempt, tries, refusals, progress, stage, failure, error_code,
                         error_message, record, queued_at, first_started_at, started_at, finished_at)
SELECT id, account_id, 1, 'first', brief_json, CASE WHEN id %% 9 = 0 THEN 'failed' ELSE 'done' END, false,
       'run:' || public_id || '-1', '', 'engine', '', 1, 1, 0, 1, '', '', '', '', '{}', created_at, created_at,
       created_at, created_at + interval '40 seconds'
FROM renders;
"""

LISTS = (
    "billing/account", "billing/user", "billing/apikey", "billing/invitation", "billing/entry", "billing/plan",
    "billing/pack", "billing/payment", "billing/subscription", "billing/customer", "billing/price", "billing/topup",
    "billing/stripeevent", "staging/render", "staging/run", "staging/photo", "staging/webhookdelivery",
    "admin/logentry",
)  # fmt: skip


def main() -> int:
    """Fill, measure, fill, measure; 1 when a page got slower than it may."""
    with shop():
        return _measured()


@contextlib.contextmanager
def shop() -> Iterator[None]:
    """An empty database and a Redis of the bench's own, gone with the block; exits where there is no PostgreSQL."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.exit("make scale wants DATABASE_URL=postgres://...")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A line about each request would be most of the output.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django  # noqa: PLC0415 - settings are named first

    django.setup()
    from django.conf import settings  # noqa: PLC0415 - wants Django set up, like the next two
    from django.test import utils  # noqa: PLC0415

    from tests import serving  # noqa: PLC0415

    utils.setup_test_environment()
    made = utils.setup_databases(verbosity=0, interactive=False)
    try:
        # Every site has a cache, and what does not change any more is kept in it.
        with tempfile.TemporaryDirectory() as folder, serving.redis_server(Path(folder)) as redis_url:
            caches = {"default": {**settings.CACHES["default"], "LOCATION": redis_url}}
            with utils.override_settings(REDIS_URL=redis_url, CACHES=caches):
                yield
    finally:
        utils.teardown_databases(made, verbosity=0)


def _measured() -> int:
    _fill(1, *SMALL)
    small = _times()
    _fill(SMALL[2] + 1, *LARGE)
    large = _times()
    print(f"| admin page | with {SMALL[0]:,} | with {LARGE[0]:,} renders, {LARGE[1]:,} entries | ratio |")
    print("|---|---|---|---|")
    slow = []
    for page, before in small.items():
        after = large[page]
        print(f"| {page} | {before * 1000:.0f} ms | {after * 1000:.0f} ms | {after / before:.2f} |")
        if after > LIMIT * before + SLACK_SECONDS:
            slow.append(page)
    if slow:
        print(f"slower than {LIMIT} times: {', '.join(slow)}")
    return 1 if slow else 0


def _fill(first_account: int, renders: int, entries: int, accounts: int) -> None:
    """Up to so many rows in all, for accounts from `first_account` on."""
    from django.db import connection  # noqa: PLC0415

    of_each = {"holds": entries // accounts // 2, "renders": renders // accounts}
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"first_account": first_account, "accounts": accounts, **of_each})
        # As autovacuum will have done in a shop that grew by and by; without it the first reader of each page of a
        # table writes its hint bits, and no count can be read from an index.
        cursor.execute("VACUUM ANALYZE")


def _times() -> dict[str, float]:
    """Median seconds of each page, after one that warms it up."""
    from django.test import Client  # noqa: PLC0415

    from billing.models import Entry, User  # noqa: PLC0415
    from staging.models import Render, Run  # noqa: PLC0415

    user = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("root@example.com", "x" * 12)
    client = Client()
    client.force_login(user)
    run, entry = Run.objects.order_by("-pk")[0], Entry.objects.order_by("-pk")[0]
    pages = ["/admin/", *(f"/admin/{name}/" for name in LISTS)]
    pages += [
        "/admin/staging/run/?state__exact=failed",
        f"/admin/staging/run/?q={run.render.public_id}",
        f"/admin/staging/render/?q={run.render.public_id}",
        f"/admin/staging/render/{Render.objects.order_by('-pk')[0].pk}/change/",
        f"/admin/staging/run/{run.pk}/change/",
        f"/admin/billing/entry/{entry.pk}/change/",
        "/admin/billing/entry/?kind__exact=settle",
        f"/admin/billing/entry/?q={entry.reference}",
        f"/admin/billing/account/{entry.account_id}/change/",
    ]
    return {_named(page): _median(client, page) for page in pages}


def _named(page: str) -> str:
    """The page without what differs between the two sizes."""
    return "/".join("ID" if part.isdigit() else part for part in page.split("?q=", maxsplit=1)[0].split("/")) + (
        "?q=" if "?q=" in page else ""
    )


def _median(client: object, page: str) -> float:
    took = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        answer = client.get(page)  # type: ignore[attr-defined]
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200, f"{page}: {answer.status_code}"
    return statistics.median(took[1:])


if __name__ == "__main__":
    sys.exit(main())
