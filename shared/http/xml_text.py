"""XML as platforms really send it: read record by record, and without what makes XML dangerous.

No document type declaration is accepted, so there are no entities to expand and no files to fetch. The bytes go to the
parser as they came: their own declaration names the character set (UTF-8, UTF-16, ISO-8859-1, US-ASCII).
"""

from collections.abc import Collection, Iterator
from typing import Any
from xml.parsers import expat

DEEPEST = 50
CHUNK = 65_536


class NotXml(ValueError):
    """The text is no XML that may be read; the message says why, and never quotes it."""


class _Frame:
    """One open element: its text, and its children once there are any."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: list[str] = []
        self.children: list[tuple[str, Any]] | None = None


class _Records:
    def __init__(self, name: str, roots: Collection[str], lists: Collection[str]) -> None:
        self._name, self._roots, self._lists = name, roots, lists
        self._stack: list[_Frame] = []
        self._depth = 0
        self.found: list[dict[str, Any]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._depth and name not in self._roots:
            raise NotXml("another document")
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotXml(f"a document nested more than {DEEPEST} levels deep")
        if self._stack:
            parent = self._stack[-1]
            parent.children = parent.children or []
            parent.children += [(f"{name}@{key}", value) for key, value in attributes.items()]
        elif name != self._name:
            return
        self._stack.append(_Frame(name))

    def text(self, text: str) -> None:
        if self._stack:
            self._stack[-1].text.append(text)

    def end(self, name: str) -> None:
        self._depth -= 1
        if not self._stack:
            return
        value = self._value(self._stack.pop())
        if not self._stack:
            self.found.append(value if isinstance(value, dict) else {})
        else:
            siblings = self._stack[-1].children
            assert siblings is not None
            siblings.append((name, value))

    def _value(self, frame: _Frame) -> Any:
        if frame.name in self._lists:
            return [value for name, value in frame.children or () if "@" not in name]
        if frame.children is None:
            return "".join(frame.text)
        found: dict[str, Any] = {}
        for name, value in frame.children:
            # Twice where a reader expects it once must be seen, not overwritten.
            found[name] = value if name not in found else [*_many(found[name]), value]
        return found


def records(body: bytes, name: str, *, roots: Collection[str], lists: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """The elements called `name`, one by one, of a document whose root is one of `roots`.

    A leaf is its text, letter by letter. An element of `lists` is the list of its children whatever their number,
    any other one a mapping; a child that comes more than once there is a list. An attribute stands beside its element
    as `NAME@attribute`. Raises NotXml, at the latest where the document breaks off.
    """
    reader = _Records(name, roots, lists)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    for start in range(0, len(body) + 1, CHUNK):
        part = body[start : start + CHUNK]
        try:
            parser.Parse(part, len(part) < CHUNK)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise NotXml(_looks_like(body, error)) from None
        found, reader.found = reader.found, []
        yield from found


def _no_doctype(*_: Any) -> None:
    raise NotXml("a document type declaration")


def _looks_like(body: bytes, error: Exception) -> str:
    if isinstance(error, NotXml):
        return str(error)
    if not body.strip():
        return "an empty answer"
    return "half an answer or broken XML" if body.lstrip().startswith((b"<", b"\xef\xbb\xbf<")) else "no XML"


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
