"""The public page as buyers meet it: at a desk, on a phone by night, by keyboard, without JavaScript, in a frame."""

from __future__ import annotations

import threading
import uuid
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from PIL import Image

from billing.models import Account, User
from listings import batches, homes, photos, records, reviews
from listings.models import ListingPage, PagePicture, Profile
from staging import sources
from staging.briefs import RoomType, Style
from tests.browser.conftest import DESKTOP, PHONE, SAMPLE, House, Opened, log_in, look, sample_photo
from tests.conftest import PASSWORD
from tests.listings.test_delivery import staged_picture


@pytest.fixture
def page_of_a_home(account: Account, owner: User, tmp_path: Path) -> ListingPage:
    """A published page: a living room that is staged, and the same photo from nearer by."""
    if not Profile.objects.exists():  # a test before this one has emptied every table
        import_module("listings.migrations.0003_seed_profiles").seed(apps, None)
    listing = records.create(
        account, unparsed_address="12 Elm Street", city="Salem", state_or_province="OR", country="US",
        list_price=450000, bedrooms_total=3, bathrooms_total_integer=2, living_area=1450, standard_status="Active",
        public_remarks="A bright corner home near the park, with oak floors throughout.",
        list_agent_full_name="Dana Reyes", list_office_name="Acme Realty", listing_id="SR4711",
    )  # fmt: skip
    near = tmp_path / "near.jpg"
    with Image.open(SAMPLE) as image:
        image.crop((image.width // 3, image.height // 4, image.width, image.height)).save(near)
    for file in (sample_photo(tmp_path, "living.jpg", 900), near):
        photos.add(listing, sources.accept(account, raw=file), user=owner)
    first = next(iter(photos.of_listing(listing)))
    (staged,) = batches.stage(listing, [(first, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    staged_picture(staged.render)
    reviews.approve(staged, owner)
    made = homes.publish(listing, Profile.objects.get(slug="crmls"), owner)
    homes.make_copies(made.pk)
    return made


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_a_buyer_looks_at_a_home(
    house: House, opened: Opened, page_of_a_home: ListingPage, owner: User, tmp_path: Path
) -> None:
    house.web.start()
    path = f"/homes/{homes.name_of(page_of_a_home)}"
    with opened(DESKTOP) as page:
        page.goto(path)
        look(page, "home")
        by_keyboard(page)
        page.get_by_label("Original photos only").check()
        assert page.locator(".after:visible").count() == 0
        assert page.locator("img:visible").count() == 2
        in_a_frame(
            page, house, f"{path}/embedded/{PagePicture.objects.get(staged__isnull=False).code.lower()}", tmp_path
        )
    with opened(PHONE, color_scheme="dark", java_script_enabled=False, locale="es") as page:
        page.goto(path)
        assert page.get_by_text("Ver la foto original").count() == 1
        # One above the other, and what lies above is not covered.
        assert page.locator("before-after img:visible").count() == 2
        page.get_by_label("Solo las fotos originales").check()
        assert page.locator(".after:visible").count() == 0
    with opened(PHONE, color_scheme="dark") as page:
        page.goto(path)
        look(page, "home-dark")
    with opened(DESKTOP) as page:
        log_in(page, owner, PASSWORD)
        page.goto(f"/listings/{page_of_a_home.listing_id}/page/")
        look(page, "public-page")
        page.get_by_role("button", name="Withdraw the page").click()
        page.get_by_text("The page is withdrawn.").wait_for()
    with opened(DESKTOP) as page:
        assert page.request.get(path).status == 410


def by_keyboard(page: Any) -> None:
    slider = page.get_by_role("slider", name="Divider between the original photo and the altered picture")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "100 percent of the altered picture"
    page.keyboard.press("End")
    assert slider.input_value() == "100"


def in_a_frame(page: Any, house: House, path: str, folder: Path) -> None:
    """Both snippets on a page of another origin: they load, and the script fits the frame to its content."""
    html = f"""<!doctype html><title>x</title><link rel="icon" href="data:,"><h1>Another site</h1>
        <iframe id="plain" src="{house.url}{path}"></iframe>
        <script src="{house.url}/static/embed.js" data-home="{house.url}{path}"></script>"""
    (folder / "other.html").write_text(html)
    serve = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as other:
        threading.Thread(target=other.serve_forever, args=(0.05,), daemon=True).start()
        page.goto(f"http://127.0.0.1:{other.server_port}/other.html")
        page.frame_locator("#plain").get_by_text("See the original, unaltered photo").wait_for()
        page.wait_for_function("document.querySelectorAll('iframe')[1].style.height.endsWith('px')")
        cut = page.frames[-1].evaluate("document.documentElement.scrollHeight - innerHeight")
        other.shutdown()
    assert cut <= 1
