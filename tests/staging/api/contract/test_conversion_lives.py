"""Conversions from asking to their files, through every process but the engine itself."""

from __future__ import annotations

import io
import time
import uuid

import pytest
from PIL import Image

from billing import accounts, keys, ledger
from billing.models import Account, Plan
from staging.models import Run
from tests import serving
from tests.staging import pictures
from tests.staging.api.contract.calling import FAILING_WIDTH, FIELDS, PHOTO, Partner

pytestmark = pytest.mark.django_db(transaction=True)


MODELS = {
    "": ("", "standard"),
    "sdxl": ("sdxl", "standard"),
    "flux-dev": ("flux-dev", "best"),
    "flux-schnell": ("flux-schnell", "draft"),
}


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({}, 1),
        ({"space": "exterior", "room_type": "front", "model": "sdxl"}, 1),
        ({"staging": "true", "model": "flux-schnell"}, 2),
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
    for how in ({"data": {"conversion": name}}, {"data": {"uuid": name}}, {"json": {"uuid": name}}):
        assert partner.ask("POST", "/results", **how).json() == body
    for query in ("conversion", "uuid"):
        assert partner.ask("GET", "/results/", params={query: name}).json() == body
    briefs = [run.brief for run in Run.objects.filter(account=account)]
    # The backend is handed the model's name; the embedded engine reads it as how much work there is to be.
    assert {(brief.model, brief.quality) for brief in briefs} == {MODELS[fields.get("model", "")]}
    edge = 3840 if "upscale" in fields else 1920
    for file in body["files"]:
        for name_, size in (("url", (edge, edge * 3 // 4)), ("thumbnail", (480, 360))):
            got = serving.get(partner.url + file[name_], headers={"Origin": "https://a.example"})
            assert got.headers["access-control-allow-origin"] == "*"
            assert (Image.open(io.BytesIO(got.content)).format, Image.open(io.BytesIO(got.content)).size) == (
                "JPEG",
                size,
            )
    again = partner.ask("POST", "/interior/", data=FIELDS | {"uuid": asked.json()["uuid"].upper(), "style": "coastal"})
    assert (again.status_code, again.json()["finished"]) == (200, True)
    assert ledger.balance(account) == 10 - price


def test_two_accounts_may_use_one_identifier(partner: Partner, account: Account, stranger_account: Account) -> None:
    ledger.grant(stranger_account, 5, reference="stranger")
    stranger = Partner(partner.url, keys.create(stranger_account, "other")[1])
    fields = FIELDS | {"uuid": "Order 17"}
    assert partner.ask("POST", "/interior/", data=fields, files={"files": PHOTO}).status_code == 200
    unknown = stranger.ask("POST", "/results/", json={"conversion": "Order 17"})
    assert (unknown.status_code, unknown.json()["finished"], unknown.json()["files"]) == (404, True, [])
    before = ledger.balance(stranger_account)
    own = stranger.ask("POST", "/interior/", data=fields | {"uuid": "order 17"}, files={"files": PHOTO}).json()
    assert (own["uuid"], own["credits_used"], own["credits_left"]) == ("order 17", 1, before - 1)


def test_a_short_sum_refuses_all_files(partner: Partner, account: Account) -> None:
    ledger.adjust(account, -7, reference="test", actor=None, note="spend")
    fields = FIELDS | {"uuid": "two", "staging": "true"}
    files = [("files", ("a.jpg", PHOTO)), ("files", ("b.jpg", PHOTO + b"b"))]
    answer = partner.ask("POST", "/interior/", data=fields, files=files)
    assert (answer.status_code, answer.json()["code"], ledger.balance(account)) == (402, "insufficient_credits", 3)
    nothing = partner.ask("POST", "/results/", json={"conversion": "two"})
    assert (nothing.status_code, set(nothing.json())) == (404, {"finished", "files", "error", "detail", "code"})


def test_what_is_pro_alone_is_refused_to_others(url: str) -> None:
    Plan.objects.filter(slug="free").update(has_api=True)
    free = accounts.open_account("free@example.com", "a long enough password", "free", name="Free")
    poor = Partner(url, keys.create(free, "free")[1])
    for asked in ({"renders": "2"}, {"upscale": "true"}):
        answer = poor.ask("POST", "/interior/", data=FIELDS | {"uuid": "x"} | asked, files={"files": PHOTO})
        assert (answer.status_code, answer.json()["code"]) == (403, "plan_required")


def test_a_conversion_that_failed_ends_the_loop_costs_nothing_and_starts_anew(
    partner: Partner, account: Account
) -> None:
    bad, good = (pictures.encoded(pictures.room(width, 270)) for width in (FAILING_WIDTH, 360))
    fields = FIELDS | {"uuid": "once more"}
    assert partner.ask("POST", "/interior/", data=fields, files={"files": bad}).json()["credits_used"] == 1
    deadline = time.monotonic() + 60
    while not (body := partner.ask("POST", "/results/", json={"conversion": "once more"}).json())["finished"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (set(body), body["files"], bool(body["error"])) == ({"finished", "files", "error"}, [], True)
    assert ledger.balance(account) == 10
    anew = partner.ask("POST", "/interior/", data=fields, files={"files": good}).json()
    assert (anew["finished"], anew["credits_used"]) == (False, 1)
