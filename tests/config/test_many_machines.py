"""What compose.yaml and kubernetes.yaml start is what `make run` starts, and it starts, serves and stops cleanly.

Containers cannot be run here: the files are read, and the very commands in them are run as processes.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from config import processes
from tests import serving

ROOT = serving.ROOT
OWN = ("web", "worker", "follower", "scheduler", "engine", "migrate")
LONG_RUNNING = ("engine", "web", "worker", "follower", "scheduler")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def compose_commands() -> dict[str, list[str]]:
    return {name: compose()["services"][name]["command"] for name in OWN}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and container of everything in kubernetes.yaml that runs."""
    for one in yaml.safe_load_all((ROOT / "config" / "operations" / "kubernetes.yaml").read_text()):
        if one["kind"] in {"Job", "Deployment", "StatefulSet"}:
            (container,) = one["spec"]["template"]["spec"]["containers"]
            yield container["name"], container


def without_places(command: list[str]) -> list[str]:
    """A command line without Python's path, addresses, folders and the tracer, which differ by machine."""
    text = re.sub(r"--(host|port|work-dir|tracer) \S+", "", " ".join(command))
    return re.sub(r"^\S*python\S*", "python", text).split()


def test_every_file_starts_the_same_commands(tmp_path: Path) -> None:
    env = {"ENGINE_URL": "http://127.0.0.1:8100"}
    run = {
        name: without_places(command)
        for name, command in processes.commands(env, "127.0.0.1", 8000, "auto", tmp_path).items()
    }
    by_compose = {name: without_places(command) for name, command in compose_commands().items()}
    by_kubernetes = {name: without_places(container["command"]) for name, container in pods()}
    assert by_kubernetes == by_compose
    assert {name: command for name, command in by_compose.items() if name != "migrate"} == run
    image = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert image is not None
    assert without_places(yaml.safe_load(image[1])) == run["web"]


def test_every_variable_is_one_that_is_read() -> None:
    known = set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    named = set(compose()["x-openhouse"]["environment"])
    for name in OWN:
        named |= set(compose()["services"][name].get("environment", {}))
    for _, container in pods():
        named |= {one["name"] for one in container.get("env", [])}
    assert named <= known
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', (ROOT / "config" / "settings.py").read_text()))
    assert read
    assert read - known == set()


@pytest.mark.django_db(transaction=True)
def test_what_compose_starts_serves_and_stops_cleanly(tmp_path: Path, redis_url: str) -> None:
    web, engine = processes.free_port(), processes.free_port()
    env = serving.environment(tmp_path, redis_url, ENGINE_URL=f"http://127.0.0.1:{engine}", ENGINE_TOKEN="between us")
    places = {"python": sys.executable, "0.0.0.0": "127.0.0.1", "8000": str(web), "8100": str(engine)}
    places["/data/engine"] = str(tmp_path / "engine")
    running = {}
    for name in LONG_RUNNING:
        command = [places.get(word, word) for word in compose_commands()[name]]
        with (tmp_path / f"{name}.log").open("wb") as log:
            running[name] = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        serving.wait_until(lambda: _ready(web), "readiness", 120)
        assert {name: process.poll() for name, process in running.items()} == dict.fromkeys(LONG_RUNNING)
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        ends = {name: process.wait(30) for name, process in running.items()}
        # uvicorn ends by the signal that it was sent, once it has finished.
        assert {name: end for name, end in ends.items() if end not in (0, -signal.SIGTERM)} == {}
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def _ready(port: int) -> bool:
    try:
        return serving.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
