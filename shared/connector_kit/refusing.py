"""Commands that a platform has no use for: answered, so that whoever sent one hears why nothing will come of it."""

from collections.abc import Sequence
from typing import Any

from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.connector_kit.declaration import Connector
from shared.contracts.document import DocumentPush
from shared.contracts.envelope import Event, event
from shared.contracts.fulfilment import PushReported
from shared.contracts.identity import own_id
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.model import Payload
from shared.contracts.product import ProductPush
from shared.contracts.repayment import RefundPush
from shared.contracts.returned import ReturnPush
from shared.persistence.database import Transaction

ANSWERED: tuple[tuple[str, str, type[Payload]], ...] = (
    ("document", "documents", DocumentPush),
    ("refund", "refunds_sent", RefundPush),
    ("return", "returns_sent", ReturnPush),
    ("mapped_product", "products", MappedProductPush),
    ("product", "products", ProductPush),
)
"""Noun, capability and command of what every connector takes, and refuses where it cannot do it."""


def refused(connector: Connector) -> list[tuple[str, str, type[Payload]]]:
    """Those that this connector does not declare."""
    declared = {push.payload for push in connector.pushes}
    return [one for one in ANSWERED if one[2] not in declared]


def refuse(connector: Connector, service: Service, noun: str, capability: str) -> Any:
    """An `apply` that reports every command as failed for good, with what the connector says about it."""
    said = next((one for one in connector.capabilities if one.name == capability), None)
    reason = "it was not built yet" if said is None else said.how
    if said is not None and said.offered:
        reason = f"it takes them another way: {said.how}"

    async def apply(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        await emit(tx, [answer(one) for one in events])

    def answer(command: Event[Any]) -> Event[Any]:
        reported = PushReported(
            noun=noun,
            subject=command.subject,
            version=command.data.version,
            outcome="failed",
            code=f"{noun}_not_offered",
            params={"platform": connector.title, "detail": reason},
            reported_at=service.clock(),
        )
        return event(
            reported,
            id=own_id(connector.platform, f"{noun}.refused", command.subject, command.data.version),
            source=connector.platform,
            subject=command.subject,
            time=service.clock(),
            platform=connector.platform,
            connection=command.connection,
        )

    return apply
