"""OpenTelemetry's collector, with OTLP over HTTP on the loopback in and a log of every span out; built once with Go."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dev.errors import NotMade
from dev.processes import Process, start
from dev.program_cache import BUILD, Say, cached, go_program, make_once, named, run_telling, runnable, versioned

# What builds collectors, and what this one is built of, all of one release.
GO_PACKAGE = "go.opentelemetry.io/collector/cmd/builder@v0.155.0"
PARTS = """
dist: {{name: otelcol, output_path: {folder}, module: localhost/otelcol}}
receivers: [{{gomod: go.opentelemetry.io/collector/receiver/otlpreceiver {version}}}]
exporters: [{{gomod: go.opentelemetry.io/collector/exporter/debugexporter {version}}}]
"""
CONFIG = """
receivers: {{otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{port}"}}}}}}}}
exporters: {{debug: {{verbosity: detailed}}}}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [debug]}}}}, telemetry: {{metrics: {{level: none}}}}}}
"""
START = 30.0  # seconds until it must be ready: well under one


def cached_collector(env: Mapping[str, str] = os.environ) -> Path:
    return cached(versioned("otelcol", GO_PACKAGE), env)


def find_collector(env: Mapping[str, str] = os.environ, say: Say = print) -> Path:
    """Raises NotMade with what to install."""
    program = cached_collector(env)
    make_once(program, [_built], env, named("Collector", say))
    return program


def start_collector(program: Path, folder: Path, port: int) -> Process:
    """Its log has every span that it is sent. Raises ProcessDied, NotReady."""
    config = folder / "otelcol.yaml"
    config.write_text(CONFIG.format(port=port))
    collector = start("collector", [str(program), "--config", str(config)], log=folder / "otelcol.log")
    collector.wait_for_line("Everything is ready", START)
    return collector


def _built(folder: Path, env: Mapping[str, str], say: Say) -> Path:
    builder = go_program(GO_PACKAGE, "some seconds")(folder, env, say)
    parts = folder / "parts.yaml"
    parts.write_text(PARTS.format(folder=folder / "otelcol", version=GO_PACKAGE.partition("@")[2]))
    say("building a collector; a minute and a half on 2 cores, once per machine")
    run_telling("the build", [str(builder), "--config", str(parts)], env, lambda elapsed: elapsed > BUILD, say)
    program = folder / "otelcol" / "otelcol"
    if not runnable(program):
        raise NotMade("the build left no program")
    return program
