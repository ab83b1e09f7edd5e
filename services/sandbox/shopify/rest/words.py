"""How the old REST API writes ids, amounts and taxes."""

from decimal import Decimal
from typing import Any

from services.sandbox.shopify.identity import number_of
from services.sandbox.shopify.money import Bag, quantum

Record = dict[str, Any]


def _padded(money: Record) -> str:
    return str(Decimal(money["amount"]).quantize(quantum(money["currencyCode"])))


def plain(bag: Bag | None) -> str | None:
    return _padded(bag["shopMoney"]) if bag else None


def amounts(bag: Bag | None) -> Record | None:
    if bag is None:
        return None
    return {
        name: {"amount": _padded(bag[key]), "currency_code": bag[key]["currencyCode"]}
        for name, key in (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
    }


def both(name: str, bag: Bag | None) -> Record:
    return {name: plain(bag), f"{name}_set": amounts(bag)}


def ids(record: Record) -> Record:
    return {"id": number_of(record["id"]), "admin_graphql_api_id": record["id"]}


def taxes(lines: list[Record]) -> list[Record]:
    return [
        {"title": line["title"], "rate": line["rate"], "channel_liable": False, **both("price", line["priceSet"])}
        for line in lines
    ]
