"""Which commits wait for the disk: those that promise something to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from billing.models import Account
from staging import commits, jobs, renders, sources
from staging.briefs import Brief
from staging.models import Photo
from tests.staging import pictures
from tests.staging.stand_in import StandIn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite waits for the disk in its own way"),
]
# What a transaction changes and whether it waits for the disk, told by a trigger when it commits.
_TELL = """CREATE TABLE told (name text, waits text);
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO told VALUES (TG_TABLE_NAME || ' ' || TG_OP, current_setting('synchronous_commit'));
        RETURN NULL;
    END $$"""
_TABLES = ("staging_photo", "staging_render", "staging_run", "staging_output", "billing_entry")


@contextmanager
def told() -> Iterator[dict[str, set[str]]]:
    """How each kind of change was committed within the block: "on" or "off"."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TELL)
        for table in _TABLES:
            cursor.execute(
                f"CREATE CONSTRAINT TRIGGER tell AFTER INSERT OR UPDATE ON {table}"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell()"
            )
        try:
            yield found
            cursor.execute("SELECT name, waits FROM told")
            for name, waits in cursor.fetchall():
                found.setdefault(name, set()).add(waits)
        finally:
            for table in _TABLES:
                cursor.execute(f"DROP TRIGGER tell ON {table}")
            cursor.execute("DROP FUNCTION tell; DROP TABLE told")


def test_what_was_asked_for_charged_and_delivered_waits_for_the_disk(
    account: Account, brief: Brief, engine: StandIn
) -> None:
    with told() as photo_in:
        photo = sources.accept(account, raw=pictures.encoded())
    with told() as asked:
        render = renders.request(account, photo, brief)
    with told() as started:
        jobs.start_next()
    run = renders.latest_run(render)
    with told() as ended:
        jobs.look_after(run.pk)
    assert renders.status(render).status == "done"
    assert photo_in == {"staging_photo INSERT": {"on"}}
    assert asked == {name: {"on"} for name in ("staging_render INSERT", "staging_run INSERT", "billing_entry INSERT")}
    assert started == {"staging_run UPDATE": {"off"}}
    assert ended.pop("staging_run UPDATE") == {"off", "on"}
    assert ended == {name: {"on"} for name in ("staging_output INSERT", "billing_entry INSERT")}


def test_within_another_transaction_that_ones_commit_waits(account: Account, photo: Photo) -> None:
    with told() as within, transaction.atomic(), commits.unhurried():
        Photo.objects.filter(pk=photo.pk).update(width=photo.width)
    assert within == {"staging_photo UPDATE": {"on"}}
