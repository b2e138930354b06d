"""durable-edits: fill a form from instructions, one Temporal workflow an edit.

`durable_edits.pdf` works alone on bytes; `durable_edits.client` is the Python door to a running service.
"""
