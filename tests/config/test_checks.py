"""`manage.py check --deploy` says what an operator has forgotten, and nothing where nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config import checks, storage

ALL = (
    checks.secrets_are_shared,
    checks.machines_share_what_they_must,
    checks.the_world_knows_the_site,
    checks.staff_prove_themselves,
    checks.mail_goes_out,
    checks.errors_arrive,
    checks.somebody_watches,
)


@pytest.fixture
def production(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Everything set as a site of many machines has it."""
    monkeypatch.setenv("STORAGE_URL", "s3://bucket")
    settings.STORAGES = {**settings.STORAGES, **storage.backends("unused")}
    # The dictionary itself is what new threads connect by, in later tests too.
    mine = {**settings.DATABASES["default"], "ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", mine)
    settings.REDIS_EMBEDDED = False
    settings.DATA_DIR = tmp_path
    settings.PUBLIC_URL = "https://stage.example"
    settings.C2PA_CERTIFICATE = "/run/secrets/chain.pem"
    settings.EMAIL_URL_HOST = "mail.example"
    settings.METRICS_TOKEN = "token"
    settings.ADMIN_REQUIRES_MFA = True
    return settings


def found() -> set[str | None]:
    return {message.id for check in ALL for message in check(None) if message.hint}


def test_a_finished_site_has_nothing_to_mend(production: Any) -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("REDIS_EMBEDDED", True, "openhouse.W002"),
        ("PUBLIC_URL", "http://stage.example", "openhouse.E002"),
        ("PUBLIC_URL", "", "openhouse.E002"),
        ("C2PA_CERTIFICATE", "", "openhouse.W001"),
        ("EMAIL_URL_HOST", "", "openhouse.W003"),
        ("METRICS_TOKEN", "", "openhouse.W004"),
        ("ADMIN_REQUIRES_MFA", False, "openhouse.W005"),
    ],
)
def test_each_thing_forgotten_is_named(production: Any, name: str, value: object, says: str) -> None:
    setattr(production, name, value)
    assert found() == {says}


def test_a_key_of_this_machine_alone_is_an_error(production: Any, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("key")
    assert found() == {"openhouse.E001"}
