"""The alteration record and the structure check, as pages show them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext, gettext_noop

from listings import proofs
from listings.models import StagedPhoto
from staging import alterations, files, refusals
from staging.briefs import Kind
from staging.models import Alteration, Output, Verdict

register = template.Library()

_EVENTS = {
    Alteration.Event.MADE: gettext_noop("Made"),
    Alteration.Event.APPROVED: gettext_noop("Approved"),
    Alteration.Event.REJECTED: gettext_noop("Rejected"),
    Alteration.Event.WITHDRAWN: gettext_noop("Verdict taken back"),
    Alteration.Event.OVERRIDDEN: gettext_noop("Let out although the check failed"),
}
_CHECKS = {
    "pass": gettext_noop("✓ The room stayed the room"),
    "warn": gettext_noop("Please look closely: the room may have changed"),
    "fail": gettext_noop("✗ The room did not stay as it is"),
}
# Of what is repainted, relaid or drawn anew: there is more to it than its furniture.
_UNTOUCHED = gettext_noop("✓ Nothing changed outside of the edit mask")
_FOUND = {
    "changed_outside_mask": gettext_noop("pixels changed outside of the edit mask"),
    "openings": gettext_noop("a door, window or corner was lost or moved"),
    "edges": gettext_noop("edges of the room were lost"),
    "frame": gettext_noop("the frame moved"),
    "colour": gettext_noop("a cast of colour lies over the room"),
}


@register.inclusion_tag("listings/_record.html")
def picture_record(output: Output) -> dict[str, Any]:
    """The picture's structure check with its figures, and its record."""
    record = alterations.of_picture(output.uuid)
    return {
        "check": _said(output),
        "rows": [(gettext(_EVENTS[Alteration.Event(row.event)]), proofs.actor_of(row), row) for row in record],
        "made": record[0] if record else None,
    }


@register.inclusion_tag("listings/_refused.html", takes_context=True)
def refused_picture(context: dict[str, Any], staged: StagedPhoto) -> dict[str, Any]:
    """The picture that failed the structure check, with its figures, and the form that lets it out."""
    refused = refusals.latest(staged.render)
    return {
        "staged": staged,
        "output": refused,
        "preview": files.preview_url(refused) if refused else "",
        "check": _said(refused) if refused else None,
        "csrf_token": context.get("csrf_token"),
    }


def _said(output: Output) -> dict[str, Any] | None:
    """Verdict and figures in words; None of a picture older than the check's figures."""
    if not output.verdict:
        return None
    figures, title = output.figures, _CHECKS[output.verdict]
    if output.verdict == Verdict.PASS and output.run.brief.kind in {Kind.REDESIGN, Kind.SKETCH}:
        title = _UNTOUCHED
    found = [*figures.get("failed", []), *figures.get("noted", [])]
    shares = {name: 100 * figures[name] for name in ("mask_share", "changed_outside_share", "edges_kept", "shift")
              if name in figures}  # fmt: skip
    return {
        "verdict": output.verdict,
        "title": gettext(title),
        "found": [gettext(_FOUND[name]) for name in found if name in _FOUND],
        "changed_outside": figures.get("changed_outside"),
        "openings_lost": figures.get("openings_lost"),
        "cast": figures.get("cast"),
        **shares,
    }
