"""What a render is made of: the photo that came in, what the caller sees, each try at making it, and the pictures.

    Photo <- Render <- Run <- Output

A `Render` is what the caller sees. Each create and each variation is a `Run` of it, and the render's status is
that of its latest run, so that a failed variation leaves earlier outputs and their settlement alone.
"""

from __future__ import annotations

import secrets
import string
import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from staging.briefs import Brief, Kind

PUBLIC_ID_LENGTH = 20
_ALPHABET = string.ascii_letters + string.digits


def new_public_id() -> str:
    """20 characters of A-Z a-z 0-9 (119 bits), as the Render API promises."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


class Photo(models.Model):
    """A photo that came in: its bytes unchanged, and its normalised copy, which all else calls "the photo".

    `picture` is a lossless PNG, EXIF turned, in sRGB, without metadata; outputs are compared with its pixels.
    `original` may hold the place where it was taken and is never served publicly. The same bytes sent twice by
    one account are one row.
    """

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="photos")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the original bytes")
    format = models.CharField(max_length=8, help_text="JPEG, PNG, WEBP, HEIF or AVIF")
    byte_size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(help_text="of the oriented photo, in pixels")
    height = models.PositiveIntegerField()
    focal_35mm = models.FloatField(null=True, help_text="35 mm equivalent focal length from EXIF, in mm")
    original = models.FileField(max_length=200)
    picture = models.FileField(max_length=200)
    preview = models.FileField(
        max_length=200, blank=True, help_text="empty until it is first asked for, like the next two"
    )
    medium = models.FileField(max_length=200, blank=True)
    thumbnail = models.FileField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "sha256"], name="photo_once_per_account"),)

    def __str__(self) -> str:
        return f"photo {self.uuid} ({self.width}x{self.height} {self.format})"


class Source(models.TextChoices):
    """Where a render was asked for; only the API's count towards its limit of renders in flight."""

    API = "api"
    DASHBOARD = "dashboard"
    LISTINGS = "listings"


class Render(models.Model):
    """What the caller sees: one photo, one brief, and the runs that made its outputs."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, default=new_public_id, unique=True, editable=False)
    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="renders")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="renders")
    api_key = models.ForeignKey("billing.ApiKey", on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=12, choices=Source.choices)
    brief_json = models.JSONField(help_text="the brief of the first run")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = (models.Index(fields=["account", "-created_at"], name="render_newest_of_account"),)

    def __str__(self) -> str:
        return f"render {self.public_id}"

    @property
    def brief(self) -> Brief:
        """What was asked for first."""
        return Brief.from_dict(self.brief_json)


class State(models.TextChoices):
    """Where a run stands; see `Run`."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (State.QUEUED, State.RUNNING)


class Verdict(models.TextChoices):
    """What the structure check says of a picture (staging.structure)."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"


class Run(models.Model):
    """One try at making a picture for a render: a first one (a conversion asks for several at once), a variation, or
    the preview of an edit.

              claim                     pictures checked
    QUEUED ----------> RUNNING --------------------------> DONE       hold settled
      ^  |              |  |  |
      |  |  transient    |  |  |  customer input, nothing usable, misconfigured, out of attempts
      |  |  or lost     |  |  +------------------------------> FAILED     hold released
      +--|--------------+  |
         |                 |  cancel
         +-----------------+-------------------------------> CANCELLED  hold released

    Every arrow is one compare-and-set UPDATE whose row count says who won. While RUNNING, `lease_until` tells
    until when somebody (the worker that submits, the follower that watches) answers for the run; whoever finds it
    passed takes over. `attempt` is part of the backend's idempotency key and rises only after the backend answered
    with a failure or denied knowing the job; `tries` counts every failed try, unreachable backends included.
    """

    class Kind(models.TextChoices):
        FIRST = "first"
        VARIATION = "variation"
        # A draft while somebody edits the scene: no part of the render's status, and no output of it.
        PREVIEW = "preview"

    render = models.ForeignKey(Render, on_delete=models.PROTECT, related_name="runs")
    # The render's, copied: the queue's picks are by account and must not join for it.
    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIRST)
    brief_json = models.JSONField()
    scene_json = models.JSONField(
        null=True, help_text="room and arrangement as a person set them; what is missing is the engine's to find"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    shows_queued = models.BooleanField(default=False, help_text="the API says “queued” as long as nobody works on it")
    hold_reference = models.CharField(
        max_length=80, blank=True, help_text="empty when the price is 0; runs asked for together share one"
    )

    webhook_url = models.CharField(max_length=2000, blank=True, help_text="who is told of its end")
    asked_by = models.ForeignKey(
        "billing.User", on_delete=models.SET_NULL, null=True, related_name="+", help_text="who asked on our pages"
    )

    backend = models.CharField(max_length=40, blank=True)
    handle = models.CharField(max_length=120, blank=True, help_text="the backend's name for its job")
    attempt = models.PositiveIntegerField(default=1)
    tries = models.PositiveIntegerField(default=0)
    refusals = models.PositiveSmallIntegerField(default=0, help_text="pictures that failed the structure check")
    not_before = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    # While in the future, a worker is fetching and checking the pictures of this run.
    collecting_until = models.DateTimeField(null=True)

    progress = models.FloatField(default=0.0, help_text="0 to 1, never going back")
    stage = models.CharField(max_length=60, blank=True, help_text="a word for people")
    failure = models.CharField(max_length=20, blank=True, help_text="class of the failure; backends/base.py")
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    record = models.JSONField(default=dict, help_text="what the backend had learnt when it failed; see Output.record")

    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    first_started_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True, help_text="start of the present attempt")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["render", "number"], name="run_number_once_per_render"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="run_progress_is_a_fraction"),
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING) | Q(lease_until__isnull=False), name="run_running_has_a_lease"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at__isnull=True)
                | (~Q(state__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="run_finished_at_says_when",
            ),
        )
        indexes = (
            models.Index(fields=["account", "queued_at"], name="run_waiting", condition=Q(state=State.QUEUED)),
            models.Index(fields=["lease_until"], name="run_leased", condition=Q(state=State.RUNNING)),
            models.Index(fields=["account", "-first_started_at"], name="run_last_served"),
            models.Index(fields=["hold_reference"], name="run_by_hold", condition=~Q(hold_reference="")),
            # The admin's figures of the day and of two weeks.
            models.Index(fields=["finished_at", "state"], name="run_by_end"),
        )

    def __str__(self) -> str:
        return f"run {self.key} ({self.state})"

    @property
    def key(self) -> str:
        """The run's name outside the database: in the ledger, in logs and towards backends."""
        return f"{self.render.public_id}-{self.number}"

    @property
    def idempotency_key(self) -> str:
        """The same for every submit of the same attempt, so that a takeover can never start a second job."""
        return f"{self.key}-{self.attempt}"

    @property
    def brief(self) -> Brief:
        """What this run makes; a variation's differs from the render's."""
        return Brief.from_dict(self.brief_json)

    def deadline(self, time_limit: float) -> datetime:
        """When the present attempt has taken `time_limit` seconds."""
        return (self.started_at or self.queued_at) + timedelta(seconds=time_limit)


class Role(models.TextChoices):
    """What a picture shows."""

    STAGED = "staged"
    EMPTIED = "emptied"
    REDESIGNED = "redesigned"
    RENDERED = "rendered"
    # White where the run's picture differs from the photo; beside a staged picture, where the emptied one does.
    MASK = "mask"
    REMOVED = "removed"


MASKS = frozenset({Role.MASK, Role.REMOVED})
# The picture that was asked for, by kind of job; an emptied room may come beside a staged one.
MAIN_ROLES = {
    Kind.STAGING: Role.STAGED,
    Kind.DECLUTTER: Role.EMPTIED,
    Kind.REDESIGN: Role.REDESIGNED,
    Kind.SKETCH: Role.RENDERED,
}


class Output(models.Model):
    """One picture that a run made.

    `master` is what the backend made, at the photo's own size or larger, without a label; `delivered` is what the
    customer gets, at the resolution of the brief. Both are PNG. A mask has only a master.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="outputs")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=12, choices=Role.choices)
    order = models.PositiveIntegerField(help_text="within the run: what was asked for, emptied, masks")
    master = models.FileField(max_length=200)
    delivered = models.FileField(max_length=200, blank=True)
    preview = models.FileField(max_length=200, blank=True)
    medium = models.FileField(max_length=200, blank=True)
    thumbnail = models.FileField(max_length=200, blank=True)
    width = models.PositiveIntegerField(help_text="of the master, in pixels")
    height = models.PositiveIntegerField()
    delivered_width = models.PositiveIntegerField(default=0)
    delivered_height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text="of the master's bytes")
    record = models.JSONField(default=dict, help_text="how it was made, as the backend tells it")
    verdict = models.CharField(
        max_length=4, choices=Verdict.choices, blank=True, help_text="of the structure check; empty: made before it"
    )
    figures = models.JSONField(default=dict, help_text="of the structure check")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "role"], name="output_once_per_role"),)
        ordering = ("run", "order")

    def __str__(self) -> str:
        return f"{self.role} of {self.run_id} ({self.width}x{self.height})"
