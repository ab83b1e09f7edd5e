"""The content of documents: it stays with the order book, and is read just before it is sent."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.connector_kit.declaration import Command
from shared.contracts.document import DocumentPush
from shared.contracts.errors import Rejected


class Contents:
    """Reads PDFs from their owner."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def fill(self, commands: Sequence[Command]) -> list[Command]:
        """The commands with the PDFs they need. Raises Rejected(document_erased) for an order that was erased, and
        Transient when the order book does not answer."""
        return [await self._filled(one) if isinstance(one.payload, DocumentPush) else one for one in commands]

    async def _filled(self, command: Command) -> Command:
        pdf = await self._pdf(command.payload.document.id)
        if pdf is None:
            raise Rejected("The order's personal data is erased, its documents with it.", code="document_erased")
        return replace(command, content=base64.b64decode(pdf))

    async def _pdf(self, id: UUID) -> str | None:
        try:
            answer = await self._service.peers.get(
                self._service.settings.orders_url, f"/orders/internal/documents/{id}"
            )
        except Problem:
            return None
        found: str | None = answer["pdf"]
        return found
