"""The HTTP door: Retab's wire format, spoken on top of durable_edits.client."""
