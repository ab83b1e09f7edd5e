"""XML as TB.One takes it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape, quoteattr

PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>'
CENT = Decimal("0.01")
# Control characters, which XML cannot carry, not even escaped.
UNWRITABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

Row = list[tuple[str, str]]
"""The fields of one record, in the order of the schema."""


def leaf(tag: str, value: str, **attributes: str) -> str:
    return f"<{tag}{_said(attributes)}>{escape(plain(value))}</{tag}>"


def node(tag: str, inside: Iterable[str], **attributes: str) -> str:
    """An element with others inside; nothing where there are none."""
    inner = "".join(inside)
    return f"<{tag}{_said(attributes)}>{inner}</{tag}>" if inner else ""


def file(root: str, name: str, rows: Sequence[Row]) -> bytes:
    records = "".join(node(name, (leaf(tag, value) for tag, value in row)) for row in rows)
    return f"{PROLOGUE}<{root}>{records}</{root}>".encode()


def catalogue(products: Iterable[str]) -> bytes:
    """A file in the format TB.Cat. What is not named in it stays as it is."""
    return f'{PROLOGUE}<TBCATALOG version="1.4"><PRODUCTDATA>{"".join(products)}</PRODUCTDATA></TBCATALOG>'.encode()


def plain(value: str) -> str:
    return UNWRITABLE.sub("", value)


def money(amount: Decimal, includes_tax: bool, tax_rate: Decimal) -> str:
    """Gross, two decimals and a dot, whatever the currency."""
    factor = 1 if includes_tax else 1 + tax_rate / 100
    return f"{(amount * factor).quantize(CENT, ROUND_HALF_UP):f}"


def _said(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name.replace('__', ':')}={quoteattr(plain(value))}" for name, value in attributes.items())
