"""Static files under names that hold their hash, so that browsers may keep them for ever."""

from __future__ import annotations

from typing import Any, Final

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of 0 to 11. The highest takes fifteen times as long, most of a first start, and saves a tenth of the bytes.
_QUALITY: Final = 9


class QuickCompressor(Compressor):
    """WhiteNoise's, without waiting for the last bytes."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=_QUALITY))


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names where `collectstatic` has written its manifest, plain ones where it has not: tests, a first run."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return QuickCompressor(**kwargs)

    def stored_name(self, name: str) -> str:
        """The name under which the file is served."""
        found: str = self.hashed_files.get(self.hash_key(self.clean_name(name)), name)
        return found
