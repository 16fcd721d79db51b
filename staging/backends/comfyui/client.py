"""HTTP with one ComfyUI: its routes as functions. What an answer means for a job is for answers.py to say."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from staging.backends import trust
from staging.backends.base import BackendError, Failed, FailureClass
from staging.backends.comfyui.node import Node

CONNECT_SECONDS: Final = 3.0
IO_SECONDS: Final = 30.0
MAX_PICTURE_BYTES: Final = 400 * 2**20
UNREACHABLE: Final = "The rendering machine cannot be reached at this moment."
TROUBLE: Final = "The rendering machine is in trouble."
NOT_SET_UP: Final = "The rendering machine is not set up for this."


class Refused(Exception):
    """An HTTP status that is no success; `said` is the JSON body where there is one."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        super().__init__(f"HTTP {status}: {str(said)[:300]}")
        self.status = status
        self.said = said


class Client:
    """One node over a shared connection pool. Methods raise BackendError (transient) when it cannot be reached."""

    def __init__(self, http: httpx.AsyncClient, node: Node) -> None:
        self._http = http
        self.node = node
        # A path of its own is kept: nodes may stand behind one proxy.
        self._base = node.url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {node.token}"} if node.token else {}

    async def upload(self, name: str, data: bytes) -> str:
        """Put a picture into its input folder; the name by which graphs call it. Raises Refused."""
        files = {"image": (name, data, "image/png")}
        told = await self._json("POST", "/upload/image", files=files, data={"overwrite": "true", "type": "input"})
        folder = str(told.get("subfolder") or "")
        return f"{folder}/{told.get('name', name)}" if folder else str(told.get("name", name))

    async def prompt(
        self, graph: dict[str, Any], prompt_id: str, client_id: str, record: dict[str, Any]
    ) -> dict[str, Any]:
        """Queue a graph; what it answers. `record` comes back with the history. Raises Refused."""
        body = {
            "prompt": graph,
            "prompt_id": prompt_id,
            "client_id": client_id,
            "extra_data": {"openhouse": record},
        }
        return await self._json("POST", "/prompt", json=body)

    async def queue(self) -> tuple[list[str], list[str]]:
        """The prompt ids that run and that wait."""
        told = await self._json("GET", "/queue")
        running, pending = (
            [str(entry[1]) for entry in told.get(name, []) if isinstance(entry, list) and len(entry) > 1]
            for name in ("queue_running", "queue_pending")
        )
        return running, pending

    async def history(self, prompt_id: str) -> dict[str, Any] | None:
        """What it remembers of a prompt that ended; None for "not yet" and for "never heard of it"."""
        entry = (await self._json("GET", f"/history/{prompt_id}")).get(prompt_id)
        return entry if isinstance(entry, dict) else None

    async def job(self, prompt_id: str) -> dict[str, Any] | None:
        """`/api/jobs/{id}` of newer servers; None when the job is not known."""
        try:
            return await self._json("GET", f"/api/jobs/{prompt_id}")
        except Refused as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise

    async def stop(self, prompt_id: str) -> None:
        """Take a prompt out of the queue, and interrupt it where it is the one that runs."""
        if self.node.jobs_api:
            with contextlib.suppress(Refused):
                await self._send("POST", f"/api/jobs/{prompt_id}/cancel", json={})
                return
        await self._send("POST", "/queue", json={"delete": [prompt_id]})
        running, _pending = await self.queue()
        # Old servers interrupt whatever runs, whoever's it is.
        if prompt_id in running:
            await self._send("POST", "/interrupt", json={"prompt_id": prompt_id})

    async def forget(self, prompt_id: str) -> None:
        """Delete what it remembers of a prompt."""
        await self._send("POST", "/history", json={"delete": [prompt_id]})

    async def view(self, filename: str, subfolder: str, kind: str, limit: int = MAX_PICTURE_BYTES) -> bytes:
        """A picture's bytes. Raises Refused, and BackendError for one of more than `limit` bytes."""
        body = bytearray()
        parameters = {"filename": filename, "subfolder": subfolder, "type": kind}
        with _in_words():
            async with self._http.stream(
                "GET", f"{self._base}/view", params=parameters, headers=self._headers
            ) as response:
                if not response.is_success:
                    raise Refused(response.status_code, {})
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > limit:
                        raise BackendError(Failed(FailureClass.NOTHING_USABLE, "picture_too_large", TROUBLE))
        return bytes(body)

    async def read(self, path: str) -> Any:
        """JSON of a page that only tells: /system_stats, /models/{folder}, /object_info/{Class}. Raises Refused."""
        response = await self._send("GET", path)
        try:
            return response.json()
        except ValueError:
            raise Refused(response.status_code, {}) from None

    async def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        response = await self._send(method, path, **options)
        try:
            told = response.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise BackendError(Failed(FailureClass.TRANSIENT, "node_error", TROUBLE))
        return told

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        with _in_words():
            response = await self._http.request(method, self._base + path, headers=self._headers, **options)
        if response.is_success:
            return response
        try:
            said = response.json()
        except ValueError:
            said = {}
        raise Refused(response.status_code, said if isinstance(said, dict) else {})


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """Errors of the connection, as `BackendError`; all of them may pass by themselves."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise BackendError(Failed(FailureClass.TRANSIENT, "node_unreachable", UNREACHABLE)) from error
    except httpx.TimeoutException as error:
        raise BackendError(Failed(FailureClass.TRANSIENT, "node_timeout", UNREACHABLE)) from error
    except httpx.HTTPError as error:
        raise BackendError(Failed(FailureClass.TRANSIENT, "node_connection_lost", UNREACHABLE)) from error


def session() -> httpx.AsyncClient:
    """A connection pool for nodes: nothing from the environment, the addresses are the operator's own."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    timeout = httpx.Timeout(IO_SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(
        timeout=timeout, limits=limits, trust_env=False, follow_redirects=False, verify=trust.context()
    )


def is_address(url: str) -> bool:
    """Whether a node may be called so: http or https, a host, no user, no query."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and not (parts.query or parts.fragment or "@" in parts.netloc)
        )
    except ValueError:
        return False
