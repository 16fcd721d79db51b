from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wiring; owns no tables."""

    name = "config"
    verbose_name = "Openhouse"

    def ready(self) -> None:
        """Register the checks."""
        from config import checks  # noqa: F401, PLC0415 - when the registry is there
