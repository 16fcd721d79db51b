"""What a view may ask of the layer that serves it (config.holding): do slow work first, or hold the answer.

The app runs in few threads, so nothing slow may run inside of a view. A view therefore runs in passes:

    pass 1  outside(request, "photo", work)  -> the layer does the work in threads of its own
    pass 2  outside(...) now returns what the work returned; the render is made; hold(request, ...)
    pass 3  once the render has ended: ended(request) names it, and the view answers

The exchange lies in the WSGI environment under a key without the prefix `HTTP_`, where no header of a client
can come, so none of this can be forged. Under a plain WSGI server and in unit tests there is no
exchange: work is then done in place, and the caller waits in place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, Protocol, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

T = TypeVar("T")

KEY = "openhouse.exchange"
# The status of an answer that no client ever sees.
PASS = 102

# "fetch" waits for other people's servers, "decode" for the processes that decode photos.
Lane = Literal["fetch", "decode"]


class Busy(Exception):
    """The layer has no room for more work of this lane now."""


class Aside(Exception):
    """The view cannot go on before its work is done; it is answered with `passing()`."""


@dataclass(frozen=True)
class Work:
    """Slow work, to be done outside of the app's threads."""

    name: str
    run: Callable[[], object]
    lane: Lane


@dataclass(frozen=True)
class Outcome:
    """What a piece of work returned or raised."""

    value: Any = None
    error: Exception | None = None


# Status and body of an answer; None leaves it to another pass of the view.
Told = tuple[int, bytes] | None


class Asked(Protocol):
    """What a caller who waits has asked for, in a few bytes: `tell` says the answers to many at once."""

    @staticmethod
    def tell(asked: Sequence[Any], /) -> list[Told]:
        """The answers, in the order of what was asked; all of one kind."""
        ...


@dataclass(frozen=True)
class Hold:
    """Hold the answer until this render has ended; the response at hand, with this status, is for a wait too long.

    `asked` knows what to say once it has.
    """

    render_id: str
    status: int
    asked: Asked


@dataclass
class Exchange:
    """One request between the layer and the app. The layer fills the first three, the view the others.

    `kept` is what the view wants to know again in its next pass. `unanswered` is told status and body when a held
    request ends without another pass: the last or the late answer's, or 499 when nobody waits any more.
    """

    body_too_large: bool = False
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    ended: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    work: Work | None = None
    hold: Hold | None = None
    unanswered: Callable[[int, bytes], None] | None = None


def _exchange(request: HttpRequest) -> Exchange | None:
    found = request.META.get(KEY)
    return found if isinstance(found, Exchange) else None


def outside(request: HttpRequest, name: str, run: Callable[[], T], *, lane: Lane) -> T:
    """What `run` returns, run outside of the app's threads. `name` tells the works of one request apart.

    Raises what `run` raises, Busy when there is no room, and Aside when the work has yet to be done.
    """
    exchange = _exchange(request)
    if exchange is None:
        return run()
    outcome = exchange.outcomes.get(name)
    if outcome is None:
        exchange.work = Work(name, run, lane)
        raise Aside
    if outcome.error is not None:
        raise outcome.error
    value: T = outcome.value
    return value


def kept(request: HttpRequest) -> dict[str, Any]:
    """What earlier passes of this request have put here, and where to put more."""
    exchange = _exchange(request)
    return request.META.setdefault("openhouse.kept", {}) if exchange is None else exchange.kept


def will_go_on(request: HttpRequest) -> bool:
    """Whether this pass has asked for work, so that another will follow to say the answer."""
    exchange = _exchange(request)
    return exchange is not None and exchange.work is not None


def is_held(request: HttpRequest) -> bool:
    """Whether this pass has had the answer held."""
    exchange = _exchange(request)
    return exchange is not None and exchange.hold is not None


def when_unanswered(request: HttpRequest, tell: Callable[[int, bytes], None]) -> None:
    """Have `tell` called when the held request ends without another pass of the view."""
    exchange = _exchange(request)
    if exchange is not None:
        exchange.unanswered = tell


def passing() -> HttpResponse:
    """The response that ends a pass."""
    return HttpResponse(status=PASS)


def in_passes(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page's view use `outside`."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Aside:
            return passing()

    return run


def can_hold(request: HttpRequest) -> bool:
    """Whether a layer is there that can hold the answer."""
    return _exchange(request) is not None


def hold(request: HttpRequest, render_id: str, late: HttpResponse, asked: Asked) -> HttpResponse:
    """Have the answer held until the render has ended; `late` is sent instead when the wait runs out.

    `asked` must hold on to nothing of the request: thousands wait at once.
    """
    exchange = _exchange(request)
    if exchange is None:
        raise RuntimeError("no layer is there to hold this answer: ask can_hold first")
    exchange.hold = Hold(render_id, late.status_code, asked)
    late.status_code = PASS
    return late


def ended(request: HttpRequest) -> str | None:
    """The id of the render that this request was held for, in its last pass."""
    exchange = _exchange(request)
    return exchange.ended if exchange else None


def body_too_large(request: HttpRequest) -> bool:
    """Whether the body was over BODY_MAX_BYTES, and so is not there to be read."""
    exchange = _exchange(request)
    if exchange is not None:
        return exchange.body_too_large
    return int(request.META.get("CONTENT_LENGTH") or 0) > settings.BODY_MAX_BYTES
