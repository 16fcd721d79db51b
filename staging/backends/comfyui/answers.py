"""What ComfyUI's answers mean: where a job stands, and which of the four classes a failure has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from staging.backends.base import Failed, FailureClass
from staging.backends.comfyui.client import NOT_SET_UP, TROUBLE, Refused

# Words in an exception that mean: not enough memory on the card.
_NO_MEMORY: Final = ("outofmemory", "out of memory", "allocation on device")
# Words that mean: this file of a model is broken or is no such model.
_BROKEN_MODEL: Final = (
    "deserializing header", "safetensor", "unpicklingerror", "invalid load key", "pytorchstreamreader",
    "could not detect model type", "checkpoint file", "not a valid",
)  # fmt: skip
_LOADERS: Final = frozenset(
    {
        "CheckpointLoaderSimple",
        "UNETLoader",
        "CLIPLoader",
        "DualCLIPLoader",
        "VAELoader",
        "ControlNetLoader",
        "LoraLoaderModelOnly",
        "UpscaleModelLoader",
    }
)
_PICTURE_LOADERS: Final = frozenset({"LoadImage", "LoadImageMask"})


@dataclass(frozen=True)
class Ended:
    """A prompt that ended. `images` are its files by node: (filename, subfolder, type); `record` what we sent along.

    `failed` is set when it ended without success, `stopped` when somebody interrupted it.
    """

    images: dict[str, list[tuple[str, str, str]]]
    record: dict[str, Any]
    failed: Failed | None = None
    stopped: bool = False


def of_history(entry: dict[str, Any]) -> Ended:
    """How a prompt ended, from `/history/{id}`."""
    status = entry.get("status") or {}
    extra = _extra_data(entry.get("prompt"))
    return _ended(entry.get("outputs"), extra, status.get("status_str") or "success", status.get("messages"))


def of_job(job: dict[str, Any]) -> Ended:
    """How a prompt ended, from `/api/jobs/{id}`."""
    said = {"completed": "success", "cancelled": "interrupted"}.get(str(job.get("status")), "error")
    messages = (job.get("execution_status") or {}).get("messages") or []
    if job.get("execution_error") and not messages:
        messages = [["execution_error", job["execution_error"]]]
    extra = (job.get("workflow") or {}).get("extra_data")
    return _ended(job.get("outputs"), extra, said, messages)


def _extra_data(prompt: Any) -> Any:
    """The fourth of what the history keeps of a prompt: [number, id, graph, extra data, ...]."""
    return prompt[3] if isinstance(prompt, list) and len(prompt) > 3 else None


def _ended(outputs: Any, extra: Any, status: str, messages: Any) -> Ended:
    record = extra.get("openhouse") if isinstance(extra, dict) else None
    images = {
        str(node): [
            (str(image.get("filename")), str(image.get("subfolder") or ""), str(image.get("type") or "output"))
            for image in made.get("images") or []
            if isinstance(image, dict)
        ]
        for node, made in (outputs or {}).items()
        if isinstance(made, dict)
    }
    told = {str(entry[0]): entry[1] for entry in messages or [] if isinstance(entry, list) and len(entry) > 1}
    stopped = status == "interrupted" or "execution_interrupted" in told
    failed = None
    if status != "success" and not stopped:
        failed = of_exception(told.get("execution_error") or {})
    return Ended(images, record if isinstance(record, dict) else {}, failed, stopped)


def of_exception(error: dict[str, Any]) -> Failed:
    """What an `execution_error` means."""
    text = f"{error.get('exception_type', '')} {error.get('exception_message', '')}".lower()
    node = str(error.get("node_type") or "")
    if any(word in text for word in _NO_MEMORY):
        return Failed(FailureClass.TRANSIENT, "node_out_of_memory", TROUBLE)
    if node in _LOADERS or any(word in text for word in _BROKEN_MODEL):
        return Failed(FailureClass.MISCONFIGURED, "model_unusable", NOT_SET_UP)
    return Failed(FailureClass.TRANSIENT, "node_failed", TROUBLE)


def of_refused(refused: Refused) -> Failed:
    """What an HTTP error means; of a submit, also what the validation said."""
    if refused.status in {401, 403}:
        return Failed(FailureClass.MISCONFIGURED, "node_refuses_token", NOT_SET_UP)
    if refused.status == 413:
        return Failed(FailureClass.MISCONFIGURED, "photo_too_large_for_node", NOT_SET_UP)
    if refused.status in {429, 503}:
        return Failed(FailureClass.TRANSIENT, "node_busy", "The rendering machine is busy.")
    if refused.status == 400:
        return of_validation(refused.said)
    # Malformed JSON, which we do not send, is answered with a bare 500 too.
    return Failed(FailureClass.TRANSIENT, "node_error", TROUBLE)


def of_validation(said: dict[str, Any]) -> Failed:
    """Why a graph was refused, whole (400) or in part (200 with `node_errors`). Never the customer's fault."""
    kinds = list(_error_kinds(said))
    if any(kind == "custom_validation_failed" and node in _PICTURE_LOADERS for kind, node in kinds):
        # What we uploaded a moment ago is not there: it comes with the next try.
        return Failed(FailureClass.TRANSIENT, "picture_lost", TROUBLE)
    if any(kind == "value_not_in_list" and node in _LOADERS for kind, node in kinds):
        return Failed(FailureClass.MISCONFIGURED, "model_missing", NOT_SET_UP)
    error = said.get("error")
    if isinstance(error, dict) and error.get("type") in {"invalid_prompt", "missing_node_type"}:
        return Failed(FailureClass.MISCONFIGURED, "node_class_missing", NOT_SET_UP)
    return Failed(FailureClass.MISCONFIGURED, "workflow_refused", NOT_SET_UP)


def _error_kinds(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(error type, node class) of every node's errors."""
    errors = said.get("node_errors")
    for node in errors.values() if isinstance(errors, dict) else ():
        for error in node.get("errors") or []:
            yield str(error.get("type")), str(node.get("class_type"))


def in_words(said: dict[str, Any]) -> str:
    """A refusal in a line for the operator."""
    errors = said.get("node_errors")
    parts = [str((said.get("error") or {}).get("message", ""))] if isinstance(said.get("error"), dict) else []
    for name, node in errors.items() if isinstance(errors, dict) else ():
        for error in node.get("errors") or []:
            parts.append(f"{node.get('class_type')} {name}: {error.get('message')} {error.get('details')}")
    return "; ".join(filter(None, parts))[:300]
