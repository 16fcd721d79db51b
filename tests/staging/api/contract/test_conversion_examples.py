"""The documentation's own examples, with a key, through every process but the engine itself."""

from __future__ import annotations

import http.client
import io
import json
import shutil
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from billing import keys, ledger
from billing.models import Account
from tests import needs
from tests.staging import pictures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api_domain(url: str) -> str:
    """The address of a server with everything behind it, by the name that the example gives it."""
    return url


@pytest.fixture
def token(account: Account) -> str:
    """The value of Authorization."""
    return f"Token {keys.create(account, 'partner')[1]}"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """room.jpg, with the place where it was taken in it."""
    path = tmp_path / "room.jpg"
    path.write_bytes(pictures.encoded(pictures.room(600, 400), exif=pictures.exif(gps=True)))
    return path


def finished(api_domain: str, conversion: str, token: str) -> dict[str, Any]:
    """The results, once they say that they are finished; as a partner's loop does it."""
    deadline = time.monotonic() + 60
    while True:
        result = requests.post(
            f"{api_domain}/results/", json={"conversion": conversion}, headers={"Authorization": token}, timeout=20
        )
        body: dict[str, Any] = result.json()
        if body["finished"]:
            return body
        assert result.status_code == 200
        assert time.monotonic() < deadline, body
        time.sleep(0.2)


def check_files(api_domain: str, body: dict[str, Any]) -> None:
    """The three files of the one picture: JPEGs for anybody, without metadata."""
    (file,) = body["files"]
    assert set(file) == {"url", "original", "thumbnail"}
    for path, edge in ((file["url"], 1920), (file["original"], 1920), (file["thumbnail"], 480)):
        answer = requests.get(api_domain + path, headers={"Origin": "https://partner.example"}, timeout=20)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["access-control-allow-origin"] == "*"
        image = Image.open(io.BytesIO(answer.content))
        assert (image.format, image.size) == ("JPEG", (edge, edge * 2 // 3))
        assert b"Testcam" not in answer.content


def test_the_python_example(api_domain: str, token: str, room: Path, account: Account) -> None:
    conversion_uuid = str(uuid.uuid4())
    with room.open("rb") as f:
        response = requests.post(
            f"{api_domain}/interior/",
            files={"files": f},
            data={
                "uuid": conversion_uuid,
                "room_type": "living_room",
                "style": "modern",
                "space": "interior",
            },
            headers={"Authorization": token},
            timeout=30,
        )
    assert (response.status_code, response.history) == (200, [])
    assert response.json()["conversion"] == conversion_uuid
    check_files(api_domain, finished(api_domain, conversion_uuid, token))
    assert ledger.balance(account) == 9
    assert [entry.kind for entry in ledger.statement(account)] == ["settle", "hold", "grant"]


@pytest.mark.parametrize("path", ["/interior/", "/api/conversion/"])
def test_the_curl_example(path: str, api_domain: str, token: str, room: Path) -> None:
    if shutil.which("curl") is None:
        needs.missing("curl", "apt install curl")
    conversion_uuid = str(uuid.uuid4())
    fields = {
        "files": f"@{room}",
        "uuid": conversion_uuid,
        "room_type": "living_room",
        "style": "modern",
        "space": "interior",
    }
    form = [part for name, value in fields.items() for part in ("-F", f"{name}={value}")]
    command = ["curl", "-sS", "-X", "POST", f"{api_domain}{path}", "-H", f"Authorization: {token}", *form]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert (answer["uuid"], answer["finished"], answer["files"]) == (conversion_uuid, False, [])
    check_files(api_domain, finished(api_domain, conversion_uuid, token))


def test_two_files_with_two_renders_each(api_domain: str, token: str, room: Path, account: Account) -> None:
    second = pictures.encoded(pictures.room(400, 600))
    response = requests.post(
        f"{api_domain}/interior",
        files=[("files[]", room.read_bytes()), ("files[]", second)],
        data={"uuid": "Listing 17", "room_type": "bedroom", "style": "coastal", "space": "interior", "staging": "1"}
        | {"renders": "2", "model": "flux-schnell"},
        headers={"Authorization": token},
        timeout=30,
    )
    assert (response.json()["credits_used"], response.json()["credits_left"]) == (4, 6)
    files = finished(api_domain, "listing 17", token)["files"]
    sizes = [Image.open(io.BytesIO(requests.get(api_domain + file["url"], timeout=20).content)).size for file in files]
    assert sizes == [(1920, 1280), (1920, 1280), (1280, 1920), (1280, 1920)]
    assert ledger.balance(account) == 6


def test_errors_over_http(api_domain: str, token: str, room: Path, account: Account) -> None:
    def post(path: str, headers: dict[str, str], **data: Any) -> tuple[int, dict[str, Any]]:
        answer = requests.post(
            f"{api_domain}{path}", data=data, files={"files": room.read_bytes()}, headers=headers, timeout=30
        )
        assert answer.headers["content-type"] == "application/json"
        return answer.status_code, answer.json()

    status, body = post("/interior/", {})
    assert (status, set(body), body["code"]) == (401, {"detail", "error", "code"}, "invalid_api_key")
    status, body = post("/interior/", {"Authorization": token}, uuid="one")
    assert (status, body["code"]) == (400, "missing_field")
    assert set(body["errors"]) == {"room_type", "style", "space"}
    body = finished(api_domain, "never sent", token)
    assert (body["code"], body["files"]) == ("not_found", [])
    assert ledger.balance(account) == 10


def test_a_body_over_the_limit_is_refused_before_it_is_sent(api_domain: str, token: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(api_domain).netloc, timeout=20)
    connection.putrequest("POST", "/interior/")
    connection.putheader("Authorization", token)
    connection.putheader("Content-Length", str(80 * 2**20))
    connection.endheaders()
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert (answer.status, body["code"]) == (413, "image_too_large")
    assert body["detail"] == body["error"]
