"""Where listings come from: RESO Web API providers, runs of imports, and what a provider last said of a listing."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Connection(models.Model):
    """A RESO Web API (OData) provider that an account imports from.

    `name` is the OriginatingSystemName of what comes from it. Its secrets are kept as those of webhooks are, and no
    page shows them again. One that was removed stays as the source of its listings.
    """

    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="connections")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=500, help_text="service root, to which /Property is added")
    token = models.TextField(blank=True, help_text="bearer token; empty where client credentials are used")
    token_address = models.CharField(max_length=500, blank=True, help_text="where client credentials become a token")
    client_id = models.CharField(max_length=200, blank=True)
    client_secret = models.CharField(max_length=500, blank=True)
    scope = models.CharField(max_length=200, blank=True)
    filter = models.CharField(max_length=500, blank=True, help_text="OData condition beside the time of change")
    requests_per_second = models.FloatField(default=2.0)
    every_minutes = models.PositiveIntegerField(default=60, help_text="0: only when somebody asks")
    mapping = models.JSONField(default=dict, help_text="RESO name -> local value -> RESO value")
    unmapped = models.JSONField(default=dict, help_text="RESO name -> local values that nobody has mapped")

    bearer = models.TextField(blank=True, editable=False, help_text="the token that client credentials became")
    bearer_until = models.DateTimeField(null=True, editable=False)
    watermark = models.DateTimeField(null=True, editable=False, help_text="all that changed until then is here")
    keys_checked_at = models.DateTimeField(null=True, editable=False, help_text="when deletions were last looked for")
    next_request_at = models.DateTimeField(null=True, editable=False)
    media_apart = models.BooleanField(
        default=False, editable=False, help_text="it serves Media as a resource of its own, and expands none; found out"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "name"], condition=Q(removed_at__isnull=True), name="connection_once_per_name"
            ),
            models.CheckConstraint(condition=Q(requests_per_second__gt=0), name="connection_rate_is_positive"),
        )

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One run of an import, from a connection or from a file.

        QUEUED -> RUNNING -> DONE | FAILED | STOPPED

    It is done in short portions. `cursor` moves in the transaction that keeps a portion, so whoever goes on after an
    interruption repeats at most what was not kept. While RUNNING, `lease_until` says until when somebody is at it.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    class Phase(models.TextChoices):
        LISTINGS = "listings"
        KEYS = "keys"
        PHOTOS = "photos"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("billing.Account", on_delete=models.CASCADE, related_name="imports")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="imports")
    source = models.CharField(max_length=80, help_text="OriginatingSystemName of what does not say its own")
    file = models.FileField(max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.LISTINGS)
    since = models.DateTimeField(null=True, help_text="only what changed after this")
    cursor = models.TextField(blank=True, help_text="address of the next page; of a file, the next row")
    reached = models.DateTimeField(null=True, help_text="ModificationTimestamp up to which all is kept")
    total = models.PositiveIntegerField(null=True, help_text="rows to come, where the source says it")
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="rows that could not be taken")
    photos_done = models.PositiveIntegerField(default=0)
    photos_failed = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, help_text="[{row, name, why}], the first ones")
    tries = models.PositiveIntegerField(default=0, help_text="failures in a row")
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey("billing.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(state__in=("queued", "running")),
                name="import_one_at_a_time_per_connection",
            ),
        )
        indexes = (models.Index(fields=["state", "due_at"], name="import_due"),)

    def __str__(self) -> str:
        return f"import {self.key} ({self.state})"


class ImportedListing(models.Model):
    """What the source last said of a listing, so that a later import tells its changes from those of people here.

    `conflicts` holds what the source says now where a person had changed the field too: the person's stays until
    somebody chooses.
    """

    listing = models.OneToOneField("listings.Listing", on_delete=models.CASCADE, related_name="imported")
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, related_name="listings")
    values = models.JSONField(default=dict, help_text="column -> value as the source last said it")
    conflicts = models.JSONField(default=dict, help_text="column -> value of the source that was not taken")
    moment = models.DateTimeField(null=True, help_text="the source's ModificationTimestamp")
    photos_moment = models.DateTimeField(null=True, help_text="the source's PhotosChangeTimestamp")
    found_by = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="+")
    gone_at = models.DateTimeField(null=True, help_text="when the source was found to have it no more")
    photos_settled = models.BooleanField(default=True, help_text="whether photos stand as the source has them")
    imported_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"source of listing {self.listing_id}"


class ImportedPhoto(models.Model):
    """A photo at its source. WAITING ones are downloaded, within the source's limits.

    WAITING -> DONE | FAILED          back to WAITING when the source says that it changed
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    imported = models.ForeignKey(ImportedListing, on_delete=models.CASCADE, related_name="photos")
    media_key = models.CharField(max_length=255)
    address = models.TextField(help_text="MediaURL; many expire")
    moment = models.DateTimeField(null=True, help_text="MediaModificationTimestamp")
    order = models.PositiveIntegerField(default=0)
    image_of = models.CharField(max_length=40, blank=True)
    short_description = models.CharField(max_length=50, blank=True)
    long_description = models.CharField(max_length=1024, blank=True)
    alteration = models.JSONField(default=list)
    listing_photo = models.ForeignKey(
        "listings.ListingPhoto", on_delete=models.SET_NULL, null=True, related_name="sources"
    )
    placed = models.PositiveIntegerField(null=True, help_text="the place that it was last given by an import")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("imported", "order", "pk")
        constraints = (
            models.UniqueConstraint(fields=["imported", "media_key"], name="imported_photo_once_per_listing"),
        )
        indexes = (models.Index(fields=["state", "imported"], name="imported_photo_by_state"),)

    def __str__(self) -> str:
        return f"photo {self.media_key} ({self.state})"
