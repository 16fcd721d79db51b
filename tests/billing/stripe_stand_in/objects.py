"""What the stand-in keeps: objects by id, a clock, events; and the errors that Stripe answers with."""

from __future__ import annotations

import calendar
import copy
import datetime
import itertools
import re
from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
API_VERSION = "2026-10-28.endive"


class ApiError(Exception):
    """An answer that is an error, as https://docs.stripe.com/api/errors describes them."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **more}}


def invalid(message: str, **more: Any) -> ApiError:
    """A call that Stripe refuses."""
    return ApiError(400, "invalid_request_error", message, **more)


class Store:
    """Everything the stand-in knows."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.objects: dict[str, Object] = {}
        self.outbox: list[Object] = []
        self._numbers = itertools.count(1)

    def new(self, prefix: str, kind: str, **fields: Any) -> Object:
        """A new object under an id like Stripe's."""
        made = {
            "id": f"{prefix}_{next(self._numbers):014d}",
            "object": kind,
            "created": self.now,
            "livemode": False,
            "metadata": {},
            **fields,
        }
        self.objects[made["id"]] = made
        return made

    def get(self, stripe_id: str, kind: str) -> Object:
        """The object, or Stripe's 404."""
        found = self.objects.get(stripe_id)
        if found is None or found["object"] != kind:
            message = f"No such {kind}: '{stripe_id}'"
            raise ApiError(404, "invalid_request_error", message, code="resource_missing", param="id")
        return found

    def all(self, kind: str, **fields: Any) -> Iterator[Object]:
        """Objects of a kind with these fields, newest first, as lists show them."""
        for found in reversed(list(self.objects.values())):
            if found["object"] == kind and all(found.get(name) == value for name, value in fields.items()):
                yield found

    def emit(self, name: str, subject: Object) -> None:
        """Put an event about `subject`, as it is now, into the outbox."""
        event = self.new(
            "evt",
            "event",
            api_version=API_VERSION,
            pending_webhooks=1,
            type=name,
            request={"id": None, "idempotency_key": None},
            data={"object": copy.deepcopy(subject)},
        )
        self.outbox.append(event)

    def shown(self, found: Object, expand: list[str]) -> Object:
        """The object as an answer: references stay ids unless `expand` names them."""
        answer = copy.deepcopy(found)
        if answer["object"] == "invoice":
            answer.pop("payments", None)
        for path in expand:
            self._expand(answer, path.split("."))
        return answer

    def page(self, found: Iterator[Object], params: Object) -> Object:
        """One page of a list."""
        rows = list(found)
        after = params.get("starting_after")
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        limit = int(params.get("limit", 10))
        expand = [path.removeprefix("data.") for path in params.get("expand", [])]
        data = [self.shown(row, expand) for row in rows[:limit]]
        return {"object": "list", "url": "/v1/list", "has_more": len(rows) > limit, "data": data}

    def _expand(self, answer: Object, path: list[str]) -> None:
        name, *rest = path
        if name == "payments" and answer["object"] == "invoice":
            rows = [copy.deepcopy(row) for row in self.all("invoice_payment", invoice=answer["id"])]
            answer["payments"] = {"object": "list", "has_more": False, "url": "", "data": rows}
            return
        value = answer.get(name)
        if rest and isinstance(value, dict):
            self._expand(value, rest)
        elif isinstance(value, str) and value in self.objects:
            answer[name] = copy.deepcopy(self.objects[value])


def parsed(pairs: list[tuple[str, str]]) -> Object:
    """Stripe's form notation (`items[0][price]=…`) as nested dictionaries and lists."""
    root: Object = {}
    for key, value in pairs:
        names = re.findall(r"[^\[\]]+", key) + (["+"] if key.endswith("[]") else [])
        here = root
        for name in names[:-1]:
            here = here.setdefault(name, {})
        here[str(len(here)) if names[-1] == "+" else names[-1]] = value
    return _with_lists(root)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(inner) for name, inner in value.items()}


def a_month_after(moment: int) -> int:
    """The same day of the next month, or its last day."""
    start = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
