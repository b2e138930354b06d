"""read_form: what can be filled in, where it stands, and what it says now."""

from __future__ import annotations

from durable_edits.form import Form
from durable_edits.pdf.cache import compiled_form, opened, understood
from durable_edits.pdf.compiled import CompiledForm
from durable_edits.pdf.labels import label_form
from durable_edits.pdf.limits import MAX_PAGES


def read_form(data: bytes, *, password: str | None = None, max_pages: int = MAX_PAGES) -> Form:
    """The fields of a form in the order of /AcroForm /Fields; push buttons are none.

    Raises InvalidDocument, DocumentEncrypted, DocumentWithoutPages, DocumentWithoutFields, DocumentTooManyPages,
    DocumentTooComplex.
    """
    compiled = compiled_form(data, password, max_pages)
    return understood(compiled, lambda found: _labelled(found, password), password, max_pages)


def count_pages(data: bytes, *, password: str | None = None, max_pages: int = MAX_PAGES) -> int:
    """Of any document; raises what `read_form` does but DocumentWithoutFields."""
    _, pages = opened(data, password, max_pages)
    return len(pages)


def _labelled(compiled: CompiledForm, password: str | None) -> Form:
    if compiled.labelled is None:
        form = compiled.form()
        label_form(compiled, form, password)
        for field in form.fields:
            if not field.description and field.printed is not None:
                field.description = field.printed.label
        compiled.labelled = tuple(form.fields)
    return Form.model_construct(pages=len(compiled.pages), fields=[field.model_copy() for field in compiled.labelled])
