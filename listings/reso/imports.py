"""The life of an import: asked for, done in short portions by jobs, gone on with after any interruption.

A portion is one page, or one photo. It is fetched with no transaction open; then what it brings and the cursor are
kept together, if the run is still this worker's. So a run that is killed anywhere repeats at most one portion.
"""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from listings.models import Connection, Import, ImportedPhoto
from listings.reso import portions
from listings.reso.provider import Later, Provider, Refuses, Trouble
from staging import jobs

if TYPE_CHECKING:
    from billing.models import Account, User

State, Phase = Import.State, Import.Phase
UNFINISHED = (State.QUEUED, State.RUNNING)
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 900.0
_PHOTO_TRIES = 12

log = structlog.get_logger("openhouse.imports")


class ImportNotFound(LookupError):
    """No import of this account has this key."""


class FileTooLarge(Exception):
    """More bytes than are taken."""


def start(connection: Connection, user: User | None = None) -> Import:
    """Import what has changed at the provider; the run that is under way already, or failed, is gone on with."""
    connection.refresh_from_db()
    latest = connection.imports.order_by("-pk").first()
    if latest is not None and latest.state in UNFINISHED:
        return latest
    if latest is not None and latest.state in {State.FAILED, State.STOPPED}:
        return resume(latest)
    try:
        with transaction.atomic():
            run = Import.objects.create(
                account=connection.account,
                connection=connection,
                source=connection.name,
                since=connection.watermark,
                asked_by=user,
            )
            portions.try_photos_again(run, _PHOTO_TRIES)
    except IntegrityError:  # somebody else was faster
        return connection.imports.get(state__in=UNFINISHED)
    jobs.enqueue_after_commit(work, run.pk)
    return run


def start_file(account: Account, data: bytes, *, file_name: str, source: str, user: User | None = None) -> Import:
    """Import a file of RESO Common Format JSON or CSV. Raises FileTooLarge."""
    if len(data) > settings.IMPORT_FILE_MAX_BYTES:
        raise FileTooLarge
    run = Import(account=account, source=source[:80], file_name=file_name[-255:], asked_by=user)
    run.file.save(f"imports/{run.key}", ContentFile(data), save=False)
    run.save()
    jobs.enqueue_after_commit(work, run.pk)
    return run


def resume(run: Import) -> Import:
    """Go on with a run that failed or was stopped, from where it was."""
    over = Import.objects.filter(pk=run.pk, state__in=(State.FAILED, State.STOPPED))
    with contextlib.suppress(IntegrityError), transaction.atomic():  # else a newer one is under way
        if over.update(state=State.QUEUED, tries=0, error="", due_at=timezone.now(), finished_at=None):
            jobs.enqueue_after_commit(work, run.pk)
    run.refresh_from_db()
    return run


def stop(run: Import) -> None:
    """End a run; what it brought stays, and it can be gone on with."""
    Import.objects.filter(pk=run.pk, state__in=UNFINISHED).update(
        state=State.STOPPED, lease_until=None, finished_at=timezone.now()
    )


def of_account(account: Account) -> QuerySet[Import]:
    """Newest first."""
    return Import.objects.filter(account=account).select_related("connection", "asked_by")


def get(account: Account, key: UUID) -> Import:
    """The account's import of this key. Raises ImportNotFound."""
    found = of_account(account).filter(key=key).first()
    if found is None:
        raise ImportNotFound(key)
    return found


def waiting_photos(run: Import) -> QuerySet[ImportedPhoto]:
    """Photos of the run's source that are still to come."""
    return portions.photos_of(run).filter(state=ImportedPhoto.State.WAITING)


def sweep() -> int:
    """Wake runs whose wake-up was lost or whose time has come, and start what is due; how many."""
    now = timezone.now()
    due = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    woken = list(Import.objects.filter(due, state__in=UNFINISHED, due_at__lte=now).values_list("pk", flat=True)[:50])
    for run_id in woken:
        jobs.enqueue(work, run_id)
    return len(woken) + sum(start(connection) is not None for connection in _periodic(now))


def _periodic(now: datetime.datetime) -> list[Connection]:
    """Connections whose next run is due by their own interval."""
    open_ones = Connection.objects.filter(
        removed_at__isnull=True, every_minutes__gt=0, account__closed_at__isnull=True
    ).exclude(imports__state__in=UNFINISHED)
    found = []
    for connection in open_ones.select_related("account"):
        latest = connection.imports.order_by("-pk").first()
        since = now - datetime.timedelta(minutes=connection.every_minutes)
        # One that a person stopped waits for a person; one that was never started too.
        if latest and latest.state != State.STOPPED and (latest.finished_at or now) <= since:
            found.append(connection)
    return found


def work(run_id: int) -> None:
    """Do some portions of a run that is due and nobody's; a wake-up too many finds nothing to do."""
    run = _claim(run_id)
    if run is None:
        return
    provider = Provider(run.connection or Connection(requests_per_second=settings.IMPORT_REQUESTS_PER_SECOND))
    until = time.monotonic() + settings.IMPORT_SLICE_SECONDS
    try:
        with _told(run):
            while time.monotonic() < until:
                if portions.do(run, provider):
                    break
    finally:
        _let_go(run, provider)
    if run.state in UNFINISHED and run.due_at <= timezone.now():
        jobs.enqueue_after_commit(work, run.pk)


def _claim(run_id: int) -> Import | None:
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__isnull=True)
    free |= Q(state=State.RUNNING, lease_until__lt=now)
    lease = now + datetime.timedelta(seconds=settings.IMPORT_LEASE_SECONDS)
    mine = Import.objects.filter(free, pk=run_id, due_at__lte=now)
    if not mine.update(state=State.RUNNING, lease_until=lease):
        return None
    return Import.objects.select_related("connection", "account").get(pk=run_id)


@contextlib.contextmanager
def _told(run: Import) -> Iterator[None]:
    """What went wrong, written on the run: wait and try again, or fail."""
    try:
        yield
    except portions.Lost:
        log.info("import_lost", key=str(run.key))
    except Later as later:
        _postpone(run, later.seconds)
    except Trouble as error:
        _try_again(run, str(error))
    except (Refuses, portions.Unreadable) as error:
        _fail(run, str(error))
    except Exception:
        log.exception("import_troubled", key=str(run.key))
        _try_again(run, "Something went wrong on our side; the import can be continued.")


def _try_again(run: Import, why: str) -> None:
    run.tries += 1
    if run.tries >= settings.IMPORT_ATTEMPTS:
        _fail(run, why)
    else:
        _postpone(run, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (run.tries - 1)))


def _postpone(run: Import, seconds: float) -> None:
    run.due_at = timezone.now() + datetime.timedelta(seconds=min(seconds, 86400))
    portions.mine(run).update(due_at=run.due_at, tries=run.tries)


def _fail(run: Import, why: str) -> None:
    run.state = State.FAILED
    portions.mine(run).update(state=State.FAILED, error=why[:300], finished_at=timezone.now())


def _let_go(run: Import, provider: Provider) -> None:
    """Give the run up for whoever comes next, and count what it asked of the provider."""
    Import.objects.filter(pk=run.pk).update(requests=F("requests") + provider.requests)
    portions.mine(run).update(lease_until=None)


def progress(run: Import) -> dict[str, Any]:
    """Where the run stands: `share` 0 to 1 (None while nobody knows) and photos that are still to come."""
    waiting = waiting_photos(run).count()
    known = run.photos_done + run.photos_failed + waiting
    share = None
    if run.phase == Phase.PHOTOS and known:
        share = (known - waiting) / known
    elif run.phase == Phase.LISTINGS and run.total:
        share = min(1.0, run.seen / run.total)
    return {"share": share, "waiting_photos": waiting}
