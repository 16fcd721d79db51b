from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wiring; owns no tables."""

    name = "config"
    verbose_name = "Openhouse"
