"""What stands behind the stand-in's routes: models, uploads, one queue, a history, and pictures in no time."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, PngImagePlugin

from staging.backends.comfyui.catalogue import catalogue
from tests.staging.backends.comfyui.classes import CLASSES, Files
from tests.staging.backends.comfyui.validation import Validation

CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def every_model() -> dict[str, set[str]]:
    """All model files that some workflow of ours uses, by folder."""
    models: dict[str, set[str]] = {folder: set() for folder in catalogue().folders}
    for workflow in catalogue().workflows.values():
        for folder, file in workflow.needs:
            models[folder].add(file)
    return models


@dataclass
class Switches:
    """What goes wrong. Counters (`*_times`) wear off."""

    seconds: float = 0.0
    # One of: black, wrong_size, truncated, text, grey, none
    picture: str = ""
    # {"exception_type", "exception_message", "node_type"}: how prompts end, `error_times` times (ever when negative).
    error: dict[str, str] | None = None
    error_times: int = -1
    # Submits answered with this status.
    refuse_times: int = 0
    refuse_status: int = 500
    # Submits that are taken and whose answer is lost.
    drop_times: int = 0
    # Submits that come after their uploads were lost.
    lost_uploads_times: int = 0
    token: str = ""
    jobs_api: bool = False


@dataclass
class Prompt:
    """One prompt in the queue, or ended."""

    id: str
    number: int
    graph: dict[str, Any]
    extra_data: dict[str, Any]
    outputs: list[str]
    starts: float
    ends: float
    images: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    interrupted: bool = False


class Machine:
    """What the server knows and does, without its HTTP."""

    def __init__(self, models: dict[str, set[str]] | None = None, lacks: set[str] | None = None) -> None:
        self.switches = Switches()
        self.models = models if models is not None else every_model()
        self.lacks = lacks or set()
        self.files: dict[tuple[str, str], bytes] = {}
        self.queue: list[Prompt] = []
        self.history: dict[str, Prompt] = {}
        # Every prompt id ever run (twice where it ran twice), every one interrupted or taken out of the queue.
        self.ran: list[str] = []
        self.stopped: list[str] = []
        self.requests: list[str] = []
        self.number = 0
        self.cache: dict[str, dict[str, Any]] = {}
        self.lock = threading.RLock()

    def restart(self) -> None:
        """Queue, history and temporary pictures are lost; what was uploaded stays."""
        with self.lock:
            self.queue.clear()
            self.history.clear()
            self.cache.clear()
            self.files = {name: data for name, data in self.files.items() if name[0] == "input"}

    def wears_off(self, name: str) -> bool:
        """Whether a switch is on; one use less is left."""
        left = getattr(self.switches, name)
        if left > 0:
            setattr(self.switches, name, left - 1)
        return bool(left)

    def uploads(self) -> set[str]:
        return {name for kind, name in self.files if kind == "input"}

    def submit(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The answer to POST /prompt."""
        with self.lock:
            if "prompt" not in said:
                return 400, {"error": {"type": "no_prompt", "message": "No prompt provided"}, "node_errors": {}}
            if self.wears_off("lost_uploads_times"):
                self.files = {name: data for name, data in self.files.items() if name[0] != "input"}
            prompt_id = str(said.get("prompt_id"))
            if not CANONICAL.fullmatch(prompt_id):
                return 400, {"error": {"type": "invalid_prompt_id", "message": "not a UUID"}, "node_errors": {}}
            judged = Validation(said["prompt"], self.models, self.uploads(), self.lacks)
            if judged.error:
                return 400, {"error": judged.error, "node_errors": judged.node_errors}
            self.add(prompt_id, said["prompt"], said.get("extra_data") or {}, judged.outputs)
            return 200, {"prompt_id": prompt_id, "number": self.number, "node_errors": judged.node_errors}

    def add(self, prompt_id: str, graph: dict[str, Any], extra: dict[str, Any], outputs: list[str]) -> None:
        """Queue a prompt, whatever its id."""
        with self.lock:
            self.number += 1
            starts = max([time.monotonic(), *(waiting.ends for waiting in self.queue)])
            prompt = Prompt(prompt_id, self.number, graph, extra, outputs, starts, starts + self.switches.seconds)
            self.queue.append(prompt)

    def settle(self) -> None:
        """Let what is due have ended."""
        with self.lock:
            for prompt in [waiting for waiting in self.queue if waiting.ends <= time.monotonic()]:
                self.queue.remove(prompt)
                if prompt.interrupted:
                    self.history[prompt.id] = prompt
                    continue
                self._run(prompt)
                self.history[prompt.id] = prompt

    def _run(self, prompt: Prompt) -> None:
        missing = self._missing_model(prompt.graph)
        if missing or (self.switches.error and self.wears_off("error_times")):
            prompt.error = missing or self.switches.error
            self.ran.append(prompt.id)
            return
        same = json.dumps(prompt.graph, sort_keys=True)
        if same in self.cache:
            prompt.images = self.cache[same]
            return
        self.ran.append(prompt.id)
        if self.switches.picture == "none":
            return
        for end in prompt.outputs:
            name = f"ComfyUI_temp_{self.number:05}_{end}_.png"
            self.files["temp", name] = self._picture(prompt.graph, end)
            prompt.images[end] = {"images": [{"filename": name, "subfolder": "", "type": "temp"}]}
        self.cache[same] = prompt.images

    def _missing_model(self, graph: dict[str, Any]) -> dict[str, str] | None:
        """The error of a node whose model was not checked at submit."""
        for node in graph.values():
            for name, kind in CLASSES[node["class_type"]].required.items():
                if isinstance(kind, Files) and node["inputs"][name] not in self.models.get(kind.folder, ()):
                    text = f"Model {node['inputs'][name]} was not found"
                    return {"exception_type": "FileNotFoundError", "exception_message": text} | {
                        "node_type": node["class_type"]
                    }
        return None

    def _picture(self, graph: dict[str, Any], end: str) -> bytes:
        behind = _behind(graph, end)
        photo = next(graph[name]["inputs"]["image"] for name in behind if graph[name]["class_type"] == "LoadImage")
        with Image.open(io.BytesIO(self.files["input", photo])) as opened:
            image = opened.convert("RGB")
        for name in behind:
            if graph[name]["class_type"] == "ImageScaleToMaxDimension":
                scale = graph[name]["inputs"]["largest_size"] / max(image.size)
                image = image.resize((round(image.width * scale), round(image.height * scale)))
        image.paste(_pattern(image.width // 2, image.height // 3), (image.width // 4, image.height // 2))
        spoiled = self.switches.picture
        if spoiled in {"black", "grey"}:
            image = Image.new("RGB", image.size, (0, 0, 0) if spoiled == "black" else (90, 90, 90))
        elif spoiled == "wrong_size":
            image = image.resize((image.width, image.width))
        told = PngImagePlugin.PngInfo()
        told.add_text("prompt", json.dumps(graph))
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1, pnginfo=told)
        if spoiled == "truncated":
            return buffer.getvalue()[: len(buffer.getvalue()) // 2]
        return b"this is no picture" if spoiled == "text" else buffer.getvalue()

    def cancel(self, prompt_id: str) -> bool:
        """Take a prompt out, waiting or running."""
        with self.lock:
            for prompt in list(self.queue):
                if prompt.id == prompt_id:
                    self.stopped.append(prompt_id)
                    if prompt.starts <= time.monotonic():
                        prompt.interrupted, prompt.ends = True, 0.0
                    else:
                        self.queue.remove(prompt)
                    return True
            return False


def _pattern(width: int, height: int) -> Image.Image:
    """Something with edges: a flat box would look like walls painted over."""
    stripes = Image.linear_gradient("L").resize((24, 24))
    picture = Image.new("L", (max(1, width), max(1, height)))
    for x in range(0, width, 24):
        for y in range(0, height, 24):
            picture.paste(stripes.rotate(90 * ((x + y) // 24 % 4)), (x, y))
    return Image.merge(
        "RGB", (picture, picture.point(lambda level: level // 2), picture.point(lambda level: level // 3))
    )


def _behind(graph: dict[str, Any], end: str) -> list[str]:
    """The nodes that an output needs, itself first."""
    found, todo = {}, [end]
    while todo:
        name = todo.pop(0)
        if name not in found:
            found[name] = None
            todo += [value[0] for value in graph[name]["inputs"].values() if isinstance(value, list)]
    return list(found)


def told_of(prompt: Prompt) -> list[Any]:
    return [prompt.number, prompt.id, prompt.graph, prompt.extra_data, prompt.outputs]


def history_of(prompt: Prompt) -> dict[str, Any]:
    """An entry of the history."""
    messages: list[list[Any]] = [["execution_start", {"prompt_id": prompt.id}]]
    if prompt.interrupted:
        messages.append(["execution_interrupted", {"prompt_id": prompt.id}])
    elif prompt.error:
        messages.append(["execution_error", {"prompt_id": prompt.id, **prompt.error}])
    else:
        messages.append(["execution_success", {"prompt_id": prompt.id}])
    failed = bool(prompt.interrupted or prompt.error)
    status = {"status_str": "error" if failed else "success", "completed": not failed, "messages": messages}
    return {"prompt": told_of(prompt), "outputs": prompt.images, "status": status, "meta": {}}
