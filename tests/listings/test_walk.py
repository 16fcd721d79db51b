"""From signing in to the downloaded picture: without JavaScript, and in a real browser."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from billing import ledger
from billing.models import Account, User
from staging.models import Render
from tests import needs, serving
from tests.conftest import PASSWORD
from tests.listings.conftest import finish
from tests.staging.pictures import encoded
from tests.staging.stack import stack

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def submit(client: Client, page: str, path: str, **fields: Any) -> Any:
    """Send a form of the page, with the page's own token."""
    token = TOKEN.search(page)
    assert token is not None
    return client.post(path, {"csrfmiddlewaretoken": token[1], **fields}, follow=True)


def test_without_javascript(owner: User, account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/studio/", follow=True).content.decode()
    studio = submit(client, page, "/accounts/login/?next=/studio/", login=owner.email, password=PASSWORD)
    assert studio.request["PATH_INFO"] == "/studio/"
    photo = SimpleUploadedFile("room.jpg", encoded(), "image/jpeg")
    waiting = submit(client, studio.content.decode(), "/studio/", photo=photo, room_type="dining", style="standard")
    assert '<noscript><meta http-equiv="refresh"' in waiting.content.decode()
    finish(Render.objects.get())
    done = client.get(waiting.request["PATH_INFO"]).content.decode()
    assert 'http-equiv="refresh"' not in done
    assert done.count("<img") == 2  # before and after, one above the other
    download = re.search(r'href="([^"]+)" download=', done)
    assert download is not None
    assert client.get(download[1].replace("&amp;", "&")).status_code == 200
    assert ledger.balance(account) == 8


@pytest.fixture
def url(tmp_path: Path, transactional_db: None) -> Iterator[str]:
    """Where the web process listens; behind it every process, with the engine's stand-in, which takes two seconds."""
    with stack(tmp_path) as found:
        # DEBUG serves static files from where they lie; `collectstatic` would compress a thousand of them first.
        web = serving.Web(tmp_path, {**found.environment, "DEBUG": "true"})
        try:
            found.start("work", "follow", "schedule")
            found.start_engine(seconds=2.0)
            web.start()
            yield web.url
        finally:
            web.kill()


@pytest.mark.browser
def test_in_a_browser(url: str, owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    # Playwright's loop runs in this thread; Django would refuse to speak to the database beside it.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    (tmp_path / "room.jpg").write_bytes(encoded())
    # The fixture's hash is of a kind that only tests use; the web process runs with the product's own.
    User.objects.update(password=Argon2PasswordHasher().encode(PASSWORD, "salt-for-tests"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, accept_downloads=True)
        page.set_default_timeout(60_000)  # the machine may be busy with other tests
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        walk(page, url, owner.email, tmp_path)
        browser.close()
    assert complaints == []


def walk(page: Any, url: str, email: str, folder: Path) -> None:
    """Sign in, upload, choose, watch, compare, download."""
    page.goto(url + "/studio/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Stage a room").wait_for()

    page.set_input_files("input[type=file]", folder / "room.jpg")
    page.get_by_text("room.jpg").wait_for()
    page.get_by_role("radio", name="Bedroom", exact=False).last.check(force=True)
    page.get_by_role("radio", name="Scandinavian").check(force=True)
    page.get_by_role("button", name="Stage this room").click()

    page.get_by_role("progressbar").wait_for()
    divider = page.get_by_role("slider")
    divider.wait_for()  # htmx brings it without a reload
    assert page.get_by_role("heading", name="Bedroom, scandinavian").is_visible()
    assert page.locator("#said").inner_text() == "The picture is done."

    assert divider.input_value() == "50"
    divider.focus()
    page.keyboard.press("ArrowLeft")
    assert divider.input_value() == "49"
    box = page.locator("before-after").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    page.mouse.up()
    assert divider.input_value() == "20"

    with page.expect_download() as started:
        page.get_by_role("link", name="Download the picture").click()
    assert started.value.suggested_filename.startswith("bedroom-scandinavian-")
    image = Image.open(io.BytesIO(Path(started.value.path()).read_bytes()))
    assert (image.format, max(image.size)) == ("PNG", 1920)
