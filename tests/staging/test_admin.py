"""Renders, photos and webhooks in the admin: what staff see, and what each role may do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from billing import ledger
from billing.models import Account, User
from staging import jobs, renders
from staging.briefs import Brief
from staging.models import Photo, Render, Run, State, WebhookDelivery
from tests.staging.runs import go, kinds, run_of
from tests.staging.stand_in import StandIn


def _person(client: Client, *roles: str, superuser: bool = False) -> Client:
    user = User.objects.create_user(
        "staff@example.com", "a long enough password", is_staff=True, is_superuser=superuser
    )
    user.groups.set(Group.objects.filter(name__in=roles))
    client.force_login(user)
    return client


@pytest.fixture
def support(db: None, client: Client) -> Client:
    return _person(client, "Support")


@pytest.fixture
def finance(db: None) -> Client:
    return _person(Client(), "Finance")


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief) -> Render:
    return renders.request(account, photo, brief)


def _act(client: Client, action: str, render: Render, **more: Any) -> str:
    form = {"action": action, "_selected_action": render.pk, **more}
    return client.post("/admin/staging/render/", form, follow=True).content.decode()


def test_a_finished_render_shows_its_pictures_and_tries(support: Client, render: Render, engine: StandIn) -> None:
    go(render)

    listed = support.get("/admin/staging/render/").content.decode()
    assert render.public_id in listed
    assert "Done" in listed
    page = support.get(f"/admin/staging/render/{render.pk}/change/").content.decode()
    output = run_of(render).outputs.get(role="staged")
    assert f"{output.uuid}-preview.webp" in page
    assert f"/photos/{render.photo.uuid}/preview.webp" in page
    assert run_of(render).hold_reference in page


def test_tries_are_listed_by_state(support: Client, render: Render, engine: StandIn) -> None:
    assert run_of(render).key in support.get("/admin/staging/run/?state__exact=queued").content.decode()
    go(render)
    assert run_of(render).key not in support.get("/admin/staging/run/?state__exact=queued").content.decode()
    assert run_of(render).key in support.get("/admin/staging/run/?state__exact=done").content.decode()


def test_failed_tries_are_listed_by_the_class_of_their_failure(support: Client, render: Render) -> None:
    Run.objects.filter(render=render).update(state=State.FAILED, failure="transient", finished_at=timezone.now())

    page = support.get("/admin/staging/run/?failure=transient").content.decode()
    assert run_of(render).key in page
    assert "customer input" in page
    assert run_of(render).key not in support.get("/admin/staging/run/?failure=customer_input").content.decode()


def test_support_tries_a_failed_render_again_and_the_customer_pays_once(
    support: Client, account: Account, render: Render, engine: StandIn
) -> None:
    engine.switches.fail = {"class": "customer_input", "code": "room_unreadable", "message": "No floor is seen."}
    go(render)
    engine.switches.fail = None
    assert run_of(render).state == State.FAILED
    assert ledger.balance(account) == 10

    assert "Try 2 is queued" in _act(support, "retry", render)
    assert "Only a render whose latest try failed" in _act(support, "retry", render)
    go(render)

    assert run_of(render).state == State.DONE
    assert kinds(account)[1:] == ["hold", "release", "hold", "settle"]
    assert ledger.balance(account) == 8
    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Try 2 is queued"]


def test_support_cancels_what_is_not_finished(support: Client, account: Account, render: Render) -> None:
    assert "Cancelled" in _act(support, "cancel", render)
    assert "it has ended already" in _act(support, "cancel", render)

    assert run_of(render).state == State.CANCELLED
    assert ledger.balance(account) == 10


def test_support_moves_no_credits(support: Client, account: Account, render: Render, engine: StandIn) -> None:
    go(render)

    _act(support, "refund", render, apply="1", reason="because")

    assert ledger.balance(account) == 8


def test_finance_gives_the_credits_of_a_bad_picture_back_once(
    finance: Client, account: Account, render: Render, engine: StandIn
) -> None:
    go(render)
    assert "Give back" in _act(finance, "refund", render)
    assert ledger.balance(account) == 8

    assert "2 credits given back: the sofa floats" in _act(
        finance, "refund", render, apply="1", reason="the sofa floats"
    )
    assert "charged nothing that could be given back" in _act(finance, "refund", render, apply="1", reason="again")

    entry = ledger.statement(account)[0]
    assert (entry.kind, entry.credits, entry.actor.email if entry.actor else "") == ("adjust", 2, "staff@example.com")
    assert run_of(render).key in entry.note
    assert "the sofa floats" in entry.note
    assert ledger.balance(account) == 10


def test_what_is_still_held_is_not_refunded(finance: Client, account: Account, render: Render) -> None:
    jobs.start_next()

    _act(finance, "refund", render, apply="1", reason="impatient")

    assert kinds(account)[1:] == ["hold"]


def test_finance_neither_cancels_nor_tries_again(finance: Client, account: Account, render: Render) -> None:
    _act(finance, "cancel", render)
    _act(finance, "retry", render)

    assert run_of(render).state == State.QUEUED
    assert Run.objects.count() == 1


def test_a_webhook_that_was_given_up_is_made_due_again(
    support: Client, account: Account, photo: Photo, brief: Brief
) -> None:
    render = renders.request(account, photo, brief, webhook_url="https://partner.example/hook")
    renders.cancel(run_of(render))
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state=WebhookDelivery.State.GIVEN_UP)

    form = {"action": "tell_again", "_selected_action": delivery.pk}
    page = support.post("/admin/staging/webhookdelivery/", form, follow=True).content.decode()

    assert "is due now" in page
    delivery.refresh_from_db()
    assert delivery.state == WebhookDelivery.State.PENDING


def test_members_and_other_roles_see_nothing_of_it(render: Render, owner: User) -> None:
    member = Client()
    member.force_login(owner)
    catalogue = _person(Client(), "Catalogue")

    for path in ("render", "run", "photo", "webhookdelivery"):
        assert member.get(f"/admin/staging/{path}/").status_code == 302
        assert catalogue.get(f"/admin/staging/{path}/").status_code == 403


def test_nobody_edits_or_deletes_rows_by_hand(render: Render) -> None:
    root = _person(Client(), superuser=True)

    assert root.get("/admin/staging/render/add/").status_code == 403
    assert root.post(f"/admin/staging/render/{render.pk}/change/", {"source": "dashboard"}).status_code == 403
    assert root.post(f"/admin/staging/render/{render.pk}/delete/", {"post": "yes"}).status_code == 403
