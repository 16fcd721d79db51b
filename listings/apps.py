from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """What the agent came for."""

    name = "listings"
    verbose_name = "Listings"

    def ready(self) -> None:
        """Join the sweeps: what was lost of deliveries, pages of originals and imports, or has become due."""
        from listings import sweeper as lost  # noqa: PLC0415 - models are there only now
        from listings.reso import imports  # noqa: PLC0415
        from staging import sweeper  # noqa: PLC0415

        sweeper.also(lost.sweep)
        sweeper.also(imports.sweep)
