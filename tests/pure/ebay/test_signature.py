"""The digital signature, against eBay's own published example with the test key of RFC 9421."""

import pytest

from services.connectors.ebay.client.signature import private_key, signed
from shared.contracts.errors import Misconfigured

# RFC 9421, B.1.4 (test-key-ed25519), and the jwe that eBay made of its public half.
LINE = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"
JWE = (
    "eyJ6aXAiOiJERUYiLCJlbmMiOiJBMjU2R0NNIiwidGFnIjoiSGdLcjNSSWFlZll0Mkd4blBUUTEwUSIsImFsZyI6IkEyNTZHQ01LVyIsIml2IjoiQTVOQX"
    "FYUXlITkNIT01GVSJ9.z3JcS0vvxrYboqpySAq_Znww-3V6AllxmJP5JEMkuLY.K1f4MVMEc8ylbfSS.fASwJyMCk2tXZsNWk13IcuVgSWTOcynSdAoJrK4"
    "WApZANlxAP9J0qr0Jz_4aFldFDSZ5tfuxLGqzJmWU7CiZWwNjk2XoVy8q5ogMrFNFwFXP4SrX1XORhNLZPTyS5DEqLDPYn2NX944xendEwfcxxXsTSeNCUn"
    "mSyfitiscUC04GYOfn0UWQ2buSWx7Yod0IR2GtTGUsM9o3J-riuNDKhw.rRsWM1Sl_2stTnZLJkWVmQ"
)
ADDRESS, BODY = "http://localhost:8080/verifysignature", b'{"hello": "world"}'


def test_the_published_example_is_signed_as_it_is_published() -> None:
    found = signed(JWE, private_key(LINE), "POST", ADDRESS, BODY, 1659651955)
    covered = '("content-digest" "x-ebay-signature-key" "@method" "@path" "@authority")'
    assert found == {
        "x-ebay-signature-key": JWE,
        "content-digest": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "signature-input": f"sig1={covered};created=1659651955",
        "signature": "sig1=:uunxYrXKC8KaoupD5D1DKdmQmrOhz6b4Xbhb3o9d4x4xFIpg++XzEZztOyeOI59rMMjM3NIcFgxBH0c1ckpfBw==:",
    }


def test_a_call_without_a_body_has_no_digest_and_a_query_is_never_signed() -> None:
    key = private_key(LINE)
    bare = signed(JWE, key, "GET", ADDRESS, b"", 1)
    assert "content-digest" not in bare
    assert "content-digest" not in bare["signature-input"]
    assert signed(JWE, key, "GET", f"{ADDRESS}?limit=1", b"", 1) == bare


@pytest.mark.parametrize(
    "written",
    [
        LINE,
        f"-----BEGIN PRIVATE KEY-----\n{LINE}\n-----END PRIVATE KEY-----\n",
        f"-----BEGIN PRIVATE KEY-----\\n{LINE}\\n-----END PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY----- {LINE[:32]} {LINE[32:]} -----END PRIVATE KEY-----",
    ],
)
def test_the_private_key_is_read_however_it_was_copied(written: str) -> None:
    assert signed(JWE, private_key(written), "GET", ADDRESS, b"", 1) == signed(
        JWE, private_key(LINE), "GET", ADDRESS, b"", 1
    )


@pytest.mark.parametrize("written", ["", "no key", LINE[:-4], "AAAA"])
def test_what_is_no_key_is_the_merchants_to_mend_and_is_never_shown(written: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        private_key(written)
    assert caught.value.field == "signing_private_key"
    assert not written or written not in str(caught.value)
