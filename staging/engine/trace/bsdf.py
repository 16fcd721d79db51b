"""Materials as Mitsuba BSDFs: one principled surface with a painted bitmap, glass, mirror, emitter.

Import only in a process in which a variant is active.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import mitsuba as mi
import numpy as np
from numpy.typing import NDArray

from staging.engine.furniture.textures import Bitmap
from staging.engine.scene.material import Material, MaterialKind

# No real surface is blacker or whiter; a white of 1.0 also never stops bouncing light.
DARKEST: Final = 0.004
WHITEST: Final = 0.92
# Weight of a lobe that adds nothing to any number of single precision.
UNSEEN: Final = 1e-20


@dataclass(frozen=True)
class Finish:
    """How a kind of material differs from plain paint: sheen of fibres, relief height in metres of the bump map."""

    sheen: float = 0.0
    relief: float = 0.0
    clearcoat: float = 0.0


# Relief heights are those that read right in renders at 1 to 5 m: cloth is exaggerated a little, as its
# self-shadowing is not traced.
FINISHES: Final[dict[MaterialKind, Finish]] = {
    "wood": Finish(relief=0.0006),
    "linen": Finish(sheen=0.35, relief=0.0008),
    "boucle": Finish(sheen=0.35, relief=0.007),
    "velvet": Finish(sheen=1.0, relief=0.0005),
    "leather": Finish(relief=0.0025, clearcoat=0.1),
    "knit": Finish(sheen=0.35, relief=0.004),
    "plaid": Finish(sheen=0.3, relief=0.002),
    "rattan": Finish(relief=0.003),
    "rug": Finish(sheen=0.3),
}
RELIEF: Final = max(finish.relief for finish in FINISHES.values())


def linear(colour: str) -> NDArray[np.float64]:
    """Linear RGB, (3,), of an sRGB hex colour like "#b9b5ae" (IEC 61966-2-1)."""
    digits = colour.lstrip("#")
    encoded = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def colour(values: Any) -> dict[str, Any]:
    """A constant linear RGB as Mitsuba's dictionary."""
    return {"type": "rgb", "value": [float(v) for v in values]}


def diffuse(albedo: Any) -> dict[str, Any]:
    """A matt one-sided surface."""
    return {"type": "diffuse", "reflectance": colour(np.clip(albedo, DARKEST, WHITEST))}


def polished(albedo: Any, gloss: float) -> dict[str, Any]:
    """A varnished or polished floor: the glossier, 0..1, the smoother."""
    return {
        "type": "twosided",
        "bsdf": {
            "type": "principled",
            "base_color": colour(np.clip(albedo, DARKEST, WHITEST)),
            "roughness": float(0.45 - 0.35 * min(gloss, 1.0)),
            "specular": 0.5,
            "metallic": _lobe(0.0),
        },
    }


def surface(material: Material, bitmap: Bitmap | None, base_colour: Any) -> dict[str, Any]:
    """What the path tracer sees; `base_colour` is `base_colour` of both, as it is or loaded."""
    if material.kind == "glass":
        return {"type": "thindielectric"}
    if material.kind == "mirror":
        return {"type": "twosided", "bsdf": {"type": "roughconductor", "material": "Ag", "alpha": 0.02}}
    finish = FINISHES.get(material.kind, Finish())
    principled: dict[str, Any] = {
        "type": "principled",
        "base_color": base_colour,
        "roughness": float(np.clip(material.roughness, 0.03, 1.0)),
        "specular": float(material.specular),
        "metallic": _lobe(material.metallic),
    }
    if bitmap is not None:
        principled |= {"sheen": _lobe(finish.sheen), "sheen_tint": 0.6}
        principled |= {"clearcoat": _lobe(finish.clearcoat), "clearcoat_gloss": 0.6}
    if bitmap is not None and bitmap.bump is not None and finish.relief:
        relief = (bitmap.bump - bitmap.bump.min()) / (np.ptp(bitmap.bump) + 1e-9) * (finish.relief / RELIEF)
        principled = {"type": "bumpmap", "arbitrary": _texture(relief[..., None]), "scale": RELIEF, "bsdf": principled}
    return {"type": "twosided", "bsdf": principled}


def _lobe(weight: float) -> float:
    """The weight of a lobe that all surfaces of its sort have: Mitsuba leaves one of 0 out, and that is other code."""
    return float(weight) if str(mi.variant()).startswith("scalar") else max(float(weight), UNSEEN)


def flat_surface(material: Material, base_colour: Any) -> dict[str, Any]:
    """The albedo alone, for primary-ray passes: mirrors are white, so that dividing by the albedo changes nothing."""
    reflectance = colour((1.0, 1.0, 1.0)) if material.kind in ("mirror", "emit") else base_colour
    return {"type": "twosided", "bsdf": {"type": "diffuse", "reflectance": reflectance}}


def base_colour(material: Material, bitmap: Bitmap | None) -> dict[str, Any]:
    """The colour or texture of a material, in linear light."""
    if bitmap is None:
        return colour(np.clip(linear(material.colour), DARKEST, WHITEST))
    return _texture(np.clip(bitmap.albedo, DARKEST, WHITEST))


def _texture(values: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """A bitmap texture of linear values (h, w, channels), its upper row at v = 1, repeated whenever u or v is whole.

    Another period would be compiled into kernels, so it is in the meshes' coordinates.
    """
    return {
        "type": "bitmap",
        "bitmap": mi.Bitmap(np.ascontiguousarray(values, dtype=np.float32)),
        "raw": True,
        "format": "fp16",  # 11 bits of an albedo are enough, and a room has some forty bitmaps
    }
