"""Forms for tests, made by the project's own writer."""

from __future__ import annotations

from collections.abc import Sequence

from dev.form_writer import MULTILINE, PAGE_HEIGHT, FormWriter

ROW = 22.0


def text_form(keys: Sequence[str], *, pages: int = 1) -> bytes:
    """A column of text fields with their names printed beside them, on as many pages as wanted or needed."""
    writer = FormWriter("Test form")
    page = writer.page()
    per_page = int((PAGE_HEIGHT - 80) / ROW)
    for index, key in enumerate(keys):
        if index and index % per_page == 0:
            page = writer.page()
        top = 40 + (index % per_page) * ROW
        page.text(40, top + 12, key)
        writer.text(page, key, (160, top, 300, 18), tooltip=key)
    for _ in range(pages - 1):
        writer.page()
    return writer.to_bytes()


def many_fields_form(count: int) -> bytes:
    """Small fields, 400 to a page: with `many_values`, work for about a millisecond a field."""
    writer = FormWriter("Many fields")
    for index in range(count):
        column, row = index % 400 % 10, index % 400 // 10
        if index % 400 == 0:
            page = writer.page()
        writer.text(page, f"f{index}", (20 + column * 55, 20 + row * 20, 50, 16), tooltip=f"f{index}", flags=MULTILINE)
    return writer.to_bytes()


def many_values(count: int) -> str:
    """Instructions for `many_fields_form`: values that no cache has, in scripts that have to be shaped."""
    return "\n".join(f"f{index}: नमस्ते {index} שלום {index} 東京 Łódź" for index in range(count))


def every_kind() -> bytes:
    """One field of each kind."""
    writer = FormWriter("Every kind")
    page = writer.page()
    writer.text(page, "name", (40, 40, 200, 18), tooltip="Full name")
    writer.text(page, "code", (40, 70, 160, 20), tooltip="Code", flags=1 << 24, max_length=8)
    writer.text(page, "notes", (40, 100, 200, 60), tooltip="Notes", flags=MULTILINE)
    writer.text(page, "turned", (300, 40, 18, 120), tooltip="Turned", rotation=90)
    writer.checkbox(page, "agree", (40, 180, 14, 14), tooltip="I agree")
    writer.radio(page, "colour", [("red", (40, 210, 14, 14)), ("blue", (70, 210, 14, 14))], tooltip="Colour")
    writer.choice(page, "country", (40, 240, 120, 18), [("DE", "Germany"), ("FR", "France")], tooltip="Country")
    writer.text(page, "person.first", (40, 270, 120, 18), tooltip="First name")
    writer.text(page, "person.last", (180, 270, 120, 18), tooltip="Last name")
    return writer.to_bytes()
