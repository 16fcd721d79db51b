"""From a backend's finished pictures to checked, stored outputs (rows not yet saved)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from staging import bases, copies, jpegs, renditions, structure
from staging.backends.base import Picture, Pictures
from staging.briefs import EMPTIED_FIRST, Brief, Kind
from staging.models import MAIN_ROLES, MASKS, Output, Role, Run, Verdict
from staging.structure import Unusable

_ORDER = {
    Role.STAGED: 0,
    Role.REDESIGNED: 0,
    Role.RENDERED: 0,
    Role.EMPTIED: 1,
    Role.MASK: 2,
    Role.REMOVED: 3,
}

# A worker collects one run at a time.
_beside = ThreadPoolExecutor(1, thread_name_prefix="photo")


def collect(run: Run, fetch: Callable[[], Pictures]) -> list[Output]:
    """Fetch and judge all pictures of a run, then store them, and what is shown at once. Raises Unusable.

    What `fetch` raises is raised. The photo is decoded while the pictures come.

    The rows are not saved: the caller does that in the transaction that finishes the run, or calls `discard`. Each has
    the verdict of the structure check, which the caller acts on.
    """
    brief, base = run.brief, bases.base_of(run)
    long_edge = bases.long_edge_of(brief, run.render.photo)
    opening = _beside.submit(bases.opened, base.picture, long_edge)
    pictures = fetch()
    exact = structure.is_exact(pictures.record)
    by_role = _by_role(pictures, brief, masked=exact)
    before = opening.result()
    images = {role: structure.opened(picture.data, before.size, role) for role, picture in by_role.items()}
    masters = {role: picture.data for role, picture in by_role.items()}
    if Role.MASK not in images:
        images[Role.MASK] = structure.difference(before, images[MAIN_ROLES[brief.kind]])
        masters[Role.MASK] = renditions.png(images[Role.MASK])
    checks = _checks(before, images, brief, exact=exact)
    if base.removed is not None:
        # The backend knows the emptied room alone; what we keep is where the picture differs from the photo.
        images[Role.MASK] = structure.united(images[Role.MASK], bases.opened(base.removed, long_edge))
        masters[Role.MASK] = renditions.png(images[Role.MASK])
    outputs: list[Output] = []
    # A person will have to look at what is refused.
    at_once = copies.wanted_at_once(run) or any(check.verdict == Verdict.FAIL for check in checks.values())
    try:
        for role in sorted(images, key=_ORDER.__getitem__):
            outputs.append(_blank_output(run, role, images[role]))
            _store(outputs[-1], images[role], masters[role], at_once=at_once)
            outputs[-1].record = pictures.record if role == MAIN_ROLES[brief.kind] else {}
            if role in checks:
                outputs[-1].verdict, outputs[-1].figures = checks[role].verdict, checks[role].to_dict()
        jpegs.store(outputs)
    except BaseException:
        discard(outputs)
        raise
    return outputs


def discard(outputs: Collection[Output]) -> None:
    """Delete the files of outputs that were not saved."""
    for output in outputs:
        kept = (output.master, output.delivered, output.preview, output.medium, output.thumbnail)
        for name in {field.name for field in kept if field.name}:
            default_storage.delete(name)
    jpegs.discard(outputs)


def _by_role(pictures: Pictures, brief: Brief, *, masked: bool) -> dict[Role, Picture]:
    """The pictures by role: just those that a job of this kind gives. Raises Unusable."""
    by_role: dict[Role, Picture] = {}
    for picture in pictures.pictures:
        if picture.role not in Role.values or picture.role in by_role:
            raise Unusable("unexpected_picture", f"the backend sent a second or unknown picture {picture.role!r}")
        by_role[Role(picture.role)] = picture
    needed, beside = {MAIN_ROLES[brief.kind], Role.MASK}, {Role.EMPTIED, Role.REMOVED}
    possible = [needed]
    if brief.kind in EMPTIED_FIRST and brief.declutter != "off":
        # "auto" leaves a room without furniture as it is; "on" always shows the emptied room.
        possible = [needed | beside] if brief.declutter == "on" else [needed, needed | beside]
    if not masked:
        # What a generative picture changed can be seen, so its mask is made where it does not come.
        possible += [roles - {Role.MASK} for roles in possible]
    if set(by_role) not in possible:
        raise Unusable("missing_picture", f"the backend sent {sorted(by_role)} instead of {sorted(possible[0])}")
    return by_role


def _checks(
    before: Image.Image, images: dict[Role, Image.Image], brief: Brief, *, exact: bool
) -> dict[Role, structure.Check]:
    """Every picture shows something (raises Unusable), and how each keeps the room, judged by its own mask."""
    found = {}
    for role, image in images.items():
        if role not in MASKS:
            structure.require_content(image)
            emptied = role == Role.EMPTIED
            mask = images[Role.REMOVED if emptied and Role.REMOVED in images else Role.MASK]
            asked = replace(brief, kind=Kind.DECLUTTER) if emptied else brief
            found[role] = structure.judge(before, image, mask, asked, exact=exact)
    return found


def _blank_output(run: Run, role: Role, image: Image.Image) -> Output:
    return Output(run=run, role=role, order=_ORDER[role], width=image.width, height=image.height)


def _store(output: Output, image: Image.Image, data: bytes, *, at_once: bool) -> None:
    """Store the master, which is always clean, and `at_once` also the copies of a picture."""
    base = f"renders/{output.run.render.public_id}/{output.uuid}"
    master = renditions.bare_png(data)
    output.sha256 = hashlib.sha256(master).hexdigest()
    output.master = default_storage.save(f"{base}/{output.role}.png", ContentFile(master))
    if output.role not in MASKS:
        copies.describe(output, image)
        if at_once:
            copies.store(output, image)
