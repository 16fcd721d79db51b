"""The backends under one set of handles: each trouble by one name, brought about by each backend's own means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from staging.models import GpuNode
from tests.staging.backends.comfyui.stand_in import ComfyStandIn
from tests.staging.stand_in import EVERY_KIND, StandIn

# What callers and operators would call them; "sdxl" makes three kinds, and decluttering takes FLUX.
MODELS = {"staging": "sdxl", "declutter": "flux-dev", "redesign": "sdxl", "sketch": "sdxl"}


class Rig(Protocol):
    """One backend that can be told to misbehave."""

    name: str

    def trouble(self, name: str, times: int = -1) -> None:
        """Have it from now on, so many times (for ever when negative). See TROUBLES."""
        ...

    def slow(self, seconds: float) -> None:
        """How long a picture takes."""
        ...

    def restart(self) -> None:
        """It comes back and has forgotten its jobs."""
        ...

    def away(self, settings: Any) -> None:
        """It cannot be reached."""
        ...

    def back(self, settings: Any) -> None:
        """It can again."""
        ...

    @property
    def started(self) -> int:
        """How many jobs it has been given, each counted once."""
        ...

    @property
    def stopped(self) -> int:
        """How many it was told to stop."""
        ...


class EngineRig:
    """The engine's HTTP contract."""

    name = "engine"

    def __init__(self, engine: StandIn) -> None:
        self.engine = engine
        said = {
            "customer_input": ("customer_input", "room_unreadable", "No floor is seen."),
            "misconfigured": ("misconfigured", "tracer_missing", "libLLVM is missing"),
            "fails": ("transient", "child_died", "The child died."),
            "out_of_memory": ("transient", "out_of_memory", "The machine ran out of memory."),
            "refuses_its_picture": ("nothing_usable", "gate_ceiling", "No picture passed."),
        }
        self._fails = {name: dict(zip(("class", "code", "message"), told, strict=True)) for name, told in said.items()}

    def trouble(self, name: str, times: int = -1) -> None:
        switches = self.engine.switches
        if name in self._fails:
            switches.fail, switches.fail_times = self._fails[name], times
        elif name in {"blank", "wrong_size", "truncated", "text"}:
            switches.picture = name
        elif name == "missing":
            switches.picture = "no_mask"
        elif name == "busy":
            switches.busy_times = times
        elif name == "broken":
            switches.error_times, switches.error_status = times, 500
        elif name == "loses_the_answer":
            switches.drop_times = times
        elif name == "token":
            switches.token = "open sesame"
        else:
            raise LookupError(name)

    def slow(self, seconds: float) -> None:
        self.engine.switches.seconds = seconds

    def restart(self) -> None:
        self.engine.forget()

    def away(self, settings: Any) -> None:
        settings.ENGINE_URL = "http://127.0.0.1:9"

    def back(self, settings: Any) -> None:
        settings.ENGINE_URL = self.engine.url

    @property
    def started(self) -> int:
        return len(self.engine.started)

    @property
    def stopped(self) -> int:
        return len(self.engine.cancelled)


class EnginesRig:
    """Two engines side by side: what befalls one befalls the other."""

    name = "engine"

    def __init__(self, engines: list[StandIn]) -> None:
        self.engines = engines
        self._rigs = [EngineRig(engine) for engine in engines]
        # One trouble of a time that wears off wears off for both.
        engines[1].switches = engines[0].switches

    def trouble(self, name: str, times: int = -1) -> None:
        # Who is refused by one that is full asks the other at once.
        self._rigs[0].trouble(name, times * 2 if name == "busy" else times)

    def slow(self, seconds: float) -> None:
        self._rigs[0].slow(seconds)

    def restart(self) -> None:
        for engine in self.engines:
            engine.forget()

    def away(self, settings: Any) -> None:
        # Somebody else answers at neither address: the names in handles stay those of our two.
        for engine in self.engines:
            engine.stop()

    def back(self, settings: Any) -> None:
        for engine in self.engines:
            engine.start()

    @property
    def started(self) -> int:
        return sum(len(engine.started) for engine in self.engines)

    @property
    def stopped(self) -> int:
        return sum(len(engine.cancelled) for engine in self.engines)


class ComfyRig:
    """A ComfyUI node, with the engine for its maps."""

    name = "comfyui"

    def __init__(self, comfy: ComfyStandIn, engine: StandIn) -> None:
        self.comfy, self.engine = comfy, engine
        models = {folder: sorted(files) for folder, files in comfy.models.items()}
        GpuNode.objects.create(name="gpu", url=comfy.url, models_by_folder=models)

    def trouble(self, name: str, times: int = -1) -> None:
        switches = self.comfy.switches
        if name == "customer_input":
            told = {"class": "customer_input", "code": "room_unreadable", "message": "No floor is seen."}
            self.engine.switches.maps_fail = told
        elif name == "misconfigured":
            self.comfy.models["checkpoints"].clear()
        elif name in {"fails", "out_of_memory"}:
            kind = {"fails": "RuntimeError", "out_of_memory": "torch.OutOfMemoryError"}[name]
            switches.error = {"exception_type": kind, "exception_message": "", "node_type": "KSampler"}
            switches.error_times = times
        elif name in {"blank", "wrong_size", "truncated", "text", "missing", "refuses_its_picture"}:
            named = {"blank": "black", "missing": "none", "refuses_its_picture": "grey"}
            switches.picture = named.get(name, name)
        elif name in {"busy", "broken"}:
            switches.refuse_times, switches.refuse_status = times, 429 if name == "busy" else 500
        elif name == "loses_the_answer":
            switches.drop_times = times
        elif name == "token":
            switches.token = "open sesame"
        else:
            raise LookupError(name)

    def slow(self, seconds: float) -> None:
        self.comfy.switches.seconds = seconds

    def restart(self) -> None:
        self.comfy.restart()

    def away(self, settings: Any) -> None:
        self.comfy.stop()

    def back(self, settings: Any) -> None:
        self.comfy.start()

    @property
    def started(self) -> int:
        return self.comfy.number

    @property
    def stopped(self) -> int:
        return len(self.comfy.stopped)


@contextmanager
def engine_rig(settings: Any) -> Iterator[Rig]:
    """The engine's contract behind its stand-in."""
    with StandIn() as engine:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = engine.url, ""
        yield EngineRig(engine)


@contextmanager
def engines_rig(settings: Any) -> Iterator[Rig]:
    """Two servers of the engine's contract."""
    with StandIn() as one, StandIn() as other:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = f"{one.url}, {other.url}", ""
        yield EnginesRig([one, other])


@contextmanager
def comfy_rig(settings: Any) -> Iterator[Rig]:
    """A ComfyUI node that makes all kinds of jobs, behind its stand-in."""
    settings.RENDER_MODELS = MODELS
    settings.COMFYUI_SET_ASIDE_SECONDS = 0.001
    with StandIn() as engine, ComfyStandIn() as comfy:
        settings.ENGINE_URL, settings.ENGINE_TOKEN = engine.url, ""
        yield ComfyRig(comfy, engine)


RIGS: dict[str, Callable[[Any], Any]] = {"engine": engine_rig, "engines": engines_rig, "comfyui": comfy_rig}
ENGINE_SETTINGS = EVERY_KIND
