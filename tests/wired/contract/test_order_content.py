"""What a customer entered and paid at the till of the shop stands in the order, on every platform alike."""

from decimal import Decimal

import pytest

from services.sandbox import merchant, seeds
from shared.contracts.order import Address, Charge, LineItem, Order
from tests.wired.contract.stand import Stand, declined
from tests.wired.contract.test_pushes import order_of

HALF_A_CENT = Decimal("0.005")


def same(stand: Stand, found: Address | None, entered: merchant.Address | None) -> bool:
    if found is None or entered is None:
        return False
    names = ["street", "postcode", "city", "country"]
    names += [] if declined(stand.connector, "companies") else ["company"]
    whole = [f"{one.first_name} {one.last_name}".strip() for one in (found, entered)]
    # Where a platform has one field for both, nobody knows where the first name ends.
    split = bool(declined(stand.connector, "first-names")) or found.first_name == entered.first_name
    return split and whole[0] == whole[1] and all(getattr(found, name) == getattr(entered, name) for name in names)


def gross(order: Order, charge: Charge | LineItem) -> Decimal:
    tax = sum((one.amount.amount for one in charge.taxes), Decimal(0))
    return charge.total.amount + (0 if order.prices_include_tax else tax)


def charged(order: Order, kind: str) -> Decimal:
    return sum((gross(order, one) for one in order.charges if one.kind == kind), Decimal(0))


def basket(stand: Stand, case: str) -> merchant.Basket:
    return seeds.case(case, stand.sandbox.clock())


@pytest.mark.proves("order-billing-address")
async def test_the_billing_address_stands_in_the_order(any_stand: Stand) -> None:
    case = "different delivery address"
    assert same(any_stand, (await order_of(any_stand, case)).billing_address, basket(any_stand, case).billing)


@pytest.mark.proves("order-shipping-address")
async def test_goods_go_where_the_customer_wants_them_and_not_to_the_payer(any_stand: Stand) -> None:
    case = "different delivery address"
    order = await order_of(any_stand, case)
    assert same(any_stand, order.shipping_address, basket(any_stand, case).shipping)
    assert order.shipping_address != order.billing_address


@pytest.mark.proves("order-shipping-cost")
async def test_what_shipping_costs_stands_in_the_order_with_its_tax(any_stand: Stand) -> None:
    order = await order_of(any_stand, "several tax rates, shipping split")
    assert abs(charged(order, "shipping") - Decimal("4.90")) < HALF_A_CENT
    taxed = sum(tax.amount.amount for one in order.charges for tax in one.taxes) > 0
    assert taxed is not bool(declined(any_stand.connector, "taxes"))


@pytest.mark.proves("order-shipping-method")
async def test_how_it_is_sent_is_named_as_the_shop_names_it(any_stand: Stand) -> None:
    assert (await order_of(any_stand, "guest")).shipping_method == any_stand.variety.shipping_method


@pytest.mark.proves("order-payment-method")
async def test_how_it_is_paid_is_named_as_the_shop_names_it(any_stand: Stand) -> None:
    order = await order_of(any_stand, "guest")
    assert "paypal" in order.payment_method.lower()
    assert [one.method for one in order.payments] == [order.payment_method]


@pytest.mark.proves("order-comment")
async def test_what_the_customer_wrote_to_the_merchant_arrives_letter_by_letter(any_stand: Stand) -> None:
    assert (await order_of(any_stand, "emoji and umlauts")).note == "Bitte 🎁 für Jürgen!"


@pytest.mark.proves("order-fees")
async def test_a_fee_is_a_charge_and_a_deposit_is_a_charge_or_a_line_as_the_shop_has_it(any_stand: Stand) -> None:
    fee = await order_of(any_stand, "cash on delivery fee")
    assert abs(charged(fee, "fee") - 4) < HALF_A_CENT
    deposit = await order_of(any_stand, "deposit")
    lines = sum(gross(deposit, line) for line in deposit.line_items if line.title == "Pfand")
    assert abs(charged(deposit, "deposit") + lines - 3) < HALF_A_CENT


@pytest.mark.proves("order-gift-cards", "shopify", "woocommerce")
async def test_a_gift_card_is_sold_as_a_line_and_redeemed_as_a_payment(any_stand: Stand) -> None:
    if any(one.name == "order-gift-cards" and not one.offered for one in any_stand.connector.capabilities):
        pytest.skip(f"{any_stand.connector.title} knows no gift cards")
    sold = await order_of(any_stand, "gift card sold")
    assert [(line.kind, line.requires_shipping) for line in sold.line_items] == [("gift_card", False)]
    redeemed = await order_of(any_stand, "gift card redeemed")
    assert [one.amount.amount for one in redeemed.payments if one.method == "gift_card"] == [20]
    assert not [one for one in redeemed.charges if one.kind == "discount"]
