"""At a desk, from signing up to the downloaded picture, with the real engine."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import DESKTOP, House, Opened, look, sample_photo
from tests.staging.pictures import encoded, room

PASSWORD = "an unlikely sentence"


@pytest.mark.browser
@pytest.mark.timeout(480)
@pytest.mark.trace
def test_from_signing_up_to_the_downloaded_picture(house: House, opened: Opened, tmp_path: Path) -> None:
    house.start(real_engine=True)
    with opened(DESKTOP, accept_downloads=True) as page:
        sign_up(page, house)
        make_listing(page)
        upload(page, tmp_path)
        stage(page)
        review(page)


def sign_up(page: Any, house: House) -> None:
    page.goto("/")
    look(page, "landing")
    page.get_by_role("link", name="Start free").first.click()
    page.get_by_label("Email address").fill("agent@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    look(page, "sign-up")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", name="Listings").wait_for()
    look(page, "no-listings")
    page.goto(house.mailed_link("/accounts/confirm-email/"))
    page.goto("/listings/")
    page.get_by_role("link", name="Account 5 credits left").wait_for()


def make_listing(page: Any) -> None:
    page.get_by_role("link", name="New listing").click()
    page.get_by_label("Address").fill("7 Oak Avenue")
    page.get_by_label("City").fill("Bend")
    look(page, "new-listing")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("heading", name="7 Oak Avenue").wait_for()
    look(page, "no-photos")


def upload(page: Any, folder: Path) -> None:
    """Three at once; the one that comes again is noticed."""
    sample = sample_photo(folder, "living room.jpg")
    (folder / "kitchen.png").write_bytes(encoded(room(), "PNG"))
    (folder / "front.webp").write_bytes(encoded(room(500, 330), "WEBP"))
    page.set_input_files("#photos-input", [folder / "kitchen.png", sample, folder / "front.webp"])
    page.locator("ol.photos > li").nth(2).wait_for()
    page.set_input_files("#photos-input", [sample])
    page.get_by_text("is here already").wait_for()
    assert page.locator("ol.photos > li").count() == 3
    # They have the order in which they were chosen; the keyboard makes the living room the first.
    item = page.locator("ol.photos > li").nth(1)
    assert "Living room" in item.inner_text()
    item.locator(".grip").focus()
    with page.expect_response("**/photos/order/"):
        page.keyboard.press("ArrowLeft")
    page.reload()
    assert "Living room" in page.locator("ol.photos > li").first.inner_text()
    look(page, "listing-with-photos")


def stage(page: Any) -> None:
    page.get_by_role("link", name="Stage photos").click()
    page.locator("ul.photos input[type=checkbox]").first.check()
    page.get_by_role("radio", name="Scandinavian").check(force=True)
    page.get_by_text("1 picture: 2 credits. 3 will be left.").wait_for()
    look(page, "stage")
    page.get_by_role("button", name="Start").click()
    page.locator("#progress").wait_for()
    look(page, "under-way")
    # The page follows by itself; tracing takes its time on a busy machine.
    page.get_by_text("To review").wait_for(timeout=300_000)


def review(page: Any) -> None:
    page.locator(".made a").first.click()
    page.get_by_role("slider").wait_for()
    look(page, "review")
    page.get_by_role("button", name="What we changed").click()
    page.locator(".changed").wait_for()
    page.screenshot(path="test-artefacts/review-mask-1280.png")
    page.get_by_role("button", name="What we changed").click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("✓ Approved").wait_for()
    look(page, "approved")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download labelled").click()
    image = Image.open(io.BytesIO(Path(started.value.path()).read_bytes()))
    assert (image.format, max(image.size)) == ("PNG", 480)
