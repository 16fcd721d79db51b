"""A ComfyUI that is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.staging.backends.comfyui.stand_in import ComfyStandIn


@pytest.fixture
def comfy() -> Iterator[ComfyStandIn]:
    """A node with every model."""
    with ComfyStandIn() as stand_in:
        yield stand_in
