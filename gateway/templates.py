"""/v1/edits/templates: create, read, list, change, delete."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from durable_edits.client import EditsClient
from durable_edits.paging import Cursors
from durable_edits.storage.templates import TemplateFilter
from durable_edits.templates import Template
from gateway import wire_templates as wire
from gateway.answers import json_answer
from gateway.documents import named_document
from gateway.edits import Edits, parse_body
from gateway.idempotency import Turn, once
from gateway.requests import parse_json, parse_query, read_body
from gateway.wire import ListMetadata

router = APIRouter(prefix="/v1/edits/templates", tags=["templates"])


@router.post("", status_code=201, response_model=wire.TemplateBody)
async def create_template(request: Request, edits: Edits) -> Response:
    body = await read_body(request, request.app.state.body_limit)
    return await once(request, edits.catalog, body, lambda turn: _create(edits, body, turn))


async def _create(edits: EditsClient, body: bytes, turn: Turn) -> Response:
    wanted = await parse_body(wire.CreateTemplate, body)
    if turn.made is not None:
        template = await edits.templates.get(turn.made)
    else:
        document = await named_document(edits, wanted.document)
        fields = [field.placed() for field in wanted.form_fields]
        template = await edits.templates.create(wanted.name, document, fields, claim=turn.claim)
    await turn.keep(template.record.id)
    return await _whole(template, 201)


@router.get("", response_model=wire.TemplatePage)
async def list_templates(request: Request, edits: Edits) -> Response:
    query = parse_query(wire.ListTemplates, request)
    wanted = TemplateFilter(edits.organization, query.name, query.sort_by)
    page = await edits.templates.list(wanted, Cursors(query.limit, query.order, query.before, query.after))
    metadata = ListMetadata(before=page.before, after=page.after)
    return json_answer(
        wire.TemplatePage(data=[wire.template_body(record) for record in page.rows], list_metadata=metadata)
    )


@router.get("/{template_id}", response_model=wire.TemplateBody)
async def get_template(template_id: str, edits: Edits) -> Response:
    return await _whole(await edits.templates.get(template_id))


@router.patch("/{template_id}", response_model=wire.TemplateBody)
async def update_template(request: Request, template_id: str, edits: Edits) -> Response:
    body = await read_body(request, request.app.state.body_limit)
    wanted = parse_json(wire.UpdateTemplate, body if body.strip() else b"{}")
    fields = None if wanted.form_fields is None else [field.placed() for field in wanted.form_fields]
    return await _whole(await edits.templates.update(template_id, name=wanted.name, fields=fields))


@router.delete("/{template_id}", status_code=204)
async def delete_template(template_id: str, edits: Edits) -> Response:
    await edits.templates.delete(template_id)
    return Response(status_code=204)


async def _whole(template: Template, status: int = 200) -> Response:
    # A form may have thousands of fields.
    return await asyncio.to_thread(lambda: json_answer(wire.template_body(template.record, template.fields), status))
