from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """What the agent came for."""

    name = "listings"
    verbose_name = "Listings"
