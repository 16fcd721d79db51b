"""The light fit needs the tracer too."""

from tests.engine.trace.conftest import llvm, scalar, tracing_child

__all__ = ["llvm", "scalar", "tracing_child"]
