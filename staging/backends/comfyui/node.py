"""A machine that runs ComfyUI, as the backend is told of it, and what the backend learns of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Node:
    """`models` are (folder, file) pairs that lie there, `lacks` node classes that it does not know.

    `takes` is whether it may be given new work (enabled and not set aside); running work is followed all the same.
    `loaded` is the model that it ran last for us. `away_since` is when it could first not be reached.
    `jobs_api` is whether it has `/api/jobs/{id}`.
    """

    id: int
    url: str
    token: str = ""
    models: frozenset[tuple[str, str]] = frozenset()
    lacks: frozenset[str] = frozenset()
    takes: bool = True
    loaded: str = ""
    away_since: datetime | None = None
    jobs_api: bool = False


class Event(enum.StrEnum):
    """What can be learned of a node while it works."""

    SEEN = "seen"
    AWAY = "away"
    LOADED = "loaded"
    # What it answers is not to be trusted for a while: blank pictures, broken model files, no memory.
    FAULTY = "faulty"
    # It lacks what it was thought to have: it is to be probed anew.
    CHANGED = "changed"


@dataclass(frozen=True)
class Note:
    """One thing that was learned of a node; `text` is the model for LOADED, else words for the operator."""

    node: int
    event: Event
    text: str = ""
