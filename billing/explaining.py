"""What holds were for, told by the app that made them (a door: other apps register here)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

# For each reference that the app knows, how the hold stands there: "hold" (not ended yet), "settle" or "release".
# References that it does not know are left out.
Explainer = Callable[[Collection[str]], Mapping[str, str]]

_explainers: dict[str, Explainer] = {}


def register(prefix: str, explainer: Explainer) -> None:
    """Have `explainer` asked, in `manage.py reconcile`, about holds whose reference begins with `prefix`."""
    _explainers[prefix] = explainer


def explainers() -> Iterator[tuple[str, Explainer]]:
    """All that are registered."""
    yield from _explainers.items()
