"""Asking for a picture by hand."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing import ledger
from billing.models import Account, Membership, Plan, User
from staging.briefs import RoomType, Style
from staging.models import Photo, Render, Source
from tests.listings.conftest import signed_in
from tests.staging.pictures import encoded

FIELDS = {"room_type": "bed", "style": "luxury"}


def upload(data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("room.jpg", encoded() if data is None else data, "image/jpeg")


def test_a_visitor_is_asked_to_sign_in(db: None) -> None:
    for path in ("/studio/", "/studio/renders/", "/account/"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_the_studio_offers_rooms_styles_price_and_balance(browser: Client) -> None:
    page = browser.get("/studio/").content.decode()
    for text in ("Living room", "Home office", "Kitchen", "Mid-century", "Coastal", "2 credits", "You have 10."):
        assert text in page


def test_a_photo_and_a_choice_make_a_render_of_the_account(browser: Client, account: Account) -> None:
    answer = browser.post("/studio/", {"photo": upload(), **FIELDS})
    render = Render.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/studio/renders/{render.public_id}/")
    assert (render.account, render.source) == (account, Source.DASHBOARD)
    assert render.runs.get().asked_by == User.objects.get(email="owner@example.com")
    assert (render.brief.room_type, render.brief.style) == (RoomType.BED, Style.LUXURY)
    assert ledger.balance(account) == 8


def test_in_4k_where_the_plan_has_it(browser: Client, account: Account) -> None:
    for allowed, made in ((False, "full-hd"), (True, "4k")):
        Plan.objects.filter(pk=account.plan_id).update(allows_4k=allowed)
        assert ("In 4K" in browser.get("/studio/").content.decode()) is allowed
        browser.post("/studio/", {"photo": upload(), "large": "on", **FIELDS})
        assert Render.objects.latest("pk").brief.resolution == made


def test_a_team_mate_may_ask_too_and_one_who_only_pays_may_not(team_mate: User, account: Account, db: None) -> None:
    assert signed_in(team_mate).post("/studio/", {"photo": upload(), **FIELDS}).status_code == 302
    Membership.objects.filter(user=team_mate).update(role=Membership.Role.BILLING)
    answer = signed_in(team_mate).get("/studio/")
    assert answer.status_code == 403
    assert "billing alone" in answer.content.decode()
    assert ledger.balance(account) == 8


@pytest.mark.parametrize("sample", ["living", "bed"])
def test_one_of_our_rooms_does_for_a_photo(sample: str, browser: Client) -> None:
    assert browser.post("/studio/", {"sample": sample, **FIELDS}).status_code == 302
    assert Photo.objects.get().format == "JPEG"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "Choose a photo of an empty room."),
        ({"sample": "castle"}, "Choose a photo of an empty room."),
    ],
)
def test_a_form_without_a_photo_says_so(fields: dict[str, str], text: str, browser: Client) -> None:
    answer = browser.post("/studio/", {**fields, **FIELDS})
    assert answer.status_code == 400
    assert text in answer.content.decode()
    assert not Render.objects.exists()


def test_a_file_that_is_no_photo_is_refused_in_words_and_the_choices_stay(browser: Client, account: Account) -> None:
    answer = browser.post("/studio/", {"photo": upload(b"text, not a picture"), **FIELDS})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="photo-error"' in page
    assert 'value="luxury" checked' in page
    assert ledger.balance(account) == 10


def test_without_credits_the_button_is_gone_and_asking_anyway_makes_nothing(browser: Client, account: Account) -> None:
    ledger.adjust(account, -9, reference="spent", actor=None, note="spent")
    assert "not enough for a picture" in browser.get("/studio/").content.decode()
    answer = browser.post("/studio/", {"photo": upload(), **FIELDS})
    assert "costs 2 credits; you have 1." in answer.content.decode()
    assert not Render.objects.exists()
