"""Our metrics and the Temporal SDK's, on one Prometheus endpoint of the process."""

from __future__ import annotations

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from durable_edits.errors import InfrastructureError
from durable_edits.metrics import buckets, publish


def metrics_runtime(address: str | None) -> Runtime | None:
    """A runtime that serves `http://{address}/metrics`; None where nobody wants to know. Raises InfrastructureError."""
    if address is None:
        return None
    prometheus = PrometheusConfig(bind_address=address, histogram_bucket_overrides=buckets())
    try:
        runtime = Runtime(telemetry=TelemetryConfig(metrics=prometheus))
    except ValueError as error:  # what the SDK raises for an address that is taken, or none
        message = f"Metrics cannot be served at {address}; give the process a free host:port of its own."
        raise InfrastructureError(message, reason=str(error)[:200]) from error
    publish(runtime.metric_meter)
    return runtime
