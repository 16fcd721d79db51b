"""An account takes its photos and pictures out."""

from __future__ import annotations

import json
import zipfile

from billing import exports
from billing.models import Account
from staging import renders
from staging.briefs import Brief
from staging.models import Photo


def test_the_export_has_the_original_photo_byte_for_byte_and_what_was_asked(
    account: Account, stranger_account: Account, photo: Photo, brief: Brief
) -> None:
    render = renders.request(account, photo, brief)

    archive = zipfile.ZipFile(exports.export(account))
    assert archive.read(f"staging/photos/{photo.uuid}.{photo.format.lower()}") == photo.original.read()
    (asked,) = json.loads(archive.read("staging/renders.json"))
    assert (asked["public_id"], asked["photo__uuid"]) == (render.public_id, str(photo.uuid))

    others = zipfile.ZipFile(exports.export(stranger_account))
    assert json.loads(others.read("staging/renders.json")) == []
    assert not [name for name in others.namelist() if name.startswith("staging/photos/")]

    photo.original.delete(save=False)
    assert zipfile.ZipFile(exports.export(account)).testzip() is None
