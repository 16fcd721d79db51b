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
from django.db.models import F, Prefetch
from django.utils import timezone

from staging import files, network
from staging.models import MASKS, Output, Run, WebhookAttempt, WebhookDelivery, WebhookSecret

if TYPE_CHECKING:
    from billing.models import Account

log = structlog.get_logger("openhouse.webhooks")

URL_LENGTH = 2000
TRIED_FOR = timedelta(days=1)
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


# --- what is to be told -----------------------------------------------------------------------------------


def require_address(url: str) -> None:
    """Raise Blocked when the text of `url` is none that we would connect to; empty is none, and allowed."""
    if url:
        network.require_address(url)


def announce(run: Run, outputs: Sequence[Output] = ()) -> None:
    """Write what the run's end is told by: one delivery for each picture, or one for the failure.

    Called in the transaction that ends the run. Nothing is sent here.
    """
    if not run.webhook_url:
        return
    shown: list[Output | None] = [output for output in outputs if output.role not in MASKS]
    WebhookDelivery.objects.bulk_create(WebhookDelivery(run=run, output=output) for output in shown or [None])


def due(run_id: int | None = None) -> list[int]:
    """Ids of what may be tried now, the oldest first; of one run, or a portion of all."""
    found = WebhookDelivery.objects.filter(state=State.PENDING, due_at__lte=timezone.now())
    if run_id is not None:
        found = found.filter(run=run_id)
    return list(found.order_by("due_at").values_list("pk", flat=True)[:_AT_ONCE])


# --- telling ----------------------------------------------------------------------------------------------


def deliver(delivery_id: int) -> None:
    """Try once to deliver what is due; nothing when it is not, or when somebody else is trying."""
    now = timezone.now()
    mine = WebhookDelivery.objects.filter(pk=delivery_id, state=State.PENDING, due_at__lte=now)
    if not mine.update(due_at=now + _LEASE, tries=F("tries") + 1):
        return
    delivery = WebhookDelivery.objects.select_related("run__render", "run__account", "output").get(pk=delivery_id)
    started = time.monotonic()
    status, error = _sent(delivery)
    _note(delivery, WebhookAttempt(seconds=time.monotonic() - started, status=status, error=error[:200]))


def _sent(delivery: WebhookDelivery) -> tuple[int | None, str]:
    """The status of the answer, or why there is none."""
    body = json.dumps(_told(delivery)).encode()
    event, moment = str(delivery.event_id), int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Openhouse webhooks",
        "webhook-id": event,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret_of(delivery.run.account), event, moment, body),
    }
    try:
        return network.post(
            delivery.run.webhook_url,
            body,
            headers=headers,
            timeout=_TIMEOUT,
            allow_private=settings.FETCH_ALLOW_PRIVATE,
        ), ""
    except network.FetchError as error:
        return None, str(error)


def _told(delivery: WebhookDelivery) -> dict[str, Any]:
    """The body. Addresses are signed anew for each try; the event and its time stay."""
    run, output = delivery.run, delivery.output
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
    found = WebhookDelivery.objects.filter(run__account=account).select_related("run__render", "output")
    return list(found.order_by("-pk").prefetch_related(in_order)[:most])


def send_again(delivery: WebhookDelivery) -> None:
    """Try once more now what was given up or delivered."""
    again = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=State.PENDING)
    if again.update(state=State.PENDING, due_at=timezone.now()):
        log.info("webhook_again", delivery=str(delivery.event_id))


# --- signing ----------------------------------------------------------------------------------------------


def secret_of(account: Account) -> str:
    """The account's secret, made when it is first asked for."""
    found, _ = WebhookSecret.objects.get_or_create(account=account, defaults={"secret": _new_secret()})
    return found.secret


def renew_secret(account: Account) -> str:
    """A new secret for the account, in force at once."""
    found, _ = WebhookSecret.objects.update_or_create(
        account=account, defaults={"secret": _new_secret(), "created_at": timezone.now()}
    )
    return found.secret


def signature(secret: str, event_id: str, moment: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 over id, time in epoch seconds and body, joined by dots."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{event_id}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
