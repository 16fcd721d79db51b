from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    """Wiring; owns no tables."""

    name = "config"
    verbose_name = "Openhouse"

    def ready(self) -> None:
        """Register the checks, and let staff in by the site's own way alone; errors go to Sentry."""
        from config import admin_door, checks, sentry  # noqa: F401, PLC0415 - when the registry is there

        admin_door.one_way_in()
        sentry.start(settings.SENTRY_DSN, release=settings.SENTRY_RELEASE, environment=settings.SENTRY_ENVIRONMENT)
