"""Pictures that failed the structure check: tried once more, then kept for a person to look at, for no credit.

Only a person who says why, by name, makes an output of such a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from staging import alterations
from staging.alterations import Actor
from staging.backends.base import Failed, FailureClass
from staging.models import MAIN_ROLES, Alteration, Output, RefusedOutput, Render, Run, Verdict

if TYPE_CHECKING:
    from billing.models import User

# What failed, for people; the first that a check names is told.
WORDS = {
    "changed_outside_mask": "It changed the room where it should not have.",
    "openings": "A door, a window or a corner of the room was lost or moved.",
    "edges": "Too many of the room's edges were lost.",
    "frame": "The picture does not show the same part of the room as the photo.",
    "colour": "It changed the colours of the whole room.",
}
_COLUMNS = (
    "order", "width", "height", "delivered_width", "delivered_height", "sha256", "record", "verdict", "figures",
)  # fmt: skip
_FILES = ("master", "delivered", "preview", "medium", "thumbnail")
_SEEDS = 2**31


class NotRefused(LookupError):
    """The render has no picture that was refused, or somebody has let it out already."""


class NoReason(ValueError):
    """An override needs a reason in words."""


def failure(outputs: Sequence[Output]) -> Failed | None:
    """Why the pictures of a run may not go out; None when they may."""
    failed = [output for output in outputs if output.verdict == Verdict.FAIL]
    if not failed:
        return None
    code = str(failed[0].figures["failed"][0])
    said = f"The picture that we made did not keep the room as it is. {WORDS.get(code, '')}".strip()
    return Failed(FailureClass.NOTHING_USABLE, code, said)


def next_seed(brief: dict[str, Any]) -> dict[str, Any]:
    """The brief for another try: the same seed would make the same picture."""
    return {**brief, "seed": (int(brief.get("seed", 0)) + 1) % _SEEDS}


def keep(run: Run, outputs: Sequence[Output]) -> None:
    """Keep the pictures that ended a run, beside its outputs. Called in the transaction that ends it."""
    RefusedOutput.objects.bulk_create(
        RefusedOutput(run=run, uuid=output.uuid, role=output.role, fields=_fields(output)) for output in outputs
    )


def latest(render: Render) -> Output | None:
    """The picture of the render's latest run where that was refused and nobody let it out; not saved."""
    run = Run.objects.filter(render=render).exclude(kind=Run.Kind.PREVIEW).order_by("-number").first()
    if run is None or Output.objects.filter(run=run).exists():
        return None
    kept = RefusedOutput.objects.select_related("run__render__photo")
    found = kept.filter(run=run, role=MAIN_ROLES[run.brief.kind]).first()
    return found.output if found else None


def override(render: Render, actor: Actor, why: str) -> Output:
    """Make outputs of what was refused, because `actor` says so and why: recorded for good, and charged nothing.

    Raises NoReason; NotRefused, for the second of two who say it as well.
    """
    if not why.strip():
        raise NoReason("Say why this picture may go out although it failed the structure check.")
    with transaction.atomic():
        Render.objects.select_for_update().get(pk=render.pk)
        main = latest(render)
        if main is None:
            raise NotRefused
        run = Run.objects.select_related("render__photo", "render__api_key").get(pk=main.run_id)
        outputs = [kept.output for kept in RefusedOutput.objects.filter(run=run)]
        for output in outputs:
            output.run = run
        Output.objects.bulk_create(outputs)
        alterations.record_made(run, outputs)
        found = next(output for output in outputs if output.uuid == main.uuid)
        row = alterations.note(found, Alteration.Event.OVERRIDDEN, actor, why.strip())
        if actor.user is not None:
            _audit(actor.user, row)
    return found


def _audit(user: User, row: Alteration) -> None:
    """Let staff read it among what people did."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Alteration),
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=CHANGE,
        change_message=f"Structure check overridden: {row.note}",
    )


def _fields(output: Output) -> dict[str, Any]:
    kept = {name: getattr(output, name) for name in _COLUMNS}
    return kept | {name: str(getattr(output, name).name or "") for name in _FILES}
