"""What a shop answered, read completely and within limits."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from shared.contracts.errors import KontorError, Rejected, Transient, Unknown
from shared.http import json_text, xml_text


def http_date(text: str) -> datetime | None:
    """A date header as aware UTC; None if it is missing or no date."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True)
class Reply:
    """`headers` ignore case. `repeatable` says whether the call may be made again without harm."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: datetime
    received_at: datetime
    repeatable: bool = True

    def json(self) -> Any:
        """The answer as JSON: fractions are Decimal, whole numbers int; None for "no content".

        Raises Transient(code="not_json") for a login page, a maintenance page, a warning before the JSON or half an
        answer; if the call was a write that must not be repeated, Unknown, because nobody knows what it did.
        """
        if not self.body and self.status in (204, 205, 304):
            return None
        try:
            return json_text.decode(self.body, self.headers.get("content-type", ""))
        except json_text.NotJson as error:
            reason = str(error)
            failure: KontorError = Transient(
                f"The shop sent {reason} where JSON was expected (status {self.status}).", code="not_json"
            )
        except json_text.TooDeep as error:
            reason = str(error)
            failure = Rejected(f"The shop's answer is {reason} and was not read.", code="payload_too_large")
        if not self.repeatable and self.status < 400:
            failure = Unknown(f"The shop took the change, but sent {reason} as its answer (status {self.status}).")
        raise failure

    def xml(self, name: str, *, roots: Collection[str], lists: Collection[str] = ()) -> Iterator[dict[str, Any]]:
        """The elements called `name` of an answer in XML, one by one (`xml_text.records`).

        Raises Transient(code="not_xml") for anything else, at the latest where it breaks off; if the call was a write
        that must not be repeated, Unknown.
        """
        try:
            yield from xml_text.records(self.body, name, roots=roots, lists=lists)
            return
        except xml_text.NotXml as error:
            reason = str(error)
        if not self.repeatable and self.status < 400:
            raise Unknown(f"The shop took the change, but sent {reason} as its answer (status {self.status}).")
        raise Transient(f"The shop sent {reason} where XML was expected (status {self.status}).", code="not_xml")

    @property
    def server_time(self) -> datetime | None:
        """The shop's own clock when it answered (Date header), aware UTC; None if it did not say."""
        return http_date(self.headers.get("date", ""))
