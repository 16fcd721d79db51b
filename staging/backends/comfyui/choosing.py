"""Which machine makes the next picture: models present, then model already loaded, then the shortest queue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from staging.backends.comfyui.catalogue import Workflow
from staging.backends.comfyui.node import Node

# Prompts of ours and of others that may be on one node: one in work and one waiting.
IN_FLIGHT = 2


def can(node: Node, workflows: Iterable[Workflow]) -> bool:
    """Whether everything that these workflows need lies on the node."""
    return all(workflow.needs <= node.models and not workflow.classes & node.lacks for workflow in workflows)


def first_served(nodes: Collection[Node], workflows: Iterable[Workflow]) -> Workflow | None:
    """The best workflow that some node can run, set aside or not."""
    return next((workflow for workflow in workflows if any(can(node, [workflow]) for node in nodes)), None)


def in_order(nodes: Iterable[Node], waiting: Mapping[int, int], main: str, most: int = IN_FLIGHT) -> list[Node]:
    """The nodes to try, best first; `waiting` is how many prompts each has. Full ones and those left out are none."""
    free = [node for node in nodes if node.id in waiting and waiting[node.id] < most]
    return sorted(free, key=lambda node: (node.loaded != main, waiting[node.id], node.id))
