"""What this API alone says of what can go wrong; all else is said as in every API (staging.api.errors).

The error body is `{"error": TEXT, "message": TEXT, "code": SLUG}`, and `render_id` and `status` where a render exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.http import HttpResponse

from staging import masks, offers, renders, sources, variations
from staging.api.errors import SIZE_AND_BUSY, ApiError, Dialect, Say, by_kind, invalid_request, plain

__all__ = [
    "DIALECT",
    "ApiError",
    "about",
    "answer_of",
    "invalid_choice",
    "invalid_request",
    "translate",
    "wait_timeout",
]

# The codes of arguments that ask for what is not served here.
_CODES = {"declutter": "invalid_declutter_mode", "room_type": "invalid_room_type"}


def about(render_id: str, status: int, code: str, text: str, *, state: str) -> ApiError:
    """An error where a render exists: which, and where it stands."""
    return ApiError(status, code, text, more={"render_id": render_id, "status": state})


def invalid_choice(name: str, choices: Iterable[str], *, code: str | None = None) -> ApiError:
    """The documented text for an argument that is none of its choices."""
    return ApiError(400, code or f"invalid_{name}", f"Invalid {name}. Must be one of: {', '.join(choices)}")


def wait_timeout(render_id: str) -> ApiError:
    """The wait was longer than a request may be held; the render goes on."""
    text = "The render is still being made. Ask for it with GET /v1/render?render_id=" + render_id
    return about(render_id, 504, "wait_timeout", text, state="rendering")


def _invalid_image(error: Exception) -> HttpResponse:
    """The documented text is two words; what exactly is wrong goes beside it."""
    answer = answer_of(ApiError(400, "invalid_image", "Invalid image"))
    answer["X-Error-Detail"] = str(error).encode("ascii", "replace").decode()
    return answer


def _not_offered(error: offers.NotOffered) -> ApiError:
    return ApiError(400, _CODES.get(error.part, "invalid_request"), str(error))


_SAID: dict[type[Exception], Say] = {
    renders.RenderNotFound: plain(404, "render_not_found", "Render not found"),
    masks.InvalidMask: lambda error: invalid_request(f"Invalid declutter_mask_url. {error}"),
    offers.NotOffered: _not_offered,
    variations.NothingToVary: plain(400, "invalid_request"),
    variations.RenderNotDone: plain(400, "render_not_done"),
    variations.TooManyVariations: plain(400, "max_variations"),
    **SIZE_AND_BUSY,
    sources.InvalidImage: _invalid_image,
}


DIALECT = Dialect(
    names=("error", "message"),
    scheme="Api-Key",
    no_api=("plan_without_api", "The plan of this account has no API access"),
    own=partial(by_kind, _SAID),
)
answer_of = DIALECT.answer
translate = DIALECT.translate
