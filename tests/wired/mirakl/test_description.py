"""What the connector asks and what the pretend operator answers is what Mirakl's own description says."""

from typing import Any

import pytest

from services.connectors.mirakl import reading
from services.connectors.mirakl.connector import MIRAKL
from services.sandbox import seeds
from services.sandbox.mirakl import returning
from tests.wired.contract.shops.mirakl import VARIETIES
from tests.wired.contract.stand import Variety, new_sandbox, open_stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_documents import document, handed
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled
from tests.wired.contract.test_returns_answered import answer, answering, line
from tests.wired.mirakl import description
from tests.wired.mirakl.recorder import Call, Recorder
from tests.wired.mirakl.test_products import GOOD, judged, product

# What a pretend operator leaves out: the rest of a shop's master data, which nobody here reads.
UNPLAYED = ("A01 answer", "PC01 answer")


async def everything(variety: Variety) -> list[Call]:
    """One of each thing the connector does."""
    calls: list[Call] = []
    app = new_sandbox(variety)
    app.add_middleware(Recorder, calls=calls)
    stand = open_stand(variety, MIRAKL, app=app)
    assert (await MIRAKL.probe(stand.client)).ok
    for case in ("guest", "line discount", "cash on delivery fee", "refunded in part", "line removed after ordering"):
        stand.opened.place(seeds.case(case, stand.sandbox.clock()))
    assert len(await stand.items()) == 5
    (offer,) = await articles(stand, "KR-1001")
    await stand.send("stock", [level(offer, 3), level(offer, 4, external_id="NOBODY")])
    await stand.send("price", [price(offer, "4.50"), price(offer, "5.50", external_id="NOBODY")])
    # An amount of nothing is for the operator to refuse, in his report.
    await stand.send("price", [price(offer, "0")])
    assert (await reading.taxonomy(stand.client)).categories
    order = await order_of(stand, "engraving")
    stored = stand.shop.store.order(order.external_id)
    returning.send_back(stand.shop.store, stored, {order.line_items[0].external_id: 1})
    assert len(await stand.client.returns(None)) == 1
    back = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(back))
    one, two = (row.external_id for row in back.line_items[:2])
    stand.shop.announce(back.external_id, {one: 1, two: 1})
    fault = {"accepted": False, "decision_reason": "RETURN_NON_COMPLIANT_OTHER", "note": "Der Deckel fehlt"}
    assert (await settled(stand, "return", answer(back, line(one), line(two, **fault)))).outcome == "done"
    taken = await judged(stand, product("A-1", GOOD), product("A-2", GOOD | {"shop_sku": "A-2", "volume": ""}))
    assert [result.outcome for result in taken] == ["done", "failed"]
    outcomes: list[Any] = [
        await settled(stand, "fulfilment", parcel(await order_of(stand, "reduced rate only"))),
        await settled(stand, "cancellation", cancellation(await order_of(stand, "engraving"))),
    ]
    order = await order_of(stand, "several tax rates, shipping split")
    lines = [(row.external_id, int(row.quantity)) for row in order.line_items[:2]]
    outcomes.append(await settled(stand, "cancellation", cancellation(order, *lines)))
    outcomes.append(await handed(stand, document(order)))
    outcomes.append(await handed(stand, document(order, "RE-2")))
    waiting = await order_of(stand, "guest")
    stand.shop._move(stand.shop.store.order(waiting.external_id), "WAITING_ACCEPTANCE")
    assert (await reading.accept(stand.client, [waiting.external_id])).keys() == {waiting.external_id}
    assert {result.outcome for result in outcomes} == {"done"}
    await stand.close()
    return calls


@pytest.mark.parametrize("variety", VARIETIES, ids=str)
async def test_every_call_and_every_answer_fits_the_published_description(variety: Variety) -> None:
    if not description.DESCRIPTION.exists():
        pytest.skip("Mirakl's description is not on this machine; KONTOR_TEST_SPECS names it.")
    calls = await everything(answering(variety))
    assert len({(call.method, call.path.rsplit("/", 1)[1]) for call in calls}) > 8
    misfits = sorted({misfit for call in calls for misfit in description.misfits(call)})
    assert [one for one in misfits if not (one.startswith(UNPLAYED) and one.endswith("is missing"))] == []
