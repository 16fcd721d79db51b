from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BillingConfig(AppConfig):
    """Who pays, what they hold, what they owe."""

    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        """Connect the receiver of confirmed addresses, and make the roles of staff when all permissions are there: this
        app is the last one. Models can be imported only from here on.
        """
        from billing import adapter, staff  # noqa: F401, PLC0415

        post_migrate.connect(staff.ensure, sender=self, dispatch_uid="staff roles")
