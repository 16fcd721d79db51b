"""What an account has here, for the file in which it takes everything out (billing.exports)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields.files import FieldFile

from billing.exports import ExportedFile
from billing.models import Account
from staging.models import Output, Photo, Render

PIECE = 2**20


def export(account: Account) -> Iterator[ExportedFile]:
    """The account's original photos, its delivered pictures, and what was asked for each."""
    for photo in Photo.objects.filter(account=account).order_by("pk").iterator():
        yield f"photos/{photo.uuid}.{photo.format.lower()}", _pieces(photo.original)
    outputs = Output.objects.filter(run__render__account=account).select_related("run__render")
    for output in outputs.order_by("pk").iterator():
        picture = output.delivered or output.master
        yield f"renders/{output.run.render.public_id}-{output.run.number}-{output.role}.png", _pieces(picture)
    columns = ("public_id", "photo__uuid", "source", "brief_json", "created_at")
    renders = list(Render.objects.filter(account=account).order_by("pk").values(*columns))
    yield "renders.json", json.dumps(renders, cls=DjangoJSONEncoder, indent=1).encode()


def _pieces(stored: FieldFile) -> Iterator[bytes]:
    """The file in pieces; nothing where it is gone, so that one lost file does not keep the rest back."""
    try:
        with stored.open("rb") as file:
            yield from file.chunks(PIECE)
    except FileNotFoundError:
        return
