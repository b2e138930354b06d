"""The object store: what comes back is what was stored, or a typed error."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_edits.contracts import new_edit_id, new_file_id
from durable_edits.errors import BlobMissing, BlobsUnavailable
from durable_edits.storage.blobs import Blobs, edit_folder, file_folder

ROOT = Path(__file__).parents[2]
HOSTILE = [
    "../../outside",
    "/etc/passwd",
    "a/../../b",
    "..",
    "",
    "a\0b",
    "C:\\x",
    "edt_../../../x",
    "edt_" + "0" * 26 + "/../../../../x",
    "ü" * 300,
    "\ud800",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "with space" / "blobs"


@pytest.fixture
def blobs(root: Path) -> Blobs:
    return Blobs(root.as_uri())


def everything_below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", bytes(range(256)) * 4096], ids=len)
async def test_what_is_put_is_what_is_got(blobs: Blobs, data: bytes) -> None:
    ref = await blobs.put("edits/x", "filled.pdf", data)

    assert (await blobs.get(ref), ref.size) == (data, len(data))


@pytest.mark.skipif(sys.platform != "linux", reason="open files are named by /proc")
async def test_what_is_put_is_on_the_disk_with_its_name_before_it_is_said_to_be(
    blobs: Blobs, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed, flush = set[Path](), os.fsync

    def noted(handle: int) -> None:
        flush(handle)
        flushed.add(Path(f"/proc/self/fd/{handle}").readlink())

    monkeypatch.setattr(os, "fsync", noted)

    ref = await blobs.put("edits/x", "filled.pdf", b"%PDF-1.7")

    assert flushed == {root / ref.key, (root / ref.key).parent}


async def test_a_directory_with_a_space_in_its_name_holds_them(blobs: Blobs, root: Path) -> None:
    ref = await blobs.put("edits/x", "plan.json", b"{}")

    assert (root / ref.key).read_bytes() == b"{}"


async def test_the_same_data_twice_is_the_same_object(blobs: Blobs) -> None:
    first, second = [await blobs.put("edits/x", "plan.json", b"{}") for _ in range(2)]

    assert (first, await blobs.keys()) == (second, [second.key])


async def test_other_data_under_the_same_name_is_another_object(blobs: Blobs) -> None:
    first = await blobs.put("edits/x", "plan.json", b"1")
    await blobs.put("edits/x", "plan.json", b"2")

    assert await blobs.get(first) == b"1"


async def test_two_writers_of_the_same_data_both_succeed(blobs: Blobs) -> None:
    refs = await asyncio.gather(*(blobs.put("edits/x", "plan.json", b"{}" * 10_000) for _ in range(20)))

    assert await blobs.get(refs[0]) == b"{}" * 10_000


async def test_what_is_gone_is_missing(blobs: Blobs) -> None:
    ref = await blobs.put("edits/x", "plan.json", b"{}")
    await blobs.delete(ref)

    with pytest.raises(BlobMissing, match="send the edit again"):
        await blobs.get(ref)


@pytest.mark.parametrize("tampered", [b"[]", b"", b"{}{}"], ids=["same size", "emptied", "longer"])
async def test_what_was_changed_is_not_handed_out(blobs: Blobs, root: Path, tampered: bytes) -> None:
    ref = await blobs.put("edits/x", "plan.json", b"{}")
    (root / ref.key).write_bytes(tampered)

    with pytest.raises(BlobMissing, match="not what was stored"):
        await blobs.get(ref)


async def test_removing_what_is_gone_is_no_error(blobs: Blobs) -> None:
    ref = await blobs.put("edits/x", "plan.json", b"{}")

    await blobs.delete(ref, ref)

    assert await blobs.keys() == []


async def test_a_folder_goes_as_a_whole_and_alone(blobs: Blobs) -> None:
    kept = await blobs.put("edits/xy", "plan.json", b"{}")
    for name in ("plan.json", "filled.pdf", "result.json"):
        await blobs.put("edits/x", name, name.encode())

    await blobs.delete_folder("edits/x")

    assert await blobs.keys() == [kept.key]


async def test_removing_a_folder_that_is_not_there_is_no_error(blobs: Blobs) -> None:
    await blobs.delete_folder("edits/none")

    assert await blobs.keys() == []


async def test_what_a_killed_writer_left_unfinished_goes_with_its_folder(blobs: Blobs, root: Path) -> None:
    writer = """
import asyncio, resource, signal, sys
from durable_edits.storage.blobs import Blobs
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # the kernel kills who writes beyond the limit
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
asyncio.run(Blobs(sys.argv[1]).put("edits/a", "filled.pdf", bytes(4_000_000)))
"""
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", writer, root.as_uri()], cwd=ROOT)
    assert (killed.returncode, len(list((root / "edits" / "a").iterdir()))) == (-signal.SIGXFSZ, 1)

    await blobs.delete_folder("edits/a")

    assert not (root / "edits" / "a").exists()


async def test_an_empty_folder_does_not_stay_behind(blobs: Blobs, root: Path) -> None:
    await blobs.put("edits/x", "plan.json", b"{}")

    await blobs.delete_folder("edits/x")

    assert everything_below(root) == []


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
async def test_a_hostile_id_stays_inside_the_root(blobs: Blobs, root: Path, name: str) -> None:
    for folder in (edit_folder(name), file_folder(name)):
        await blobs.put(folder, "plan.json", b"{}")

    outside = [path for path in everything_below(root.parent) if path.is_file() and not path.is_relative_to(root)]
    assert (outside, len(await blobs.keys())) == ([], 2)


@given(st.text(max_size=50), st.text(max_size=50))
def test_two_ids_never_share_a_folder(one: str, other: str) -> None:
    assert (edit_folder(one) == edit_folder(other)) is (one == other)


def test_our_own_ids_are_readable_in_the_store() -> None:
    edit_id, file_id = new_edit_id(), new_file_id()

    assert (edit_folder(edit_id), file_folder(file_id)) == (f"edits/{edit_id}", f"files/{file_id}")


async def test_a_store_that_answers_is_ready(blobs: Blobs) -> None:
    await blobs.ping()


async def test_a_bucket_nobody_serves_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")

    with pytest.raises(BlobsUnavailable, match="check EDITS_BLOBS_URL"):
        await Blobs("s3://bucket/edits").ping()
