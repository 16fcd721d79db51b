"""Where pictures are kept, from one variable: a folder, or a bucket of any S3-compatible store.

    STORAGE_URL=                                  the folder MEDIA_ROOT
    STORAGE_URL=s3://BUCKET/PREFIX?endpoint=https://store.example:9000&region=eu-1

Keys come from STORAGE_KEY and STORAGE_SECRET (or, without them, from where the SDK finds them: a role of the machine).
With STORAGE_PUBLIC_ENDPOINT, an address of the store that browsers reach, pictures are not passed through the web
process: it checks its own signature and redirects to an address that the store's signature opens for a while.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from config import env

FOLDER = "django.core.files.storage.FileSystemStorage"
BUCKET = "storages.backends.s3.S3Storage"


def backends(folder: str) -> dict[str, dict[str, Any]]:
    """The entries of Django's STORAGES for pictures: `default`, and `public` where files are redirected to.

    Raises env.EnvironmentVariableError.
    """
    url = env.text("STORAGE_URL")
    if not url:
        return {"default": {"BACKEND": FOLDER, "OPTIONS": {"location": folder}}}
    options = _bucket(url)
    found = {"default": {"BACKEND": BUCKET, "OPTIONS": options}}
    public = env.text("STORAGE_PUBLIC_ENDPOINT").rstrip("/")
    if public:
        found["public"] = {"BACKEND": BUCKET, "OPTIONS": {**options, "endpoint_url": public}}
    return found


def _bucket(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise env.EnvironmentVariableError("STORAGE_URL", f"{url!r} is not s3://BUCKET/PREFIX?endpoint=...")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": asked.get("endpoint") or None,
        "region_name": asked.get("region") or "us-east-1",
        "access_key": env.text("STORAGE_KEY") or None,
        "secret_key": env.text("STORAGE_SECRET") or None,
        "signature_version": "s3v4",
        # Stores of one's own know no host names of buckets.
        "addressing_style": "path" if asked.get("endpoint") else "auto",
        "querystring_expire": env.integer("STORAGE_LINK_SECONDS", 3600, minimum=60),
        "default_acl": None,
        # A name that is taken gets another; what was written is never written over.
        "file_overwrite": False,
        # What is read into memory before a temporary file is used.
        "max_memory_size": 2**20,
    }


def origin(storages: dict[str, dict[str, Any]]) -> list[str]:
    """The origin that pages must be allowed to show pictures from; empty where we serve them ourselves."""
    if "public" not in storages:
        return []
    parts = urlsplit(str(storages["public"]["OPTIONS"]["endpoint_url"]))
    return [f"{parts.scheme}://{parts.netloc}"]
