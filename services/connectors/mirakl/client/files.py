"""Files that Mirakl takes: where they go, how often, and how a form is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# Seconds between two calls of a kind as published, and one for the time that a call is under way.
MINUTE, RETURNS, QUARTER, HOUR = 61.0, 301.0, 901.0, 3601.0
FileKind = Literal["stock", "price"]
BOUNDARY = "kontor-7f3c1d9a52e84b60"


@dataclass(frozen=True)
class Files:
    """A kind of file for many offers: where it goes, the operations that send it, look at it and fetch its report, and
    the seconds between two looks."""

    path: str
    send: str
    look: str
    report: str
    pause: float


FILES: dict[FileKind, Files] = {
    "stock": Files("offers/stock/imports", "STO01", "STO02", "STO03", 16.0),
    "price": Files("offers/pricing/imports", "PRI01", "PRI02", "PRI03", MINUTE),
}


def form(parts: Sequence[tuple[str, str, str, bytes]]) -> tuple[bytes, dict[str, str]]:
    """Parts of a form (name, further parameters, media type, content) as a body and its header."""
    head = '--{}\r\nContent-Disposition: form-data; name="{}"{}\r\nContent-Type: {}\r\n\r\n'
    body = b"".join(
        head.format(BOUNDARY, name, more, media).encode() + content + b"\r\n" for name, more, media, content in parts
    )
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return body + f"--{BOUNDARY}--\r\n".encode(), kind
