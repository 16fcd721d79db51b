"""The files of a conversion, by addresses that nobody can guess: whoever was told one may read it, without a header.

    /results/NAME.jpg   /originals/NAME.jpg   /thumbs/NAME.jpg

NAME is the output's number and a signature of it, so that the number alone, which other addresses show beside a
signature that expires, opens nothing here.
"""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_http_methods

from staging import jpegs
from staging.api.bodies import CORS
from staging.api.conversions.errors import ApiError, answer_of
from staging.jpegs import Copy
from staging.models import Output

_NUMBER_LENGTH = 32
_ENDING = ".jpg"


def address(output: Output, copy: Copy) -> str:
    """The host-relative address of a copy."""
    return f"/{copy}/{_name(output.uuid)}{_ENDING}"


def _name(number: uuid.UUID) -> str:
    """128 bits of signature follow the number."""
    signature = salted_hmac("staging.api.conversions.pictures", number.hex, algorithm="sha256").hexdigest()
    return number.hex + signature[:32]


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def picture(request: HttpRequest, copy: Copy, name: str) -> HttpResponseBase:
    """One copy, to anybody who has its address."""
    if request.method == "OPTIONS":
        return HttpResponse(headers=CORS)
    output = _found(name.removesuffix(_ENDING)) if name.endswith(_ENDING) else None
    if output is None:
        return _nothing()
    try:
        file = default_storage.open(jpegs.stored_name(output, copy))
    except FileNotFoundError:
        return _nothing()
    response = FileResponse(file, content_type="image/jpeg", headers=CORS)
    # Django would name the file as it lies in storage; without that, the address's own name counts.
    del response["Content-Disposition"]
    # What lies behind an address never changes.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _found(name: str) -> Output | None:
    """The output of a conversion that goes by this name."""
    try:
        number = uuid.UUID(hex=name[:_NUMBER_LENGTH])
    except ValueError:
        return None
    if not constant_time_compare(name, _name(number)):
        return None
    outputs = Output.objects.filter(uuid=number, run__render__conversion_file__isnull=False)
    return outputs.select_related("run__render").first()


def _nothing() -> HttpResponse:
    return answer_of(ApiError(404, "not_found", "There is no such picture"))
