"""An agent starts a batch, closes the page while the pictures are being made, and comes back to find them all."""

from __future__ import annotations

from typing import Any

import pytest

from billing import ledger
from billing.models import Account, User
from listings import photos, records
from listings.models import StagedPhoto
from staging import sources
from staging.models import Run, State
from tests import serving
from tests.browser.conftest import DESKTOP, House, Opened, log_in
from tests.conftest import PASSWORD
from tests.staging.pictures import encoded, room

ROOMS = ["living room.png", "bedroom.png", "home office.png"]


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_leaving_the_page_while_renders_run_loses_nothing(
    house: House, opened: Opened, account: Account, owner: User
) -> None:
    listing = records.create(account, unparsed_address="12 Elm Street")
    for number, name in enumerate(ROOMS):
        raw = encoded(room(640 + number, 420))
        photos.add(listing, sources.accept(account, raw=raw), user=owner, file_name=name)
    # Long enough that the first pictures are in work and the last ones may wait when the page goes.
    house.start(real_engine=False, seconds=2.0)
    with opened(DESKTOP) as page:
        log_in(page, owner, PASSWORD)
        page.goto(f"/listings/{listing.pk}/stage/")
        page.get_by_role("button", name="Choose all").click()
        page.get_by_role("button", name="Start").click()
        page.get_by_text("You may leave this page; nothing is lost.").wait_for()
        known = page.context.storage_state()
        page.close()
    assert not Run.objects.filter(state=State.DONE).exists()
    serving.wait_until(lambda: Run.objects.filter(state=State.DONE).count() == len(ROOMS), "the pictures")

    with opened(DESKTOP, storage_state=known) as page:
        page.goto(f"/listings/{listing.pk}/")
        assert page.locator("#progress").count() == 0
        for item in page.locator("ol.photos > li").all():
            item.get_by_text("To review").wait_for()
            assert_drawn(item.locator(".made img"))
        page.get_by_role("link", name="Account 4 credits left").wait_for()
    assert (StagedPhoto.objects.count(), Run.objects.count()) == (len(ROOMS), len(ROOMS))
    assert len(house.stack.seen()["started"]) == len(ROOMS)
    assert ledger.balance(account) == 4


def assert_drawn(picture: Any) -> None:
    """The one picture is really there, not a broken file."""
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 0
