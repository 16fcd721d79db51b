"""From a prompt that ended to the pictures of a job: fetched from the node, looked at, laid into the photo."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageChops

from staging.backends.base import BackendError, Failed, FailureClass, Job, Picture, Pictures
from staging.backends.comfyui import pictures
from staging.backends.comfyui.answers import Ended
from staging.backends.comfyui.client import TROUBLE, Client
from staging.backends.comfyui.planning import ROLES
from staging.renditions import resampled

NOT_GOOD: Final = "The picture that we made did not pass our checks."


async def collect(client: Client, ended: Ended, job: Job) -> Pictures:
    """The pictures of a prompt that ended well, at the size that the job asks for. Raises BackendError, Refused.

    Outside of its mask each has the bytes of the job's photo, brought to that size where it is another.
    """
    record = ended.record
    outputs, names = record.get("outputs") or {}, record.get("names") or {}
    if not outputs or any(not ended.images.get(end) for end in outputs.values()):
        raise BackendError(Failed(FailureClass.TRANSIENT, "pictures_gone", TROUBLE))
    before = pictures.opened(job.photo)
    if edge := job.brief.get("long_edge"):
        before = resampled(before, edge)
    main = ROLES[job.brief["kind"]]
    within = await _mask(client, names.get("within"))
    made: dict[str, Image.Image] = {}
    base, removed = before, None
    if main != "emptied" and "emptied" in outputs:
        removal = await _mask(client, names.get("removal"))
        base, removed = pictures.laid_into(before, await _picture(client, ended, "emptied", removal), removal)
        made |= {"emptied": base, "removed": removed}
    made[main], mask = pictures.laid_into(base, await _picture(client, ended, main, within), within)
    made["mask"] = mask if removed is None else ImageChops.lighter(mask, removed)
    kept = {
        key: record.get(key) for key in ("model", "workflows", "seed", "sent", "room") if record.get(key) is not None
    }
    share = round(sum(made["mask"].histogram()[1:]) / (before.width * before.height), 4)
    told = {"engine": "comfyui", "generative": True, "brief": job.brief, **kept, "mask_share": share}
    return Pictures(tuple(Picture(role, pictures.png(image)) for role, image in made.items()), told)


async def _picture(client: Client, ended: Ended, role: str, within: Image.Image | None) -> Image.Image:
    sent = ended.record.get("sent") or [1, 1]
    data = await client.view(*ended.images[ended.record["outputs"][role]][0])
    return pictures.generated(data, (int(sent[0]), int(sent[1])), within)


async def _mask(client: Client, name: str | None) -> Image.Image | None:
    """The mask that went in with the photo, at its full size; None where all may change."""
    if not name:
        return None
    folder, _, file = name.rpartition("/")
    return pictures.opened(await client.view(file, folder, "input"), "L")
