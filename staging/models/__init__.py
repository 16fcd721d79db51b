"""What a render is made of: the photo that came in, what the caller sees, each try at making it, and the pictures."""

from staging.models.alterations import Alteration, AppendOnlyError, RefusedOutput
from staging.models.nodes import GpuNode
from staging.models.renders import (
    MAIN_ROLES,
    MASKS,
    PUBLIC_ID_LENGTH,
    UNFINISHED,
    Output,
    Photo,
    Render,
    Role,
    Run,
    Source,
    State,
    Verdict,
    new_public_id,
)
from staging.models.requests import AcceptedRequest, Conversion, ConversionFile
from staging.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookSecret, WebhookSubscription

__all__ = [
    "MAIN_ROLES",
    "MASKS",
    "PUBLIC_ID_LENGTH",
    "UNFINISHED",
    "AcceptedRequest",
    "Alteration",
    "AppendOnlyError",
    "Conversion",
    "ConversionFile",
    "GpuNode",
    "Output",
    "Photo",
    "RefusedOutput",
    "Render",
    "Role",
    "Run",
    "Source",
    "State",
    "Verdict",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookSecret",
    "WebhookSubscription",
    "new_public_id",
]
