"""The bodies of this API's successes."""

from __future__ import annotations

from typing import Any

from billing.models import Account
from staging import conversions, credits
from staging.api.conversions import pictures
from staging.conversions import ConversionStatus
from staging.models import Conversion, Output


def accepted(account: Account, uuid: str, conversion: Conversion, *, new: bool) -> dict[str, Any]:
    """What a create answers; `uuid` as this request wrote it.

    A `new` conversion is queued, as the contract has it, even when a worker was faster than this answer; one that the
    identifier stood for already tells where it is.
    """
    status = conversions.status(conversion)
    return {
        "uuid": uuid,
        "conversion": uuid,
        "finished": not new and status.finished,
        "status": "queued" if new else status.state,
        "files": [] if new else _files(status),
        "credits_used": status.credits_used,
        "credits_left": credits.balance(account),
    }


def results(status: ConversionStatus) -> dict[str, Any]:
    """Where a conversion stands."""
    if status.state == "failed":
        return {"finished": True, "files": [], "error": status.error}
    if status.state == "finished":
        return {"finished": True, "files": _files(status)}
    progress = round(status.progress, 3)
    return {"finished": False, "files": _files(status), "status": status.state, "progress": progress}


def _files(status: ConversionStatus) -> list[dict[str, str]]:
    return [_file(output) for output in status.pictures]


def _file(output: Output) -> dict[str, str]:
    """The host-relative addresses of one picture, of its photo and of its thumbnail."""
    return {
        "url": pictures.address(output, "results"),
        "original": pictures.address(output, "originals"),
        "thumbnail": pictures.address(output, "thumbs"),
    }
