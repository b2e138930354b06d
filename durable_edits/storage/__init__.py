"""Where things are kept: `blobs` (documents, plans, results), `catalog` (the record of every edit), `fetch` (URLs)."""
