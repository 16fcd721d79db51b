"""Cleaning a trace leaves nothing behind: the memory that it works in is free for what comes next."""

from __future__ import annotations

import sys

import pytest

from staging.engine.child import Child

pytestmark = pytest.mark.trace


@pytest.mark.skipif(sys.platform != "linux", reason="resident size is read from /proc")
def test_the_denoiser_keeps_none_of_the_memory_that_it_works_in(tracing_child: Child) -> None:
    told = tracing_child.run("tests.engine.trace.jobs.denoised", {"width": 640, "height": 480}, None, 120)
    assert told["noise"][1] < 0.3 * told["noise"][0]
    assert told["megabytes"][1] - told["megabytes"][0] < 60, told
