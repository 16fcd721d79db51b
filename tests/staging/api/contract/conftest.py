"""A server for the contract's tests, and a partner who calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing import keys
from billing.models import Account
from tests import serving
from tests.staging.api.contract.calling import (
    BARE_WIDTH,
    BODY_BYTES,
    FAILING_WIDTH,
    FAILURE,
    HALF_WIDTH,
    PHOTO_BYTES,
    SLOW_WIDTH,
    Partner,
)
from tests.staging.stack import Stack, stack

LIMITS = {"PHOTO_MAX_BYTES": str(PHOTO_BYTES), "BODY_MAX_BYTES": str(BODY_BYTES), "FETCH_ALLOW_PRIVATE": "1"}


@pytest.fixture(scope="package")
def behind(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Stack]:
    """Everything behind a server; its engine serves every kind of job, in a tenth of a second, and treats photos of
    some widths as calling.py says."""
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("contract")) as found:
        widths = {"half_width": HALF_WIDTH, "slow_width": SLOW_WIDTH, "bare_width": BARE_WIDTH}
        found.start_engine(seconds=0.1, fail=FAILURE, fail_width=FAILING_WIDTH, **widths)
        found.environment |= LIMITS
        found.start("work", "follow", "schedule")
        yield found


@pytest.fixture(scope="package")
def url(behind: Stack) -> Iterator[str]:
    """Where the server listens."""
    web = serving.Web(behind.folder, behind.environment)
    try:
        web.start()
        yield web.url
    finally:
        web.kill()


@pytest.fixture
def partner(url: str, account: Account) -> Partner:
    """A partner with a key of `account`."""
    return Partner(url, keys.create(account, "contract")[1])
