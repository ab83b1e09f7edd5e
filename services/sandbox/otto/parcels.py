"""Shipments v1: position items leave in a parcel, and with it the customer gets his receipt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from services.sandbox.otto.book import OrderBook
from services.sandbox.otto.errors import ApiError, not_found
from services.sandbox.otto.goods import Goods
from services.sandbox.otto.receipts import Receipts
from services.sandbox.otto.times import given, shown

PARCEL_CARRIERS = frozenset({"DHL", "DHL_EXPRESS", "DHL_HOME_DELIVERY", "GLS", "HERMES", "DPD", "UPS"})
FORWARDERS = frozenset(
    """DHL_FREIGHT BTW BURSPED CARGOLINE DACHSER DB_SCHENKER DSV EMONS EPH_DIREKT IDS GEIS GEL GUETTLER HES HELLMANN
    HEUEL KOCH KUEHNE_NAGEL LOGWIN MEYER_JUMBO RABEN_LOGISTIK RHENUS REIMER REITHMEIER SCHOCKEMOEHLE SCHMIDT_GEVELSBERG
    ZUFALL OTHER_FORWARDER""".split()
)
RETURN_CARRIERS = frozenset({"DHL", "GLS", "HERMES"})


def _mandatory(json_path: str) -> ApiError:
    return ApiError(400, "PROPERTY_IS_MANDATORY", "The property is mandatory", json_path)


def _invalid(json_path: str, detail: str) -> ApiError:
    return ApiError(400, "INVALID_PROPERTY_VALUE", detail, json_path)


@dataclass
class Shipments:
    """Every shipment by its id. Items may be added later; nothing of it can be changed."""

    book: OrderBook
    goods: Goods
    receipts: Receipts
    clock: Callable[[], datetime]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    _ids: Callable[[], int] = field(default_factory=lambda: count(101_074_897_022).__next__)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Raises ApiError; then nothing of it happened."""
        key, carrier = self._key(body)
        for name in ("shipDate", "shipFromAddress"):
            if not body.get(name):
                raise _mandatory(name)
        given(body["shipDate"], "shipDate")
        for name in ("city", "countryCode", "zipCode"):
            if not body["shipFromAddress"].get(name):
                raise _mandatory(f"shipFromAddress.{name}")
        if len(str(body["shipFromAddress"]["countryCode"])) != 3:
            raise _invalid("shipFromAddress.countryCode", "Three letters are expected")
        number = key.get("trackingNumber")
        if number and self.by_number(carrier, number):
            raise ApiError(409, "DUPLICATE_TRACKING_KEY", "There is already a shipment of this tracking key")
        items = self._items(body.get("positionItems"), parcel=carrier in PARCEL_CARRIERS)
        row = {
            "shipmentId": str(self._ids()),
            "creationDate": shown(self.clock()),
            "trackingKey": key,
            "shipDate": body["shipDate"],
            "shipFromAddress": body["shipFromAddress"],
            "positionItems": [],
            "states": [{"state": "SENT", "occurredOn": shown(self.clock())}],
        }
        self.rows[row["shipmentId"]] = row
        self._send(row, items)
        return row

    def add(self, row: dict[str, Any], items: Any) -> None:
        """More items into a parcel that is on its way. Raises ApiError; then nothing of it happened."""
        self._send(row, self._items(items, parcel=row["trackingKey"]["carrier"] in PARCEL_CARRIERS))

    def by_number(self, carrier: str, number: str) -> dict[str, Any] | None:
        key = {"carrier": carrier, "trackingNumber": number}
        return next((row for row in self.rows.values() if row["trackingKey"] == key), None)

    def _key(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        key = body.get("trackingKey")
        if not isinstance(key, dict):
            raise _mandatory("trackingKey")
        carrier = key.get("carrier")
        if carrier not in PARCEL_CARRIERS | FORWARDERS:
            raise _invalid("trackingKey.carrier", f"{carrier} is no carrier")
        if not key.get("trackingNumber") and carrier in PARCEL_CARRIERS:
            raise _mandatory("trackingKey.trackingNumber")
        return key, str(carrier)

    def _items(self, items: Any, *, parcel: bool) -> list[dict[str, Any]]:
        if not isinstance(items, list) or not items:
            raise _mandatory("positionItems")
        for place, item in enumerate(items):
            where = f"positionItems[{place}]"
            back = item.get("returnTrackingKey")
            if parcel and not back:
                raise _mandatory(f"{where}.returnTrackingKey")
            if back and (back.get("carrier") not in RETURN_CARRIERS or not back.get("trackingNumber")):
                raise _invalid(f"{where}.returnTrackingKey.carrier", "Returns travel with DHL, GLS or HERMES")
            found = self._item(item)
            if found is None:
                raise not_found(f"The position item {item.get('positionItemId')}")
            if found["fulfillmentStatus"] == "SENT":
                detail = "The position item is part of another shipment"
                raise ApiError(409, "POSITION_ITEM_INCLUDED_IN_OTHER_SHIPMENT", detail, f"{where}.positionItemId")
            if found["fulfillmentStatus"] != "PROCESSABLE":
                raise _invalid(f"{where}.positionItemId", f"The position item is {found['fulfillmentStatus']}")
        return items

    def _item(self, item: dict[str, Any]) -> dict[str, Any] | None:
        order = self.book.orders.get(str(item.get("salesOrderId")))
        rows = order.items if order else []
        return next((one for one in rows if one["positionItemId"] == item.get("positionItemId")), None)

    def _send(self, row: dict[str, Any], items: list[dict[str, Any]]) -> None:
        for item in items:
            found = self._item(item)
            assert found is not None
            found |= {
                "fulfillmentStatus": "SENT",
                "sentDate": row["shipDate"],
                "trackingInfo": dict(row["trackingKey"]),
            }
            row["positionItems"].append(item)
        for id in {str(item["salesOrderId"]) for item in items}:
            self.book.touch(self.book.orders[id])
            left = [found for item in items if item["salesOrderId"] == id and (found := self._item(item))]
            self.receipts.purchase(self.book.orders[id], left)
