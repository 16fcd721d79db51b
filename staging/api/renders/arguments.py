"""What a caller says, wherever it is said: the query string, then form fields, then the JSON body; the later wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request

from staging.api.bodies import FALSE, TRUE
from staging.api.renders.errors import invalid_choice, invalid_request

_CAPITALS = re.compile(r"(?<=[a-z0-9])([A-Z]+)")


def is_raw_image(request: Request) -> bool:
    """Whether the body itself is the image."""
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    return media_type.startswith("image/") or media_type == "application/octet-stream"


class Arguments:
    """The arguments by their snake_case names; null and empty ones count as not given.

    `sources` are where they are said, the later wins.
    """

    def __init__(self, *sources: Mapping[str, object], file: UploadedFile | None = None) -> None:
        self.given = {
            _snake(name): value
            for given in sources
            for name, value in given.items()
            if value is not None and value != ""
        }
        self.file = file

    @classmethod
    def of(cls, request: Request) -> Arguments:
        """All arguments of a request; a body that is itself the image is left unread."""
        query: Mapping[str, object] = request.query_params.dict()
        if is_raw_image(request):
            return cls(query)
        body: Mapping[str, object] = request.data if isinstance(request.data, Mapping) else {}
        # `items` of a form's fields gives the last of several.
        return cls(query, dict(body.items()), file=request.FILES.get("file"))

    def text(self, name: str) -> str | None:
        """A string, None when it is not given. Raises ApiError for other JSON types."""
        value = self.given.get(name)
        if value is None or isinstance(value, str):
            return value
        raise invalid_request(f"Invalid {name}. Must be a string")

    def choice(self, name: str, choices: Sequence[str], *, default: str) -> str:
        """One of the choices in any case. Raises ApiError with code `invalid_NAME`."""
        value = self.given.get(name, default)
        plain = value.strip().lower() if isinstance(value, str) else value
        if plain not in choices:
            raise invalid_choice(name, choices)
        return str(plain)

    def boolean(self, name: str, *, default: bool) -> bool:
        """JSON true/false, or true/false/1/0/yes/no/on/off in any case. Raises ApiError."""
        value = self.given.get(name, default)
        if isinstance(value, bool):
            return value
        plain = str(value).strip().lower() if isinstance(value, str | int) else ""
        if plain in TRUE | FALSE:
            return plain in TRUE
        raise invalid_choice(name, ("true", "false"), code="invalid_request")

    def integer(self, name: str, *, default: int, most: int) -> int:
        """A whole number of 0 to `most`. Raises ApiError."""
        value = self.given.get(name, default)
        plain = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if re.fullmatch(r"[0-9]{1,18}", plain, re.ASCII) and int(plain) <= most:
            return int(plain)
        raise invalid_request(f"Invalid {name}. Must be a whole number of 0 to {most}")


def _snake(name: str) -> str:
    """`roomType` and `room_type` are one name: `room_type`."""
    return _CAPITALS.sub(r"_\1", name).lower()
