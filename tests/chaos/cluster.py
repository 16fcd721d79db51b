"""A PostgreSQL cluster and a Redis-protocol server of our own in a temporary folder, as processes that may be killed.

Neither touches what else runs on the machine: both listen on sockets in the folder alone.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

DATABASE = "openhouse"
USER = "openhouse"
# Nobody pulls the plug here, so what the kernel was given survives every kill: durability costs nothing to leave out.
SETTINGS = {"listen_addresses": "", "fsync": "off", "max_connections": "200", "shared_buffers": "64MB"}


class CannotStart(Exception):
    """A program is missing; the message says which."""


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; raises CannotStart where it is not installed."""
    found = shutil.which(name)
    if found is None:
        homes = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
        if not homes:
            raise CannotStart(f"PostgreSQL's {name} is not on this machine: apt install postgresql")
        found = str(homes[0])
    return found


def login() -> dict[str, int]:
    """Whose process it has to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid}
    raise CannotStart("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def prepare(folder: Path) -> Sequence[str]:
    """Make a cluster in `folder` (not there yet) and return the command of its server."""
    folder.mkdir(mode=0o700)
    who = login()
    if who:
        os.chown(folder, who["user"], who["group"])
    data = folder / "data"
    subprocess.run(
        [program("initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **who,  # type: ignore[call-overload]
    )
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return [program("postgres"), "-D", str(data), "-k", str(folder), *options]


def url(folder: Path, database: str = DATABASE) -> str:
    """The DATABASE_URL of the cluster in `folder`."""
    return f"postgres://{USER}@/{database}?host={folder}"


def make_database(folder: Path) -> bool:
    """Create the database; False while the server does not answer yet."""
    import psycopg  # noqa: PLC0415 - only where there is a PostgreSQL

    try:
        with psycopg.connect(url(folder, "postgres"), autocommit=True, connect_timeout=2) as link:
            link.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True
