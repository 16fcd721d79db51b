"""A caller of the Render API for what both APIs share."""

from __future__ import annotations

import pytest

from tests.staging.api.renders.conftest import Caller


@pytest.fixture
def caller(api_key: str) -> Caller:
    """A caller with a key of `account`."""
    return Caller(api_key)
