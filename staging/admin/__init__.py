"""Photos, renders and webhooks in the admin: to look at, and to try again, cancel or refund by the usual verbs."""

from staging.admin import alterations, photos, renders, webhooks

__all__ = ["alterations", "photos", "renders", "webhooks"]
