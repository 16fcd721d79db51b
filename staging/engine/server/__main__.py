"""The engine's command line: settings come as arguments, log lines go to stderr as JSON."""

from __future__ import annotations

import argparse
import ipaddress
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn

from staging.engine.child import Child
from staging.engine.errors import EngineError
from staging.engine.memory import LIMIT, MEGABYTE
from staging.engine.server.app import Lane, Settings, make_app
from staging.engine.server.jobs import Jobs
from staging.engine.server.runner import MAPS_FUNCTION, Runner
from staging.engine.trace.variant import choose

log = logging.getLogger("engine.server")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event, and whatever came as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Server(uvicorn.Server):
    """uvicorn that lets long-polling clients go before it waits for their connections to end."""

    def __init__(self, config: uvicorn.Config, jobs: Jobs) -> None:
        super().__init__(config)
        self._jobs = jobs

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._jobs.close()
        await super().shutdown(sockets)


def arguments(words: list[str]) -> argparse.Namespace:
    cores = os.cpu_count() or 2
    parser = argparse.ArgumentParser(prog="python -m staging.engine.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--token-file", type=Path, help="file with the bearer token that callers must show")
    # Not an argument of its own: every user of the machine can read a process's arguments.
    parser.add_argument("--token-env", default="ENGINE_TOKEN", help="environment variable that holds it otherwise")
    parser.add_argument("--queue-size", type=int, default=16, help="jobs that may wait before 429")
    parser.add_argument("--body-limit", type=int, default=400 * 2**20, help="bytes of a request's body")
    parser.add_argument("--time-limit", type=float, default=600.0, help="seconds that one job may take")
    parser.add_argument("--work-dir", type=Path, help="where finished jobs are kept; one server each")
    parser.add_argument("--keep", type=float, default=3600.0, help="seconds that finished jobs are kept")
    parser.add_argument("--slots", type=int, default=max(1, cores // 2), help="jobs at once; one per two cores")
    parser.add_argument(
        "--memory", type=int, default=LIMIT // MEGABYTE, help="MB of results that a slot keeps for edits"
    )
    parser.add_argument("--tracer", default="auto", choices=["auto", "cuda", "llvm", "scalar"])
    return parser.parse_args(words)


def _configure_logs() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def read_token(said: argparse.Namespace) -> str:
    """The bearer token from its file or its environment variable; empty when there is none."""
    if said.token_file:
        return str(said.token_file.read_text()).strip()
    return os.environ.get(said.token_env, "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def main(words: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit status."""
    said = arguments(sys.argv[1:] if words is None else words)
    _configure_logs()
    token = read_token(said)
    if not token and not _is_loopback(said.host):
        log.error("a token is required to listen beyond loopback", extra={"host": said.host})
        return 2
    try:
        variant = choose(said.tracer, log=log.info)
    except EngineError as error:
        log.error(error.message, extra={"code": error.code})
        return 2
    children = [Child(variant, log.info) for _ in range(said.slots)]
    tracer = {"variant": variant.name, "library": variant.library, "why": variant.why}
    serve(said, children, tracer, token, Child(variant, log.info))
    return 0


def serve(
    said: argparse.Namespace,
    children: list[Child],
    tracer: dict[str, Any],
    token: str = "",
    drawer: Child | None = None,
) -> None:
    """Listen as `said` until the process is told to stop; every child is a slot, and `drawer` the slot of maps."""
    work_dir = said.work_dir or Path(tempfile.gettempdir()) / f"openhouse-engine-{said.port}"
    jobs = Jobs(work_dir, queue_size=said.queue_size, keep=said.keep)
    maps = _maps(work_dir, drawer, said) if drawer else None
    settings = Settings(
        token=token,
        body_limit=said.body_limit,
        time_limit=said.time_limit,
        cores=os.cpu_count() or 1,
        tracer=tracer,
    )
    config = uvicorn.Config(
        make_app(settings, Lane(jobs, [Runner(jobs, child, said.memory * MEGABYTE) for child in children]), maps),
        host=said.host,
        port=said.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    log.info("engine listens", extra={"host": said.host, "port": said.port, "tracer": tracer})
    Server(config, jobs).run()


def _maps(work_dir: Path, drawer: Child, said: argparse.Namespace) -> Lane:
    """The lane of maps. Beside the pictures' folder and not in it: what lies there is taken for jobs."""
    jobs = Jobs(work_dir.with_name(f"{work_dir.name}-maps"), queue_size=said.queue_size, keep=said.keep, lane="maps")
    return Lane(jobs, [Runner(jobs, drawer, function=MAPS_FUNCTION)])


if __name__ == "__main__":
    sys.exit(main())
