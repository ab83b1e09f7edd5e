"""From an uploaded price to what each shop is told, why, and what became of it."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.inventory import price_guarding, price_loop
from shared.contracts.money import Money
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, listing_id

SOON = timedelta(minutes=1)


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


async def selling(room: Stockroom, *numbers: str, price: str = "10.00", **switches: Any) -> None:
    """A connection whose prices are switched on, showing these articles at a price of the shop's own."""
    await room.connect(integration=switches.get("integration", {"prices": True}))
    await room.articles(*numbers)
    await room.take(*[room.listed(number, number, price=eur(price)) for number in numbers])
    await room.price_pushes()
    await room.journalled()


async def view(room: Stockroom, external_id: str, **how: Any) -> dict[str, Any]:
    reply = await room.call("GET", f"/listings/{listing_id(external_id)}/price", role="read", **how)
    found: dict[str, Any] = reply.json()
    return found


@pytest.mark.proves("price-sales")
async def test_an_uploaded_price_is_told_to_the_shop_once(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    for outcome in ("accepted", "unchanged"):
        answer = await stockroom.priced({"article_number": "A-1", "amount": "11.99"})
        assert [row["outcome"] for row in answer["rows"]] == [outcome]
    (push,) = await stockroom.price_pushes()
    assert (push.external_id, push.price, push.includes_tax, push.strike, push.sets_strike) == (
        "A-1", eur("11.99"), True, None, False,
    )  # fmt: skip
    await stockroom.report_price(push)
    assert await stockroom.price_pushes() == []
    shown = await view(stockroom, "A-1")
    assert (shown["told"]["amount"], shown["last_push"]["outcome"]) == ("11.99", "done")
    (entry,) = await stockroom.journalled("article_price_changed")
    assert (entry.params["before"], entry.params["after"], entry.actor) == ("–", "11.99", "anna (operate)")


async def test_only_the_newest_of_many_prices_goes_out(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    for amount in ("10.50", "10.60", "10.70"):
        await stockroom.priced({"article_number": "A-1", "amount": amount})
    assert [push.price for push in await stockroom.price_pushes()] == [eur("10.70")]


async def test_each_row_is_answered_by_itself(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    answer = await stockroom.priced(
        {"article_number": "A-1", "amount": "11"},
        {"article_number": "A-9", "amount": "11"},
        {"article_number": "A-1", "amount": "-1", "price_list": "B2B"},
        {"article_number": "A-1", "amount": "5", "strike": "4", "price_list": "x"},
        {"article_number": "A-1", "amount": "5", "valid_from": "2027-01-01", "price_list": "y"},
    )
    codes = ["", "price_article_unknown", "price_amount_invalid", "price_strike_too_low", "row_field_unknown"]
    assert [row["code"] for row in answer["rows"]] == codes
    assert answer["rows"][1]["detail"] == "There is no article A-9; its price (list –, EUR) was not taken."
    (entry,) = await stockroom.journalled("price_upload_booked")
    assert (entry.outcome, entry.params["refused"]) == ("warning", "4")
    assert len(await stockroom.price_pushes()) == 1


async def test_a_file_from_a_german_spreadsheet_is_taken(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", "A-2", "A-3")
    await stockroom.priced({"article_number": "A-3", "amount": "9"})
    text = (
        "Artikelnummer;Preis;Basis;UVP;Steuer\nA-1;1.011,50;brutto;1.299,00;normal\nA-2;8,40;netto;;ermäßigt\nA-3;;;;\n"
    )
    reply = await stockroom.call(
        "PUT", "/prices", content=text.encode("cp1252"), headers={"Content-Type": "text/csv"},
        params={"currency": "EUR"},
    )  # fmt: skip
    assert [row["outcome"] for row in reply.json()["rows"]] == ["accepted"] * 3
    items = (await stockroom.get("/prices"))["items"]
    assert [(one["article_number"], one["amount"], one["basis"], one["tax"], one["strike"]) for one in items] == [
        ("A-1", "1011.50", "gross", "standard", "1299.00"), ("A-2", "8.40", "net", "reduced", None),
    ]  # fmt: skip


@pytest.mark.proves("price-of-one-group")
async def test_a_shop_is_told_the_price_of_its_own_list_and_no_other_unless_allowed(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", "A-2")
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"price_list": "B2B"})
    await stockroom.priced(
        {"article_number": "A-1", "amount": "10"}, {"article_number": "A-1", "amount": "9", "price_list": "B2B"},
        {"article_number": "A-2", "amount": "11"},
    )  # fmt: skip
    assert [(push.sku, push.price) for push in await stockroom.price_pushes()] == [("A-1", eur("9.00"))]
    assert (await view(stockroom, "A-2"))["blocked_by"]["code"] == "price_missing"
    for _ in range(2):
        await stockroom.priced({"article_number": "A-1", "amount": None, "price_list": "B2B"})
        assert await stockroom.price_pushes() == []
    (entry,) = await stockroom.journalled("price_missing")
    assert (entry.subject, entry.params["list"]) == (str(listing_id("A-1")), "B2B")
    await stockroom.priced({"article_number": "A-1", "amount": "9", "price_list": "B2B"})
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"price_list": "B2B", "fallback": True})
    assert [(push.sku, push.price) for push in await stockroom.price_pushes()] == [("A-2", eur("11.00"))]


@pytest.mark.proves("price-tax-rate")
async def test_net_and_gross_are_made_of_each_other_by_the_rate_of_the_article(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", "A-2", "A-3")
    await stockroom.priced(
        {"article_number": "A-1", "amount": "10", "basis": "net"},
        {"article_number": "A-2", "amount": "10", "basis": "net", "tax": "reduced"},
        {"article_number": "A-3", "amount": "10"},
    )
    told = {push.sku: push.price.amount for push in await stockroom.price_pushes()}
    assert told == {"A-1": Decimal("11.90"), "A-2": Decimal("10.70"), "A-3": Decimal("10.00")}
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"net": True, "rounded": False})
    pushes = {push.sku: push for push in await stockroom.price_pushes()}
    assert (pushes["A-3"].price.amount, pushes["A-3"].includes_tax) == (Decimal("8.4034"), False)
    words = " ".join(one["sentence"] for one in (await view(stockroom, "A-3", language="de"))["explanation"])
    assert "Der Standardpreis ist 10 EUR (gross)." in words
    assert "Ohne 19 % Steuer sind das 8.4034 netto." in words


@pytest.mark.proves("price-suggested")
async def test_a_strike_price_is_sent_and_taken_away_where_the_settings_say_so(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"strike": True})
    await stockroom.priced({"article_number": "A-1", "amount": "10", "strike": "12.50"})
    (push,) = await stockroom.price_pushes()
    assert (push.strike, push.sets_strike) == (eur("12.50"), True)
    await stockroom.priced({"article_number": "A-1", "amount": "10"})
    (push,) = await stockroom.price_pushes()
    assert (push.strike, push.sets_strike) == (None, True)


async def test_no_price_goes_into_a_shop_of_another_currency(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "10", "currency": "USD"})
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"currency": "USD"})
    assert await stockroom.price_pushes() == []
    assert (await view(stockroom, "A-1"))["blocked_by"]["code"] == "price_currency_differs"


async def test_a_price_waits_for_both_switches_and_goes_out_when_they_are_on(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", integration={"stock": True})
    await stockroom.priced({"article_number": "A-1", "amount": "11"})
    assert await stockroom.price_pushes() == []
    assert (await view(stockroom, "A-1"))["blocked_by"]["code"] == "integration_mode_off"
    await stockroom.connect(version=2, integration={"prices": True})
    assert len(await stockroom.price_pushes()) == 1


async def test_a_refused_price_is_sent_again_when_its_listing_changes(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "11"})
    (push,) = await stockroom.price_pushes()
    await stockroom.report_price(push, "failed", code="price_refused", params={"detail": "no"})
    shown = await view(stockroom, "A-1")
    assert (shown["told"], shown["last_push"]["outcome"]) == (None, "failed")
    await stockroom.take(stockroom.listed("A-1", "A-1", minute=5, price=eur("10.00")))
    (again,) = await stockroom.price_pushes()
    assert (again.price, again.version) == (eur("11.00"), push.version + 1)
    await stockroom.report_price(again)
    await stockroom.report_price(push, "failed", code="price_refused")
    assert (await view(stockroom, "A-1"))["told"]["amount"] == "11.00"


async def test_a_person_can_send_a_price_again(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "11"})
    for push in await stockroom.price_pushes():
        await stockroom.report_price(push)
    reply = await stockroom.call("POST", f"/listings/{listing_id('A-1')}/price/push")
    assert reply.status_code == 202
    assert [push.price for push in await stockroom.price_pushes()] == [eur("11.00")]


async def test_settings_keep_their_history_and_nobody_overwrites_a_colleague(stockroom: Stockroom) -> None:
    path = f"/price-settings/{SHOP}"
    first = await stockroom.call("PUT", path, json={"net": True}, headers={"If-Match": '"0"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    late = await stockroom.call("PUT", path, json={"net": False}, headers={"If-Match": '"0"'})
    assert (late.status_code, late.json()["code"]) == (409, "price_settings_changed_meanwhile")
    (entry,) = await stockroom.journalled("price_settings_changed")
    assert entry.params["changes"] == "net False → True"
    token = await stockroom.key("operate", [OTHER])
    assert (await stockroom.call("GET", path, token=token)).status_code == 404


async def test_two_loops_at_once_send_each_price_once(stockroom: Stockroom) -> None:
    numbers = [f"A-{n}" for n in range(100)]
    await selling(stockroom, *numbers)
    await stockroom.priced(*[{"article_number": number, "amount": "10.50"} for number in numbers])
    await asyncio.gather(*(_work(stockroom) for _ in range(3)))
    sent = await stockroom.sent("price.push")
    assert sorted(push.sku for push in sent) == sorted(numbers)


async def _work(stockroom: Stockroom) -> None:
    while await price_loop.step(stockroom.service):
        pass


# The guard


async def live(room: Stockroom, *numbers: str) -> None:
    """A shop that was told 10.00 EUR for every listing."""
    await selling(room, *numbers)
    await room.priced(*[{"article_number": number, "amount": "10.00"} for number in numbers])
    for push in await room.price_pushes():
        await room.report_price(push)
    await room.journalled()


async def the_hold(room: Stockroom) -> dict[str, Any]:
    (hold,) = (await room.call("GET", "/price-holds", role="read", params={"state": "open"})).json()
    found: dict[str, Any] = hold
    return found


async def decide(room: Stockroom, hold: dict[str, Any], decision: str) -> Any:
    return await room.call("POST", f"/price-holds/{hold['id']}/{decision}")


@pytest.mark.parametrize(("amount", "counts"), [("0", (1, 0)), ("13.01", (0, 1)), ("6.99", (0, 1))])
async def test_a_price_of_zero_or_one_that_moves_too_far_is_held_with_an_alert_and_its_neighbours_go_on(
    stockroom: Stockroom, amount: str, counts: tuple[int, int]
) -> None:
    await live(stockroom, "A-1", "A-2")
    await stockroom.priced({"article_number": "A-1", "amount": amount}, {"article_number": "A-2", "amount": "13"})
    assert [push.sku for push in await stockroom.price_pushes()] == ["A-2"]
    hold = await the_hold(stockroom)
    assert (hold["zeroed"], hold["moved"], hold["waiting"], hold["reason"]) == (*counts, 1, "limits")
    assert (await view(stockroom, "A-1"))["blocked_by"]["code"] == "price_push_held"
    (alert,) = [one for one in await stockroom.journalled() if one.outcome == "error"]
    assert (alert.noun, alert.subject, alert.code) == ("hold", hold["id"], "price_hold_raised")


async def test_a_confirmed_price_goes_out_and_another_one_is_held_anew(stockroom: Stockroom) -> None:
    await live(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "0"})
    await stockroom.price_pushes()
    hold = await the_hold(stockroom)
    for _ in range(2):
        assert (await decide(stockroom, hold, "confirm")).json()["state"] == "confirmed"
    refused = await decide(stockroom, hold, "discard")
    assert (refused.status_code, refused.json()["code"]) == (409, "price_hold_decided")
    (push,) = await stockroom.price_pushes()
    assert push.price == eur("0.00")
    assert len(await stockroom.journalled("price_hold_confirmed")) == 1
    await stockroom.report_price(push, "failed", code="price_refused")
    await stockroom.take(stockroom.listed("A-1", "A-1", minute=5, price=eur("10.00")))
    assert [one.price for one in await stockroom.price_pushes()] == [eur("0.00")]
    await stockroom.priced({"article_number": "A-1", "amount": "0", "strike": "9"})
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"strike": True})
    stockroom.now += SOON
    await stockroom.take(stockroom.listed("A-1", "A-1", minute=50, price=eur("10.00")))
    assert (await stockroom.price_pushes())[0].strike == eur("9.00")


async def test_a_discarded_price_is_not_told_until_it_changes(stockroom: Stockroom) -> None:
    await live(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "99"})
    await stockroom.price_pushes()
    await decide(stockroom, await the_hold(stockroom), "discard")
    await stockroom.call("POST", f"/listings/{listing_id('A-1')}/price/push")
    assert await stockroom.price_pushes() == []
    assert (await view(stockroom, "A-1"))["blocked_by"]["code"] == "price_push_discarded"
    await stockroom.priced({"article_number": "A-1", "amount": "9.90"})
    assert [push.price for push in await stockroom.price_pushes()] == [eur("9.90")]


async def test_a_hold_is_over_when_the_price_was_corrected(stockroom: Stockroom) -> None:
    await live(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "0"})
    await stockroom.price_pushes()
    await stockroom.priced({"article_number": "A-1", "amount": "10"})
    assert await stockroom.price_pushes() == []
    assert (await stockroom.call("GET", "/price-holds", role="read")).json()[0]["state"] == "over"
    assert len(await stockroom.journalled("price_hold_over")) == 1


async def test_the_first_push_shows_what_it_would_do_and_waits_as_a_whole_when_a_price_is_dangerous(
    stockroom: Stockroom,
) -> None:
    await selling(stockroom, "A-1", "A-2", "A-3", "A-4")
    await stockroom.priced(
        {"article_number": "A-1", "amount": "0"}, {"article_number": "A-2", "amount": "20"},
        {"article_number": "A-3", "amount": "10.50"},
    )  # fmt: skip
    sums = (await stockroom.get(f"/price-preview/{SHOP}"))["sums"]
    assert {name: count for name, count in sums.items() if count} == {
        "to_zero": 1, "moved": 1, "changed": 1, "no_price": 1, "needs_confirmation": True,
    }  # fmt: skip
    (zero,) = (await stockroom.get(f"/price-preview/{SHOP}", effect="to_zero"))["items"]
    assert (zero["sku"], zero["shop"], zero["price"]["amount"]) == ("A-1", "10.00", "0.00")
    assert await stockroom.price_pushes() == []
    hold = await the_hold(stockroom)
    assert (hold["reason"], hold["zeroed"], hold["moved"]) == ("first", 1, 1)
    await decide(stockroom, hold, "confirm")
    told = {push.sku: push.price.amount for push in await stockroom.price_pushes()}
    assert told == {"A-1": Decimal(0), "A-2": Decimal(20), "A-3": Decimal("10.5")}


async def test_a_harmless_first_push_needs_nobody_unless_the_merchant_wants_to_look(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1")
    await stockroom.call("PUT", f"/price-settings/{SHOP}", json={"guard": {"first": "always"}})
    await stockroom.priced({"article_number": "A-1", "amount": "10.50"})
    assert await stockroom.price_pushes() == []
    await decide(stockroom, await the_hold(stockroom), "confirm")
    assert len(await stockroom.price_pushes()) == 1


async def test_a_first_push_that_was_corrected_goes_out_without_a_word(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", "A-2")
    await stockroom.priced({"article_number": "A-1", "amount": "0"}, {"article_number": "A-2", "amount": "10.50"})
    assert await stockroom.price_pushes() == []
    await price_guarding.look_after(stockroom.service)
    assert (await the_hold(stockroom))["reason"] == "first"
    await stockroom.priced({"article_number": "A-1", "amount": "9.50"})
    assert await stockroom.price_pushes() == []
    for _ in range(2):
        await price_guarding.look_after(stockroom.service)
    assert sorted(push.sku for push in await stockroom.price_pushes()) == ["A-1", "A-2"]
    assert len(await stockroom.journalled("price_hold_over")) == 1


async def test_a_hold_ends_with_its_connection(stockroom: Stockroom) -> None:
    await live(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "0"})
    await stockroom.price_pushes()
    await stockroom.connect(version=2, deleted=True)
    await price_guarding.look_after(stockroom.service)
    assert (await stockroom.call("GET", "/price-holds", role="read")).json()[0]["state"] == "over"


async def test_a_hold_is_over_when_the_shop_itself_has_the_price(stockroom: Stockroom) -> None:
    await live(stockroom, "A-1")
    await stockroom.priced({"article_number": "A-1", "amount": "20"})
    await stockroom.price_pushes()
    stockroom.now += SOON
    again = stockroom.listed("A-1", "A-1", minute=200, price=eur("20.00"))
    await stockroom.take(again)
    await stockroom.price_pushes()
    assert (await stockroom.call("GET", "/price-holds", role="read")).json()[0]["state"] == "over"


# By hand


async def test_chosen_prices_go_out_by_hand_before_the_connection_is_productive(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", "A-2", "A-3")
    await stockroom.connect(version=2, productive=False, integration={"prices": True})
    await stockroom.take(stockroom.listed("X-1", "X-1"))
    await stockroom.priced({"article_number": "A-1", "amount": "11"}, {"article_number": "A-2", "amount": "0"})
    assert await stockroom.price_pushes() == []
    body = {"connection": str(SHOP), "skus": ["A-1", "A-2", "A-3", "X-1", "none"]}
    answer = (await stockroom.call("POST", "/price-push", json=body)).json()
    assert [(item["sent"], (item["because"] or {"code": ""})["code"]) for item in answer["items"]] == [
        (True, ""), (False, "price_by_hand_dangerous"), (False, "price_missing"), (False, "listing_article_unknown"),
        (False, "hand_push_unknown"),
    ]  # fmt: skip
    (push,) = await stockroom.price_pushes()
    assert (push.sku, push.price, push.asked_by) == ("A-1", eur("11.00"), "anna (operate)")
    await stockroom.call("POST", "/price-push", json=body | {"skus": ["A-2"], "dangerous": True})
    assert [push.price for push in await stockroom.price_pushes()] == [eur("0.00")]


async def test_nothing_goes_out_by_hand_where_prices_are_switched_off(stockroom: Stockroom) -> None:
    await selling(stockroom, "A-1", integration={"stock": True})
    await stockroom.priced({"article_number": "A-1", "amount": "11"})
    answer = await stockroom.call("POST", "/price-push", json={"connection": str(SHOP), "skus": ["A-1"]})
    assert answer.json()["items"][0]["because"]["code"] == "integration_mode_off"
    assert await stockroom.price_pushes() == []


async def test_the_checklist_says_how_prices_stand_where_they_are_switched_on(stockroom: Stockroom) -> None:
    async def points() -> dict[str, tuple[str, str]]:
        found = await stockroom.get("/checklist", connection=str(SHOP))
        return {one["name"]: (one["state"], one["code"]) for one in found if "price" in one["name"]}

    await selling(stockroom, "A-1", "A-2", integration={"stock": True})
    assert await points() == {}
    await stockroom.connect(version=2, productive=False, integration={"prices": True})
    await stockroom.priced({"article_number": "A-1", "amount": "99"})
    missing = ("attention", "checklist_prices_missing")
    assert await points() == {"prices": missing, "price preview": ("optional", "checklist_price_preview_open")}
    await stockroom.connect(version=3, integration={"prices": True})
    await stockroom.price_pushes()
    assert (await points())["price preview"] == ("attention", "checklist_price_preview_held")
    await stockroom.priced({"article_number": "A-2", "amount": "10"})
    await decide(stockroom, await the_hold(stockroom), "confirm")
    await stockroom.price_pushes()
    done = ("done", "checklist_price_preview_done")
    assert await points() == {"prices": ("done", "checklist_prices_there"), "price preview": done}
