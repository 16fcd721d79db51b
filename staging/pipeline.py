"""Doing a run: hand it to a backend, see where it stands, collect its pictures, finish or fail.

Every change of state is one compare-and-set whose row count says who won; the loser does nothing. The fence is the
attempt: what a backend said of attempt 1 can neither finish nor fail attempt 2. No transaction is open while the
network is used, and nobody here waits for a picture (the follower does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from staging import (
    alterations,
    bases,
    collecting,
    commits,
    credits,
    leases,
    refusals,
    routes,
    steps,
    wakeups,
    webhooks,
)
from staging.backends.base import BackendError, Failed, FailureClass, Job, Pictures, Progress, Unknown
from staging.models import Output, Run, State
from staging.structure import Unusable

log = structlog.get_logger("openhouse.pipeline")

# The backend ends a job at its own time limit; this much later we stop believing in it.
GRACE_SECONDS = 60.0
# Rows in one statement; SQLite takes no more than a thousand terms.
_AT_ONCE = 200
# Refused because it is full: the job waits, and that is no failed try.
_NO_TRY = frozenset({"engine_busy", "node_busy", "nodes_set_aside"})
_RUN = Run._meta.db_table
# Both databases call the columns of VALUES so: run, attempt, fraction, stage.
_NOTE = f"""UPDATE {_RUN} SET stage = seen.column4, lease_until = %s,
        progress = CASE WHEN seen.column3 > {_RUN}.progress THEN seen.column3 ELSE {_RUN}.progress END
    FROM (VALUES {{rows}}) AS seen
    WHERE id = seen.column1 AND attempt = seen.column2 AND state = %s"""  # noqa: S608 - our own table's name
NOT_CHARGED = "Nothing was charged."
_OURS = "We could not make this picture; the fault is on our side and we have been told."
_NOT_GOOD_ENOUGH = "The picture that we made did not pass our checks."
_OUT_OF_TIME = Failed(FailureClass.TRANSIENT, "out_of_time", "This picture took too long to make.")
_PHOTO_MISSING = Failed(FailureClass.MISCONFIGURED, "photo_missing", "The photo is not in the storage.")
_LOST = Failed(FailureClass.TRANSIENT, "job_lost", "The rendering engine lost this picture.")


# --- handing over -----------------------------------------------------------------------------------------


def take_up(run: Run) -> bool:
    """Begin with a run just claimed: hand it over, or find its job again when an earlier try left a handle.

    True when its slot has become free again.
    """
    return look_after(run.pk) if run.handle else submit(run)


def submit(run: Run) -> bool:
    """Give a claimed run to its backend and store the handle; tries again later or fails when that is refused.

    Repeating it for the same attempt is harmless: the idempotency key makes it the same job. True when its slot has
    become free again.
    """
    backend = run.backend or routes.table().backend_for(run)
    try:
        with leases.kept(run):
            job = _job(run)
            handle = routes.ask(backend, lambda client: client.submit(job, run.idempotency_key))
    except FileNotFoundError:
        log.error("photo_missing", run=run.key, photo=str(run.render.photo.uuid))
        return fail(run, _PHOTO_MISSING)
    except BackendError as error:
        return again_or_fail(run, error.failed, same_attempt=True)
    stored = steps.note_handle(run, backend, handle)
    if stored:
        wakeups.publish(wakeups.SUBMITTED, run.pk)
        log.info("submitted", run=run.key, attempt=run.attempt, backend=backend)
    else:
        # Cancelled while it was on its way: the canceller found no handle to stop.
        _cancel_at(backend, handle)
    return not stored


def _job(run: Run) -> Job:
    """What the backend is given; raises FileNotFoundError when the storage has lost the photo."""
    photo, brief, base = run.render.photo, run.brief, bases.base_of(run)
    # Where our storage keeps the mask is nobody else's business.
    said = {name: value for name, value in run.brief_json.items() if name != "mask"}
    return Job(
        photo=_read(base.picture.name),
        brief={**said, "long_edge": bases.long_edge_of(brief, photo)},
        time_limit=settings.RUN_TIME_LIMIT,
        focal_35mm=photo.focal_35mm,
        room=base.room,
        arrangement=base.arrangement,
        mask=_read(brief.mask) if brief.mask else None,
    )


def _read(name: str | None) -> bytes:
    with default_storage.open(str(name), "rb") as file:
        found: bytes = file.read()
    return found


# --- looking after ----------------------------------------------------------------------------------------


def look_after(run_id: int) -> bool:
    """Ask the backend where a running run stands and do what follows. True when its slot has become free.

    Called when the follower saw an end, and when a lease ran out: a job that lives is resumed by its handle, and only
    one that the backend denies knowing is submitted again, as the next attempt.
    """
    run = steps.get(run_id)
    if run is None or run.state != State.RUNNING:
        return False
    if _hopeless(run):
        return fail(run, _OUT_OF_TIME)
    if not run.handle:
        # Whoever claimed it died before it had a handle. The job may be there all the same: same key, same job.
        return submit(run)
    try:
        answer = _poll(run)
    except BackendError as error:
        # Not an answer about the job, so the attempt stays; by its handle we find it again when the backend is back.
        return again_or_fail(run, error.failed, same_attempt=True)
    return _follow_up(run, answer)


def _poll(run: Run) -> Progress | Pictures | Failed | Unknown:
    return routes.ask(run.backend, lambda client: client.poll(run.handle))


def _follow_up(run: Run, answer: Progress | Pictures | Failed | Unknown) -> bool:
    if isinstance(answer, Progress):
        if timezone.now() > run.deadline(settings.RUN_TIME_LIMIT + GRACE_SECONDS):
            _cancel_at(run.backend, run.handle)
            return again_or_fail(run, _OUT_OF_TIME)
        note_progress({(run.pk, run.attempt): answer})
        wakeups.publish(wakeups.SUBMITTED, run.pk)
        return False
    if isinstance(answer, Pictures):
        return collect(run, answer)
    if isinstance(answer, Failed):
        _forget(run)
    return again_or_fail(run, _LOST if isinstance(answer, Unknown) else answer)


def _hopeless(run: Run) -> bool:
    """Whether the run has had all the time that retries and takeovers together may take."""
    limit = settings.RUN_RETRY_WINDOW + settings.RUN_TIME_LIMIT
    return timezone.now() > (run.first_started_at or run.queued_at) + timedelta(seconds=limit)


def note_progress(seen: Mapping[tuple[int, int], Progress]) -> int:
    """Write the progress of runs, by run and attempt, and renew their leases; of how many the attempt still runs.

    Progress never goes back. One statement for all: with a statement for each, fifty jobs in flight kept a follower
    busy with nothing else, and SQLite locked for everybody. Plain SQL, because the ORM takes ten times longer to write
    this than the database to do it, once a second in the process that should notice an end at once.
    """
    written, told = 0, list(seen.items())
    until = connection.ops.adapt_datetimefield_value(leases.end())
    for start in range(0, len(told), _AT_ONCE):
        part = told[start : start + _AT_ONCE]
        rows: list[tuple[int | float | str, ...]] = [
            (*which, min(one.fraction, 0.99), one.stage[:60]) for which, one in part
        ]
        statement = _NOTE.format(rows=",".join(["(%s, %s, %s, %s)"] * len(rows)))
        with commits.unhurried(), connection.cursor() as cursor:
            cursor.execute(statement, [until, *(value for row in rows for value in row), State.RUNNING])
            written += cursor.rowcount
    return written


# --- ends -------------------------------------------------------------------------------------------------


def collect(run: Run, listed: Pictures) -> bool:
    """Fetch the finished pictures that the backend lists, check them, save them, and finish the run.

    True when this call ended it.
    """
    # One worker collects; a second wake-up meanwhile finds the time in the future and leaves.
    if not steps.begin_collecting(run):
        return False
    try:
        with leases.kept(run, "collecting_until"):
            outputs = collecting.collect(run, lambda: _fetch(run, listed))
    except FileNotFoundError:
        log.error("photo_missing", run=run.key, photo=str(run.render.photo.uuid))
        return fail(run, _PHOTO_MISSING)
    except BackendError as error:
        _stop_collecting(run)
        return again_or_fail(run, error.failed)
    except Unusable as error:
        log.error("unusable_picture", run=run.key, code=error.code, reason=str(error))
        return fail(run, Failed(FailureClass.NOTHING_USABLE, error.code, _NOT_GOOD_ENOUGH))
    except BaseException:
        _stop_collecting(run)
        raise
    failed = refusals.failure(outputs)
    ended = finish(run, outputs) if failed is None else _refuse(run, outputs, failed)
    _forget(run)
    return ended


def _refuse(run: Run, outputs: Sequence[Output], failed: Failed) -> bool:
    """What follows pictures that do not keep the room: RUNNING -> QUEUED for another attempt, once; then the end."""
    log.error("structure_check", run=run.key, code=failed.code, figures=[output.figures for output in outputs])
    if run.refusals:
        return fail(run, failed, outputs)
    won = Run.objects.filter(**leases.mine(run)).update(
        state=State.QUEUED,
        attempt=run.attempt + 1,
        refusals=F("refusals") + 1,
        brief_json=refusals.next_seed(run.brief_json),
        handle="",
        backend="",
        stage="",
        not_before=None,
        lease_until=None,
        collecting_until=None,
    )
    collecting.discard(outputs)
    return bool(won)


def _stop_collecting(run: Run) -> None:
    Run.objects.filter(**leases.mine(run)).update(collecting_until=None)


def _fetch(run: Run, listed: Pictures) -> Pictures:
    return routes.ask(run.backend, lambda client: client.fetch(run.handle, lambda: _job(run), listed))


def _forget(run: Run) -> None:
    """Let the backend delete what it keeps of a job that has ended; one that is away keeps it."""
    try:
        routes.ask(run.backend, lambda client: client.forget(run.handle))
    except BackendError as error:
        log.warning("not_forgotten", handle=run.handle, code=error.failed.code)


def finish(run: Run, outputs: list[Output]) -> bool:
    """RUNNING -> DONE with its outputs, and the hold settled, in one transaction. False when another was first."""
    with transaction.atomic():
        won = steps.end(run, timezone.now())
        if won:
            Output.objects.bulk_create(outputs)
            alterations.record_made(run, outputs)
            webhooks.announce(run, outputs)
            credits.settle(run.hold_reference)
            _announce_after_commit(run)
    if not won:
        collecting.discard(outputs)
    log.info("finished" if won else "finished_by_another", run=run.key, attempt=run.attempt)
    return won


def fail(run: Run, failed: Failed, refused: Sequence[Output] = ()) -> bool:
    """RUNNING -> FAILED and the hold released, in one transaction. False when the run had ended or moved on already.

    `refused` are pictures that are kept for a person to look at.
    """
    with transaction.atomic():
        won = Run.objects.filter(**leases.mine(run)).update(
            state=State.FAILED,
            finished_at=timezone.now(),
            lease_until=None,
            collecting_until=None,
            failure=failed.failure,
            error_code=failed.code[:60],
            error_message=_sentence(failed),
            record=failed.record,
            tries=run.tries,
        )
        if won:
            refusals.keep(run, refused)
            webhooks.announce(run)
            credits.release(run.hold_reference)
            _announce_after_commit(run)
    if not won:
        collecting.discard(refused)
    else:
        log.error("failed", run=run.key, attempt=run.attempt, failure=failed.failure, code=failed.code)
    return bool(won)


def again_or_fail(run: Run, failed: Failed, *, same_attempt: bool = False) -> bool:
    """After a failure: RUNNING -> QUEUED with a due time if another try may help and is left, else FAILED.

    `same_attempt`: the backend said nothing about the job (unreachable, full), so key and handle are kept, and a job
    that it has taken all the same is found again. True when the slot has become free.
    """
    tries = run.tries = run.tries + (failed.code not in _NO_TRY)
    wait = failed.retry_after or settings.RUN_RETRY_SECONDS * 4 ** max(0, tries - 1)
    not_before = timezone.now() + timedelta(seconds=wait)
    window_end = (run.first_started_at or run.queued_at) + timedelta(seconds=settings.RUN_RETRY_WINDOW)
    if failed.failure != FailureClass.TRANSIENT or tries >= settings.RUN_ATTEMPTS or not_before > window_end:
        return fail(run, failed)
    won = Run.objects.filter(**leases.mine(run)).update(
        state=State.QUEUED,
        attempt=run.attempt if same_attempt else run.attempt + 1,
        tries=tries,
        handle=run.handle if same_attempt else "",
        backend=run.backend if same_attempt else "",
        stage="",
        not_before=not_before,
        lease_until=None,
        collecting_until=None,
    )
    if won:
        log.warning("again", run=run.key, attempt=run.attempt, code=failed.code, tries=tries, wait=wait)
    return bool(won)


def stop(run_id: int) -> None:
    """Tell the backend to stop a cancelled run; one that is away will stop at its own time limit."""
    run = steps.get(run_id)
    if run is not None and run.state == State.CANCELLED and run.handle:
        _cancel_at(run.backend, run.handle)
        _forget(run)


def _cancel_at(backend: str, handle: str) -> None:
    try:
        routes.ask(backend, lambda client: client.cancel(handle))
    except BackendError as error:
        log.warning("cancel_lost", handle=handle, code=error.failed.code)


def _sentence(failed: Failed) -> str:
    """What the customer reads. What is wrong with our machines is for the log and not for them."""
    said = _OURS if failed.failure == FailureClass.MISCONFIGURED else failed.message
    return f"{said} {NOT_CHARGED}"


def _announce_after_commit(run: Run) -> None:
    public_id = run.render.public_id
    transaction.on_commit(lambda: wakeups.publish(wakeups.FINISHED, public_id), robust=True)
