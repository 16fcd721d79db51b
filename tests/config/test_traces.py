"""One id is enough to follow a picture through the logs of web, worker and engine, all three of them real."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import serving
from tests.staging.api.renders.conftest import BRIEF, picture
from tests.staging.stack import stack

pytestmark = pytest.mark.django_db(transaction=True)


def lines(log: Path, word: str) -> list[dict[str, Any]]:
    """The log's lines that hold a word, read as JSON."""
    return [json.loads(line) for line in log.read_text().splitlines() if word in line and line.startswith("{")]


def test_one_id_leads_from_the_request_to_the_engine(tmp_path: Path, api_key: str) -> None:
    with stack(tmp_path) as found:
        web = serving.Web(tmp_path, found.environment)
        try:
            web.start()
            engine = [sys.executable, "-m", "staging.engine.server", "--host", "127.0.0.1", "--port", str(found.port)]
            # The slow tracer starts fastest, and this photo shows no room that could be traced.
            found._run("engine", [*engine, "--work-dir", str(tmp_path / "engine"), "--tracer", "scalar"])
            found.start("work", "follow", "schedule")
            headers = {
                "Authorization": f"Api-Key {api_key}",
                "X-Request-Id": "trace-me-1",
                "Content-Type": "image/jpeg",
            }
            arguments = {**BRIEF, "wait_for_completion": "false"}
            address = f"{web.url}/v1/render/create"
            answer = serving.post(address, params=arguments, content=picture(), headers=headers, timeout=30)
            render_id = answer.json()["render_id"]
            serving.wait_until(lambda: lines(tmp_path / "work.log", '"failed"'), "the end", 90)
        finally:
            web.kill()
        # The partner gave an id, or got one with the answer; the web's lines lead from it to the run ...
        assert answer.headers["X-Request-Id"] == "trace-me-1"
        asked = {line["event"]: line for line in lines(web.log, "trace-me-1")}
        assert asked["request"]["path"] == "/v1/render/create"
        run = asked["asked"]["run"]
        assert run.startswith(render_id)
        # ... and by the run, which begins with the render's id, everybody else's lines are found.
        assert {"submitted", "failed"} <= {line["event"] for line in lines(tmp_path / "work.log", run)}
        at_engine = lines(tmp_path / "engine.log", run)
        assert [line["event"] for line in at_engine] == ["job started", "job ended"]
        assert at_engine[0]["job"] == f"{run}-1"
        for log in (web.log, tmp_path / "work.log", tmp_path / "engine.log"):
            assert lines(log, render_id), log
