"""Documents of orders: records with a type, and a file that is uploaded once."""

from typing import Any

from services.sandbox.merchant import SentDocument
from services.sandbox.shopware6.criteria import HEX_ID
from services.sandbox.shopware6.errors import ApiError, Violations, blank, not_found, wrong_type
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.tokens import Integration
from services.sandbox.shopware6.values import LIVE_VERSION, hexid
from services.sandbox.shopware6.writes import privileged

REQUIRED = ("orderId", "documentTypeId", "config", "deepLinkCode")


def create(store: Store, caller: Integration, given: dict[str, Any]) -> str:
    """A record without a file. An id that is there already is a server error, for ever; so is one of a draft."""
    privileged(caller, "document:create")
    required = (*REQUIRED, "fileType") if store.before_6_7 else REQUIRED
    wrong = [blank(f"/0/{name}") for name in required if not given.get(name)]
    id = str(given.get("id") or hexid("document", len(store.documents)))
    if not HEX_ID.fullmatch(id):
        wrong.append(wrong_type("/0/id", "uuid"))
    if wrong:
        raise Violations(wrong)
    if id in store.documents:
        raise ApiError(
            500, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", 'Expected command for "document" to be "InsertCommand".',
            definition="document",
        )  # fmt: skip
    if given["orderId"] not in store.orders or given.get("orderVersionId") != LIVE_VERSION:
        raise ApiError(500, "FRAMEWORK__FOREIGN_KEY_CONSTRAINT", "Cannot add or update a child row: order_id")
    if given["documentTypeId"] not in {row["id"] for row in store.rows("document_type", inherit=False)}:
        raise ApiError(500, "FRAMEWORK__FOREIGN_KEY_CONSTRAINT", "Cannot add or update a child row: document_type_id")
    store.documents[id] = {
        "id": id, "sent": False, "static": False, "documentMediaFileId": None, "createdAt": store.now(),
        "updatedAt": None, "customFields": None, **{k: v for k, v in given.items() if k != "id"},
    }  # fmt: skip
    return id


def upload(store: Store, caller: Integration, id: str, names: dict[str, str], content: bytes) -> dict[str, Any]:
    """The file, once; its name must be free in the whole shop."""
    privileged(caller, "document:update")
    row = _row(store, id)
    if row["documentMediaFileId"]:
        raise ApiError(400, "DOCUMENT__GENERATION_ERROR", "Unable to generate document. Document already exists")
    if not row["static"]:
        raise ApiError(
            400, "DOCUMENT__GENERATION_ERROR", "Unable to generate document. This document is dynamically generated"
        )
    if not names.get("fileName") or names.get("extension") != "pdf":
        raise ApiError(400, "DOCUMENT__GENERATION_ERROR", 'Parameter "fileName" is missing')
    if not content:
        raise ApiError(400, "CONTENT__MEDIA_EMPTY_FILE", "The file is empty")
    if names["fileName"] in store.files:
        detail = f'A file with the name "{names["fileName"]}.pdf" already exists.'
        raise ApiError(500, "CONTENT__MEDIA_DUPLICATED_FILE_NAME", detail, fileName=names["fileName"])
    store.files[names["fileName"]] = content
    row |= {
        "documentMediaFileId": hexid("media", names["fileName"]),
        "file": names["fileName"],
        "updatedAt": store.now(),
    }
    return {"documentId": id, "documentMediaId": row["documentMediaFileId"], "documentDeepLink": row["deepLinkCode"]}


def patch(store: Store, caller: Integration, id: str, given: dict[str, Any]) -> None:
    privileged(caller, "document:update")
    if not isinstance(given.get("sent", False), bool):
        raise Violations([wrong_type("/0/sent", "bool")])
    _row(store, id).update(given | {"updatedAt": store.now()})


def sent(store: Store) -> list[SentDocument]:
    """What customers and staff can open."""
    types = {row["id"]: row["technicalName"] for row in store.rows("document_type", inherit=False)}
    return [
        SentDocument(
            row["orderId"], types[row["documentTypeId"]], f"{row['file']}.pdf", store.files[row["file"]],
            row["config"]["documentNumber"], row["sent"],
        )
        for row in store.documents.values()
        if row["documentMediaFileId"]
    ]  # fmt: skip


def _row(store: Store, id: str) -> dict[str, Any]:
    row = store.documents.get(id)
    if row is None:
        raise not_found("document", id)
    return row
