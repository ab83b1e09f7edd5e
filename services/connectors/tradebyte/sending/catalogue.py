"""Sending articles: a catalogue file for each channel that is to sell something new, one for what holds in all."""

from collections.abc import Mapping, Sequence

from services.connectors.tradebyte import outbound
from services.connectors.tradebyte.client import Client
from services.connectors.tradebyte.outbound import Manner, Plan
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

LARGEST_FILE = 20_000_000
"""Bytes. TB.One takes 150 MB of a catalogue by this call; a smaller file is sooner there."""
MOST_REFUSALS = 40


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """All products in as few files as their channels and sizes allow. What TB.One could not read in is in none of them,
    and the others go. The files say how things are, so they may be sent again."""
    known, settings = await client.known.articles(), client.settings
    manner = Manner(settings.article_signs, settings.numbered_by == "id", settings.keyword_separator, settings.classes)
    results: list[PushResult] = []
    plans: dict[int, Plan] = {}
    files: dict[str, list[tuple[int, str]]] = {}
    for place, command in enumerate(commands):
        try:
            plan = outbound.plan(command.payload, known, manner)
            result = await _unwanted(client, command, plan)
            made = {} if result else {sign: outbound.product(plan, sign, manner) for sign in plan.signs}
        except Rejected as error:
            results.append(_refused(error.detail))
            continue
        if any(len(one.encode()) > LARGEST_FILE for one in made.values()):
            results.append(_refused(f"it is larger than {LARGEST_FILE // 10**6} MB"))
            continue
        for sign, one in made.items():
            files.setdefault(sign, []).append((place, one))
        if made:
            plans[place] = plan
        results.append(result or PushResult("done", external_id=plan.number))
    for listed in outbound.of_channels(files, LARGEST_FILE):
        for place, detail in (await _sent(client, listed)).items():
            results[place] = _refused(detail)
    for place, plan in plans.items():
        if results[place].outcome == "done":
            client.known.sent(plan.number, tuple(number for number, _ in plan.pieces))
    return results


async def _sent(client: Client, products: Sequence[tuple[int, str]]) -> dict[int, str]:
    """Sends one file. One that TB.One refuses as a whole goes in halves until the bad product is alone, and with it
    TB.One's words; so often only that a fault of all of them does not become thousands of calls."""
    refused: dict[int, str] = {}
    parts, refusals = [products], 0
    while parts:
        part = parts.pop()
        try:
            await client.send_catalogue(outbound.catalogue(one for _, one in part))
        except Rejected as error:
            refusals += 1
            if len(part) == 1 or refusals >= MOST_REFUSALS:
                refused |= {place: error.detail for place, _ in part}
            else:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
    return refused


async def _unwanted(client: Client, command: Command, plan: Plan) -> PushResult | None:
    """Why nothing is sent: TB.One never had what is withdrawn, or the merchant wants it only new, or only changed."""
    push = plan.push
    if push.withdrawn:
        return None if plan.pieces else PushResult("unchanged", external_id=push.external_id or "")
    there = push.external_id is not None or len(plan.new) < len(plan.pieces)
    if not there and not push.creates:
        return PushResult("failed", "product_missing", {"article": push.number})
    if push.updates:
        return None
    # That it was there already when it is sent again is our own doing.
    record, mine = f"product:{push.product_id}", f"{command.key.hex}:{command.version}"
    notes: Mapping[str, Sequence[str]] = await client.notes.of([record])
    if there and mine not in notes.get(record, ()):
        return PushResult("failed", "product_exists", {"external_id": plan.number})
    await client.notes.add(record, mine, mine)
    return None


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "product_refused", {"detail": detail})
