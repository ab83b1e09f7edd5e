"""Files of the shop: the shop itself fetches them from an address, and each name is taken once."""

from typing import Any
from urllib.parse import urlsplit

from services.sandbox.shopware6.errors import ApiError, not_found
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.tokens import Integration
from services.sandbox.shopware6.writes import privileged

KINDS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
UNREACHABLE = ".invalid"
"""No host has such a name."""


def upload(store: Store, caller: Integration, id: str, names: dict[str, str], given: Any) -> None:
    """The file of a medium; one that is there is replaced."""
    privileged(caller, "media:update")
    row = store.library.all("media").get(id)
    if row is None:
        raise not_found("media", id)
    extension, name = names.get("extension", "").lower(), names.get("fileName", "")
    if not extension:
        raise ApiError(400, "CONTENT__MEDIA_MISSING_FILE_EXTENSION", "No file extension provided.")
    if extension not in KINDS:
        raise ApiError(
            400, "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED", f"The file extension {extension} is not supported."
        )
    url = str(given.get("url", ""))
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ApiError(400, "CONTENT__MEDIA_INVALID_URL", f"Provided URL is invalid: {url}")
    if str(urlsplit(url).hostname).endswith(UNREACHABLE):
        raise ApiError(400, "CONTENT__MEDIA_CANNOT_OPEN_SOURCE_STREAM_TO_READ", f"Cannot open source stream {url}")
    for other in store.library.all("media").values():
        if other["id"] != id and (other["fileName"], other["fileExtension"]) == (name, extension):
            detail = f'A file with the name "{name}.{extension}" already exists.'
            raise ApiError(500, "CONTENT__MEDIA_DUPLICATED_FILE_NAME", detail, fileName=name, fileExtension=extension)
    store.library.sources[id] = url
    store.library.put(
        "media", id, fileName=name, fileExtension=extension, mimeType=KINDS[extension], hasFile=True,
        url=f"https://sandbox.test/media/{id[:2]}/{name}.{extension}",
    )  # fmt: skip
