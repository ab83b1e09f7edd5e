"""`/journal/payloads`: what was sent and answered, decrypted, without secrets; every look is journalled."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.journal.redaction import readable
from services.journal.views import PayloadView
from shared.chassis.access import Principal, require
from shared.chassis.problems import not_found
from shared.chassis.sentences import sentence, speaks
from shared.chassis.service import Service
from shared.contracts.identity import record_id
from shared.persistence import archive


def payload_routes(service: Service) -> APIRouter:
    """The archive's reading room."""
    router = APIRouter()

    @router.get("/payloads/{payload_id}")
    async def payload(
        payload_id: UUID, request: Request, caller: Principal = Depends(require("support"))
    ) -> PayloadView:
        """An archived body as JSON. Secrets are masked, and the journal notes who read it."""
        async with service.database.transaction() as tx:
            found = (await archive.load(tx, [payload_id])).get(payload_id)
            if found is None or not caller.allows(found.connection):
                raise not_found(payload_id)
            subject = str(record_id(_record_noun(found.noun), found.connection, found.external_id))
            entry = service.journal.entry(
                noun="payload",
                subject=str(payload_id),
                action="viewed",
                code="payload_viewed",
                params={"noun": found.noun, "external_id": found.external_id, "record": subject},
                connection=found.connection,
                actor=caller.name,
            )
            await service.journal.write(tx, [entry])
        return PayloadView(
            id=found.id,
            noun=found.noun,
            connection=found.connection,
            external_id=found.external_id,
            media=found.media,
            size=found.size,
            state=found.state,
            sentence=sentence(f"payload_{found.state}", {}, speaks(request)),
            body=None if found.body is None else readable(found.body, found.media),
        )

    return router


def _record_noun(noun: str) -> str:
    """Articles of a channel are listings with us."""
    return "listing" if noun == "article" else noun
