"""One batch of products: what the shop has of them, what is to be written, images, then all in one transaction."""

from collections.abc import Mapping, Sequence

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.sending.products.found import Found, find, variants
from services.connectors.shopware6.sending.products.images import images
from services.connectors.shopware6.sending.products.lookups import lookups
from services.connectors.shopware6.sending.products.writing import write
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Misconfigured, Rejected
from shared.contracts.product import ProductPush


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whatever is new has an id that follows from the article's own, so that nothing can be made twice."""
    try:
        return await _told(client, commands)
    except Misconfigured as error:
        if error.code != "scope_missing":
            raise
        # A role without these rights is of use for everything else.
        return [_refused(error.detail)] * len(commands)


async def _told(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    pushes = [command.payload for command in commands]
    found = await find(client, pushes)
    plans, results = _planned(pushes, found)
    drafts = await _drafted(client, plans, found, results)
    places = list(drafts)
    for index, problem in (await images(client, list(drafts.values()))).items():
        results[places[index]] = _refused(problem)
        del drafts[places[index]]
    refused = await write(client, drafts)
    results |= {place: _refused(problem) for place, problem in refused.items()}
    results |= {place: PushResult("done", external_id=plans[place].id) for place in drafts if place not in refused}
    return [results[place] for place in range(len(commands))]


def _planned(pushes: Sequence[ProductPush], found: Found) -> tuple[dict[int, outbound.Plan], dict[int, PushResult]]:
    """Which rows they are, by place, and what is settled with that."""
    plans: dict[int, outbound.Plan] = {}
    results: dict[int, PushResult] = {}
    for place, push in enumerate(pushes):
        try:
            plan = outbound.decide(push, found.by_id, found.by_number)
        except Rejected as error:
            results[place] = _refused(error.detail)
            continue
        if plan.verdict:
            results[place] = _nothing(plan)
        else:
            plans[place] = plan
    return plans, results


async def _drafted(
    client: Client, plans: Mapping[int, outbound.Plan], found: Found, results: dict[int, PushResult]
) -> dict[int, outbound.Draft]:
    """What is to be written; `results` is given what is not."""
    drafts: dict[int, outbound.Draft] = {}
    told = [plan.push for plan in plans.values() if not plan.push.withdrawn]
    known, problem = outbound.Known(), ""
    try:
        known = await lookups(client, told, found.ids) if told else known
    except Rejected as error:
        problem = error.detail
    for place, plan in plans.items():
        try:
            if plan.push.withdrawn:
                draft = await _withdrawn(client, plan)
            elif problem:
                raise Rejected(problem)
            else:
                draft = outbound.draft(plan, known)
        except Rejected as error:
            results[place] = _refused(error.detail)
            continue
        if draft is None:
            results[place] = PushResult("unchanged", external_id=plan.id if plan.held else "")
        else:
            drafts[place] = draft
    return drafts


async def products_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Whatever arrived is found by its id and written again as it is."""
    return [None] * len(commands)


async def _withdrawn(client: Client, plan: outbound.Plan) -> outbound.Draft | None:
    rows = await variants(client, plan.id) if plan.held and plan.held.get("childCount") else []
    return outbound.withdrawal(plan, rows)


def _nothing(plan: outbound.Plan) -> PushResult:
    if plan.verdict == "unchanged":
        return PushResult("unchanged", external_id=plan.id)
    if plan.verdict == "exists":
        return PushResult("failed", "product_exists", {"external_id": plan.id}, external_id=plan.id)
    return PushResult("failed", "product_missing", {"article": plan.push.number})


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "product_refused", {"detail": detail})
