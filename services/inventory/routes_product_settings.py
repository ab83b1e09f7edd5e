"""`/inventory/product-settings`: which products a connection is told, and what of them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.inventory import product_settings_book
from services.inventory.product_settings import ProductSettings
from shared.chassis.access import Principal, require
from shared.chassis.problems import not_found
from shared.chassis.service import Service
from shared.chassis.versions import IfMatch, etag, seen_versions
from shared.persistence.database import Transaction


class ProductSettingsVersion(BaseModel):
    version: int
    settings: ProductSettings
    changed_at: datetime
    changed_by: str


class ProductSettingsView(BaseModel):
    """The settings in force and who changed what, the newest first."""

    connection: UUID
    version: int
    settings: ProductSettings
    history: list[ProductSettingsVersion]


def product_settings_routes(service: Service) -> APIRouter:
    """The router for product settings."""
    router = APIRouter()

    @router.get("/product-settings/{connection}")
    async def settings(
        connection: UUID, response: Response, caller: Principal = Depends(require("read"))
    ) -> ProductSettingsView:
        """Which products a connection is told, and what of them. Its version travels as ETag."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            return await _view(tx, connection, response)

    @router.put("/product-settings/{connection}")
    async def put(
        connection: UUID,
        body: ProductSettings,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> ProductSettingsView:
        """Replaces the settings. What the connection was told before, or is to be told because it takes part in a saved
        filter, is compared anew and sent where it differs. A stale If-Match is a 409 problem."""
        _visible(caller, connection)
        seen = seen_versions(if_match, rough=True)
        async with service.database.transaction() as tx:
            await product_settings_book.put(service, tx, connection, body, caller.name, seen=seen)
            return await _view(tx, connection, response)

    return router


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)


async def _view(tx: Transaction, connection: UUID, response: Response) -> ProductSettingsView:
    versions = [
        ProductSettingsVersion(
            version=row["version"],
            settings=ProductSettings.model_validate(row["value"]),
            changed_at=row["changed_at"],
            changed_by=row["changed_by"],
        )
        for row in await product_settings_book.history(tx, connection)
    ]
    version = versions[0].version if versions else 0
    response.headers["ETag"] = etag(version)
    current = versions[0].settings if versions else product_settings_book.DEFAULT
    return ProductSettingsView(connection=connection, version=version, settings=current, history=versions)
