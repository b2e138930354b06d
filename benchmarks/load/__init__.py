"""The service under load: edits a second beside a bare workflow, for how long, on how many workers, how late."""
