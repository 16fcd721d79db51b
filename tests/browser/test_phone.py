"""In a driveway: the same walk on a phone, with the engine's stand-in; every other page, by day and by night; and then,
on the same site, another agent by keyboard and without JavaScript.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from billing.models import Account, User
from listings.models import Listing
from tests.browser.conftest import DESKTOP, PHONE, House, Opened, log_in, look, sample_photo
from tests.browser.hands import by_keyboard, without_javascript
from tests.conftest import PASSWORD
from tests.staging.pictures import encoded, room


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_on_a_phone_by_keyboard_and_without_javascript(
    house: House, opened: Opened, owner: User, account: Account, stranger: User, tmp_path: Path
) -> None:
    house.start(real_engine=False)
    with opened(PHONE) as page:
        log_in(page, owner, PASSWORD)
        page.get_by_role("button", name="Open the sample listing").click()
        page.get_by_role("heading", name="1 Sample Street").wait_for()
        (tmp_path / "office.png").write_bytes(encoded(room(), "PNG"))
        page.set_input_files("#photos-input", [sample_photo(tmp_path, "room.jpg"), tmp_path / "office.png"])
        page.locator("ol.photos > li").nth(3).wait_for()
        look(page, "listing")
        stage_all(page)
        judge(page)
        other_pages(page)
        number = Listing.objects.get().pk
        known = page.context.storage_state()
    with opened(PHONE, color_scheme="dark", storage_state=known) as page:
        for name, path in {
            "listing": f"/listings/{number}/", "stage": f"/listings/{number}/stage/", "landing": "/",
            "delivery": f"/listings/{number}/delivery/", "notifications": "/notifications/",
        }.items():  # fmt: skip
            page.goto(path)
            look(page, f"{name}-dark")
    photo = sample_photo(tmp_path, "living room.jpg")
    with opened(DESKTOP) as page:
        by_keyboard(page, stranger)
    with opened(DESKTOP, java_script_enabled=False, accept_downloads=True) as page:
        without_javascript(page, stranger, photo)


def stage_all(page: Any) -> None:
    page.get_by_role("link", name="Stage photos").tap()
    page.get_by_role("button", name="Choose all").tap()
    page.get_by_text("4 pictures: 8 credits. 2 will be left.").wait_for()
    look(page, "stage")
    page.get_by_role("button", name="Start").tap()
    # The room that no file name told has to be said.
    page.get_by_text("Which room does photo 3 show?").wait_for()
    look(page, "stage-room-missing")
    page.get_by_label("Room in photo 3").select_option("living")
    page.get_by_role("button", name="Start").tap()
    page.get_by_text("To review").nth(3).wait_for()
    look(page, "staged")


def judge(page: Any) -> None:
    page.locator(".made a").first.tap()
    page.get_by_role("button", name="Zoom to pixels").tap()
    look(page, "zoomed")
    page.get_by_role("button", name="Zoom to pixels").tap()
    page.get_by_label("Why not").fill("The sofa hides the window")
    look(page, "review")
    page.get_by_role("button", name="Reject").tap()
    page.locator("p", has_text="The sofa hides the window").wait_for()
    look(page, "rejected")


def other_pages(page: Any) -> None:
    listing = f"/listings/{Listing.objects.get().pk}/"
    paths = {
        "delivery": f"{listing}delivery/", "public-page": f"{listing}page/", "notifications": "/notifications/",
        "connections": "/account/connections/", "connection": "/account/connections/new/", "status": "/status/",
        "landing": "/", "studio": "/studio/", "renders": "/studio/renders/", "account": "/account/", "help": "/help/",
        "members": "/billing/members/", "plans": "/billing/plans/", "statement": "/billing/statement/",
        "listings": "/listings/", "details": f"{listing}edit/", "close": "/billing/close/",
        "addresses": "/accounts/email/", "password": "/accounts/password/change/",
    }  # fmt: skip
    for name, path in paths.items():
        page.goto(path)
        look(page, name)
