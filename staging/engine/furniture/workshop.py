"""What a builder works with: the style, the size to fill, the seed, and the materials it has taken from the shelf."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from staging.engine.furniture.finishes import HOUSE
from staging.engine.furniture.styles import STYLES, Style
from staging.engine.scene.arrangement import Piece
from staging.engine.scene.material import Material


@lru_cache(maxsize=4096)
def material_name(material: Material) -> str:
    """A name that says the kind and differs whenever the content differs, so that pieces' dictionaries merge safely."""
    digest = hashlib.sha256(repr(material).encode()).hexdigest()
    return f"{material.kind}-{digest[:10]}"


class Workshop:
    """One piece in the making. `width`, `depth`, `height` are the metres to fill; `materials` grows with use."""

    def __init__(self, piece: Piece) -> None:
        if piece.style not in STYLES:
            raise ValueError(f"no such style: {piece.style}")
        self.kind = piece.kind
        self.style: Style = STYLES[piece.style]
        self.width, self.depth, self.height = (float(v) for v in piece.size)
        self.seed = int(piece.seed)
        self.options = piece.options
        self.materials: dict[str, Material] = {}

    def material(self, slot: str) -> Material:
        """The material of `slot` ("upholstery", "wood", ...), else the house's; KeyError when there is none."""
        return self.style.materials[slot] if slot in self.style.materials else HOUSE[slot]

    def use(self, slot: str | Material, **changes: Any) -> str:
        """The name under which meshes refer to a material; `changes` replace fields of it (a seed, an aspect)."""
        material = self.material(slot) if isinstance(slot, str) else slot
        if changes:
            material = replace(material, **changes)
        name = material_name(material)
        self.materials[name] = material
        return name

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers for one purpose, independent of how many another purpose has drawn."""
        return np.random.default_rng([self.seed & 0xFFFFFFFF, zlib.crc32(f"{self.kind}/{purpose}".encode())])

    def option(self, name: str, default: Any) -> Any:
        """A wish of the arrangement, or the default."""
        return self.options.get(name, default)

    def for_part(self, kind: str, size: tuple[float, float, float], **options: Any) -> Workshop:
        """A workshop for another kind that is part of this piece: same style and seed, same shelf of materials."""
        part = Workshop(Piece(kind, kind, self.style.name, size, 0.0, 0.0, seed=self.seed, options=options))
        part.materials = self.materials
        return part
