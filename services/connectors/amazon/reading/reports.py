"""Reports: asked for, looked for with every reading of orders, taken once. Nothing waits for one.

What is asked for here is Amazon's list of reports alone, so a lost answer or a crash asks for nothing twice.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.connectors.amazon.client import Client
from services.connectors.amazon.inbound import returned, settlement, vat
from services.connectors.amazon.reading import invoices, returns, settlements
from services.connectors.amazon.vocabulary import RETURNS_TO_AMAZON, RETURNS_TO_US, SETTLEMENTS, TAXES
from shared.connector_kit.declaration import Page, Remark
from shared.connector_kit.reports import Kind, Report, taken, untaken, wanted
from shared.contracts.errors import Misconfigured, Rejected, Unknown, Untranslatable

LOOK_BACK, LOOK_EVERY = timedelta(days=31), timedelta(minutes=15)


@dataclass(frozen=True)
class Told:
    """How a kind of report is read, and what becomes of what it says."""

    kind: Kind
    read: Callable[[bytes], Any]
    tell: Callable[[Client, Any], AsyncIterator[Page]]
    names_buyers: bool = False


# Amazon makes settlements by itself whenever it pays, and none can be asked for.
SETTLED = Told(Kind(SETTLEMENTS, None), settlement.settlement, settlements.tell)
BACK_TO_US = Told(Kind(RETURNS_TO_US, timedelta(hours=6)), returned.to_us, returns.tell)
BACK_TO_AMAZON = Told(Kind(RETURNS_TO_AMAZON, timedelta(hours=12)), returned.to_amazon, returns.tell)
# Told three days after something was sent, so the days before the last report are asked for again.
BILLED = Told(Kind(TAXES, timedelta(days=1), overlap=timedelta(days=4)), vat.invoices, invoices.tell, names_buyers=True)
# A connection that is for one way of sending only knows no returns of the other.
OF = {
    "all": (SETTLED, BACK_TO_US, BACK_TO_AMAZON),
    "merchant": (SETTLED, BACK_TO_US),
    "amazon": (SETTLED, BACK_TO_AMAZON),
}


def kinds(client: Client) -> tuple[Told, ...]:
    """What a connection reads."""
    return (*OF[client.fulfilment], *((BILLED,) if client.invoices == "amazon" else ()))


async def pages(client: Client, at: datetime) -> AsyncIterator[Page]:
    """What the reports say that were not taken yet; those that are due are asked for. `at` is the platform's time: who
    looked a quarter of an hour ago does not look again, for the list of reports is dear, too."""
    if client.reports.looked_at is not None and at < client.reports.looked_at + LOOK_EVERY:
        return
    for told in kinds(client):
        try:
            made = await client.reports.made(told.kind.word, datetime.now(UTC) - LOOK_BACK)
            if (period := wanted(told.kind, made.reports, made.at)) is not None:
                # Whether it was taken in shows in the list next time.
                with suppress(Unknown):
                    await client.reports.ask_for(told.kind.word, *period)
            for report in await untaken(client.notes, told.kind, made.reports):
                async for page in _of_one(client, told, report):
                    yield page
                await taken(client.notes, told.kind, report)
        except Misconfigured as error:
            # An application without the role reads orders all the same; the test of the credentials names it.
            if error.code != "scope_missing":
                raise
        except Rejected as error:
            # A kind that this account does not have is named once a day, and holds up no other.
            words = {"report": told.kind.word, "detail": error.detail}
            key = f"refused:{told.kind.word}:{at:%Y-%m-%d}"
            yield Page([], remarks=[Remark("", key, "report_refused", words, "warning")])
    client.reports.looked_at = at


async def _of_one(client: Client, told: Told, report: Report) -> AsyncIterator[Page]:
    """A report that cannot be read is told with what it holds, and stops none behind it."""
    content = b""
    try:
        content = await client.reports.content(report, restricted=told.names_buyers)
        said = told.read(content)
    except (Rejected, Untranslatable) as error:
        words = {"report": told.kind.word, "id": report.id, "field": error.field, "detail": error.detail}
        body = orjson.dumps({"report": told.kind.word, "id": report.id, "content": content.decode("utf-8", "replace")})
        yield Page([], remarks=[Remark("", f"report:{report.id}", "report_unreadable", words, "error", body)])
        return
    async for page in told.tell(client, said):
        yield page


async def may_be_asked(client: Client) -> None:
    """Raises Misconfigured where the application may not read a kind of report."""
    for told in kinds(client):
        await client.reports.made(told.kind.word, datetime.now(UTC))
