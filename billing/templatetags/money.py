"""Amounts of money for templates."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def dollars(cents: int) -> str:
    """An amount in US cents as people write it: $39, $12.50."""
    whole, rest = divmod(cents, 100)
    return f"${whole:,}.{rest:02d}" if rest else f"${whole:,}"
