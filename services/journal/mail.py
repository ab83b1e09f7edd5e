"""Mail: one message to one address over the operator's server."""

import asyncio
import re
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

import aiosmtplib

from services.journal.alert_settings import MailSettings
from shared.contracts.errors import Misconfigured, Transient

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
LONGEST_ANSWER = 200


def masked(address: str) -> str:
    """An address as the journal may keep it: o…@example.com."""
    user, _, domain = address.rpartition("@")
    return f"{user[:1]}…@{domain}"


def message(
    *, id: UUID, sender: str, to: str, subject: str, text: str, at: datetime, language: str, html: str = ""
) -> EmailMessage:
    """The same message every time it is made: its id lets the receiver's server drop a repeat. Whoever reads mail as
    text finds all of it there; `html` says the same."""
    mail = EmailMessage(policy=SMTP)
    domain = sender.rpartition("@")[2].strip(" >") or "kontor.invalid"
    mail["From"] = sender
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = language
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
        mail.set_boundary(f"=_{id.hex}")
    return mail


class Mailer:
    """Delivers over the server of the settings."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    @property
    def sender(self) -> str:
        """Who the mail is from. Raises Misconfigured when no mail server is set up."""
        if not self._settings.host or not self._settings.sender:
            raise Misconfigured("No mail server is set up", code="mail_server_missing")
        return self._settings.sender

    async def send(self, mail: EmailMessage) -> None:
        """Raises Transient with the server's own words when it did not take the message; the address in it is masked.

        A server that does not offer the encryption asked for gets neither the password nor the message.
        """
        failure: Transient
        try:
            async with asyncio.timeout(self._settings.timeout), self._client() as client:
                await client.send_message(mail)
            return
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            failure = Transient(self._words(error, str(mail["To"])))
        # Raised outside the except block: the library's errors carry what was sent.
        raise failure

    def _client(self) -> aiosmtplib.SMTP:
        own = self._settings
        return aiosmtplib.SMTP(
            hostname=own.host,
            port=own.port,
            username=own.user or None,
            password=own.password.get_secret_value() if own.user else None,
            use_tls=own.tls == "tls",
            start_tls=own.tls == "starttls",
            tls_context=None if own.tls == "none" else ssl.create_default_context(cafile=own.ca_file),
            timeout=own.timeout,
        )

    def _words(self, error: Exception, to: str) -> str:
        if isinstance(error, TimeoutError) and not isinstance(error, aiosmtplib.SMTPException):
            return f"{self._settings.host} did not take the message within {self._settings.timeout:g} s"
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
            error = error.recipients[0]
        code = f"{error.code} " if isinstance(error, aiosmtplib.SMTPResponseException) else ""
        said = error.message if isinstance(error, aiosmtplib.SMTPException) else f"{type(error).__name__}: {error}"
        return " ".join(f"{code}{said}".replace(to, masked(to)).split())[:LONGEST_ANSWER]
