"""The fast answer to a poll says what the view says, and leaves to the view what is no plain success."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import keys
from billing.models import Account, ApiKey
from staging import editing, jobs, renders, wakeups
from staging.api import waits
from staging.api.renders import polling
from staging.models import Render, Run
from tests.staging.api.renders.conftest import Caller
from tests.staging.stand_in import EVERY_KIND, StandIn


def view(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Stands where Django would."""
    start_response("200 OK", [("X-From", "the view")])
    return [b"{}"]


def poll(caller: Caller, query: str, **more: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Headers and body of a poll over WSGI."""
    told: list[dict[str, str]] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/v1/render",
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "HTTP_AUTHORIZATION": caller.headers["Authorization"],
        "wsgi.url_scheme": "http",
        **more,
    }
    body = polling.first(view)(environ, lambda _status, headers: told.append(dict(headers)))
    return told[0], json.loads(b"".join(body))


def unsigned(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "outputs": [url.partition("?")[0] for url in body["outputs"]]}


@pytest.fixture(autouse=True)
def known_key(settings: Any, caller: Caller) -> None:
    """A key whose use was noted a moment ago, and an engine that serves every kind."""
    ApiKey.objects.update(last_used_at=timezone.now())
    for name, value in EVERY_KIND.items():
        setattr(settings, name, value)


def test_it_says_what_the_view_says_from_first_to_last(caller: Caller, engine: StandIn) -> None:
    render_id = caller.create(declutter_mode="on").json()["render_id"]

    def same() -> dict[str, Any]:
        slow = caller.get("/v1/render", render_id=render_id)
        headers, fast = poll(caller, f"render_id={render_id}")
        assert "X-From" not in headers
        assert unsigned(fast) == unsigned(slow.json())
        assert list(fast) == list(slow.json())
        assert headers["Access-Control-Allow-Origin"] == slow["Access-Control-Allow-Origin"] == "*"
        assert headers["Content-Type"] == slow["Content-Type"]
        return fast

    def work() -> None:
        jobs.start_next()
        jobs.look_after(renders.latest_run(Render.objects.get()).pk)

    def vary() -> None:
        more = {"switch_to_queued_immediately": True, "style": "coastal", "wait_for_completion": False}
        assert caller.post("/v1/render/create-variation", {"render_id": render_id, **more}).status_code == 200

    assert same()["status"] == "rendering"
    Run.objects.update(progress=0.123456)
    assert same()["progress"] == 0.123
    work()
    done = same()
    assert (done["status"], len(done["outputs"])) == ("done", 2)
    assert caller.client.get(done["outputs"][0].removeprefix("http://testserver")).status_code == 200
    # A draft while somebody edits the scene is no part of it, under way or done.
    draft = editing.preview(Render.objects.get(), {"arrangement": {"pieces": []}})
    assert unsigned(same()) == unsigned(done)
    assert waits.ended([render_id]) == {render_id}
    assert wakeups.is_finished(render_id)
    jobs.start_next()
    jobs.look_after(draft.pk)
    assert unsigned(same()) == unsigned(done)
    vary()
    assert same()["status"] == "queued"
    work()
    assert same()["outputs_styles"] == ["modern", "modern", "coastal"]
    vary()
    engine.switches.fail = {"class": "customer_input", "code": "x", "message": "No."}
    work()
    assert same()["error"] == "No. Nothing was charged."


def test_an_emptied_room_alone_has_no_style(caller: Caller, engine: StandIn) -> None:
    render_id = caller.create(declutter_mode="on", add_furniture="false").json()["render_id"]
    assert poll(caller, f"renderId={render_id}")[1]["outputs_styles"] == [""]


def test_two_queries_and_no_write(caller: Caller) -> None:
    render_id = caller.create().json()["render_id"]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        poll(caller, f"render_id={render_id}")
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "SELECT"]


def test_the_view_has_all_the_rest(caller: Caller, stranger_account: Account, account: Account) -> None:
    query = f"render_id={caller.create().json()['render_id']}"
    assert "X-From" not in poll(caller, query)[0]
    stranger = Caller(keys.create(stranger_account, "other")[1])
    ApiKey.objects.update(last_used_at=timezone.now())
    rest = [
        poll(caller, ""),
        poll(caller, f"render_id={'A' * 20}"),
        poll(caller, f"{query}&render_id=x"),
        poll(caller, query, HTTP_AUTHORIZATION="Api-Key " + "x" * 40),
        poll(caller, query, HTTP_AUTHORIZATION=""),
        poll(caller, query, HTTP_HOST="elsewhere.example"),
        poll(caller, query, REQUEST_METHOD="POST"),
        poll(stranger, query),
    ]
    assert [headers.get("X-From") for headers, _ in rest] == ["the view"] * len(rest)


@pytest.mark.parametrize("change", ["revoked", "stale", "plan"])
def test_a_key_that_may_not_or_whose_use_is_due_goes_to_the_view(change: str, caller: Caller, account: Account) -> None:
    query = f"render_id={caller.create().json()['render_id']}"
    if change == "revoked":
        ApiKey.objects.update(revoked_at=timezone.now())
    elif change == "stale":
        ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    else:
        account.plan.has_api = False
        account.plan.save()
    assert poll(caller, query)[0]["X-From"] == "the view"


def test_a_key_whose_time_is_over_is_left_to_the_view(caller: Caller, account: Account) -> None:
    query = f"render_id={caller.create().json()['render_id']}"
    caller.get("/v1/ping")
    ApiKey.objects.filter(account=account).update(expires_at=timezone.now() + timedelta(hours=1))
    assert "X-From" not in poll(caller, query)[0]
    ApiKey.objects.filter(account=account).update(expires_at=timezone.now())
    assert poll(caller, query)[0]["X-From"] == "the view"
