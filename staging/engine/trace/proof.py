"""Run as `python -m staging.engine.trace.proof VARIANT [LIBRARY]`: exit 0 when this variant renders here.

A process of its own, because a libLLVM that does not suit aborts it.
"""

from __future__ import annotations

import ctypes
import sys
from typing import cast

from staging.engine.trace.variant import OLDEST_LLVM, Variant, VariantName, activate


def llvm_version(library: str) -> tuple[int, int]:
    """Major and minor version of a libLLVM file, asked of the library itself; (0, 0) when it is too old to tell."""
    loaded = ctypes.CDLL(library)
    if not hasattr(loaded, "LLVMGetVersion"):  # added in LLVM 16
        return 0, 0
    major, minor, patch = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    loaded.LLVMGetVersion(ctypes.byref(major), ctypes.byref(minor), ctypes.byref(patch))
    return major.value, minor.value


def main(arguments: list[str]) -> str:
    """Render a small lit box through the code paths that staging uses; answers one line for people."""
    name, library = arguments[0], (arguments[1] if len(arguments) > 1 else None)
    said = f"{name} renders"
    if library:
        major, minor = llvm_version(library)
        if major < OLDEST_LLVM:
            found = major or "older than 16"
            raise SystemExit(f"libLLVM {found} aborts on some processors; {OLDEST_LLVM} or newer is needed")
        said = f"{name} renders with libLLVM {major}.{minor}"
    activate(Variant(cast(VariantName, name), library, "proof"))
    import mitsuba as mi  # noqa: PLC0415  only after the variant is active
    import numpy as np  # noqa: PLC0415

    # Bump-mapped principled surfaces reach most of the code that a real scene compiles.
    scene = mi.load_dict(mi.cornell_box())
    picture = np.array(mi.render(scene, spp=2))[..., :3]
    if not np.isfinite(picture).all() or picture.mean() <= 0.0:
        raise SystemExit("rendered a blank picture")
    return said


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
