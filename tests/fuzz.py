"""`make fuzz`: calls made up from our own OpenAPI document by schemathesis, against a real web process.

Every answer must be one that the document knows: its status, its type, its shape. A 5xx passes only with a code that
the document gives it (render_failed, wait_timeout, unavailable). Half of the calls get photos and renders that are
there, since made-up ones end at the first check.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.staging.pictures import encoded

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTED = {"render_failed", "wait_timeout", "unavailable"}
# Operations with many fields get more of the calls than those with few.
WEIGHTS = {"post_v1_render_create": 6, "post_v1_render_create_variation": 4, "post_interior": 4, "get_v1_render": 2}
FURNISHED = {"room_type": "bed", "style": "modern"}
CONVERSION = {**FURNISHED, "uuid": "fuzz", "space": "interior"}
ENVIRONMENT = {
    "WAIT_MAX_SECONDS": "0.02",
    "RENDERS_IN_FLIGHT": "1000000",
    "API_RATES": "default=100000/1000000,pro_plus=100000/1000000",
    "ACCOUNT_RATES": "default=100000/1000000,pro_plus=100000/1000000",
    "API_INTAKE": "100000",
    "FETCH_TIMEOUT": "2",
    # Runs are made as soon as they are asked for, so that calls meet renders in every state.
    "ENGINE_SLOTS": "8",
}


FAILURE = {"class": "customer_input", "code": "room_unreadable", "message": "We cannot read this room."}


@dataclass
class Seen:
    """What was answered how often, and what should not have been."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(self.answers.values())


def fuzz(url: str, key: str, *, cases: int, seed: int = 0) -> Seen:
    """Make `cases` calls or a few more, spread over all operations of the document."""
    import schemathesis  # noqa: PLC0415 - only where it is installed

    photo, headers = encoded(), {"Authorization": f"Api-Key {key}"}
    operations = [
        found.ok() for found in schemathesis.openapi.from_url(f"{url}/api/docs/openapi.json").get_all_operations()
    ]
    weights = [WEIGHTS.get(operation.definition.raw["operationId"], 1) for operation in operations]
    seen, better = Seen(), Better(random.Random(seed), photo, _done_render(url, photo, headers))
    for operation, weight in zip(operations, weights, strict=True):
        _operation(operation, max(2, -(-cases * weight // sum(weights))), seed, better, headers, seen)
    return seen


def _done_render(url: str, photo: bytes, headers: dict[str, str]) -> str:
    """The id of a render that is done; of those asked for some fail, and one that failed has no variations."""
    while True:
        query = "room_type=bed&style=modern&wait_for_completion=0"
        asked = {"files": {"file": photo}, "headers": headers, "timeout": 60}
        render: dict[str, Any] = httpx.post(f"{url}/v1/render/create?{query}", **asked).json() | {"status": "rendering"}
        while render["status"] == "rendering":
            time.sleep(0.05)
            render = httpx.get(f"{url}/v1/render?render_id={render['render_id']}", headers=headers, timeout=60).json()
        if render["status"] == "done":
            return str(render["render_id"])


@dataclass
class Better:
    """Gives half of the calls a photo that is one, and a render that is done."""

    chance: random.Random
    photo: bytes
    render_id: str

    def __call__(self, case: Any) -> None:
        if self.chance.random() < 0.5:
            return
        create = case.path == "/v1/render/create"
        if isinstance(case.body, bytes):
            case.body, case.query = self.photo, {**(case.query or {}), **FURNISHED}
        elif isinstance(case.body, dict) and case.media_type == "multipart/form-data":
            needed = {**FURNISHED, "file": self.photo} if create else {**CONVERSION, "files": [self.photo]}
            # Some with all that they need, some with a good photo alone.
            case.body |= needed if self.chance.random() < 0.7 else {"file" if create else "files": self.photo}
        elif isinstance(case.body, dict) and create:
            case.body |= {"image_url": "data:;base64," + base64.b64encode(self.photo).decode(), **FURNISHED}
        elif isinstance(case.body, dict) and case.path == "/v1/render/create-variation":
            # Some say little else, which always is a variation to be made.
            plain = {"wait_for_completion": self.chance.random() < 0.5}
            case.body = (case.body if self.chance.random() < 0.5 else plain) | {"render_id": self.render_id}
        if isinstance(case.query, dict) and "render_id" in case.query:
            case.query["render_id"] = self.render_id


def _operation(operation: Any, cases: int, seed: int, better: Better, headers: dict[str, str], seen: Seen) -> None:
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415
    from hypothesis import seed as seeded  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415
    from schemathesis.core.failures import FailureGroup  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    kept = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]
    made_up = operation.as_strategy(GenerationMode.POSITIVE)
    with contextlib.suppress(Exception):  # an operation without arguments has no wrong ones
        made_up |= operation.as_strategy(GenerationMode.NEGATIVE)

    @seeded(seed)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        # Failures are counted and not shrunk: each is told with its own call.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=made_up)
    def calls(case: Any) -> None:
        better(case)
        response = case.call(headers=headers, timeout=60)
        seen.answers[f"{operation.label} {response.status_code}"] += 1
        try:
            case.validate_response(response, checks=kept)
        except FailureGroup as group:
            seen.wrong += [f"{case.as_curl_command()[:600]}\n{failure}"[:1500] for failure in group.exceptions]
        if response.status_code >= 500 and _code(response) not in DOCUMENTED:
            seen.wrong.append(f"{case.as_curl_command()[:600]}\n{response.status_code} {response.text[:300]}")

    calls()


def _code(response: Any) -> str:
    try:
        return str(response.json().get("code"))
    except (ValueError, AttributeError):
        return ""


@contextlib.contextmanager
def server(folder: Path) -> Iterator[tuple[str, str]]:
    """Web, worker, follower and scheduler on a database of their own; the web's URL, and a key with many credits.

    A stand-in plays the engine; one render in twenty fails there, so that failures are answered too.
    """
    from tests import serving  # noqa: PLC0415 - wants Django's settings
    from tests.staging.stack import stack  # noqa: PLC0415

    with stack(folder) as found:
        found.environment |= {
            "DATABASE_URL": f"sqlite://{folder / 'fuzz.sqlite3'}",
            "LOG_LEVEL": "ERROR",
            **ENVIRONMENT,
        }
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=found.environment, check=True)
        command = [*manage, "create_account", "fuzz@example.com", "--credits", "1000000"]
        told = subprocess.run(command, cwd=ROOT, env=found.environment, check=True, capture_output=True, text=True)
        web = serving.Web(folder, found.environment)
        try:
            found.start_engine(seconds=0.05, fail=FAILURE, fail_every=20)
            found.start("work", "follow", "schedule")
            web.start()
            yield web.url, told.stdout.split()[-1]
        finally:
            web.kill()


def main() -> int:
    """Make the calls, and tell what was seen; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as scratch, server(Path(scratch)) as (url, key):
        seen = fuzz(url, key, cases=given.cases, seed=given.seed)
    for answer, count in sorted(seen.answers.items()):
        print(f"{count:6} {answer}")
    print(f"{seen.calls} calls, seed {given.seed}, {len(seen.wrong)} wrong")
    for wrong in seen.wrong[:20]:
        print(f"\n{wrong}")
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
