"""GPU nodes: added and asked what they can do in the admin, chosen by routes and by callers, learned about at work."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from billing import ledger
from billing.models import Account, User
from staging import fleet, jobs, renders, routes, sweeper, turns
from staging.backends.comfyui.node import Event, Note
from staging.briefs import Brief, Kind
from staging.models import GpuNode, Photo, Run
from tests.staging.backends.comfyui.machine import every_model
from tests.staging.backends.comfyui.stand_in import ComfyStandIn
from tests.staging.runs import due_now, go, run_of
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def comfy() -> Iterator[ComfyStandIn]:
    with ComfyStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def node(comfy: ComfyStandIn) -> GpuNode:
    """A node that has every model and has said so."""
    models = {folder: sorted(files) for folder, files in every_model().items()}
    return GpuNode.objects.create(name="gpu one", url=comfy.url, models_by_folder=models, seen_at=timezone.now())


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com", "a long enough password"))
    return client


def fresh(node: GpuNode) -> GpuNode:
    return GpuNode.objects.get(pk=node.pk)


def act(staff: Client, action: str, node: GpuNode) -> str:
    form = {"action": action, "_selected_action": node.pk}
    return staff.post("/admin/staging/gpunode/", form, follow=True).content.decode()


def test_a_node_is_added_and_asked_what_it_can_do(staff: Client, comfy: ComfyStandIn) -> None:
    comfy.models["diffusion_models"].discard("flux1-dev-fp8.safetensors")
    form = {"name": "gpu one", "url": comfy.url, "token": "", "enabled": "on"}
    added = staff.post("/admin/staging/gpunode/add/", form, follow=True).content.decode()
    assert "is being asked what it can do" in added
    node = GpuNode.objects.get()
    assert fleet.due() == [node.pk]
    jobs.probe(node.pk)
    page = staff.get(f"/admin/staging/gpunode/{node.pk}/change/").content.decode()
    for shown in (
        "Ready",
        "cuda:0 Stand-In 24 GB",
        "24.0\xa0GB",
        "ComfyUI 0.3.64",
        "0 at work, 0 waiting",
        "sketch with sdxl: can",
        "redesign with flux-dev: lacks flux1-dev-fp8.safetensors",
        "sd_xl_base_1.0.safetensors",
    ):
        assert shown in page, shown
    listed = staff.get("/admin/staging/gpunode/").content.decode()
    assert "staging, declutter, redesign, sketch" in listed


@pytest.mark.parametrize(
    "url", ["", "10.0.0.5:8188", "ftp://gpu", "http://", "http://u:p@gpu:8188", "http://gpu:99999"]
)
def test_what_is_no_address_is_refused(staff: Client, url: str) -> None:
    form = {"name": "gpu one", "url": url, "enabled": "on"}
    assert staff.post("/admin/staging/gpunode/add/", form).status_code == 200
    assert not GpuNode.objects.exists()


def test_the_token_is_never_shown_and_stays_when_left_empty(staff: Client, node: GpuNode) -> None:
    GpuNode.objects.filter(pk=node.pk).update(token="open sesame")
    page = f"/admin/staging/gpunode/{node.pk}/change/"
    assert "open sesame" not in staff.get(page).content.decode()
    staff.post(page, {"name": "gpu two", "url": node.url, "token": "", "enabled": "on"})
    assert (fresh(node).name, fresh(node).token) == ("gpu two", "open sesame")
    staff.post(page, {"name": "gpu two", "url": node.url, "token": "shut again", "enabled": "on"})
    assert fresh(node).token == "shut again"


def test_nodes_are_taken_out_of_work_and_back_and_the_log_says_who(staff: Client, node: GpuNode) -> None:
    assert "gpu one: disabled." in act(staff, "disable", node)
    assert routes.table().slots()[routes.COMFYUI] == 0
    assert "Disabled: gets no new work" in staff.get("/admin/staging/gpunode/").content.decode()
    act(staff, "enable", node)
    fleet.learn([Note(node.pk, Event.FAULTY, "its picture was refused: blank")])
    assert fresh(node).is_set_aside
    page = staff.get(f"/admin/staging/gpunode/{node.pk}/change/").content.decode()
    assert "Set aside for" in page
    assert "its picture was refused: blank" in page
    assert "taken back into work" in act(staff, "take_back", node)
    assert not fresh(node).is_set_aside
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Disabled", "Enabled", "Taken back into work",
    ]  # fmt: skip
    # Redis is away in these tests.
    assert "The queue is away" in act(staff, "probe", node)


def test_people_without_the_right_see_no_nodes(client: Client, owner: User, node: GpuNode) -> None:
    client.force_login(User.objects.create_user("staff@example.com", "a long enough password", is_staff=True))
    assert client.get("/admin/staging/gpunode/").status_code == 403
    client.force_login(owner)
    assert client.get("/admin/staging/gpunode/").status_code == 302


def test_a_node_that_does_not_answer_keeps_what_it_said(node: GpuNode, comfy: ComfyStandIn) -> None:
    comfy.stop()
    jobs.probe(node.pk)
    away = fresh(node)
    assert away.away_since is not None
    assert away.last_error.startswith("node_unreachable")
    assert away.models_by_folder == node.models_by_folder
    jobs.probe(node.pk)
    assert fresh(node).away_since == away.away_since
    comfy.start()
    comfy.lacks = {"Canny"}
    jobs.probe(node.pk)
    assert (fresh(node).away_since, fresh(node).lacks) == (None, ["Canny"])
    jobs.probe(0)


def test_nodes_are_asked_again_after_a_while(node: GpuNode, settings: Any) -> None:
    jobs.probe(node.pk)
    assert fleet.due() == []
    long_ago = timezone.now() - timedelta(seconds=settings.COMFYUI_PROBE_SECONDS + 1)
    GpuNode.objects.update(probed_at=long_ago)
    assert fleet.due() == [node.pk]
    fleet.learn([Note(node.pk, Event.CHANGED, "a model is missing")])
    assert fleet.due() == [node.pk]
    GpuNode.objects.update(enabled=False)
    assert fleet.due() == []
    assert sweeper.probe_nodes() == 0


def backend_of(account: Account, photo: Photo, brief: Brief, **changes: Any) -> str:
    """The backend that a run of this brief would get."""
    run = run_of(renders.request(account, photo, brief))
    for name, value in changes.items():
        setattr(run, name, value)
    return routes.table().backend_for(run)


def test_routes(account: Account, photo: Photo, brief: Brief, node: GpuNode, settings: Any) -> None:
    ledger.grant(account, 20, reference="test:routes")
    named = dataclasses.replace(brief, model="sdxl")
    assert backend_of(account, photo, brief) == routes.ENGINE
    assert backend_of(account, photo, named) == routes.COMFYUI
    assert backend_of(account, photo, dataclasses.replace(brief, model="flux-schnell")) == routes.ENGINE
    assert backend_of(account, photo, named, scene_json={"arrangement": {}}) == routes.ENGINE
    settings.RENDER_MODELS = {"staging": "qwen-image-edit"}
    assert backend_of(account, photo, brief) == routes.COMFYUI
    GpuNode.objects.update(enabled=False)
    assert backend_of(account, photo, named) == routes.ENGINE


def test_what_the_caller_names_is_used_and_the_node_learns_it(
    account: Account, photo: Photo, brief: Brief, node: GpuNode, comfy: ComfyStandIn, engine: StandIn
) -> None:
    render = renders.request(account, photo, dataclasses.replace(brief, model="flux-dev"))
    go(render)
    run = run_of(render)
    assert (run.state, run.backend) == ("done", "comfyui")
    record = run.outputs.get(role="staged").record
    assert (record["engine"], record["model"]) == ("comfyui", "flux-dev")
    assert fresh(node).loaded == "flux1-fill-dev.safetensors"
    assert engine.started == []
    # Nothing of the customer's stays on the node.
    assert comfy.history == {}


def test_slots_are_counted_by_backend(
    account: Account, photo: Photo, brief: Brief, node: GpuNode, settings: Any, engine: StandIn, comfy: ComfyStandIn
) -> None:
    settings.ENGINE_SLOTS = 1
    engine.switches.seconds = comfy.switches.seconds = 60
    named = dataclasses.replace(brief, model="sdxl", kind=Kind.SKETCH)
    for asked in (brief, named, named, brief, named):
        renders.request(account, photo, asked)
    while turns.free_slots() and jobs.start_next() is None and turns.anyone_waiting():
        if Run.objects.filter(state="running").count() == 3:
            break
    running = Run.objects.filter(state="running").order_by("backend").values_list("backend", flat=True)
    assert list(running) == ["comfyui", "comfyui", "engine"]


def test_a_second_node_takes_over_from_one_that_stays_away(
    account: Account, photo: Photo, brief: Brief, node: GpuNode, comfy: ComfyStandIn, engine: StandIn, settings: Any
) -> None:
    settings.COMFYUI_GIVE_UP_SECONDS = 0.001
    comfy.switches.seconds = 60
    render = renders.request(account, photo, dataclasses.replace(brief, model="sdxl"))
    jobs.start_next()
    assert run_of(render).handle.startswith(f"{node.pk}:")
    comfy.stop()
    with ComfyStandIn() as other:
        second = GpuNode.objects.create(name="gpu two", url=other.url, models_by_folder=node.models_by_folder)
        for _ in range(3):
            jobs.look_after(run_of(render).pk)
            due_now(render)
            jobs.start_next()
        jobs.look_after(run_of(render).pk)
        run = run_of(render)
        assert (run.state, run.attempt) == ("done", 2)
        assert run.outputs.count() == 2
        assert fresh(second).loaded
        assert fresh(node).away_since
