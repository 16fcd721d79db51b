"""The inbox of Stripe's webhooks: received and answered at once, handled by a job, failures kept and replayed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from billing import checkout, customers, jobs, payments, stripe_client, subscriptions
from billing.models import StripeEvent

State = StripeEvent.State
# Stripe away or the database busy: again after 10 s, 20 s, 40 s … at most an hour; then a person looks.
ATTEMPTS = 15
FIRST_PAUSE = datetime.timedelta(seconds=10)
LONGEST_PAUSE = datetime.timedelta(hours=1)

log = structlog.get_logger("openhouse.billing.stripe")


def receive(event: Mapping[str, Any]) -> StripeEvent:
    """Keep a verified event once, and have it handled."""
    subject = event["data"]["object"]
    with transaction.atomic():
        row, new = StripeEvent.objects.get_or_create(
            stripe_id=event["id"],
            defaults={
                "type": event["type"],
                "object_type": subject.get("object", ""),
                # Some objects are only announced and have no id yet (invoice.upcoming).
                "object_id": subject.get("id") or "",
                "made_at": datetime.datetime.fromtimestamp(event["created"], datetime.UTC),
            },
        )
        if new:
            jobs.enqueue_after_commit("billing.stripe_events.handle", row.pk)
    return row


def handle(event_id: int) -> None:
    """Bring us in line with what the event is about. A job: comes twice, late or at once without harm."""
    event = StripeEvent.objects.filter(pk=event_id, state=State.WAITING).first()
    if event is None:
        return
    try:
        ours = _look_at(event.object_type, event.object_id)
    except (stripe_client.StripeAway, DatabaseError) as error:
        _postpone(event, error)
    except Exception as error:
        # Whatever it is, it stays visible in the inbox, and the other events go on.
        log.exception("stripe_event_failed", stripe_event=event.stripe_id, type=event.type)
        _end(event, State.FAILED, f"{type(error).__name__}: {error}")
    else:
        _end(event, State.DONE if ours else State.IGNORED, "")


def replay(event: StripeEvent) -> bool:
    """Handle an event once more; whether it was not waiting anyhow."""
    with transaction.atomic():
        ended = StripeEvent.objects.filter(pk=event.pk).exclude(state=State.WAITING)
        again = ended.update(state=State.WAITING, attempts=0, not_before=timezone.now(), error="", handled_at=None)
        jobs.enqueue_after_commit("billing.stripe_events.handle", event.pk)
    return bool(again)


def waiting(*, due_for: datetime.timedelta = datetime.timedelta(0)) -> list[int]:
    """Events that have been due for `due_for`: postponed ones, and those whose wake-up was lost."""
    due = StripeEvent.objects.filter(state=State.WAITING, not_before__lte=timezone.now() - due_for)
    return list(due.order_by("not_before").values_list("pk", flat=True)[:500])


def _look_at(object_type: str, object_id: str) -> bool:
    """Whether the object is ours and we are in line with it now."""
    look = LOOKS.get(object_type)
    return look(object_id) if look and object_id else False


def _payment_behind(find: Callable[[str], str]) -> Callable[[str], bool]:
    """A look at the payment that something else (a charge, a refund, a dispute) belongs to."""

    def look(object_id: str) -> bool:
        payment = find(object_id)
        return bool(payment) and payments.sync_payment(payment)

    return look


LOOKS: dict[str, Callable[[str], bool]] = {
    "checkout.session": checkout.sync,
    "customer": customers.sync,
    "subscription": subscriptions.sync,
    "invoice": payments.sync_invoice,
    "payment_intent": payments.sync_payment,
    "charge": _payment_behind(stripe_client.payment_of_charge),
    "refund": _payment_behind(stripe_client.payment_of_refund),
    "dispute": _payment_behind(stripe_client.payment_of_dispute),
}


def _end(event: StripeEvent, state: State, error: str) -> None:
    StripeEvent.objects.filter(pk=event.pk, state=State.WAITING).update(
        state=state, error=error[:500], handled_at=timezone.now(), attempts=F("attempts") + 1
    )


def _postpone(event: StripeEvent, error: Exception) -> None:
    if event.attempts + 1 >= ATTEMPTS:
        _end(event, State.FAILED, str(error))
        return
    pause = min(FIRST_PAUSE * 2**event.attempts, LONGEST_PAUSE)
    StripeEvent.objects.filter(pk=event.pk, state=State.WAITING).update(
        attempts=event.attempts + 1, not_before=timezone.now() + pause, error=str(error)[:500]
    )
