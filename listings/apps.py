from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """What the agent came for."""

    name = "listings"
    verbose_name = "Listings"

    def ready(self) -> None:
        """Join the sweeps: imports whose wake-up was lost or whose time has come."""
        from listings.reso import imports  # noqa: PLC0415 - models are there only now
        from staging import sweeper  # noqa: PLC0415

        sweeper.also(imports.sweep)
