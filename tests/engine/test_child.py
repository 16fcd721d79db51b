"""The tracing process survives what jobs do to it, and never its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from staging.engine.child import Child
from staging.engine.errors import Misconfigured, NothingUsable, OutOfTime, UnusablePhoto
from staging.engine.trace.variant import REPOSITORY, Variant

SCALAR = Variant("scalar_rgb", None, "for tests")
JOBS = "tests.engine.trace.jobs."


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    said: list[str] = []
    process = Child(SCALAR, said.append, root="tests.")
    yield process
    process.close()
    assert process.pid is None


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_job_answers_tells_its_progress_and_leaves_the_process_warm(child: Child) -> None:
    told: list[tuple[float, str]] = []
    said, variant, pid = child.run(JOBS + "echo", {"said": "hello"}, lambda f, s: told.append((f, s)), 60)
    assert (said, variant, told) == ("hello", "scalar_rgb", [(0.5, "half way")])
    assert child.run(JOBS + "echo", {"said": 2}, None, 60) == (2, "scalar_rgb", pid)
    assert pid != os.getpid()


def test_errors_of_the_engine_cross_the_pipe_as_themselves(child: Child) -> None:
    with pytest.raises(UnusablePhoto) as refused:
        child.run(JOBS + "refuse", {}, None, 60)
    assert (refused.value.code, refused.value.message) == ("room_unreadable", "No floor can be seen.")
    assert refused.value.record == {"room": {"status": "manual"}}


def test_a_bug_in_a_job_ends_the_job_and_not_the_process(child: Child) -> None:
    before = child.run(JOBS + "echo", {"said": 1}, None, 60)
    with pytest.raises(NothingUsable) as failed:
        child.run(JOBS + "break_down", {}, None, 60)
    assert failed.value.code == "engine_error"
    assert child.run(JOBS + "echo", {"said": 1}, None, 60) == before


def test_only_the_engines_own_functions_can_be_run() -> None:
    engine = Child(SCALAR)
    try:
        with pytest.raises(Misconfigured):
            engine.run("os.system", {"command": "true"}, None, 60)
    finally:
        engine.close()


@pytest.mark.parametrize("job", ["sleep", "spin"])
def test_a_job_over_its_time_is_killed_and_the_next_gets_a_fresh_process(child: Child, job: str) -> None:
    old = child.run(JOBS + "echo", {"said": 0}, None, 60)[2]
    began = time.monotonic()
    with pytest.raises(OutOfTime) as late:
        child.run(JOBS + job, {"seconds": 60} if job == "sleep" else {}, None, 1.0)
    assert late.value.code == "time_limit"
    assert time.monotonic() - began < 20
    assert not alive(old)
    assert child.run(JOBS + "echo", {"said": 0}, None, 60)[2] != old


def test_kill_minus_nine_in_mid_job_is_transient_and_the_next_job_works(child: Child) -> None:
    def kill(_fraction: float, _stage: str) -> None:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(OutOfTime) as died:
        child.run(JOBS + "sleep", {"seconds": 60}, kill, 60)
    assert (died.value.code, died.value.kind) == ("engine_child_died", "transient")
    assert child.run(JOBS + "echo", {"said": "again"}, None, 60)[0] == "again"


def test_kill_minus_nine_of_an_idle_process_goes_unnoticed(child: Child) -> None:
    pid = child.run(JOBS + "echo", {"said": 0}, None, 60)[2]
    os.kill(pid, signal.SIGKILL)
    assert child.run(JOBS + "echo", {"said": "next"}, None, 60)[0] == "next"


def test_cancel_from_another_thread_ends_the_job(child: Child) -> None:
    running = threading.Event()
    canceller = threading.Thread(target=lambda: (running.wait(30), child.cancel()))
    canceller.start()
    with pytest.raises(OutOfTime):
        child.run(JOBS + "sleep", {"seconds": 60}, lambda _f, _s: running.set(), 60)
    canceller.join()


@pytest.mark.parametrize("error", [RuntimeError("nobody listens"), OutOfTime("nobody", "nobody listens")])
def test_an_error_of_the_listener_stops_the_job(child: Child, error: Exception) -> None:
    def tired(_fraction: float, _stage: str) -> None:
        raise error

    with pytest.raises(type(error), match="nobody listens"):
        child.run(JOBS + "sleep", {"seconds": 60}, tired, 60)
    assert child.run(JOBS + "echo", {"said": "fine"}, None, 60)[0] == "fine"


def test_a_variant_that_cannot_start_is_a_misconfiguration() -> None:
    broken = Child(Variant("no_such_variant", None, "a test"))  # type: ignore[arg-type]
    with pytest.raises(Misconfigured):
        broken.run("staging.engine.trace.warm.warm", {}, None, 60)
    broken.close()


@pytest.mark.parametrize("in_thread", [False, True])
def test_the_process_dies_with_its_parent_even_in_mid_job(in_thread: bool) -> None:
    """Spawned by the main thread, or by another one, which must not matter."""
    start = "threading.Thread(target=work).start()" if in_thread else "work()"
    program = f"""
import threading
from staging.engine.child import Child
from staging.engine.trace.variant import Variant
child = Child(Variant("scalar_rgb", None, ""), root="tests.")
def work():
    child.run("{JOBS}spin", {{}} , None, 100)
def show():
    import time
    while child.pid is None or child._connection is None: time.sleep(0.05)
    time.sleep(0.5)
    print(child.pid, flush=True)
threading.Thread(target=show).start()
{start}
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    deadline = time.monotonic() + 15
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(pid)
