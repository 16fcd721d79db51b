"""The one reader of the environment: typed, loud, and with `NAME_FILE` for secrets kept in files.

A value that is set but cannot be read stops the process at start with the variable's name in the message;
an unset one takes the default that stands beside its use in settings.py.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")
W = TypeVar("W", bound=str)

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class EnvironmentVariableError(RuntimeError):
    """A variable is set to something that it cannot mean."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"environment variable {name}: {why}")


def _raw(name: str) -> str | None:
    """The variable's text; `NAME_FILE`, when set, names a file that holds it."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        if name in os.environ:
            raise EnvironmentVariableError(name, f"set {name} or {name}_FILE, not both")
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvironmentVariableError(f"{name}_FILE", f"cannot read {file}: {error.strerror}") from error
    return os.environ.get(name)


def _read(name: str, default: T, parse: Callable[[str], T]) -> T:
    raw = _raw(name)
    if raw is None or raw == "":
        return default
    try:
        return parse(raw)
    except ValueError as error:
        raise EnvironmentVariableError(name, f"{raw!r} {error}") from error


def text(name: str, default: str = "") -> str:
    """A string."""
    return _read(name, default, str)


def one_of(name: str, default: W, *others: W) -> W:
    """The default or one of the other words."""

    def parse(raw: str) -> W:
        for word in (default, *others):
            if raw == word:
                return word
        raise ValueError(f"is none of {', '.join((default, *others))}")

    return _read(name, default, parse)


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`."""

    def parse(raw: str) -> int:
        try:
            value = int(raw)
        except ValueError:
            raise ValueError("is not a whole number") from None
        if value < minimum:
            raise ValueError(f"is below {minimum}")
        return value

    return _read(name, default, parse)


def seconds(name: str, default: float) -> float:
    """A positive number of seconds."""

    def parse(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            raise ValueError("is not a number of seconds") from None
        if not value > 0:
            raise ValueError("must be above 0")
        return value

    return _read(name, default, parse)


def boolean(name: str, default: bool) -> bool:
    """true/false, 1/0, yes/no, on/off in any case."""

    def parse(raw: str) -> bool:
        if raw.lower() in TRUE:
            return True
        if raw.lower() in FALSE:
            return False
        raise ValueError("is neither true nor false")

    return _read(name, default, parse)


def words(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    return _read(name, default, lambda raw: [part.strip() for part in raw.split(",") if part.strip()])


def pairs(name: str, default: dict[str, str]) -> dict[str, str]:
    """Words by name: `redesign=flux-dev,staging=sdxl`."""

    def parse(raw: str) -> dict[str, str]:
        parts = [part.strip() for part in raw.split(",") if part.strip()]
        if wrong := [part for part in parts if not re.fullmatch(r"[\w-]+=[\w-]+", part)]:
            raise ValueError(f"holds {wrong[0]!r}, which is not NAME=WORD")
        return {name: word for name, _, word in (part.partition("=") for part in parts)}

    return _read(name, default, parse)


def numbers(name: str, default: dict[str, int]) -> dict[str, int]:
    """Whole numbers from 0 by name, in place of the default: `free=2000,pro=200000`."""

    def parse(raw: str) -> dict[str, int]:
        parts = [part.strip() for part in raw.split(",") if part.strip()]
        if wrong := [part for part in parts if not re.fullmatch(r"\w+=[0-9]{1,12}", part)]:
            raise ValueError(f"holds {wrong[0]!r}, which is not NAME=NUMBER")
        return {name: int(number) for name, _, number in (part.partition("=") for part in parts)}

    return _read(name, default, parse)


def rates(name: str, default: dict[str, tuple[float, int]]) -> dict[str, tuple[float, int]]:
    """What is allowed a second and at once, by name: `default=100/300,pro_plus=200/600`."""

    def parse(raw: str) -> dict[str, tuple[float, int]]:
        found = dict(default)
        for part in filter(None, (part.strip() for part in raw.split(","))):
            match = re.fullmatch(r"(\w+)=([0-9.]+)/([0-9]+)", part)
            if match is None or float(match[2]) <= 0 or int(match[3]) < 1:
                raise ValueError(f"holds {part!r}, which is not NAME=A_SECOND/AT_ONCE")
            found[match[1]] = (float(match[2]), int(match[3]))
        return found

    return _read(name, default, parse)


def path(name: str, default: Path) -> Path:
    """A folder or file, made absolute."""
    return _read(name, default, Path).expanduser().resolve()


def socket_path(preferred: Path) -> Path:
    """`preferred`, or a short path in the temporary folder where the system's limit for socket names would cut it.

    The limit is 104 bytes on macOS and 108 on Linux.
    """
    if len(os.fsencode(preferred)) <= 100:
        return preferred
    folder = Path(tempfile.gettempdir()) / f"openhouse-{hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / preferred.name


def database(name: str, default_file: Path) -> dict[str, Any]:
    """A Django DATABASES entry from a URL; SQLite at `default_file` when unset.

    Known are `postgres://user:password@host:port/name` and `sqlite:///path`.
    """
    raw = _raw(name)
    if not raw:
        return _sqlite(default_file)
    url = urlsplit(raw)
    if url.scheme == "sqlite":
        return _sqlite(Path(unquote(url.path)))
    if url.scheme not in {"postgres", "postgresql"}:
        raise EnvironmentVariableError(name, f"knows postgres:// and sqlite://, not {url.scheme}://")
    options = dict(parse_qsl(url.query))
    host = options.pop("host", None) or unquote(url.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": str(url.port or ""),
        # The web process has a fixed pool of threads: each keeps its connection.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # Writers queue instead of failing: the write lock is taken at BEGIN, and a busy file is waited for.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
        },
        "TEST": {"NAME": str(file.with_name("test.sqlite3"))},
    }
