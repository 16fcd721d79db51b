from django.apps import AppConfig
from django.db.models.signals import post_delete


class ListingsConfig(AppConfig):
    """What the agent came for."""

    name = "listings"
    verbose_name = "Listings"

    def ready(self) -> None:
        """Join the sweeps: what was lost of deliveries, pages and imports, or is due; what people wait for.

        Files of prepared copies go with their rows, and these with the account.
        """
        from billing.closing import account_closed  # noqa: PLC0415 - models are there only now
        from listings import homes, notifications, prepared  # noqa: PLC0415
        from listings import sweeper as lost  # noqa: PLC0415
        from listings.reso import imports  # noqa: PLC0415
        from staging import sweeper  # noqa: PLC0415

        sweeper.also(lost.sweep)
        sweeper.also(imports.sweep)
        sweeper.also(notifications.sweep)
        sweeper.also(homes.sweep)
        sweeper.also(prepared.sweep)
        post_delete.connect(prepared.delete_file, sender="listings.PreparedCopy", dispatch_uid="prepared_file")
        account_closed.connect(prepared.forget_account, dispatch_uid="prepared_of_account")
