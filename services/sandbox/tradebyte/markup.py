"""XML as the account writes and reads it."""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from fastapi import Request, Response

Value = str | int | None
MEDIA_TYPE = "application/xml"


class Refusal(Exception):
    """A call that is refused, with its status and a text that can be read."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def add(parent: Element, tag: str, value: Value, **attributes: str) -> None:
    """One leaf; None writes nothing, "" an empty element."""
    if value is not None:
        SubElement(parent, tag, attributes).text = str(value)


def add_all(parent: Element, values: Mapping[str, Value] | Iterable[tuple[str, Value]]) -> None:
    for tag, value in values.items() if isinstance(values, Mapping) else values:
        add(parent, tag, value)


def document(root: Element, encoding: str = "UTF-8") -> Response:
    """The answer; letters that the encoding lacks become character references."""
    return Response(tostring(root, encoding=encoding, xml_declaration=True), media_type=MEDIA_TYPE)


def said(text: str, status: int = 200, tag: str = "state") -> Response:
    root = Element("tradebyte")
    add(root, tag, text)
    return Response(tostring(root, encoding="UTF-8", xml_declaration=True), status, media_type=MEDIA_TYPE)


async def received(request: Request, root: str) -> Element:
    """The document of a call. Raises Refusal for what is no XML, or not this document."""
    if not request.headers.get("content-type", "").startswith((MEDIA_TYPE, "text/xml")):
        raise Refusal(415, "Content-Type must be application/xml")
    try:
        found = fromstring(await request.body())  # noqa: S314 - only the tests' own clients send here
    except ParseError as error:
        raise Refusal(400, f"The XML is not well-formed: {error}") from None
    if found.tag != root:
        raise Refusal(400, f"The XML does not validate: {found.tag} where {root} is expected")
    return found
