"""A partner of the Listing API, and listings for it to work with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing import keys
from billing.models import Account
from tests.staging.api.renders.conftest import picture
from tests.staging.runs import go
from tests.staging.stand_in import EVERY_KIND, StandIn

Told = dict[str, Any]


class Partner:
    """Calls `/api/v2/` with one key."""

    def __init__(self, key: str) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Api-Key {key}"} if key else {}

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """One call with a JSON body."""
        more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        call = getattr(self.client, method.lower())
        sent = {**self.headers, **(headers or {})}
        if method == "GET":
            return call(f"/api/v2/{path}", query, headers=sent)
        return call(f"/api/v2/{path}", headers=sent, query_params=query, **more)

    def get(self, path: str, **query: Any) -> Told:
        """The body of a success."""
        return self._told(self.ask("GET", path, **query))

    def post(self, path: str, body: Any = None, **headers: str) -> Told:
        """The body of a success."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._told(self.ask("POST", path, {} if body is None else body, named))

    def upload(self, listing: Told, *, shade: int = 120, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """POST of a photo's form."""
        file = SimpleUploadedFile(fields.pop("name", "room.jpg"), picture(shade=shade), "image/jpeg")
        path = f"/api/v2/listings/{listing['ListingKey']}/photos"
        return self.client.post(path, {"file": file, **fields}, headers={**self.headers, **(headers or {})})

    @staticmethod
    def _told(answer: Any) -> Told:
        assert answer.status_code == 200, answer.content
        found: Told = answer.json()
        return found


@pytest.fixture(autouse=True)
def every_kind(settings: Any) -> None:
    """The stand-in serves every kind of job."""
    for name, value in EVERY_KIND.items():
        setattr(settings, name, value)


@pytest.fixture
def partner(api_key: str) -> Partner:
    return Partner(api_key)


@pytest.fixture
def other(stranger_account: Account) -> Partner:
    """A partner with the key of another account."""
    return Partner(keys.create(stranger_account, "tests", scope="admin")[1])


@pytest.fixture
def listing(partner: Partner) -> Told:
    return partner.post("listings", {"UnparsedAddress": "12 Elm Street", "City": "Fresno"})


@pytest.fixture
def photo(partner: Partner, listing: Told) -> Told:
    told: Told = partner.upload(listing, RoomType="living").json()
    return told


@pytest.fixture
def engine(settings: Any) -> Iterator[StandIn]:
    """A stand-in for the engine's server, in threads of this process."""
    with StandIn() as engine:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = engine.url, ""
        yield engine


@pytest.fixture
def staged(partner: Partner, listing: Told, photo: Told, engine: StandIn) -> Told:
    """A picture of the photo that is done."""
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    asked = partner.post(path, {"Style": "modern", "Seed": 4})
    make(asked)
    return partner.get(f"pictures/{asked['RenderId']}")


def make(picture: Told) -> None:
    """What worker and follower do for a picture."""
    from staging.models import Render  # noqa: PLC0415 - models are there only now

    go(Render.objects.get(public_id=picture["RenderId"]))


@pytest.fixture
def said() -> Callable[..., None]:
    """Asserts an error answer: its status, code and shape."""

    def check(answer: Any, status: int, code: str, *fields: str) -> None:
        body = answer.json()
        assert (answer.status_code, body["code"]) == (status, code), body
        assert body["error"] == body["message"]
        assert set(body.get("errors", {})) == set(fields)
        assert answer["Access-Control-Allow-Origin"] == "*"

    return check
