"""More than a password: an authenticator app, recovery codes, and what they do not touch. Passkeys need a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from billing import closing, second_factor
from billing.models import Account, User
from tests.conftest import PASSWORD
from tests.listings.test_every_page import complaints

NOW = 1_800_000_000


def code_of(secret: str, seconds: float) -> str:
    """What an app with this secret shows at that time (RFC 6238, half a minute each)."""
    return format_hotp_value(hotp_value(secret, int(seconds) // 30))


def sign_in(email: str, *, code: str | None = None) -> Client:
    """A browser of its own after the password, and after the code where one is given."""
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    if code is not None:
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    return browser


def prove(browser: Client, path: str) -> Any:
    """The page under /accounts/2fa/, after the fresh proof that it asks for: the password again."""
    asked = browser.get(f"/accounts/2fa/{path}")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    return browser.post(asked["Location"], {"password": PASSWORD}, follow=True)


def set_up(owner: User) -> tuple[str, list[str]]:
    """Set up an app as its owner does on the page; its secret, and the recovery codes that the page shows then."""
    browser = sign_in(owner.email)
    page = prove(browser, "totp/activate/").content.decode()
    assert complaints(page) == []
    found = re.search(r'<code class="key">(\w+)</code>', page)
    assert found is not None
    # A code that is wrong changes nothing, and the secret stays the one that was scanned.
    again = browser.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content.decode()
    assert found[1] in again
    assert not second_factor.is_on(owner)
    codes = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1], NOW)}, follow=True).content.decode()
    assert complaints(codes) == []
    return found[1], re.findall(r"<li><code>(\d+)</code>", codes)


def test_a_code_of_the_app_is_asked_for_after_the_password(owner: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        secret, _ = set_up(owner)
        clock.move_to(NOW + 60)
        halfway = sign_in(owner.email)
        assert not get_user(halfway).is_authenticated
        assert complaints(halfway.get("/accounts/2fa/authenticate/").content.decode()) == []
        assert not get_user(sign_in(owner.email, code="123456")).is_authenticated
        inside = sign_in(owner.email, code=code_of(secret, NOW + 60))
        assert get_user(inside) == owner
        assert complaints(inside.get("/accounts/2fa/").content.decode()) == []
        # Whoever looked over the shoulder comes too late: a code lets in once.
        assert not get_user(sign_in(owner.email, code=code_of(secret, NOW + 60))).is_authenticated


def test_a_recovery_code_lets_in_once(owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        _, codes = set_up(owner)
        assert len(codes) == 10
        assert get_user(sign_in(owner.email, code=codes[3])) == owner
        assert not get_user(sign_in(owner.email, code=codes[3])).is_authenticated
        inside = sign_in(owner.email, code=codes[4])
        assert "Codes left: 8" in inside.get("/accounts/2fa/").content.decode()
        prove(inside, "totp/deactivate/")
        left = inside.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
        assert left == [code for code in codes if code not in codes[3:5]]
        inside.post("/accounts/2fa/recovery-codes/generate/")
        assert not get_user(sign_in(owner.email, code=codes[5])).is_authenticated


def test_turned_off_the_password_is_enough_again_and_its_owner_is_told(owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        _, codes = set_up(owner)
        inside = sign_in(owner.email, code=codes[0])
        assert complaints(prove(inside, "totp/deactivate/").content.decode()) == []
        inside.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=owner).exists()
    assert get_user(sign_in(owner.email)) == owner
    assert mail.outbox[-1].subject == "The authenticator app was turned off"
    assert mail.outbox[-1].to == [owner.email]


def test_changes_ask_for_a_fresh_proof(owner: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        _, codes = set_up(owner)
        inside = sign_in(owner.email, code=codes[0])
        clock.move_to(NOW + 3600)
        for path in ("totp/deactivate/", "recovery-codes/generate/", "webauthn/add/"):
            answer = inside.post(f"/accounts/2fa/{path}")
            assert "/reauthenticate/" in answer["Location"], path
        assert complaints(inside.get("/accounts/2fa/reauthenticate/").content.decode()) == []
        # Codes are not shown to whoever finds the browser open.
        assert codes[5] not in inside.get("/accounts/2fa/recovery-codes/").content.decode()
        assert second_factor.is_on(owner)


def test_guesses_at_the_code_are_stopped(owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        _, codes = set_up(owner)
        browser = sign_in(owner.email)
        for guess in range(12):
            browser.post("/accounts/2fa/authenticate/", {"code": f"{guess:06d}"})
        browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert not get_user(browser).is_authenticated


def test_api_keys_know_nothing_of_it(owner: User, account: Account, api_key: str) -> None:
    with time_machine.travel(NOW, tick=False):
        set_up(owner)
    answer = Client().get("/v1/render", {"render_id": "nothing"}, headers={"Authorization": f"Api-Key {api_key}"})
    assert answer.status_code == 404


def test_the_database_alone_gives_no_secret_away_and_an_old_key_is_still_read(owner: User, settings: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        secret, codes = set_up(owner)
        assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
        old = settings.SECRET_KEY
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the site", [old]
        clock.move_to(NOW + 90)
        assert get_user(sign_in(owner.email, code=code_of(secret, NOW + 90))) == owner
        settings.SECRET_KEY_FALLBACKS = []
        clock.move_to(NOW + 150)
        assert not get_user(sign_in(owner.email, code=code_of(secret, NOW + 150))).is_authenticated
        assert not get_user(sign_in(owner.email, code=codes[0])).is_authenticated


def test_an_address_that_nobody_confirmed_sets_up_nothing(db: None) -> None:
    browser = Client()
    browser.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
    assert "Confirm your address first" in page
    assert 'name="code"' not in page


def test_who_closes_the_account_leaves_no_factor_behind(owner: User, account: Account) -> None:
    with time_machine.travel(NOW, tick=False):
        set_up(owner)
    closing.close(account)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", ["", "totp/activate/", "webauthn/add/", "recovery-codes/"])
def test_the_pages_are_for_who_is_signed_in(path: str, db: None) -> None:
    assert Client().get(f"/accounts/2fa/{path}")["Location"].startswith("/accounts/login/")


def test_staff_come_in_by_the_sites_own_door_with_a_second_factor(db: None, settings: Any) -> None:
    settings.ADMIN_REQUIRES_MFA = True
    root = User.objects.create_superuser("root@example.com", PASSWORD)
    # Django's own form would ask for the password and nothing else.
    browser = Client()
    browser.post("/admin/login/", {"username": root.email, "password": PASSWORD})
    assert not get_user(browser).is_authenticated
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")

    browser = sign_in(root.email)
    answer = browser.get("/admin/billing/account/", follow=True)
    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert "more than a password" in answer.content.decode()
    EmailAddress.objects.update_or_create(user=root, email=root.email, defaults={"verified": True, "primary": True})
    with time_machine.travel(NOW, tick=False):
        _, codes = set_up(root)
        assert sign_in(root.email, code=codes[0]).get("/admin/billing/account/").status_code == 200


def test_staff_help_who_has_lost_everything(owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        set_up(owner)
    User.objects.create_superuser("root@example.com", PASSWORD)
    support = sign_in("root@example.com")
    answer = support.post("/admin/billing/user/", {"action": "forget_second_factor", "_selected_action": [owner.pk]})
    assert answer.status_code == 302
    assert get_user(sign_in(owner.email)) == owner
    assert "Second factor removed" in support.get(f"/admin/billing/user/{owner.pk}/history/").content.decode()
