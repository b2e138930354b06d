"""What crosses Temporal is encrypted with the first key and read with any; what is not encrypted is read as it is."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from durable_edits.contracts import Problem
from durable_edits.errors import PayloadUnreadable
from durable_edits.payload_keys import PayloadKey
from durable_edits.payloads import Encryption, data_converter
from durable_edits.settings import Settings

OLD, NEW = PayloadKey("2025", b"o" * 32), PayloadKey("2026", b"n" * 32)
OLD_TEXT, NEW_TEXT = (f"{key.id}:{base64.b64encode(key.key).decode()}" for key in (OLD, NEW))
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"Ada Lovelace"')


async def encrypted(*keys: PayloadKey) -> Payload:
    [payload] = await Encryption(keys).encode([PLAIN])
    return payload


async def test_an_encrypted_payload_shows_its_key_and_nothing_else() -> None:
    payload = await encrypted(NEW, OLD)

    assert payload.metadata == {"encoding": b"binary/edits-aes256gcm", "encryption-key-id": b"2026"}
    assert b"Ada" not in payload.SerializeToString()


@pytest.mark.parametrize("readers", [[OLD], [NEW, OLD], [OLD, NEW]])
async def test_any_process_that_has_the_key_reads_it(readers: list[PayloadKey]) -> None:
    assert await Encryption(readers).decode([await encrypted(OLD)]) == [PLAIN]


async def test_two_processes_never_write_with_the_same_derived_key() -> None:
    first, second = await encrypted(NEW), await encrypted(NEW)

    assert first.data[:16] != second.data[:16]


async def test_the_same_value_is_never_the_same_bytes() -> None:
    codec = Encryption([NEW])

    assert len({(await codec.encode([PLAIN]))[0].data for _ in range(100)}) == 100


async def test_a_payload_that_is_not_encrypted_is_read_as_it_is() -> None:
    assert await Encryption([NEW]).decode([PLAIN]) == [PLAIN]


async def test_a_key_that_is_not_here_is_named() -> None:
    with pytest.raises(PayloadUnreadable, match=r"2025.*EDITS_PAYLOAD_KEYS"):
        await Encryption([NEW]).decode([await encrypted(OLD)])


@pytest.mark.parametrize("at", [0, 20, 40, -1])
async def test_a_changed_payload_is_refused(at: int) -> None:
    payload = await encrypted(NEW)
    data = bytearray(payload.data)
    data[at] ^= 1
    payload.data = bytes(data)

    with pytest.raises(PayloadUnreadable, match="was changed"):
        await Encryption([NEW]).decode([payload])


async def test_a_payload_under_another_keys_id_is_refused() -> None:
    payload = await encrypted(OLD)

    with pytest.raises(PayloadUnreadable, match="another key"):
        await Encryption([PayloadKey(OLD.id, NEW.key)]).decode([payload])


async def test_a_cut_payload_is_refused() -> None:
    payload = await encrypted(NEW)
    payload.data = payload.data[:30]

    with pytest.raises(PayloadUnreadable):
        await Encryption([NEW]).decode([payload])


async def test_without_keys_an_encrypted_payload_is_no_unknown_input() -> None:
    with pytest.raises(PayloadUnreadable, match="EDITS_PAYLOAD_KEYS is not set here"):
        await data_converter().decode([await encrypted(NEW)], [Problem])


async def test_a_failure_keeps_its_code_readable_and_its_words_secret() -> None:
    failure, error = Failure(), ApplicationError("Ada's form is broken", {"field": "Ada"}, type="invalid_document")

    await data_converter([NEW]).encode_failure(error, failure)

    assert failure.application_failure_info.type == "invalid_document"
    assert b"Ada" not in failure.SerializeToString()
    told = await data_converter([NEW]).decode_failure(failure)
    assert isinstance(told, ApplicationError)
    assert (told.message, told.details) == ("Ada's form is broken", ({"field": "Ada"},))


def keys_of(value: str) -> list[str]:
    return [key.id for key in Settings.model_validate({"payload_keys": value}).encryption]


def test_keys_come_as_a_comma_list_the_first_is_the_one_that_writes() -> None:
    assert keys_of(f"{NEW_TEXT}, {OLD_TEXT}") == ["2026", "2025"]


def test_keys_come_from_a_file_with_one_a_line(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"# since January\n{NEW_TEXT}\n{OLD_TEXT}\n")

    assert keys_of(str(tmp_path / "keys")) == ["2026", "2025"]


@pytest.mark.parametrize(
    "wrong",
    [NEW_TEXT.partition(":")[2], "2026:c2hvcnQ=", f"{NEW_TEXT},{NEW_TEXT}", f"a b:{NEW_TEXT}", "2026:" + "?" * 43],
)
def test_wrong_keys_are_refused_and_not_shown(wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        keys_of(wrong)

    assert wrong.rpartition(":")[2] not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="the file cannot be read: No such file"):
        keys_of(str(tmp_path / "keys"))


def test_an_empty_file_does_not_switch_encryption_off(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("# to come\n")

    with pytest.raises(ValidationError, match="holds no key"):
        keys_of(str(tmp_path / "keys"))


def test_printed_settings_hold_no_key() -> None:
    settings = Settings.model_validate({"payload_keys": f"{NEW_TEXT},{OLD_TEXT}", "codec_token": SecretStr("t" * 20)})

    shown = f"{settings!r} {settings} {settings.model_dump_json()} {settings.encryption!r}"

    assert [secret for secret in (NEW_TEXT, OLD_TEXT[-10:], "nnnn", "tttt") if secret in shown] == []
