"""Amounts of money for templates."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def dollars(cents: int) -> str:
    """An amount in US cents as people write it: $39, $12.50."""
    whole, rest = divmod(cents, 100)
    return f"${whole:,}.{rest:02d}" if rest else f"${whole:,}"


@register.filter
def named(name: str) -> str:
    """The name of a plan or a pack, in the page's language as far as it is known there."""
    return gettext(name) if name else ""
