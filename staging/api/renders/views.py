"""The endpoints: get the arguments, call one verb, answer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from billing import access
from staging import exchange, idempotency, masks, renders, sources, variations, wakeups, webhooks
from staging.api import waits
from staging.api.bodies import json_answer
from staging.api.endpoints import KeyedEndpoint, caller_of
from staging.api.renders import answers, document, errors, polling
from staging.api.renders.arguments import Arguments, is_raw_image
from staging.api.renders.briefs import create_brief, mask_url, variation_brief
from staging.api.renders.errors import ApiError
from staging.idempotency import Claim
from staging.models import Photo, Render, Run, State
from staging.renders import RenderStatus

RENDER_ID = re.compile(r"[A-Za-z0-9]{20}", re.ASCII)


class Endpoint(KeyedEndpoint):
    """An endpoint that says its errors in the words of this API."""

    def get_exception_handler(self) -> Callable[..., HttpResponse | None]:
        """This API's translator."""
        return errors.translate


class Ping(Endpoint):
    """GET /v1/ping"""

    @document.ping
    def get(self, request: Request) -> HttpResponse:
        """Who calls."""
        return json_answer(answers.ping(caller_of(request)))


class Options(Endpoint):
    """GET /v1/options"""

    @document.options
    def get(self, request: Request) -> HttpResponse:
        """The names that create takes."""
        return json_answer(answers.options())


class RenderDetail(Endpoint):
    """GET /v1/render"""

    @document.render
    def get(self, request: Request) -> HttpResponse:
        """Where a render stands."""
        return json_answer(answers.render(renders.status(_render(request)), request))


class Asking(Endpoint):
    """What create and create-variation share: the answer may be held until the render has ended."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who calls, but not in the last pass of a held request, which was let in by its first."""
        if exchange.ended(request) is None:
            super().initial(request, *args, **kwargs)

    def post(self, request: Request) -> HttpResponse:
        """Ask for a picture, and wait for it unless told otherwise."""
        if public_id := exchange.ended(request):
            return self._finished(request, waits.render_of(public_id), exchange.kept(request)["run"])
        arguments = _arguments(request)
        run, wait = self.asked(request, arguments)
        return self._held(request, run) if wait else json_answer({"render_id": run.render.public_id})

    words: Callable[[dict[str, Any]], dict[str, Any]]

    def asked(self, request: Request, arguments: Arguments) -> tuple[Run, bool]:
        """The run that was asked for, now or earlier, and whether the caller waits for it."""
        raise NotImplementedError

    def answer(self, status: RenderStatus, request: Request) -> dict[str, Any]:
        """The body once the render has ended. Raises ApiError when it failed."""
        raise NotImplementedError

    def _held(self, request: Request, run: Run) -> HttpResponse:
        """Wait for the run: held by the layer around the app, or in this thread where there is none."""
        render, exchange.kept(request)["run"] = run.render, run.number
        if run.state == State.DONE:
            # Asked for earlier: what came after it is another's.
            return self._finished(request, render, run.number)
        late = errors.answer_of(errors.wait_timeout(render.public_id))
        if exchange.can_hold(request):
            origin = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
            asked = polling.Asked(render.pk, render.public_id, run.number, _ms(render), origin, self.words)
            return exchange.hold(request, render.public_id, late, asked)
        ended = wakeups.wait_for(render, settings.WAIT_MAX_SECONDS)
        return self._finished(request, render, run.number) if ended else late

    def _finished(self, request: Request, render: Render, number: int) -> HttpResponse:
        return json_answer(self.answer(renders.status(render, after=number), request))


@extend_schema_view(post=document.create)
class Create(Asking):
    """POST /v1/render/create"""

    takes_photos = True
    words = staticmethod(answers.after_create)

    def answer(self, status: RenderStatus, request: Request) -> dict[str, Any]:
        """The body once the render has ended. Raises ApiError when it failed."""
        return answers.finished(status, request)

    def asked(self, request: Request, arguments: Arguments) -> tuple[Run, bool]:
        """A new render's first."""
        photo = _photo(request, arguments)
        brief, wait = create_brief(arguments), _wait(arguments)
        caller = caller_of(request)
        if brief.resolution == "4k" and not access.may_use_4k(caller.account):
            raise ApiError(403, "plan_without_4k", "The plan of this account has no 4K outputs")
        # A file by its content, an address by its text: what lies behind an address may change, the request has not.
        image = arguments.given.get("image_url") if _is_address(request, arguments) else photo.sha256
        webhook, mask = _webhook_url(arguments), mask_url(arguments, brief)
        claim = _claim(request, "create", image=image, mask=mask, brief=brief.to_dict(), webhook=webhook)
        if mask is not None:
            brief = replace(brief, mask=_mask(request, mask))
        make = partial(renders.request, caller.account, photo, brief, api_key=caller.key, webhook_url=webhook)
        return idempotency.once(claim, make), wait


@extend_schema_view(post=document.create_variation)
class CreateVariation(Asking):
    """POST /v1/render/create-variation"""

    words = staticmethod(answers.after_variation)

    def answer(self, status: RenderStatus, request: Request) -> dict[str, Any]:
        """The body once the render has ended. Raises ApiError when it failed."""
        return answers.varied(status, request)

    def asked(self, request: Request, arguments: Arguments) -> tuple[Run, bool]:
        """One more of the render that the request names."""
        render = _render(request)
        brief, wait = variation_brief(arguments, render.brief), _wait(arguments)
        switch = arguments.boolean("switch_to_queued_immediately", default=False)
        webhook = _webhook_url(arguments)
        claim = _claim(request, "create-variation", render=render.public_id, brief=brief.to_dict(), webhook=webhook)
        make = partial(variations.request, render, brief, switch_to_queued=switch, webhook_url=webhook)
        return idempotency.once(claim, make), wait


def _ms(render: Render) -> int:
    return math.floor(render.created_at.timestamp() * 1000)


def _wait(arguments: Arguments) -> bool:
    return arguments.boolean("wait_for_completion", default=True)


def _webhook_url(arguments: Arguments) -> str:
    """The address that is told of the end, empty without one. Raises ApiError for what is no address."""
    url = arguments.text("webhook_url") or ""
    if len(url) > webhooks.URL_LENGTH:
        raise errors.invalid_request(f"Invalid webhook_url. It has more than {webhooks.URL_LENGTH} characters")
    try:
        webhooks.require_address(url)
    except webhooks.Blocked as error:
        raise errors.invalid_request(f"Invalid webhook_url. {error}") from None
    return url


def _claim(request: Request, path: str, **asked: object) -> Claim | None:
    """What the request's Idempotency-Key stands for; None without one. Raises ApiError."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > idempotency.KEY_LENGTH or not key.isprintable():
        raise errors.invalid_request(f"An Idempotency-Key has at most {idempotency.KEY_LENGTH} printable characters")
    return Claim(caller_of(request).account, path, key, idempotency.fingerprint(asked))


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Any other path: there is nothing, for anybody and in every method."""
    if request.method == "OPTIONS":
        return json_answer({})
    return errors.answer_of(ApiError(404, "not_found", "There is nothing at this address"))


def _arguments(request: Request) -> Arguments:
    """The arguments of a create. Raises ApiError for a body that is too large."""
    if exchange.body_too_large(request):
        raise ApiError(413, "image_too_large", f"The request is over {settings.BODY_MAX_BYTES // 2**20} MB")
    return Arguments.of(request)


def _photo(request: Request, arguments: Arguments) -> Photo:
    """The photo, fetched and decoded outside of this thread. Raises InvalidImage."""
    accept = partial(sources.accept, caller_of(request).account, copies=False)
    url = arguments.given.get("image_url")
    if is_raw_image(request) and request.stream is not None:
        return exchange.outside(request, "photo", partial(accept, raw=request.stream), lane="decode")
    if arguments.file is not None:
        return exchange.outside(request, "photo", partial(accept, upload=arguments.file), lane="decode")
    if not isinstance(url, str):
        raise sources.InvalidImage("No image was sent.")
    return exchange.outside(request, "photo", partial(accept, image_url=url), lane="fetch")


def _mask(request: Request, url: str) -> str:
    """The storage's name of the mask, fetched and decoded outside of this thread. Raises InvalidMask."""
    return exchange.outside(request, "mask", partial(masks.accept, caller_of(request).account, url), lane="fetch")


def _is_address(request: Request, arguments: Arguments) -> bool:
    """Whether the image came as `image_url`."""
    return arguments.file is None and not is_raw_image(request)


def _render(request: Request) -> Render:
    """The caller's render that the request names. Raises ApiError, RenderNotFound."""
    public_id = Arguments.of(request).text("render_id")
    if public_id is None:
        raise ApiError(400, "missing_render_id", "Missing render_id")
    if not RENDER_ID.fullmatch(public_id):
        raise renders.RenderNotFound(public_id)
    return renders.get(caller_of(request).account, public_id)
