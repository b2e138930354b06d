"""`python -m durable_edits.doctor`: looks at a running installation, with its settings, and says what to do next."""
