"""What a long-lived process keeps between jobs: results of pure functions, the least lately used given up first.

Whatever is found here is what would have been computed: keys hold everything that a result depends on.
"""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

MEGABYTE: Final = 1 << 20
# A standard picture's empty room is 28 MB, the textures and pieces of a room about 60.
LIMIT: Final = 128 * MEGABYTE
_SMALL: Final = 256  # bytes that any value counts for, so that small ones do not pile up


class Memory:
    """Results by key, at most `limit` bytes of them. Two threads that miss the same result both make it."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._held = 0
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    @property
    def held(self) -> int:
        """Bytes kept now."""
        return self._held

    def limit(self, size: int) -> None:
        """Keep at most `size` bytes from now on."""
        with self._lock:
            self._limit = size
            self._trim()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._results.clear()
            self._held = 0

    def __contains__(self, key: Hashable) -> bool:
        """Whether something is kept under `key` now."""
        return key in self._results

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, or what `make` answers now; callers must not change it."""
        with self._lock:
            found = self._results.get(key)
            if found is not None:
                self._results.move_to_end(key)
                return cast(T, found[0])
        value = make()
        size = weight(value)
        with self._lock:
            _, replaced = self._results.pop(key, (None, 0))
            self._results[key] = value, size
            self._held += size - replaced
            self._trim()
        return value

    def _trim(self) -> None:
        while self._held > self._limit and self._results:
            _, (_, size) = self._results.popitem(last=False)
            self._held -= size


def weight(value: object) -> int:
    """Bytes of the arrays in a value: dataclasses, mappings and sequences are looked into."""
    if isinstance(value, np.ndarray):
        return value.nbytes + _SMALL
    parts: Iterable[object] = ()
    if dataclasses.is_dataclass(value):
        parts = vars(value).values() if hasattr(value, "__dict__") else ()
    elif isinstance(value, Mapping):
        parts = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    return _SMALL + sum(weight(part) for part in parts)


def digest(photo: NDArray[np.uint8], *said: object) -> str:
    """Tells photos, and what else is `said`, apart."""
    found = hashlib.sha256(repr((photo.shape, said)).encode())
    found.update(np.ascontiguousarray(photo).data)
    return found.hexdigest()[:32]


MEMORY: Final = Memory()
