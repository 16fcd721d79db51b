"""One table for all backends: the same trouble ends the same way, and costs the same, to the credit.

A case says what goes wrong, what worker and clock do, and how it must end: state, class, entries of the ledger, jobs
that the backend was given. No word in it knows which backend it is run against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from billing import ledger
from billing.models import Account
from staging import renders, sources
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Photo, State
from tests.staging import pictures
from tests.staging.backends.conformance import plays, rigs
from tests.staging.backends.conformance.rigs import Rig
from tests.staging.runs import kinds

pytestmark = pytest.mark.django_db

HELD, PAID, GIVEN_BACK = ["hold"], ["hold", "settle"], ["hold", "release"]


@pytest.fixture(params=list(rigs.RIGS))
def rig(request: pytest.FixtureRequest, settings: Any, db: None) -> Iterator[Rig]:
    for name, value in rigs.ENGINE_SETTINGS.items():
        setattr(settings, name, value)
    with rigs.RIGS[request.param](settings) as found:
        yield found


@pytest.fixture
def photo(account: Account) -> Photo:
    """A small one: what is compared here is not the picture."""
    return sources.accept(account, raw=pictures.encoded(pictures.room(288, 256)))


@dataclass(frozen=True)
class Case:
    """`jobs` is how many jobs the backend was given in all, `attempt` the run's last one; None: not of interest."""

    name: str
    play: Callable[[plays.Stage], object]
    state: State
    entries: list[str]
    failure: str = ""
    code: str = ""
    jobs: int | None = None
    attempt: int | None = None
    stopped: int | None = None
    kind: Kind = Kind.STAGING
    cost: int = 2


LOST = {"failure": "nothing_usable", "jobs": 1, "attempt": 1}
CASES = [
    Case("a staged room", plays.fine, State.DONE, PAID, jobs=1, attempt=1),
    Case("a redesigned room", plays.fine, State.DONE, PAID, kind=Kind.REDESIGN, cost=1),
    Case("an emptied room", plays.fine, State.DONE, PAID, kind=Kind.DECLUTTER, cost=1),
    Case("a rendered sketch", plays.fine, State.DONE, PAID, kind=Kind.SKETCH),
    Case("slow", plays.slow, State.DONE, PAID, jobs=1, attempt=1),
    # The customer's, ours, passing, nothing usable: the class alone decides.
    Case(
        "customer input",
        plays.troubled("customer_input"),
        State.FAILED,
        GIVEN_BACK,
        "customer_input",
        "room_unreadable",
    ),
    Case("misconfigured", plays.troubled("misconfigured"), State.FAILED, GIVEN_BACK, "misconfigured", attempt=1),
    Case("token refused", plays.troubled("token"), State.FAILED, GIVEN_BACK, "misconfigured", jobs=0, attempt=1),
    Case("fails once", plays.troubled("fails", 1, 2), State.DONE, PAID, jobs=2, attempt=2),
    Case("fails twice", plays.troubled("fails", 2, 3), State.DONE, PAID, jobs=3, attempt=3),
    Case("fails for ever", plays.troubled("fails", -1, 5), State.FAILED, GIVEN_BACK, "transient", jobs=3, attempt=3),
    Case("out of memory once", plays.troubled("out_of_memory", 1, 2), State.DONE, PAID, jobs=2, attempt=2),
    Case(
        "out of memory for ever", plays.troubled("out_of_memory", -1, 5), State.FAILED, GIVEN_BACK, "transient", jobs=3
    ),
    Case("blank", plays.troubled("blank"), State.FAILED, GIVEN_BACK, code="blank", **LOST),
    Case("wrong size", plays.troubled("wrong_size"), State.FAILED, GIVEN_BACK, code="wrong_size", **LOST),
    Case("truncated", plays.troubled("truncated"), State.FAILED, GIVEN_BACK, code="undecodable", **LOST),
    Case("no picture but text", plays.troubled("text"), State.FAILED, GIVEN_BACK, code="undecodable", **LOST),
    Case("no picture at all", plays.troubled("missing"), State.FAILED, GIVEN_BACK, code="missing_picture", **LOST),
    Case("refused by its own checks", plays.troubled("refuses_its_picture"), State.FAILED, GIVEN_BACK, **LOST),
    # Submitting.
    Case("5xx once", plays.troubled("broken", 1, 2), State.DONE, PAID, jobs=1, attempt=1),
    Case("5xx for ever", plays.troubled("broken", -1, 5), State.FAILED, GIVEN_BACK, "transient", jobs=0, attempt=1),
    Case("full for a while", plays.waits_while_full, State.DONE, PAID, jobs=1, attempt=1),
    Case("its answer lost", plays.troubled("loses_the_answer", 1, 2), State.DONE, PAID, jobs=1, attempt=1),
    Case("away once", plays.away_once, State.DONE, PAID, jobs=1, attempt=1),
    Case("away for good", plays.away_for_good, State.FAILED, GIVEN_BACK, "transient", jobs=0, attempt=1),
    Case("away in mid render", plays.away_in_mid_render, State.DONE, PAID, jobs=1, attempt=1),
    Case("two workers submit", plays.two_workers_submit, State.DONE, PAID, jobs=1, attempt=1),
    Case("photo lost", plays.photo_lost, State.FAILED, GIVEN_BACK, "misconfigured", "photo_missing", jobs=0),
    # Taking over.
    Case("worker died before the submit", plays.worker_died_before_the_submit, State.DONE, PAID, jobs=1, attempt=1),
    Case("handle lost", plays.worker_died_before_the_handle_was_stored, State.DONE, PAID, jobs=1, attempt=1),
    Case("lease over, job alive", plays.taken_over_while_it_lives, State.DONE, PAID, jobs=1, attempt=1),
    Case("restarted", plays.restarted(1), State.DONE, PAID, jobs=2, attempt=2),
    Case("restarted again and again", plays.restarted(3), State.FAILED, GIVEN_BACK, "transient", "job_lost", jobs=3),
    Case("restarted before the fetch", plays.gone_before_they_were_fetched, State.DONE, PAID, jobs=2, attempt=2),
    Case("looked after twice", plays.looked_after_twice, State.DONE, PAID, jobs=1, attempt=1),
    Case("two workers collect", plays.two_workers_collect, State.DONE, PAID, jobs=1, attempt=1),
    Case("never ends", plays.never_ends, State.DONE, PAID, jobs=2, attempt=2, stopped=1),
    Case("out of time", plays.out_of_time, State.FAILED, GIVEN_BACK, "transient", "out_of_time"),
    # Cancelling.
    Case("cancelled in the queue", plays.cancelled_in_the_queue, State.CANCELLED, GIVEN_BACK, jobs=0, stopped=0),
    Case("cancelled at work", plays.cancelled_at_work, State.CANCELLED, GIVEN_BACK, jobs=1, stopped=1),
    Case("cancelled on its way", plays.cancelled_on_its_way, State.CANCELLED, GIVEN_BACK, jobs=1, stopped=1),
    Case("cancelled at the fetch", plays.cancelled_while_its_pictures_are_fetched, State.CANCELLED, GIVEN_BACK, jobs=1),
    Case("cancelled too late", plays.cancelled_too_late, State.DONE, PAID, jobs=1, stopped=0),
    Case("asked again by support", plays.asked_again_by_support, State.DONE, GIVEN_BACK + PAID, jobs=4),
]


def test_there_are_at_least_forty() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_every_backend_keeps_the_same_promise(
    case: Case, rig: Rig, account: Account, photo: Photo, settings: Any
) -> None:
    declutter = "on" if case.kind == Kind.DECLUTTER else "off"
    brief = Brief(kind=case.kind, room_type=RoomType.LIVING, style=Style.MODERN, declutter=declutter, seed=7)
    stage = plays.Stage(rig, renders.request(account, photo, brief), settings)
    assert stage.run.state == State.QUEUED
    assert ledger.balance(account) == 10 - case.cost

    case.play(stage)

    run = stage.run
    assert run.state == case.state, (run.error_code, run.error_message)
    assert run.failure == case.failure
    assert kinds(account)[1:] == case.entries
    assert ledger.balance(account) == 10 - (case.cost if case.state == State.DONE else 0)
    assert bool(renders.status(stage.render).outputs) == (case.state == State.DONE)
    if case.code:
        assert run.error_code == case.code
    if case.state == State.FAILED:
        assert run.error_message.endswith("Nothing was charged.")
    seen = {"jobs": rig.started, "attempt": run.attempt, "stopped": rig.stopped}
    assert seen == {name: value if getattr(case, name) is None else getattr(case, name) for name, value in seen.items()}
    if case.state == State.DONE:
        assert run.backend == rig.name
