"""What our script for passkeys is told, in an attribute: pages carry no script of their own."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """`value` as JSON text; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)
