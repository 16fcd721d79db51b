"""Looking at a render: while it is made, when it is done, when it failed."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from billing import ledger
from billing.models import Account, User
from staging.models import Render, Run, State
from tests.listings.conftest import fail, finish, signed_in

HTMX = {"HX-Request": "true"}


def begin(**fields: object) -> None:
    """Let every run be under way, as a worker does."""
    soon = timezone.now() + timedelta(minutes=1)
    Run.objects.update(state=State.RUNNING, started_at=timezone.now(), lease_until=soon, **fields)


def path(render: Render, more: str = "") -> str:
    return f"/studio/renders/{render.public_id}/{more}"


def test_while_it_is_made_the_page_says_how_far_it_is(browser: Client, render: Render) -> None:
    assert "Waiting for its turn" in browser.get(path(render)).content.decode()
    begin(progress=0.4, stage="tracing light")
    page = browser.get(path(render)).content.decode()
    assert "Tracing light…" in page
    assert re.search(r'<progress max="100" value="40"', page)
    assert '<meta http-equiv="refresh"' in page  # inside of <noscript>


def test_a_poll_brings_the_part_that_changes_and_nothing_when_nothing_did(browser: Client, render: Render) -> None:
    page = browser.get(path(render)).content.decode()
    poll = re.search(r'hx-get="([^"]+)"', page)
    assert poll is not None
    assert browser.get(poll[1], headers=HTMX).status_code == 204
    begin(progress=0.2, stage="reading the room")
    answer = browser.get(poll[1], headers=HTMX)
    part = answer.content.decode()
    assert (answer.status_code, "<html" in part) == (200, False)
    assert "Reading the room…" in part
    assert "<img" not in part  # the photo stays as it is
    assert "HX-Request" in answer["Vary"]


def test_the_picture_is_compared_downloaded_and_no_longer_polled_for(browser: Client, render: Render) -> None:
    output = finish(render)
    page = browser.get(path(render)).content.decode()
    assert "<before-after" in page
    assert "hx-get" not in page
    download = re.search(r'href="(/renders/[^"]+)" download="living-room-coastal-[^"]+\.png"', page)
    assert download is not None
    file = browser.get(download[1].replace("&amp;", "&"))
    assert file["Content-Type"] == "image/png"
    with output.delivered.open() as stored:
        assert b"".join(file.streaming_content) == stored.read()


def test_a_failure_is_told_in_words_and_costs_nothing(browser: Client, render: Render) -> None:
    fail(render, "The corners of this room cannot be seen.")
    page = browser.get(path(render)).content.decode()
    assert "The corners of this room cannot be seen." in page
    assert "Nothing was charged." in page


def test_the_same_photo_again_in_another_style(browser: Client, render: Render, account: Account) -> None:
    finish(render)
    page = browser.get(path(render)).content.decode()
    seed = re.search(r'name="seed" value="(\d+)"', page)
    assert seed is not None
    assert seed[1] == "4"
    answer = browser.post(path(render, "again/"), {"room_type": "living", "style": "modern", "seed": seed[1]})
    second = Render.objects.latest("pk")
    assert answer["Location"] == path(second)
    assert (second.photo, second.brief.style, second.brief.seed) == (render.photo, "modern", 4)
    assert ledger.balance(account) == 6


def test_again_without_credits_makes_nothing(browser: Client, render: Render, account: Account) -> None:
    ledger.adjust(account, -8, reference="spent", actor=None, note="spent")
    answer = browser.post(path(render, "again/"), {"room_type": "living", "style": "modern", "seed": "1"})
    assert answer.status_code == 402
    assert "costs 2 credits; you have 0." in answer.content.decode()
    assert Render.objects.count() == 1


def test_stopping_gives_the_credits_back(browser: Client, render: Render, account: Account) -> None:
    answer = browser.post(path(render, "cancel/"), follow=True)
    assert "Stopped" in answer.content.decode()
    assert Run.objects.get().state == State.CANCELLED
    assert ledger.balance(account) == 10


def test_a_team_mate_sees_it_and_a_stranger_does_not(render: Render, team_mate: User, stranger: User) -> None:
    finish(render)
    assert signed_in(team_mate).get(path(render)).status_code == 200
    outside = signed_in(stranger)
    assert outside.get(path(render)).status_code == 404
    fields = {"room_type": "living", "style": "modern", "seed": "1"}
    assert outside.post(path(render, "again/"), fields).status_code == 404
    assert outside.post(path(render, "cancel/")).status_code == 404
    assert Render.objects.count() == 1
    assert render.public_id not in outside.get("/studio/renders/").content.decode()


def test_the_list_shows_the_accounts_renders(browser: Client, render: Render, team_mate: User) -> None:
    for who in (browser, signed_in(team_mate)):
        page = who.get("/studio/renders/").content.decode()
        assert path(render) in page
        assert "0 %" in page
    fail(render, "No.")
    assert "not made" in browser.get("/studio/renders/").content.decode()
    finish(render)
    assert "-thumbnail.webp?" in browser.get("/studio/renders/").content.decode()


def test_the_list_of_a_new_account_leads_to_the_studio(browser: Client) -> None:
    assert "No pictures yet" in browser.get("/studio/renders/").content.decode()
