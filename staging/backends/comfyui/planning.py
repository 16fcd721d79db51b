"""From a job to a graph: which workflows make it, what is uploaded for them, which of their ends is which picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from PIL import Image

from staging.backends.base import BackendError, Failed, FailureClass, Job
from staging.backends.comfyui import choosing, graphs, pictures
from staging.backends.comfyui.catalogue import Catalogue, Workflow
from staging.backends.comfyui.client import NOT_SET_UP
from staging.backends.comfyui.graphs import OUT, Graph
from staging.backends.comfyui.node import Node
from staging.renditions import size_for

# The picture that a kind of job is for, by the roles that every backend uses.
ROLES: Final = {"staging": "staged", "declutter": "emptied", "redesign": "redesigned", "sketch": "rendered"}
_STAGE, _ENLARGE = "s_", "u_"
_SEEDS: Final = 2**32
# A room in which nothing is to be removed is its own emptied picture. The node hands the photo back, so that such a job
# goes the way of all others; no model works on it.
AS_IT_IS: Final = Workflow(
    name="as_it_is",
    graph={
        "photo": {"class_type": "LoadImage", "inputs": {"image": "room.png"}},
        OUT: {"class_type": "PreviewImage", "inputs": {"images": ["photo", 0]}},
    },
    needs=frozenset(),
    classes=frozenset({"LoadImage", "PreviewImage"}),
    main="",
    photo="photo.image",
    within="declutter",
)


@dataclass(frozen=True)
class Choice:
    """The workflows of one job: what empties the room first, what makes the picture, what enlarges it."""

    model: str
    main: Workflow
    emptying: Workflow | None = None
    enlarging: Workflow | None = None

    @property
    def all(self) -> tuple[Workflow, ...]:
        """All of them, in the order in which they work."""
        return tuple(workflow for workflow in (self.emptying, self.main, self.enlarging) if workflow)

    def of_an_empty_room(self, declutter: str) -> Choice:
        """The same for a room in which nothing is to be removed: "on" shows it as emptied, "auto" does not."""
        if self.emptying is None:
            return Choice(self.model, AS_IT_IS)
        return replace(self, emptying=AS_IT_IS if declutter == "on" else None)


@dataclass(frozen=True)
class Maps:
    """What the engine says of a photo for one purpose: PNG bytes by role (mask, depth, lines), and its record."""

    pictures: Mapping[str, bytes]
    record: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """A graph whose pictures are named by role, what is uploaded for it by role, and what is to be remembered."""

    graph: Graph
    uploads: dict[str, bytes]
    record: dict[str, Any]
    # Where the name of an upload goes: role -> "NODE.INPUT" of the graph.
    places: dict[str, tuple[str, ...]]

    def with_names(self, names: Mapping[str, str]) -> Graph:
        """The graph with the names under which the uploads lie on the node."""
        values = {place: names[role] for role, places in self.places.items() for place in places}
        return graphs.filled(self.graph, values)


def choose(catalogue: Catalogue, nodes: Collection[Node], brief: Mapping[str, Any], model: str, side: int) -> Choice:
    """The workflows for a brief that some node can run, all on one; `side` is the photo's long edge in pixels.

    Raises BackendError (misconfigured) where there are none.
    """
    space = brief.get("space", "interior")
    main = choosing.first_served(nodes, catalogue.serving(brief["kind"], model, space))
    emptying = None
    if main and brief["kind"] == "staging" and brief.get("declutter", "off") != "off":
        able = [node for node in nodes if choosing.can(node, [main])]
        same = [*catalogue.serving("declutter", model)]
        others = [workflow for other in catalogue.models for workflow in catalogue.serving("declutter", other)]
        emptying = choosing.first_served(able, [*same, *others])
        if emptying is None:
            main = None
    if main is None:
        raise BackendError(Failed(FailureClass.MISCONFIGURED, "model_missing", NOT_SET_UP))
    enlarging = None
    if (brief.get("long_edge") or 0) > side:
        able = [node for node in nodes if choosing.can(node, [main, *([emptying] if emptying else [])])]
        enlarging = choosing.first_served(able, catalogue.upscaling())
    return Choice(model, main, emptying, enlarging)


def needed_maps(choice: Choice, brief: Mapping[str, Any]) -> dict[str, bool]:
    """The purposes for which the engine's maps are wanted, and whether the job cannot be done without."""
    if brief.get("space") == "exterior":
        return {}
    wanted = {choice.main.within: bool(choice.main.mask or choice.main.maps)} if choice.main.within else {}
    if choice.emptying:
        wanted["declutter"] = True
    return wanted


def plan(catalogue: Catalogue, choice: Choice, job: Job, maps: Mapping[str, Maps]) -> Plan:
    """The graph of a job. `maps` are the engine's, by purpose; what is missing there bounds nothing."""
    photo = pictures.opened(job.photo)
    sent = pictures.working_size(*photo.size)
    long_edge = job.brief.get("long_edge")
    target = size_for(*photo.size, long_edge) if long_edge else photo.size
    uploads = {"photo": pictures.png(photo.resize(sent, Image.Resampling.LANCZOS))}
    places: dict[str, tuple[str, ...]] = {}
    main, emptying = choice.main, choice.emptying
    graph = _filled(catalogue, main, job, sent, choice.model)
    within = maps.get(main.within) if main.within else None
    _place(places, uploads, within, main, sent=sent, name="within")
    end = OUT
    if choice.enlarging:
        size = {choice.enlarging.size: max(target)} if choice.enlarging.size else {}
        bigger = graphs.filled(choice.enlarging.graph, size)
        graph = graphs.joined(graph, bigger, prefix=_ENLARGE, photo=choice.enlarging.photo)
        del graph[OUT]
        end = _ENLARGE + OUT
    outputs, photo_at = {}, main.photo
    if emptying:
        first = _filled(catalogue, emptying, _emptying_job(job), sent, choice.model)
        # `joined` wants the first one's end, and the second's photo to replace.
        graph = graphs.joined(first, graph, prefix=_STAGE, photo=main.photo)
        places = {role: tuple(_STAGE + place for place in found) for role, found in places.items()}
        _place(places, uploads, maps["declutter"], emptying, sent=sent, name="removal")
        outputs["emptied"], end, photo_at = OUT, _STAGE + end, emptying.photo
    outputs[ROLES[job.brief["kind"]]] = end
    places["photo"] = (photo_at,)
    record = {
        "outputs": outputs,
        "sent": list(sent),
        "target": list(target),
        "model": choice.model,
        "workflows": [workflow.name for workflow in choice.all],
        "seed": int(job.brief.get("seed", 0)),
        "room": next((found.record["room"] for found in maps.values() if found.record.get("room")), None),
    }
    return Plan(graph, uploads, record, places)


def _filled(catalogue: Catalogue, workflow: Workflow, job: Job, sent: tuple[int, int], model: str) -> Graph:
    """One workflow with its text, seed, size and steps; pictures are named later."""
    values: dict[str, object] = dict(workflow.steps.get(str(job.brief.get("quality", "standard")), {}))
    if workflow.text:
        values[workflow.text] = catalogue.text(workflow, job.brief)
    if workflow.seed:
        values[workflow.seed] = int(job.brief.get("seed", 0)) % _SEEDS
    # Exact in floating point, so that the node's scale is 1: another size would be cropped, and the room moved.
    values |= dict.fromkeys(workflow.scale, sent[0] * sent[1] / pictures.PIXELS)
    return graphs.filled(workflow.graph, values)


def _emptying_job(job: Job) -> Job:
    brief = {**job.brief, "kind": "declutter"}
    return Job(photo=job.photo, brief=brief, time_limit=job.time_limit)


def _place(
    places: dict[str, tuple[str, ...]],
    uploads: dict[str, bytes],
    maps: Maps | None,
    workflow: Workflow,
    *,
    sent: tuple[int, int],
    name: str,
) -> None:
    """Say which maps are uploaded and where their names go.

    The mask is uploaded at the photo's own size too: whoever fetches the pictures needs it again.
    """
    if maps is None:
        return
    uploads[name] = maps.pictures["mask"]
    if workflow.mask:
        small = pictures.opened(maps.pictures["mask"], "L").resize(sent, Image.Resampling.BOX)
        uploads[f"{name}-small"] = pictures.png(small.convert("RGB"))
        places[f"{name}-small"] = (workflow.mask,)
    for place, role in workflow.maps.items():
        uploads[role] = pictures.png(pictures.opened(maps.pictures[role]).resize(sent, Image.Resampling.BILINEAR))
        places[role] = (*places.get(role, ()), place)
