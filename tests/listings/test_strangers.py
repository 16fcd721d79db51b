"""A stranger finds nothing of another account, at any address of the project; a visitor is asked to sign in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from billing import keys
from billing.models import Account, Invitation, Membership, User
from listings import batches, deliveries, photos, records, reviews
from listings.models import Connection, Delivery, Import, ListingPhoto, Profile
from staging import sources, webhooks
from staging.briefs import RoomType, Style
from staging.models import WebhookDelivery
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
}  # fmt: skip
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


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the project but the admin's, with "app:name"."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            if one.app_name != "admin":
                yield from patterns(one, f"{one.app_name}:" if one.app_name else space)
        else:
            yield f"{space}{one.name}", one


def paths(photo: ListingPhoto, account: Account, owner: User) -> dict[str, str]:
    """Every address of the project that names something, with the names of what is `photo`'s account's."""
    values, found = values_of(photo, account, owner), {}
    for name, pattern in patterns(get_resolver()):
        needed = set(pattern.pattern.converters) | set(getattr(pattern.pattern.regex, "groupindex", {}))
        # The listing API is for keys; tests of its own look at what they may see.
        if needed and name not in OF_ALL and not name.startswith("listings_api:"):
            known = values.get(name, values[""])
            found[name] = reverse(name, kwargs={one: known[one] for one in needed})
    return found


def test_a_stranger_finds_nothing(mine: ListingPhoto, stranger: User, account: Account, owner: User) -> None:
    browser = signed_in(stranger)
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
    for name, pattern in patterns(get_resolver()):
        needed = set(pattern.pattern.converters) | set(getattr(pattern.pattern.regex, "groupindex", {}))
        if needed or name.startswith(("None", "api_docs:")) or "logout" in name:
            continue
        answer = browser.get(reverse(name))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert [mark for mark in marks if mark.encode() in body] == [], name
        looked += answer.status_code == 200
    assert looked > 20


def test_the_apis_know_nothing_of_others(mine: ListingPhoto, account: Account, stranger_account: Account) -> None:
    theirs, own = keys.create(stranger_account, "theirs")[1], keys.create(account, "own")[1]
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
