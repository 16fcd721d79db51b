"""The composite: traced furniture laid into the photo, every other pixel left as it is."""

from staging.engine.composite.compose import Composite, compose
from staging.engine.composite.contact import ContactMap

__all__ = ["Composite", "ContactMap", "compose"]
