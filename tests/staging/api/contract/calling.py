"""How these tests call: a server with everything behind it, a partner with a key, and rows of what is said and sent."""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from tests import serving
from tests.staging import pictures

PHOTO = pictures.encoded(pictures.room(360, 270))
DATA_URL = "data:image/jpeg;base64," + base64.b64encode(PHOTO).decode()
LIVING = {"room_type": "living", "style": "modern"}
NO_WAIT = {**LIVING, "wait_for_completion": "false"}
CREATE, VARY, RENDER = "/v1/render/create", "/v1/render/create-variation", "/v1/render"
FIELDS = {"room_type": "living_room", "style": "modern", "space": "interior"}
# What the engine's stand-in says of photos of this width.
FAILURE = {"class": "customer_input", "code": "room_unreadable", "message": "The corners of this room cannot be seen."}
FAILING_WIDTH = 362
# Of photos of these widths every second picture fails; pictures take two seconds more; nothing is to be removed.
HALF_WIDTH, SLOW_WIDTH, BARE_WIDTH = 364, 366, 368
# Of the server: small, so that what is over them is quickly sent.
PHOTO_BYTES, BODY_BYTES = 300_000, 900_000


@dataclass
class Partner:
    """Calls a server with one key."""

    url: str
    key: str
    scheme: str = "Api-Key"

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """One request, with the key unless `headers` says otherwise, and without following redirects."""
        headers = {"Authorization": f"{self.scheme} {self.key}"} | how.pop("headers", {})
        return serving.request(method, self.url + path, headers=headers, timeout=60, **how)

    def create(self, **arguments: Any) -> dict[str, Any]:
        """What create answers after its wait."""
        answer = self.ask("POST", CREATE, params=LIVING | arguments, files={"file": PHOTO})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def done(self, render_id: str) -> dict[str, Any]:
        """The render, once nothing is pending."""
        deadline = time.monotonic() + 60
        while True:
            found: dict[str, Any] = self.ask("GET", RENDER, params={"render_id": render_id}).json()
            if found["status"] not in {"rendering", "queued"}:
                return found
            assert time.monotonic() < deadline
            time.sleep(0.05)


@dataclass(frozen=True)
class Row:
    """A sentence, the request that tries it, and the status and code that must come back."""

    sentence: str
    method: str
    path: str
    status: int
    code: str
    how: dict[str, Any]


def get(sentence: str, path: str, status: int = 200, code: str = "", **how: Any) -> Row:
    return Row(sentence, "GET", path, status, code, how)


def create(sentence: str, status: int = 200, code: str = "", *, path: str = CREATE, **how: Any) -> Row:
    """Create, with a photo and everything that is needed unless told otherwise."""
    if not {"json", "content", "files"} & how.keys():
        how["files"] = {"file": PHOTO}
    return Row(sentence, "POST", path, status, code, {"params": NO_WAIT, **how})


def convert(sentence: str, status: int = 200, code: str = "", *, path: str = "/interior/", **how: Any) -> Row:
    """The same of a conversion; fields that are None are left out."""
    fields = {**FIELDS, "uuid": uuid.uuid4().hex, **how.pop("data", {})}
    how = {
        "files": {"files": PHOTO},
        **how,
        "data": {name: value for name, value in fields.items() if value is not None},
    }
    return Row(sentence, "POST", path, status, code, how)


def said(**more: Any) -> dict[str, Any]:
    """A header with another key or scheme."""
    return {"headers": {name.replace("_", "-"): value for name, value in more.items()}}


def spoken(value: Any, key: str) -> Any:
    """A row's arguments with the key in its place."""
    if isinstance(value, dict):
        return {name: spoken(found, key) for name, found in value.items()}
    return value.replace("{key}", key) if isinstance(value, str) else value


def answered(row: Row, partner: Partner) -> tuple[httpx.Response, str]:
    """What comes back, and the same in words."""
    answer = partner.ask(row.method, row.path, **spoken(row.how, partner.key))
    told = f"{row.sentence}: {answer.status_code} {answer.text}"
    assert (answer.status_code, answer.headers["content-type"]) == (row.status, "application/json"), told
    assert answer.headers["access-control-allow-origin"] == "*", told
    # Whoever is known is told how the key stands, by refusals too.
    if row.status != 401 and row.code not in {"not_found", "method_not_allowed"}:
        check_standing(answer, told)
    return answer, told


def check_standing(answer: httpx.Response, told: str = "") -> None:
    """The answer says how the caller's key stands; who is to come back is told when."""
    limit, left, reset = (int(answer.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))
    assert 0 <= left <= limit, told
    assert reset >= 0, told
    assert ("retry-after" in answer.headers) == (answer.status_code in {429, 503}), told
