"""Files of a shop: no address leads inside, no name leads out of its folder, and no password shows."""

from collections.abc import AsyncIterator

import pytest

from services.sandbox.faults import Faults
from services.sandbox.sftp import FileServer
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.http.guard import Guard
from shared.http.limits import Bucket, Limit
from shared.http.redaction import Exchange
from shared.http.sftp import Server, SftpClient

SECRET = "a-secret-of-the-files"


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    opened = FileServer("anna", SECRET, Faults(), lambda folder: None)
    (opened.folder / "in").mkdir()
    await opened.start()
    yield opened
    await opened.stop()


def client(server: FileServer, guard: Guard | None = None, **more: object) -> SftpClient:
    to = Server("127.0.0.1", server.port, "anna", SECRET, server.fingerprint)
    guard = guard or Guard(allow={f"127.0.0.1:{server.port}"})
    return SftpClient(to, bucket=Bucket(Limit(rate=100, burst=100)), guard=guard, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["../out.xml", "a/b.xml", "..", ".", "", "a\\b", "a\nb", "a\0b", "x" * 256])
async def test_no_name_leads_out_of_its_folder(server: FileServer, name: str) -> None:
    files = client(server)
    for call in (files.read("in", name), files.write("in", name, b"", field="f"), files.move("in", name, "done")):
        with pytest.raises(Rejected):
            await call
    assert [one.name for one in server.folder.iterdir()] == ["in"]


async def test_a_name_that_resolves_into_our_own_network_is_not_called(server: FileServer) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    to = Server("files.example", server.port, "anna", SECRET, server.fingerprint)
    files = SftpClient(to, bucket=Bucket(Limit(rate=9, burst=9)), guard=Guard(resolve=resolve))
    with pytest.raises(Misconfigured) as caught:
        await files.list("in", field="folder")
    assert (caught.value.code, caught.value.field) == ("address_forbidden", "sftp_host")
    assert server.logins == 0


async def test_a_file_that_has_the_name_already_stays(server: FileServer) -> None:
    files = client(server)
    await files.write("in", "a.xml", b"first", field="f")
    with pytest.raises(Rejected):
        await files.write("in", "a.xml", b"second", field="f")
    assert (server.folder / "in" / "a.xml").read_bytes() == b"first"


async def test_what_is_told_of_a_call_holds_no_password_and_no_call_begins_after_the_lease(server: FileServer) -> None:
    seen: list[Exchange] = []
    files = client(server, observe=lambda tell: seen.append(tell()))
    await files.write("in", "a.xml", f"<a><password>{SECRET}</password></a>".encode(), field="f")
    assert [(one.method, one.error_code) for one in seen] == [("PUT", "")]
    assert SECRET not in repr(seen)
    late = client(server, deadline=lambda: 1.0)
    with pytest.raises(Transient) as caught:
        await late.list("in", field="f")
    assert caught.value.code == "lease_too_short"


async def test_a_file_that_is_gone_is_gone_and_taking_it_away_twice_is_harmless(server: FileServer) -> None:
    files = client(server)
    assert await files.read("in", "a.xml") is None
    await files.write("in", "a.xml", b"1", field="f")
    assert [await files.remove("in", "a.xml") for _ in range(2)] == [True, False]
    await files.move("in", "a.xml", "done")


async def test_a_file_beyond_what_is_read_is_refused(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.http.sftp.LARGEST_FILE", 10)
    (server.folder / "in" / "a.xml").write_bytes(b"12345678901")
    with pytest.raises(Rejected) as caught:
        await client(server).read("in", "a.xml")
    assert caught.value.code == "file_too_large"
