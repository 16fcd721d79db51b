from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wiring; owns no tables."""

    name = "config"
    verbose_name = "Openhouse"

    def ready(self) -> None:
        """Register the checks, and let staff in by the site's own way alone."""
        from config import admin_door, checks  # noqa: F401, PLC0415 - when the registry is there

        admin_door.one_way_in()
