"""A real browser before the whole product: every process real, the engine too where a test asks for it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from PIL import Image

from billing.models import User
from tests import needs, serving
from tests.staging.stack import Stack, stack

ROOT = serving.ROOT
ARTEFACTS = ROOT / "test-artefacts"
SAMPLE = ROOT / "config" / "static" / "samples" / "empty-living-room.jpg"
DESKTOP, PHONE = (1280, 900), (390, 844)
# The machine may be busy with other tests.
PATIENCE = 30_000


class House:
    """The running product: where it is, and the folder of its data."""

    def __init__(self, found: Stack, folder: Path) -> None:
        self.stack = found
        self.folder = folder
        # DEBUG serves static files from where they lie; `collectstatic` would compress a thousand of them first.
        self.web = serving.Web(folder, {**found.environment, "DEBUG": "true", "RENDER_QUALITY": "draft"})

    @property
    def url(self) -> str:
        return self.web.url

    def start(self, *, real_engine: bool, seconds: float = 0.5) -> None:
        """Start all of it; without the real engine a stand-in paints rectangles, each in so many seconds."""
        # What is asked for wakes the worker by itself; the scheduler only finds what was lost.
        self.stack.start("work", "follow")
        self.web.launch()
        if real_engine:
            port = str(self.stack.port)
            command = [sys.executable, "-m", "staging.engine.server", "--host", "127.0.0.1", "--port", port]
            self.stack._run("engine", [*command, "--work-dir", str(self.folder / "engine"), "--tracer", "auto"])
            serving.wait_until(self.stack._engine_answers, "engine", 60)
        else:
            self.stack.start_engine(seconds=seconds)
        self.web.wait()

    def mailed_link(self, path: str) -> str:
        """The path of the newest link that was mailed and begins with `path`."""
        mails = sorted((self.folder / "mail").glob("*"), key=lambda file: file.stat().st_mtime)
        found = [link for file in mails for link in re.findall(rf"http://[^/\s\"]+({path}[^\s\"<]*)", file.read_text())]
        assert found, "no such mail"
        return str(found[-1])


@pytest.fixture
def house(tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The product, not yet started."""
    needs.chromium()
    # Playwright's loop runs in this thread; Django would refuse to speak to the database beside it.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with stack(tmp_path) as found:
        built = House(found, tmp_path)
        try:
            yield built
        finally:
            built.web.kill()


Opened = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def opened(house: House) -> Iterator[Opened]:
    """`with opened(size, **context) as page`: a page of a new visitor; an error in its console fails the test."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])

        @contextmanager
        def visit(size: tuple[int, int], **more: Any) -> Iterator[Any]:
            viewport = {"width": size[0], "height": size[1]}
            context = browser.new_context(
                viewport=viewport, base_url=house.url, has_touch=size == PHONE, is_mobile=size == PHONE, **more
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            complaints: list[str] = []
            page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page
            # The browser also notes what a test did on purpose: a form filled in wrongly, a line that broke, a piece
            # or a corner that was dragged to where it cannot be.
            meant = ("status of 400", "status of 422", "ERR_CONNECTION_RESET")
            assert [text for text in complaints if not any(one in text for one in meant)] == []
            context.close()

        yield visit
        browser.close()


def log_in(page: Any, user: User, password: str) -> None:
    """Sign in by the form."""
    # The fixture's hash is of a kind that only tests use; the web process runs with the product's own.
    User.objects.filter(pk=user.pk).update(password=Argon2PasswordHasher().encode(password, "salt-for-tests"))
    page.goto("/accounts/login/")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", level=1).wait_for()


def look(page: Any, name: str) -> None:
    """Keep a picture of the page, hold it to axe, and see that nothing sticks out at its side."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only where there is a browser

    ARTEFACTS.mkdir(exist_ok=True)
    width = page.viewport_size["width"]
    page.screenshot(path=str(ARTEFACTS / f"{name}-{width}.png"), full_page=True)
    # What passes is of no interest, and listing it takes most of the time.
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [
        (one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the screen"


def sample_photo(folder: Path, name: str, edge: int = 480) -> Path:
    """Our own sample room, small, so that tracing it takes seconds."""
    with Image.open(SAMPLE) as image:
        image.thumbnail((edge, edge))
        image.save(folder / name, quality=92)
    return folder / name
