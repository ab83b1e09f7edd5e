"""Goods that come back, piece by piece, whether or not money went back for them."""

from decimal import Decimal

from services.connectors.kaufland import wire
from services.connectors.kaufland.vocabulary import RETURN_STATES
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Return, ReturnedLine


def returns(raw: wire.Order) -> tuple[Return, ...]:
    return tuple(
        _return(unit.id_order_unit, unit.return_unit, place)
        for place, unit in enumerate(raw.order_units)
        if unit.return_unit is not None
    )


def _return(piece: object, raw: wire.ReturnUnit, place: int) -> Return:
    state = RETURN_STATES.get(raw.status)
    if state is None:
        where = f"order_units.{place}.return_unit.status"
        said = f"The state {raw.status} of a return is unknown"
        raise Untranslatable(said, code="unknown_word", field=where, value=raw.status)
    line = ReturnedLine(line_external_id=str(piece), quantity=Decimal(1))
    return Return(external_id=str(raw.id_return_unit), state=state, lines=(line,))
