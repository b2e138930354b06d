"""The vendor's SDK: templates, and edits from them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from retab import AsyncRetab, Retab
from retab.exceptions import APIError, NotFoundError, ValidationError
from retab.types.edits import BBox, EditTemplate, FormField
from retab.types.mime import FileRef, MIMEData

from durable_edits.pdf import read_form
from tests.forms import text_form
from tests.live import OTHER_KEY, Gateway, inline

FORM = text_form(["name", "town"])
DOCUMENT = MIMEData(**inline(FORM))
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTER = MIMEData(filename="letter.docx", url=f"data:{OFFICE};base64,UEsDBA==")


def field(key: str, **other: Any) -> FormField:
    box = BBox(left=0.2, top=0.1, width=0.3, height=0.02, page=1)
    return FormField(**({"bbox": box, "description": f"The {key}", "type": "text", "key": key} | other))


FIELDS = [field("town", description="Place of birth"), field("name")]


def made(client: Retab, name: str = "Tax form") -> EditTemplate:
    return client.edits.templates.create(name, DOCUMENT, FIELDS)


def values(edit: Any) -> dict[str, str | None]:
    document = base64.b64decode(edit.output.filled_document.content)
    return {each.key: each.value for each in read_form(document).fields}


def test_a_template_is_created_and_read_back(client: Retab) -> None:
    template = made(client)

    assert template.id.startswith("edittplt_")
    assert (template.name, template.file.filename, template.field_count) == ("Tax form", "form.pdf", 2)
    assert template.form_fields == FIELDS
    assert template.created_at is not None
    assert template.created_at.tzinfo is not None
    assert client.edits.templates.get(template.id) == template


@pytest.mark.parametrize("kind", ["path", "name", "bytes", "dict", "stored", "FileRef"])
def test_every_way_to_give_a_document_makes_a_template(client: Retab, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(FORM)
    ref = made(client).file
    given: dict[str, Any] = {
        "path": path,
        "name": str(path),
        "bytes": FORM,
        "dict": inline(FORM),
        "stored": MIMEData(filename="form.pdf", url=f"https://storage.retab.com/acme/{ref.id}.pdf"),
        "FileRef": FileRef(id=ref.id, filename="form.pdf", mime_type="application/pdf"),
    }

    template = client.edits.templates.create("Any", given[kind], [])
    assert [each.key for each in template.form_fields or []] == ["name", "town"]
    assert template.field_count == 2


def test_a_template_is_changed_in_part(client: Retab) -> None:
    template = made(client)

    renamed = client.edits.templates.update(template.id, name="Renamed")
    assert renamed == template.model_copy(update={"name": "Renamed", "updated_at": renamed.updated_at})
    fewer = client.edits.templates.update(template.id, form_fields=FIELDS[1:])
    assert (fewer.name, fewer.form_fields, fewer.field_count) == ("Renamed", FIELDS[1:], 1)
    same = client.edits.templates.update(template.id)
    assert same == fewer.model_copy(update={"updated_at": same.updated_at})


def test_a_deleted_template_is_gone_and_its_edits_stay(client: Retab) -> None:
    template = made(client)
    edit = client.edits.create("name: Ada", template_id=template.id)

    client.edits.templates.delete(template.id)
    for call in (client.edits.templates.get, client.edits.templates.update, client.edits.templates.delete):
        with pytest.raises(NotFoundError, match="not found"):
            call(template.id)
    with pytest.raises(NotFoundError):
        client.edits.create("name: Ada", template_id=template.id)
    assert client.edits.get(edit.id) == edit


def test_templates_are_listed_paged_found_and_sorted(client: Retab) -> None:
    templates = [made(client, f"sdk {name} list") for name in ("b", "c", "a")]
    ids = [template.id for template in templates]

    def listed(**query: Any) -> list[str]:
        pages = client.edits.templates.list(name="SDK", limit=2, **query)
        return [each.id for each in pages.auto_paging_iter() if each.name.endswith(" list")]

    assert listed() == ids[::-1]
    assert listed(sort_by="name", order="asc") == [ids[2], ids[0], ids[1]]
    [row] = client.edits.templates.list(name="dk b lis").data
    assert row == templates[0].model_copy(update={"form_fields": []})
    assert [each.id for each in client.edits.templates.list(name="sdk", before=ids[0], limit=1).data] == [ids[1]]


def test_an_edit_from_a_template_has_its_fields_in_their_order(client: Retab) -> None:
    template = made(client)
    edit = client.edits.create("Place of birth: Bern\nname: Ada", template_id=template.id)

    assert (edit.template_id, edit.file) == (template.id, template.file)
    assert edit.output is not None
    assert [(each.key, each.value) for each in edit.output.form_data] == [("town", "Bern"), ("name", "Ada")]
    assert values(edit) == {"name": "Ada", "town": "Bern"}
    assert [each.id for each in client.edits.list(template_id=template.id).data] == [edit.id]
    assert client.edits.templates.get(template.id) == template


def test_a_template_of_another_organization_is_its_not_found_error(client: Retab, gateway: Gateway) -> None:
    template = made(client)

    with Retab(api_key=OTHER_KEY, base_url=gateway.url) as other:
        for call in (
            lambda: other.edits.templates.get(template.id),
            lambda: other.edits.create("name: Ada", template_id=template.id),
        ):
            with pytest.raises(NotFoundError):
                call()


@pytest.mark.parametrize(
    ("wrong", "kind", "code"),
    [
        (
            {"document": MIMEData(filename="a.docx", url=f"data:{OFFICE};base64,UEsDBA==")},
            APIError,
            "unsupported_document",
        ),
        ({"document": MIMEData(**inline(b"no pdf"))}, APIError, "unsupported_document"),
        ({"document": MIMEData(**inline(b"%PDF-1.7"))}, ValidationError, "invalid_document"),
        ({"name": ""}, ValidationError, "invalid_request"),
        ({"form_fields": [field("a"), field("a")]}, ValidationError, "invalid_request"),
        (
            {"form_fields": [field("a", bbox=BBox(left=0, top=0, width=1, height=1, page=2))]},
            ValidationError,
            "invalid_request",
        ),
    ],
    ids=["office", "no pdf", "damaged", "no name", "keys", "page"],
)
def test_each_refusal_is_the_error_of_its_kind(
    client: Retab, wrong: dict[str, Any], kind: type[APIError], code: str
) -> None:
    wanted: dict[str, Any] = {"name": "Wrong", "document": DOCUMENT, "form_fields": FIELDS} | wrong

    with pytest.raises(APIError) as raised:
        client.edits.templates.create(**wanted)
    assert (type(raised.value), raised.value.code) == (kind, code)


async def test_the_async_client_does_the_same(async_client: AsyncRetab) -> None:
    templates = async_client.edits.templates
    template = await templates.create("sdk-async-template", DOCUMENT, FIELDS)

    assert await templates.get(template.id) == template
    changed = await templates.update(template.id, name="sdk-async-template 2")
    listed = [each.id async for each in await templates.list(name="sdk-async-template")]
    assert (changed.name, listed) == ("sdk-async-template 2", [template.id])
    edit = await async_client.edits.create("town: Bern", template_id=template.id)
    assert (edit.template_id, values(edit)) == (template.id, {"name": None, "town": "Bern"})
    copy = await templates.create("From a FileRef", template.file, [])
    assert copy.file.id == template.file.id
    await templates.delete(template.id)
    with pytest.raises(NotFoundError):
        await templates.get(template.id)
