from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Who pays, what they hold, what they owe."""

    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        """Connect the receiver of confirmed addresses; models can be imported only from here on."""
        from billing import adapter  # noqa: F401, PLC0415
