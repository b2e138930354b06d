"""With EDITS_PAYLOAD_KEYS nothing that a person wrote can be read in Temporal, except by who has a key."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.processes import free_ports
from tests.forms import text_form
from tests.live import Gateway, Live, inline, until
from tests.temporal_cli import TemporalCli

OLD_KEY, NEW_KEY = (f"{name}:{base64.b64encode(name[-1:].encode() * 32).decode()}" for name in ("k1", "k2"))
TOKEN = "a-token-of-the-operators"
UI = "http://ui.example.org"
FILENAME, NAME, PROBLEM = "wedding-of-zebulon.pdf", "Zebulon", "not a PDF"


@dataclass
class Codec:
    live: Live
    url: str

    def ask(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        shown = {"authorization": f"Bearer {TOKEN}"} if headers is None else headers
        return httpx.post(self.url + path, content=body, headers=shown, trust_env=False)


@pytest.fixture(scope="module")
def live(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    settings = {"EDITS_TASK_QUEUE": "encrypted", "EDITS_PAYLOAD_KEYS": f"{NEW_KEY},{OLD_KEY}"}
    live = Live(tmp_path_factory.mktemp("encrypted"), temporal_address, settings)
    live.worker()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def gateway(live: Live) -> Gateway:
    return live.gateway()


@pytest.fixture(scope="module")
def codec(live: Live) -> Codec:
    [port] = free_ports(1)
    found = Codec(live, f"http://127.0.0.1:{port}")
    live.python(
        "codec",
        "-m",
        "gateway",
        "codec",
        EDITS_CODEC=f"127.0.0.1:{port}",
        EDITS_CODEC_TOKEN=TOKEN,
        EDITS_CODEC_ORIGINS=UI,
    )

    def up() -> bool:
        live.processes[-1].check()
        try:
            return httpx.get(f"{found.url}/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    until(up, 60)
    return found


def history(cli: TemporalCli, edit_id: str, *arguments: str) -> str:
    """Every event, with each payload's bytes beside its base64."""
    shown = cli.workflow("show", "--workflow-id", edit_id, *arguments)
    return json.dumps(shown) + "".join(payload_texts(shown))


def payload_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("data"), str):
            yield base64.b64decode(value["data"]).decode("latin-1")
        for item in value.values():
            yield from payload_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from payload_texts(item)


def started_by_hand(cli: TemporalCli, queue: str, edit_id: str, document: bytes) -> str:
    wanted = json.dumps({"document": inline(document, FILENAME), "instructions": f"name: {NAME}"})
    cli.workflow("start", "--type", "EditWorkflow", "--task-queue", queue, "--workflow-id", edit_id, "--input", wanted)
    return edit_id


def test_an_edits_history_tells_neither_its_filename_nor_its_instructions(gateway: Gateway, cli: TemporalCli) -> None:
    edit_id = gateway.start(inline(text_form(["name"]), FILENAME), f"name: {NAME}")
    assert gateway.wait(edit_id)["status"] == "completed"

    told = history(cli, edit_id)

    assert "binary/edits-aes256gcm" in told or base64.b64encode(b"binary/edits-aes256gcm").decode() in told
    assert [word for word in (FILENAME, NAME, "wedding", "filled.pdf") if word in told] == []


def test_a_failed_edits_history_tells_its_code_and_not_its_message(gateway: Gateway, cli: TemporalCli) -> None:
    edit_id = gateway.start(inline(b"%PDF-1.7 broken", FILENAME), f"name: {NAME}")
    edit = gateway.wait(edit_id)

    told = history(cli, edit_id)

    assert edit["error"]["code"] in told
    assert [word for word in (FILENAME, edit["error"]["message"]) if word in told] == []


def test_an_edit_that_is_started_by_hand_without_a_key_is_done_like_any_other(
    live: Live, gateway: Gateway, cli: TemporalCli
) -> None:
    edit_id = started_by_hand(cli, live.settings["EDITS_TASK_QUEUE"], "by-hand-without-a-key", text_form(["name"]))

    until(lambda: cli.is_closed(edit_id), 60)

    assert gateway.get(edit_id)["status"] == "completed"


def test_a_run_waits_for_a_worker_that_has_its_key(temporal_address: str, tmp_path: Path, cli: TemporalCli) -> None:
    """A worker without keys, as in a deployment that forgot them, must not fail what it cannot read."""
    live = Live(tmp_path, temporal_address, {"EDITS_TASK_QUEUE": "rotated", "EDITS_PAYLOAD_KEYS": OLD_KEY})
    try:
        edit_id = live.gateway().start(text_form(["name"]), "name: Ada")
        ignorant = live.worker(EDITS_PAYLOAD_KEYS="")
        ignorant.wait_for_line("EDITS_PAYLOAD_KEYS is not set here", 30)
        ignorant.kill()
        assert not cli.is_closed(edit_id)

        live.worker(EDITS_PAYLOAD_KEYS=f"{NEW_KEY},{OLD_KEY}")

        assert live.gateways[0].wait(edit_id)["status"] == "completed"
    finally:
        live.stop()


def test_temporals_command_line_shows_it_through_the_codec_server(
    gateway: Gateway, cli: TemporalCli, codec: Codec
) -> None:
    edit_id = gateway.start(inline(text_form(["name"]), FILENAME), f"name: {NAME}")
    gateway.wait(edit_id)

    told = history(cli, edit_id, "--codec-endpoint", codec.url, "--codec-auth", f"Bearer {TOKEN}")

    assert FILENAME in told


PAYLOADS = json.dumps(
    {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": base64.b64encode(b'"Ada"').decode()}]}
).encode()


def test_what_it_encodes_it_decodes(codec: Codec) -> None:
    encoded = codec.ask("/encode", PAYLOADS)

    assert b"anNvbi9wbGFpbg" not in encoded.content
    assert codec.ask("/decode", encoded.content).json() == json.loads(PAYLOADS)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"cookie": f"edits-codec={TOKEN}"}])
@pytest.mark.parametrize("path", ["/encode", "/decode"])
def test_whoever_does_not_show_the_token_gets_nothing(codec: Codec, path: str, headers: dict[str, str]) -> None:
    assert codec.ask(path, PAYLOADS, headers).status_code == 401


def test_a_browser_that_has_signed_in_is_let_in_from_the_uis_pages(codec: Codec) -> None:
    with httpx.Client(base_url=codec.url, trust_env=False, follow_redirects=True) as browser:
        browser.post("/sign-in", data={"token": TOKEN})
        answer = browser.post("/decode", content=PAYLOADS, headers={"origin": UI})

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_a_wrong_token_does_not_sign_in(codec: Codec) -> None:
    with httpx.Client(base_url=codec.url, trust_env=False, follow_redirects=True) as browser:
        refused = browser.post("/sign-in", data={"token": "guessed"})
        answer = browser.post("/decode", content=PAYLOADS)

    assert (refused.status_code, answer.status_code) == (401, 401)


@pytest.mark.parametrize(("origin", "allowed"), [(UI, True), ("http://evil.example.org", False)])
def test_only_the_uis_pages_may_ask(codec: Codec, origin: str, allowed: bool) -> None:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-namespace",
    }

    answer = httpx.options(f"{codec.url}/decode", headers=asked, trust_env=False)

    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


@pytest.mark.parametrize("body", [b"", b"{", b'{"payloads": 1}', b'{"payloads": [{"data": 1}]}', b"[" * 100_000])
def test_a_body_that_is_no_payloads_is_refused(codec: Codec, body: bytes) -> None:
    assert codec.ask("/decode", body).status_code == 400


def test_a_body_that_is_too_large_is_refused(codec: Codec) -> None:
    assert codec.ask("/decode", b" " * (9 * 1024 * 1024)).status_code == 413


def test_a_payload_of_an_unknown_key_is_told_so(codec: Codec) -> None:
    encoded = codec.ask("/encode", PAYLOADS).json()
    encoded["payloads"][0]["metadata"]["encryption-key-id"] = base64.b64encode(b"k9").decode()

    answer = codec.ask("/decode", json.dumps(encoded).encode())

    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "payload_unreadable")


def test_no_key_and_no_token_are_in_any_log(live: Live, codec: Codec, gateway: Gateway) -> None:
    codec.ask("/decode", PAYLOADS)
    gateway.status(gateway.start(text_form(["name"]), f"name: {NAME}"))

    secrets = [TOKEN, OLD_KEY.partition(":")[2], NEW_KEY.partition(":")[2]]
    told = "".join(process.log.read_text() for process in live.processes)
    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.parametrize("missing", ["EDITS_PAYLOAD_KEYS", "EDITS_CODEC_TOKEN"])
def test_without_keys_or_a_token_the_codec_server_does_not_start(live: Live, missing: str) -> None:
    given = {"EDITS_PAYLOAD_KEYS": NEW_KEY, "EDITS_CODEC_TOKEN": TOKEN, missing: ""}

    process = live.python("codec", "-m", "gateway", "codec", **given)

    until(lambda: process.exit_code is not None, 30)
    assert process.exit_code == 1
    assert missing in process.tail()
