"""The interface's description: Retab's names and types, examples that hold, every error answer (contract 2 to 7)."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel

from dev.openapi import STORED, description
from gateway.openapi import OPERATIONS
from tests.forms import text_form
from tests.live import Gateway, inline

SPEC = description()
SCHEMAS: dict[str, Any] = SPEC["components"]["schemas"]
ROUTES = [(method, path, route) for path, methods in SPEC["paths"].items() for method, route in methods.items()]

# As the contract spells them; `?` may be null.
SHAPES = {
    "Edit": "id: string, file: FileRef, model: string, config: EditConfig, instructions: string?, "
    "template_id: string?, output: EditResult?, status: Status, error: PrimitiveError?, "
    "filled_document_ref: FileRef?, usage: RetabUsage?, created_at: date-time",
    "EditResult": "form_data: [FormField], filled_document: MIMEData",
    "EditConfig": "color: string",
    "MIMEData": "filename: string, url: string",
    "FileRef": "id: string, filename: string, mime_type: string",
    "BBox": "left: number, top: number, width: number, height: number, page: integer",
    "FormField": "bbox: BBox, description: string, type: text|checkbox, key: string, value: string?",
    "PrimitiveError": "code: string, message: string, details: object?",
    "RetabUsage": "credits: number",
    "ListMetadata": "before: string?, after: string?",
    "EditPage": "data: [Edit], list_metadata: ListMetadata",
    "EditTemplate": "id: string, name: string, file: FileRef, form_fields: [FormField]?, field_count: integer, "
    "created_at: date-time, updated_at: date-time",
    "TemplatePage": "data: [EditTemplate], list_metadata: ListMetadata",
    "File": "object: file, id: string, filename: string, mime_type: string, created_at: date-time, "
    "updated_at: date-time, page_count: integer?",
    "FilePage": "data: [File], list_metadata: ListMetadata",
    "CreateUploadResponse": "fileId: string, uploadUrl: string, uploadMethod: PUT, uploadHeaders: object, "
    "mimeData: MIMEData?, expiresAt: date-time",
    "FileLink": "download_url: string, expires_in: string, filename: string, mime_data: MIMEData?",
    "Error": "detail: ErrorDetail",
    "ErrorDetail": "code: string, message: string, details: object?",
}


def kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        [given] = [each for each in schema["anyOf"] if each != {"type": "null"}]
        return f"{kind(given)}?"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"[{kind(schema['items'])}]"
    words = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return "|".join(words) or str(schema.get("format") or schema["type"])


def check(schema: dict[str, Any], value: Any) -> None:
    """Raises where the value is not as the schema of the description says."""
    jsonschema_rs.validate({**schema, "components": SPEC["components"]}, value)


def test_the_stored_description_is_that_of_the_code() -> None:
    assert json.loads(STORED.read_text()) == SPEC, "run `make openapi`, and look at what has changed"


def test_a_gateway_serves_it_and_its_page(gateway: Gateway) -> None:
    assert gateway.client(None).get("/openapi.json").json() == SPEC
    assert "/openapi.json" in gateway.client(None).get("/docs").text


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_has_the_contracts_names_and_types(name: str) -> None:
    properties = SCHEMAS[name]["properties"]

    assert ", ".join(f"{key}: {kind(schema)}" for key, schema in properties.items()) == SHAPES[name]


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"File"}))
def test_no_key_of_an_answer_is_ever_missing(name: str) -> None:
    assert set(SCHEMAS[name]["required"]) == set(SCHEMAS[name]["properties"])


def test_every_status_is_listed() -> None:
    assert SCHEMAS["Status"]["enum"] == ["pending", "queued", "in_progress", "completed", "failed", "cancelled"]


@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_operation_has_its_examples_and_they_hold(method: str, path: str, route: dict[str, Any]) -> None:
    for status, answer in route["responses"].items():
        if status[0] == "2" and status != "204":
            check(answer["content"]["application/json"]["schema"], answer["content"]["application/json"]["example"])
    body: type[BaseModel] | None = OPERATIONS[method, path].body
    if body is not None:
        sent = route["requestBody"]["content"]["application/json"]
        body.model_validate_json(json.dumps(sent["example"]))
        check(sent["schema"], sent["example"])


@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_operation_tells_its_errors_and_its_request_id(method: str, path: str, route: dict[str, Any]) -> None:
    errors = {int(status): answer for status, answer in route["responses"].items() if status >= "400"}

    assert {401, 429, 503} <= set(errors)
    assert ({413, 422} <= set(errors)) or "requestBody" not in route
    assert 404 in errors or "{" not in path
    found = {answer["content"]["application/json"]["schema"]["$ref"] for answer in errors.values()}
    assert found == {"#/components/schemas/Error"}
    assert all("x-request-id" in answer["headers"] for answer in route["responses"].values())


def test_no_two_operations_have_one_name() -> None:
    names = [route["operationId"] for _, _, route in ROUTES]

    assert len(set(names)) == len(names)


def test_a_real_edit_and_a_real_error_are_as_described(gateway: Gateway) -> None:
    edit = gateway.create(inline(text_form(["name"])), "name: Ada", background=False).json()

    check(SCHEMAS["Edit"], edit)
    check(SCHEMAS["EditPage"], gateway.page())
    check(SCHEMAS["Error"], gateway.http.get("/v1/edits/edt_unknown").json())
    check(SCHEMAS["Error"], gateway.http.post("/v1/edits", json={}).json())
