"""Goods that come back, line by line, whether or not money went back for them."""

from services.connectors.mirakl import wire
from services.connectors.mirakl.vocabulary import RETURN_STATES
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Return, ReturnedLine


def returns(raw: wire.Order) -> tuple[Return, ...]:
    return tuple(_return(one, place) for place, one in enumerate(raw.returns))


def _return(raw: wire.Return, place: int) -> Return:
    state = RETURN_STATES.get(raw.state)
    if state is None:
        where = f"returns.{place}.state"
        raise Untranslatable(
            f"The state {raw.state} of a return is unknown", code="unknown_word", field=where, value=raw.state
        )
    lines = tuple(
        ReturnedLine(line_external_id=line.order_line_id, quantity=line.quantity) for line in raw.return_lines
    )
    return Return(external_id=raw.id, state=state, lines=lines)
