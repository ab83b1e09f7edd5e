"""Goods that come back, piece by piece, whether or not money went back for them."""

from decimal import Decimal

from services.connectors.otto import wire
from services.connectors.otto.vocabulary import RETURN_STATES
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Return, ReturnedLine


def returns(raw: wire.Order) -> tuple[Return, ...]:
    return tuple(_return(one, place) for place, one in enumerate(raw.returns))


def _return(raw: wire.Return, place: int) -> Return:
    state = RETURN_STATES.get(raw.status)
    if state is None:
        where = f"returns.{place}.status"
        raise Untranslatable(
            f"The status {raw.status} of a return is unknown", code="unknown_word", field=where, value=raw.status
        )
    return Return(
        external_id=raw.piece,
        state=state,
        lines=(ReturnedLine(line_external_id=raw.piece, quantity=Decimal(1)),),
    )
