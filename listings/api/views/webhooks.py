"""Webhooks: who is told of an account's events."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from listings import events
from listings.api import answers, document, fields
from listings.api.endpoints import Endpoint, account_of, answer, once
from listings.api.errors import not_found
from staging import webhooks
from staging.models import WebhookSubscription


def _of(request: Request, key: UUID) -> WebhookSubscription:
    found = webhooks.subscriptions(account_of(request)).filter(key=key).first()
    if found is None:
        raise not_found("There is no such webhook")
    return found


@extend_schema_view(get=document.webhooks_list, post=document.webhook_create)
class Webhooks(Endpoint):
    """/api/v2/webhooks"""

    def get(self, request: Request) -> HttpResponse:
        """Those in force."""
        found = webhooks.subscriptions(account_of(request))
        return answer(request, {"value": [answers.webhook(one) for one in found], "next": None})

    def post(self, request: Request) -> HttpResponse:
        """Subscribe an address to events; without `Events`, to all."""
        given = fields.Fields.of(request)
        url = given.take("Url", fields.text(webhooks.URL_LENGTH), "", required=True)
        wanted = given.take("Events", fields.words(events.EVENTS), [])
        given.done()
        account = account_of(request)
        made = once(request, "webhooks", given.given, lambda: str(webhooks.subscribe(account, url, wanted).key))
        told = answers.webhook(_of(request, UUID(made)))
        return answer(request, {**told, "Secret": webhooks.secret_of(account)})


@extend_schema_view(get=document.webhook_get, delete=document.webhook_end)
class OneWebhook(Endpoint):
    """/api/v2/webhooks/{WebhookKey}"""

    def get(self, request: Request, key: UUID) -> HttpResponse:
        """One subscription."""
        return answer(request, answers.webhook(_of(request, key)))

    def delete(self, request: Request, key: UUID) -> HttpResponse:
        """End it."""
        found = _of(request, key)
        webhooks.unsubscribe(found)
        return answer(request, answers.webhook(found))
