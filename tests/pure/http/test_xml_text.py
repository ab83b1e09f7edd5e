"""XML is read record by record, in its own character set, and nothing dangerous is followed."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from shared.contracts.errors import Transient, Unknown
from shared.http.reply import Reply
from shared.http.xml_text import CHUNK, NotXml, records

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read(body: bytes | str, *, lists: tuple[str, ...] = ("ITEMS",)) -> list[dict[str, Any]]:
    text = body if isinstance(body, bytes) else body.encode()
    return list(records(text, "ORDER", roots=("LIST", "ORDER"), lists=lists))


def test_one_record_and_several_have_the_same_shape() -> None:
    assert read("<LIST><ORDER><ID>1</ID></ORDER></LIST>") == [{"ID": "1"}]
    assert read("<LIST><ORDER><ID>1</ID></ORDER>\n <ORDER><ID>2</ID></ORDER></LIST>") == [{"ID": "1"}, {"ID": "2"}]
    assert read("<ORDER><ID>1</ID></ORDER>") == [{"ID": "1"}]
    assert read("<LIST/>") == []


def test_a_list_is_a_list_whatever_the_number_of_its_children() -> None:
    for items in ([], ["a"], ["a", "b"]):
        inner = "".join(f"<ITEM><SKU>{sku}</SKU></ITEM>" for sku in items)
        assert read(f"<LIST><ORDER><ITEMS>{inner}</ITEMS></ORDER></LIST>") == [
            {"ITEMS": [{"SKU": sku} for sku in items]}
        ]


def test_what_comes_twice_where_one_is_expected_is_not_overwritten() -> None:
    assert read("<ORDER><STOCK>5</STOCK><STOCK>10</STOCK><STOCK>1</STOCK></ORDER>") == [{"STOCK": ["5", "10", "1"]}]


def test_text_arrives_letter_by_letter_and_attributes_beside_it() -> None:
    found = read('<ORDER xmlns:x="urn:x"><SKU> 007 </SKU><PRICE currency="CHF">9.95</PRICE><EMPTY></EMPTY></ORDER>')
    assert found == [{"SKU": " 007 ", "PRICE": "9.95", "PRICE@currency": "CHF", "EMPTY": ""}]
    assert read("<ORDER><NOTE>a &amp; b &lt;c&gt; &#127873;<![CDATA[<d>]]></NOTE></ORDER>") == [
        {"NOTE": "a & b <c> 🎁<d>"}
    ]


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_the_documents_own_declaration_names_its_letters(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><ORDER><CITY>Köln, Straße</CITY></ORDER>'
    assert read(text.encode(encoding)) == [{"CITY": "Köln, Straße"}]


def test_a_byte_order_mark_and_comments_are_no_harm() -> None:
    assert read(b"\xef\xbb\xbf<!-- a --><ORDER><!-- b --><ID>1</ID></ORDER>") == [{"ID": "1"}]


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE ORDER [<!ENTITY a "b">]><ORDER><ID>&a;</ID></ORDER>',
        '<!DOCTYPE ORDER SYSTEM "file:///etc/passwd"><ORDER><ID>1</ID></ORDER>',
        '<!DOCTYPE ORDER [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><ORDER><ID>1</ID></ORDER>',
        '<!DOCTYPE ORDER [<!ENTITY a SYSTEM "file:///etc/passwd">]><ORDER><ID>&a;</ID></ORDER>',
        "<!DOCTYPE html><html><title>Wartung</title></html>",
    ],
)
def test_a_document_type_is_refused_before_anything_of_it_is_used(body: str) -> None:
    with pytest.raises(NotXml, match="document type"):
        read(body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("<ORDER><ID>1</ID>", "half"),
        ("<ORDER><ID>1</ORDER>", "broken"),
        ("<ORDER>&unknown;</ORDER>", "broken"),
        ("Fatal error: no memory", "no XML"),
        ("<html><body>Wartung</body></html>", "another document"),
        ("<?xml version='1.0' encoding='klingon'?><ORDER/>", "broken"),
        ("<ORDER>" + "<A>" * 100 + "</A>" * 100 + "</ORDER>", "deep"),
        (b"<ORDER><CITY>K\xf6ln</CITY></ORDER>", "broken"),
        ("<ORDER><NOTE>\x07</NOTE></ORDER>", "broken"),
    ],
)
def test_anything_else_is_named_for_what_it_is(body: str | bytes, why: str) -> None:
    with pytest.raises(NotXml, match=why):
        read(body)


def test_records_before_the_place_where_an_answer_breaks_off_were_whole() -> None:
    one = f"<ORDER><NOTE>{'x' * CHUNK}</NOTE></ORDER>"
    found: list[dict[str, Any]] = []
    with pytest.raises(NotXml):
        found.extend(records(f"<LIST>{one}{one}{one}<ORDER>".encode(), "ORDER", roots=("LIST",)))
    assert [len(record["NOTE"]) for record in found] == [CHUNK, CHUNK]


@pytest.mark.parametrize("length", [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_document_of_any_length_is_read_to_its_end(length: int) -> None:
    frame = "<LIST><ORDER><NOTE></NOTE></ORDER></LIST>"
    text = frame.replace("><NOTE>", "><NOTE>" + "x" * (length - len(frame)))
    assert len(text) == length
    assert len(read(text)[0]["NOTE"]) == length - len(frame)


def test_a_lost_answer_to_a_write_is_unknown_and_to_a_read_is_asked_for_again() -> None:
    def reply(*, repeatable: bool) -> Reply:
        return Reply(200, httpx2.Headers(), b"<html>", NOW, NOW, repeatable)

    with pytest.raises(Transient) as caught:
        list(reply(repeatable=True).xml("ORDER", roots=("LIST",)))
    assert caught.value.code == "not_xml"
    with pytest.raises(Unknown):
        list(reply(repeatable=False).xml("ORDER", roots=("LIST",)))
