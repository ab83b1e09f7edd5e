"""`/inventory/price-groups`: which group of a shop's customers pays the prices of which list, and which could."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from services.inventory import price_settings_book, taxonomy_book
from services.inventory.price_settings import PriceSettings
from services.inventory.views import Said
from services.inventory.wording import said
from shared.chassis.access import Principal, require
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.contracts.errors import KontorError
from shared.contracts.price import PriceGroup


class PriceListView(BaseModel):
    """A list of prices here: of how many articles, and the shop's group that pays them. `said` is what follows."""

    price_list: str
    articles: int
    group: str | None
    label: str | None
    said: Said


class PriceGroupsView(BaseModel):
    """All lists, and the shop's groups to choose from as it names them now; `unread`: why they could not be read."""

    connection: UUID
    lists: list[PriceListView]
    choices: list[PriceGroup]
    unread: Said | None


def price_group_routes(service: Service) -> APIRouter:
    """The router for groups of customers."""
    router = APIRouter()

    @router.get("/price-groups/{connection}")
    async def groups(
        connection: UUID, request: Request, caller: Principal = Depends(require("read"))
    ) -> PriceGroupsView:
        """The price lists and their groups. The groups are read in the shop now; chosen are they in the price settings
        (`groups`)."""
        if not caller.allows(connection):
            raise not_found(connection)
        language = speaks(request)
        async with service.database.transaction() as tx:
            platform = await taxonomy_book.platform_of(tx, connection)
            settings = await price_settings_book.settings_of(tx, connection)
            rows = await tx.rows(
                "SELECT price_list, count(DISTINCT article_number) AS articles FROM prices GROUP BY 1 ORDER BY 1"
            )
        choices, why = await _choices(connection, platform)
        labels = {one.id: one.label for one in choices}
        counted = dict.fromkeys(settings.groups, 0) | {row["price_list"]: row["articles"] for row in rows}
        lists = []
        for name in sorted(counted):
            group = settings.groups.get(name)
            code = _code(name, settings, known=bool(why) or group in labels)
            words = {"list": name or "–", "group": labels.get(group or "", group or "–")}
            lists.append(
                PriceListView(
                    price_list=name, articles=counted[name], group=group, label=labels.get(group or ""),
                    said=said(code, language, words),
                )
            )  # fmt: skip
        unread = said("price_groups_unread", language, {"detail": why}) if why else None
        return PriceGroupsView(connection=connection, lists=lists, choices=choices, unread=unread)

    async def _choices(connection: UUID, platform: str) -> tuple[list[PriceGroup], str]:
        base = service.settings.connector_url.format(platform=platform)
        try:
            found = await service.peers.get(base, f"/connections/{connection}/price-groups")
        except KontorError as error:
            return [], error.detail
        except Problem as problem:
            return [], problem.code
        return [PriceGroup.model_validate(one) for one in found], ""

    return router


def _code(name: str, settings: PriceSettings, *, known: bool) -> str:
    """What becomes of a list's prices."""
    if name in settings.groups:
        return "price_group_mapped" if known else "price_group_gone"
    return "price_group_own" if name == settings.price_list else "price_group_unmapped"
