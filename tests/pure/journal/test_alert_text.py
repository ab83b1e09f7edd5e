"""An alert as people read it, in both languages, and as a program reads it."""

import json
import string
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.journal.alert_text import Alert, body, subject, text, trial
from services.journal.mail import ADDRESS, masked, message
from services.journal.subscription_words import shown_address
from services.journal.views import Example, ProblemGroup
from shared.chassis.sentences import Language, advice, sentence

SHOP = UUID("11111111-1111-1111-1111-111111111111")
ID = UUID("99999999-9999-9999-9999-999999999999")
AT = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


def group(language: Language, connection: UUID | None = SHOP) -> ProblemGroup:
    words = {"sku": "KESSEL-1"}
    told = sentence("article_unknown", words, language)
    other = sentence("article_unknown", {"sku": "TOPF-2"}, language)
    return ProblemGroup(
        code="article_unknown", connection=connection, platform="shop", severity="warning", count=12, first_at=AT,
        last_at=AT, sentence=told, advice=advice("article_unknown", words, language), who="merchant",
        examples=[
            Example(noun="order", subject="o-1", label="4711", sentence=told, timeline="/journal/timeline/order/o-1"),
            Example(noun="order", subject="o-2", label="4712", sentence=other, timeline="/journal/timeline/order/o-2"),
        ],
    )  # fmt: skip


def alert(language: Language = "de", **more: object) -> Alert:
    fields: dict[str, object] = {
        "id": ID, "subscription": ID, "at": AT, "opened": [group(language)],
        "closed": {("stream_failed", SHOP): "„Shop“: order konnte nicht gelesen werden."}, "known": 3,
        "names": {SHOP: "Küchenladen"}, "base": "https://kontor.example", "zone": "Europe/Berlin", "language": language,
    }  # fmt: skip
    return Alert(**(fields | more))  # type: ignore[arg-type]


def test_a_german_mail_says_what_happened_where_and_what_to_do() -> None:
    told = text(alert())
    assert "Kontor meldet 1 neue und 1 erledigte Ursachen." in told
    assert "1. Küchenladen: Die Artikelnummer „KESSEL-1“ ist unbekannt." in told
    assert "Betroffene Datensätze: 12, seit 02.03.26, 08:30" in told
    assert "Zu tun für den Händler: Bitte den Artikel mit genau dieser Nummer anlegen" in told
    assert "- 4712: Die Artikelnummer „TOPF-2“ ist unbekannt." in told
    assert "https://kontor.example/journal/timeline/order/o-1" in told
    assert "- Küchenladen: „Shop“: order konnte nicht gelesen werden." in told
    assert "Weiterhin offen und schon gemeldet: 3 Ursachen." in told
    assert subject(alert()) == "Kontor: 1 neu, 1 erledigt (Küchenladen)"


def test_an_english_mail_says_the_same() -> None:
    told = text(alert("en"))
    assert "Kontor reports 1 new and 1 settled causes." in told
    assert 'The article number "KESSEL-1" is unknown.' in told
    assert "Records concerned: 12, since 3/2/26, 8:30" in told
    assert "To do for the merchant: Please create the article" in told
    assert "Still open and told before: 3 causes." in told
    assert "?" not in told


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_concerns_no_connection_is_said_to_concern_all(language: Language) -> None:
    told = text(alert(language, opened=[group(language, None)], closed={}, known=0))
    assert ("Alle Anbindungen: " if language == "de" else "All connections: ") in told
    assert sentence("alert_closed", {}, language) not in told


def test_a_connection_without_a_name_is_called_by_its_platform() -> None:
    assert f"shop {SHOP}: " in text(alert(names={}))


def test_a_webhook_carries_the_same_as_data() -> None:
    told = json.loads(body(alert("en")))
    assert (told["id"], told["type"], told["still_open"]) == (str(ID), "alert", 3)
    (opened,) = told["opened"]
    assert (opened["code"], opened["count"], opened["severity"]) == ("article_unknown", 12, "warning")
    assert opened["connection_name"] == "Küchenladen"
    assert opened["examples"][0]["timeline"] == "https://kontor.example/journal/timeline/order/o-1"
    assert told["closed"][0]["code"] == "stream_failed"


def test_a_mail_is_the_same_whenever_it_is_made() -> None:
    made = [
        message(id=ID, sender="Kontor <kontor@example.com>", to="lager@example.com", subject=subject(alert()),
                text=text(alert()), at=AT, language="de")
        for _ in range(2)
    ]  # fmt: skip
    assert made[0].as_bytes() == made[1].as_bytes()
    assert made[0]["Message-ID"] == f"<{ID}@example.com>"
    assert made[0]["Auto-Submitted"] == "auto-generated"
    assert "Küchenladen" in made[0].get_content()


ATOMS = st.text(string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=8)
LABELS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)


@settings(deadline=None)  # the first one loads the mail package
@given(st.lists(ATOMS, min_size=1, max_size=3), st.lists(LABELS, min_size=1, max_size=3))
def test_every_address_that_is_taken_can_be_written_to(local: list[str], domain: list[str]) -> None:
    address = ".".join(local) + "@" + ".".join(domain)
    assert ADDRESS.fullmatch(address)
    mail = message(id=ID, sender="k@example.com", to=address, subject="x", text="x", at=AT, language="de")
    assert mail["To"].addresses[0].addr_spec == address


@pytest.mark.parametrize("address", ["a..b@c.de", ".a@c.de", "a@b..de", "a@-b.de", "a b@c.de", "a@c.de\n", "ä@c.de"])
def test_what_no_server_would_take_is_no_address(address: str) -> None:
    assert not ADDRESS.fullmatch(address)


def test_a_name_with_a_line_break_makes_no_second_header() -> None:
    odd = subject(alert(names={SHOP: "Shop\r\nBcc: thief@example.com"}))
    mail = message(id=ID, sender="kontor@example.com", to="a@example.com", subject=odd, text="x", at=AT, language="de")
    assert mail["Bcc"] is None
    assert "\r\nBcc:" not in mail.as_string()


def test_the_journal_shows_neither_a_whole_mail_address_nor_a_token_in_a_path() -> None:
    assert masked("olga.lager@example.com") == "o…@example.com"
    assert shown_address("webhook", "https://hooks.example.com/T0/secret?x=1") == "https://hooks.example.com/…"


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_test_message_says_what_it_is(language: Language) -> None:
    head, told, shown = trial(ID, ID, AT, language)
    assert "Kontor" in head
    assert str(ID) in told
    assert json.loads(shown)["type"] == "test"
