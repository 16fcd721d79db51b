"""Children that trace. The tests themselves never import Mitsuba: what it does to a process stays in a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from staging.engine.child import Child
from staging.engine.errors import Misconfigured
from staging.engine.trace.variant import Variant, choose

SCALAR = Variant("scalar_rgb", None, "for tests")


@pytest.fixture(scope="session")
def scalar() -> Iterator[Child]:
    child = Child(SCALAR, print, root="tests.")
    yield child
    child.close()


@pytest.fixture(scope="session")
def llvm() -> Iterator[Child]:
    try:
        variant = choose("llvm", log=print)
    except Misconfigured as error:
        pytest.skip(f"NOT TESTED: the LLVM tracer, which needs libLLVM 17 or newer on this machine ({error.message})")
    child = Child(variant, print, root="tests.")
    yield child
    child.close()


@pytest.fixture(params=["scalar", "llvm"])
def tracing_child(request: pytest.FixtureRequest) -> Child:
    child: Child = request.getfixturevalue(request.param)
    return child
