"""A server for the contract's tests, and a partner who calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing import keys
from billing.models import Account
from tests import serving
from tests.staging.api.contract.calling import BODY_BYTES, FAILING_WIDTH, FAILURE, PHOTO_BYTES, Partner
from tests.staging.stack import stack

LIMITS = {"PHOTO_MAX_BYTES": str(PHOTO_BYTES), "BODY_MAX_BYTES": str(BODY_BYTES), "FETCH_ALLOW_PRIVATE": "1"}


@pytest.fixture(scope="package")
def url(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A server with everything behind it; its engine serves every kind of job, in a tenth of a second, but fails
    photos of one width."""
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("contract")) as found:
        web = serving.Web(found.folder, found.environment | LIMITS)
        try:
            found.start_engine(seconds=0.1, fail=FAILURE, fail_width=FAILING_WIDTH)
            found.start("work", "follow", "schedule")
            web.start()
            yield web.url
        finally:
            web.kill()


@pytest.fixture
def partner(url: str, account: Account) -> Partner:
    """A partner with a key of `account`."""
    return Partner(url, keys.create(account, "contract")[1])
