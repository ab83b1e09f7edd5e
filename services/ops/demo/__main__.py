"""`make demo`: bring everything up, tell the story, report, stay until Ctrl-C. `ONCE=1` ends by itself."""

import os
import signal
import sys
import time
from pathlib import Path

from rich.console import Console

from services.ops.demo import report
from services.ops.demo.chapter import Chapter
from services.ops.demo.story import tell
from services.ops.local.failure import Unavailable
from services.ops.local.servers import provide
from services.ops.stage import Api, Stage, StageError, set_up

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".local" / "demo"


def main() -> int:
    """Runs the demonstration; 0 when everything is true that must be."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
    once = os.environ.get("ONCE", "") not in ("", "0")
    port = int(os.environ.get("PORT") or 8080)
    started = time.monotonic()

    def say(sentence: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:6.1f} s[/dim]  {sentence}", soft_wrap=True)

    stage: Stage | None = None
    chapters: list[Chapter] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        servers = provide(ROOT, say, name="demo")
        stage = set_up(ROOT, FOLDER, servers, say, port=port)
        chapters = tell(Api(stage.addresses.origin, stage.admin_key), Api(stage.addresses.sandbox), say)
        problems = report.faults(chapters)
        report.show(console, stage, servers.rungs, chapters)
        report.write(ROOT / "build" / "demo.json", chapters, problems)
        for problem in problems:
            console.print(f"[red]{problem}[/red]", soft_wrap=True)
        if not once:
            stay(console, stage)
        return 1 if problems else 0
    except (StageError, Unavailable) as failure:
        console.print(f"[red]{failure}[/red]", soft_wrap=True)
        report.write(ROOT / "build" / "demo.json", chapters, [str(failure)])
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        if stage is not None:
            stage.close()


def stay(console: Console, stage: Stage) -> None:
    """Keeps everything running until Ctrl-C; a process that ends is started again."""
    console.print("\nEverything stays up until Ctrl-C. `make down` then stops the servers, `make reset` removes all.")
    while True:
        time.sleep(1)
        for name in stage.fleet.watch():
            console.print(f"The process {name} had ended and was started again; see {stage.folder}/logs.")


if __name__ == "__main__":
    sys.exit(main())
