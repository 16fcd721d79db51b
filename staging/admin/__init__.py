"""Photos, renders and webhooks in the admin: to look at, and to try again, cancel or refund by the usual verbs.

GPU nodes are added and taken out of work here.
"""

from staging.admin import alterations, nodes, photos, renders, webhooks

__all__ = ["alterations", "nodes", "photos", "renders", "webhooks"]
