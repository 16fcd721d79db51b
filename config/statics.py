"""Static files under names that hold their hash, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names where `collectstatic` has written its manifest, plain ones where it has not: tests, a first run."""

    def stored_name(self, name: str) -> str:
        """The name under which the file is served."""
        found: str = self.hashed_files.get(self.hash_key(self.clean_name(name)), name)
        return found
