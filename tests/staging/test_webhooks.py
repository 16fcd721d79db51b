"""Partners are told of finished pictures and failures: by a real HTTP server that plays a partner's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from billing.models import Account
from config import processes
from staging import files, jobs, renders, sweeper, variations, webhooks
from staging.briefs import Brief
from staging.models import Output, Photo, Render, Role, State, WebhookAttempt, WebhookDelivery, WebhookSecret
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db

Ask = Callable[[], Render]


@pytest.fixture
def partner(httpserver: HTTPServer, settings: Any) -> HTTPServer:
    """A server that answers 200 to POST /hook."""
    settings.FETCH_ALLOW_PRIVATE = True
    settings.PUBLIC_URL = "https://openhouse.example"
    httpserver.expect_request("/hook", method="POST").respond_with_data("thanks")
    return httpserver


@pytest.fixture
def ask(account: Account, photo: Photo, brief: Brief, partner: HTTPServer, engine: StandIn) -> Ask:
    """Asks for a render that tells `partner`."""
    return lambda: renders.request(account, photo, brief, webhook_url=partner.url_for("/hook"))


def work(render: Render) -> None:
    jobs.start_next()
    jobs.look_after(renders.latest_run(render).pk)


def tell() -> None:
    """What jobs do with all that is due."""
    for delivery_id in webhooks.due():
        jobs.deliver(delivery_id)


def requests(server: HTTPServer) -> list[Request]:
    return [request for request, _ in server.log]


def later(**time: float) -> None:
    """Let so much time have passed since each delivery's making and until its due time."""
    for delivery in WebhookDelivery.objects.all():
        delivery.created_at -= timedelta(**time)
        delivery.due_at -= timedelta(**time)
        delivery.save()


def test_a_finished_picture_is_told_once(ask: Ask, partner: HTTPServer) -> None:
    render = ask()
    assert not WebhookDelivery.objects.exists()
    work(render)
    tell()
    tell()
    staged = Output.objects.get(run__render=render, role=Role.STAGED)
    (request,) = requests(partner)
    body = json.loads(request.data)
    delivery = WebhookDelivery.objects.get()
    assert list(body) == [
        "event_id",
        "event_type",
        "render_id",
        "variation_id",
        "timestamp",
        "result",
        "error_message",
    ]
    assert (body["event_id"], body["event_type"]) == (str(delivery.event_id), "done")
    assert (body["render_id"], body["variation_id"]) == (render.public_id, str(staged.uuid))
    assert abs(body["timestamp"] / 1000 - timezone.now().timestamp()) < 60
    assert body["error_message"] is None
    for name, path in (("url", files.output_url(staged)), ("thumbnail_url", files.thumbnail_url(staged))):
        assert body["result"][name].partition("?")[0] == f"https://openhouse.example{path.partition('?')[0]}"
        assert "signature=" in body["result"][name]
    assert delivery.state == "delivered"


def test_it_is_signed_as_standard_webhooks_says(ask: Ask, partner: HTTPServer, account: Account) -> None:
    work(ask())
    tell()
    (request,) = requests(partner)
    event, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    assert event == json.loads(request.data)["event_id"]
    assert abs(int(moment) - timezone.now().timestamp()) < 60
    secret = webhooks.secret_of(account)
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret[6:])
    assert len(key) == 32
    wanted = hmac.new(key, f"{event}.{moment}.".encode() + request.data, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(wanted).decode()
    assert request.content_type == "application/json"


def test_for_a_day_after_a_renewal_both_secrets_sign(ask: Ask, partner: HTTPServer, account: Account) -> None:
    def signed_by(secret: str, request: Request) -> bool:
        """As a partner's library looks: any one of the signatures will do."""
        wanted = webhooks.signature(
            secret, request.headers["webhook-id"], int(request.headers["webhook-timestamp"]), request.data
        )
        return wanted in request.headers["webhook-signature"].split(" ")

    old = webhooks.secret_of(account)
    new = webhooks.renew_secret(account)
    assert webhooks.secret_of(account) == new != old
    work(ask())
    tell()
    WebhookSecret.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    work(ask())
    tell()
    assert [(signed_by(old, one), signed_by(new, one)) for one in requests(partner)] == [(True, True), (False, True)]


def test_the_signature_is_the_one_of_the_specifications_example() -> None:
    """The example of the specification's reference libraries."""
    secret, event, moment = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    signed = webhooks.signature(secret, event, moment, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_failure_is_told_in_words(ask: Ask, partner: HTTPServer, engine: StandIn) -> None:
    engine.switches.fail = {"class": "customer_input", "code": "room_unreadable", "message": "We see no floor here."}
    render = ask()
    work(render)
    tell()
    body = json.loads(requests(partner)[0].data)
    assert (body["event_type"], body["render_id"], body["result"]) == ("error", render.public_id, None)
    assert body["error_message"] == "We see no floor here. Nothing was charged."


def test_a_cancelled_render_is_told_as_a_failure(ask: Ask, partner: HTTPServer) -> None:
    renders.cancel(renders.latest_run(ask()))
    tell()
    assert json.loads(requests(partner)[0].data)["event_type"] == "error"


def test_a_variation_is_told_to_the_same_address_or_to_its_own(ask: Ask, partner: HTTPServer) -> None:
    partner.expect_request("/other", method="POST").respond_with_data("thanks")
    render = ask()
    work(render)
    for url in ("", partner.url_for("/other")):
        variations.request(render, render.brief, webhook_url=url)
        work(render)
    tell()
    assert [request.path for request in requests(partner)] == ["/hook", "/hook", "/other"]
    told = [json.loads(request.data)["variation_id"] for request in requests(partner)]
    assert told == [str(output.uuid) for output in renders.status(render).outputs]


def test_without_an_address_nobody_is_told(account: Account, photo: Photo, brief: Brief, engine: StandIn) -> None:
    work(renders.request(account, photo, brief))
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_accepted_is_tried_again_and_each_try_is_on_record(
    ask: Ask, httpserver: HTTPServer, status: int, partner: HTTPServer
) -> None:
    httpserver.clear()
    answers = iter([status, status, 204])
    httpserver.expect_request("/hook").respond_with_handler(
        lambda _: Response(status=next(answers), headers={"Location": "/elsewhere"})
    )
    work(ask())
    tell()
    tell()  # not due yet
    assert len(httpserver.log) == 1
    later(seconds=5)
    tell()
    later(seconds=5)
    tell()
    assert len(httpserver.log) == 2
    later(seconds=20)
    tell()
    later(hours=1)
    tell()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.tries) == ("delivered", 3)
    assert list(delivery.attempts.order_by("number").values_list("number", "status")) == [
        (1, status),
        (2, status),
        (3, 204),
    ]
    assert len({request.headers["webhook-id"] for request in requests(httpserver)}) == 1


def test_a_server_that_is_away_is_tried_for_a_day(ask: Ask, partner: HTTPServer) -> None:
    render = ask()
    render.runs.update(webhook_url=f"http://127.0.0.1:{processes.free_port()}/hook")
    work(render)
    for _ in range(40):
        tell()
        if WebhookDelivery.objects.get().state != "pending":
            break
        later(seconds=(WebhookDelivery.objects.get().due_at - timezone.now()).total_seconds() + 0.01)
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == "given_up"
    assert timedelta(hours=19) < timezone.now() - delivery.created_at <= timedelta(hours=24)
    assert 10 <= delivery.tries < 20
    assert set(WebhookAttempt.objects.values_list("status", "error")) == {
        (None, "This address does not answer as a web server should.")
    }


def test_410_ends_it(ask: Ask, httpserver: HTTPServer, partner: HTTPServer) -> None:
    httpserver.clear()
    httpserver.expect_request("/hook").respond_with_data("", status=410)
    work(ask())
    tell()
    assert WebhookDelivery.objects.get().state == "given_up"


def test_private_addresses_are_never_called(ask: Ask, partner: HTTPServer, settings: Any) -> None:
    settings.FETCH_ALLOW_PRIVATE = False
    work(ask())
    tell()
    assert partner.log == []
    assert "private network" in WebhookAttempt.objects.get().error


def test_who_is_being_told_is_not_told_twice(ask: Ask, partner: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    work(ask())
    delivery, real = WebhookDelivery.objects.get(), webhooks.network.post

    def slow(*arguments: Any, **more: Any) -> int:
        jobs.deliver(delivery.pk)  # a second wake-up while the first one's request is under way
        return real(*arguments, **more)

    monkeypatch.setattr(webhooks.network, "post", slow)
    jobs.deliver(delivery.pk)
    assert len(partner.log) == 1
    assert WebhookAttempt.objects.count() == 1


def test_a_webhook_in_trouble_does_not_touch_the_render(ask: Ask, partner: HTTPServer) -> None:
    render = ask()
    render.runs.update(webhook_url="http://127.0.0.1:9/hook")
    work(render)
    tell()
    assert renders.latest_run(render).state == State.DONE


def test_the_sweeper_finds_what_nobody_was_woken_for(
    ask: Ask, partner: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(ask())
    woken: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda *arguments: woken.append(arguments))
    assert sweeper.deliver_webhooks() == 1
    assert woken == [(jobs.deliver, WebhookDelivery.objects.get().pk)]


def test_the_secret_is_printed_and_renewed(account: Account, stranger_account: Account) -> None:
    def printed(*arguments: str) -> str:
        out = StringIO()
        call_command("webhook_secret", *arguments, stdout=out)
        return out.getvalue().strip()

    first = printed("Owner@example.com")
    assert first == printed("owner@example.com") == webhooks.secret_of(account)
    assert first != webhooks.secret_of(stranger_account)
    assert printed("owner@example.com", "--new") != first
    assert printed("owner@example.com") != first
    with pytest.raises(CommandError):
        call_command("webhook_secret", "nobody@example.com")
