"""Alerts by mail: one message for what belongs together, never two for one cause, and its end is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.journal import delivery_book
from services.journal.alerting import Herald
from services.journal.delivering import TAKEN
from tests.integration.journal.alarm import (
    SETTINGS,
    courier,
    imported,
    look,
    open_codes,
    parked,
    subscribe,
    with_key_ring,
)
from tests.integration.journal.house import OTHER, SHOP, House
from tests.wired.journal.post_office import PostOffice, form, post_office


@pytest.fixture
async def office(house: House, tmp_path: Path) -> AsyncIterator[PostOffice]:
    """A mail server, and a journal that knows its shops by name."""
    with_key_ring(house, tmp_path)
    async with post_office() as opened:
        yield opened


async def test_twelve_orders_with_one_cause_are_one_mail_however_often_the_loops_run(
    house: House, office: PostOffice
) -> None:
    await subscribe(house)
    await house.record(*(parked(house, str(n)) for n in range(12)))
    await look(house, times=4)
    for _ in range(3):
        await courier(house, office.settings()).step()
    await look(house, times=4)
    await courier(house, office.settings()).step()
    (mail,) = office.mails
    assert mail["Subject"] == "Kontor: 1 neu, 0 erledigt (Küchenladen)"
    text = form(mail)
    assert "Betroffene Datensätze: 12" in text
    assert text.count("https://kontor.example/journal/timeline/order/") == 5
    assert "Bitte den Artikel mit genau dieser Nummer anlegen" in text
    shown = form(mail, "html")
    assert "Bitte den Artikel mit genau dieser Nummer anlegen" in shown
    assert shown.count('href="https://kontor.example/journal/timeline/order/') == 5


async def test_more_records_of_a_cause_that_was_told_make_no_second_mail(house: House, office: PostOffice) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house)
    await courier(house, office.settings()).step()
    await house.record(parked(house, "2"), parked(house, "3"))
    await look(house)
    await courier(house, office.settings()).step()
    assert len(office.mails) == 1


async def test_what_happens_within_the_gathering_is_one_mail(house: House, office: PostOffice) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house, times=1, after=timedelta(seconds=20))
    await house.record(parked(house, "2", "totals_mismatch"), parked(house, "3", connection=OTHER))
    await look(house, times=1, after=timedelta(seconds=20))
    await courier(house, office.settings()).step()
    assert office.mails == []
    await look(house, times=1)
    await courier(house, office.settings()).step()
    (mail,) = office.mails
    assert mail["Subject"] == "Kontor: 3 neu, 0 erledigt (Gartenladen, Küchenladen)"


async def test_the_end_of_a_cause_is_told_once_and_its_return_is_news_again(house: House, office: PostOffice) -> None:
    await subscribe(house, language="en")
    for _ in range(2):
        await house.record(parked(house, "1"))
        await look(house)
        await courier(house, office.settings()).step()
        await house.record(imported(house, "1"))
        await look(house, times=4)
        await courier(house, office.settings()).step()
        await look(house, times=2)
        await courier(house, office.settings()).step()
    subjects = [mail["Subject"] for mail in office.mails]
    assert subjects == ["Kontor: 1 new, 0 settled (Küchenladen)", "Kontor: 0 new, 1 settled (Küchenladen)"] * 2
    assert 'Settled, with nothing left to do:\r\n- Küchenladen: The article number "K-1"' in (
        form(office.mails[1]).replace("\r\n", "\n").replace("\n", "\r\n")
    )


async def test_trouble_that_ends_while_it_gathers_is_never_told(house: House, office: PostOffice) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house, times=1)
    await house.record(imported(house, "1"))
    await look(house, times=3)
    await courier(house, office.settings()).step()
    assert office.mails == []


async def test_a_subscription_hears_only_of_its_connections_and_severity(house: House, office: PostOffice) -> None:
    await subscribe(house, address="alles@example.com")
    await subscribe(house, address="garten@example.com", connections=[str(OTHER)])
    await subscribe(house, address="fehler@example.com", least="error")
    await house.record(
        parked(house, "1"), parked(house, "2", connection=OTHER), parked(house, "3", "totals_mismatch", outcome="error")
    )
    await look(house)
    await courier(house, office.settings()).step()
    subjects = {mail["To"]: mail["Subject"] for mail in office.mails}
    assert subjects == {
        "alles@example.com": "Kontor: 3 neu, 0 erledigt (Küchenladen, Gartenladen)",
        "garten@example.com": "Kontor: 1 neu, 0 erledigt (Gartenladen)",
        "fehler@example.com": "Kontor: 1 neu, 0 erledigt (Küchenladen)",
    }


async def test_a_daily_mail_waits_for_its_hour_and_says_nothing_when_nothing_is_new(
    house: House, office: PostOffice
) -> None:
    made = await subscribe(house, rhythm="daily", hour=8)
    await house.record(parked(house, "1"))
    await look(house, times=3)
    await courier(house, office.settings()).step()
    assert office.mails == []
    for _ in range(4):
        await look(house, times=1, after=timedelta(hours=24))
        await courier(house, office.settings()).step()
    assert len(office.mails) == 1
    shown = await house.get(f"/journal/subscriptions/{made['id']}")
    assert shown["next_at"] > made["next_at"]


async def test_a_courier_killed_after_sending_repeats_the_same_message_at_most_once(
    house: House, office: PostOffice
) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house)
    killed = courier(house, office.settings())
    async with house.service.database.transaction() as tx:
        (taken,) = await delivery_book.take(tx, house.now, house.now + TAKEN, 10)
    await killed.carry(taken)
    # It is dead before it could note that the message has arrived; nobody else begins while it might still be alive.
    await courier(house, office.settings()).step()
    assert len(office.mails) == 1
    house.now += TAKEN
    for _ in range(3):
        await courier(house, office.settings()).step()
        house.now += TAKEN
    assert len(office.mails) == 2
    assert len({mail["Message-ID"] for mail in office.mails}) == 1
    assert office.mails[0].as_bytes() == office.mails[1].as_bytes()


async def test_many_heralds_and_couriers_at_once_still_send_one_mail(house: House, office: PostOffice) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house, times=1)
    await asyncio.gather(*(Herald(house.service, SETTINGS).step() for _ in range(4)))
    await asyncio.gather(*(courier(house, office.settings()).step() for _ in range(4)))
    assert len(office.mails) == 1


async def test_a_busy_mail_server_is_a_problem_of_its_own_until_it_takes_the_mail(
    house: House, office: PostOffice
) -> None:
    made = await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house)
    office.answers += ["451 4.3.0 busy, lager@example.com"] * 2
    await courier(house, office.settings()).step()
    assert await open_codes(house) == {"article_unknown", "alert_not_delivered"}
    waiting = (await house.get(f"/journal/subscriptions/{made['id']}"))["under_way"]
    assert (waiting["attempts"], waiting["answer"]) == (1, "451 4.3.0 busy, l…@example.com")
    await courier(house, office.settings()).step()
    assert len(office.answers) == 1, "it is not asked again before the pause is over"
    house.now += timedelta(minutes=1)
    await courier(house, office.settings()).step()
    assert await house.written() == [], "the same trouble again is no news"
    house.now += timedelta(minutes=2)
    await courier(house, office.settings()).step()
    assert len(office.mails) == 1
    assert await open_codes(house) == {"article_unknown"}


async def test_a_corrected_address_is_tried_at_once(house: House, office: PostOffice) -> None:
    made = await subscribe(house, address="lagre@example.com")
    await house.record(parked(house, "1"))
    await look(house)
    office.answers.append("550 no such user")
    await courier(house, office.settings()).step()
    path = f"/journal/subscriptions/{made['id']}"
    await house.call("PATCH", path, role="operate", json={"address": "lager@example.com"})
    await courier(house, office.settings()).step()
    assert [mail["To"] for mail in office.mails] == ["lager@example.com"]


async def test_trouble_with_alerts_makes_no_alert(house: House, office: PostOffice) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house)
    office.answers.append("451 busy")
    await courier(house, office.settings()).step()
    assert "alert_not_delivered" in await open_codes(house)
    await subscribe(house, address="zweite@example.com")
    await look(house)
    house.now += timedelta(minutes=5)
    await courier(house, office.settings()).step()
    assert len(office.mails) == 2
    assert not any("451" in form(mail) for mail in office.mails)


async def test_what_never_arrives_is_given_up_and_told_anew_with_the_news_of_that_time(
    house: House, office: PostOffice
) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house)
    office.answers.append("550 no such user")
    await courier(house, office.settings()).step()
    house.now += timedelta(days=1)
    office.answers.append("550 no such user")
    await courier(house, office.settings()).step()
    assert await open_codes(house) == {"article_unknown", "alert_given_up"}
    await house.record(parked(house, "2", "totals_mismatch"))
    await look(house)
    await courier(house, office.settings()).step()
    (mail,) = office.mails
    assert mail["Subject"] == "Kontor: 2 neu, 0 erledigt (Küchenladen)"
    assert await open_codes(house) == {"article_unknown", "totals_mismatch"}


async def test_without_a_mail_server_the_mail_waits_and_the_journal_says_so(house: House, office: PostOffice) -> None:
    await subscribe(house)
    await house.record(parked(house, "1"))
    await look(house)
    await courier(house).step()
    assert "alert_not_delivered" in await open_codes(house)
    house.now += timedelta(minutes=1)
    await courier(house, office.settings()).step()
    assert len(office.mails) == 1


async def test_what_arrived_stands_in_the_subscriptions_own_timeline_without_its_address(
    house: House, office: PostOffice
) -> None:
    made = await subscribe(house)
    await house.record(parked(house, "1", connection=SHOP))
    await look(house)
    await courier(house, office.settings()).step()
    await house.written()
    life = await house.get(f"/journal/timeline/subscription/{made['id']}")
    assert [step["code"] for step in life["steps"]] == ["subscription_created", "alert_delivered"]
    assert office.mails[0]["Message-ID"] == f"<{life['steps'][1]['params']['message']}@example.com>"
    assert "lager@example.com" not in str(life)
