"""What a connection lacks before its stock and prices can be told: each point, its sentence and where to mend it."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from services.inventory import hold_book, price_hold_book, price_settings_book
from services.inventory.settings_book import settings_of
from services.inventory.stock_settings import StockSettings
from shared.persistence.database import Transaction

State = Literal["done", "missing", "optional", "attention"]


@dataclass(frozen=True)
class Point:
    """One point: `code` of its sentence, and the route where it is mended."""

    name: str
    state: State
    code: str
    where: str
    params: dict[str, str] = field(default_factory=dict)


async def points(tx: Transaction, connection: UUID) -> list[Point]:
    """Every point in the order in which a merchant comes to them."""
    settings = (await settings_of(tx, [connection]))[connection]
    standing = (await hold_book.standings(tx, [connection], []))[connection]
    facts = await tx.row(
        """SELECT (SELECT count(*) FROM warehouses WHERE connection IS NULL) AS warehouses,
                  count(*) FILTER (WHERE state <> 'deleted') AS listings,
                  count(article_number) AS matched,
                  count(*) FILTER (WHERE state <> 'deleted' AND article_number IS NULL) AS unmatched,
                  count(article_number) FILTER (WHERE NOT EXISTS (
                      SELECT FROM levels v WHERE v.article_number = listings.article_number
                        AND (CAST(:chosen AS text[]) IS NULL OR v.warehouse = ANY(:chosen)))
                    AND NOT EXISTS (
                      SELECT FROM channel_levels v WHERE v.article_number = listings.article_number
                        AND v.warehouse = ANY(:chosen))
                    AND NOT EXISTS (
                      SELECT FROM bill_parts b WHERE b.head = listings.article_number)) AS uncounted
           FROM listings WHERE connection = :connection""",
        connection=connection,
        chosen=_counted(settings),
    )
    known = {name: int(value) for name, value in (facts or {}).items()}
    return [
        _warehouses(known),
        _matching(known, connection),
        _counting(known, connection),
        _preview(standing, connection),
        await _subtraction(tx, settings, connection),
        *await _prices(tx, connection),
    ]


def _counted(settings: StockSettings) -> list[str] | None:
    if not settings.locations:
        return None if settings.warehouses is None else list(settings.warehouses)
    return [warehouse for chosen in settings.locations.values() for warehouse in chosen]


def _warehouses(known: dict[str, int]) -> Point:
    done = known["warehouses"] > 0
    code = "checklist_warehouses_there" if done else "checklist_warehouses_missing"
    return Point("warehouses", "done" if done else "missing", code, "/inventory/warehouses", _words(known))


def _matching(known: dict[str, int], connection: UUID) -> Point:
    where = f"/inventory/listings?connection={connection}&matched=false"
    if known["matched"] == 0:
        return Point("matching", "missing", "checklist_listings_missing", where, _words(known))
    if known["unmatched"]:
        return Point("matching", "attention", "checklist_listings_unmatched", where, _words(known))
    return Point("matching", "done", "checklist_listings_matched", where, _words(known))


def _counting(known: dict[str, int], connection: UUID) -> Point:
    where = f"/inventory/preview/{connection}"
    if known["uncounted"]:
        return Point("levels", "attention", "checklist_levels_missing", where, _words(known))
    return Point("levels", "done", "checklist_levels_there", where, _words(known))


def _preview(standing: hold_book.Standing, connection: UUID) -> Point:
    if standing.hold is not None:
        where = f"/inventory/holds/{standing.hold}"
        return Point("preview", "attention", "checklist_preview_held", where)
    where = f"/inventory/preview/{connection}"
    if standing.opened:
        return Point("preview", "done", "checklist_preview_done", where)
    return Point("preview", "optional", "checklist_preview_open", where)


async def _subtraction(tx: Transaction, settings: StockSettings, connection: UUID) -> Point:
    """Orders may be taken off twice where available and physical levels of one article are added up."""
    where = f"/inventory/settings/{connection}"
    mixed = 0
    if settings.reservations and not settings.pseudo_stock:
        mixed = await tx.value(
            """SELECT count(*) FROM (
                   SELECT FROM levels v JOIN listings l ON l.article_number = v.article_number
                   WHERE l.connection = :connection AND v.quantity <> 0
                     AND (CAST(:chosen AS text[]) IS NULL OR v.warehouse = ANY(:chosen))
                   GROUP BY l.id HAVING count(DISTINCT v.meaning) > 1) AS m""",
            connection=connection,
            chosen=_counted(settings),
        )
    if mixed:
        return Point("subtraction", "attention", "checklist_subtracted_twice", where, {"listings": str(mixed)})
    if not settings.reservations and not settings.takes_off_open_orders and not settings.pseudo_stock:
        return Point("subtraction", "attention", "checklist_orders_ignored", where)
    return Point("subtraction", "done", "checklist_subtracted_once", where)


async def _prices(tx: Transaction, connection: UUID) -> list[Point]:
    """Nothing where prices are switched off; else whether all have one, and how the first push stands."""
    switch = await tx.value("SELECT prices_blocked_by FROM connections WHERE id = :id", id=connection)
    if switch in (None, "integration_mode_off"):
        return []
    settings = await price_settings_book.settings_of(tx, connection)
    without = await tx.value(
        """SELECT count(*) FROM listings l WHERE l.connection = :connection AND l.article_number IS NOT NULL
             AND NOT EXISTS (SELECT FROM prices p WHERE p.article_number = l.article_number
                             AND p.price_list = ANY(:lists) AND p.currency = coalesce(:currency, l.currency))""",
        connection=connection,
        lists=[settings.price_list, *([""] if settings.fallback else [])],
        currency=settings.currency,
    )
    there = Point("prices", "done", "checklist_prices_there", f"/inventory/price-settings/{connection}")
    if without:
        where = f"/inventory/price-preview/{connection}?effect=no_price"
        there = Point("prices", "attention", "checklist_prices_missing", where, {"listings": str(without)})
    where = f"/inventory/price-preview/{connection}"
    if await price_hold_book.open_hold(tx, connection) is not None:
        held = Point("price preview", "attention", "checklist_price_preview_held", "/inventory/price-holds?state=open")
    elif await price_hold_book.opened(tx, connection):
        held = Point("price preview", "done", "checklist_price_preview_done", where)
    else:
        held = Point("price preview", "optional", "checklist_price_preview_open", where)
    return [there, held]


def _words(known: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in known.items()}
