"""Whole products: taken as a task, checked by it one by one, and then looked at by the platform itself, which may take
days. "Unchanged" is no success: what was refused before and comes again as it was is called so, too."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.connectors.otto import outbound, wire
from services.connectors.otto.client import Client
from services.connectors.otto.sending.rows import named, words
from services.connectors.otto.vocabulary import HELD, INACTIVE, LISTING_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

MOST_PROFILES = 200
PATIENCE = timedelta(days=1)
"""A refusal from before a product was sent is believed to be the answer to it only after so long."""
MARKET, SWITCHED = "market@", "active@"
"""Tickets: a task and its moment at first, then the platform's own look, then a task for what is on sale."""
Row = dict[str, Any]


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Up to 500 in one call. What cannot be sent is refused here; the task and the moment it was given are the
    ticket."""
    results: dict[int, PushResult] = {}
    waiting: dict[int, Row] = {}
    for place, command in enumerate(commands):
        push = command.payload
        try:
            listed = push.article and push.article.external_id
            known = await client.catalogue.variation(listed) if listed else None
            waiting[place] = outbound.product(push, known, datetime.now(UTC))
        except Rejected as error:
            results[place] = _refused(error.detail)
    if waiting:
        try:
            task = await client.catalogue.send(list(waiting.values()))
        except Rejected as error:
            if len(commands) > 1:
                # Refused as a whole, for one product's sake: the kit sends them one by one.
                raise
            return [_refused(error.detail)]
        ticket = f"{task.id}@{task.at.isoformat(timespec='seconds')}"
        results |= dict.fromkeys(waiting, _waits(ticket, f"task {task.id} has taken it"))
    return [results[place] for place in range(len(commands))]


async def judged(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """What became of the tasks, and of the products behind them; None for what was never handed over, or whose task is
    known to nobody any more."""
    results: dict[int, PushResult | None] = {}
    looked_at: dict[int, str] = {}
    for ticket in dict.fromkeys(command.ticket for command in commands):
        places = [place for place, command in enumerate(commands) if command.ticket == ticket]
        if not ticket:
            results |= dict.fromkeys(places)
        elif ticket.startswith(MARKET):
            looked_at |= dict.fromkeys(places, ticket)
        else:
            skus = {place: outbound.sku(commands[place].payload) for place in places}
            if ticket.startswith(SWITCHED):
                results |= await _switched(client, ticket, skus)
                continue
            for place, one in (await _task(client, ticket, skus)).items():
                if isinstance(one, str):
                    looked_at[place] = one
                else:
                    results[place] = one
    if looked_at:
        results |= await _on_market(client, {place: (commands[place], one) for place, one in looked_at.items()})
    return [results[place] for place in range(len(commands))]


async def _task(client: Client, ticket: str, skus: Mapping[int, str]) -> dict[int, PushResult | str | None]:
    """What the task says of each; where the platform's own look is next, the ticket for that. One that was taken as it
    was before has no moment: whatever was said of it holds."""
    id, _, since = ticket.partition("@")
    try:
        if not (await client.catalogue.task(id)).done:
            return dict.fromkeys(skus, _waits(ticket, f"task {id} is at work"))
    except Rejected as error:
        if error.code != "not_found":
            raise
        return dict.fromkeys(skus)
    failed = {named(one): words(one) for one in await client.catalogue.task_results(id, "failed")}
    succeeded = {named(one) for one in await client.catalogue.task_results(id, "succeeded")}
    found: dict[int, PushResult | str | None] = {}
    for place, sku in skus.items():
        refused = failed.get(sku)
        found[place] = f"{MARKET}{since if sku in succeeded else ''}" if refused is None else _refused(refused)
    return found


async def _on_market(client: Client, open_ones: Mapping[int, tuple[Command, str]]) -> dict[int, PushResult]:
    market, now = await client.catalogue.market()
    rows: dict[int, wire.Judgement | None] = {}
    for place, (command, _) in open_ones.items():
        listed = market.get(outbound.sku(command.payload))
        rows[place] = None if listed is None else wire.Judgement.model_validate(listed)
    accepted = [command for place, (command, _) in open_ones.items() if (row := rows[place]) and row.moin]
    unshipped = await _delivery(client, accepted)
    found = {
        place: _verdict(command, ticket, rows[place], unshipped, now) for place, (command, ticket) in open_ones.items()
    }
    # Whether it is on sale is told last, for only what is known on the market can be taken off it.
    wrong = {
        place: command.payload.article.active
        for place, (command, _) in open_ones.items()
        if found[place].outcome == "done" and (row := rows[place]) and command.payload.article.active is _off(row)
    }
    if wrong:
        skus = {place: outbound.sku(open_ones[place][0].payload) for place in wrong}
        task = await client.catalogue.switch({skus[place]: active for place, active in wrong.items()})
        found |= dict.fromkeys(wrong, _waits(f"{SWITCHED}{task.id}", f"task {task.id} takes it off sale, or back"))
    return found


async def _switched(client: Client, ticket: str, skus: Mapping[int, str]) -> dict[int, PushResult | None]:
    id = ticket.removeprefix(SWITCHED)
    try:
        if not (await client.catalogue.task(id)).done:
            return dict.fromkeys(skus, _waits(ticket, f"task {id} is at work"))
    except Rejected as error:
        if error.code != "not_found":
            raise
        return dict.fromkeys(skus)
    failed = {named(one): words(one) for one in await client.catalogue.task_results(id, "failed")}
    return {
        place: _refused(f"the product was taken, but not whether it is on sale: {failed[sku]}")
        if sku in failed
        else PushResult("done", external_id=sku)
        for place, sku in skus.items()
    }


def _off(row: wire.Judgement) -> bool:
    return row.status == INACTIVE


async def _delivery(client: Client, accepted: Sequence[Command]) -> dict[str, str]:
    """Says how those are shipped that the platform has accepted; others it does not know yet. Answers why, for each
    that was refused."""
    told = [row for command in accepted if (row := outbound.delivery(command.payload))]
    refused: dict[str, str] = {}
    for start in range(0, len(told), MOST_PROFILES):
        refused |= await client.catalogue.tell_delivery(told[start : start + MOST_PROFILES])
    return refused


def _verdict(
    command: Command, ticket: str, row: wire.Judgement | None, unshipped: Mapping[str, str], now: datetime
) -> PushResult:
    sku, moment = outbound.sku(command.payload), ticket.partition("@")[2]
    since = datetime.fromisoformat(moment) if moment else None
    if row is None:
        if since is None:
            return _refused("it was refused before and is still the same; the platform does not list it")
        return _waits(ticket, "its data was taken, and the platform has not looked at it yet")
    if row.status == "REJECTED":
        if since is not None and row.changed_at < since and now < since + PATIENCE:
            return _waits(ticket, "its data was taken, and the platform has not looked at it again yet")
        return _refused(_said(row) or "no reason was given")
    if row.status == "PENDING" or row.status not in LISTING_STATES:
        return _waits(ticket, f"its data was taken, and on the market it is {row.status}")
    if sku in unshipped:
        return _refused(f"the product was taken, but not its shipping profile: {unshipped[sku]}")
    if row.status == HELD:
        return PushResult("done", "product_held_on_market", {"status": row.status, "detail": _said(row) or "–"}, sku)
    return PushResult("done", external_id=sku)


def _said(row: wire.Judgement) -> str:
    return "; ".join(": ".join(part for part in (one.code, one.title) if part) for one in row.errors)


def _waits(ticket: str, how: str) -> PushResult:
    return PushResult("waiting", "product_waits", {"detail": how}, external_id=ticket)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "product_refused", {"detail": detail[:500]})
