"""`/_control/…`: the hand that moves the pretend world. Not part of any platform; for demos, tests and benchmarks."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from services.sandbox.platforms import PLATFORMS
from services.sandbox.world import OpenShop, Sandbox

LOOPBACK = ("127.0.0.1", "::1", "localhost", "testclient")


class NewShop(BaseModel):
    """`options` are what the platform's shop class understands beyond its name."""

    platform: str
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")
    seed: bool = False
    options: dict[str, Any] = {}


class NewOrders(BaseModel):
    """Either one awkward order by its case name, or `count` plain ones: at once, over the past `spread_seconds`, or
    from now on at `per_second`."""

    case: str | None = None
    count: int = Field(default=1, ge=1, le=1_000_000)
    per_second: float | None = Field(default=None, gt=0)
    spread_seconds: float = Field(default=0, ge=0)


class NewProducts(BaseModel):
    """`count` products with the numbers `<prefix>-000001` onwards, for load: simple ones, or each with `variants`."""

    count: int = Field(ge=1, le=100_000)
    variants: int = Field(default=0, ge=0, le=99)
    prefix: str = Field(default="LOAD", pattern=r"^[A-Z]{1,10}$")


class Shift(BaseModel):
    seconds: float


class Reset(BaseModel):
    seed: bool | None = None


def control(sandbox: Sandbox, from_anywhere: bool) -> APIRouter:
    """The routes. Unless `from_anywhere`, only this machine may use them."""

    def guard(request: Request) -> None:
        if not from_anywhere and (request.client is None or request.client.host not in LOOPBACK):
            raise HTTPException(403, "The control API answers this machine only.")

    router = APIRouter(prefix="/_control", dependencies=[Depends(guard)])

    def find(platform: str, name: str) -> OpenShop:
        opened = sandbox.shops.get((platform, name))
        if opened is None:
            raise HTTPException(404, f"There is no shop {platform}/{name}.")
        return opened

    @router.get("/shops")
    async def shops() -> list[dict[str, Any]]:
        return [_shown(opened, sandbox) for opened in sandbox.shops.values()]

    @router.post("/shops", status_code=201)
    async def open_shop(new: NewShop) -> dict[str, Any]:
        if new.platform not in PLATFORMS:
            raise HTTPException(422, f"The sandbox plays {', '.join(PLATFORMS)}; not {new.platform}.")
        if (new.platform, new.name) in sandbox.shops:
            raise HTTPException(409, f"There is already a shop {new.platform}/{new.name}.")
        opened = sandbox.open(new.platform, new.name, new.seed, new.options)
        await opened.start()
        return _shown(opened, sandbox)

    @router.get("/articles")
    async def articles() -> list[dict[str, Any]]:
        return [_article(variant) for variant in sandbox.world.articles]

    @router.get("/cases")
    async def cases() -> list[str]:
        return list(seeds.CASES)

    @router.post("/clock")
    async def shift(given: Shift) -> dict[str, Any]:
        sandbox.clock.shift(timedelta(seconds=given.seconds))
        return {"now": sandbox.clock()}

    @router.get("/{platform}/{name}/census")
    async def census(platform: str, name: str) -> list[dict[str, Any]]:
        rows = find(platform, name).shop.census()
        return [asdict(row) | {"total": f"{row.total:f}"} for row in rows]

    @router.post("/{platform}/{name}/orders", status_code=201)
    async def place(platform: str, name: str, new: NewOrders) -> dict[str, Any]:
        opened = find(platform, name)
        if new.case is not None:
            return _place_case(opened, new.case, sandbox)
        moulds = sandbox.plain_baskets
        if new.per_second:
            opened.place_over_time(new.count, new.per_second, moulds)
            return {"count": new.count, "per_second": new.per_second}
        spread = timedelta(seconds=new.spread_seconds)
        ids = opened.shop.place_many(new.count, moulds, spread)
        return {"count": len(ids), "first_id": ids[0], "last_id": ids[-1]}

    @router.post("/{platform}/{name}/products", status_code=201)
    async def list_products(platform: str, name: str, new: NewProducts) -> dict[str, Any]:
        find(platform, name).shop.stock_catalogue(seeds.many(new.count, new.prefix, new.variants))
        return {"count": new.count, "first": f"{new.prefix}-000001"}

    @router.post("/{platform}/{name}/orders/{external_id:path}/changes", status_code=201)
    async def change(platform: str, name: str, external_id: str, given: Change) -> dict[str, Any]:
        try:
            find(platform, name).shop.change(external_id, given)
        except KeyError as error:
            raise HTTPException(404, f"The shop has no order {external_id}.") from error
        except (IndexError, ValueError) as error:
            raise HTTPException(422, f"The shop cannot do that to order {external_id}: {error}") from error
        return {"external_id": external_id, "kind": given.kind}

    @router.get("/{platform}/{name}/stock")
    async def stock(platform: str, name: str) -> dict[str, int]:
        return find(platform, name).shop.stock()

    @router.get("/{platform}/{name}/parcels")
    async def parcels(platform: str, name: str) -> list[dict[str, Any]]:
        return [asdict(parcel) for parcel in find(platform, name).shop.parcels()]

    @router.get("/{platform}/{name}/requests")
    async def requests(platform: str, name: str, latest: int = 100) -> dict[str, Any]:
        return find(platform, name).requests.report(latest)

    @router.get("/{platform}/{name}/webhooks")
    async def webhooks(platform: str, name: str, latest: int = 200) -> list[dict[str, Any]]:
        return find(platform, name).webhooks.report(latest)

    @router.get("/{platform}/{name}/faults")
    async def faults(platform: str, name: str) -> dict[str, Any]:
        return find(platform, name).faults.report()

    @router.post("/{platform}/{name}/faults", status_code=201)
    async def add_fault(platform: str, name: str, rule: Rule) -> dict[str, Any]:
        opened = find(platform, name)
        opened.faults.add(rule)
        return opened.faults.report()

    @router.delete("/{platform}/{name}/faults")
    async def clear_faults(platform: str, name: str) -> dict[str, Any]:
        opened = find(platform, name)
        opened.faults.clear()
        return opened.faults.report()

    @router.post("/{platform}/{name}/reset")
    async def reset(platform: str, name: str, given: Reset | None = None) -> dict[str, Any]:
        find(platform, name)
        return _shown(await sandbox.reset(platform, name, given.seed if given else None), sandbox)

    return router


def _shown(opened: OpenShop, sandbox: Sandbox) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "platform": opened.shop.platform,
        "name": opened.shop.name,
        "path": opened.path,
        "url": f"{sandbox.world.public_url}{opened.path}",
        "credentials": opened.shop.credentials(),
        "options": opened.options,
    }
    read_only = getattr(opened.shop, "read_only_credentials", None)
    return shown | ({"read_only_credentials": read_only()} if read_only else {})


def _article(variant: Any) -> dict[str, Any]:
    return {
        "number": variant.sku,
        "title": variant.title,
        "price": f"{variant.price:f}",
        "tax_rate": f"{variant.tax_rate:f}",
        "ean": variant.ean,
        "stock": variant.stock,
    }


def _place_case(opened: OpenShop, case: str, sandbox: Sandbox) -> dict[str, Any]:
    if case not in seeds.CASES:
        raise HTTPException(422, f"There is no case '{case}'; GET /_control/cases lists them.")
    basket = seeds.case(case, sandbox.clock().replace(microsecond=0))
    return {"id": opened.place(basket), "case": case, "expect": basket.expected(opened.shop.platform)}
