"""What the law and the MLS ask for: profiles of their rules, pages of originals, and deliveries."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

CODE_LENGTH = 10
# Crockford's base32: nothing that is misread on a flyer.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """Ten characters of base32: 50 bits that nobody guesses."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


class Profile(models.Model):
    """One MLS's rules for altered pictures, as read at a date. A change of the rules is a new version.

    Rules decide what a delivery holds; `listings.rules` says what each value means.
    """

    class Label(models.TextChoices):
        REQUIRED = "required", gettext_noop("On every altered picture")
        OPTIONAL = "optional", gettext_noop("As the agent likes; none unless asked for")
        FORBIDDEN = "forbidden", gettext_noop("Never on the picture")

    class Original(models.TextChoices):
        AFTER = "after", gettext_noop("Directly after the altered picture")
        BEFORE = "before", gettext_noop("Directly before the altered picture")
        NONE = "none", gettext_noop("Not in the delivery")

    class Caption(models.TextChoices):
        WITH_LINK = "with_link", gettext_noop("Says that it is altered and where the original is")
        WORDS = "words", gettext_noop("Says that it is altered, without any address")
        NONE = "none", gettext_noop("None")

    class Status(models.TextChoices):
        READ = "read", gettext_noop("Read at the source")
        UNVERIFIED = "unverified", gettext_noop("Second-hand, not verified")

    slug = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    region = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=80, blank=True, help_text="number of the rule")
    label = models.CharField(max_length=10, choices=Label.choices)
    original = models.CharField(max_length=10, choices=Original.choices)
    caption = models.CharField(max_length=10, choices=Caption.choices, default=Caption.WITH_LINK)
    caption_words = models.CharField(max_length=50, blank=True, help_text="prescribed words for the short caption")
    remarks = models.CharField(max_length=300, blank=True, help_text="how the public remarks must begin")
    forbidden = models.JSONField(
        default=list, blank=True, help_text="RESO MediaAlteration values that are not exported"
    )
    primary_unaltered = models.BooleanField(default=False, help_text="the first picture must be an original")
    note = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    source = models.CharField(max_length=200, help_text="where the rules were read")
    read_on = models.DateField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["slug", "version"], name="profile_once_per_version"),)
        ordering = ("name", "-version")

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class OriginalPage(models.Model):
    """The permanent public page of an original, `/o/CODE`. It holds copies of its own and so outlives listing,
    photo and account; the code never changes. `removed_at` leaves the row and a page that says so.
    """

    code = models.CharField(max_length=CODE_LENGTH, default=new_code, unique=True, editable=False)
    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="+")
    output = models.OneToOneField("staging.Output", on_delete=models.SET_NULL, null=True, related_name="original_page")
    original = models.FileField(max_length=200, blank=True, help_text="public copy without place and serial numbers")
    altered = models.FileField(max_length=200, blank=True)
    original_sha256 = models.CharField(max_length=64, help_text="of the bytes that were uploaded")
    altered_sha256 = models.CharField(max_length=64, help_text="of the clean master")
    alterations = models.JSONField(default=list, help_text="RESO MediaAlteration")
    said = models.CharField(max_length=300, help_text="what was altered, in words")
    altered_at = models.DateTimeField(help_text="when the picture was made")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["made_at"], name="original_without_copies", condition=Q(original="")),)

    def __str__(self) -> str:
        return f"original {self.code}"


class Delivery(models.Model):
    """One ZIP of a listing's pictures, ready for an MLS.

        QUEUED -> BUILDING -> DONE | FAILED

    Each arrow is a compare-and-set; a BUILDING one whose lease ran out is taken over.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        BUILDING = "building"
        DONE = "done"
        FAILED = "failed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="deliveries")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="+")
    preset = models.CharField(max_length=20)
    labelled = models.BooleanField(default=False, help_text="the agent's wish, where the profile leaves it open")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    lease_until = models.DateTimeField(null=True)
    file = models.FileField(max_length=200, blank=True)
    byte_size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    manifest = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey("billing.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="delivery_progress_is_a_share"),
        )
        indexes = (
            models.Index(
                fields=["lease_until"], name="delivery_unfinished", condition=Q(state__in=("queued", "building"))
            ),
        )

    def __str__(self) -> str:
        return f"delivery {self.key} ({self.state})"
