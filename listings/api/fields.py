"""What a caller says in a body or a query: RESO's names, each read for what it is, all that is wrong told at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from rest_framework.request import Request

from listings.api.errors import invalid
from listings.reso import names
from listings.reso_words import PropertyType, StandardStatus
from staging import briefs

T = TypeVar("T")
_CHOICES = {"StandardStatus": StandardStatus.values, "PropertyType": PropertyType.values}


class Fields:
    """The fields of a body. `take` reads one; `done` raises what was wrong with any, unknown names included."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)
        self.wrong: dict[str, str] = {}
        self._known: set[str] = set()

    @classmethod
    def of(cls, request: Request) -> Fields:
        """Of a request's body."""
        data = request.data
        if isinstance(data, QueryDict):
            return cls(data.dict())
        return cls(data if isinstance(data, Mapping) else {})

    def take(self, name: str, read: Callable[[Any], Any], default: Any, *, required: bool = False) -> Any:
        """The field read by `read`, which raises ValueError with a sentence; `default` where it is not given."""
        self._known.add(name)
        raw = self.given.get(name)
        if raw is None or raw == "":
            if required:
                self.wrong[name] = "This field is required"
            return default
        try:
            return read(raw)
        except ValueError as error:
            self.wrong[name] = str(error) or "cannot be read"
            return default

    def done(self) -> None:
        """Raise ApiError for what was wrong."""
        unknown = {name: "There is no such field" for name in self.given if name not in self._known}
        if self.wrong or unknown:
            raise invalid(self.wrong | unknown)


def property_columns(given: Mapping[str, Any], *, also: Collection[str] = ()) -> dict[str, Any]:
    """Columns of a listing from RESO Property fields; `also` are read elsewhere. Raises ApiError."""
    wrong: dict[str, str] = {}
    columns = {}
    for name, raw in given.items():
        if name in also:
            continue
        if name not in names.PROPERTY:
            wrong[name] = "There is no such field"
            continue
        try:
            columns[names.column(name)] = _column(name, raw)
        except (ValueError, ValidationError) as error:
            wrong[name] = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    if wrong:
        raise invalid(wrong)
    return columns


def _column(name: str, raw: Any) -> Any:
    if isinstance(raw, (dict, list)):
        raise ValueError("must be a single value")
    value = names.read(name, _stored(raw) if isinstance(raw, str) else raw)
    if name in _CHOICES:
        found = names.choice(_CHOICES[name], str(value), {})
        if found is None:
            raise ValueError(f"must be one of: {', '.join(_CHOICES[name])}")
        return found
    names.field(name).run_validators(value)
    return value


def _stored(raw: str) -> str:
    """Text as a database takes it: without NUL. Raises ValueError for half a surrogate pair."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise ValueError("must be Unicode text") from None
    return raw.replace("\x00", "")


def text(most: int, *, least: int = 0) -> Callable[[Any], str]:
    """A reader of text."""

    def read(raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("must be text")
        cleaned = _stored(raw.strip())
        if not least <= len(cleaned) <= most:
            raise ValueError(f"must have {least} to {most} characters")
        return cleaned

    return read


def one_of(words: Iterable[str]) -> Callable[[Any], str]:
    """A reader of one word of several, in any case."""
    known = list(words)

    def read(raw: Any) -> str:
        plain = raw.strip().lower() if isinstance(raw, str) else ""
        if plain not in known:
            raise ValueError(f"must be one of: {', '.join(known)}")
        return plain

    return read


def whole(most: int) -> Callable[[Any], int]:
    """A reader of whole numbers from 0 to `most`, as numbers or digits."""

    def read(raw: Any) -> int:
        plain = str(raw).strip() if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 18 and int(plain) <= most):
            raise ValueError(f"must be a whole number from 0 to {most}")
        return int(plain)

    return read


def boolean(raw: Any) -> bool:
    """A reader of true and false, and of the words for them."""
    plain = str(raw).strip().lower() if isinstance(raw, bool | str) else ""
    if plain not in {"true", "1", "yes", "false", "0", "no"}:
        raise ValueError("must be true or false")
    return plain in {"true", "1", "yes"}


def uuid(raw: Any) -> UUID:
    """A reader of keys."""
    try:
        return UUID(raw if isinstance(raw, str) else "")
    except ValueError:
        raise ValueError("must be a UUID") from None


def moment(raw: Any) -> datetime.datetime:
    """A reader of ISO times."""
    found = names.moment(raw) if isinstance(raw, str) else None
    if found is None:
        raise ValueError("must be a time like 2026-11-27T10:00:00Z")
    try:
        return found.astimezone(datetime.UTC)
    except OverflowError:
        raise ValueError("must be a time of our era") from None


def room_type(raw: Any) -> briefs.RoomType:
    """A reader of room types."""
    try:
        return briefs.room_type(raw if isinstance(raw, str) else "")
    except ValueError:
        raise ValueError(f"must be one of: {', '.join(briefs.RoomType)}") from None


def style(raw: Any) -> briefs.Style:
    """A reader of styles."""
    try:
        return briefs.style(raw if isinstance(raw, str) else "")
    except ValueError:
        raise ValueError(f"must be one of: {', '.join(briefs.Style)}") from None


def words(known: Collection[str]) -> Callable[[Any], list[str]]:
    """A reader of a list of words."""

    def read(raw: Any) -> list[str]:
        if not isinstance(raw, list) or not all(isinstance(one, str) and one in known for one in raw):
            raise ValueError(f"must be a list of: {', '.join(known)}")
        return list(dict.fromkeys(raw))

    return read


def listed(read: Callable[[Any], T], most: int) -> Callable[[Any], list[T]]:
    """A reader of a list of what `read` reads."""

    def all_of(raw: Any) -> list[T]:
        if not isinstance(raw, list) or len(raw) > most:
            raise ValueError(f"must be a list of at most {most}")
        return [read(one) for one in raw]

    return all_of
