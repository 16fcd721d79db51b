"""The documentation's own examples, as a partner would paste them, and made-up calls from the document."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from billing import keys, ledger
from billing.models import Account, ApiKey
from tests import needs, serving
from tests.fuzz import fuzz
from tests.staging.api.contract.calling import DATA_URL, PHOTO, Partner

pytestmark = pytest.mark.django_db(transaction=True)


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
    document = serving.get(f"{partner.url}/api/docs/openapi.json", timeout=60).json()
    told = {operation["description"] for item in document["paths"].values() for operation in item.values()}
    blocks = [block for text in sorted(told) for block in re.findall(r"```(bash|python)\n(.*?)```", text, re.DOTALL)]
    assert {language for language, _ in blocks} == {"bash", "python"}
    assert len(blocks) >= 6
    (tmp_path / "room.jpg").write_bytes(PHOTO)
    # One of them approves a picture, which a key for rendering alone may not.
    _, key = keys.create(account, "everything", scope=ApiKey.Scope.ADMIN)
    environment = {"OPENHOUSE_URL": partner.url, "OPENHOUSE_KEY": key, "PATH": "/usr/local/bin:/usr/bin:/bin"}
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
