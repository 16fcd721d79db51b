from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """What the agent came for."""

    name = "listings"
    verbose_name = "Listings"

    def ready(self) -> None:
        """Join the sweeps: what was lost of deliveries, pages and imports, or is due; what people wait for."""
        from listings import homes, notifications  # noqa: PLC0415 - models are there only now
        from listings import sweeper as lost  # noqa: PLC0415
        from listings.reso import imports  # noqa: PLC0415
        from staging import sweeper  # noqa: PLC0415

        sweeper.also(lost.sweep)
        sweeper.also(imports.sweep)
        sweeper.also(notifications.sweep)
        sweeper.also(homes.sweep)
