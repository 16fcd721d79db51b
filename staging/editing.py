"""Scenes that a person edits: drafts while at it, and the finished picture on request. Neither costs a credit.

A scene is what the engine's record tells of a picture, JSON: `room` as it was read and `arrangement`, the pieces. Both
edits are runs of the render, through the same life as its first one. A draft is a run of kind PREVIEW: it leaves the
render's status and outputs alone, and a newer one takes the place of one that is still under way.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from staging import credits, jobs, renders, variations
from staging.briefs import Brief, Kind, Quality
from staging.models import MAIN_ROLES, UNFINISHED, Output, Render, Run, State

if TYPE_CHECKING:
    from billing.models import User

# A scene of forty pieces has some 20 kB.
SCENE_BYTES = 200_000


class BadScene(ValueError):
    """What was sent is no scene."""


def checked(said: object) -> dict[str, Any]:
    """The scene in `said`: `room` and `arrangement`, each an object or not there. Raises BadScene.

    What lies inside them the engine judges, which answers with a sentence for people.
    """
    if not isinstance(said, dict) or not set(said) <= {"room", "arrangement"} or not said:
        raise BadScene("A scene has a room, an arrangement or both.")
    if not all(isinstance(part, dict) for part in said.values()):
        raise BadScene("Room and arrangement are objects.")
    if len(json.dumps(said)) > SCENE_BYTES:
        raise BadScene("This scene is too large.")
    return said


def picture_of(render: Render) -> Output | None:
    """The render's latest picture of what was asked for, drafts left out; None while there is none."""
    return pictures_of(render).last()


def pictures_of(render: Render) -> QuerySet[Output]:
    """All of the render's pictures of what was asked for, in the order in which they were asked for."""
    role = MAIN_ROLES[render.brief.kind]
    made = Output.objects.filter(run__render=render, role=role).exclude(run__kind=Run.Kind.PREVIEW)
    return made.select_related("run__render__photo").order_by("run__number")


def latest_of(renders: Collection[Render]) -> dict[int, Output]:
    """`picture_of` of many by their keys, in one query; one without a picture is left out."""
    kinds = {render.pk: MAIN_ROLES[render.brief.kind] for render in renders}
    made = Output.objects.filter(run__render__in=kinds, role__in=set(kinds.values())).exclude(
        run__kind=Run.Kind.PREVIEW
    )
    found: dict[int, Output] = {}
    for output in made.select_related("run__render__photo").order_by("run__number"):
        if output.role == kinds[output.run.render_id]:
            found[output.run.render_id] = output
    return found


def record_of(render: Render) -> dict[str, Any]:
    """What the backend tells of the latest picture; while there is none, of the latest run that failed."""
    output = picture_of(render)
    if output is not None:
        return dict(output.record)
    failed = render.runs.filter(state=State.FAILED).order_by("-number").first()
    return dict(failed.record) if failed else {}


def scene_of(output: Output) -> dict[str, Any]:
    """The scene that a picture shows; parts that its backend does not tell are not there."""
    parts = {name: output.record.get(name) for name in ("room", "arrangement")}
    return {name: part for name, part in parts.items() if isinstance(part, dict)}


def preview(render: Render, scene: dict[str, Any], *, user: User | None = None) -> Run:
    """Ask for a draft of the scene in place of drafts that are still under way; `user` asks. Raises RenderNotDone."""
    return _request(render, scene, Run.Kind.PREVIEW, "draft", user)


def finish(render: Render, scene: dict[str, Any], *, user: User | None = None) -> Run:
    """Ask for the picture of the scene: a variation of the render, that `user` is on record for.

    Raises RenderNotDone, TooManyVariations.
    """
    return _request(render, scene, Run.Kind.VARIATION, settings.RENDER_QUALITY, user)


def preview_run(render: Render, number: int) -> Run | None:
    """The draft of this number, with its outputs."""
    drafts = Run.objects.filter(render=render, kind=Run.Kind.PREVIEW, number=number)
    return drafts.select_related("render").prefetch_related("outputs").first()


def _request(render: Render, scene: dict[str, Any], kind: str, quality: Quality, user: User | None) -> Run:
    account = render.account
    with transaction.atomic():
        credits.lock(account)
        runs = list(Run.objects.filter(render=render).select_related("render").order_by("number"))
        variations.require_done(render, runs)
        for run in runs:
            if run.state in UNFINISHED:
                renders.cancel(run)  # a draft: anything else was refused above
        run = Run(
            render=render,
            account=account,
            number=runs[-1].number + 1,
            kind=kind,
            brief_json=_brief(render, quality).to_dict(),
            scene_json=scene,
            asked_by=user,
        )
        run.hold_reference = credits.hold(account, credits.price(render.brief, variation=True), run_key=run.key)
        run.save()
        jobs.enqueue_after_commit(jobs.start_next)
    return run


def _brief(render: Render, quality: Quality) -> Brief:
    """The render's brief; what it emptied stays emptied, and a room that was only emptied is emptied of the same."""
    brief = dataclasses.replace(renders.with_required_label(render.account, render.brief), quality=quality)
    return brief if brief.kind == Kind.DECLUTTER else dataclasses.replace(brief, declutter="off", mask="")
