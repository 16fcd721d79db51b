"""GPU machines of the operator's that run ComfyUI: the rows."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone

from staging.backends.comfyui.client import is_address


def require_address(url: str) -> None:
    """Raise ValidationError for what cannot be a node's address. Private ones are meant: the operator sets them."""
    if not is_address(url):
        raise ValidationError("Write http://HOST:PORT or https://HOST, without user, query or fragment.")


class GpuNode(models.Model):
    """A machine that runs ComfyUI. What it can do is what it said when it was last probed.

    New work goes to nodes that are enabled and not set aside; what runs on one is followed to its end all the same.
    """

    name = models.CharField(max_length=60, unique=True)
    url = models.CharField(
        "address",
        max_length=300,
        validators=[require_address],
        help_text="e.g. http://10.0.0.5:8188, in a private network",
    )
    token = models.CharField(
        max_length=200,
        blank=True,
        validators=[MinLengthValidator(8)],
        help_text="sent as “Authorization: Bearer”, where a proxy before it asks for one; ComfyUI itself knows none",
    )
    enabled = models.BooleanField(default=True, help_text="may be given new work")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # What it said.
    probed_at = models.DateTimeField(null=True, editable=False)
    models_by_folder = models.JSONField(default=dict, editable=False)
    lacks = models.JSONField(default=list, editable=False, help_text="node classes that our workflows use")
    version = models.CharField(max_length=40, blank=True, editable=False)
    device = models.CharField(max_length=200, blank=True, editable=False)
    vram_total = models.BigIntegerField(default=0, editable=False, help_text="bytes")
    vram_free = models.BigIntegerField(default=0, editable=False, help_text="bytes")
    running = models.PositiveIntegerField(default=0, editable=False)
    pending = models.PositiveIntegerField(default=0, editable=False)
    jobs_api = models.BooleanField(default=False, editable=False)

    # What was learned while it worked.
    loaded = models.CharField(max_length=200, blank=True, editable=False, help_text="the model that it ran last for us")
    seen_at = models.DateTimeField(null=True, editable=False)
    away_since = models.DateTimeField(null=True, editable=False)
    set_aside_until = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "GPU node"
        verbose_name_plural = "GPU nodes"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_set_aside(self) -> bool:
        """Whether it gets no new work for a while, since what it answered cannot be trusted."""
        return self.set_aside_until is not None and self.set_aside_until > timezone.now()
