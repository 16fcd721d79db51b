"""What a real ComfyUI was seen to do, and what the client makes of each; the numbers are those of the shared notes."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime, timedelta

import pytest

from staging.backends.base import BackendError, Failed, FailureClass, Pictures, Progress, Unknown
from staging.backends.comfyui import Note
from tests.staging.backends.comfyui import asking
from tests.staging.backends.comfyui.asking import ask, job, node, refused, submitted
from tests.staging.backends.comfyui.machine import CANONICAL, every_model
from tests.staging.backends.comfyui.stand_in import ComfyStandIn


def models_without(*files: str) -> dict[str, set[str]]:
    return {folder: found - set(files) for folder, found in every_model().items()}


def poll(comfy: ComfyStandIn, handle: str, wait: float = 0.0, **options: object) -> object:
    return ask([node(comfy)], lambda backend: backend.poll(handle, wait), **options)


def test_1_a_missing_model_is_our_fault_and_the_next_node_is_tried(comfy: ComfyStandIn) -> None:
    believed = node(comfy)
    comfy.models = models_without("sd_xl_base_1.0.safetensors")
    learned: list[Note] = []
    failed = refused([believed], lambda backend: backend.submit(job(), "k"), learned=learned)
    assert (failed.failure, failed.code) == (FailureClass.MISCONFIGURED, "model_missing")
    assert "sd_xl_base_1.0.safetensors" in learned[-1].text
    assert asking.notes(learned) == ["changed"]
    with ComfyStandIn() as other:
        nodes = [believed, node(other, 2)]
        assert ask(nodes, lambda backend: backend.submit(job(), "k")).startswith("2:")


def test_2_a_model_that_is_not_checked_at_submit_is_looked_for_before(comfy: ComfyStandIn) -> None:
    upscaler = "RealESRGAN_x4plus.safetensors"
    wanted = job("staging", "sdxl", long_edge=400)
    lacking = node(comfy, models=frozenset((f, x) for f, x in node(comfy).models if x != upscaler))
    comfy.models = models_without(upscaler)
    # Known to lack it: the picture is enlarged here instead. Believed to have it: accepted, and it fails when it runs.
    assert ask([lacking], lambda backend: backend.submit(wanted, "known"))
    handle = ask([dataclasses.replace(lacking, models=node(comfy).models | {("upscale_models", upscaler)})],
                 lambda backend: backend.submit(wanted, "believed"))  # fmt: skip
    assert isinstance(poll(comfy, handle), Failed)
    assert poll(comfy, handle).failure == FailureClass.MISCONFIGURED


def test_3_a_missing_picture_may_be_there_the_next_time(comfy: ComfyStandIn) -> None:
    comfy.switches.lost_uploads_times = 1
    failed = refused([node(comfy)], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "picture_lost")
    assert submitted(comfy, key="k")


def test_4_an_unknown_node_class_is_our_fault(comfy: ComfyStandIn) -> None:
    comfy.lacks = {"SetUnionControlNetType"}
    failed = refused([node(comfy)], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (FailureClass.MISCONFIGURED, "node_class_missing")


def test_5_a_graph_that_is_valid_in_part_is_a_failure_and_its_part_does_not_stay(comfy: ComfyStandIn) -> None:
    believed = node(comfy)
    comfy.models = models_without("sd_xl_base_1.0_inpainting_0.1.safetensors")
    comfy.switches.seconds = 30
    # Emptied by FLUX, which is there, then furnished by SDXL's inpainting, which is not: half of the graph is valid.
    failed = refused([believed], lambda backend: backend.submit(job("staging", "sdxl", declutter="on"), "k"))
    assert (failed.failure, failed.code) == (FailureClass.MISCONFIGURED, "model_missing")
    assert comfy.number == 1
    assert not [prompt for prompt in comfy.queue if not prompt.interrupted]


def test_6_a_bare_500_may_pass(comfy: ComfyStandIn) -> None:
    comfy.switches.refuse_times = 1
    failed = refused([node(comfy)], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "node_error")


def test_7_the_same_key_runs_once_on_whichever_node_has_it(comfy: ComfyStandIn) -> None:
    with ComfyStandIn() as other:
        nodes = [node(comfy), node(other, 2)]
        handle = ask(nodes, lambda backend: backend.submit(job(), "k"))
        assert isinstance(ask(nodes, lambda backend: backend.poll(handle)), Pictures)
        # The other is idle, has the model loaded and would be chosen now: but the first has the job.
        nodes = [node(comfy), node(other, 2, loaded="sd_xl_base_1.0.safetensors")]
        assert ask(nodes, lambda backend: backend.submit(job(), "k")) == handle
        assert (len(comfy.ran), len(other.ran)) == (1, 0)
        assert ask(nodes, lambda backend: backend.submit(job(), "another")).startswith("2:")


@pytest.mark.parametrize("jobs_api", [False, True])
def test_7_an_answer_that_was_lost_does_not_make_a_second_job(comfy: ComfyStandIn, jobs_api: bool) -> None:
    comfy.switches.drop_times, comfy.switches.jobs_api, comfy.switches.seconds = 1, jobs_api, 0.2
    assert refused([node(comfy)], lambda backend: backend.submit(job(), "k")).failure == FailureClass.TRANSIENT
    handle = submitted(comfy, key="k")
    assert isinstance(poll(comfy, handle, 10), Pictures)
    assert len(comfy.ran) == 1


@pytest.mark.parametrize("jobs_api", [False, True])
def test_8_a_restart_loses_the_job_and_not_yet_is_no_loss(comfy: ComfyStandIn, jobs_api: bool) -> None:
    comfy.switches.seconds, comfy.switches.jobs_api = 60, jobs_api
    first, second = submitted(comfy, key="k"), submitted(comfy, key="k2")
    running, waiting = poll(comfy, first), poll(comfy, second)
    assert isinstance(running, Progress)
    assert isinstance(waiting, Progress)
    assert (running.stage, waiting.stage) == ("rendering", "waiting for a GPU")
    comfy.restart()
    assert poll(comfy, first) == poll(comfy, second) == Unknown()


def test_9_the_same_brief_again_is_really_made_again(comfy: ComfyStandIn) -> None:
    for key in ("k-1-1", "k-1-2"):
        assert isinstance(poll(comfy, submitted(comfy, key=key)), Pictures)
    assert len(comfy.ran) == 2


def test_10_a_black_picture_is_no_success_and_sets_its_node_aside(comfy: ComfyStandIn) -> None:
    comfy.switches.picture = "black"
    handle, learned = submitted(comfy), []
    listed = poll(comfy, handle)
    assert isinstance(listed, Pictures)
    failed = refused([node(comfy)], lambda backend: backend.fetch(handle, job, listed), learned=learned)
    assert (failed.failure, failed.code) == (FailureClass.NOTHING_USABLE, "blank")
    assert asking.notes(learned) == ["faulty"]


@pytest.mark.parametrize(
    ("error", "failure", "code", "event"),
    [
        ({"exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation", "node_type": "KSampler"},
         FailureClass.TRANSIENT, "node_out_of_memory", "faulty"),
        ({"exception_type": "safetensors_rust.SafetensorError", "exception_message": "Error while deserializing header",
          "node_type": "UNETLoader"}, FailureClass.MISCONFIGURED, "model_unusable", "faulty"),
        ({"exception_type": "RuntimeError", "exception_message": "CUDA error: unspecified launch failure",
          "node_type": "KSampler"}, FailureClass.TRANSIENT, "node_failed", "seen"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("jobs_api", [False, True])
def test_11_how_a_prompt_failed_says_whose_fault_it_is(
    comfy: ComfyStandIn, error: dict[str, str], failure: FailureClass, code: str, event: str, jobs_api: bool
) -> None:
    comfy.switches.error, comfy.switches.jobs_api = error, jobs_api
    learned: list[Note] = []
    answer = poll(comfy, submitted(comfy), learned=learned)
    assert isinstance(answer, Failed)
    assert (answer.failure, answer.code) == (failure, code)
    assert "CUDA" not in answer.message
    assert asking.notes(learned)[-1] == event


def test_12_no_picture_tells_the_prompt(comfy: ComfyStandIn) -> None:
    found = asking.made(comfy, job())
    assert any(b"prompt" in data for (kind, _), data in comfy.files.items() if kind == "temp")
    assert all(picture.info == {} for picture in found.values())


def test_13_what_was_sent_does_not_stay(comfy: ComfyStandIn) -> None:
    handle = submitted(comfy)
    poll(comfy, handle)
    sent = {name: data for name, data in comfy.files.items() if name[0] == "input"}
    assert len(sent) > 1
    ask([node(comfy)], lambda backend: backend.forget(handle))
    assert comfy.history == {}
    for name, data in sent.items():
        assert comfy.files[name] != data
        assert len(comfy.files[name]) < 200
    ask([node(comfy)], lambda backend: backend.forget(handle))
    ask([node(comfy)], lambda backend: backend.forget("7:gone"))


def test_15_prompt_ids_are_canonical(comfy: ComfyStandIn) -> None:
    assert CANONICAL.fullmatch(submitted(comfy, key="Weird Key-1-1").partition(":")[2])
    assert re.fullmatch(r"openhouse-[0-9a-f-]{36}-photo\.png", sorted(comfy.uploads())[1])


@pytest.mark.parametrize("jobs_api", [False, True])
def test_a_cancelled_job_stops_and_somebody_elses_does_not(comfy: ComfyStandIn, jobs_api: bool) -> None:
    comfy.switches.seconds, comfy.switches.jobs_api = 60, jobs_api
    comfy.add("somebody-elses", {}, {}, [])
    waiting = submitted(comfy)
    ask([node(comfy)], lambda backend: backend.cancel(waiting))
    assert [prompt.id for prompt in comfy.queue] == ["somebody-elses"]
    # Old servers interrupt whatever runs, so that is asked only when it is ours.
    assert "POST /interrupt" not in comfy.requests
    assert not comfy.queue[0].interrupted
    comfy.restart()
    running = submitted(comfy, key="k2")
    ask([node(comfy)], lambda backend: backend.cancel(running))
    assert poll(comfy, running) == Unknown()
    assert len(comfy.stopped) == 2
    ask([node(comfy)], lambda backend: backend.cancel("9:never heard of"))


@pytest.mark.parametrize(
    ("status", "failure", "code"),
    [
        (401, FailureClass.MISCONFIGURED, "node_refuses_token"),
        (403, FailureClass.MISCONFIGURED, "node_refuses_token"),
        (413, FailureClass.MISCONFIGURED, "photo_too_large_for_node"),
        (429, FailureClass.TRANSIENT, "node_busy"),
        (500, FailureClass.TRANSIENT, "node_error"),
        (502, FailureClass.TRANSIENT, "node_error"),
        (503, FailureClass.TRANSIENT, "node_busy"),
    ],
)
def test_what_a_refused_submit_means(comfy: ComfyStandIn, status: int, failure: FailureClass, code: str) -> None:
    comfy.switches.refuse_times, comfy.switches.refuse_status = 1, status
    failed = refused([node(comfy)], lambda backend: backend.submit(job(), "k"))
    assert (failed.failure, failed.code) == (failure, code)


def test_a_token_is_sent_where_a_proxy_asks_for_one(comfy: ComfyStandIn) -> None:
    comfy.switches.token = "open sesame"
    handle = ask([node(comfy, token="open sesame")], lambda backend: backend.submit(job(), "k"))
    assert handle
    with pytest.raises(BackendError):
        poll(comfy, handle)


def test_a_long_poll_answers_when_the_picture_is_there(comfy: ComfyStandIn) -> None:
    comfy.switches.seconds = 0.5
    began = datetime.now(UTC)
    assert isinstance(poll(comfy, submitted(comfy), 20), Pictures)
    assert datetime.now(UTC) - began < timedelta(seconds=10)


def test_a_node_that_stays_away_has_lost_its_jobs_where_there_is_another(comfy: ComfyStandIn) -> None:
    comfy.switches.seconds = 60
    handle = submitted(comfy)
    comfy.stop()
    learned: list[Note] = []
    failed = refused([node(comfy)], lambda backend: backend.poll(handle), learned=learned)
    assert (failed.failure, failed.code) == (FailureClass.TRANSIENT, "node_unreachable")
    assert asking.notes(learned) == ["away"]
    long_ago = datetime.now(UTC) - timedelta(seconds=60)
    away = node(comfy, away_since=long_ago)
    assert refused([away], lambda backend: backend.poll(handle)).code == "node_unreachable"
    with ComfyStandIn() as other:
        nodes = [away, node(other, 2)]
        assert ask(nodes, lambda backend: backend.poll(handle)) == Unknown()
        just_now = [node(comfy, away_since=datetime.now(UTC)), node(other, 2)]
        assert refused(just_now, lambda backend: backend.poll(handle)).code == "node_unreachable"
    assert ask([], lambda backend: backend.poll(handle)) == Unknown()
