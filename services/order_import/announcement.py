"""What other services are told about an order: its whole state, whenever the order book holds a new one."""

from datetime import datetime
from typing import Any

from services.order_import.standing import Change
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.order import OrderCancelled, OrderChanged, OrderImported, OrderParked


def announce(service: Service, change: Change) -> Event[Any]:
    """The event of this state. Imported and cancelled are said once, at the turn; parked at every parked state."""
    return _event(service, change, _kind(change), change.version, change.acknowledged_at)


def announce_acknowledged(service: Service, change: Change, at: datetime) -> Event[Any]:
    """The same version once more, now with the time at which the internal systems took it over. An event of its own,
    no version of its own: a new version would be fed again."""
    return _event(service, change, OrderChanged, f"{change.version}:acknowledged", at)


def _event(
    service: Service, change: Change, kind: type[OrderChanged], version: int | str, acknowledged_at: datetime | None
) -> Event[Any]:
    shipped = change.shipped
    # Our own parcels leave now; what the channel counts as shipped left at its own change stamp at the latest.
    left_at = service.clock() if change.cause == "shipped" else change.order.changed_at
    payload = kind(
        order_id=change.id,
        version=change.version,
        external_id=change.order.external_id,
        number=change.order.number,
        status=change.status,
        test=change.order.test,
        demand=change.demand,
        shipped=shipped,
        shipped_at=left_at if shipped else None,
        acknowledged_at=acknowledged_at,
        returned=change.returned,
        returned_at=change.returned_at,
        reasons=tuple(dict.fromkeys(reason.code for reason in change.verdict.reasons)),
    )
    return service.event(
        payload,
        subject=str(change.id),
        version=version,
        connection=change.connection,
        platform=change.platform,
        causation=change.causation,
    )


def _kind(change: Change) -> type[OrderChanged]:
    if change.status == "parked":
        return OrderParked
    if change.status == "cancelled" and (change.before is None or change.before.status != "cancelled"):
        return OrderCancelled
    return OrderImported if change.first_import else OrderChanged
