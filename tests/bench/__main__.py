"""Runs the benchmark and writes `build/bench.json`. `--long` adds 100,000 orders for the memory curve."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import stock, throughput, webhooks
from tests.bench.system import ROOT, system


def main() -> int:
    """Measures, prints a table, writes the file."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--orders", type=int, default=10_000)
    arguments.add_argument("--listings", type=int, default=50_000)
    arguments.add_argument("--webhook-seconds", type=int, default=40)
    arguments.add_argument("--long", action="store_true", help="100,000 more orders")
    given = arguments.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
    figures: dict[str, object] = {"load_average": os.getloadavg()}
    with system(console.print) as running:
        running.put_articles()
        console.print(f"{given.orders:,} orders, end to end …")
        flow = throughput.run(running, given.orders, "flow")
        figures |= {
            "orders": flow.orders,
            "orders_per_s": round(flow.orders_per_s),
            "caught_up_s": round(flow.caught_up_s, 1),
            "limit_orders_per_s": round(flow.limit_orders_per_s),
            "share_of_limit": round(flow.orders_per_s / flow.limit_orders_per_s, 3),
            "cpu_ms_per_order": {name: round(cpu, 3) for name, cpu in flow.cpu_ms_per_order.items()},
            "peak_rss_mb": {name: round(mb) for name, mb in flow.peak_rss_mb.items()},
        }
        console.print("Webhooks …")
        hooks = webhooks.run(running, given.webhook_seconds)
        figures |= {
            "webhook_orders": hooks.orders,
            "webhook_p50_ms": round(hooks.p50_ms),
            "webhook_p99_ms": round(hooks.p99_ms),
            "webhook_cpu_ms_per_order": {name: round(cpu, 1) for name, cpu in hooks.cpu_ms_per_order.items()},
        }
        console.print(f"Stock of {given.listings:,} listings …")
        counted = stock.run(running, given.listings)
        figures |= {f"stock_{name}": round(value, 2) for name, value in asdict(counted).items()}
        figures["stock_change_to_shop_p95_s"] = round(counted.p95_s, 2)
        if given.long:
            console.print("100,000 orders …")
            long = throughput.run(running, 100_000, "long", with_limit=False)
            figures |= {
                "long_orders_per_s": round(long.orders_per_s),
                "long_peak_rss_mb": {name: round(mb) for name, mb in long.peak_rss_mb.items()},
            }
    show(console, figures)
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=1))
    console.print(f"Written to {path.relative_to(Path(ROOT))}.")
    return 0


def show(console: Console, figures: dict[str, object]) -> None:
    """The figures as a table."""
    table = Table("figure", "value", title="From the shop to the order book, on this machine", title_justify="left")
    for name, value in figures.items():
        if isinstance(value, dict):
            for part, number in value.items():
                table.add_row(f"{name}: {part}", str(number))
        else:
            table.add_row(name, str(value))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
