"""The workflows as data: which serve which kind of job and model, what goes where in them, what they need.

`workflows/NAME.json` are ComfyUI's API format, core nodes only. `catalogue.json` says for each where photo, text, seed,
mask and maps go ("NODE.INPUT"), and in which order they are tried for a kind of job and a model. `models.json` names
every model file and its folder; an operator whose files are called otherwise puts theirs over it (`COMFYUI_MODELS`).
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from staging.backends.comfyui.graphs import Graph

_HERE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Workflow:
    """One workflow. `needs` are the (folder, file) pairs of its models, `classes` its node classes.

    `main` is the file of the model that takes longest to load. `maps` says which map goes where, `within` for which
    kind of change the engine's mask bounds the result (empty: all of the picture may change). `scale` are inputs that
    are given the picture's own megapixels, so that the node leaves its size alone. `steps` are inputs by quality.
    """

    name: str
    graph: Graph
    needs: frozenset[tuple[str, str]]
    classes: frozenset[str]
    main: str
    photo: str
    text: str = ""
    seed: str = ""
    mask: str = ""
    size: str = ""
    maps: Mapping[str, str] = field(default_factory=dict)
    within: str = ""
    scale: tuple[str, ...] = ()
    space: tuple[str, ...] = ("interior",)
    instructs: bool = False
    steps: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Catalogue:
    """All workflows, with the operator's names of models."""

    def __init__(self, own_models: Path | None = None) -> None:
        """`own_models` is a JSON file of the shape of models.json, or of a part of it. Raises ValueError, OSError."""
        self._data = json.loads((_HERE / "catalogue.json").read_text())
        shipped = json.loads((_HERE / "models.json").read_text())
        models = shipped | (json.loads(own_models.read_text()) if own_models else {})
        if unknown := set(models) - set(shipped):
            raise ValueError(f"{own_models} names models that no workflow uses: {', '.join(sorted(unknown))}")
        # A file of the same name may be wanted from two folders; what is renamed is looked up by the shipped name.
        self._files = {shipped[name]["file"]: (models[name]["folder"], models[name]["file"]) for name in shipped}
        self.workflows = {name: self._workflow(name, said) for name, said in self._data["workflows"].items()}

    @property
    def folders(self) -> frozenset[str]:
        """The folders in which models are looked for."""
        return frozenset(folder for folder, _file in self._files.values())

    @property
    def classes(self) -> frozenset[str]:
        """Every node class that some workflow uses."""
        return frozenset().union(*(workflow.classes for workflow in self.workflows.values()))

    @property
    def models(self) -> tuple[str, ...]:
        """The names by which callers choose."""
        return tuple(dict.fromkeys(model for routes in self._data["routes"].values() for model in routes))

    def serving(self, kind: str, model: str, space: str = "interior") -> list[Workflow]:
        """The workflows that make a job of this kind with this model, best first."""
        names = self._data["routes"].get(kind, {}).get(model, [])
        return [self.workflows[name] for name in names if space in self.workflows[name].space]

    def upscaling(self) -> list[Workflow]:
        """The workflows that enlarge, best first."""
        return [self.workflows[name] for name in self._data["upscale"]]

    def text(self, workflow: Workflow, brief: Mapping[str, Any]) -> str:
        """What the model is told of a brief, in English."""
        texts = self._data["texts"][brief["kind"]]
        outside = brief.get("space") == "exterior" and "exterior" in texts
        way = "instruct" if workflow.instructs else "describe"
        template: str = texts["exterior_instruct" if workflow.instructs else "exterior"] if outside else texts[way]
        return template.format(
            room=self._data["rooms"].get(brief.get("room_type") or "", "room"),
            style=self._data["styles"].get(brief.get("style") or "", "a calm, neutral style"),
            hour=self._data["hours"]["dusk" if brief.get("dusk") else "day"],
        )

    def _workflow(self, name: str, said: dict[str, Any]) -> Workflow:
        graph = copy.deepcopy(_graph(name))
        needs = []
        for node in graph.values():
            for field_name, value in node["inputs"].items():
                if isinstance(value, str) and value in self._files:
                    needs.append(self._files[value])
                    node["inputs"][field_name] = self._files[value][1]
        given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
        main = next((file for folder, file in needs if folder == "diffusion_models" and "lotus" not in file), "")
        return Workflow(
            name=name,
            graph=graph,
            needs=frozenset(needs),
            classes=frozenset(node["class_type"] for node in graph.values()),
            main=main or (needs[0][1] if needs else ""),
            **given,
        )


@functools.cache
def _graph(name: str) -> Graph:
    found: Graph = json.loads((_HERE / "workflows" / f"{name}.json").read_text())
    return found


@functools.cache
def catalogue(own_models: str = "") -> Catalogue:
    """The catalogue, read once; `own_models` is the path of the operator's names of models."""
    return Catalogue(Path(own_models) if own_models else None)
