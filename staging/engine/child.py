"""The process that traces: spawned once, kept warm, killed and replaced when a job runs over its time.

The parent never loads Mitsuba, OpenCV or a libLLVM; the child does, and stays alive between jobs because its
compiled kernels are worth seconds. Parent and child talk in pickles over a socket pair that nobody else holds.
A second pipe is the lifeline: the child reads it, and the end of file, which the kernel delivers however the
parent died, ends the child.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final, NoReturn, cast

from staging.engine import errors
from staging.engine.errors import EngineError, Misconfigured, NothingUsable, OutOfTime
from staging.engine.trace.variant import REPOSITORY, Variant, VariantName, activate, child_environment

Progress = Callable[[float, str], None]
Log = Callable[[str], None]

START_SECONDS: Final = 60.0
WARM_SECONDS: Final = 180.0
# What the child may be asked to run; nothing outside the engine.
JOBS_ROOT: Final = "staging.engine."
_PR_SET_PDEATHSIG: Final = 1


class Child:
    """One tracing process. Methods may be called from any thread; one job runs at a time, others wait."""

    def __init__(
        self, variant: Variant, log: Log | None = None, threads: int | None = None, root: str = JOBS_ROOT
    ) -> None:
        """`log` gets the lines that the child prints; `threads` caps its tracing threads (all cores when None).

        Only functions below the package `root` can be run.

        The process starts with the first job, or with `warm`.
        """
        self.variant = variant
        self._log: Log = log or (lambda _line: None)
        self._threads = threads
        self._root = root
        self._one_job = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._lifeline: int | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the child that is alive now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def warm(self) -> float:
        """Start the process and compile the kernels; answers the seconds that it took."""
        began = time.monotonic()
        self.run("staging.engine.trace.warm.warm", {}, None, WARM_SECONDS)
        return time.monotonic() - began

    def run(self, job: str, payload: dict[str, Any], on_progress: Progress | None, time_limit: float) -> Any:
        """Call the function of dotted name `job` in the child, and answer what it returns.

        It is called with the payload as keywords, and `variant` and `progress` added. Raises the EngineError that
        the job raised; OutOfTime when `time_limit` seconds passed or the child died (the next job gets a fresh
        one); NothingUsable when the job failed in a way it did not foresee (the trace goes to the log);
        Misconfigured when no child can be started. An exception of `on_progress` stops the job and is raised.
        """
        with self._one_job:
            deadline = time.monotonic() + time_limit
            connection = self._handed_over(job, payload)
            try:
                return self._awaited(connection, on_progress, deadline, time_limit)
            except (EOFError, ConnectionError) as error:
                self._kill()
                raise OutOfTime("engine_child_died", "The tracing process ended too early.") from error
            except EngineError:
                raise
            except BaseException:
                self._kill()  # the job is abandoned (Ctrl-C): its process must not go on
                raise

    def cancel(self) -> None:
        """Kill the running job, whose `run` raises OutOfTime; without one, the idle process."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()

    def close(self) -> None:
        """End the process for good."""
        self._closed = True
        self.cancel()
        with self._one_job:
            self._kill()

    def _handed_over(self, job: str, payload: dict[str, Any]) -> Connection:
        """Send the job to a living child, replacing one that died while it was idle."""
        for _attempt in range(2):
            connection = self._started()
            try:
                connection.send((job, payload))
                if connection.poll(START_SECONDS):
                    connection.recv()  # "taken": from here on a death is the job's own
                    return connection
            except (EOFError, ConnectionError):
                pass
            self._kill()
        raise OutOfTime("engine_child_died", "The tracing process ends as soon as it gets a job.")

    def _awaited(self, connection: Connection, on_progress: Progress | None, deadline: float, time_limit: float) -> Any:
        while True:
            if not connection.poll(max(0.0, deadline - time.monotonic())):
                self._kill()
                raise OutOfTime("time_limit", f"The picture was not finished within {time_limit:.0f} seconds.")
            match connection.recv():
                case ("progress", fraction, stage):
                    self._told(on_progress, fraction, stage)
                case ("done", result):
                    return result
                case ("refused", kind, code, message, record):
                    raise _error(kind, code, message, record)
                case ("broke", trace):
                    self._log(trace)
                    raise NothingUsable("engine_error", "The engine failed while it made the picture.")

    def _told(self, on_progress: Progress | None, fraction: float, stage: str) -> None:
        """Tell the listener; when it raises, whatever it raises, the job must not go on."""
        if on_progress is None:
            return
        try:
            on_progress(fraction, stage)
        except BaseException:
            self._kill()
            raise

    def _started(self) -> Connection:
        if self._closed:
            raise OutOfTime("engine_closed", "The engine is shutting down.")
        if self._connection is not None and self.pid is not None:
            return self._connection
        self._kill()
        connection = self._spawn()
        if not connection.poll(START_SECONDS):
            self._kill()
            raise Misconfigured("tracer_missing", f"The tracer {self.variant.name} did not start.")
        try:
            connection.recv()  # "ready": the variant is loaded
        except (EOFError, ConnectionError) as error:
            self._kill()
            raise Misconfigured("tracer_missing", f"The tracer {self.variant.name} ended while it started.") from error
        self._connection = connection
        return connection

    def _spawn(self) -> Connection:
        """Start a fresh interpreter: a fork would inherit locks and threads, and Mitsuba does not survive that."""
        ours, theirs = socket.socketpair()
        reads, writes = os.pipe()
        arguments = [
            str(theirs.fileno()), str(reads), self.variant.name, self.variant.library or "",
            str(self._threads or 0), str(os.getpid() if _in_main_thread() else 0), self._root,
        ]  # fmt: skip
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module, no shell
                [sys.executable, "-m", "staging.engine.child", *arguments],
                env=child_environment(self.variant.library),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs.fileno(), reads),
            )
        finally:
            theirs.close()
            os.close(reads)
        self._lifeline = writes
        threading.Thread(target=_relay, args=(self._process, self._log), daemon=True).start()
        return Connection(ours.detach())

    def _kill(self) -> None:
        """End the process if it lives, and forget it."""
        process, connection, lifeline = self._process, self._connection, self._lifeline
        self._process = self._connection = self._lifeline = None
        if connection is not None:
            connection.close()
        if lifeline is not None:
            os.close(lifeline)
        if process is not None:
            process.kill()
            process.wait()


def _error(kind: str, code: str, message: str, record: dict[str, Any]) -> EngineError:
    """The error that crossed the pipe, as its own class again."""
    found = getattr(errors, kind, EngineError)
    made: EngineError = found(code, message, record)
    return made


def _in_main_thread() -> bool:
    """PDEATHSIG fires when the *thread* that spawned ends, so it may only be asked for by the main thread."""
    return threading.current_thread() is threading.main_thread()


def _relay(process: subprocess.Popen[bytes], log: Log) -> None:
    """Pass on what the child prints, until it ends."""
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            log(line.decode(errors="replace").rstrip())


# ---- the child's side ----


def _serve(connection: Connection, variant: Variant, root: str) -> None:
    """Run jobs until the parent goes away."""

    def progress(fraction: float, stage: str) -> None:
        connection.send(("progress", float(fraction), str(stage)))

    while True:
        try:
            job, payload = connection.recv()
        except (EOFError, ConnectionError):
            return
        connection.send("taken")
        connection.send(_outcome(job, payload, variant, progress, root=root))


def _outcome(job: str, payload: dict[str, Any], variant: Variant, progress: Progress, *, root: str) -> tuple[Any, ...]:
    try:
        return "done", _function(job, root)(**payload, variant=variant, progress=progress)
    except EngineError as error:
        return "refused", type(error).__name__, error.code, error.message, error.record
    except MemoryError:
        return "refused", "OutOfTime", "out_of_memory", "The machine ran out of memory while it made the picture.", {}
    except Exception:  # whatever a job did not foresee must end the job, not the process
        return "broke", traceback.format_exc()


def _function(job: str, root: str) -> Callable[..., Any]:
    if not job.startswith(root):
        raise Misconfigured("unknown_job", f"{job!r} is no job of the engine.")
    module, _, name = job.rpartition(".")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _end_with(lifeline: int) -> NoReturn:
    """Wait for the parent's end of the lifeline to close, however it happens; then end at once."""
    os.read(lifeline, 1)
    os._exit(1)


def main(arguments: list[str]) -> None:
    """Entry of the child: socket, lifeline, variant, library, threads, parent (0: not bound to it), root of jobs."""
    socket_fd, lifeline, threads, parent = (int(arguments[i]) for i in (0, 1, 4, 5))
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    variant = Variant(cast(VariantName, arguments[2]), arguments[3] or None, "chosen by the parent")
    activate(variant)
    if threads:
        import drjit  # noqa: PLC0415  only the child loads it

        drjit.set_thread_count(threads)
    connection = Connection(socket_fd)
    connection.send(("ready", os.getpid()))
    _serve(connection, variant, arguments[6])


if __name__ == "__main__":
    main(sys.argv[1:])
