"""Confirmed shipments: what the seller says he sent, package by package."""

from typing import Any

from services.sandbox.amazon.book import OrderBook, Stored
from services.sandbox.amazon.errors import invalid
from services.sandbox.amazon.times import given, shown
from services.sandbox.merchant import Parcel

# Of the many carriers that Amazon knows, those that the pretend merchant could hand a parcel to.
CARRIERS = frozenset(
    {"DHL", "DHL Global Mail", "Deutsche Post", "DPD", "GLS", "GO!", "UPS", "FedEx", "TNT", "Hermes Logistik Gruppe",
     "Royal Mail", "La Poste", "Chronopost", "Poste Italiane", "Other"}
)  # fmt: skip


def confirm(book: OrderBook, order: Stored, body: Any) -> None:
    """A new package, or another say about one whose number is known. Raises ApiError; then nothing happened."""
    detail = body.get("packageDetail") if isinstance(body, dict) else None
    if not isinstance(detail, dict) or body.get("marketplaceId") != order.body["salesChannel"]["marketplaceId"]:
        raise invalid("marketplaceId or packageDetail is missing or not the order's.")
    for name in ("packageReferenceId", "carrierCode", "trackingNumber", "shipDate", "orderItems"):
        if not detail.get(name):
            raise invalid(f"{name} is required.")
    number = str(detail["packageReferenceId"])
    if not number.isdecimal() or int(number) < 1:
        raise invalid("packageReferenceId must be a positive number.")
    if detail["carrierCode"] not in CARRIERS:
        raise invalid(f"The carrierCode {detail['carrierCode']} is not valid.")
    if detail["carrierCode"] == "Other" and not detail.get("carrierName"):
        raise invalid("carrierName is required when carrierCode is Other.")
    if given(str(detail["shipDate"]), "shipDate") > book.clock():
        raise invalid("shipDate is in the future.")
    if order.body["fulfillment"]["fulfilledBy"] == "AMAZON":
        raise invalid("The order is fulfilled by Amazon.")
    if order.status == "PENDING":
        raise invalid("The order is pending and cannot be confirmed.")
    _store(book, order, number, detail)


def _store(book: OrderBook, order: Stored, number: str, detail: dict[str, Any]) -> None:
    packages: list[dict[str, Any]] = order.body.setdefault("packages", [])
    known = next((one for one in packages if one["packageReferenceId"] == number), None)
    before = {one["orderItemId"]: one["quantity"] for one in known["packageItems"]} if known else {}
    wanted = {str(one.get("orderItemId")): one.get("quantity") for one in detail["orderItems"]}
    for id, quantity in wanted.items():
        row = order.item(id)
        if row is None:
            raise invalid(f"The order item {id} is not part of the order.")
        left = row["fulfillment"]["quantityUnfulfilled"] + before.get(id, 0)
        if type(quantity) is not int or not 1 <= quantity <= left:
            raise invalid(f"PackageToUpdateNotFound: of the order item {id}, {left} can be confirmed.")
    for id in {*before, *wanted}:
        row = order.item(id)
        assert row is not None
        moved = (wanted.get(id) or 0) - before.get(id, 0)
        row["fulfillment"]["quantityFulfilled"] += moved
        row["fulfillment"]["quantityUnfulfilled"] -= moved
    told = {
        "packageReferenceId": number,
        "packageStatus": {"status": "SHIPPED"},
        "carrier": detail.get("carrierName") or detail["carrierCode"],
        "trackingNumber": detail["trackingNumber"],
        "shipTime": shown(given(str(detail["shipDate"]), "shipDate")),
        "packageItems": [{"orderItemId": id, "quantity": quantity} for id, quantity in wanted.items()],
    }
    if known:
        known.update(told)
    else:
        packages.append(told)
    book.settle(order)
    book.touch(order)


def shown_parcels(book: OrderBook) -> list[Parcel]:
    return [
        Parcel(
            order.id,
            one["trackingNumber"],
            one["carrier"],
            tuple((item["orderItemId"], item["quantity"]) for item in one["packageItems"]),
        )
        for order in book
        for one in order.body.get("packages", ())
    ]
