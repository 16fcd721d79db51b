"""Photos, renders and webhooks in the admin: to look at, and to try again, cancel or refund by the usual verbs."""

from staging.admin import photos, renders, webhooks

__all__ = ["photos", "renders", "webhooks"]
