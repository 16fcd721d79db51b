"""ComfyUI's rules for a graph that is submitted: what it checks, in which order, and the shape of what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tests.staging.backends.comfyui.classes import CLASSES, PICTURE_LOADERS, Files, NodeClass

Graph = dict[str, Any]


def error(kind: str, message: str, details: str = "") -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": {}}


class Validation:
    """One graph against one server: what `models` (folder -> files) and `uploads` it has and `classes` it knows."""

    def __init__(
        self, graph: Graph, models: Mapping[str, Collection[str]], uploads: Collection[str], lacks: Collection[str] = ()
    ) -> None:
        self.graph, self.models, self.uploads = graph, models, uploads
        self.classes = {name: known for name, known in CLASSES.items() if name not in lacks}
        self.error: dict[str, Any] | None = None
        self.node_errors: dict[str, Any] = {}
        self.outputs: list[str] = []
        self._judged: dict[str, list[dict[str, Any]]] = {}
        self._validate()

    def _validate(self) -> None:
        for name, node in self.graph.items():
            if not isinstance(node, dict) or "class_type" not in node:
                self.error = error(
                    "invalid_prompt", "Cannot execute because a node is missing the class_type property."
                )
                return
            if node["class_type"] not in self.classes:
                text = f"Cannot execute because node {node['class_type']} does not exist."
                self.error = error("invalid_prompt", text, f"Node ID '#{name}'")
                return
        ends = [name for name, node in self.graph.items() if self.classes[node["class_type"]].is_output]
        if not ends:
            self.error = error("prompt_no_outputs", "Prompt has no outputs")
            return
        for end in ends:
            behind: dict[str, None] = {}
            if self._is_good(end, behind):
                self.outputs.append(end)
                continue
            for name in behind:
                if self._judged[name]:
                    told = {"errors": self._judged[name], "dependent_outputs": [end]}
                    self.node_errors[name] = {**told, "class_type": self.graph[name]["class_type"]}
        if not self.outputs:
            self.error = error("prompt_outputs_failed_validation", "Prompt outputs failed validation")

    def _is_good(self, name: str, behind: dict[str, None]) -> bool:
        """Whether a node and all behind it are good."""
        node = self.graph[name]
        if name not in self._judged:
            self._judged[name] = []
            self._judged[name] += self._errors(node, self.classes[node["class_type"]])
        behind[name] = None
        links = [value[0] for value in node["inputs"].values() if isinstance(value, list) and value[0] in self.graph]
        inner = [self._is_good(link, behind) for link in links]
        return not self._judged[name] and all(inner)

    def _errors(self, node: dict[str, Any], known: NodeClass) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name, kind in {**known.required, **known.optional}.items():
            if name not in node["inputs"]:
                if name in known.required:
                    found.append(error("required_input_missing", "Required input is missing", name))
                continue
            wrong = self._wrong(name, kind, node["inputs"][name])
            if wrong:
                found.append(wrong)
        image = node["inputs"].get("image")
        if node["class_type"] in PICTURE_LOADERS and isinstance(image, str) and image not in self.uploads:
            text = f"image - Invalid image file: {image}"
            found.append(error("custom_validation_failed", "Custom validation failed for node", text))
        return found

    def _wrong(self, name: str, kind: Any, value: Any) -> dict[str, Any] | None:
        if isinstance(value, list):
            return self._wrong_link(name, kind, value)
        if isinstance(kind, tuple):
            return _wrong_number(name, kind, value)
        if isinstance(kind, Files):
            choices = [] if kind.unchecked else sorted(self.models.get(kind.folder, ()))
            return None if kind.unchecked else _wrong_choice(name, choices, value)
        if isinstance(kind, list):
            return _wrong_choice(name, kind, value)
        if kind in {"STRING", "BOOLEAN"}:
            return None
        return error("invalid_input_type", "Failed to convert an input value", f"{name}, {value}, {kind}")

    def _wrong_link(self, name: str, kind: Any, value: list[Any]) -> dict[str, Any] | None:
        if len(value) != 2:
            return error("bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]", name)
        wanted = kind[0] if isinstance(kind, tuple) else kind
        source = self.graph.get(value[0])
        gives = self.classes[source["class_type"]].gives if source else ()
        if value[1] >= len(gives):
            return error("exception_during_inner_validation", "Exception when validating inner node", name)
        if gives[value[1]] != wanted:
            text = f"{name}, received_type({gives[value[1]]}) mismatch input_type({wanted})"
            return error("return_type_mismatch", "Return type mismatch between linked nodes", text)
        return None


def _wrong_number(name: str, kind: tuple[str, float, float], value: Any) -> dict[str, Any] | None:
    word, least, most = kind
    try:
        number = int(value) if word == "INT" else float(value)
    except (TypeError, ValueError):
        return error("invalid_input_type", f"Failed to convert an input value to a {word} value", f"{name}, {value}")
    if number < least:
        return error("value_smaller_than_min", f"Value {number} smaller than min of {least}", name)
    if number > most:
        return error("value_bigger_than_max", f"Value {number} bigger than max of {most}", name)
    return None


def _wrong_choice(name: str, choices: list[str], value: Any) -> dict[str, Any] | None:
    if value in choices:
        return None
    return error("value_not_in_list", "Value not in list", f"{name}: '{value}' not in {choices[:20]}")
