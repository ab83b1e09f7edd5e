"""Products in one transaction, with what they refer to. One that is refused is left out, the others are sent again."""

from collections.abc import Mapping

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.outbound.knowledge import Key, Row, plain
from shared.contracts.errors import Rejected

MADE_FIRST = (
    "media", "unit", "product_manufacturer", "tag", "property_group", "property_group_option", "category",
)  # fmt: skip
"""What refers to something else comes after it; of categories those above come first by themselves."""
Operation = tuple[str, str, list[Row]]


async def write(client: Client, drafts: Mapping[int, outbound.Draft]) -> dict[int, str]:
    """Answers what speaks against each draft, by its place; those not named are in the shop now."""
    refused: dict[int, str] = {}
    waiting = dict(drafts)
    while waiting:
        operations, places = _operations(waiting)
        try:
            await client.sync(operations)
        except Rejected as error:
            bad = _blamed(error, operations, places, waiting)
            if not bad and len(waiting) == 1:
                bad = dict.fromkeys(waiting, error.detail)
            if not bad:
                # The shop does not say which: only one by one can it be told from its neighbours.
                for place, one in waiting.items():
                    refused |= await write(client, {place: one})
                return refused
            refused |= bad
            waiting = {place: one for place, one in waiting.items() if place not in bad}
            continue
        return refused
    return refused


def _operations(drafts: Mapping[int, outbound.Draft]) -> tuple[list[Operation], list[int]]:
    """In their order, and the places of the drafts whose rows are the products'."""
    makes: dict[Key, Row] = {}
    for one in drafts.values():
        makes |= {key: row for key, row in one.makes.items() if key not in makes}
    operations: list[Operation] = _gone("before", drafts)
    for entity in MADE_FIRST:
        if rows := [row for (kind, _), row in makes.items() if kind == entity]:
            operations.append(("upsert", entity, rows))
    places = [place for place, one in drafts.items() if one.row]
    if places:
        operations.append(("upsert", "product", [drafts[place].row for place in places]))
    return operations + _gone("after", drafts), places


def _gone(when: str, drafts: Mapping[int, outbound.Draft]) -> list[Operation]:
    rows: dict[str, list[Row]] = {}
    for one in drafts.values():
        for entity, key in one.before if when == "before" else one.after:
            rows.setdefault(entity, []).append(key)
    return [("delete", entity, keys) for entity, keys in rows.items()]


def _blamed(
    error: Rejected, operations: list[Operation], places: list[int], drafts: Mapping[int, outbound.Draft]
) -> dict[int, str]:
    """Drafts that the shop complains about: by its pointer `/<entity>_<operation>/<row>/<field>`, or by a number."""
    bad: dict[int, str] = {}
    for line in error.params.get("problems", "").splitlines():
        pointer, _, said = line.partition(" ")
        _, key, row, *rest = [*pointer.split("/"), "", ""]
        operation = key.rpartition("_")[2]
        if not (operation.isdigit() and row.isdigit() and int(operation) < len(operations)):
            continue
        action, entity, rows = operations[int(operation)]
        if action != "upsert" or int(row) >= len(rows):
            continue
        detail = f"{_field(rows[int(row)], [one for one in rest if one])}: {said}"
        if entity == "product":
            bad.setdefault(places[int(row)], detail)
        else:
            made = (entity, rows[int(row)]["id"])
            bad = {place: f"{entity}.{detail}" for place, one in drafts.items() if made in one.makes} | bad
    if number := plain(error.params.get("number", "")):
        bad |= {place: error.detail for place, one in drafts.items() if number in one.numbers}
    return bad


def _field(row: Row, names: list[str]) -> str:
    """The field of a row that a pointer ends at, as people know it: that of a variant with its number before it."""
    if len(names) > 2 and names[0] == "children" and names[1].isdigit():
        variants = row.get("children") or []
        number = variants[int(names[1])].get("productNumber", "") if int(names[1]) < len(variants) else ""
        return f"{number} {_field({}, names[2:])}".strip()
    if len(names) > 2 and names[0] == "translations":
        return ".".join(names[2:])
    return ".".join(names)
