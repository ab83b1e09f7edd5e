"""Commands that are a call of their own each."""

from collections.abc import Awaitable, Callable, Sequence

from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Misconfigured, Transient


async def one_by_one(
    commands: Sequence[Command], send: Callable[[Command], Awaitable[PushResult]]
) -> Sequence[PushResult]:
    """What became of each. Where one cannot be sent now, those before it keep what became of them, and those behind it
    wait with it: what has arrived is not sent again for another's sake. Raises what kept the first one back, and
    Unknown."""
    results: list[PushResult] = []
    for command in commands:
        try:
            results.append(await send(command))
        except (Transient, Misconfigured) as error:
            if not results:
                raise
            waits = PushResult("retrying", error.code, {"detail": error.detail})
            return [*results, *[waits] * (len(commands) - len(results))]
    return results
