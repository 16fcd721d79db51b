"""What every test may use: an owner, a team-mate and a stranger with their accounts, and data folders of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import CommandError
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase

from billing import accounts, keys, ledger
from billing.models import Account, ApiKey, Membership, User
from tests.turns import Turns, ordered

PASSWORD = "a long enough password"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns:
    """Which process gets which tests where several share them (turns.py)."""
    return Turns(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The order in which they get them; one process alone keeps to pytest's."""
    if hasattr(config, "workerinput"):
        ordered(items)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep SQLite's test database in this run's own folder, so that runs side by side do not meet."""
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """End sessions that threads of ended servers still hold, or PostgreSQL refuses to drop the test database."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


_empty_tables: Any = vars(TransactionTestCase)["_fixture_teardown"]


def _empty_tables_in_the_end(self: TransactionTestCase) -> None:
    """A thread of a served site may still read a table while PostgreSQL empties them all; it is through in a moment."""
    for _ in range(4):
        try:
            _empty_tables(self)
            return
        except CommandError as error:
            if "deadlock" not in str(error.__cause__):
                raise
            time.sleep(0.5)
    _empty_tables(self)


TransactionTestCase._fixture_teardown = _empty_tables_in_the_end  # type: ignore[attr-defined]


def _seed_plans(**kwargs: Any) -> None:
    import_module("billing.migrations.0002_seed_plans").seed_plans(apps, None)
    import_module("billing.migrations.0004_seed_packs").seed_packs(apps, None)
    import_module("listings.migrations.0003_seed_profiles").seed(apps, None)


# A test with real transactions ends by emptying every table, plans and MLS rules too; Django sends post_migrate then.
post_migrate.connect(_seed_plans, sender=apps.get_app_config("billing"), weak=False)


@pytest.fixture(autouse=True)
def own_surroundings(settings: Any, tmp_path: Path) -> None:
    """Write files of a test into its own folder, and start it with nothing cached (allauth counts attempts there)."""
    storages = {name: dict(storage) for name, storage in settings.STORAGES.items()}
    storages["default"]["OPTIONS"] = {"location": str(tmp_path / "media")}
    # Pages name static files as they lie in the tree: tests do not collect and hash them first.
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    # A slow hash guards passwords; the ones here need no guard, and nearly every test makes users.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def account(db: None) -> Account:
    """An account on Pro with 10 credits, which `owner` owns."""
    account = accounts.open_account("owner@example.com", PASSWORD, "pro", name="Acme Realty")
    ledger.grant(account, 10, reference="fixture:account")
    return account


@pytest.fixture
def owner(account: Account) -> User:
    """The user who owns `account`."""
    return User.objects.get(email="owner@example.com")


@pytest.fixture
def team_mate(account: Account) -> User:
    """An agent in `account`."""
    user = User.objects.create_user("mate@example.com", PASSWORD)
    Membership.objects.create(user=user, account=account, role=Membership.Role.AGENT)
    return user


@pytest.fixture
def stranger_account(db: None) -> Account:
    """Somebody else's account, on Pro with 10 credits, which `stranger` owns."""
    account = accounts.open_account("stranger@example.com", PASSWORD, "pro", name="Other Realty")
    ledger.grant(account, 10, reference="fixture:stranger")
    return account


@pytest.fixture
def stranger(stranger_account: Account) -> User:
    """The user who owns `stranger_account`."""
    return User.objects.get(email="stranger@example.com")


@pytest.fixture
def api_key(account: Account) -> str:
    """The text of a key of `account` that may do everything."""
    return keys.create(account, "tests", scope=ApiKey.Scope.ADMIN)[1]
