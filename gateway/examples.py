"""What requests and answers look like, as the interface's description shows it."""

from __future__ import annotations

from typing import Any

FORM_FIELD: dict[str, Any] = {
    "bbox": {"left": 0.12, "top": 0.2, "width": 0.4, "height": 0.03, "page": 1},
    "description": "Full name",
    "type": "text",
    "key": "full_name",
    "value": "Ada Lovelace",
}
DOCUMENT = {"filename": "form.pdf", "url": "https://example.org/form.pdf"}
FILE_REF = {"id": "file_01KAX6N0P3W6M2ZC4Q5V7T8R9S", "filename": "form.pdf", "mime_type": "application/pdf"}
FILLED_REF = {"id": "file_01KAX6N4F9H2J3K4M5N6P7Q8R9", "filename": "form_filled.pdf", "mime_type": "application/pdf"}
MOMENT = "2026-01-31T12:00:00.123456Z"

CREATE_EDIT: dict[str, Any] = {
    "document": DOCUMENT,
    "instructions": "Full name: Ada Lovelace",
    "model": "retab-small",
    "config": {"color": "#000080"},
    "background": True,
}
EDIT: dict[str, Any] = {
    "id": "edt_01KAX6N0P2B3C4D5E6F7G8H9J0",
    "file": FILE_REF,
    "model": "retab-small",
    "config": {"color": "#000080"},
    "instructions": "Full name: Ada Lovelace",
    "template_id": None,
    "output": {
        "form_data": [FORM_FIELD],
        "filled_document": {"filename": "form_filled.pdf", "url": "data:application/pdf;base64,JVBERi0xLjcK"},
    },
    "status": "completed",
    "error": None,
    "filled_document_ref": FILLED_REF,
    "usage": {"credits": 3.0},
    "created_at": MOMENT,
}
DELETED: dict[str, Any] = {
    "id": "edt_01KAX6N0P2B3C4D5E6F7G8H9J0",
    "erased": False,
    "message": "The edit is deleted. The object store is away: its output is erased by the next housekeeping.",
}
CREATE_PLAN: dict[str, Any] = {"document": DOCUMENT, "instructions": "Full name: Ada Lovelace\nHobby: numbers"}
PLAN: dict[str, Any] = {
    "values": {"full_name": "Ada Lovelace"},
    "unused": [{"label": "Hobby", "value": "numbers", "reason": "no field is called so"}],
    "form_data": [FORM_FIELD],
}
LIST_METADATA = {"before": None, "after": EDIT["id"]}
EDIT_PAGE = {"data": [EDIT | {"output": None}], "list_metadata": LIST_METADATA}
REPORT = {
    "status": "completed",
    "fields": [{"key": "full_name", "status": "filled", "reason": ""}],
    "unused": [],
}

CREATE_TEMPLATE = {
    "name": "Registration",
    "document": DOCUMENT,
    "form_fields": [FORM_FIELD | {"value": None}],
}
UPDATE_TEMPLATE = {"name": "Registration 2026"}
TEMPLATE: dict[str, Any] = {
    "id": "edittplt_01KAX6N0P2B3C4D5E6F7G8H9J0",
    "name": "Registration",
    "file": FILE_REF,
    "form_fields": [FORM_FIELD | {"value": None}],
    "field_count": 1,
    "created_at": MOMENT,
    "updated_at": MOMENT,
}
TEMPLATE_PAGE = {
    "data": [TEMPLATE | {"form_fields": []}],
    "list_metadata": {"before": None, "after": None},
}

STORED = {"filename": "form.pdf", "url": f"https://storage.retab.com/acme/{FILE_REF['id']}.pdf"}
UPLOAD = {"filename": "form.pdf", "size_bytes": 48_213, "content_type": "application/pdf"}
UPLOAD_BEGUN = {
    "fileId": FILE_REF["id"],
    "uploadUrl": f"https://edits.example.org/signed/uploads/{FILE_REF['id']}?…",
    "uploadMethod": "PUT",
    "uploadHeaders": {"Content-Type": "application/pdf"},
    "mimeData": STORED,
    "expiresAt": MOMENT,
}
COMPLETE: dict[str, Any] = {}
FILE = FILE_REF | {"object": "file", "created_at": MOMENT, "updated_at": MOMENT, "page_count": 3}
FILE_PAGE = {"data": [FILE], "list_metadata": {"before": None, "after": None}}
FILE_LINK = {
    "download_url": f"https://edits.example.org/signed/files/{FILE_REF['id']}?…",
    "expires_in": "60 minutes",
    "filename": "form.pdf",
    "mime_data": STORED,
}
