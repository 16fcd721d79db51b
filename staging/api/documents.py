"""The OpenAPI document of both APIs, made from the code: what they share of it, and how it is put together.

Each API package describes its own endpoints (`document.py` there); enumerations and limits come from where the code
itself reads them, so that the document cannot promise what is not checked.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

Schema = dict[str, Any]
Decorator = Callable[[Any], Any]

TEXT: Schema = {"type": "string"}
BINARY: Schema = {"type": "string", "format": "binary"}


class KeyScheme(OpenApiAuthenticationExtension):
    """How callers say who they are."""

    target_class = "billing.authentication.ApiKeyAuthentication"
    name = ["apiKey", "bearer", "header"]  # noqa: RUF012 - as the base class declares it

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Any one of the three."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[Schema]:
        """The three."""
        said = "`Api-Key KEY`; `Token KEY` is the same. The scheme's case does not matter."
        return [
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": said},
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        ]


def objects(required: Iterable[str] = (), **properties: Schema) -> Schema:
    """An object with these properties and possibly others."""
    found: Schema = {"type": "object", "properties": properties}
    return found | ({"required": list(required)} if required else {})


def choice(names: Iterable[str], description: str = "", **more: Any) -> Schema:
    """One of the names."""
    return {"type": "string", "enum": [str(name) for name in names], "description": description, **more}


def boolean(description: str, *, default: bool) -> Schema:
    """JSON true or false, or the words for them."""
    return {"type": "boolean", "description": description, "default": default}


def in_query(properties: Mapping[str, Schema]) -> list[OpenApiParameter]:
    """The same properties as query arguments."""
    return [
        OpenApiParameter(
            name,
            {key: value for key, value in schema.items() if key != "description"},
            OpenApiParameter.QUERY,
            description=schema.get("description", ""),
        )
        for name, schema in properties.items()
    ]


def answers(success: str, description: str, errors: Mapping[int, Schema]) -> dict[int, OpenApiResponse]:
    """The answers of an operation: its success by the component's name, and its errors."""
    told = {status: OpenApiResponse(schema, schema["description"]) for status, schema in errors.items()}
    return {200: OpenApiResponse({"$ref": f"#/components/schemas/{success}"}, description), **told}


def errors_of(codes: Mapping[int, Mapping[str, str]], statuses: Iterable[int], shape: Schema) -> dict[int, Schema]:
    """The error bodies of an operation. `codes` are all codes of the API by status, each with what it means."""
    found = {}
    for status in statuses:
        meant = "; ".join(f"`{code}`: {told}" for code, told in codes[status].items())
        schema = copy.deepcopy(shape)
        schema["properties"]["code"] = choice(codes[status])
        found[status] = {**schema, "description": meant}
    return found


def describer(tag: str, codes: Mapping[int, Mapping[str, str]], shape: Schema) -> Callable[..., Decorator]:
    """What describes one API's operations: a maker of decorators for its views.

    The maker takes the summary, the text, the component that a success is and what it tells, the statuses of the
    errors (their codes from `codes`, their body as `shape`), and whatever else `extend_schema` knows.
    """

    def described(summary: str, text: str, success: str, told: str, statuses: list[int], **more: Any) -> Decorator:
        found: Decorator = extend_schema(
            summary=summary,
            description=text,
            tags=[tag],
            responses=answers(success, told, errors_of(codes, statuses, shape)),
            **more,
        )
        return found

    return described


def with_examples(text: str, **blocks: str) -> str:
    """A description that ends with worked examples, by language."""
    told = [f"\n\n**{name}**\n\n```{name}\n{block.strip()}\n```" for name, block in blocks.items()]
    return text.strip() + "".join(told)


RATE_HEADERS: Schema = {
    "RateLimit-Limit": {"description": "Calls that this key may make at once.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until all of them are back.", "schema": {"type": "integer"}},
    "Retry-After": {"description": "Seconds to wait, after 429 and 503.", "schema": {"type": "integer"}},
}
# Whose key nobody knows is asked for one, and no key stands in any way.
CHALLENGE: Schema = {
    "WWW-Authenticate": {"description": "The scheme that is asked for.", "required": True, "schema": TEXT},
}
