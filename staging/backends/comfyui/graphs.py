"""Graphs in ComfyUI's API format: filling them in, and joining two to one."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

# node id -> {"class_type": ..., "inputs": {name: value or [node id, output]}}
Graph = dict[str, dict[str, Any]]

# Every workflow's last node: what it is given is what the workflow makes.
OUT: Final = "out"


def filled(graph: Graph, values: Mapping[str, object]) -> Graph:
    """A copy with inputs set; `values` are by "NODE.INPUT". Raises KeyError for a place that is not there."""
    made = copy.deepcopy(graph)
    for place, value in values.items():
        node, _, name = place.partition(".")
        if name not in made[node]["inputs"]:
            raise KeyError(place)
        made[node]["inputs"][name] = value
    return made


def joined(first: Graph, second: Graph, *, prefix: str, photo: str) -> Graph:
    """One graph in which `second` works on what `first` makes, in the place of its node that loads the photo.

    The second's nodes get `prefix`, the first's keep their names. Both keep their last node, so both pictures come out.
    """
    source = first[OUT]["inputs"]["images"]
    loader = photo.partition(".")[0]
    made = copy.deepcopy(first)
    for name, node in second.items():
        if name == loader:
            continue
        inputs = {key: _moved(value, prefix, loader, source) for key, value in node["inputs"].items()}
        made[prefix + name] = {"class_type": node["class_type"], "inputs": inputs}
    return made


def _moved(value: Any, prefix: str, loader: str, source: list[Any]) -> Any:
    """A value of the second graph in the joined one: links are renamed, those to the loader go to the first's end."""
    if not is_link(value):
        return value
    return list(source) if value[0] == loader else [prefix + value[0], value[1]]


def is_link(value: object) -> bool:
    """Whether an input is another node's output."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)
