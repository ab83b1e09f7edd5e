"""Hands the parts of an export to the services that own them. Everything may be handed over again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from services.connections.takeover.export import Export, Method
from services.connections.takeover.report import Line, line
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language
from shared.chassis.service import Service
from shared.contracts.errors import Rejected

AT_ONCE = 10_000
HEARS_OF_IT_WITHIN = 10.0
LOOKS_EVERY = 0.5
STOCK, ORDERS = "stock.", "orders."
# Whether something runs is never taken over: two interfaces that both run would import and report everything twice.
SWITCHES = frozenset({"productive", "active", "enabled"})
SCRIPTS = frozenset({"script", "scripts", "template", "templates", "smarty"})
NUMBER_LABEL = "stock.number_label"

Put = Callable[[dict[str, Any]], Awaitable[None]]


async def hand_over(service: Service, connection: UUID, export: Export, language: Language) -> list[Line]:
    """What became of every setting, number and method. Raises Transient when a neighbour does not answer."""
    peers, settings = service.peers, service.settings
    rules_version = 0  # those of a new connection; rules that somebody has set since are not written over

    async def put_stock(body: dict[str, Any]) -> None:
        await peers.call("PUT", settings.inventory_url, f"/inventory/settings/{connection}", json=body)

    async def put_rules(body: dict[str, Any]) -> None:
        nonlocal rules_version
        headers = {"If-Match": f'"{rules_version}"'}
        where = f"/orders/rules/{connection}"
        answer = await _once_it_knows(lambda: peers.call("PUT", settings.orders_url, where, json=body, headers=headers))
        rules_version = answer["version"]

    stock = {name: value for name, value in export.settings.items() if name.startswith(STOCK)}
    orders = {name: value for name, value in export.settings.items() if name.startswith(ORDERS)}
    others = [name for name in export.settings if name not in stock | orders]
    methods = _methods("payments", export.payment_methods) | _methods("shipping", export.shipping_methods)
    return [
        *(_left(name) for name in others),
        *await _settings(STOCK, stock, put_stock),
        *await _settings(ORDERS, orders | methods, put_rules),
        *await _numbers(service, connection, export, language),
    ]


async def _once_it_knows(call: Callable[[], Awaitable[Any]]) -> Any:
    """The order book hears of a new connection a moment after it was made; until then it is not found there."""
    for _ in range(round(HEARS_OF_IT_WITHIN / LOOKS_EVERY)):
        try:
            return await call()
        except Problem:
            await asyncio.sleep(LOOKS_EVERY)
    return await call()


def _left(name: str) -> Line:
    word = name.rsplit(".", 1)[-1].lower()
    if word in SWITCHES or name.startswith("integration."):
        return line(name, "takeover_switch_left")
    return line(name, "takeover_script_left" if word in SCRIPTS else "takeover_setting_unknown")


def _methods(topic: str, rows: Sequence[Method]) -> dict[str, Any]:
    return {f"{ORDERS}{topic}.rows": {row.shop: row.ours for row in rows}} if rows else {}


async def _settings(prefix: str, wanted: dict[str, Any], put: Put) -> list[Line]:
    """All at once; if the owner refuses that, one by one, so that one wrong value costs no other."""
    if not wanted:
        return []
    try:
        await put(_body(prefix, wanted))
    except Problem:
        return [line(name, "takeover_place_missing") for name in wanted]
    except Rejected:
        return await _one_by_one(prefix, wanted, put)
    return [_taken(name, value) for name, value in wanted.items()]


async def _one_by_one(prefix: str, wanted: dict[str, Any], put: Put) -> list[Line]:
    """Goes over what was refused again as long as something else was taken: some values hold only together."""
    good: dict[str, Any] = {}
    refused = dict.fromkeys(wanted, "")
    before = 0
    while refused and (not before or len(refused) < before):
        before = len(refused)
        for name in list(refused):
            try:
                await put(_body(prefix, good | {name: wanted[name]}))
            except Rejected as error:
                refused[name] = error.params.get("message", "") or error.detail
            else:
                good[name] = wanted[name]
                del refused[name]
    return [
        *(_taken(name, value) for name, value in good.items()),
        *(line(name, "takeover_setting_refused", detail=detail) for name, detail in refused.items()),
    ]


def _taken(name: str, value: Any) -> Line:
    if name.endswith(".rows"):
        return line(name, "takeover_methods_taken", count=str(len(value)))
    return line(name, "takeover_setting_taken", value=str(value)[:200])


def _body(prefix: str, settings: dict[str, Any]) -> dict[str, Any]:
    """`{"orders.comments.placement": "internal"}` as the owner's body: `{"comments": {"placement": "internal"}}`."""
    body: dict[str, Any] = {}
    for name, value in settings.items():
        *path, last = name.removeprefix(prefix).split(".")
        place = body
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return body


async def _numbers(service: Service, connection: UUID, export: Export, language: Language) -> list[Line]:
    numbers = [one.model_dump() for one in export.external_numbers]
    lines = []
    taken = 0
    for start in range(0, len(numbers), AT_ONCE):
        answer = await service.peers.call(
            "PUT",
            service.settings.inventory_url,
            f"/inventory/external-numbers/{connection}",
            json={"numbers": numbers[start : start + AT_ONCE]},
            headers={"Accept-Language": language},
        )
        refused = [row for row in answer["rows"] if row["outcome"] == "refused"]
        taken += len(answer["rows"]) - len(refused)
        lines += [line(row["key"], "takeover_number_refused", detail=row["detail"]) for row in refused]
    if numbers:
        lines.insert(0, line("external_numbers", "takeover_numbers_taken", count=str(taken)))
    used = export.settings.get(NUMBER_LABEL)
    unused = sorted({one.label for one in export.external_numbers if one.label != used})
    return lines + [line(label, "takeover_label_unused") for label in unused]
