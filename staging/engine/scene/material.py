"""What a surface is made of, before any renderer knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MaterialKind = Literal[
    "paint", "wood", "linen", "boucle", "velvet", "leather", "knit", "plaid", "rattan", "marble", "concrete",
    "leaf", "rug", "art", "metal", "glass", "mirror", "emit",
]  # fmt: skip


@dataclass(frozen=True)
class Material:
    """A named recipe; `furniture.textures.bitmap` paints it, `trace.bsdf` hands it to the tracer.

    Colours are sRGB hex ("#b9b5ae"). `pattern` is the variant inside a kind (rug: "trellis", "distressed", ...;
    art: "fluid", "shapes", "landscape").  `roughness` and `metallic` as in the principled BSDF, 0..1.
    `aspect` is width over height where the texture is stretched over the piece (rugs, art).
    `radiance` is only for "emit": multiples of what a lit lamp shade has; 0 when lamps are off.
    """

    kind: MaterialKind
    colour: str
    second: str = ""
    palette: tuple[str, ...] = ()
    pattern: str = ""
    roughness: float = 0.6
    specular: float = 0.4
    metallic: float = 0.0
    aspect: float = 1.0
    radiance: float = 0.0
    seed: int = 0
