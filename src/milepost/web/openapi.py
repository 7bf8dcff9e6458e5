"""OpenAPI 3.1, read off the endpoints' structs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from milepost.web.endpoint import Endpoint
from milepost.web.problems import MEDIA_TYPE, Problem

_REF = "#/components/schemas/{name}"
_ALWAYS = (401, 403, 429)


def document(endpoints: Sequence[Endpoint], *, title: str, version: str) -> dict[str, Any]:
    """The whole description."""
    kinds = list(_kinds(endpoints))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    schema_of = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, Any] = {}
    for one in endpoints:
        path = re.sub(r":\w+}", "}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _kinds(endpoints: Iterable[Endpoint]) -> Iterable[Any]:
    seen: dict[str, Any] = {repr(Problem): Problem}
    for one in endpoints:
        for kind in (one.body, one.query, one.answer):
            if kind is not None:
                seen.setdefault(repr(kind), kind)
    return seen.values()


def _operation(one: Endpoint, schema_of: dict[str, Any], components: dict[str, Any]) -> Any:
    found: dict[str, Any] = {
        "summary": one.summary,
        "operationId": _name(one),
        "tags": [one.tag],
        "parameters": _path_parameters(one) + _query_parameters(one, schema_of, components),
        "responses": _responses(one, schema_of),
    }
    if one.body is not None:
        content = {kind: {"schema": schema_of[repr(one.body)]} for kind in one.media_types}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _name(one: Endpoint) -> str:
    words = re.sub(r"[^a-z]+", "_", one.path.lower()).strip("_")
    return f"{one.method.lower()}_{words}"


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)(?::\w+)?}", one.path)
    schema = {"type": "string", "minLength": 1}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query_parameters(
    one: Endpoint, schema_of: dict[str, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = schema_of[repr(one.query)]
    schema = components[schema["$ref"].rpartition("/")[2]]
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": kind}
        for name, kind in schema["properties"].items()
    ]


def _responses(one: Endpoint, schema_of: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(one.status).phrase}
    if one.answer is not None:
        answer["content"] = {one.answer_type: {"schema": schema_of[repr(one.answer)]}}
    elif one.answer_type != "application/json":
        answer["content"] = {one.answer_type: {}}
    found = {str(one.status): answer}
    statuses = {*_ALWAYS, *one.answers}
    if one.body is not None:
        statuses |= {400, 413, 422}
    if one.query is not None:
        statuses.add(422)
    problem = {MEDIA_TYPE: {"schema": schema_of[repr(Problem)]}}
    for status in sorted(statuses):
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
    return found
