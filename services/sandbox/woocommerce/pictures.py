"""Images: fetched by the shop while it is told about them, kept as files of their own."""

import itertools
import re
from typing import Any

from services.sandbox.woocommerce.errors import RestError

Picture = dict[str, Any]
UNREACHABLE = "/kaputt"
"""An address with this in it cannot be fetched."""


class Pictures:
    def __init__(self) -> None:
        self._next = itertools.count(500_001).__next__
        self.files: dict[int, Picture] = {}
        self._names: set[str] = set()

    def seeded(self, address: str) -> Picture:
        """A file that has been there for long."""
        return self._keep(address, address, "", "")

    def given(self, home: str, entry: Picture) -> Picture:
        """A file by its id, or fetched from an address. Raises RestError for an id or address that is none."""
        if entry.get("id"):
            found = self.files.get(entry["id"])
            if found is None:
                message = f"#{entry['id']} is an invalid image ID."
                raise RestError("woocommerce_product_invalid_image_id", message, 400)
            return found | {name: entry[name] for name in ("name", "alt") if name in entry}
        address = str(entry.get("src") or "")
        if not re.match(r"https?://\S+$", address):
            raise RestError("woocommerce_product_image_upload_error", f"Invalid URL {address}.", 400)
        if UNREACHABLE in address:
            message = f"Error getting remote image {address}. Error: Not Found"
            raise RestError("woocommerce_product_image_upload_error", message, 400)
        shown = f"{home}/wp-content/uploads/2026/11/{self._free(address.split('?')[0].rsplit('/', 1)[-1])}"
        return self._keep(address, shown, str(entry.get("name") or ""), str(entry.get("alt") or ""))

    def _free(self, name: str) -> str:
        stem, dot, ending = name.rpartition(".")
        wanted, count = name, 0
        while wanted in self._names:
            count += 1
            wanted = f"{stem or name}-{count}{dot}{ending if dot else ''}"
        self._names.add(wanted)
        return wanted

    def _keep(self, address: str, shown: str, name: str, alt: str) -> Picture:
        id = self._next()
        self.files[id] = {"id": id, "src": shown, "name": name, "alt": alt, "_source": address}
        return self.files[id]


def shown(picture: Picture) -> Picture:
    return {name: value for name, value in picture.items() if name != "_source"}
