"""Pages by cursor: where the last one ended, not how many there were. A row that changes meanwhile comes again, later;
none is left out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from listings.api import fields
from listings.api.endpoints import absolute
from listings.api.errors import invalid

Row = TypeVar("Row", bound=Model)
MOST, USUAL = 200, 50


def page(
    request: Request, rows: QuerySet[Row], column: str, shown: Callable[[list[Row]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """A page of the rows in the order of `column` (a time) and key: `value`, and `next`, its address or null.

    Raises ApiError for a limit or cursor that is none.
    """
    query = request.query_params
    given = fields.Fields({name: query[name] for name in ("limit", "cursor") if name in query})
    limit = given.take("limit", fields.whole(MOST), USUAL) or USUAL
    after = given.take("cursor", _opened, None)
    if given.wrong:
        raise invalid(given.wrong)
    rows = rows.order_by(column, "pk")
    if after is not None:
        moment, pk = after
        rows = rows.filter(Q(**{f"{column}__gt": moment}) | Q(**{column: moment, "pk__gt": pk}))
    found = list(rows[: limit + 1])
    following = None
    if len(found) > limit:
        found = found[:limit]
        again = query.copy()
        again["cursor"] = _sealed(getattr(found[-1], column), found[-1].pk)
        following = absolute(request, f"{request.path}?{again.urlencode()}")
    return {"value": shown(found), "next": following}


def _sealed(moment: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), pk]).encode()).decode().rstrip("=")


def _opened(raw: Any) -> tuple[datetime, int]:
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(str(raw) + "=" * (-len(str(raw)) % 4)))
        found = fields.moment(moment)
    except (ValueError, TypeError, RecursionError):
        raise ValueError("is none that we gave") from None
    if isinstance(pk, bool) or not isinstance(pk, int) or not 0 <= pk < 2**63:
        raise ValueError("is none that we gave")
    return found, pk
