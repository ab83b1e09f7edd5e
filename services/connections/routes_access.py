"""`/access`: API keys for people and systems."""

from uuid import UUID

from fastapi import APIRouter, Depends

from services.connections import keys
from services.connections.views import CreatedKey, KeyView, NewKey, unlimited
from shared.chassis.access import Principal, new_key, require
from shared.chassis.idempotency import SHOWN_ONCE, Once
from shared.chassis.problems import not_found
from shared.chassis.service import Service
from shared.contracts.journal import Action
from shared.persistence.database import Transaction


def access_routes(service: Service) -> APIRouter:
    """The router for `/access`."""
    router = APIRouter(route_class=Once)

    async def tell(tx: Transaction, id: UUID, name: str, action: Action, code: str, caller: Principal) -> None:
        entry = service.journal.entry(
            noun="key", subject=str(id), action=action, code=code, params={"name": name, "actor": caller.name},
            actor=caller.name,
        )  # fmt: skip
        await service.journal.write(tx, [entry])

    @router.get("/me")
    async def me(caller: Principal = Depends(require("read"))) -> dict[str, object]:
        """Whose key this is and what it may do."""
        limits = None if caller.connections is None else sorted(str(id) for id in caller.connections)
        return {"name": caller.name, "role": caller.role, "connections": limits}

    @router.get("/keys")
    async def list_keys(caller: Principal = Depends(require("admin"))) -> list[KeyView]:
        """All keys, without the keys themselves."""
        unlimited(caller)
        async with service.database.transaction() as tx:
            return [KeyView.model_validate(row) for row in await keys.listed(tx)]

    @router.post("/keys", status_code=201, openapi_extra=SHOWN_ONCE)
    async def create(body: NewKey, caller: Principal = Depends(require("admin"))) -> CreatedKey:
        """Makes a key and shows it, this once."""
        unlimited(caller)
        key = new_key()
        async with service.database.transaction() as tx:
            row = await keys.add(
                tx, key, name=body.name, role=body.role, by=caller.name, projects=body.projects,
                connections=body.connections, expires_at=body.expires_at,
            )  # fmt: skip
            await tell(tx, row["id"], body.name, "created", "key_created", caller)
        return CreatedKey(key=key, **row)

    @router.delete("/keys/{key_id}")
    async def revoke(key_id: UUID, caller: Principal = Depends(require("admin"))) -> KeyView:
        """Ends a key. Twice is once."""
        unlimited(caller)
        async with service.database.transaction() as tx:
            row = await keys.revoke(tx, key_id)
            if row is None:
                raise not_found(key_id)
            await tell(tx, key_id, row["name"], "deleted", "key_revoked", caller)
        return KeyView.model_validate(row)

    return router
