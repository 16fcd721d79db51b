"""The endpoints: get the fields, call one verb, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from rest_framework.request import Request

from billing.models import Account
from staging import conversions, exchange, sources
from staging.api.bodies import json_answer
from staging.api.conversions import answers, document, errors
from staging.api.conversions.fields import Fields, asked, brief_of, files_of, require_plan
from staging.api.endpoints import KeyedEndpoint, caller_of
from staging.models import Photo


class Endpoint(KeyedEndpoint):
    """An endpoint that says its errors in the words of this API."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who calls, then whether the body was taken in at all."""
        super().initial(request, *args, **kwargs)
        if exchange.body_too_large(request):
            raise errors.body_too_large()

    def get_exception_handler(self) -> Callable[..., HttpResponse | None]:
        """This API's translator."""
        return errors.translate


class Create(Endpoint):
    """POST /interior/ and POST /api/conversion/"""

    takes_photos = True

    @document.create
    def post(self, request: Request) -> HttpResponse:
        """Ask for a conversion, or find the one that the identifier stands for already."""
        caller, fields = caller_of(request), Fields.of(request)
        uuid = fields.uuid()
        standing = conversion = conversions.standing(caller.account, uuid)
        if conversion is None:
            files = files_of(request)
            wanted = asked(fields, files)
            require_plan(caller.account, wanted)
            brief = brief_of(wanted)
            _refuse_too_many(len(files) * wanted.renders)
            photos = exchange.outside(request, "photos", lambda: _accepted(caller.account, files), lane="decode")
            conversion = conversions.request(
                caller.account, uuid, photos, brief, pictures=wanted.renders, key=caller.key
            )
        return json_answer(answers.accepted(caller.account, uuid, conversion, new=standing is None))


class Results(Endpoint):
    """POST and GET /results/"""

    only_reads = True

    @document.results_get
    def get(self, request: Request) -> HttpResponse:
        """Where a conversion stands; it is named in the query."""
        return _results(request, Fields({name: str(value) for name, value in request.query_params.items() if value}))

    @document.results_post
    def post(self, request: Request) -> HttpResponse:
        """Where a conversion stands; it is named in the body."""
        return _results(request, Fields.of(request))


def _results(request: Request, fields: Fields) -> HttpResponse:
    uuid = fields.given.get("conversion") or fields.given.get("uuid")
    if uuid is None:
        text = "This field is required"
        raise errors.wrong_fields("missing_field", f"conversion: {text}", {"conversion": text})
    conversion = conversions.get(caller_of(request).account, uuid)
    return json_answer(answers.results(conversions.status(conversion)))


def _refuse_too_many(pictures: int) -> None:
    """Raise ApiError for more pictures than one account may have in progress, which no waiting would mend."""
    if pictures > settings.RENDERS_IN_FLIGHT:
        raise errors.invalid_request(
            f"{pictures} pictures are too many for one conversion: {settings.RENDERS_IN_FLIGHT} at most"
        )


def _accepted(account: Account, files: list[UploadedFile]) -> list[Photo]:
    """The photos, decoded outside of this thread. Raises InvalidImage."""
    return [sources.accept(account, upload=file, copies=False) for file in files]
