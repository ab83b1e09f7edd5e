"""What the demonstration does, through the public REST API only: connect, decide, import, push stock, ship."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.ops.demo.chapter import Chapter, Say
from services.ops.demo.deciding import map_payment_words, require_payment_rows
from services.ops.ledger import Ledger, compare
from services.ops.stage import Api, StageError, wait_for

FEATURES = ("orders", "articles", "stock", "fulfilments")
IMPORT_SECONDS = 240.0
PUSH_SECONDS = 180.0
EVER = timedelta(days=3650)
# What a platform wants to know besides the keys: where its parcels come from, whom it writes to when calls fail.
BESIDES = {
    "ebay": {"alert_email": "webmaster@kramladen.example"},
    "kaufland": {"fallback_email": "webmaster@kramladen.example"},
    "otto": {"ship_from_zip": "18055", "ship_from_city": "Rostock", "return_carrier": "DHL"},
}


def tell(kontor: Api, sandbox: Api, say: Say) -> list[Chapter]:
    """The whole story. Raises StageError when a part of it does not come about."""
    put_master_data(kontor, sandbox, say)
    chapters = connect(kontor, sandbox, say)
    for chapter in chapters:
        require_payment_rows(kontor, chapter)
        if chapter.source_only:
            read_by_hand(kontor, chapter, say)
        else:
            go_live(kontor, chapter, say)
    for chapter in chapters:
        import_orders(kontor, sandbox, chapter, say)
    for chapter in chapters:
        if chapter.source_only:
            count_left_out(kontor, chapter, say)
            continue
        push_stock(kontor, sandbox, chapter, say)
        ship(kontor, sandbox, chapter, say)
    return chapters


def put_master_data(kontor: Api, sandbox: Api, say: Say) -> None:
    """The merchant's own system tells Kontor its articles and counts its stock."""
    articles = sandbox.get("/_control/articles")
    rows = [{"number": one["number"], "title": one["title"], "ean": one["ean"]} for one in articles]
    answer = kontor.put("/inventory/articles", {"articles": rows})
    if answer["refused"]:
        raise StageError(f"{answer['refused']} articles were refused: {answer['rows']}")
    kontor.put("/inventory/warehouses/main", {"name": "Main warehouse"})
    counted_at = datetime.now(UTC).isoformat()
    # Every shop brings orders of its own: what is enough for one would be sold out by ten.
    shops = len(sandbox.get("/_control/shops"))
    levels = [
        {
            "article_number": one["number"],
            "warehouse": "main",
            "quantity": one["stock"] * shops,
            "counted_at": counted_at,
            "meaning": "physical",
        }
        for one in articles
    ]
    answer = kontor.put("/inventory/levels", {"rows": levels})
    if answer["refused"]:
        raise StageError(f"{answer['refused']} levels were refused: {answer['rows']}")
    say(f"The ERP's {len(articles)} articles and their stock are known.")


def connect(kontor: Api, sandbox: Api, say: Say) -> list[Chapter]:
    """One connection per platform of the sandbox; credentials are tested live before they are stored."""
    chapters = []
    for shop in sandbox.get("/_control/shops"):
        if shop["name"] != "demo":
            continue
        platform = shop["platform"]
        address = "shop_url" if platform == "shopify" else "url"
        declared = kontor.get(f"/connectors/{platform}")
        body = {
            "platform": platform,
            "name": f"{platform} demo",
            "project": "demo",
            "credentials": {address: shop["url"], **shop["credentials"], **BESIDES.get(platform, {})},
            "integration": {feature: True for feature in FEATURES if feature in declared["features"]},
            "options": {"orders_every_seconds": 10, "articles_every_seconds": 60},
        }
        made = kontor.post("/connections", body, idempotency_key=f"demo-{platform}")
        place = f"/_control/{platform}/{shop['name']}"
        chapters.append(Chapter(made["id"], platform, made["name"], place, declared["source_only"]))
        say(f"Connected {made['name']}: credentials tested and sealed.")
    return chapters


def go_live(kontor: Api, chapter: Chapter, say: Say) -> None:
    """Orders, articles and stock are exchanged from now on."""
    if not kontor.get(f"/connections/{chapter.id}")["productive"]:
        kontor.call("PATCH", f"/connections/{chapter.id}", json={"productive": True})
        say(f"{chapter.name} is live.")


def read_by_hand(kontor: Api, chapter: Chapter, say: Say) -> None:
    """A shop that its merchant leaves never goes live; what it has is fetched once, from its first day to now."""
    path = f"/connectors/{chapter.platform}/connections/{chapter.id}/backfills"
    now = datetime.now(UTC)
    wanted = {"since": (now - EVER).isoformat(), "until": now.isoformat()}

    def known() -> bool:
        try:
            kontor.get(path)
        except StageError:
            return False
        return True

    wait_for(f"the connector knows {chapter.name}", known, seconds=IMPORT_SECONDS)
    for noun in ("article", "order"):
        seen = _backfill(kontor, path, {"noun": noun, **wanted})
        say(f"{chapter.name} is a source only: a backfill has read {seen} {noun}s.")


def count_left_out(kontor: Api, chapter: Chapter, say: Say) -> None:
    """What the shop lists beside its orders stands in the journal, each with the reason."""
    entries = kontor.pages("/journal/entries", connection=chapter.id, noun="order", action="skipped")
    for code in sorted({one["code"] for one in entries}):
        found = [one for one in entries if one["code"] == code]
        chapter.left_out[code] = len(found)
        say(f"{chapter.name}: {len(found)} rows of the shop are no orders. {found[0]['sentence']}")


def _backfill(kontor: Api, path: str, wanted: dict[str, str]) -> int:
    """Waits until a range was read to its end; answers how many records were met."""
    state = kontor.post(path, wanted)
    one = f"{path}/{state['id']}"

    def ended() -> bool:
        nonlocal state
        state = kontor.get(one)
        return bool(state["state"] != "running")

    wait_for(f"the {wanted['noun']}s are read", ended, seconds=IMPORT_SECONDS)
    if state["state"] != "done":
        raise StageError(f"Reading the {wanted['noun']}s ended as {state['state']}: {state['sentence']}")
    return int(state["seen"])


def account(kontor: Api, sandbox: Api, chapter: Chapter) -> Ledger:
    """The ledger of this moment."""
    census = sandbox.get(f"{chapter.shop}/census")
    held = kontor.pages(f"/orders/census/{chapter.id}/items")
    return compare(chapter.platform, census, held)


def import_orders(kontor: Api, sandbox: Api, chapter: Chapter, say: Say) -> None:
    """Waits until every order of the shop's own list is here, saying how far it is."""
    told = -1

    def here() -> bool:
        nonlocal told
        chapter.ledger = account(kontor, sandbox, chapter)
        count = chapter.ledger.shop_orders - len(chapter.ledger.missing)
        if count != told:
            told = count
            say(f"{chapter.name}: {count} of {chapter.ledger.shop_orders} orders are here.")
        return not chapter.ledger.missing

    def as_published() -> bool:
        return here() and not (chapter.ledger and chapter.ledger.faults)

    try:
        wait_for(f"the orders of {chapter.name} are here", here, seconds=IMPORT_SECONDS, every=1.0)
        map_payment_words(kontor, chapter, say)
        wait_for(f"{chapter.name} is imported", as_published, seconds=IMPORT_SECONDS, every=1.0)
    except StageError as late:
        faults = chapter.ledger.faults if chapter.ledger else []
        raise StageError("\n".join([str(late), *faults])) from None


def push_stock(kontor: Api, sandbox: Api, chapter: Chapter, say: Say) -> None:
    """Waits until the shop believes what Kontor computed, listing by listing."""

    def quiet() -> bool:
        summary = kontor.get(f"/inventory/summary/{chapter.id}")
        return bool(summary["told"] > 0 and summary["dirty"] == 0 and summary["in_flight"] == 0)

    wait_for(f"the stock of {chapter.name} has reached the shop", quiet, seconds=PUSH_SECONDS)
    listings = kontor.pages("/inventory/listings", connection=chapter.id, matched="true")
    wrong = _compare_stock(kontor, sandbox, chapter, listings)
    if wrong:
        # The pretend shop is as on its first day whenever it starts; a real one remembers what it was told.
        say(f"{chapter.name}: the shop shows another stock for {len(wrong)} listings; sending it again.")
        for listing in wrong:
            kontor.post(f"/inventory/listings/{listing}/push", {})
        wait_for(f"the stock of {chapter.name} has reached the shop again", quiet, seconds=PUSH_SECONDS)
        _compare_stock(kontor, sandbox, chapter, listings)
    say(f"{chapter.name}: the stock of {chapter.stock_pushed} listings is in the shop.")


def _compare_stock(kontor: Api, sandbox: Api, chapter: Chapter, listings: list[dict[str, Any]]) -> list[str]:
    """Which listings show something else than they were told."""
    shown = sandbox.get(f"{chapter.shop}/stock")
    chapter.stock_pushed, chapter.stock_wrong = 0, []
    wrong = []
    for listing in listings:
        places = kontor.get(f"/inventory/listings/{listing['id']}/quantity")["places"]
        numbers = [place["told"] for place in places if place["told"] is not None]
        if not numbers:
            continue
        told = sum(numbers)
        chapter.stock_pushed += 1
        if shown.get(listing["sku"]) != told:
            chapter.stock_wrong.append(f"{listing['sku']}: told {told}, the shop shows {shown.get(listing['sku'])}")
            wrong.append(listing["id"])
    return wrong


def ship(kontor: Api, sandbox: Api, chapter: Chapter, say: Say) -> None:
    """Ships one paid order and waits until the shop shows the parcel."""
    order = _shippable(kontor, chapter)
    chapter.shipped_order = order["number"]
    tracking = f"0034043412345{abs(hash(order['id'])) % 10_000_000:07d}"
    body = {"reference": f"demo-{order['id']}", "carrier": "DHL", "tracking_number": tracking,
            "tracking_url": f"https://tracking.example/{tracking}"}  # fmt: skip
    made = kontor.post(f"/orders/{order['id']}/shipments", body)
    tracking = made["tracking_number"]

    def reported() -> bool:
        chapter.shipment = kontor.get(f"/orders/{order['id']}/shipments")[0]
        return bool(chapter.shipment["state"] == "reported")

    wait_for(f"the shipment of {order['number']} is reported", reported, seconds=PUSH_SECONDS)
    parcels = [one for one in sandbox.get(f"{chapter.shop}/parcels") if tracking in one["tracking_number"]]
    if not parcels:
        raise StageError(f"{chapter.name} does not show the parcel {tracking} although it was reported.")
    chapter.seen_by_shop = parcels[0]
    say(f"{chapter.name}: the shipment of order {order['number']} is in the shop.")


def _shippable(kontor: Api, chapter: Chapter) -> dict[str, Any]:
    for head in kontor.get("/orders", connection=chapter.id, status="imported", limit=200)["items"]:
        if head["payment_state"] != "paid" or head["test"]:
            continue
        order: dict[str, Any] = kontor.get(f"/orders/{head['id']}")
        content = order["content"]
        held = any(line["held"] for line in content["line_items"])
        outstanding = all(float(line["outstanding"]) > 0 for line in order["lines"])
        if content["delivery"] == "ship" and outstanding and not held and not order["shipments"]:
            return order
    raise StageError(f"{chapter.name} has no order that could be shipped.")
