"""/v1/files: read, list, link, upload. Bytes come and go under /signed/, open to whoever has the link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from starlette.convertors import PathConvertor, register_url_convertor

from durable_edits.client import EditsClient
from durable_edits.paging import Cursors
from durable_edits.storage.document_urls import OCTETS
from durable_edits.storage.files import FileFilter
from durable_edits.storage.links import SIGNED
from durable_edits.storage.records import FileRecord
from gateway import wire_files as wire
from gateway.answers import json_answer
from gateway.edits import METHODS, Edits
from gateway.idempotency import Turn, once
from gateway.requests import parse_json, parse_query, read_body
from gateway.wire import ListMetadata, MIMEData, parse_moment

router = APIRouter(prefix="/v1/files", tags=["files"])
signed = APIRouter(prefix=SIGNED.rstrip("/"), include_in_schema=False)

# A browser must take a stranger's file for a file, never for a page of this origin.
AS_A_FILE = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox", "cache-control": "private"}
MEDIA_TYPE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


class FileId(PathConvertor):
    """Where uploads begin is no file that is not there."""

    regex = r"(?!upload$)[^/]+"


register_url_convertor("file", FileId())


def gateway_address(request: Request) -> str:
    """By which the caller reaches us: in front of every link that it is given."""
    return str(request.app.state.public_url or request.base_url)


@router.post("/upload", response_model=wire.UploadBody)
async def start_upload(request: Request, edits: Edits) -> Response:
    body = await read_body(request, request.app.state.body_limit)
    return await once(request, edits.catalog, body, lambda turn: _start(request, edits, body, turn))


async def _start(request: Request, edits: EditsClient, body: bytes, turn: Turn) -> Response:
    wanted = parse_json(wire.UploadFile, body)
    if turn.made is not None:
        upload = await edits.uploads.get(turn.made)
    else:
        upload = await edits.uploads.start(
            wanted.filename, wanted.size_bytes, wanted.content_type, wanted.sha256, claim=turn.claim
        )
    await turn.keep(upload.id)
    url = await edits.links.upload(upload, gateway_address(request))
    return json_answer(wire.upload_body(upload, url, edits.blobs.upload_headers))


@router.post("/upload/{file_id}/complete", response_model=MIMEData)
async def complete_upload(request: Request, file_id: str, edits: Edits) -> Response:
    body = await read_body(request, request.app.state.body_limit)
    wanted = parse_json(wire.CompleteUpload, body if body not in {b"", b"null"} else b"{}")
    return json_answer(wire.stored_document(await edits.uploads.complete(file_id, wanted.sha256)))


@router.get("", response_model=wire.FilePage)
async def list_files(request: Request, edits: Edits) -> Response:
    query = parse_query(wire.ListFiles, request)
    wanted = FileFilter(
        organizations=edits.sees,
        filename_prefix=query.filename,
        mime_type=query.mime_type,
        created_from=parse_moment("from_date", query.from_date, end_of_day=False),
        created_to=parse_moment("to_date", query.to_date, end_of_day=True),
        sort_by=query.sort_by,
    )
    page = await edits.files.list(wanted, Cursors(query.limit, query.order, query.before, query.after))
    metadata = ListMetadata(before=page.before, after=page.after)
    return json_answer(wire.FilePage(data=[wire.file_body(file) for file in page.rows], list_metadata=metadata))


# Not part of this service, and no file can be called so.
@router.api_route("/blueprints", methods=METHODS, include_in_schema=False)
@router.api_route("/blueprints/{rest:path}", methods=METHODS, include_in_schema=False)
async def no_blueprints() -> Response:
    raise HTTPException(404)


@router.get("/{file_id:file}", response_model=wire.FileBody)
async def get_file(file_id: str, edits: Edits) -> Response:
    return json_answer(wire.file_body(await edits.files.get(file_id)))


@router.get("/{file_id}/download-link", response_model=wire.FileLink)
async def link_file(request: Request, file_id: str, edits: Edits) -> Response:
    file = await edits.files.get(file_id)
    url = await edits.links.download(file, gateway_address(request))
    return json_answer(wire.file_link(file, url, edits.links.lifetime))


@signed.api_route("/files/{file_id}", methods=["GET", "HEAD"])
async def download(request: Request, file_id: str) -> Response:
    edits: EditsClient = request.app.state.edits
    await edits.links.check("files", file_id, request.url.query)
    file = await edits.files.linked(file_id)
    headers = AS_A_FILE | {
        "content-length": str(file.blob.size),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.filename, safe='')}",
        "content-type": file.mime_type if MEDIA_TYPE.fullmatch(file.mime_type) else OCTETS,
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    return StreamingResponse(await _begun(edits, file), headers=headers)


@signed.put("/uploads/{file_id}")
async def upload(request: Request, file_id: str) -> Response:
    edits: EditsClient = request.app.state.edits
    await edits.links.check("uploads", file_id, request.url.query)
    await edits.uploads.receive(file_id, request.stream())
    return Response("{}", media_type="application/json")


async def _begun(edits: EditsClient, file: FileRecord) -> AsyncIterator[bytes]:
    """With the first piece read: that the bytes are gone must be said before the answer begins."""
    pieces = edits.files.read(file)
    first = await anext(pieces, b"")

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_pieces()
