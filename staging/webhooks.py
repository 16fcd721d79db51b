"""Telling partners of finished pictures and failures, signed as Standard Webhooks says.

What is to be told is written in the transaction that ends the run, so that it can neither be lost nor told of
something that did not happen. Jobs deliver it; what is not answered with a status of 200 to 299 is tried again,
later each time, for a day. https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from billing.compiled import Compiled, Given
from staging import files, network
from staging.models import (
    MASKS,
    Output,
    Run,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSecret,
    WebhookSubscription,
)

if TYPE_CHECKING:
    from billing.models import Account

log = structlog.get_logger("openhouse.webhooks")

URL_LENGTH = 2000
SUBSCRIPTIONS_MOST = 20
RENDER_DONE, RENDER_FAILED = "render.done", "render.failed"
RENDER_EVENTS = (RENDER_DONE, RENDER_FAILED)
TRIED_FOR = timedelta(days=1)
# So long after a renewal the old secret signs too, and no message is lost while a partner takes the new one over.
BOTH_FOR = timedelta(days=1)
# The second try comes after 5 s, each further one four times later, at most every four hours.
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 4 * 3600.0
_TIMEOUT = 10.0
# Whoever tries has so long; then another may.
_LEASE = timedelta(seconds=60)
# By Standard Webhooks, 410 says that nobody wants this any more.
_GONE = 410
_AT_ONCE = 200
State = WebhookDelivery.State
Blocked = network.Blocked


class TooManySubscriptions(Exception):
    """The account has as many subscriptions as it may."""

    def __init__(self) -> None:
        super().__init__(f"An account has at most {SUBSCRIPTIONS_MOST} webhooks")


# --- what is to be told -----------------------------------------------------------------------------------


def require_address(url: str) -> None:
    """Raise Blocked when the text of `url` is none that we would connect to; empty is none, and allowed."""
    if url:
        network.require_address(url)


def announce(run: Run, outputs: Sequence[Output] = ()) -> None:
    """Write what the run's end is told by: one delivery for each picture, or one for the failure; and an event for
    whoever subscribed to them.

    Called in the transaction that ends the run. Nothing is sent here.
    """
    if run.kind != Run.Kind.PREVIEW:
        _announce_to_subscribers(run, outputs)
    if not run.webhook_url:
        return
    shown: list[Output | None] = [output for output in outputs if output.role not in MASKS]
    WebhookDelivery.objects.bulk_create(WebhookDelivery(run=run, output=output) for output in shown or [None])


def tell(account_id: int, event_type: str, data: dict[str, Any], *, run: Run | None = None) -> list[int]:
    """Write an event for every subscription of the account that wants it; the ids of what is to be delivered.

    Called in the transaction in which it happened. Nothing is sent here.
    """
    told = []
    for subscription in WebhookSubscription.objects.filter(account_id=account_id, ended_at__isnull=True):
        if not subscription.events or event_type in subscription.events:
            delivery = WebhookDelivery(subscription=subscription, event_type=event_type, run=run)
            delivery.body = {
                "event_id": str(delivery.event_id),
                "event_type": event_type,
                "timestamp": math.floor(delivery.created_at.timestamp() * 1000),
                "data": data,
            }
            delivery.save()
            told.append(delivery.pk)
    return told


def _announce_to_subscribers(run: Run, outputs: Sequence[Output]) -> None:
    if _SUBSCRIBED.row(account=run.account_id) is None:
        return
    data: dict[str, Any] = {"RenderId": run.render.public_id}
    if outputs:
        data["OutputIds"] = [str(output.uuid) for output in outputs if output.role not in MASKS]
        tell(run.account_id, RENDER_DONE, data, run=run)
    else:
        ended = Run.objects.only("error_message", "error_code").get(pk=run.pk)
        failed = {"ErrorCode": ended.error_code, "ErrorMessage": ended.error_message}
        tell(run.account_id, RENDER_FAILED, data | failed, run=run)


def due(run_id: int | None = None) -> list[int]:
    """Ids of what may be tried now, the oldest first; of one run, or a portion of all."""
    rows = _DUE.rows(now=timezone.now()) if run_id is None else _DUE_OF_RUN.rows(now=timezone.now(), run=run_id)
    return [pk for (pk,) in rows]


def _due(**of: Any) -> QuerySet[Any, Any]:
    found = WebhookDelivery.objects.filter(
        state=State.PENDING, due_at__lte=Given("now", WebhookDelivery, "due_at"), **of
    )
    return found.order_by("due_at").values_list("pk")[:_AT_ONCE]


_DUE = Compiled(_due)
_DUE_OF_RUN = Compiled(lambda: _due(run=Given("run", Run, "pk")))
_SUBSCRIBED = Compiled(
    lambda: (
        WebhookSubscription.objects.filter(
            account_id=Given("account", WebhookSubscription, "account"), ended_at__isnull=True
        )
        .order_by()
        .values_list("pk")[:1]
    )
)


# --- subscriptions ----------------------------------------------------------------------------------------


def subscribe(account: Account, url: str, events: Sequence[str]) -> WebhookSubscription:
    """Have `url` told of these events (all: empty) of the account from now on.

    Raises Blocked for an address that we would not connect to, TooManySubscriptions.
    """
    network.require_address(url)
    if subscriptions(account).count() >= SUBSCRIPTIONS_MOST:
        raise TooManySubscriptions
    return WebhookSubscription.objects.create(account=account, url=url, events=list(events))


def subscriptions(account: Account) -> QuerySet[WebhookSubscription]:
    """Those in force, in the order in which they were made."""
    return WebhookSubscription.objects.filter(account=account, ended_at__isnull=True).order_by("pk")


def unsubscribe(subscription: WebhookSubscription) -> None:
    """Tell it no more; what waits for it is given up."""
    with transaction.atomic():
        WebhookSubscription.objects.filter(pk=subscription.pk).update(ended_at=timezone.now())
        waiting = WebhookDelivery.objects.filter(subscription=subscription, state=State.PENDING)
        waiting.update(state=State.GIVEN_UP)


# --- telling ----------------------------------------------------------------------------------------------


def deliver(delivery_id: int) -> None:
    """Try once to deliver what is due; nothing when it is not, or when somebody else is trying."""
    now = timezone.now()
    mine = WebhookDelivery.objects.filter(pk=delivery_id, state=State.PENDING, due_at__lte=now)
    if not mine.update(due_at=now + _LEASE, tries=F("tries") + 1):
        return
    rows = WebhookDelivery.objects.select_related("run__render", "run__account", "output", "subscription__account")
    delivery = rows.get(pk=delivery_id)
    started = time.monotonic()
    status, error = _sent(delivery)
    _note(delivery, WebhookAttempt(seconds=time.monotonic() - started, status=status, error=error[:200]))


def _sent(delivery: WebhookDelivery) -> tuple[int | None, str]:
    """The status of the answer, or why there is none."""
    url, account, told = _to_whom_and_what(delivery)
    body = json.dumps(told).encode()
    event, moment = str(delivery.event_id), int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Openhouse webhooks",
        "webhook-id": event,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signature(secret, event, moment, body) for secret in _secrets(account)),
    }
    try:
        return network.post(
            url,
            body,
            headers=headers,
            timeout=_TIMEOUT,
            allow_private=settings.FETCH_ALLOW_PRIVATE,
        ), ""
    except network.FetchError as error:
        return None, str(error)


def _to_whom_and_what(delivery: WebhookDelivery) -> tuple[str, Account, dict[str, Any]]:
    """Address, account and body. Addresses in it are signed anew for each try; the event and its time stay."""
    if delivery.subscription is not None:
        return delivery.subscription.url, delivery.subscription.account, delivery.body or {}
    assert delivery.run is not None
    return delivery.run.webhook_url, delivery.run.account, _told(delivery, delivery.run)


def _told(delivery: WebhookDelivery, run: Run) -> dict[str, Any]:
    output = delivery.output
    result = None
    if output is not None:
        output.run = run
        result = {"url": _absolute(files.output_url(output)), "thumbnail_url": _absolute(files.thumbnail_url(output))}
    return {
        "event_id": str(delivery.event_id),
        "event_type": "done" if output else "error",
        "render_id": run.render.public_id,
        "variation_id": str(output.uuid) if output else None,
        "timestamp": math.floor(delivery.created_at.timestamp() * 1000),
        "result": result,
        "error_message": None if output else run.error_message,
    }


def _absolute(path: str) -> str:
    """No request is at hand that would tell our own address, so an operator who serves others sets PUBLIC_URL."""
    return f"{settings.PUBLIC_URL or f'http://{settings.HOST}:{settings.PORT}'}{path}"


def _note(delivery: WebhookDelivery, attempt: WebhookAttempt) -> None:
    """Write the try down, and what follows: delivered, given up, or tried again later."""
    attempt.delivery, attempt.number = delivery, delivery.tries
    now = timezone.now()
    again = now + timedelta(seconds=min(_LONGEST_PAUSE, _FIRST_PAUSE * 4 ** (delivery.tries - 1)))
    state = State.PENDING
    if attempt.status is not None and 200 <= attempt.status < 300:
        state = State.DELIVERED
    elif attempt.status == _GONE or again > delivery.created_at + TRIED_FOR:
        state = State.GIVEN_UP
    with transaction.atomic():
        attempt.save()
        # Unless it took so long that another is trying by now.
        mine = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.PENDING, tries=delivery.tries)
        mine.update(state=state, due_at=again)
    log.info("webhook", delivery=str(delivery.event_id), attempt=attempt.number, status=attempt.status, state=state)


# --- looking ----------------------------------------------------------------------------------------------


def latest(account: Account, most: int = 100) -> list[WebhookDelivery]:
    """The account's deliveries with their attempts, the newest first."""
    in_order = Prefetch("attempts", WebhookAttempt.objects.order_by("number"))
    mine = Q(run__account=account) | Q(subscription__account=account)
    found = WebhookDelivery.objects.filter(mine).select_related("run__render", "output", "subscription")
    return list(found.order_by("-pk").prefetch_related(in_order)[:most])


def send_again(delivery: WebhookDelivery) -> None:
    """Try once more now what was given up or delivered."""
    again = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=State.PENDING)
    if again.update(state=State.PENDING, due_at=timezone.now()):
        log.info("webhook_again", delivery=str(delivery.event_id))


# --- signing ----------------------------------------------------------------------------------------------


def secret_of(account: Account) -> str:
    """The account's secret, made when it is first asked for."""
    return _secrets(account)[0]


def renew_secret(account: Account) -> str:
    """A new secret for the account, in force at once; the old one signs beside it for BOTH_FOR."""
    old = secret_of(account)
    new = _new_secret()
    WebhookSecret.objects.filter(account=account).update(secret=new, previous=old, created_at=timezone.now())
    return new


def _secrets(account: Account) -> list[str]:
    """What signs now, the newest first."""
    found, _ = WebhookSecret.objects.get_or_create(account=account, defaults={"secret": _new_secret()})
    both = found.previous and timezone.now() < found.created_at + BOTH_FOR
    return [found.secret, found.previous] if both else [found.secret]


def signature(secret: str, event_id: str, moment: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 over id, time in epoch seconds and body, joined by dots."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{event_id}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
