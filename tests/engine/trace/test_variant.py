"""The tracer is chosen by proof, in children that may die of it."""

from __future__ import annotations

import glob
import subprocess
import sys
from pathlib import Path

import pytest

from staging.engine.errors import Misconfigured
from staging.engine.trace import variant as variants
from staging.engine.trace.variant import Variant, candidate_libraries, choose, prove


def test_a_file_that_is_no_library_is_refused_and_scalar_stands_in(tmp_path: Path) -> None:
    broken = tmp_path / "libLLVM.so.19"
    broken.write_text("not a library")
    said: list[str] = []
    chosen = choose(libraries=[str(broken)], log=said.append)
    assert chosen.name in ("scalar_rgb", "cuda_ad_rgb")
    if chosen.name == "scalar_rgb":
        assert any("refused" in line and str(broken) in line for line in said)


def test_a_child_works_its_matrices_on_one_thread_unless_the_operator_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert variants.child_environment(None)["OPENBLAS_NUM_THREADS"] == "1"
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    assert variants.child_environment(None)["OPENBLAS_NUM_THREADS"] == "4"


def test_an_old_libllvm_is_refused_before_it_can_abort_anything() -> None:
    old = sorted(glob.glob("/usr/lib/*/libLLVM-1[456].so*"))
    if not old:
        pytest.skip("no libLLVM 14, 15 or 16 on this machine")
    proof = prove("llvm_ad_rgb", old[0])
    assert not proof.usable
    assert "17 or newer" in proof.said


def test_a_child_that_aborts_is_an_answer(tmp_path: Path) -> None:
    # A library that loads, but is no LLVM: the proof ends with an error in the child, never here.
    some = sorted(glob.glob("/lib/*/libm.so.6")) or sorted(glob.glob("/usr/lib/*/libm.so.6"))
    if not some:
        pytest.skip("no libm to pass off as a libLLVM")
    assert not prove("llvm_ad_rgb", some[0]).usable


def test_scalar_can_be_forced_without_any_proof() -> None:
    assert choose("scalar") == Variant("scalar_rgb", None, "asked for")


def test_a_forced_tracer_that_does_not_run_is_a_misconfiguration() -> None:
    with pytest.raises(Misconfigured) as refused:
        choose("llvm", libraries=[])
    assert refused.value.code == "tracer_missing"
    with pytest.raises(Misconfigured, match="no tracer called 'abacus'"):
        choose("abacus")


def test_the_operators_library_comes_first_and_old_ones_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("libLLVM-15.so", "libLLVM.so.19.1", "libLLVM.so.21.1", "libLLVM-17.so", "mine.so"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(variants, "LIBRARY_PATTERNS", (f"{tmp_path}/libLLVM*",))
    monkeypatch.setenv("DRJIT_LIBLLVM_PATH", str(tmp_path / "mine.so"))
    here = [Path(p).name for p in candidate_libraries() if p.startswith(str(tmp_path))]
    assert here == ["mine.so", "libLLVM.so.19.1", "libLLVM-17.so", "libLLVM.so.21.1"]


def test_choosing_never_loads_mitsuba_here() -> None:
    """In a process of its own, since other tests of this one may have loaded it."""
    asks = "import sys; from staging.engine.trace.variant import choose; choose(); sys.exit('mitsuba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0
