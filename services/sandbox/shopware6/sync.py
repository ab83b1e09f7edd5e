"""`_action/sync`: operations in one transaction. One bad row, and nothing of any is written.

Everything is judged first and written afterwards. An id that the shop does not know means "create".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.sandbox.shopware6 import shelving
from services.sandbox.shopware6.errors import ApiError, Violations, blank, broken_key, duplicate_number, missing
from services.sandbox.shopware6.fields import judged
from services.sandbox.shopware6.shelving import HANGING, LINKS
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.tokens import Integration

Row = Mapping[str, Any]

LIBRARY = (
    "product_manufacturer", "unit", "tag", "category", "property_group", "property_group_option", "media",
    "product_price",
)  # fmt: skip
"""What may be made here beside products."""
REFERS = {
    "cmsPageId": "cms_page",
    "taxId": "tax", "manufacturerId": "product_manufacturer", "unitId": "unit", "deliveryTimeId": "delivery_time",
    "groupId": "property_group", "mediaFolderId": "media_folder", "mediaId": "media", "productId": "product",
    "optionId": "property_group_option", "salesChannelId": "sales_channel", "ruleId": "rule",
}  # fmt: skip


@dataclass
class Judge:
    """One call under judgement. `making` are rows that it makes itself, `rights` what its caller must be allowed to."""

    store: Store
    making: dict[str, set[str]] = field(default_factory=dict)
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Product numbers that the call gives, as the database compares them: as written, and to which product."""
    rights: set[str] = field(default_factory=set)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def upsert(self, entity: str, pointer: str, row: Row, above: Row | None = None) -> None:
        id = str(row.get("id", ""))
        new = id not in self.store.known(entity)
        self.rights.add(f"{entity}:{'create' if new else 'update'}")
        self.errors += judged(self.store, entity, pointer, row, new=new)
        self.making.setdefault(entity, set()).add(id)
        for name, kind in (REFERS | {"parentId": entity}).items():
            if row.get(name) is not None and not self.known(kind, row[name]):
                raise broken_key(entity, name)
        if entity == "product":
            self._product(pointer, row)
        if entity == "product_configurator_setting" and above is not None:
            self._once(above, "configuratorSettings", "optionId", row, entity)
        if entity == "product_visibility" and above is not None:
            self._once(above, "visibilities", "salesChannelId", row, entity)
        for name, below in HANGING.get(entity, {}).items():
            for place, one in enumerate(row.get(name) or ()):
                self.upsert(below, f"{pointer}/{name}/{place}", one, row)

    def _product(self, pointer: str, row: Row) -> None:
        for language in row.get("translations") or {}:
            if language not in self.store.library.all("language"):
                raise broken_key("product_translation", "language_id")
        for name, (kind, link) in LINKS.items():
            for one in row.get(name) or ():
                if not self.known(kind, one.get("id", "")):
                    raise broken_key(link, f"{kind}_id")
                self.rights.add(f"{link}:create")
        if number := row.get("productNumber"):
            held = self.numbers.setdefault(str(number).casefold(), (str(number), row["id"]))
            if held[1] != row["id"]:
                raise duplicate_number(str(number))
        for place, child in enumerate(row.get("children") or ()):
            self.upsert("product", f"{pointer}/children/{place}", {"parentId": row["id"], **child})

    def _once(self, above: Row, name: str, key: str, row: Row, entity: str) -> None:
        """A product has each of them once, whatever its id."""
        held = self.store.catalogue.rows.get(above["id"], {}).get(name, [])
        if any(one[key] == row.get(key) and one["id"] != row.get("id") for one in held):
            raise broken_key(entity, key, twice=True)

    def known(self, entity: str, id: str) -> bool:
        return id in self.store.known(entity) or id in self.making.get(entity, ())

    def settled(self) -> None:
        """Raises what speaks against the call."""
        if self.errors:
            raise Violations(self.errors)
        for row in self.store.catalogue.rows.values():
            number, id = self.numbers.get(row["productNumber"].casefold(), ("", row["id"]))
            if id != row["id"]:
                raise duplicate_number(number)


def sync(store: Store, caller: Integration, given: Any) -> dict[str, Any]:
    """Answers the ids written, and of what was to be deleted those that were not there."""
    operations = list(_operations(given))
    judge = Judge(store)
    for key, operation in operations:
        entity, action = operation["entity"], operation["action"]
        deletes = action == "delete" and (entity in shelving.REMOVABLE or entity == "product")
        if not deletes and (action != "upsert" or entity not in ("product", *LIBRARY)):
            raise ApiError(400, "FRAMEWORK__INVALID_SYNC_OPERATION", f"Operation {key} is not supported here.")
        for place, row in enumerate(operation["payload"]):
            if deletes:
                judge.rights.add(f"{entity}:delete")
            elif not row.get("id"):
                judge.errors.append(blank(f"/{key}/{place}/id"))
            else:
                judge.upsert(entity, f"/{key}/{place}", row)
    lacking = sorted(one for one in judge.rights if caller.lacks(one))
    if lacking:
        raise missing(lacking)
    judge.settled()
    done: dict[str, list[Any]] = {}
    gone: dict[str, list[Any]] = {}
    absent: dict[str, list[Any]] = {}
    for _, operation in operations:
        entity = operation["entity"]
        for row in operation["payload"]:
            if operation["action"] == "upsert":
                shelving.write(store, entity, row)
                done.setdefault(entity, []).append(row["id"])
            else:
                found = shelving.remove(store, entity, row)
                (gone if found else absent).setdefault(entity, []).append(dict(row))
    return {"extensions": [], "data": done or [], "notFound": absent or [], "deleted": gone or []}


def _operations(given: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    return given.items() if isinstance(given, dict) else [(one["key"], one) for one in given]
