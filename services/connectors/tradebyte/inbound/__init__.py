"""From TB.One's payloads to ours. Prices are gross and per piece; an order states the total of its items only, no tax,
and no shipping method."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TypeVar

from services.connectors.tradebyte import wire
from services.connectors.tradebyte.inbound.lines import currency_of, line, money
from services.connectors.tradebyte.inbound.parties import address, customer
from services.connectors.tradebyte.vocabulary import (
    COMES_BACK,
    HEAD_PROPERTIES,
    PAYMENT_MESSAGES,
    PAYMENT_STATES,
    PENDING,
    SHIPMENT_PROPERTIES,
    WITHDRAWN,
)
from shared.contracts.article import ArticleContent, ListedArticle
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Charge, Order, Payment, PaymentState, Property, Return, ReturnedLine

__all__ = ["article", "order"]

T = TypeVar("T")
LONGEST_NOTE = 10_000
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""The change stamp of articles, which carry none: of two readings the later one counts."""


def order(raw: wire.Order) -> Order:
    """One order with everything it says."""
    head = raw.ORDER_DATA
    _complete(raw)
    withdrawn = _known(WITHDRAWN, head.WITHDRAWN, "ORDER_DATA.WITHDRAWN")
    pending = not withdrawn and _known(PENDING, head.APPROVED, "ORDER_DATA.APPROVED")
    cancelled = withdrawn or all(raw.open(item) == 0 for item in raw.ITEMS)
    currency = currency_of(raw)
    charges = tuple(_charges(raw, currency))
    total = money(head.TOTAL_ITEM_AMOUNT + sum((one.total.amount for one in charges), Decimal(0)), currency)
    buyer = raw.SELL_TO or raw.SHIP_TO
    note = head.CUSTOMER_COMMENT
    method = raw.PAYMENT.TYPE if raw.PAYMENT else ""
    paid = _paid(raw)
    return Order(
        external_id=f"{head.CHANNEL_SIGN}:{head.TB_ID}",
        number=head.CHANNEL_NO or head.CHANNEL_ID or head.TB_ID,
        placed_at=_placed_at(head),
        changed_at=max(map(utc, _moments(raw))),
        state="cancelled" if cancelled else "open",
        state_word="withdrawn" if withdrawn else "pending" if pending else "approved",
        payment_state=paid,
        channel=head.CHANNEL_SIGN,
        currency=currency,
        prices_include_tax=True,
        customer=customer(buyer, head.CHANNEL_SIGN),
        billing_address=address(raw.SELL_TO, "SELL_TO") or address(raw.SHIP_TO, "SHIP_TO"),
        shipping_address=address(raw.SHIP_TO, "SHIP_TO"),
        line_items=tuple(
            line(item, currency, still_open=Decimal(0) if cancelled else raw.open(item)) for item in raw.ITEMS
        ),
        charges=charges,
        payments=(_payment(method, paid, total.rounded().amount, currency),) if method else (),
        total=total.rounded(),
        returns=tuple(_returns(raw)),
        payment_method=method,
        withheld=("approval",) if pending else (),
        note=note[:LONGEST_NOTE],
        note_shortened=len(note) > LONGEST_NOTE,
        properties=tuple(_properties(raw)),
    )


def article(raw: wire.Article) -> ListedArticle:
    """One article. It has one stock for all channels and a price in each; one channel's is taken for its own."""
    levels = [Decimal(level) for level in raw.A_STOCK if level.strip().isdecimal()]
    counts = bool(levels) and len(levels) == len(raw.A_STOCK)
    return ListedArticle(
        external_id=raw.A_NR,
        parent_external_id=raw.P_NR or None,
        sku=raw.A_NR,
        ean=raw.A_EAN.strip() or None,
        title=_first(raw.P_NAME),
        price=None if raw.PRICE is None or raw.PRICE.A_VK is None else money(raw.PRICE.A_VK, raw.PRICE.CURRENCY),
        quantity=int(sum(levels, Decimal(0))) if counts else None,
        counts_stock=counts,
        changed_at=UNDATED,
        content=ArticleContent(
            description=_first(raw.P_TEXT), manufacturer=raw.P_BRAND.strip(), media=tuple(dict.fromkeys(raw.MEDIA))
        ),
    )


def _first(texts: Sequence[str]) -> str:
    """The first language that says anything."""
    return next((one for one in texts if one.strip()), "").strip()


def utc(moment: datetime) -> datetime:
    """The account writes UTC and no offset."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _complete(raw: wire.Order) -> None:
    if not raw.ITEMS:
        raise Untranslatable("The order has no items", code="value_missing", field="ITEMS")
    if len(raw.ITEMS) != raw.ORDER_DATA.ITEM_COUNT:
        raise Untranslatable(
            f"The order counts {raw.ORDER_DATA.ITEM_COUNT} items and brings {len(raw.ITEMS)}",
            code="absurd_value",
            field="ORDER_DATA.ITEM_COUNT",
            value=str(raw.ORDER_DATA.ITEM_COUNT),
        )


def _known(words: Mapping[str, T], word: str, field: str) -> T:
    found = words.get(word.strip())
    if found is None:
        raise Untranslatable(f"{field} says {word}, which is unknown", code="unknown_word", field=field, value=word)
    return found


def _placed_at(head: wire.Head) -> datetime:
    """The customer's date has no time. Noon keeps it from slipping over midnight wherever it is read."""
    created = utc(head.DATE_CREATED)
    return created if created.date() == head.ORDER_DATE else datetime.combine(head.ORDER_DATE, time(12), UTC)


def _moments(raw: wire.Order) -> list[datetime]:
    told = [one.DATE_CREATED for one in raw.MESSAGES if one.DATE_CREATED is not None]
    return [raw.ORDER_DATA.DATE_CREATED, *(event.DATE_CREATED for event in raw.HISTORY), *told]


def _paid(raw: wire.Order) -> PaymentState:
    """What the channel said last about the money."""
    told = [PAYMENT_MESSAGES[one.MESSAGE_TYPE] for one in raw.MESSAGES if one.MESSAGE_TYPE in PAYMENT_MESSAGES]
    return told[-1] if told else _known(PAYMENT_STATES, raw.ORDER_DATA.PAID, "ORDER_DATA.PAID")


def _returns(raw: wire.Order) -> list[Return]:
    """Each message about goods that come back is a return of its own."""
    return [
        Return(
            external_id=one.MESSAGE_ID,
            state="open",
            lines=(ReturnedLine(line_external_id=one.TB_ORDER_ITEM_ID, quantity=one.QUANTITY),),
        )
        for one in raw.MESSAGES
        if one.MESSAGE_TYPE == COMES_BACK and one.QUANTITY
    ]


def _charges(raw: wire.Order, currency: str) -> list[Charge]:
    found = []
    if raw.SHIPMENT is not None and raw.SHIPMENT.PRICE:
        found.append(Charge(kind="shipping", total=money(raw.SHIPMENT.PRICE, currency)))
    if raw.PAYMENT is not None and raw.PAYMENT.COSTS:
        kind, costs = raw.PAYMENT.TYPE, raw.PAYMENT.COSTS
        found.append(Charge(kind="fee", title=kind, code=kind, total=money(costs, currency)))
    for service in (*raw.SERVICES, *(one for item in raw.ITEMS for one in item.SERVICES)):
        if service.PRICE:
            total = money(service.PRICE, currency)
            found.append(Charge(kind="fee", title=service.DESC or service.CODE, code=service.CODE, total=total))
    return found


def _payment(method: str, state: PaymentState, amount: Decimal, currency: str) -> Payment:
    states = {"paid": "paid", "voided": "failed"}
    return Payment.model_validate(
        {"method": method, "amount": money(amount, currency), "state": states.get(state, "pending")}
    )


def _properties(raw: wire.Order) -> list[Property]:
    found = [(name, str(getattr(raw.ORDER_DATA, name))) for name in HEAD_PROPERTIES]
    if raw.SHIPMENT is not None:
        found += [(name, str(getattr(raw.SHIPMENT, name))) for name in SHIPMENT_PROPERTIES]
    return [Property(name=name, value=value) for name, value in found if value.strip()]
