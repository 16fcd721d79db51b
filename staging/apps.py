from django.apps import AppConfig


class StagingConfig(AppConfig):
    """A photo and a brief in, pictures out."""

    name = "staging"
    verbose_name = "Staging"

    def ready(self) -> None:
        """Tell billing what holds were for and what an account has here; models can be imported only from here on."""
        from billing import explaining  # noqa: PLC0415
        from billing import exports as billing_exports  # noqa: PLC0415
        from staging import credits, exports  # noqa: PLC0415

        explaining.register("run:", credits.explain)
        billing_exports.register("staging", exports.export)
