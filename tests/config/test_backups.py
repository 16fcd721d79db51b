"""A backup taken here makes an empty site elsewhere the same: balances, pictures, keys and the addresses it signed."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.db import connection

from billing import keys, ledger
from billing.models import Account
from staging import files, sources
from tests import serving
from tests.staging import pictures

ROOT = serving.ROOT
# What the other site says once it has been restored, in a process of its own.
TELL = """
import django, json, sys
django.setup()
from django.core.management import call_command
call_command("restore", sys.argv[1], stdout=sys.stderr)
call_command("reconcile", stdout=sys.stderr)
from django.conf import settings
# As the site's next process reads it.
settings.SECRET_KEY = (settings.DATA_DIR / "secret_key").read_text()
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from billing import keys, ledger
from billing.models import Account, Plan
from staging import files
from staging.models import Photo
account, photo = Account.objects.get(name="Saved"), Photo.objects.get()
path, _, query = sys.argv[3].partition("?")
parts = dict(part.split("=") for part in query.split("&"))
new = ledger.grant(account, 1, reference="after the restore")
print(json.dumps({
    "balance": ledger.balance(account),
    "original": photo.original.read().hex(),
    "key": keys.verify(sys.argv[2]) is not None,
    "signed": files.is_signed(path, parts["expires"], parts["signature"]),
    "plans": Plan.objects.count(),
    "app": decrypt(Authenticator.objects.get().data["secret"]),
}))
"""


@contextlib.contextmanager
def empty_site(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a site with nothing in it; on PostgreSQL with a database of its own."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY"}}
    env |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    if connection.vendor == "sqlite":
        yield env
        return
    name = f"restored_{uuid.uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield env | {"DATABASE_URL": serving.database_url().rsplit("/", 1)[0] + f"/{name}"}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _python(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def secret(tmp_path: Path, settings: Any) -> None:
    """A data folder of the test's own that keeps the secret key, as a laptop's does."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    (settings.DATA_DIR / "secret_key").write_text(site_settings.SECRET_KEY, encoding="ascii")


@pytest.mark.django_db(transaction=True)
def test_an_empty_site_becomes_the_saved_one(account: Account, secret: None, tmp_path: Path) -> None:
    Account.objects.filter(pk=account.pk).update(name="Saved")
    photo = sources.accept(account, raw=pictures.encoded())
    ledger.grant(account, 7, reference="before the backup")
    _, key = keys.create(account, name="Partner")
    TOTP.activate(account.members.get(), "SECRETOFTHEAPP")
    archive, address = tmp_path / "site.tar", files.photo_preview_url(photo)

    call_command("backup", archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    with empty_site(tmp_path / "elsewhere") as env:
        done = _python(env, "-c", TELL, str(archive), key, address)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told.pop("plans") > 0
        with photo.original.open() as original:
            saved = original.read().hex()
        assert told == {
            "balance": ledger.balance(account) + 1,
            "original": saved,
            "key": True,
            "signed": True,
            "app": "SECRETOFTHEAPP",
        }
        again = _python(env, "manage.py", "restore", str(archive))
        assert again.returncode != 0
        assert "this site has users already" in again.stderr


@pytest.mark.django_db(transaction=True)
def test_a_site_that_is_in_use_is_not_overwritten(account: Account, secret: None, tmp_path: Path) -> None:
    archive = tmp_path / "site.tar"
    call_command("backup", archive)

    with pytest.raises(CommandError, match="this site has users already"):
        call_command("restore", archive)
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", archive)
    assert Account.objects.filter(pk=account.pk).exists()


@pytest.mark.django_db
def test_what_is_no_backup_is_refused_in_words(secret: None, tmp_path: Path) -> None:
    other, text = tmp_path / "other.tar", tmp_path / "text.tar"
    with tarfile.open(other, "w") as archive:
        archive.add(__file__, "files/test.py")
    text.write_text("not an archive at all")

    with pytest.raises(CommandError, match="does not begin with a manifest"):
        call_command("restore", other)
    with pytest.raises(CommandError, match="not restored"):
        call_command("restore", text)
