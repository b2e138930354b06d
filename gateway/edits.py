"""/v1/edits: create, read, list, cancel, delete."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel
from starlette.convertors import PathConvertor, register_url_convertor

from durable_edits.client import EditsClient
from durable_edits.contracts import SourceDocument, Status
from durable_edits.errors import BadRequest, NotFound
from durable_edits.form import ReportEntry, Unused
from durable_edits.listing import list_edits
from durable_edits.paging import Cursors
from durable_edits.settling import Edit
from durable_edits.storage.records import EditFilter, TemplateRecord
from gateway import wire
from gateway.auth import Caller
from gateway.documents import named_document
from gateway.errors import error_response, problem_status
from gateway.idempotency import Turn, once
from gateway.requests import Body, parse_json, parse_query, read_body

router = APIRouter(prefix="/v1/edits", tags=["edits"])


class EditId(PathConvertor):
    """Templates live below edits, and no edit can be called so, whoever named its workflow."""

    regex = r"(?!templates(?:/|$)).*"


register_url_convertor("edit", EditId())

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
# Parsing a body holds the event loop for about 2 ms a megabyte, writing a document as base64 and JSON for about 4:
# larger ones are done in a thread, which itself costs about 0.2 ms.
PARSED_IN_PLACE = WRITTEN_IN_PLACE = 256 * 1024


async def client_for(request: Request) -> EditsClient:
    """The client, bound to the caller's organization."""
    caller: Caller = request.state.caller
    edits: EditsClient = request.app.state.edits
    return edits.within(caller.organization, *caller.sees)


async def parse_body(model: type[Body], body: bytes) -> Body:
    if len(body) > PARSED_IN_PLACE:
        return await asyncio.to_thread(parse_json, model, body)
    return parse_json(model, body)


ERASED_LATER = "The edit is deleted. The object store is away: its output is erased by the next housekeeping."
Edits = Annotated[EditsClient, Depends(client_for)]


@router.post("", status_code=201, response_model=wire.EditBody)
async def create_edit(request: Request, edits: Edits) -> Response:
    body = await read_body(request, request.app.state.body_limit)
    return await once(request, edits.catalog, body, lambda turn: _create(request, edits, body, turn))


async def _create(request: Request, edits: EditsClient, body: bytes, turn: Turn) -> Response:
    wanted = await parse_body(wire.CreateEdit, body)
    edit = await _created(edits, wanted, turn)
    request.state.edit_id = edit.id  # for the log: the path does not have it
    await turn.keep(edit.id)
    if not wanted.background:
        edit = await edits.wait(edit)
        if edit.outcome is not None and edit.outcome.problem is not None:
            problem = edit.outcome.problem
            return error_response(problem_status(problem), problem.code, problem.message, problem.details)
    return await _whole(edits, edit, 201)


@router.post("/plan", response_model=wire.DraftBody)
async def plan_edit(request: Request, edits: Edits) -> Response:
    """What an edit would fill in, and nothing is kept; not part of Retab's interface."""
    wanted = await parse_body(wire.CreateDraft, await read_body(request, request.app.state.body_limit))
    draft = await edits.drafts.make(await _taken(edits, wanted), wanted.instructions, model=wanted.model)
    return _json(wire.draft_body(draft))


@router.get("", response_model=wire.EditPage)
async def list_all(request: Request, edits: Edits) -> Response:
    query = parse_query(wire.ListEdits, request)
    wanted = EditFilter(
        organizations=edits.sees,
        filename_prefix=query.filename,
        template_id=query.template_id,
        status=query.status,
        created_from=wire.parse_moment("from_date", query.from_date, end_of_day=False),
        created_to=wire.parse_moment("to_date", query.to_date, end_of_day=True),
    )
    page = await list_edits(edits, wanted, Cursors(query.limit, query.order, query.before, query.after))
    metadata = wire.ListMetadata(before=page.before, after=page.after)
    return _json(wire.EditPage(data=[wire.edit_body(edit) for edit in page.rows], list_metadata=metadata))


# Any workflow id is an edit id, a slash in it too: so the longer routes come first.
@router.post("/{edit_id:edit}/cancel", response_model=wire.EditBody)
async def cancel_edit(edit_id: str, edits: Edits) -> Response:
    return await _whole(edits, await edits.cancel(edit_id), 200)


@router.get("/{edit_id:edit}/report")
async def report_edit(request: Request, edit_id: str, edits: Edits) -> Response:
    """What became of each field and of each instruction; not part of Retab's interface."""
    try:
        edit = await edits.get(edit_id)
    except NotFound:
        return await get_edit(request, f"{edit_id}/report", edits)  # an edit whose own id ends so
    filled = await edits.report(edit)
    return _json(
        Report(
            status=edit.status,
            fields=filled.report if filled else [],
            unused=filled.unused if filled else [],
        )
    )


@router.get("/{edit_id:edit}", response_model=wire.EditBody)
async def get_edit(request: Request, edit_id: str, edits: Edits) -> Response:
    try:
        edit = await edits.get(edit_id)
    except NotFound as error:
        raise _absent(edit_id, error) from error
    if parse_query(wire.GetEdit, request).include_output:
        return await _whole(edits, edit, 200)
    return _json(wire.edit_body(edit))


@router.delete("/{edit_id:edit}", status_code=204)
async def delete_edit(edit_id: str, edits: Edits) -> Response:
    try:
        erased = await edits.delete(edit_id)
    except NotFound as error:
        raise _absent(edit_id, error) from error
    if erased:
        return Response(status_code=204)
    return _json(Deleted(id=edit_id, erased=False, message=ERASED_LATER), 202)


class Deleted(BaseModel):
    """The answer to a delete whose bytes are still there; where they are gone, there is none to give."""

    id: str
    erased: bool
    message: str


def _absent(edit_id: str, error: NotFound) -> Exception:
    """What ends an edit takes no other method, unless somebody has called an edit so."""
    return HTTPException(405, headers={"allow": "POST, OPTIONS"}) if edit_id.endswith("/cancel") else error


class Report(BaseModel):
    status: Status
    fields: list[ReportEntry]
    unused: list[Unused]


async def _created(edits: EditsClient, wanted: wire.CreateEdit, turn: Turn) -> Edit:
    """The new edit, or the one that an earlier request with the same key has made."""
    if turn.made is not None and turn.claim is None:
        return await edits.get(turn.made)
    document = await _taken(edits, wanted)
    if turn.made is not None and await edits.resume(turn.made, document, wanted.values):
        return await edits.get(turn.made)
    return await edits.create(
        document,
        wanted.instructions,
        model=wanted.model,
        color=wanted.config.color,
        values=wanted.values,
        bust_cache=wanted.bust_cache,
        claim=turn.claim,
    )


async def _taken(edits: EditsClient, wanted: wire.CreateEdit | wire.CreateDraft) -> SourceDocument | TemplateRecord:
    """What is to be filled."""
    if (wanted.document is None) == (wanted.template_id is None):
        raise BadRequest("Send either a document or a template_id, and not both.")
    if wanted.document is not None:
        return await named_document(edits, wanted.document)
    return await edits.templates.find(wanted.template_id or "")


async def _whole(edits: EditsClient, edit: Edit, status: int) -> Response:
    output = await edits.output(edit)
    if output is None:
        return _json(wire.edit_body(edit), status)
    if len(output[1]) <= WRITTEN_IN_PLACE:
        return _json(wire.edit_body(edit, output), status)
    return await asyncio.to_thread(lambda: _json(wire.edit_body(edit, output), status))


def _json(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status_code=status, media_type="application/json")
