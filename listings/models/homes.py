"""The public page of a listing: published and withdrawn by the agent, with picture files of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from listings.models.disclosures import CODE_LENGTH, new_code


class ListingPage(models.Model):
    """What buyers see of a listing, `/homes/SLUG-CODE`. The code never changes.

    not yet published -> published -> withdrawn, and back to published: `published_at` and `withdrawn_at` tell.
    """

    listing = models.OneToOneField("listings.Listing", on_delete=models.CASCADE, related_name="page")
    code = models.CharField(max_length=CODE_LENGTH, default=new_code, unique=True, editable=False)
    profile = models.ForeignKey(
        "listings.Profile", on_delete=models.PROTECT, related_name="+", help_text="whose wording is used"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey("billing.User", on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"page {self.code}"

    @property
    def is_public(self) -> bool:
        """Whether anybody may see it."""
        return self.published_at is not None and self.withdrawn_at is None


class PagePicture(models.Model):
    """One picture of a public page as files of its own, without metadata: they outlive what they were made from.

    An altered one (`staged`) is shown while its approval stands, beside the original of the same photo.
    """

    page = models.ForeignKey(ListingPage, on_delete=models.CASCADE, related_name="pictures")
    code = models.CharField(max_length=CODE_LENGTH, default=new_code, unique=True, editable=False)
    listing_photo = models.ForeignKey("listings.ListingPhoto", on_delete=models.CASCADE, related_name="+")
    staged = models.ForeignKey("listings.StagedPhoto", on_delete=models.CASCADE, null=True, related_name="+")
    original_page = models.ForeignKey("listings.OriginalPage", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="of what it was made from")
    small = models.FileField(max_length=200)
    large = models.FileField(max_length=200)
    width = models.PositiveIntegerField(help_text="of the large file, in pixels")
    height = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["page", "listing_photo"], condition=Q(staged__isnull=True), name="page_original_once"
            ),
            models.UniqueConstraint(fields=["page", "staged"], name="page_altered_once"),
        )

    def __str__(self) -> str:
        return f"picture {self.code} of page {self.page_id}"
