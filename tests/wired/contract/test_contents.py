"""The pretend merchant's whole history, as a merchant who decided nothing would get it in his ERP."""

from services.order_import.money_proof import prove, sound
from shared.connector_kit.translation import read
from shared.contracts.money import minor_unit
from shared.contracts.order import Order
from tests.pure.order_import.rules.asked import decided, why_not, worth
from tests.wired.contract.stand import Stand


async def test_every_order_comes_to_the_total_its_shop_states_and_none_is_refused(history: Stand) -> None:
    items, stream, looked_at = await history.items(), history.stream("order"), 0
    for row in history.shop.census():
        order = read(stream, items[row.external_id]).contract
        if order is None or {"absurd_value", "totals_mismatch"} & set(row.expect):
            continue
        assert isinstance(order, Order)
        assert sound(order), row.case
        contents, ruling = decided(order)
        assert contents.total == order.total, row.case
        assert abs(worth(contents) - row.total + prove(order).difference) < minor_unit(order.currency), row.case
        assert why_not(ruling) == [], row.case
        looked_at += 1
    assert looked_at > 40
