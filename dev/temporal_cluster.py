"""The real Temporal server, all of its services in one process, on PostgreSQL; and its UI. Built once with Go."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import httpx
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from dev.errors import NotReady, StackError
from dev.postgres import OWNER, Postgres
from dev.processes import POLL, Process, is_free, start
from dev.program_cache import Say, cached, go_program, make_once, named, versioned

VERSION = "v1.29.1"
SERVER = f"go.temporal.io/server/cmd/server@{VERSION}"
SQL_TOOL = f"go.temporal.io/server/cmd/tools/sql@{VERSION}"
UI = "github.com/temporalio/ui-server/v2/cmd/server@v2.42.1"

DATABASES = {"temporal": "postgresql/v12/temporal", "temporal_visibility": "postgresql/v12/visibility"}
SHARDS = 4  # fixed for the life of the database; Temporal's own choice for one small machine
KEPT = timedelta(days=3)  # how long the namespace keeps runs that have ended; the catalog is the record
# Its table of members keeps ports as signed 16-bit numbers: with a port that the kernel chooses it cannot start.
PORTS = range(10_000, 32_768)
START = 90.0  # seconds until the namespace answers: about 2 s; ringpop waits up to 30 s for members that are gone
# As for the dev server (dev/temporal_server.py), with what a busy single process may ask of its database.
DYNAMIC_CONFIG: dict[str, int | bool] = {
    "history.transferProcessorMaxPollRPS": 1000,
    "history.visibilityProcessorMaxPollRPS": 1000,
    "history.timerProcessorMaxPollRPS": 1000,
    "system.enableActivityEagerExecution": True,
    "frontend.persistenceMaxQPS": 10_000,
    "history.persistenceMaxQPS": 45_000,
}


def free_cluster_ports(count: int) -> list[int]:
    """Different ports that the server can keep in its table, and nobody listens on now."""
    return list(itertools.islice(filter(is_free, random.sample(PORTS, len(PORTS))), count))


class Programs(NamedTuple):
    server: Path
    sql_tool: Path
    ui: Path


def find_temporal(env: Mapping[str, str] = os.environ, say: Say = print) -> Programs:
    """Raises NotMade with what to install."""
    say = named("Temporal", say)
    made = []
    for package, name, about in (
        (SERVER, "temporal-server", "about 3 minutes on 2 cores"),
        (SQL_TOOL, "temporal-sql-tool", "some seconds"),
        (UI, "temporal-ui-server", "about a minute"),
    ):
        program = cached(versioned(name, package), env)
        make_once(program, [go_program(package, about)], env, say)
        made.append(program)
    return Programs(*made)


@dataclass(frozen=True)
class Certificates:
    """For mutual TLS: one authority, and one certificate that server and clients show."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def settings(self) -> dict[str, str]:
        """What a client has in its environment."""
        return {
            "TEMPORAL_TLS": "true",
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.authority),
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(self.certificate),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(self.key),
        }


class TemporalCluster:
    """`folder` gets its configuration and logs; its state is in `postgres`. Without certificates it speaks plainly."""

    def __init__(
        self, programs: Programs, folder: Path, postgres: Postgres, port: int, certificates: Certificates | None = None
    ) -> None:
        self._programs = programs
        self._folder = folder
        self._postgres = postgres
        self._port = port
        self._certificates = certificates
        self._inner_ports = free_cluster_ports(8)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> Process:
        """Schema, server, namespace `default`. Raises StackError."""
        for database, schema in DATABASES.items():
            self._bring_up_to_date(database, schema)
        self._write_config()
        command = [str(self._programs.server), "--root", str(self._folder), "--config", "temporal-config"]
        command += ["--env", "production", "--allow-no-auth", "start"]
        server = start("Temporal server", command, log=self._folder / "logs" / "temporal.log")
        try:
            asyncio.run(self._until_it_answers(server))
        except BaseException:
            server.kill()
            raise
        return server

    def start_ui(self, port: int) -> Process:
        """Its pages on 127.0.0.1:`port`. Raises ProcessDied, NotReady."""
        config = self._folder / "temporal-config" / "ui"
        config.mkdir(parents=True, exist_ok=True)
        described: dict[str, object] = {
            "port": port,
            "host": "127.0.0.1",
            "temporalGrpcAddress": self.address,
            "enableUi": True,
            "defaultNamespace": "default",
            "notifyOnNewVersion": False,
        }
        if self._certificates is not None:
            shown = self._certificates
            described["tls"] = {
                "caFile": str(shown.authority),
                "certFile": str(shown.certificate),
                "keyFile": str(shown.key),
                "enableHostVerification": True,
                "serverName": "localhost",
            }
        (config / "production.yaml").write_text(json.dumps(described))
        command = [str(self._programs.ui), "--root", str(config.parent), "--config", "ui", "--env", "production"]
        ui = start("Temporal UI", [*command, "start"], log=self._folder / "logs" / "temporal-ui.log")
        end = time.monotonic() + START
        while not _answers(f"http://127.0.0.1:{port}/api/v1/settings"):
            if ui.exit_code is not None or time.monotonic() > end:
                ui.kill()
                raise NotReady(f"The Temporal UI did not answer. Its log ends:\n{ui.tail()}")
            time.sleep(POLL)
        return ui

    def _bring_up_to_date(self, database: str, schema: str) -> None:
        self._postgres.create_database(database)
        if not self._postgres.sql("SELECT to_regclass('schema_version')", database):
            self._sql_tool(database, "setup-schema", "-v", "0.0")
        self._sql_tool(database, "update-schema", "--schema-name", schema)

    def _sql_tool(self, database: str, *arguments: str) -> None:
        command = [str(self._programs.sql_tool), "--plugin", "postgres12", "--ep", "127.0.0.1"]
        command += ["-p", str(self._postgres.port), "-u", OWNER, "--db", database, *arguments]
        env = {**os.environ, "SQL_PASSWORD": self._postgres.password}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip().splitlines()[-3:]
            raise StackError(f"Temporal's schema could not be set up ({arguments[0]}): {' '.join(said)}")

    def _write_config(self) -> None:
        folder = self._folder / "temporal-config"
        folder.mkdir(parents=True, exist_ok=True)
        dynamic = folder / "dynamic.yaml"
        dynamic.write_text(json.dumps({name: [{"value": value}] for name, value in DYNAMIC_CONFIG.items()}, indent=1))
        secret = os.open(folder / "production.yaml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(secret, "w") as file:  # JSON is YAML
            json.dump(self._config(dynamic), file, indent=1)

    def _config(self, dynamic: Path) -> dict[str, object]:
        http, *rest = self._inner_ports
        ports = iter(rest)
        services: dict[str, object] = {}
        for service in ("frontend", "matching", "history", "worker"):
            grpc = self._port if service == "frontend" else next(ports)
            rpc = {"grpcPort": grpc, "membershipPort": next(ports), "bindOnIP": "127.0.0.1"}
            services[service] = {"rpc": {**rpc, "httpPort": http} if service == "frontend" else rpc}
        cluster = {"enabled": True, "initialFailoverVersion": 1, "rpcName": "frontend", "rpcAddress": self.address}
        return {
            "log": {"stdout": True, "level": "warn"},
            "persistence": {
                "defaultStore": "default",
                "visibilityStore": "visibility",
                "numHistoryShards": SHARDS,
                "datastores": {
                    "default": self._datastore("temporal", connections=20),
                    "visibility": self._datastore("temporal_visibility", connections=10),
                },
            },
            "global": {
                "membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"},
                **({"tls": _tls(self._certificates)} if self._certificates else {}),
            },
            "services": services,
            "clusterMetadata": {
                "enableGlobalNamespace": False,
                "failoverVersionIncrement": 10,
                "masterClusterName": "active",
                "currentClusterName": "active",
                "clusterInformation": {"active": cluster},
            },
            "dcRedirectionPolicy": {"policy": "noop"},
            "dynamicConfigClient": {"filepath": str(dynamic), "pollInterval": "10s"},
        }

    def _datastore(self, database: str, connections: int) -> dict[str, object]:
        return {
            "sql": {
                "pluginName": "postgres12",
                "databaseName": database,
                "connectAddr": f"127.0.0.1:{self._postgres.port}",
                "connectProtocol": "tcp",
                "user": OWNER,
                "password": self._postgres.password,
                "maxConns": connections,
                "maxIdleConns": connections,
                "maxConnLifetime": "1h",
            }
        }

    async def _until_it_answers(self, server: Process) -> None:
        end = time.monotonic() + START
        while True:
            try:
                await self._see_to_namespace()
            except (RuntimeError, RPCError):
                server.check()
                if time.monotonic() > end:
                    raise NotReady(
                        f"The Temporal server did not answer within {START:g} s. Its log ends:\n{server.tail()}"
                    ) from None
                await asyncio.sleep(0.1)
            else:
                return

    async def _see_to_namespace(self) -> None:
        if not _listens(self._port):
            raise RuntimeError("nobody listens yet")
        tls = _client_tls(self._certificates) if self._certificates else False
        service = (await Client.connect(self.address, tls=tls)).workflow_service
        try:
            await service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            kept = Duration(seconds=int(KEPT.total_seconds()))
            await service.register_namespace(
                RegisterNamespaceRequest(namespace="default", workflow_execution_retention_period=kept)
            )
            raise  # it is usable a moment later


def _tls(certificates: Certificates) -> dict[str, object]:
    """Nobody speaks to the frontend without a certificate of the authority, the server's own workers included."""
    own = {"certFile": str(certificates.certificate), "keyFile": str(certificates.key)}
    client = {"serverName": "localhost", "rootCaFiles": [str(certificates.authority)]}
    return {
        "frontend": {
            "server": {**own, "requireClientAuth": True, "clientCaFiles": [str(certificates.authority)]},
            "client": client,
        },
        "systemWorker": {**own, "client": client},
    }


def _client_tls(certificates: Certificates) -> TLSConfig:
    return TLSConfig(
        server_root_ca_cert=certificates.authority.read_bytes(),
        client_cert=certificates.certificate.read_bytes(),
        client_private_key=certificates.key.read_bytes(),
    )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
