"""Which node makes the next picture, and what a job asks of the engine first."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from PIL import Image

from staging.backends.base import BackendError, Failed, FailureClass, Job
from staging.backends.comfyui import Note
from staging.backends.comfyui.planning import Maps
from staging.renditions import resampled
from tests.staging.backends.comfyui import asking
from tests.staging.backends.comfyui.asking import ask, job, node, refused
from tests.staging.backends.comfyui.machine import every_model
from tests.staging.backends.comfyui.stand_in import ComfyStandIn


def chosen(nodes: list[Any], wanted: Job | None = None, key: str = "k") -> int:
    return int(ask(nodes, lambda backend: backend.submit(wanted or job(), key)).partition(":")[0])


def queue(comfy: ComfyStandIn, count: int) -> None:
    comfy.switches.seconds = 60
    for number in range(count):
        comfy.add(f"somebody-elses-{number}", {}, {}, [])


def test_models_present_come_before_a_model_loaded_and_that_before_a_short_queue(comfy: ComfyStandIn) -> None:
    with ComfyStandIn() as loaded, ComfyStandIn({"checkpoints": set()}) as bare:
        queue(loaded, 1)
        nodes = [node(bare, 1), node(comfy, 2), node(loaded, 3, loaded="sd_xl_base_1.0.safetensors")]
        assert chosen(nodes) == 3
        queue(loaded, 1)
        assert chosen(nodes, key="k2") == 2


def test_the_shorter_queue_is_chosen(comfy: ComfyStandIn) -> None:
    with ComfyStandIn() as other:
        queue(comfy, 1)
        assert chosen([node(comfy, 1), node(other, 2)]) == 2


def test_two_are_in_flight_at_most(comfy: ComfyStandIn) -> None:
    queue(comfy, 2)
    failed = refused([node(comfy)], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "node_busy")
    assert failed.retry_after
    assert comfy.uploads() == set()


def test_what_was_loaded_is_learned(comfy: ComfyStandIn) -> None:
    learned: list[Note] = []
    ask([node(comfy)], lambda backend: backend.submit(job("redesign", "flux-schnell"), "k"), learned=learned)
    assert learned == [Note(1, learned[0].event, "flux1-schnell-fp8.safetensors")]


def test_a_node_set_aside_gets_nothing_and_is_waited_for(comfy: ComfyStandIn) -> None:
    with ComfyStandIn() as other:
        assert chosen([node(comfy, 1, takes=False), node(other, 2)]) == 2
    failed = refused([node(comfy, takes=False)], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "nodes_set_aside")


def test_a_node_that_is_away_is_passed_over(comfy: ComfyStandIn) -> None:
    learned: list[Note] = []
    nodes = [node(comfy, 1, url="http://127.0.0.1:9"), node(comfy, 2)]
    assert ask(nodes, lambda backend: backend.submit(job(), "k"), learned=learned).startswith("2:")
    assert asking.notes(learned) == ["away", "loaded"]
    failed = refused(nodes[:1], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "node_unreachable")


def test_a_model_that_no_node_has_is_our_fault(comfy: ComfyStandIn) -> None:
    bare = [dataclasses.replace(node(comfy), models=frozenset())]
    for wanted in (job(), job("staging", "flux-schnell"), job("redesign", "dall-e")):
        failed = refused(bare, lambda backend, wanted=wanted: backend.submit(wanted, "k"))
        assert (failed.failure, failed.code) == (FailureClass.MISCONFIGURED, "model_missing")


def test_capabilities_are_what_the_models_allow(comfy: ComfyStandIn) -> None:
    told = ask([node(comfy)], lambda backend: backend.capabilities())
    assert told["kinds"] == ["staging", "declutter", "redesign", "sketch"]
    assert told["models"]["redesign"] == ["sdxl", "flux-dev", "qwen-image-edit", "flux-schnell"]
    comfy.models = {
        folder: {file for file in files if "qwen" in file.lower()} for folder, files in every_model().items()
    }
    assert ask([node(comfy)], lambda backend: backend.capabilities())["models"] == {
        "staging": ["qwen-image-edit"],
        "declutter": ["qwen-image-edit"],
        "redesign": ["qwen-image-edit"],
        "sketch": [],
    }


def unreadable(failure: FailureClass = FailureClass.CUSTOMER_INPUT) -> Any:
    async def mapper(_job: Job, _purpose: str, _key: str) -> Maps:
        raise BackendError(Failed(failure, "room_unreadable", "No floor is seen."))

    return mapper


def test_a_room_that_cannot_be_read_is_refused_where_a_mask_is_a_must(comfy: ComfyStandIn) -> None:
    for wanted in (job("staging", "sdxl"), job("staging", "qwen-image-edit", declutter="on")):
        failed = refused([node(comfy)], lambda backend, wanted=wanted: backend.submit(wanted, "k"), mapper=unreadable())
        assert (failed.failure, failed.code) == (FailureClass.CUSTOMER_INPUT, "room_unreadable")
    # A model that works by an instruction can do without.
    assert ask([node(comfy)], lambda b: b.submit(job("staging", "qwen-image-edit"), "k"), mapper=unreadable())
    away = unreadable(FailureClass.TRANSIENT)
    wanted = job("staging", "qwen-image-edit")
    assert refused([node(comfy)], lambda backend: backend.submit(wanted, "k3"), mapper=away).code == "room_unreadable"


def test_outdoors_nothing_is_asked_of_the_engine(comfy: ComfyStandIn) -> None:
    broken = unreadable(FailureClass.MISCONFIGURED)
    assert ask([node(comfy)], lambda b: b.submit(job(space="exterior"), "k"), mapper=broken)


def nothing_found(real: Any) -> Any:
    async def mapper(wanted: Job, purpose: str, key: str) -> Maps:
        maps = await real(wanted, purpose, key)
        empty = {**maps.pictures, "mask": asking.mask_of((0, 0, 0, 0))}
        return Maps(empty, maps.record) if purpose == "declutter" else maps

    return mapper


def test_an_empty_room_is_furnished_at_once_and_not_emptied(comfy: ComfyStandIn) -> None:
    wanted, mapper = job("staging", "flux-dev", declutter="auto"), nothing_found(asking.mapper)
    ask([node(comfy)], lambda backend: backend.submit(wanted, "k"), mapper=mapper)
    assert list(comfy.queue[0].extra_data["openhouse"]["outputs"]) == ["staged"]


@pytest.mark.parametrize(("kind", "roles"), [("declutter", 2), ("staging", 4)])
def test_a_room_with_nothing_to_remove_is_its_own_emptied_picture(comfy: ComfyStandIn, kind: str, roles: int) -> None:
    """What the contract says of `declutter_mode=on`."""
    comfy.switches.seconds = 0
    wanted = job(kind, "flux-dev", declutter="on", long_edge=400)
    found = asking.made(comfy, wanted, mapper=nothing_found(asking.mapper))
    photo = resampled(Image.open(io.BytesIO(asking.PHOTO)).convert("RGB"), 400)
    assert len(found) == roles
    assert found["emptied"].tobytes() == photo.tobytes()
    assert found["removed" if kind == "staging" else "mask"].getbbox() is None
