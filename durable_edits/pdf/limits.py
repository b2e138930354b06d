"""Every cap of the engine, with its reason."""

from __future__ import annotations

MAX_PAGES = 2_000  # the largest form seen has 64; more is a book
MAX_FIELDS = 20_000  # the largest real form seen has 2,496
MAX_DEPTH = 64  # levels of the page tree and of the field tree; real ones have under 10
MAX_TEXT = 100_000  # characters of one value; a full page holds about 5,000
MIN_SIZE = 4.0  # points; smaller is not legible in print
LEADING = 1.15  # line distance in sizes
AUTO_SIZE = 12.0  # points; where a multiline field leaves the size to the viewer
MAX_AUTO_SIZE = 144.0  # points; a size-0 field as high as a page would otherwise hold one letter
MAX_SIDE = 100_000.0  # points of a widget; a page has at most 14,400 (ISO 32000-1, annex C)
LABEL_PAGES = 50  # pages whose printed text is searched for labels; about 5 ms each
LABEL_WORDS = 20_000  # words of one page that are looked at; a page of print has about 800
LABEL_SPOTS = 2_000  # boxes of one page that are given labels; the fullest real page has 221
LABEL_LENGTH = 200  # characters of a label
MAX_NESTING = 100  # levels of arrays and dictionaries in one object; real ones have under 20
MAX_STREAM = 75_000_000  # bytes of one stream once unpacked, as pypdf has it; real ones that are read have under 10 MB
MAX_OPTIONS = 50_000  # of all choices of a form; the largest real list seen has under 1,000
MAX_NUMBER = 8_388_607  # of an object (ISO 32000-1, annex C); viewers find none beyond it
CACHE_FORMS = 64  # compiled forms kept for the next fill; a service fills few forms at a time
CACHE_BYTES = 64_000_000  # of them together: the documents, and what was read of them
FIELD_BYTES = 8_000  # of a compiled field, about: its objects, style and template
PROVED_PAGES = 50  # pages that a proof looks at, each about 10 ms in either document; the largest form seen has 64
