"""Every graph that we send passes ComfyUI's own rules, and asks for what the brief says."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest

from staging.backends.base import BackendError, Job
from staging.backends.comfyui import graphs, planning
from staging.backends.comfyui.catalogue import Catalogue, Workflow, catalogue
from staging.backends.comfyui.node import Node
from staging.briefs import Kind, RoomType, Style
from tests.staging.backends.comfyui import asking
from tests.staging.backends.comfyui.machine import every_model
from tests.staging.backends.comfyui.validation import Validation

MODELS = every_model()
SERVED = [
    (kind, model, space)
    for kind, model, space in itertools.product(planning.ROLES, catalogue().models, ("interior", "exterior"))
    if catalogue().serving(kind, model, space)
]


def full(lacking: set[str] = frozenset()) -> Node:  # type: ignore[assignment]
    """A node with every model but those."""
    return Node(
        1, "http://gpu", models=frozenset((f, x) for f, files in MODELS.items() for x in files if x not in lacking)
    )


def planned(job: Job, node: Node | None = None) -> planning.Plan:
    choice = planning.choose(catalogue(), [node or full()], job.brief, job.brief["model"], asking.WIDTH)
    wanted = planning.needed_maps(choice, job.brief)
    maps = {purpose: asyncio.run(asking.mapper(job, purpose, "k")) for purpose in wanted}
    return planning.plan(catalogue(), choice, job, maps)


def judged(plan: planning.Plan) -> tuple[dict[str, Any], Validation]:
    names = {role: f"{role}.png" for role in plan.uploads}
    graph = plan.with_names(names)
    return graph, Validation(graph, MODELS, set(names.values()))


@pytest.mark.parametrize(("kind", "model", "space"), SERVED)
@pytest.mark.parametrize("quality", ["draft", "standard", "best"])
def test_what_is_sent_for_a_brief_is_valid(kind: str, model: str, space: str, quality: str) -> None:
    plan = planned(asking.job(kind, model, space=space, quality=quality))
    graph, found = judged(plan)
    assert (found.error, found.node_errors) == (None, {})
    assert set(found.outputs) >= set(plan.record["outputs"].values())
    assert set(plan.record["outputs"]) == {planning.ROLES[kind]}
    assert [node["inputs"]["seed"] for node in graph.values() if node["class_type"] == "KSampler"] == [5]


def test_all_kinds_and_models_are_there() -> None:
    assert {kind for kind, _, _ in SERVED} == set(planning.ROLES) == {kind.value for kind in Kind}
    assert set(catalogue().models) == {"sdxl", "flux-schnell", "flux-dev", "qwen-image-edit"}


@pytest.mark.parametrize("model", ["sdxl", "flux-dev", "qwen-image-edit"])
def test_a_room_is_emptied_furnished_and_enlarged_in_one_graph(model: str) -> None:
    plan = planned(asking.job("staging", model, declutter="on", long_edge=1600))
    graph, found = judged(plan)
    assert (found.error, found.node_errors) == (None, {})
    assert sorted(found.outputs) == sorted(plan.record["outputs"].values())
    assert set(plan.record["outputs"]) == {"emptied", "staged"}
    # One photo goes in: what is furnished is what was emptied.
    assert [n["inputs"]["image"] for n in graph.values() if n["class_type"] == "LoadImage"] == ["photo.png"]
    assert max(plan.record["target"]) == 1600


@pytest.mark.parametrize("workflow", catalogue().workflows.values(), ids=lambda workflow: workflow.name)
def test_every_workflow_is_valid_as_it_lies_there(workflow: Workflow) -> None:
    uploads = {
        value
        for node in workflow.graph.values()
        for value in node["inputs"].values()
        if isinstance(value, str) and value.endswith(".png")
    }
    found = Validation(workflow.graph, MODELS, uploads)
    assert (found.error, found.node_errors, found.outputs) == (None, {}, ["out"])
    places = [
        workflow.photo,
        workflow.text,
        workflow.seed,
        workflow.mask,
        workflow.size,
        *workflow.maps,
        *workflow.scale,
    ]
    graphs.filled(workflow.graph, dict.fromkeys(filter(None, places), 1))


def test_there_are_sixteen_workflows_and_no_model_but_the_named_ones() -> None:
    assert len(catalogue().workflows) == 16
    files = {file for _, file in itertools.chain.from_iterable(w.needs for w in catalogue().workflows.values())}
    for workflow in catalogue().workflows.values():
        said = [v for n in workflow.graph.values() for v in n["inputs"].values() if str(v).endswith(".safetensors")]
        assert set(said) <= files


def test_the_next_best_workflow_is_used_where_the_best_has_no_models() -> None:
    lines = next(w for w in catalogue().serving("redesign", "sdxl") if w.maps)
    assert planned(asking.job()).record["workflows"] == [lines.name]
    lacks = Node(1, "http://gpu", models=full().models, lacks=frozenset({"Canny"}))
    assert planned(asking.job(), lacks).record["workflows"] == [lines.name]
    with pytest.raises(BackendError) as caught:
        planned(asking.job(), full({"sd_xl_base_1.0.safetensors"}))
    assert caught.value.failed.code == "model_missing"


def test_every_room_and_style_has_words() -> None:
    (workflow,) = catalogue().serving("staging", "qwen-image-edit")
    texts = {
        catalogue().text(workflow, {"kind": "staging", "room_type": room, "style": style})
        for room, style in itertools.product(RoomType, Style)
    }
    assert len(texts) == len(RoomType) * len(Style)
    assert not any("{" in text or "a calm, neutral style" in text for text in texts)
    dusk = catalogue().text(workflow, {"kind": "redesign", "space": "exterior", "style": "modern", "dusk": True})
    assert "dusk" in dusk
    assert "front of this house" in dusk


def test_an_operators_own_names_of_models(tmp_path: Any) -> None:
    own = tmp_path / "models.json"
    own.write_text(json.dumps({"sdxl": {"folder": "checkpoints", "file": "ours.safetensors"}}))
    (workflow,) = Catalogue(own).serving("sketch", "sdxl")
    assert ("checkpoints", "ours.safetensors") in workflow.needs
    assert workflow.graph["ckpt"]["inputs"]["ckpt_name"] == "ours.safetensors"
    assert ("checkpoints", "sd_xl_base_1.0.safetensors") in catalogue().serving("sketch", "sdxl")[0].needs
    own.write_text(json.dumps({"typo": {"folder": "checkpoints", "file": "ours.safetensors"}}))
    with pytest.raises(ValueError, match="typo"):
        Catalogue(own)
