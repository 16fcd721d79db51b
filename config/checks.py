"""What an operator should know before the site meets its users: `manage.py check --deploy`, each with a hint.

A laptop needs none of it, so these run only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from config import sentry

_HOSTED = "openhouse"


def _shared_database() -> bool:
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


@register(_HOSTED, deploy=True)
def secrets_are_shared(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every machine has to sign with the same keys."""
    found: list[CheckMessage] = []
    if _shared_database() and (settings.DATA_DIR / "secret_key").exists():
        found.append(
            Error(
                "SECRET_KEY is kept in this machine's DATA_DIR: other machines would not accept what this one signs.",
                hint="Set SECRET_KEY (or SECRET_KEY_FILE) to the same long random text on all machines.",
                id="openhouse.E001",
            )
        )
    if _shared_database() and not settings.C2PA_CERTIFICATE:
        found.append(
            Warning(
                "Content Credentials are signed with a key in DATA_DIR.",
                hint="Share DATA_DIR/credentials between machines, or set C2PA_CERTIFICATE and C2PA_PRIVATE_KEY.",
                id="openhouse.W001",
            )
        )
    return found


@register(_HOSTED, deploy=True)
def machines_share_what_they_must(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Database, queue and pictures of several machines are the same ones."""
    found: list[CheckMessage] = []
    local = {
        "DATABASE_URL": not _shared_database(),
        "REDIS_URL": settings.REDIS_EMBEDDED,
        "STORAGE_URL": "FileSystem" in settings.STORAGES["default"]["BACKEND"],
    }
    if len(set(local.values())) > 1:
        alone = ", ".join(name for name, is_local in local.items() if is_local)
        found.append(
            Warning(
                f"{alone}: this machine keeps its own, while other parts are shared.",
                hint="One machine may keep all of them, or a folder that all machines mount; several must share all.",
                id="openhouse.W002",
            )
        )
    return found


@register(_HOSTED, deploy=True)
def the_world_knows_the_site(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Addresses in mails, webhooks and printed codes must lead here."""
    if settings.PUBLIC_URL.startswith("https://"):
        return []
    return [
        Error(
            f"PUBLIC_URL is {settings.PUBLIC_URL or 'not set'}: links in mails, QR codes and answers would not lead "
            "here, and cookies are not kept to HTTPS.",
            hint="Set PUBLIC_URL=https://your.host, and BEHIND_PROXY=true when a proxy ends TLS.",
            id="openhouse.E002",
        )
    ]


@register(_HOSTED, deploy=True)
def staff_prove_themselves(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A guessed password must not open every account."""
    if settings.ADMIN_REQUIRES_MFA:
        return []
    return [
        Warning(
            "ADMIN_REQUIRES_MFA is off: a password alone opens /admin.",
            hint="Leave it out where PUBLIC_URL begins with https, or set ADMIN_REQUIRES_MFA=true.",
            id="openhouse.W005",
        )
    ]


@register(_HOSTED, deploy=True)
def mail_goes_out(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Invitations, confirmations and notices are mails."""
    if settings.EMAIL_URL_HOST:
        return []
    return [
        Warning(
            "EMAIL_HOST is not set: mails are written into DATA_DIR/mail and reach nobody.",
            hint="Set EMAIL_HOST and its like.",
            id="openhouse.W003",
        )
    ]


@register(_HOSTED, deploy=True)
def errors_arrive(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A DSN without the program that uses it sends nothing."""
    if not settings.SENTRY_DSN or sentry.installed():
        return []
    return [
        Warning(
            "SENTRY_DSN is set, but sentry-sdk is not installed: errors are sent nowhere.",
            hint="Install the extra [sentry]; requirements.txt has it.",
            id="openhouse.W006",
        )
    ]


@register(_HOSTED, deploy=True)
def somebody_watches(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Without figures nobody is told when pictures stop coming."""
    if settings.METRICS_TOKEN:
        return []
    return [
        Warning(
            "METRICS_TOKEN is not set: nobody can read /metrics.",
            hint="Set it, point Prometheus at /metrics and load config/operations/alerts.yml.",
            id="openhouse.W004",
        )
    ]
