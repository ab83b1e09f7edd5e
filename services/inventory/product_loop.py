"""From a mark to a push: compute what a product is to be, and send what differs from what the channel was told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from services.inventory import product_guarding, product_marks, told_product_book, told_product_facts
from services.inventory.drafts import AUTOMATIC
from services.inventory.product_checks import NO_PART, Problem
from services.inventory.product_marks import Again, Meant
from services.inventory.told_product_facts import Draft
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.product import ProductPush
from shared.persistence.database import Transaction

BATCH = 200


@dataclass(frozen=True)
class Answer:
    """What became of one product that was to be sent by hand, or would."""

    draft: Draft
    problems: Sequence[Problem]
    version: int = 0


async def step(service: Service) -> bool:
    """Works off one batch of marks in one transaction; answers whether there may be more."""
    async with service.database.statement() as tx:
        if not await product_marks.there_are(tx):
            return False
    async with service.database.transaction() as tx:
        meant, taken = await product_marks.take(tx, BATCH)
        for connection, group in groupby(meant, key=lambda one: one.connection):
            mine = list(group)
            await told_product_facts.lock(tx, connection)
            if mine[0].switch:
                await _wait(service, tx, mine)
            elif mine[0].offered:
                await _tell(service, tx, mine)
    return taken > 0


async def by_hand(
    service: Service, tx: Transaction, connection: UUID, numbers: Collection[str], actor: str, *, dry: bool
) -> dict[str, Answer]:
    """Sends these products now, also before productive mode, and whether or not they were sent like this before; what
    cannot be sent stays with its problems. `dry`: only answers what that would do."""
    row = await tx.row("SELECT platform, products_blocked_by AS switch FROM connections WHERE id = :id", id=connection)
    switch = "connection_not_read" if row is None else row["switch"]
    if not dry:
        await told_product_facts.lock(tx, connection)
    drafts = await told_product_facts.drafts(tx, connection, numbers)
    answers = {one.number: Answer(one, _by_hand_problems(one, switch)) for one in drafts}
    if dry or row is None:
        return answers
    good = [one for one in drafts if not answers[one.number].problems]
    await told_product_book.want(tx, connection, [one.number for one in drafts], service.clock())
    bad = {number: one.problems for number, one in answers.items() if one.problems}
    await told_product_book.incomplete(service, tx, connection, row["platform"], drafts, bad, actor)
    versions = await _send(service, tx, connection, row["platform"], good, actor)
    # What was held and is sent by hand leaves its hold.
    await product_guarding.release(service, tx, connection, [one.number for one in good])
    return {number: Answer(one.draft, one.problems, versions.get(number, 0)) for number, one in answers.items()}


def _by_hand_problems(draft: Draft, switch: str) -> list[Problem]:
    number = draft.number
    problems = [] if switch in ("", *AUTOMATIC) else [Problem(switch, "connection", number)]
    problems += draft.built.problems
    if draft.built.action == "none" and not problems:
        problems.append(Problem("product_not_there", "number", number))
    return problems


async def _tell(service: Service, tx: Transaction, meant: Sequence[Meant]) -> None:
    connection, platform = meant[0].connection, meant[0].platform
    again: Mapping[str, Again] = {one.number: one.again for one in meant}
    drafts = await told_product_facts.drafts(tx, connection, again)
    out = [one for one in drafts if not one.built.takes_part]
    due = [one for one in drafts if one.built.takes_part and one.by_itself and not _against_wish(one)]
    idle = set(again) - {one.number for one in (*out, *due)}
    bad = {one.number: one.built.problems for one in due if one.built.problems}
    news = [one for one in due if one.number not in bad and _differs(one, again[one.number])]
    held = await product_guarding.held_back(service, tx, connection, platform, due, news)
    now = service.clock()
    await told_product_book.stay_out(tx, connection, [one.number for one in out], NO_PART, now)
    known = {one.number for one in news} | set(bad)
    await told_product_book.rest(tx, connection, [*idle, *(one.number for one in due if one.number not in known)], now)
    await told_product_book.incomplete(service, tx, connection, platform, due, bad, "")
    await _send(service, tx, connection, platform, [one for one in news if one.number not in held], "")


async def _wait(service: Service, tx: Transaction, meant: Sequence[Meant]) -> None:
    """A switch is off: what was told before and is still so has nothing to wait for."""
    connection, now = meant[0].connection, service.clock()
    known = await told_product_facts.rows(tx, connection, [one.number for one in meant])
    told = [number for number, row in known.items() if row.version]
    drafts = await told_product_facts.drafts(tx, connection, told) if told else []
    same = {one.number for one in drafts if not _differs(one, "")}
    await told_product_book.rest(tx, connection, sorted(same), now)
    waiting = [one.number for one in meant if one.number not in same]
    await told_product_book.wait(tx, connection, waiting, meant[0].switch, now)


def _against_wish(draft: Draft) -> bool:
    """A strategy that makes nothing, or changes nothing, is a wish and no fault."""
    return any(one.field == "strategy" for one in draft.built.problems)


def _differs(draft: Draft, again: Again) -> bool:
    row = draft.row
    if row is None or not row.version or draft.gone or row.digest != draft.built.digest:
        return True
    return again == "failed" and row.state == "refused"


async def _send(
    service: Service, tx: Transaction, connection: UUID, platform: str, drafts: Sequence[Draft], actor: str
) -> dict[str, int]:
    versions = await told_product_book.sending(tx, connection, drafts, service.clock(), actor)
    events: list[Event[Any]] = []
    for one in drafts:
        command: ProductPush = one.built.command.model_copy(update={"version": versions[one.number], "asked_by": actor})
        events.append(
            service.event(
                command,
                subject=str(command.product_id),
                # The same product goes to several connections at versions of their own.
                version=f"{connection}:{command.version}",
                connection=connection,
                platform=platform,
            )
        )
    await emit(tx, events)
    return versions
