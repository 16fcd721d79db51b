"""The alteration record of every picture: kinds of edit, engine, seed, hashes, check, and who said what of it.

Rows are written in the transaction that they tell of, and never again (staging.models.alterations).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from staging.briefs import Brief, Kind
from staging.models import MASKS, Alteration, Output, Role, Run

if TYPE_CHECKING:
    from billing.models import ApiKey, User

Event = Alteration.Event

# RESO MediaAlteration of each kind of edit, in the order in which they are told.
_WORDS = {
    "staging": "Virtual Staging - Item Addition",
    "declutter": "Decluttered - Item Removed",
    "redesign": "Virtual Renovation",
    "sketch": "Virtual Representation - To Be Built",
    "dusk": "Twilight Conversion",
    "exterior": "Virtual Enhancements",
}


@dataclass(frozen=True)
class Actor:
    """Who acts: a user on our pages, or a holder of an API key. Neither: the machine itself."""

    user: User | None = None
    key: ApiKey | None = None


def kinds_of(brief: Brief, *, emptied: bool) -> list[str]:
    """RESO MediaAlteration of a picture made by this brief; `emptied` where something was really removed."""
    if brief.dusk and brief.style is None:
        return [_WORDS["dusk"]]  # the time of day alone: what the house is stays as it was
    kinds = {brief.kind.value}
    if emptied:
        kinds.add("declutter")
    if brief.kind == Kind.REDESIGN:
        kinds.add("exterior" if brief.space == "exterior" else "staging")
        if brief.dusk:
            kinds.add("dusk")
    return [word for kind, word in _WORDS.items() if kind in kinds]


def record_made(run: Run, outputs: Sequence[Output]) -> None:
    """Write down how the run's pictures were made. Called in the transaction that saves them."""
    masks = {Role(output.role): output.sha256 for output in outputs if output.role in MASKS}
    record: dict[str, Any] = next((output.record for output in outputs if output.record), {})
    emptied = any(output.role == Role.EMPTIED for output in outputs) or _starts_emptied(run)
    Alteration.objects.bulk_create(
        Alteration(
            **_named(run, output),
            event=Event.MADE,
            kinds=_kinds(run, output, emptied),
            engine=str(record.get("engine", run.backend))[:60],
            version=str(record.get("version", ""))[:60],
            seed=run.brief.seed,
            mask_sha256=_mask(output, masks),
            verdict=output.verdict,
            figures=output.figures,
            actor_id=run.asked_by_id,
            # What somebody asked for on our pages is theirs, whatever key began the render.
            key_prefix=run.render.api_key.prefix if run.render.api_key and run.asked_by_id is None else "",
            asked_at=run.queued_at,
            started_at=run.first_started_at,
        )
        for output in outputs
        if output.role not in MASKS
    )


def note(output: Output, event: Event, actor: Actor, why: str = "") -> Alteration:
    """Write down what somebody said of a picture. Called in the transaction that acts on it."""
    made = Alteration.objects.filter(output_uuid=output.uuid, event=Event.MADE).first()
    kept = ("kinds", "engine", "version", "seed", "mask_sha256", "verdict", "figures", "asked_at", "started_at")
    return Alteration.objects.create(
        **_named(output.run, output),
        **({name: getattr(made, name) for name in kept} if made else {"kinds": _kinds_anew(output)}),
        event=event,
        actor=actor.user,
        key_prefix=actor.key.prefix if actor.key else "",
        note=why[:300],
    )


def of_picture(uuid: UUID) -> list[Alteration]:
    """A picture's record, in its order."""
    return list(Alteration.objects.filter(output_uuid=uuid).select_related("actor"))


def of_hash(sha256: str) -> list[Alteration]:
    """The record of pictures of these bytes, for whoever knows the hash alone: the page of an original whose picture
    is gone.
    """
    return list(Alteration.objects.filter(picture_sha256=sha256).select_related("actor"))


def of_pictures(uuids: Iterable[UUID]) -> dict[UUID, list[Alteration]]:
    """The records of many, in one query."""
    found: dict[UUID, list[Alteration]] = {}
    for row in Alteration.objects.filter(output_uuid__in=list(uuids)).select_related("actor"):
        found.setdefault(row.output_uuid, []).append(row)
    return found


def is_overridden(output: Output) -> bool:
    """Whether somebody lets this picture out although its structure check failed."""
    return Alteration.objects.filter(output_uuid=output.uuid, event=Event.OVERRIDDEN).exists()


def overridden(pictures: Collection[UUID]) -> set[UUID]:
    """Which of many pictures somebody lets out although their structure check failed."""
    if not pictures:
        return set()
    rows = Alteration.objects.filter(output_uuid__in=pictures, event=Event.OVERRIDDEN)
    return set(rows.values_list("output_uuid", flat=True))


def _named(run: Run, output: Output) -> dict[str, Any]:
    return {
        "account_id": run.account_id,
        "output_uuid": output.uuid,
        "public_id": run.render.public_id,
        "original_sha256": run.render.photo.sha256,
        "picture_sha256": output.sha256,
    }


def _kinds(run: Run, output: Output, emptied: bool) -> list[str]:
    if output.role == Role.EMPTIED and run.brief.kind != Kind.DECLUTTER:
        return [_WORDS["declutter"]]
    return kinds_of(run.brief, emptied=emptied)


def _kinds_anew(output: Output) -> list[str]:
    """Of a picture that is older than records."""
    run = output.run
    emptied = Output.objects.filter(run__render=run.render_id, role=Role.EMPTIED).exists()
    return _kinds(run, output, emptied)


def _mask(output: Output, masks: dict[Role, str]) -> str:
    """Hash of what was allowed to change in this picture."""
    removed = masks.get(Role.REMOVED) if output.role == Role.EMPTIED else None
    return removed or masks.get(Role.MASK, "")


def _starts_emptied(run: Run) -> bool:
    """Whether a variation stands in the room that the render's first run emptied."""
    if run.kind == Run.Kind.FIRST:
        return False
    return Output.objects.filter(run__render=run.render_id, run__kind=Run.Kind.FIRST, role=Role.EMPTIED).exists()
