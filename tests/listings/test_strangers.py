"""A stranger finds nothing of another account, at any address of the project; a visitor is asked to sign in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from billing import keys
from billing.models import Account, Invitation, Membership, User
from listings import batches, deliveries, photos, records, reviews
from listings.models import Connection, Delivery, Import, ListingPhoto, Profile
from staging import sources, webhooks
from staging.briefs import RoomType, Style
from staging.models import WebhookDelivery, WebhookSubscription
from tests.conftest import PASSWORD
from tests.listings.conftest import finish, signed_in
from tests.staging.pictures import encoded

# Whose addresses name something that belongs to everybody, or that is itself the permission to see it.
OF_ALL = {
    # Pages of originals are public by law; plans and packs are on sale to everybody.
    "listings:original", "listings:original_file", "listings:home", "listings:home_picture", "listings:home_embedded",
    # A file of one's own account.
    "listings:export",
    "billing:plan_buy", "billing:pack_buy",
    # Signed or secret addresses; test_files_are_a_strangers_only_with_their_signature looks at ours.
    "staging:output_file", "staging:photo_file", "conversions_api:picture", "billing:join",
    "account_confirm_email", "account_reset_password_from_key",
    # Every address below /v1 and /v2 that is none.
    "renders_api:unknown",
    # Names public pages, some at a time.
    "listings:sitemap_part",
}  # fmt: skip
# Whose addresses name nothing, and are open to people who have not signed in.
PUBLIC = {
    "healthz", "readyz", "status", "set_language", "words", "api_docs:page", "api_docs:json", "api_docs:yaml",
    "listings:landing", "listings:help", "listings:robots", "listings:sitemap",
    "billing:webhook",  # Stripe's, signed
    "account_login", "account_logout", "account_inactive", "account_signup", "account_email_verification_sent",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done",
    "account_confirm_login_code", "mfa_authenticate", "mfa_login_webauthn",
    "passkeys", "mfa_list_webauthn",  # one address, which leads on to the page about them
}  # fmt: skip
APIS = ("renders_api:", "conversions_api:", "listings_api:")
MARKS = ("12 Elm Street", "owner@example.com", "Acme Realty", "mine@example.com")


@pytest.fixture
def mine(account: Account, owner: User) -> ListingPhoto:
    """A photo in a listing of `account`, staged, approved, in a delivery."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    (staged,) = batches.stage(listing, [(photo, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    finish(staged.render)
    reviews.approve(staged, owner)
    made = deliveries.request(listing, Profile.objects.get(slug="crmls"), preset="web", labelled=False, user=owner)
    made.file.save("deliveries/mine.zip", ContentFile(b"zip"), save=False)
    Delivery.objects.filter(pk=made.pk).update(state=Delivery.State.DONE, file=made.file.name)
    return photo


def values_of(photo: ListingPhoto, account: Account, owner: User) -> dict[str, Any]:
    """What addresses may name of `account`, by "app:name" of the address or by the converter's name."""
    event = WebhookDelivery.objects.create(run=photo.staged.get().render.runs.get()).event_id
    webhooks.secret_of(account)
    mate = Membership.objects.create(
        user=User.objects.create_user("mine@example.com", "a long enough password"), account=account, role="agent"
    )
    connection = Connection.objects.create(account=account, name="MLS", address="https://mls.example")
    run = Import.objects.create(account=account, source="File", state="done")
    passkey = Authenticator.objects.create(user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "My key"})
    asked = Invitation.objects.create(
        account=account,
        email="mine@example.com",
        role="agent",
        sha256="0" * 64,
        invited_by=owner,
        expires_at="2100-01-01T00:00Z",
    )
    return {
        "listings:key_revoke": {"number": keys.create(account, "mine")[0].pk},
        "listings:delivery_file": {"key": Delivery.objects.get().key, "number": photo.listing_id},
        "billing:invitation_withdraw": {"number": asked.pk},
        **{f"billing:{name}": {"number": mate.pk} for name in ("member_role", "member_remove", "transfer")},
        **{f"listings:connection_{name}": {"number": connection.pk} for name in ("edit", "map", "import", "remove")},
        **{f"mfa_{name}_webauthn": {"pk": passkey.pk} for name in ("remove", "edit")},
        **{f"listings:import_{name}": {"key": run.key} for name in ("shown", "change")},
        "staging:webhook_again": {"event": event},
        "billing:switch": {"uid": account.uid},
        "": {
            "number": photo.listing_id,
            "key": photo.media_key,
            "token": uuid.uuid4(),
            "draft": 2,
            "public_id": photo.staged.get().render.public_id,
        },
    }


def proved_again(browser: Client) -> None:
    """Pages about passkeys want the password to be typed once more."""
    assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def patterns() -> Iterator[tuple[str, set[str]]]:
    """Every address of the project but the admin's: "app:name", and what an address of it names."""
    yield from _below(get_resolver(), "", set())


def _below(resolver: URLResolver, space: str, above: set[str]) -> Iterator[tuple[str, set[str]]]:
    for one in resolver.url_patterns:
        named = above | set(one.pattern.converters) | set(getattr(one.pattern.regex, "groupindex", {}))
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}", named
        elif one.app_name != "admin":
            yield from _below(one, f"{one.app_name}:" if one.app_name else space, named)


def routes(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every route below a resolver, as it is written."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, f"{before}{one.pattern}")
        else:
            yield f"{before}{one.pattern}"


def admin_paths() -> list[str]:
    """Every address of the admin, with a 1 for whatever it names."""
    (admin,) = (one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "admin")
    assert isinstance(admin, URLResolver)
    whole = routes(admin, f"/{admin.pattern}")
    return [re.sub(r"\(\?P<\w+>.*\)\$$", "1", re.sub(r"<(?:\w+:)?\w+>", "1", one)) for one in whole]


def paths(photo: ListingPhoto, account: Account, owner: User) -> dict[str, str]:
    """Every address of the project that names something, with the names of what is `photo`'s account's."""
    values, found = values_of(photo, account, owner), {}
    for name, needed in patterns():
        # The listing API is for keys, and has a walk of its own below.
        if needed and name not in OF_ALL and not name.startswith("listings_api:"):
            known = values.get(name, values[""])
            found[name] = reverse(name, kwargs={one: known[one] for one in needed})
    return found


def test_a_stranger_finds_nothing(mine: ListingPhoto, stranger: User, account: Account, owner: User) -> None:
    browser = signed_in(stranger)
    proved_again(browser)
    walked = paths(mine, account, owner)
    assert len(walked) > 35
    for name, path in walked.items():
        for method in ("get", "post", "put", "delete"):
            status = getattr(browser, method)(path).status_code
            assert status in {404, 405}, (name, method, status)
        assert 404 in {browser.get(path).status_code, browser.post(path).status_code}, name
    assert Membership.objects.filter(account=account).count() == 2
    assert Delivery.objects.count() == 1


def test_pages_of_ones_own_show_nothing_of_others(mine: ListingPhoto, stranger: User) -> None:
    browser = signed_in(stranger)
    marks = (*MARKS, mine.staged.get().render.public_id, str(mine.media_key))
    looked = 0
    for name, needed in patterns():
        if needed or name.startswith(("None", "api_docs:")) or "logout" in name:
            continue
        answer = browser.get(reverse(name))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert [mark for mark in marks if mark.encode() in body] == [], name
        looked += answer.status_code == 200
    assert looked > 20


def test_each_address_is_known_for_what_it_is(db: None) -> None:
    """A new address is walked by itself when it names something, asks to sign in, or has to be entered above."""
    known = {name for name, _ in patterns()}
    assert known >= OF_ALL | PUBLIC
    unsaid = []
    for name, needed in patterns():
        if needed or name in PUBLIC or name.startswith(APIS):
            continue
        path = reverse(name) if not name.endswith("None") else ""
        answers = [getattr(Client(), method)(path) for method in ("get", "post")] if path else []
        asked = [one for one in answers if one.status_code == 302 and one.url.startswith("/accounts/login/")]
        # A method that the address has not is none to be asked for.
        if not asked or len(asked) + sum(one.status_code == 405 for one in answers) < len(answers):
            unsaid.append(name)
    assert unsaid == []


def test_the_admin_is_for_staff_alone(mine: ListingPhoto, stranger: User) -> None:
    browser, helper = signed_in(stranger), User.objects.create_user("helper@example.com", "a long password")
    helper.is_staff = True
    helper.save()
    found = admin_paths()
    assert len(found) > 150
    for path in found:
        answer = browser.get(path)
        # Not even whether there is such a page: a stranger is sent to the admin's own sign-in.
        assert (answer.status_code, answer.headers.get("Location", "")[:13]) == (302, "/admin/login/") or path in {
            "/admin/login/", "/admin/logout/", "/admin/jsi18n/",
        }, path  # fmt: skip
    staff = signed_in(helper)
    # The queue's pages need Redis, and "view on site" leads to pages that are walked above.
    for path in (path for path in found if not path.startswith(("/admin/r/", "/admin/django_rq"))):
        # Staff without a role see that there is an admin, and nothing in it.
        answer = staff.get(path)
        body = answer.content.decode() if answer.status_code == 200 else ""
        assert [mark for mark in MARKS if mark in body] == [], path


def in_the_api(photo: ListingPhoto, account: Account) -> dict[str, str]:
    """Every address of the listing API that names something of `account`'s."""
    hook = WebhookSubscription.objects.create(account=account, url="https://mine.example/hook", events=[])
    values = {
        "listings_api:webhook": {"key": hook.key},
        "": {
            "key": photo.listing.listing_key,
            "media": photo.media_key,
            "delivery": Delivery.objects.get().key,
            "public_id": photo.staged.get().render.public_id,
        },
    }
    found = {}
    for name, needed in patterns():
        if name.startswith("listings_api:") and needed:
            known = values.get(name, values[""])
            found[name] = reverse(name, kwargs={one: known[one] for one in needed})
    return found


def test_a_strangers_key_finds_nothing(mine: ListingPhoto, account: Account, stranger_account: Account) -> None:
    own = Client(headers={"X-Api-Key": keys.create(account, "own", scope="admin")[1]})
    theirs = Client(headers={"X-Api-Key": keys.create(stranger_account, "theirs", scope="admin")[1]})
    walked = in_the_api(mine, account)
    assert len(walked) > 12
    for name, path in walked.items():
        for method in ("get", "post", "put", "patch", "delete"):
            said = getattr(theirs, method)(path, {}, content_type="application/json") if method != "get" else None
            status = (said or theirs.get(path)).status_code
            assert status in {404, 405}, (name, method, status)
            assert Client().generic(method.upper(), path).status_code in {401, 405}, (name, method)
        # The address is right: its owner is answered something else than 404.
        assert own.get(path).status_code in {200, 405}, name
    for name in ("listings", "webhooks"):
        body = theirs.get(reverse(f"listings_api:{name}")).content.decode()
        assert [mark for mark in (*MARKS, "mine.example") if mark in body] == [], name
    assert Delivery.objects.count() == 1
    assert WebhookSubscription.objects.count() == 1


def test_the_apis_know_nothing_of_others(mine: ListingPhoto, account: Account, stranger_account: Account) -> None:
    theirs, own = (
        keys.create(stranger_account, "theirs", scope="admin")[1],
        keys.create(account, "own", scope="admin")[1],
    )
    render = mine.staged.get().render.public_id
    assert Client(headers={"X-Api-Key": own}).get(f"/v1/render?render_id={render}").status_code == 200
    client = Client(headers={"X-Api-Key": theirs})
    assert client.get(f"/v1/render?render_id={render}").status_code == 404
    varied = client.post(f"/v1/render/create-variation?render_id={render}", {"style": "modern"})
    assert varied.status_code == 404
    assert mine.staged.get().render.runs.count() == 1


def test_files_are_a_strangers_only_with_their_signature(mine: ListingPhoto, stranger: User) -> None:
    browser = signed_in(stranger)
    output = mine.staged.get().output
    assert output is not None
    public_id = output.run.render.public_id
    for there, nowhere in (
        (
            f"/renders/{public_id}/outputs/{output.uuid}-master.png",
            f"/renders/{public_id}/outputs/{uuid.uuid4()}-master.png",
        ),
        (f"/photos/{mine.photo.uuid}/picture.png", f"/photos/{uuid.uuid4()}/picture.png"),
    ):
        answers = [browser.get(path) for path in (there, nowhere)]
        # Whether the file exists, the answer does not tell.
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].content == answers[1].content


def test_a_visitor_is_asked_to_sign_in(mine: ListingPhoto, account: Account, owner: User) -> None:
    for name, path in paths(mine, account, owner).items():
        answers = [Client().get(path), Client().post(path)]
        assert any(answer.status_code == 302 for answer in answers), name
        for answer in answers:
            assert answer.status_code == 405 or answer.headers["Location"].startswith("/accounts/login/"), name
