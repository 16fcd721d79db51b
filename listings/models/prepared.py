"""Delivery copies that lie ready, so that asking for a ZIP need not decode and encode a hundred pictures."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class PreparedCopy(models.Model):
    """A JPEG of a listing's photo, or of an approved picture, as deliveries pack it, without metadata.

    `key` is a hash of everything that decides its bytes (listings.prepared): what has changed has another key, and
    what nobody asks for any more is swept. `sha256` is of the bytes; a copy that is not so any more is made anew. The
    file goes with the row, the row with the listing.
    """

    listing = models.ForeignKey("listings.Listing", on_delete=models.CASCADE, related_name="prepared_copies")
    key = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    byte_size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(default=timezone.now, help_text="by a delivery, to the day; else when it was made")

    class Meta:
        verbose_name_plural = "prepared copies"
        constraints = (models.UniqueConstraint(fields=["listing", "key"], name="prepared_copy_once"),)
        indexes = (models.Index(fields=["used_at"], name="prepared_copy_unused"),)

    def __str__(self) -> str:
        return f"prepared copy {self.key[:12]} of {self.listing_id}"
