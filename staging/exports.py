"""What an account has here, for the file in which it takes everything out (billing.exports)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields.files import FieldFile

from billing.exports import ExportedFile
from billing.models import Account
from staging import copies
from staging.models import MASKS, Output, Photo, Render

PIECE = 2**20


def export(account: Account) -> Iterator[ExportedFile]:
    """The account's original photos, its delivered pictures, and what was asked for each."""
    for photo in Photo.objects.filter(account=account).order_by("pk").iterator():
        yield f"photos/{photo.uuid}.{photo.format.lower()}", _pieces(photo.original)
    outputs = Output.objects.filter(run__render__account=account).select_related("run__render")
    for output in outputs.order_by("pk").iterator():
        yield f"renders/{output.run.render.public_id}-{output.run.number}-{output.role}.png", _picture(output)
    columns = ("public_id", "photo__uuid", "source", "brief_json", "created_at")
    renders = list(Render.objects.filter(account=account).order_by("pk").values(*columns))
    yield "renders.json", json.dumps(renders, cls=DjangoJSONEncoder, indent=1).encode()


def _picture(output: Output) -> Iterator[bytes]:
    """What was delivered; of what nobody has fetched yet, the picture as it was made, unless it is to be labelled."""
    if output.role in MASKS or not (output.delivered or output.run.brief.label):
        return _pieces(output.master)
    try:
        return _pieces(copies.of(output, "delivered"))
    except FileNotFoundError:
        return iter(())


def _pieces(stored: FieldFile) -> Iterator[bytes]:
    """The file in pieces; nothing where it is gone, so that one lost file does not keep the rest back."""
    try:
        with stored.open("rb") as file:
            yield from file.chunks(PIECE)
    except FileNotFoundError:
        return
