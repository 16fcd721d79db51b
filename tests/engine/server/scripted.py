"""The real server with a child that follows a script in the brief instead of tracing: for tests of the contract alone.

`python -m tests.engine.server.scripted --port N ...`; the brief's `script` says how long the job takes and how it ends.
"""

import hashlib
import io
import sys
import threading
import time
from pathlib import Path

from PIL import Image

from staging.engine.errors import NothingUsable, OutOfTime
from staging.engine.server.__main__ import arguments, read_token, serve


class ScriptedChild:
    def __init__(self):
        self._cancelled = threading.Event()

    def warm(self):
        return 0.0

    def run(self, job, payload, on_progress, time_limit):
        self._cancelled.clear()
        script = payload["brief"].get("script", {})
        steps, seconds = 10, script.get("seconds", 0.1)
        for step in range(steps):
            on_progress(step / steps, "tracing")
            if self._cancelled.wait(seconds / steps):
                raise OutOfTime("engine_child_died", "The tracing process ended before the picture was done.")
            if seconds * (step + 1) / steps > time_limit:
                raise OutOfTime("time_limit", "The picture was not finished in time.")
        if script.get("fail"):
            raise NothingUsable("gate_ceiling", "No picture passed the engine's own checks.", {"room": {"box": {}}})
        if script.get("break"):
            raise RuntimeError("unforeseen")
        pictures = []
        for role, colour in (("staged", (200, 10, 10)), ("mask", 255)):
            buffer = io.BytesIO()
            Image.new("RGB" if role == "staged" else "L", (64, 48), colour).save(buffer, "PNG")
            (Path(payload["folder"]) / f"{role}.png").write_bytes(buffer.getvalue())
            digest = hashlib.sha256(buffer.getvalue()).hexdigest()
            pictures.append({"role": role, "width": 64, "height": 48, "sha256": digest})
        mask = payload["mask"] and hashlib.sha256(Path(payload["mask"]).read_bytes()).hexdigest()
        return {"pictures": pictures, "record": {"brief": payload["brief"], "mask": mask, "made_at": time.time()}}

    def cancel(self):
        self._cancelled.set()

    def close(self):
        self._cancelled.set()


if __name__ == "__main__":
    said = arguments(sys.argv[1:])
    serve(said, [ScriptedChild()], {"variant": "scripted", "why": "a test"}, read_token(said), ScriptedChild())
