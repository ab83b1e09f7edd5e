"""A loop process: `python -m services.origin.loops order_import journal` runs these services' loops, without routes."""

import asyncio
import signal
import sys

import uvloop

from services.origin.definitions import named
from shared.chassis.app import running


async def main(names: list[str]) -> None:
    """Runs until SIGTERM or SIGINT, then puts everything away."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with running(named(*names), with_loops=True):
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
