"""Sending articles: a catalogue file for each channel that is to sell something new, one for what holds in all."""

from collections.abc import Sequence

from services.connectors.tradebyte import outbound
from services.connectors.tradebyte.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.product import ProductPush

LARGEST_FILE = 20_000_000
"""Bytes. TB.One takes 150 MB of a catalogue by this call; a smaller file is sooner there, and lost sooner too."""


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """All products in as few files as their channels and sizes allow. What TB.One could not read in is in none of them,
    and the others go. The files say how things are, so they may be sent again. Raises Rejected for a refused file."""
    results: list[PushResult] = []
    files: dict[str, list[str]] = {}
    for command in commands:
        push: ProductPush = command.payload
        if _is_nothing(push):
            results.append(PushResult("unchanged", external_id=push.external_id or ""))
            continue
        try:
            made = {
                sign: outbound.product(push, sign, client.settings) for sign in outbound.signs(push, client.settings)
            }
            result = PushResult("done", external_id=outbound.product_number(push, client.settings))
        except Rejected as error:
            made, result = {}, _refused(error.detail)
        if any(len(one.encode()) > LARGEST_FILE for one in made.values()):
            made, result = {}, _refused(f"it is larger than {LARGEST_FILE // 10**6} MB")
        for sign, one in made.items():
            files.setdefault(sign, []).append(one)
        results.append(result)
    for listed in outbound.of_channels(files, LARGEST_FILE):
        await client.send_catalogue(outbound.catalogue(listed))
    return results


def _is_nothing(push: ProductPush) -> bool:
    """Whether the merchant does not want it made, or not changed, or TB.One never had it."""
    if push.withdrawn:
        return not outbound.told(push)
    return not (push.creates if push.external_id is None else push.updates)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "catalogue_refused", {"detail": detail})
