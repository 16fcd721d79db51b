"""A stranger gets 404 for every page of another account's listing; a visitor is asked to sign in."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import get_resolver

from billing.models import Account, User
from listings import batches, photos, records
from listings.models import Connection, Import, ListingPhoto
from staging import sources
from staging.briefs import RoomType, Style
from tests.listings.conftest import finish, signed_in
from tests.staging.pictures import encoded

# Pages of nobody in particular.
OF_ALL = {
    "landing",
    "help",
    "original",
    "original_file",
    "home",
    "home_picture",
    "home_embedded",
    "robots",
    "sitemap",
}
# Pages of whoever asks.
OF_ONESELF = {"studio", "renders", "account", "key_create", "listings", "listing_new", "listing_sample"} | {
    "connections", "connection_new", "import_file", "export",
}  # fmt: skip


@pytest.fixture
def mine(account: Account, owner: User) -> ListingPhoto:
    """A photo in a listing of `account`, staged."""
    listing = records.create(account, unparsed_address="12 Elm Street")
    photo, _ = photos.add(listing, sources.accept(account, raw=encoded()), user=owner)
    (staged,) = batches.stage(listing, [(photo, RoomType.LIVING)], style=Style.MODERN, batch=uuid.uuid4(), user=owner)
    finish(staged.render)
    return photo


def paths(photo: ListingPhoto) -> dict[str, str]:
    """Every path of the app that names something of an account, with the names of what is `photo`'s."""
    connection = Connection.objects.create(account=photo.listing.account, name="MLS", address="https://mls.example")
    run = Import.objects.create(account=photo.listing.account, source="File", state="done")
    values = {
        "number": photo.listing_id,
        "key": photo.media_key,
        "token": uuid.uuid4(),
        "draft": 2,
        "public_id": photo.staged.get().render.public_id,
    }
    of_name = {"key": dict.fromkeys(("import_shown", "import_change"), run.key)}
    of_pages = ("connection_edit", "connection_map", "connection_import", "connection_remove")
    of_name["number"] = dict.fromkeys(of_pages, connection.pk)
    found = {}
    resolver = next(one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "listings")
    for pattern in resolver.url_patterns:
        if pattern.name in OF_ALL | OF_ONESELF:
            continue
        found[pattern.name] = "/" + resolver.reverse(
            pattern.name,
            **{name: of_name.get(name, {}).get(pattern.name, values[name]) for name in pattern.pattern.converters},
        )
    return found


def test_a_stranger_finds_nothing(mine: ListingPhoto, stranger: User, account: Account) -> None:
    browser = signed_in(stranger)
    for name, path in paths(mine).items():
        for method in ("get", "post", "put", "delete"):
            status = getattr(browser, method)(path).status_code
            assert status in {404, 405}, (name, method, status)
        assert 404 in {browser.get(path).status_code, browser.post(path).status_code}, name


def test_a_visitor_is_asked_to_sign_in(mine: ListingPhoto) -> None:
    for name, path in paths(mine).items():
        answers = [Client().get(path), Client().post(path)]
        assert any(answer.status_code == 302 for answer in answers), name
        for answer in answers:
            assert answer.status_code == 405 or answer.headers["Location"].startswith("/accounts/login/"), name
