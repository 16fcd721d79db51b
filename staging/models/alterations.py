"""The alteration record: what was done to which photo, by what and by whom. Written once, never changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from staging.models.renders import Output, Role, Run


class AppendOnlyError(TypeError):
    """Code tried to change or delete an alteration record; a correction is a new row."""


class AlterationQuerySet(models.QuerySet["Alteration"]):
    """Records, to read."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("alteration records are never changed; write a new one")

    def bulk_update(self, objs: Iterable[Alteration], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("alteration records are never changed; write a new one")

    def delete(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("alteration records are never deleted")


class Alteration(models.Model):
    """One line of a picture's record.

        MADE                            the picture was made: kinds of edit, engine, seed, hashes, structure check
        APPROVED, REJECTED, WITHDRAWN   what a person said of it
        OVERRIDDEN                      a person lets it out although the structure check failed, and why

    It names the picture by its uuid and hash and hangs on no row that could be deleted. The database refuses changes
    (migration 0013). `actor` is the user, `key_prefix` how the API key begins, whichever acted; a user whose account
    is closed keeps the row and loses the name.
    """

    class Event(models.TextChoices):
        MADE = "made"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        OVERRIDDEN = "overridden"

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="+")
    output_uuid = models.UUIDField()
    public_id = models.CharField(max_length=20, help_text="of the render")
    event = models.CharField(max_length=10, choices=Event.choices)
    kinds = models.JSONField(default=list, help_text="RESO MediaAlteration")
    engine = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=60, blank=True)
    seed = models.BigIntegerField(null=True)
    original_sha256 = models.CharField(max_length=64, help_text="of the bytes that were uploaded")
    picture_sha256 = models.CharField(max_length=64, help_text="of the clean master")
    mask_sha256 = models.CharField(max_length=64, blank=True, help_text="of the edit mask")
    verdict = models.CharField(max_length=4, blank=True, help_text="of the structure check")
    figures = models.JSONField(default=dict, help_text="of the structure check")
    actor = models.ForeignKey("billing.User", on_delete=models.PROTECT, null=True, related_name="+")
    key_prefix = models.CharField(max_length=16, blank=True, help_text="of the API key that acted")
    note = models.CharField(max_length=300, blank=True, help_text="why, in the actor's words")
    asked_at = models.DateTimeField(null=True, help_text="when the picture was asked for")
    started_at = models.DateTimeField(null=True, help_text="when work on it began")
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AlterationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["output_uuid"], condition=models.Q(event="made"), name="alteration_made_once"
            ),
        )
        indexes = (
            models.Index(fields=["output_uuid", "id"], name="alteration_of_output"),
            models.Index(fields=["picture_sha256"], name="alteration_by_hash"),
        )
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.event}: {', '.join(self.kinds)} ({self.output_uuid})"

    @property
    def mask_percent(self) -> float:
        """How much of the picture the edit mask covers."""
        return 100 * float(self.figures.get("mask_share") or 0)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a row that is there already is refused."""
        if not self._state.adding:
            raise AppendOnlyError("alteration records are never changed; write a new one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("alteration records are never deleted")


class RefusedOutput(models.Model):
    """A picture that failed the structure check twice: kept to be looked at, no output of its run.

    A named override (staging.overrides) makes an `Output` of the same uuid of it.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="refused")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=12, choices=Role.choices)
    fields = models.JSONField(help_text="the columns of the output that it would be")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "role"], name="refused_once_per_role"),)
        ordering = ("run", "pk")

    def __str__(self) -> str:
        return f"refused {self.role} of {self.run_id}"

    @property
    def output(self) -> Output:
        """The output that it would be; not saved."""
        return Output(run=self.run, uuid=self.uuid, role=self.role, **self.fields)
