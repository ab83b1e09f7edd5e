import pytest

from shared.contracts.errors import Misconfigured
from shared.http.guard import Guard

FORBIDDEN = [
    "127.0.0.1",
    "127.255.0.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[64:ff9b::10.0.0.1]",
    "[::127.0.0.1]",
    "localhost",
    "localhost.",
    "shop.localhost",
    "metadata.google.internal",
    "printer.local",
    "127.0.0.1.",
]


@pytest.mark.parametrize("host", FORBIDDEN)
def test_an_address_inside_a_private_network_is_refused(host: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        Guard().check_url(f"https://{host}/wp-json")
    assert refusal.value.field == "url"
    assert refusal.value.code in ("address_forbidden", "address_invalid")


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://shop.example.0x1/",
        "https://１２７.0.0.1/",
        "file:///etc/passwd",
        "gopher://example.com:70/",
        "ftp://example.com/",
        "//example.com/",
        "example.com",
        "",
        "https://",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://example.com\n/",
        "https://key:secret@example.com/",
        "https://example.com\\@10.0.0.1/",
    ],
)
def test_an_address_that_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        Guard().check_url(url)
    assert (refusal.value.code, refusal.value.field) == ("address_invalid", "url")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/shop/",
        "https://example.com:8443",
        "https://müller.example/",
        "https://my_shop.example.com/",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://localhost.example.com/",
        "https://4sale.example.com/",
        "https://[64:ff9b::93.184.216.34]/",
    ],
)
def test_a_public_https_address_is_fine(url: str) -> None:
    Guard().check_url(url)


def test_an_address_without_encryption_is_refused_with_what_to_do() -> None:
    with pytest.raises(Misconfigured, match="https://") as refusal:
        Guard().check_url("http://www.example.com/")
    assert refusal.value.code == "https_required"


def test_the_operator_may_allow_a_host_or_one_port_of_it() -> None:
    guard = Guard(allow=frozenset({"sandbox", "127.0.0.1:9000", "[::1]:9000", "Plain.Example.com"}))
    for url in (
        "http://sandbox:1234/woo",
        "http://127.0.0.1:9000/",
        "http://[::1]:9000/",
        "http://plain.example.com/",
    ):
        guard.check_url(url)
    for url in ("http://127.0.0.1:9001/", "https://127.0.0.1/", "http://sandbox.example.com/", "file://sandbox/x"):
        with pytest.raises(Misconfigured):
            guard.check_url(url)


def guard_with(answers: list[str], allow: frozenset[str] = frozenset()) -> Guard:
    async def resolve(host: str, port: int) -> list[str]:
        return answers

    return Guard(allow, resolve=resolve)


async def test_a_name_with_one_private_address_among_its_answers_is_refused() -> None:
    with pytest.raises(Misconfigured) as refusal:
        await guard_with(["93.184.216.34", "10.0.0.7"]).addresses("shop.example", 443)
    assert refusal.value.code == "address_forbidden"
    assert "10.0.0.7" not in str(refusal.value), "our inner network is nobody's business"


async def test_a_public_name_and_an_allowed_one_are_resolved() -> None:
    assert await guard_with(["93.184.216.34"]).addresses("shop.example", 443) == ["93.184.216.34"]
    allowed = guard_with(["172.18.0.5"], frozenset({"sandbox:8000"}))
    assert await allowed.addresses("sandbox", 8000) == ["172.18.0.5"]
    with pytest.raises(Misconfigured):
        await allowed.addresses("sandbox", 5432)
