"""Connections go to the address that was judged, and nowhere else."""

import datetime
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.contracts.errors import Misconfigured, Transient
from shared.http import Guard
from tests.wired.http.servers import listening
from tests.wired.http.shop import client_of

pytestmark = pytest.mark.usefixtures("no_waiting")
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Names:
    """A name server that gives these answers one after the other, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)


@pytest.mark.parametrize("private", ["127.0.0.1", "::ffff:127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "fd00::1"])
async def test_a_public_name_that_leads_into_our_network_is_never_connected(private: str) -> None:
    async with listening(FINE) as inner:
        guard = Guard(resolve=Names([private]))
        async with client_of(None, base=f"https://evil.example:{inner.port}", guard=guard) as client:
            with pytest.raises(Misconfigured) as failure:
                await client.request("GET", "/latest/meta-data")
        assert inner.connections == 0
    assert (failure.value.code, failure.value.field) == ("address_forbidden", "url")
    assert private not in str(failure.value)


async def test_a_name_that_changes_its_mind_after_the_check_gains_nothing() -> None:
    async with listening(FINE) as inner:
        guard = Guard(resolve=Names(["93.184.216.34"], ["127.0.0.1"]))
        base = f"https://evil.example:{inner.port}"
        guard.check_url(base)
        assert await guard.addresses("evil.example", inner.port) == ["93.184.216.34"]
        async with client_of(None, base=base, guard=guard) as client:
            with pytest.raises(Misconfigured):
                await client.request("GET", "/")
        assert inner.connections == 0


async def test_one_connection_asks_for_the_name_once_and_goes_to_that_answer() -> None:
    async with listening(FINE) as shop:
        # The second answer would lead to a port where nobody listens; it is never asked for.
        names = Names(["127.0.0.1"], ["127.0.0.99"])
        guard = Guard({"shop.invalid"}, resolve=names)
        async with client_of(None, base=f"http://shop.invalid:{shop.port}", guard=guard) as client:
            assert (await client.request("GET", "/")).status == 200
    assert names.asked == [("shop.invalid", shop.port)]
    assert f"host: shop.invalid:{shop.port}" in shop.heard.decode().lower()


async def test_a_dead_address_of_a_shop_is_passed_over_for_a_living_one() -> None:
    async with listening(FINE) as shop:
        guard = Guard({"shop.invalid"}, resolve=Names(["127.0.0.2", "127.0.0.1"]))
        async with client_of(None, base=f"http://shop.invalid:{shop.port}", guard=guard) as client:
            assert (await client.request("POST", "/")).status == 200
        assert shop.connections == 1


async def test_a_name_nobody_knows_is_unreachable() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    for resolve in (nobody, Names([])):
        async with client_of(None, base="https://gone.example", guard=Guard(resolve=resolve), attempts=1) as client:
            with pytest.raises(Transient) as failure:
                await client.request("POST", "/")
        assert failure.value.code == "unreachable"


async def test_the_systems_own_resolver_is_asked_for_an_allowed_host() -> None:
    async with listening(FINE) as shop:
        guard = Guard({"localhost"})
        async with client_of(None, base=f"http://localhost:{shop.port}", guard=guard) as client:
            assert (await client.request("GET", "/")).status == 200


class Authority:
    """A certificate for shop.invalid that signs itself."""

    def __init__(self, folder: Path, *, name: str = "shop.invalid", days: int = 1) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - datetime.timedelta(days=30))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / "shop.pem"
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + pem
        )
        self.names_asked: list[str | None] = []
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(path)
        self.server.sni_callback = lambda _socket, asked, _context: self.names_asked.append(asked)
        self.trusting = ssl.create_default_context(cadata=pem.decode())


async def test_encryption_is_checked_against_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with listening(FINE, tls=authority.server) as shop:
        guard = Guard({"shop.invalid"}, resolve=Names(["127.0.0.1"]), tls=authority.trusting)
        async with client_of(None, base=f"https://shop.invalid:{shop.port}", guard=guard) as client:
            assert (await client.request("GET", "/")).status == 200
    assert authority.names_asked == ["shop.invalid"]
    assert b"shop.invalid" in shop.heard


@pytest.mark.parametrize(
    ("name", "days", "trusted"), [("other.invalid", 1, True), ("shop.invalid", -1, True), ("shop.invalid", 1, False)]
)
async def test_a_wrong_expired_or_unknown_certificate_stops_the_call(
    tmp_path: Path, name: str, days: int, trusted: bool
) -> None:
    authority = Authority(tmp_path, name=name, days=days)
    async with listening(FINE, tls=authority.server) as shop:
        guard = Guard({"shop.invalid"}, resolve=Names(["127.0.0.1"]), tls=authority.trusting if trusted else None)
        async with client_of(None, base=f"https://shop.invalid:{shop.port}", guard=guard) as client:
            with pytest.raises(Misconfigured) as failure:
                await client.request("POST", "/", headers={"Authorization": "Bearer canary"})
        assert shop.heard == b""
    assert (failure.value.code, failure.value.field) == ("certificate_refused", "url")


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(FINE) as shop, listening(FINE) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.address}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client_of(None, base=f"http://{shop.address}", guard=Guard({shop.address})) as client:
            await client.request("GET", "/")
        assert (shop.connections, proxy.connections) == (1, 0)
