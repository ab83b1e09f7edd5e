"""Cancellations: whole orders that nothing of was sent, in one feed, judged by its report and by the order itself."""

from collections.abc import Sequence

from services.connectors.amazon import outbound, wire
from services.connectors.amazon.client import XML, Client, Handed
from services.connectors.amazon.inbound.lines import state_of
from services.connectors.amazon.sending import feeds
from services.connectors.amazon.sending.orders import order
from services.connectors.amazon.vocabulary import CANCELLATION_FEED
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected

REFUSED = "cancellation_refused_by_shop"


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One feed for all of them; what is cancelled already is not said again."""
    wishes: list[Cancellation] = [command.payload.cancellation for command in commands]
    known = await feeds.earlier(client, "cancellation", REFUSED)
    if known is None:
        return [await _settled(client, wanted) or feeds.waits() for wanted in wishes]
    results: dict[int, PushResult] = {}
    ready: dict[int, tuple[Cancellation, wire.Order]] = {}
    for place, wanted in enumerate(wishes):
        found, settled = await _looked_at(client, wanted)
        refused = known.get(wanted.order_external_id)
        if settled is not None:
            results[place] = settled
        elif refused is not None and refused.outcome == "failed":
            results[place] = refused
        elif found is not None:
            ready[place] = wanted, found
    if ready:
        numbered = {str(place + 1): wish for place, wish in ready.items()}
        feed = await client.hand_in(CANCELLATION_FEED, outbound.cancellations_feed(client.seller, numbered), XML)
        messages = {wanted.order_external_id: number for number, (wanted, _) in numbered.items()}
        verdict = await feeds.judged(client, "cancellation", Handed(feed, messages), REFUSED)
        for place, (wanted, _) in ready.items():
            results[place] = await _confirmed(client, wanted, verdict[wanted.order_external_id])
    return [results[place] for place in range(len(wishes))]


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which orders are cancelled already."""
    return [await _settled(client, command.payload.cancellation) for command in commands]


async def _confirmed(client: Client, wanted: Cancellation, verdict: PushResult) -> PushResult:
    """A refusal of what an earlier feed has done is none: the order tells."""
    if verdict.outcome != "failed":
        return verdict
    settled = await _settled(client, wanted)
    return settled if settled is not None and settled.outcome == "unchanged" else verdict


async def _settled(client: Client, wanted: Cancellation) -> PushResult | None:
    return (await _looked_at(client, wanted))[1]


async def _looked_at(client: Client, wanted: Cancellation) -> tuple[wire.Order | None, PushResult | None]:
    """The order, and what is settled of the wish: because it is done already, or because it cannot be done."""
    try:
        found, _ = await order(client, wanted.order_external_id)
        if found.fulfillment.fulfillment_status == "CANCELLED":
            return found, PushResult("unchanged", external_id=found.order_id)
        if (partial := _partial(found, wanted)) is not None:
            return found, partial
        if found.fulfillment.fulfilled_by != "MERCHANT":
            raise Rejected("the order is sent by Amazon itself", code="rejected")
        if any(state_of(item).sent for item in found.order_items):
            # The feed would refund what was sent, too.
            raise Rejected("a part of the order was sent", code="rejected")
    except Rejected as error:
        return None, PushResult("failed", REFUSED, {"detail": error.detail})
    return found, None


def _partial(found: wire.Order, wanted: Cancellation) -> PushResult | None:
    """A wish for lines is one for the order only when it names all that is open."""
    if not wanted.lines:
        return None
    named = {line.line_external_id: line.quantity for line in wanted.lines}
    for item in found.order_items:
        if named.get(item.order_item_id, 0) < state_of(item).open:
            first = wanted.lines[0].line_external_id
            return PushResult("failed", "cancellation_of_lines_not_offered", {"line": first})
    return None
