"""Where Stripe calls."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing import stripe_client, stripe_events


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Keep a signed event and answer at once; a worker handles it."""
    try:
        event = stripe_client.verified_event(request.body, request.headers.get("Stripe-Signature", ""))
    except stripe_client.WrongSignature:
        return HttpResponse("wrong signature", status=400, content_type="text/plain")
    stripe_events.receive(event)
    return HttpResponse("kept", content_type="text/plain")
