"""`/connectors/features`: what every connector can do, and which test proves it."""

from pathlib import Path

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from shared.chassis.access import Principal, require
from shared.chassis.service import Service

# Made by `python -m services.ops features`, where the tests are; an installation has only what they proved.
FILE = Path(__file__).parents[1] / "connectors" / "features.json"


class Cell(BaseModel):
    """One feature of one connector: yes with the tests that prove it, or no and why; beside it the reference's word."""

    offered: bool
    why: str
    tests: list[str]
    reference: str


class Row(BaseModel):
    """One feature; `cells` by platform."""

    id: str
    area: str
    title: str
    cells: dict[str, Cell]


class Platform(BaseModel):
    platform: str
    title: str


class Features(BaseModel):
    """The feature matrix."""

    platforms: list[Platform]
    rows: list[Row]


def feature_routes(service: Service) -> APIRouter:
    """The router for `/connectors/features`."""
    router = APIRouter()
    known = Features.model_validate_json(FILE.read_bytes())

    @router.get("")
    async def features(_: Principal = Depends(require("read"))) -> Features:
        """The feature matrix of all connectors: no cell says yes without a test that proves it."""
        return known

    return router
