"""A listing's photos, what was made of them, and files that are still coming in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from listings.reso_words import IMAGES_OF
from staging.briefs import RoomType

_ROOMS = [(room.value, room.value) for room in RoomType]


class ListingPhoto(models.Model):
    """A photo's place in a listing. `order` 0 is the primary photo (RESO Order, PreferredPhotoYN).

    The same photo is in a listing once. Removing one sets `removed_at`: pictures and their records stay.
    """

    media_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    listing = models.ForeignKey("listings.Listing", on_delete=models.CASCADE, related_name="photos")
    photo = models.ForeignKey("staging.Photo", on_delete=models.PROTECT, related_name="+")
    order = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255, blank=True, help_text="as the agent's camera called it")
    room_type = models.CharField(max_length=20, choices=_ROOMS, blank=True)
    image_of = models.CharField(max_length=40, choices=[(name, name) for name in IMAGES_OF], blank=True)
    short_description = models.CharField("caption", max_length=50, blank=True)
    long_description = models.CharField(max_length=1024, blank=True)
    media_alteration = models.JSONField(
        default=list, blank=True, help_text="RESO MediaAlteration of a picture that came altered; empty: as taken"
    )
    added_by = models.ForeignKey("billing.User", on_delete=models.SET_NULL, null=True, related_name="+")
    modification_timestamp = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["listing", "photo"], condition=Q(removed_at__isnull=True), name="listing_photo_once"
            ),
        )
        indexes = (models.Index(fields=["listing", "order"], name="listing_photo_in_order"),)
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return f"photo {self.order + 1} of {self.listing_id}"


class StagedPhoto(models.Model):
    """A render of a listing's photo, and what a person said of it. Nothing is delivered before it is approved.

    PENDING -> APPROVED | REJECTED, and back: a person may think again, and each time who and when are kept.
    A render may have several pictures (variations, edits); the verdict is of one of them, `output`, and an approved
    one stays the one that is delivered whatever is made after it.
    """

    class Verdict(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"

    listing_photo = models.ForeignKey(ListingPhoto, on_delete=models.PROTECT, related_name="staged")
    render = models.OneToOneField("staging.Render", on_delete=models.PROTECT, related_name="staged_photo")
    batch = models.UUIDField(help_text="the form that asked for it: sent twice, it asks once")
    asked_by = models.ForeignKey("billing.User", on_delete=models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.PENDING)
    output = models.ForeignKey(
        "staging.Output",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="the picture that the verdict is of; empty while there is no verdict",
    )
    reason = models.CharField(max_length=300, blank=True, help_text="why it was rejected")
    judged_by = models.ForeignKey("billing.User", on_delete=models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict="pending") | Q(judged_at__isnull=False), name="staged_photo_judged_at_says_when"
            ),
            models.UniqueConstraint(fields=["listing_photo", "batch"], name="staged_photo_once_per_batch"),
        )
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"render {self.render_id} of {self.listing_photo_id} ({self.verdict})"


class Upload(models.Model):
    """A file on its way in, in pieces: whoever lost the line asks how much is here and goes on from there."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    listing = models.ForeignKey("listings.Listing", on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey("billing.User", on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="of the whole file, in bytes")
    received = models.PositiveBigIntegerField(default=0, help_text="bytes that are here")
    pieces = models.JSONField(default=list, help_text="where they lie in the storage, in their order")
    fingerprint = models.CharField(
        max_length=200, help_text="name, size and time of change: the same file picked again after a reload"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["listing", "user", "fingerprint"], name="upload_once_per_file"),)

    def __str__(self) -> str:
        return f"upload of {self.file_name}"
