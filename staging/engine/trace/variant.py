"""Which build of Mitsuba traces on this machine: CUDA, LLVM or scalar.

Every candidate is proven in a throw-away child process, because libLLVM 15 and 16 do not raise, they abort
the process that loads them. Nothing here imports Mitsuba, except `activate`, which is called in a child.
"""

from __future__ import annotations

import ctypes.util
import glob
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from staging.engine.errors import Misconfigured

VariantName = Literal["cuda_ad_rgb", "llvm_ad_rgb", "scalar_rgb"]
Log = Callable[[str], None]

# Below this libLLVM miscompiles or aborts on AVX-512 (seen with 15 and 16).
OLDEST_LLVM: Final = 17
# The version that the engine is tested with; others are tried in order of their distance from it.
TESTED_LLVM: Final = 19
PROOF_SECONDS: Final = 90.0
# glibc keeps freed arrays of up to 32 MB in its heap, where they lie scattered: a picture of 12 megapixels then needs
# 190 MB more. These hand large arrays back when they are freed, and keep those of a band or a small trace, whose pages
# would be cleared again and again (a tenth of a draft's time). Other systems do not read them.
ALLOCATION: Final = {
    "MALLOC_MMAP_THRESHOLD_": "8000000", "MALLOC_TRIM_THRESHOLD_": "32000000", "MALLOC_ARENA_MAX": "4",
}  # fmt: skip
# The matrices here are small: OpenBLAS's own threads would spend more time waiting for work than on it, on cores that
# the tracer and the other threads want. One alone also adds up in the same order on every machine.
ALGEBRA: Final = {"OPENBLAS_NUM_THREADS": "1"}
REPOSITORY: Final = Path(__file__).resolve().parents[3]

LIBRARY_PATTERNS: Final = (
    "/usr/lib/*/libLLVM*.so*",
    "/usr/lib/libLLVM*.so*",
    "/usr/lib64/libLLVM*.so*",
    "/usr/lib64/llvm*/lib*/libLLVM*.so*",
    "/usr/lib/llvm-*/lib/libLLVM*.so*",
    "/usr/local/lib/libLLVM*.so*",
    "/opt/homebrew/opt/llvm*/lib/libLLVM*.dylib",
    "/usr/local/opt/llvm*/lib/libLLVM*.dylib",
)

_FORCED: Final[dict[str, VariantName]] = {
    "cuda": "cuda_ad_rgb",
    "cuda_ad_rgb": "cuda_ad_rgb",
    "llvm": "llvm_ad_rgb",
    "llvm_ad_rgb": "llvm_ad_rgb",
    "scalar": "scalar_rgb",
    "scalar_rgb": "scalar_rgb",
}


@dataclass(frozen=True)
class Variant:
    """The build that traces, the libLLVM that it loads (llvm only), and the reason, for logs and `capabilities`."""

    name: VariantName
    library: str | None
    why: str


@dataclass(frozen=True)
class Proof:
    """How a throw-away child ended: whether it rendered, and what it said."""

    usable: bool
    said: str


def choose(force: str | None = None, *, libraries: Iterable[str] | None = None, log: Log | None = None) -> Variant:
    """The fastest variant that renders on this machine.

    `force` is None, "" or "auto" for the best one, or "cuda", "llvm" or "scalar". `libraries` replaces the
    search for libLLVM files. Raises Misconfigured when the forced variant does not work, or the name is unknown.
    """
    say = log or (lambda _line: None)
    if not force or force == "auto":
        return _cuda(say) or _llvm(say, libraries) or Variant("scalar_rgb", None, "no GPU and no usable libLLVM found")
    if force not in _FORCED:
        raise Misconfigured("unknown_tracer", f"There is no tracer called {force!r}; use cuda, llvm, scalar or auto.")
    name = _FORCED[force]
    if name == "scalar_rgb":
        return Variant("scalar_rgb", None, "asked for")
    found = _cuda(say) if name == "cuda_ad_rgb" else _llvm(say, libraries)
    if found is None:
        raise Misconfigured("tracer_missing", f"The tracer {force!r} was asked for, but does not run here.")
    return found


def _cuda(say: Log) -> Variant | None:
    """The CUDA variant where an NVIDIA driver is installed and renders."""
    if not (ctypes.util.find_library("cuda") or glob.glob("/usr/lib/*/libcuda.so.1")):
        return None
    proof = prove("cuda_ad_rgb")
    say(f"tracer cuda_ad_rgb: {proof.said}")
    return Variant("cuda_ad_rgb", None, proof.said) if proof.usable else None


def _llvm(say: Log, libraries: Iterable[str] | None) -> Variant | None:
    """The LLVM variant with the first libLLVM that renders."""
    for library in candidate_libraries() if libraries is None else libraries:
        proof = prove("llvm_ad_rgb", library)
        say(f"tracer llvm_ad_rgb with {library}: {proof.said}")
        if proof.usable:
            return Variant("llvm_ad_rgb", library, f"{proof.said} ({library})")
    return None


def candidate_libraries() -> list[str]:
    """libLLVM files worth proving, best first: the operator's, then those nearest to the tested version.

    Files whose name shows a version below 17 are left out; those whose name shows none are kept, the proof asks them.
    """
    operators = os.environ.get("DRJIT_LIBLLVM_PATH", "")
    first = [operators] if operators and Path(operators).is_file() else []
    by_file: dict[str, int | None] = {}
    for path in _installed():
        by_file.setdefault(os.path.realpath(path), _version_in(path))
    modern = [(path, version) for path, version in by_file.items() if version is None or version >= OLDEST_LLVM]
    modern.sort(key=lambda item: (abs((item[1] or 0) - TESTED_LLVM), item[0]))
    return list(dict.fromkeys(first + [path for path, _ in modern]))


def _installed() -> Iterator[str]:
    """libLLVM files in the usual folders and in the dynamic linker's cache."""
    for pattern in LIBRARY_PATTERNS:
        yield from sorted(glob.glob(pattern))
    try:
        listing = subprocess.run(
            ["/sbin/ldconfig", "-p"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return  # no ldconfig on macOS and musl: the folders above are all there is
    yield from re.findall(r"=> (\S*libLLVM\S*)", listing)


def _version_in(path: str) -> int | None:
    """Major version named by a file or its folder: libLLVM.so.19.1, libLLVM-19.so, /usr/lib/llvm-19/lib/libLLVM.so."""
    name = os.path.realpath(path)
    match = re.search(r"libLLVM(?:\.so\.|-|\.dylib\.)(\d+)", name) or re.search(r"llvm@?-?(\d+)", name)
    return int(match.group(1)) if match else None


def prove(name: VariantName, library: str | None = None) -> Proof:
    """Render a tiny scene in a throw-away child; an abort or a time-out is an answer, not an error."""
    command = [sys.executable, "-m", "staging.engine.trace.proof", name, *([library] if library else [])]
    environment = child_environment(library)
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module, no shell
            command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=PROOF_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Proof(False, f"did not render within {PROOF_SECONDS:.0f} s")
    last = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()[-1:] or ["no output"]
    if done.returncode == 0:
        return Proof(True, last[0])
    how = f"killed by signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode}"
    return Proof(False, f"refused, {how}: {last[0][:200]}")


def child_environment(library: str | None) -> dict[str, str]:
    """The environment of a child that loads Mitsuba: importable repository, and exactly one libLLVM."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(p for p in (str(REPOSITORY), environment.get("PYTHONPATH")) if p)
    for name, value in (ALLOCATION | ALGEBRA).items():
        environment.setdefault(name, value)
    environment.pop("DRJIT_LIBLLVM_PATH", None)
    if library:
        environment["DRJIT_LIBLLVM_PATH"] = library
    return environment


def activate(variant: Variant) -> None:
    """Load Mitsuba in this process with `variant`. Only for child processes; the same variant again does nothing."""
    if variant.library:
        os.environ["DRJIT_LIBLLVM_PATH"] = variant.library
    import mitsuba as mi  # noqa: PLC0415  the parent must be able to import this module without loading Mitsuba

    if mi.variant() != variant.name:
        mi.set_variant(variant.name)
    mi.set_log_level(mi.LogLevel.Error)  # single samples that are not a number are warned of, and cleaned in passes
