"""Both contracts, sentence by sentence, over real HTTP: a table of what is said, what is sent and what must come back.

The sentence stands first in each row. The tests below follow pictures through every process but the engine itself. What
takes trouble to bring about (a full queue, a dead worker) has files of its own.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from PIL import Image

from billing import accounts, keys, ledger
from billing.models import Account
from tests import needs, serving
from tests.fuzz import fuzz
from tests.staging import pictures
from tests.staging.stack import stack

pytestmark = pytest.mark.django_db(transaction=True)

PHOTO = pictures.encoded(pictures.room(360, 270))
DATA_URL = "data:image/jpeg;base64," + base64.b64encode(PHOTO).decode()
LIVING = {"room_type": "living", "style": "modern"}
NO_WAIT = {**LIVING, "wait_for_completion": "false"}
CREATE, VARY, RENDER = "/v1/render/create", "/v1/render/create-variation", "/v1/render"
FIELDS = {"room_type": "living_room", "style": "modern", "space": "interior"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A server with everything behind it; its engine serves every kind of job, in a tenth of a second."""
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("contract")) as found:
        web = serving.Web(found.folder, found.environment | {"PHOTO_MAX_BYTES": "300000", "FETCH_ALLOW_PRIVATE": "1"})
        try:
            found.start_engine(seconds=0.1)
            found.start("work", "follow", "schedule")
            web.start()
            yield web.url
        finally:
            web.kill()


@dataclass
class Partner:
    """Calls a server with one key."""

    url: str
    key: str
    scheme: str = "Api-Key"

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """One request, with the key unless `headers` says otherwise, and without following redirects."""
        headers = {"Authorization": f"{self.scheme} {self.key}"} | how.pop("headers", {})
        return httpx.request(method, self.url + path, headers=headers, timeout=60, **how)

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


@pytest.fixture
def partner(url: str, account: Account) -> Partner:
    """A partner with a key of `account`."""
    return Partner(url, keys.create(account, "contract")[1])


# --- what is refused, and what is forgiven ----------------------------------------------------------------


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


NO_KEY = said(Authorization="")
BIG, BAD = {"file": b"x" * 300_001}, {"file": b"hello"}
ROWS = [
    get("Both forms answer; never a redirect", "/v1/ping/"),
    create("Both forms answer; never a redirect", path=f"{CREATE}/"),
    get("The scheme is matched without case", "/v1/ping", **said(Authorization="aPi-kEY {key}")),
    get("works as Bearer", "/v1/options", **said(Authorization="Bearer {key}")),
    get("works as Token", "/v1/options", **said(Authorization="Token {key}")),
    get("and as the header X-Api-Key", "/v1/ping", **said(Authorization="", X_Api_Key="{key}")),
    get("Missing: 401", "/v1/ping", 401, "invalid_api_key", **NO_KEY),
    create("Wrong: 401, before the image", 401, "invalid_api_key", files=BAD, **said(Authorization="Api-Key x")),
    get("An unknown path is this JSON 404", "/v1/nothing", 404, "not_found"),
    get("whatever the credentials", "/v2/anything", 404, "not_found", **NO_KEY),
    create("Arguments come from the query string"),
    create("then form fields", params={"style": "gothic"}, data=NO_WAIT),
    create("then JSON; the later wins", params={"style": "gothic"}, json={**NO_WAIT, "image_url": DATA_URL}),
    create("Unknown arguments are ignored", params={**NO_WAIT, "colour": "blue"}),
    create("camelCase works", params={"roomType": "bed", "style": "modern", "waitForCompletion": "0"}),
    create("Case, -, _ and spaces do not matter", params={**NO_WAIT, "room_type": "Home-Office"}),
    create("Booleans in any case", params={**NO_WAIT, "wait_for_completion": "OFF"}),
    create("a raw image body is accepted", content=PHOTO, headers={"Content-Type": "image/jpeg"}),
    create("or octet-stream", content=PHOTO, headers={"Content-Type": "application/octet-stream"}),
    create("other file parts are ignored", files={"file": PHOTO, "mask": b"x"}),
    create("resolution, any case", params={**NO_WAIT, "resolution": "FULL-HD"}),
    create("a mask is ignored with off", params={**NO_WAIT, "declutter_mask_url": "nothing"}),
    create("Invalid image: missing", 400, "invalid_image", json={}),
    create("unreadable", 400, "invalid_image", files={"file": PHOTO[:900]}),
    create("unreachable", 400, "invalid_image", json={"image_url": "http://127.0.0.1:9/a.png"}),
    create("not an image", 400, "invalid_image", files=BAD),
    create("Checked before all other arguments", 400, "invalid_image", params={"style": "gothic"}, files=BAD),
    create("256 px", 400, "invalid_image", files={"file": pictures.encoded(pictures.room(400, 255))}),
    create("room_type is required", 400, "invalid_room_type", params={"style": "modern"}),
    create("style is required", 400, "invalid_style", params={"room_type": "bed"}),
    create("a mode is one of three", 400, "invalid_declutter_mode", params={**LIVING, "declutter_mode": "no"}),
    create("no boolean", 400, "invalid_declutter_mode", json={"image_url": DATA_URL, "declutter_mode": True}),
    create("a resolution is one of two", 400, "invalid_resolution", params={**LIVING, "resolution": "8k"}),
    create("off with false is 400", 400, "invalid_request", params={**LIVING, "add_furniture": "false"}),
    create(
        "an unusable mask", 400, "invalid_request", params=LIVING | {"declutter_mode": "on", "declutter_mask_url": "x"}
    ),
    create("image over the limit: 413", 413, "image_too_large", files=BIG),
    create("413 comes before the arguments", 413, "image_too_large", params={}, files=BIG),
    get("Missing id: 400", RENDER, 400, "missing_render_id"),
    get("Unknown id: 404", RENDER, 404, "render_not_found", params={"render_id": "A" * 20}),
    get("renderId works too", RENDER, 404, "render_not_found", params={"renderId": "A" * 20}),
    Row("Missing id: 400", "POST", VARY, 400, "missing_render_id", {"json": {}}),
    Row("Unknown id: 404", "POST", VARY, 404, "render_not_found", {"json": {"render_id": "A" * 20}}),
    convert("one view serves both"),
    convert("one view serves both", path="/api/conversion/"),
    convert("Trailing slash or not", path="/interior", files={"file": PHOTO}),
    convert("works with Api-Key", path="/api/conversion", files={"image": PHOTO}),
    convert("and Bearer", files={"files[]": PHOTO}, **said(Authorization="bearer {key}")),
    convert("Missing or wrong: 401", 401, "invalid_api_key", **NO_KEY),
    convert("uuid: required", 400, "missing_field", data={"uuid": None}),
    convert("files: required", 400, "missing_field", files={"other": PHOTO}),
    convert("space: required, else 400", 400, "missing_field", data={"space": None}),
    convert("For exterior, room_type only has to be there", data={"space": "exterior", "room_type": "hut"}),
    convert("but has to", 400, "missing_field", data={"space": "exterior", "room_type": None}),
    convert("an unknown room is 400", 400, "invalid_room_type", data={"room_type": "cave"}),
    convert("an unknown style is 400", 400, "invalid_style", data={"style": "gothic"}),
    convert("space is one of two", 400, "invalid_space", data={"space": "orbit"}),
    convert("renders outside is 400", 400, "invalid_renders", data={"renders": "5"}),
    convert("a model is one of three", 400, "invalid_model", data={"model": "gpt"}),
    convert("Both staging and sketch: 400", 400, "invalid_request", data={"staging": "true", "sketch": "true"}),
    convert("invalid_image", 400, "invalid_image", files={"files": b"hello"}),
    convert("image_too_large", 413, "image_too_large", files={"files": b"x" * 300_001}),
    Row("Unknown uuid: 404", "POST", "/results/", 404, "not_found", {"json": {"conversion": "nobody"}}),
    Row("also uuid", "POST", "/results", 404, "not_found", {"data": {"uuid": "nobody"}}),
    get("also GET", "/results/", 404, "not_found", params={"conversion": "nobody"}),
    get("a file that is not there", "/results/abc123.jpg", 404, "not_found"),
]


def spoken(value: Any, key: str) -> Any:
    """A row's arguments with the key in its place."""
    if isinstance(value, dict):
        return {name: spoken(found, key) for name, found in value.items()}
    return value.replace("{key}", key) if isinstance(value, str) else value


def test_every_row_of_both_contracts(partner: Partner, account: Account) -> None:
    """One test for all, since each alone would empty the database first."""
    ledger.grant(account, 90, reference="rows")
    for row in ROWS:
        before = ledger.balance(account)
        answer = partner.ask(row.method, row.path, **spoken(row.how, partner.key))
        told = f"{row.sentence}: {answer.status_code} {answer.text}"
        assert (answer.status_code, answer.headers["content-type"]) == (row.status, "application/json"), told
        assert answer.headers["access-control-allow-origin"] == "*", told
        if row.status == 200:
            check_success(row, answer.json(), told)
        else:
            check_error(row, answer, told)
            assert ledger.balance(account) >= before, told


def check_success(row: Row, body: dict[str, Any], told: str) -> None:
    assert "error" not in body, told
    if row.path.startswith(CREATE):
        assert re.fullmatch("[A-Za-z0-9]{20}", body.pop("render_id")), told
        assert body == {}, told
    elif row.method == "POST":
        assert set(body) == {"uuid", "conversion", "finished", "status", "files", "credits_used", "credits_left"}, told
        assert (body["finished"], body["files"], body["uuid"]) == (False, [], row.how["data"]["uuid"]), told


def check_error(row: Row, answer: httpx.Response, told: str) -> None:
    body = answer.json()
    assert body["code"] == row.code, told
    if row.path.startswith("/v"):
        assert (set(body), body["error"]) == ({"error", "message", "code"}, body["message"]), told
    else:
        assert body["error"] == body["detail"], told
        wrong_field = row.code in {"missing_field", "invalid_room_type", "invalid_style", "invalid_renders"}
        assert ("errors" in body) or not wrong_field, told
    if row.path.startswith("/v1") and row.code == "invalid_image":
        assert body["error"] == "Invalid image", told
    if row.code == "invalid_declutter_mode":
        assert body["error"] == "Invalid declutter_mode. Must be one of: on, off, auto", told
    if row.status == 401:
        assert answer.headers["www-authenticate"] in {"Api-Key", "Token"}, told
    if row.path.strip("/") == "results":
        assert (body["finished"], body["files"]) == (True, []), told


# --- pictures ---------------------------------------------------------------------------------------------


def test_ping_and_options_are_to_the_letter(partner: Partner, account: Account) -> None:
    ping = partner.ask("GET", "/v1/ping").json()
    assert ping == {
        "userObj": {"email": "owner@example.com", "uid": str(account.uid)},
        "photoLimit": 10,
        "photosUsedThisPeriod": 0,
        "credits": 10,
    }
    options = partner.ask("GET", "/v1/options").json()
    assert options["roomTypes"] == [
        "living",
        "bed",
        "kitchen",
        "dining",
        "bathroom",
        "home_office",
        "outdoor",
        "kids_room",
    ]
    assert options["styles"] == [
        "modern",
        "scandinavian",
        "industrial",
        "midcentury",
        "luxury",
        "farmhouse",
        "coastal",
        "standard",
    ]
    preflight = partner.ask("OPTIONS", CREATE, headers={"Authorization": "", "Origin": "https://a.example"})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, "*")
    allowed = preflight.headers["access-control-allow-headers"]
    assert all(name in allowed for name in ("authorization", "content-type", "x-requested-with", "idempotency-key"))


def test_the_life_of_a_decluttered_render(partner: Partner, account: Account, stranger_account: Account) -> None:
    body = partner.create(declutter_mode="on")
    assert list(body) == ["render_id", "result_image_url", "removal_output", "status", "created_at", "outputs"]
    assert body["outputs"] == [body["result_image_url"], body["removal_output"]]
    assert abs(body["created_at"] / 1000 - time.time()) < 120
    render_id = body["render_id"]
    staged, emptied = (
        re.escape(f"{partner.url}/renders/{render_id}/outputs/") + "[0-9a-f-]{36}" + end
        for end in (r"-u1_0\.png", r"_furniture_removed_0\.png")
    )
    assert re.fullmatch(staged, body["outputs"][0].partition("?")[0])
    assert re.fullmatch(emptied, body["outputs"][1].partition("?")[0])
    for output in body["outputs"]:
        file = httpx.get(output)
        assert (file.headers["content-type"], Image.open(io.BytesIO(file.content)).size) == ("image/png", (1920, 1440))
        assert httpx.get(output.partition("?")[0]).status_code == 403
    assert ledger.balance(account) == 8

    asked = {"render_id": render_id, "style": "american", "wait_for_completion": False}
    assert partner.ask("POST", VARY, json=asked | {"switch_to_queued_immediately": True}).json() == {
        "render_id": render_id
    }
    during = partner.ask("GET", RENDER, params={"render_id": render_id}).json()
    assert during["status"] in {"queued", "rendering", "done"}
    after = partner.done(render_id)
    assert list(after) == [
        "render_id",
        "status",
        "created_at",
        "outputs",
        "progress",
        "outputs_styles",
        "outputs_room_types",
    ]
    assert (after["status"], after["progress"], after["created_at"]) == ("done", 1, body["created_at"])
    assert [one.partition("?")[0] for one in after["outputs"][:2]] == [one.partition("?")[0] for one in body["outputs"]]
    assert re.fullmatch(staged, after["outputs"][2].partition("?")[0])
    assert (after["outputs_styles"], after["outputs_room_types"]) == (["modern"] * 2 + ["standard"], ["living"] * 3)
    waited = partner.ask("POST", f"{VARY}?render_id={render_id}").json()
    assert list(waited) == ["render_id", "result_image_url"]
    assert ledger.balance(account) == 8

    stranger = Partner(partner.url, keys.create(stranger_account, "other")[1])
    for method, path in (("GET", RENDER), ("POST", VARY)):
        answer = stranger.ask(method, path, params={"render_id": render_id})
        assert (answer.status_code, answer.json()["code"]) == (404, "render_not_found")


def test_an_emptied_room_alone_and_4k(partner: Partner, account: Account) -> None:
    alone = partner.ask(
        "POST", CREATE, params={"declutter_mode": "auto", "add_furniture": "false"}, files={"file": PHOTO}
    ).json()
    assert alone["outputs"] == [alone["result_image_url"]] == [alone["removal_output"]]
    assert partner.done(alone["render_id"])["outputs_styles"] == [""]
    answer = partner.ask("POST", VARY, json={"render_id": alone["render_id"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    large = partner.create(resolution="4k", declutter_mode="off")
    assert Image.open(io.BytesIO(httpx.get(large["result_image_url"]).content)).size == (3840, 2880)
    assert ledger.balance(account) == 7


def test_an_idempotency_key_and_its_conflict(partner: Partner, account: Account) -> None:
    headers = {"Idempotency-Key": "order 17"}
    first, again = (
        partner.ask("POST", CREATE, params=NO_WAIT, files={"file": PHOTO}, headers=headers).json() for _ in range(2)
    )
    assert first == again
    other = partner.ask("POST", CREATE, params=NO_WAIT | {"style": "luxury"}, files={"file": PHOTO}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    partner.done(first["render_id"])
    assert ledger.balance(account) == 8


def test_credits_and_plans(url: str, partner: Partner, account: Account) -> None:
    ledger.adjust(account, -9, reference="test", actor=None, note="spend")
    answer = partner.ask("POST", CREATE, params=LIVING, files={"file": PHOTO})
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    fields = FIELDS | {"uuid": "short", "staging": "true"}
    answer = partner.ask("POST", "/interior/", data=fields, files={"files": PHOTO})
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    free = accounts.open_account("free@example.com", "a long enough password", "free", name="Free")
    poor = Partner(url, keys.create(free, "free")[1])
    answer = poor.ask("GET", "/v1/ping")
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_without_api")
    answer = poor.ask("POST", "/interior/", data=fields, files={"files": PHOTO})
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_required")


def test_polling_at_forty_a_second_is_not_throttled(partner: Partner) -> None:
    render_id = partner.create()["render_id"]
    with httpx.Client(headers={"Authorization": f"Api-Key {partner.key}"}) as client:
        statuses = []
        for _ in range(80):
            statuses.append(client.get(f"{partner.url}{RENDER}", params={"render_id": render_id}).status_code)
            time.sleep(1 / 60)
    assert statuses == [200] * 80


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({}, 1),
        ({"space": "exterior", "room_type": "front"}, 1),
        ({"staging": "true"}, 2),
        ({"sketch": "true", "upscale": "true"}, 2),
        ({"renders": "3", "model": "flux-dev"}, 1),
    ],
)
def test_each_kind_of_conversion(fields: dict[str, str], price: int, partner: Partner, account: Account) -> None:
    partner.scheme, name = "Token", str(uuid.uuid4())
    asked = partner.ask("POST", "/interior/", data=FIELDS | {"uuid": name} | fields, files={"files": PHOTO})
    assert (asked.json()["credits_used"], asked.json()["credits_left"]) == (price, 10 - price), asked.text
    deadline, seen = time.monotonic() + 60, []
    while not (body := partner.ask("POST", "/results/", json={"conversion": name.upper()}).json())["finished"]:
        assert (set(body), body["status"] in {"queued", "processing"}) == (
            {"finished", "files", "status", "progress"},
            True,
        )
        seen.append(body["progress"])
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert seen == sorted(seen)
    assert len(body["files"]) == int(fields.get("renders", "1"))
    edge = 3840 if "upscale" in fields else 1920
    for file in body["files"]:
        for name_, size in (("url", (edge, edge * 3 // 4)), ("thumbnail", (480, 360))):
            got = httpx.get(partner.url + file[name_], headers={"Origin": "https://a.example"})
            assert got.headers["access-control-allow-origin"] == "*"
            assert (Image.open(io.BytesIO(got.content)).format, Image.open(io.BytesIO(got.content)).size) == (
                "JPEG",
                size,
            )
    again = partner.ask("POST", "/interior/", data=FIELDS | {"uuid": asked.json()["uuid"].upper(), "style": "coastal"})
    assert (again.status_code, again.json()["finished"]) == (200, True)
    assert ledger.balance(account) == 10 - price


def test_the_seeds_second_example(partner: Partner, tmp_path: Path) -> None:
    """The Render API's page has no code of its own: this is its text, call by call, with requests."""
    headers = {"Authorization": f"Api-Key {partner.key}"}
    data = requests.post(
        f"{partner.url}/v1/render/create",
        headers=headers,
        json={"image_url": DATA_URL, "room_type": "bed", "style": "farmhouse", "wait_for_completion": False},
        timeout=30,
    ).json()
    assert list(data) == ["render_id"]
    assert partner.done(data["render_id"])["status"] == "done"


def test_the_documentations_examples_run(partner: Partner, account: Account, tmp_path: Path) -> None:
    """Every block of curl and Python in the document, as a partner would paste it."""
    ledger.grant(account, 20, reference="examples")
    document = httpx.get(f"{partner.url}/api/docs/openapi.json", timeout=60).json()
    told = {operation["description"] for item in document["paths"].values() for operation in item.values()}
    blocks = [block for text in sorted(told) for block in re.findall(r"```(bash|python)\n(.*?)```", text, re.DOTALL)]
    assert {language for language, _ in blocks} == {"bash", "python"}
    assert len(blocks) >= 6
    (tmp_path / "room.jpg").write_bytes(PHOTO)
    environment = {"OPENHOUSE_URL": partner.url, "OPENHOUSE_KEY": partner.key, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    for language, text in blocks:
        command = [sys.executable, "-c", text] if language == "python" else ["bash", "-euc", text]
        ran = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90, check=False
        )
        assert ran.returncode == 0, (text, ran.stdout, ran.stderr)


def test_no_made_up_call_is_answered_against_the_document(partner: Partner, account: Account) -> None:
    """A small sample of `make fuzz`."""
    if importlib.util.find_spec("schemathesis") is None:
        needs.missing("schemathesis", "make setup-dev")
    seen = fuzz(partner.url, partner.key, cases=70)
    assert seen.wrong == []
    assert seen.calls >= 60
    assert {answer.rsplit(" ", 1)[1] for answer in seen.answers} >= {"200", "400", "404"}
