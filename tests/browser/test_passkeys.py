"""An agent adds a passkey and comes back with it alone: no password, no script in the page, under the strict policy."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Account, User
from tests.browser.conftest import DESKTOP, House, Opened, log_in, look
from tests.conftest import PASSWORD


def virtual_key(page: Any) -> Any:
    """Chromium's own authenticator, which verifies its user at once."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, added["authenticatorId"]


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_passkey_signs_in_by_itself(house: House, opened: Opened, account: Account) -> None:
    owner = User.objects.get(email="owner@example.com")
    house.web.start()
    # Browsers make passkeys for names and over HTTPS, and take localhost for both.
    house.web.url = house.web.url.replace("127.0.0.1", "localhost")
    with opened(DESKTOP) as page:
        devtools, authenticator = virtual_key(page)
        log_in(page, owner, PASSWORD)
        page.goto("/accounts/2fa/")
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Name, to tell it from others").fill("My laptop")
        look(page, "passkey-add")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("heading", name="Recovery codes").wait_for()
        look(page, "recovery-codes")
        page.goto("/accounts/2fa/")
        page.get_by_text("My laptop").first.wait_for()
        look(page, "security")

        page.context.clear_cookies()
        page.goto("/accounts/login/")
        look(page, "sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_role("heading", name="Listings").wait_for()

        # With the password the passkey is the second step.
        page.context.clear_cookies()
        log_in(page, owner, PASSWORD)
        page.get_by_role("heading", name="One more step").wait_for()
        look(page, "second-step")
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_role("heading", name="Listings").wait_for()

        # Without it nobody comes in, and is told so.
        devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('nobody')) }")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_text("That did not work").wait_for()
