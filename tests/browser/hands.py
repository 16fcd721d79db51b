"""Without a mouse, and without JavaScript: walks that share the site of the phone's (test_phone)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from billing.models import User
from tests.browser.conftest import log_in
from tests.conftest import PASSWORD


def by_keyboard(page: Any, owner: User) -> None:
    log_in(page, owner, PASSWORD)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    press_on(page, "Open the sample listing")
    page.get_by_role("heading", name="1 Sample Street").wait_for()
    press_on(page, "Stage photos")
    page.get_by_role("heading", name="Stage photos").wait_for()
    press_on(page, "Choose all")
    tab_to(page, "Modern")
    page.keyboard.press("ArrowRight")
    press_on(page, "Start")
    page.get_by_text("To review").nth(1).wait_for()
    press_on(page, "Living room, scandinavian")
    page.get_by_role("slider").wait_for()
    tab_to(page, "Divider between the empty and the furnished room")
    page.keyboard.press("End")
    assert page.get_by_role("slider").input_value() == "100"
    press_on(page, "What we changed")
    page.locator(".changed").wait_for()
    press_on(page, "Approve")
    page.get_by_text("✓ Approved").wait_for()


NAME = """() => {
    const one = document.activeElement;
    // Nothing has the focus; all that the page says is not its name.
    if (one === document.body) return "";
    const labels = [...(one.labels || [])].map((label) => label.textContent);
    const words = [one.getAttribute("aria-label"), one.textContent, ...labels, one.querySelector?.("img")?.alt];
    return words.filter(Boolean).join(" ");
}"""


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate(NAME):
            return
    raise AssertionError(f"no Tab leads to {name}")


def press_on(page: Any, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def without_javascript(page: Any, owner: User, photo: Path) -> None:
    log_in(page, owner, PASSWORD)
    page.get_by_role("link", name="New listing").click()
    page.get_by_label("Address").fill("7 Oak Avenue")
    page.get_by_role("button", name="Make it").click()
    page.set_input_files("input[type=file]", photo)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("1 photo was added.").wait_for()
    page.get_by_role("link", name="Stage photos").click()
    page.locator(".choose input[type=checkbox]").check()
    page.get_by_role("button", name="Start").click()
    # The page reloads itself every five seconds; whoever is in a hurry does it by hand.
    for _ in range(120):
        if page.get_by_text("To review").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.locator(".made a").click()
    assert page.locator("before-after img").count() == 2
    with page.expect_download() as started:
        page.get_by_role("link", name="Download clean").click()
    assert Path(started.value.path()).read_bytes().startswith(b"\x89PNG")
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("✓ Approved").wait_for()
