"""Mail over a real SMTP server: taken, refused, put off, encrypted, logged in."""

import socket
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from services.journal.alert_settings import MailSettings
from services.journal.mail import Mailer, message
from shared.contracts.errors import Misconfigured, Transient
from tests.wired.journal.post_office import PASSWORD, certificate, form, post_office, with_password

ID = UUID("99999999-9999-9999-9999-999999999999")
TO = "olga.lager@example.com"


def mail(text: str = "Grüße aus dem Küchenladen\n", html: str = "") -> EmailMessage:
    return message(
        id=ID, sender="Kontor <kontor@example.com>", to=TO, subject="Kontor: 1 neu (Küchenladen)", text=text,
        at=datetime(2026, 3, 2, 8, tzinfo=UTC), language="de", html=html,
    )  # fmt: skip


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with post_office() as office:
        await Mailer(office.settings()).send(mail())
    (arrived,) = office.mails
    assert arrived["Subject"] == "Kontor: 1 neu (Küchenladen)"
    assert arrived["Message-ID"] == f"<{ID}@example.com>"
    assert arrived["To"] == TO
    assert arrived.get_content().replace("\r\n", "\n") == "Grüße aus dem Küchenladen\n"


async def test_a_mail_arrives_as_text_and_as_html_and_the_same_every_time() -> None:
    shown = '<!DOCTYPE html>\n<html lang="de"><body><p>Grüße &amp; „Küsse“ ' + "x" * 2000 + "</p></body></html>\n"
    async with post_office() as office:
        for _ in range(2):
            await Mailer(office.settings()).send(mail(html=shown))
    first, second = office.mails
    assert first.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert form(first).replace("\r\n", "\n") == "Grüße aus dem Küchenladen\n"
    assert form(first, "html").replace("\r\n", "\n") == shown
    assert first.as_bytes() == second.as_bytes()


async def test_the_same_mail_sent_twice_carries_the_same_id() -> None:
    async with post_office() as office:
        for _ in range(2):
            await Mailer(office.settings()).send(mail())
    assert len({one["Message-ID"] for one in office.mails}) == 1


async def test_a_server_that_does_not_offer_starttls_gets_neither_password_nor_mail() -> None:
    async with post_office() as office:
        with pytest.raises(Transient) as failure:
            await Mailer(office.settings(tls="starttls", **with_password())).send(mail())
    assert (office.mails, office.users) == ([], [])
    assert PASSWORD not in failure.value.detail


async def test_over_starttls_it_logs_in_and_the_mail_travels_encrypted(tmp_path: Path) -> None:
    tls, authority = certificate(tmp_path)
    async with post_office(tls) as office:
        await Mailer(office.settings(tls="starttls", ca_file=authority, **with_password())).send(mail())
    assert office.users == ["kontor"]
    assert office.encrypted == [True]


async def test_a_certificate_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    tls, _ = certificate(tmp_path)
    async with post_office(tls) as office:
        with pytest.raises(Transient):
            await Mailer(office.settings(tls="starttls", **with_password())).send(mail())
    assert (office.users, office.mails) == ([], [])


async def test_a_file_of_authorities_that_is_not_there_is_said_and_stops_nothing(tmp_path: Path) -> None:
    async with post_office() as office:
        with pytest.raises(Transient) as failure:
            await Mailer(office.settings(tls="starttls", ca_file=tmp_path / "missing.pem")).send(mail())
    assert "FileNotFoundError" in failure.value.detail


async def test_a_wrong_password_is_said_without_the_password(tmp_path: Path) -> None:
    tls, authority = certificate(tmp_path)
    async with post_office(tls) as office:
        with pytest.raises(Transient) as failure:
            await Mailer(office.settings(tls="starttls", ca_file=authority, **with_password("wrong one"))).send(mail())
    assert failure.value.detail.startswith("535 ")
    assert "wrong one" not in failure.value.detail
    assert office.mails == []


async def test_a_server_that_is_busy_takes_the_mail_later() -> None:
    async with post_office() as office:
        office.answers.append(f"451 try again later, {TO}")
        with pytest.raises(Transient) as failure:
            await Mailer(office.settings()).send(mail())
        assert failure.value.detail == "451 try again later, o…@example.com"
        await Mailer(office.settings()).send(mail())
    assert len(office.mails) == 1


async def test_a_server_that_is_not_there_is_said_to_be_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Transient) as failure:
        await Mailer(MailSettings(host="127.0.0.1", port=port, tls="none", sender="k@example.com")).send(mail())
    assert str(port) in failure.value.detail


async def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = MailSettings(
            host="127.0.0.1", port=silent.getsockname()[1], tls="none", sender="k@example.com", timeout=0.3
        )
        with pytest.raises(Transient):
            await Mailer(settings).send(mail())


def test_without_a_server_nobody_sends() -> None:
    with pytest.raises(Misconfigured) as failure:
        _ = Mailer(MailSettings(host="")).sender
    assert failure.value.code == "mail_server_missing"
