"""The fast way to answer what is asked most: a partner who polls `GET /v1/render`.

Two queries, no framework. It answers the plain success alone, to the letter as the view does (a test holds the two
together), and leaves everything else to the view: errors, refusals, odd spellings, and the poll of every minute that
notes the key's use.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from billing import authentication, keys
from billing.models import Account, ApiKey, Plan
from staging import calls, files, throttling
from staging.api.bodies import CORS
from staging.models import MASKS, UNFINISHED, Output, Render, Role, Run, State

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PATHS = frozenset({"/v1/render", "/v1/render/"})
_QUERY = re.compile(r"(?:render_id|renderId)=([A-Za-z0-9]{20})", re.ASCII)
_HEADERS = [*CORS.items(), ("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff")]

log = structlog.get_logger("openhouse.http")


def first(application: WSGI) -> WSGI:
    """The application, asked only where there is no fast answer."""

    def fast(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = None
        if environ["PATH_INFO"] in PATHS and environ["REQUEST_METHOD"] == "GET":
            found = _answer(environ)
        if found is None:
            return application(environ, start_response)
        headers, body = found
        start_response("200 OK", [*_HEADERS, *headers, ("Content-Length", str(len(body)))])
        return [body]

    return fast


@dataclass(frozen=True)
class _Known:
    """A render and who asks for it."""

    key_id: int
    prefix: str
    account_id: int
    plan: str
    render_id: int
    created_at: datetime


def _answer(environ: dict[str, Any]) -> tuple[list[tuple[str, str]], bytes] | None:
    """Headers and body of a plain success; None leaves it to the view."""
    started = time.perf_counter()
    asked, key, origin = _QUERY.fullmatch(environ["QUERY_STRING"]), _key(environ), _origin(environ)
    if asked is None or not key or origin is None:
        return None
    try:
        known = _known(key, asked[1])
        rows = _rows(known.render_id) if known else []
    except DatabaseError:
        # The view says it in words; a connection that broke is made anew for it.
        connection.close()
        return None
    if known is None or not rows:
        return None
    standing = throttling.count(known.key_id, known.plan, known.account_id)
    if standing is not None and not standing.allowed:
        return None
    body = json.dumps(_body(asked[1], math.floor(known.created_at.timestamp() * 1000), rows, origin)).encode()
    request_id = uuid.uuid4().hex
    ms = (time.perf_counter() - started) * 1000
    call = calls.Call(
        at=int(time.time() * 1000),
        method="GET",
        path=environ["PATH_INFO"],
        query=environ["QUERY_STRING"],
        status=200,
        ms=round(ms),
        key=known.prefix,
        request_id=request_id,
        render_id=asked[1],
    )
    calls.note(known.account_id, call)
    log.info("request", method="GET", path=call.path, status=200, ms=round(ms, 1), request_id=request_id)
    return [("X-Request-Id", request_id), *(standing.headers.items() if standing else ())], body


def _key(environ: dict[str, Any]) -> str:
    """The key as it is written where most write it; empty for anything else."""
    found = authentication.SCHEME.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
    return found[1] if found and keys.KEY.fullmatch(found[1]) else ""


def _origin(environ: dict[str, Any]) -> str | None:
    """What absolute addresses begin with; None where only the view can tell."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = environ.get("HTTP_HOST", "")
    if settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST or not _is_allowed(host):
        return None
    return f"{environ['wsgi.url_scheme']}://{host}"


@lru_cache(maxsize=64)
def _is_allowed(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A caller who waits for a render's run; `words` makes of a render, as GET shows it, what was asked for."""

    render_id: int
    public_id: str
    number: int
    created_at: int
    origin: str
    words: Callable[[dict[str, Any]], dict[str, Any]]

    @staticmethod
    def tell(asked: Sequence[Asked]) -> list[tuple[int, bytes] | None]:
        """Status and body for each, in one query for all.

        None leaves one to the view: its render goes on after all, or the database does not answer.
        """
        try:
            rows = _rows_of_many({one.render_id for one in asked})
        except DatabaseError:
            connection.close()
            return [None] * len(asked)
        return [one._told(rows.get(one.render_id, [])) for one in asked]

    def _told(self, rows: list[Any]) -> tuple[int, bytes] | None:
        if not rows or rows[-1][0] in UNFINISHED:
            return None
        # As `renders.status` has it: once the run is done, later ones change nothing of its answer.
        if any(number == self.number and state == State.DONE for state, *_, number, _, _ in rows):
            rows = [row for row in rows if row[5] <= self.number]
        render = _body(self.public_id, self.created_at, rows, self.origin)
        if render["status"] == "error":
            text = render["error"]
            failed = {"error": text, "message": text, "code": "render_failed"}
            return 500, json.dumps({**failed, "render_id": self.public_id, "status": "error"}).encode()
        return 200, json.dumps(self.words(render)).encode()


# --- the queries --------------------------------------------------------------------------------------


@lru_cache
def _sql() -> tuple[str, str, str]:
    key, account, plan, render, run, output = (
        model._meta.db_table for model in (ApiKey, Account, Plan, Render, Run, Output)
    )
    known = f"""SELECT k.id, k.prefix, k.account_id, a.plan_id, p.has_api, k.last_used_at, r.id, r.created_at
        FROM {key} k JOIN {account} a ON a.id = k.account_id JOIN {plan} p ON p.slug = a.plan_id
        JOIN {render} r ON r.account_id = a.id AND r.public_id = %s
        WHERE k.sha256 = %s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > %s)"""  # noqa: S608 - our own tables' names
    rows = f"""SELECT n.state, n.progress, n.shows_queued, n.brief_json, n.error_message, n.number, o.uuid, o.role
        FROM {run} n LEFT JOIN {output} o ON o.run_id = n.id
        WHERE n.render_id = %s AND n.kind <> '{Run.Kind.PREVIEW}' ORDER BY n.number, o."order" """  # noqa: S608 - the same, and our own word
    of_many = rows.replace("SELECT", "SELECT n.render_id,", 1).replace("= %s", "IN ({marks})")
    return known, rows, of_many


def _known(key: str, public_id: str) -> _Known | None:
    """The account's render; None for what is not there, may not be read, or whose key's use is to be noted."""
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(_sql()[0], [public_id, hashlib.sha256(key.encode("ascii")).hexdigest(), now])
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, prefix, account_id, plan, has_api, last_used, render_id, created_at = row
    if not has_api or last_used is None or _moment(last_used) <= timezone.now() - keys.LAST_USED_EVERY:
        return None
    return _Known(key_id, prefix, account_id, plan, render_id, _moment(created_at))


def _rows(render_id: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_sql()[1], [render_id])
        return list(cursor.fetchall())


def _rows_of_many(render_ids: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_sql()[2].format(marks=",".join(["%s"] * len(render_ids))), list(render_ids))
        for render_id, *row in cursor.fetchall():
            found.setdefault(render_id, []).append(row)
    return found


def _moment(value: Any) -> datetime:
    """A moment as the database's driver gives it: SQLite's gives text."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# --- the body ---------------------------------------------------------------------------------------------


def _body(public_id: str, created_at: int, rows: list[Any], origin: str) -> dict[str, Any]:
    """As `answers.render` writes it."""
    outputs, styles, room_types = [], [], []
    for _, _, _, brief_json, _, _, number, role in rows:
        if role is not None and role not in MASKS:
            brief = json.loads(brief_json) if isinstance(brief_json, str) else brief_json
            outputs.append(origin + files.signed(files.output_path(public_id, str(uuid.UUID(str(number))), Role(role))))
            styles.append(brief["style"] or "")
            room_types.append(brief["room_type"] or "")
    state, progress, shows_queued, brief_json, error, *_ = rows[-1]
    pending, failed = state in UNFINISHED, state in {State.FAILED, State.CANCELLED}
    if pending:
        brief = json.loads(brief_json) if isinstance(brief_json, str) else brief_json
        styles.append(brief["style"] or "")
        room_types.append(brief["room_type"] or "")
    status = "rendering" if pending else "error" if failed else "done"
    body: dict[str, Any] = {
        "render_id": public_id,
        "status": "queued" if shows_queued and state == State.QUEUED else status,
        "created_at": created_at,
        "outputs": outputs,
        "progress": 1.0 if state == State.DONE else round(progress, 3),
        "outputs_styles": styles,
        "outputs_room_types": room_types,
    }
    return body | {"error": error, "message": error} if failed else body
