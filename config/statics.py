"""Static files under names that hold their hash, so that browsers may keep them for ever."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of 0 to 11. The highest takes fifteen times as long, most of a first start, and saves a tenth of the bytes.
_QUALITY: Final = 9


class QuickCompressor(Compressor):
    """WhiteNoise's, without waiting for the last bytes, and once for what lies under its plain and its hashed name."""

    # Maps of scripts are half of all bytes, and only developers' tools ask for them.
    SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

    @staticmethod
    @cache
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=_QUALITY))

    @staticmethod
    @cache
    def compress_gzip(data: bytes) -> bytes:
        return bytes(Compressor.compress_gzip(data))


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names where `collectstatic` has written its manifest, plain ones where it has not: tests, a first run."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return QuickCompressor(**kwargs)

    def stored_name(self, name: str) -> str:
        """The name under which the file is served."""
        found: str = self.hashed_files.get(self.hash_key(self.clean_name(name)), name)
        return found
