"""The description of the interface at /openapi.json: Retab's names and types, examples, and every error answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from gateway import edits, examples, wire, wire_files, wire_templates

REF = "#/components/schemas/"
EVERYWHERE = (401, 429, 431, 500, 503)
BODY = (408, 413, 422)


class ErrorDetail(BaseModel):
    """`code` is for programs, `message` for people: it says what to do next. For 422 the faults are at
    `details.errors`."""

    code: str
    message: str
    details: dict[str, Any] | None


class Error(BaseModel):
    model_config = ConfigDict(title="Error")

    detail: ErrorDetail


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route takes and gives beside what its signature says."""

    summary: str
    success: int
    example: dict[str, Any] | None
    body: type[BaseModel] | None = None
    sent: dict[str, Any] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    errors: tuple[int, ...] = ()
    later: tuple[type[BaseModel], dict[str, Any]] | None = None
    """The answer with 202, where a part is left to be done, and an example."""
    keyed: bool = False
    """Takes an Idempotency-Key."""


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("post", "/v1/edits"): Operation(
        "Fill a form; at once, or in the background",
        201,
        examples.EDIT,
        body=wire.CreateEdit,
        sent=examples.CREATE_EDIT,
        errors=(400, 404, 409, 504, *BODY),
        keyed=True,
    ),
    ("post", "/v1/edits/plan"): Operation(
        "What an edit would fill in, and nothing is kept; not part of Retab's interface",
        200,
        examples.PLAN,
        body=wire.CreateDraft,
        sent=examples.CREATE_PLAN,
        errors=(400, 404, 504, *BODY),
    ),
    ("get", "/v1/edits"): Operation("List edits", 200, examples.EDIT_PAGE, query=wire.ListEdits, errors=(400, 422)),
    ("get", "/v1/edits/{edit_id}"): Operation(
        "Read an edit", 200, examples.EDIT, query=wire.GetEdit, errors=(404, 422)
    ),
    ("delete", "/v1/edits/{edit_id}"): Operation(
        "Delete an edit with its bytes, and stop it if it runs",
        204,
        None,
        later=(edits.Deleted, examples.DELETED),
        errors=(404,),
    ),
    ("post", "/v1/edits/{edit_id}/cancel"): Operation(
        "Cancel an edit; one that has ended comes back unchanged", 200, examples.EDIT, errors=(404,)
    ),
    ("get", "/v1/edits/{edit_id}/report"): Operation(
        "What became of each field and of each instruction; not part of Retab's interface",
        200,
        examples.REPORT,
        answer=edits.Report,
        errors=(404, 422),
    ),
    ("post", "/v1/edits/templates"): Operation(
        "Make a template",
        201,
        examples.TEMPLATE,
        body=wire_templates.CreateTemplate,
        sent=examples.CREATE_TEMPLATE,
        errors=(400, 404, 409, *BODY),
        keyed=True,
    ),
    ("get", "/v1/edits/templates"): Operation(
        "List templates", 200, examples.TEMPLATE_PAGE, query=wire_templates.ListTemplates, errors=(422,)
    ),
    ("get", "/v1/edits/templates/{template_id}"): Operation("Read a template", 200, examples.TEMPLATE, errors=(404,)),
    ("patch", "/v1/edits/templates/{template_id}"): Operation(
        "Change a template's name or fields",
        200,
        examples.TEMPLATE,
        body=wire_templates.UpdateTemplate,
        sent=examples.UPDATE_TEMPLATE,
        errors=(404, *BODY),
    ),
    ("delete", "/v1/edits/templates/{template_id}"): Operation("Delete a template", 204, None, errors=(404,)),
    ("post", "/v1/files/upload"): Operation(
        "Begin an upload",
        200,
        examples.UPLOAD_BEGUN,
        body=wire_files.UploadFile,
        sent=examples.UPLOAD,
        errors=(404, 409, 410, *BODY),
        keyed=True,
    ),
    ("post", "/v1/files/upload/{file_id}/complete"): Operation(
        "End an upload",
        200,
        examples.STORED,
        body=wire_files.CompleteUpload,
        sent=examples.COMPLETE,
        errors=(404, 410, *BODY),
    ),
    ("get", "/v1/files"): Operation(
        "List files", 200, examples.FILE_PAGE, query=wire_files.ListFiles, errors=(400, 422)
    ),
    ("get", "/v1/files/{file_id}"): Operation("Read what a file is", 200, examples.FILE, errors=(404,)),
    ("get", "/v1/files/{file_id}/download-link"): Operation(
        "A link to a file's bytes, for a while", 200, examples.FILE_LINK, errors=(404,)
    ),
}
TAKEN = [each.body for each in OPERATIONS.values() if each.body is not None]


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; raises KeyError for a route that OPERATIONS does not have."""
    spec = get_openapi(
        title=app.title,
        version="1",
        description="Fills PDF forms from instructions, in the wire format of Retab's edits.",
        routes=app.routes,
    )
    schemas = spec["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= _models([*TAKEN, edits.Report, edits.Deleted, Error])
    schemas["Document"] = _document()
    for path, methods in spec["paths"].items():
        for method, route in methods.items():
            _complete(route, OPERATIONS[method, path])
    spec["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "api-key": {"type": "apiKey", "in": "header", "name": "Api-Key"},
    }
    spec["security"] = [{"bearer": []}, {"api-key": []}]
    return _titled(spec)


def _complete(route: dict[str, Any], operation: Operation) -> None:
    route["summary"] = operation.summary
    route["operationId"] = route["operationId"].partition("_v1_")[0]
    parameters = route.get("parameters", []) + list(_query(operation.query))
    if operation.keyed:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Requests with one key and body make one thing, for 24 hours.",
                "schema": {"type": "string", "maxLength": 255},
            }
        )
    if parameters:
        route["parameters"] = parameters
    if operation.body is not None:
        content = {"schema": {"$ref": REF + operation.body.__name__}, "example": operation.sent}
        route["requestBody"] = {"required": bool(operation.sent), "content": {"application/json": content}}
    success = route["responses"][str(operation.success)]
    if operation.answer is not None:
        success["content"]["application/json"]["schema"] = {"$ref": REF + operation.answer.__name__}
    if operation.example is not None:
        success["content"]["application/json"]["example"] = operation.example
    success["description"] = HTTPStatus(operation.success).phrase
    route["responses"] = {str(operation.success): success} | {
        str(status): _error(status) for status in sorted({*EVERYWHERE, *operation.errors})
    }
    if operation.later is not None:
        model, example = operation.later
        content = {"application/json": {"schema": {"$ref": REF + model.__name__}, "example": example}}
        route["responses"]["202"] = {"description": HTTPStatus.ACCEPTED.phrase, "content": content}
    for answer in route["responses"].values():
        answer["headers"] = {"x-request-id": {"schema": {"type": "string", "pattern": "^req_"}, "required": True}}


def _query(model: type[BaseModel] | None) -> Iterator[dict[str, Any]]:
    if model is None:
        return
    described = model.model_json_schema()
    for name, schema in described["properties"].items():
        given = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
        if "$ref" in given:
            given = described["$defs"][given["$ref"].rpartition("/")[2]]
        shown = {key: value for key, value in given.items() if key not in {"title", "description"}}
        if schema.get("default"):
            shown["default"] = schema["default"]
        yield {"name": name, "in": "query", "required": False, "schema": shown}


def _error(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": {"$ref": REF + "Error"}}},
    }


def _models(models: list[type[BaseModel]]) -> dict[str, Any]:
    _, described = models_json_schema([(model, "validation") for model in models], ref_template=REF + "{model}")
    return dict(described["$defs"])


def _document() -> dict[str, Any]:
    stored = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    return {"title": "Document", "anyOf": [{"$ref": REF + "MIMEData"}, stored]}


def _titled(spec: dict[str, Any]) -> dict[str, Any]:
    """Every model under its title, which is its name on the wire."""
    schemas = spec["components"]["schemas"]
    titles = {name: schema["title"] for name, schema in schemas.items()}
    text = json.dumps(spec)
    for name, title in titles.items():
        text = text.replace(f'"{REF}{name}"', f'"{REF}{title}"')
    named: dict[str, Any] = json.loads(text)
    named["components"]["schemas"] = {
        titles[name]: schema for name, schema in sorted(named["components"]["schemas"].items())
    }
    return named
