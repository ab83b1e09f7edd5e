"""The demonstration's report, for people and as figures."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.ops.demo.chapter import Chapter
from services.ops.stage import Stage


def faults(chapters: Sequence[Chapter]) -> list[str]:
    """Everything that is not as it must be; empty when the demonstration has succeeded."""
    found = []
    for chapter in chapters:
        found += chapter.ledger.faults if chapter.ledger else [f"{chapter.name} has no ledger."]
        found += [f"{chapter.name}: {wrong}" for wrong in chapter.stock_wrong]
        if not chapter.stock_pushed and not chapter.source_only:
            found.append(f"{chapter.name}: no stock was pushed.")
    return found


def show(console: Console, stage: Stage, rungs: Sequence[str], chapters: Sequence[Chapter]) -> None:
    """A short readable report and where to look next."""
    table = Table(title="Every order accounted for", title_justify="left")
    for column in ("connection", "in the shop", "imported", "waiting", "parked", "missing", "twice", "total"):
        table.add_column(column, justify="left" if column in ("connection", "total") else "right")
    for chapter in chapters:
        if (ledger := chapter.ledger) is None:
            continue
        totals = ", ".join(f"{total} {currency}" for currency, total in ledger.total_imported.items())
        table.add_row(
            chapter.name, str(ledger.shop_orders), str(ledger.imported), str(ledger.waiting), str(ledger.parked),
            str(len(ledger.missing)), str(len(ledger.duplicated)), totals,
        )  # fmt: skip
    console.print(table)
    for chapter in chapters:
        ledger = chapter.ledger
        if ledger is not None and ledger.reasons:
            reasons = ", ".join(f"{code} {n}×" for code, n in sorted(ledger.reasons.items()))
            console.print(f"{chapter.name} parked, each as the shop's own list expects: {reasons}")
        if chapter.source_only:
            left = ", ".join(f"{code} {n}×" for code, n in chapter.left_out.items()) or "nothing"
            console.print(f"{chapter.name}: read by backfills, to move away; nothing is sent there. Left out: {left}.")
            continue
        seen = chapter.seen_by_shop
        console.print(
            f"{chapter.name}: {chapter.stock_pushed} listings have our stock; order {chapter.shipped_order} is shown "
            f"as shipped with {seen.get('carrier') or 'its carrier'}, {seen.get('tracking_number')}."
        )
    console.print()
    for sentence in rungs:
        console.print(sentence)
    origin = stage.addresses.origin.replace("127.0.0.1", "localhost")
    console.print(f"\nWhere to look next (API key: {stage.admin_key})")
    for area, what in (
        ("/orders/docs", "orders, parked orders, the feed, shipments"),
        ("/journal/docs", "where is order …, and why"),
        ("/inventory/docs", "articles, stock, what each shop believes"),
        ("/connections/docs", "connections and their switches"),
    ):
        console.print(f"  {origin}{area:<18} {what}")
    shipped = [chapter.shipped_order for chapter in chapters if chapter.shipped_order]
    number = shipped[0].replace("#", "%23") if shipped else ""
    console.print(
        f"\n  curl -s -H 'Authorization: Bearer {stage.admin_key}' "
        f"'{origin}/journal/timeline?noun=order&number={number}'",
        soft_wrap=True,
    )


def write(path: Path, chapters: Sequence[Chapter], problems: Sequence[str]) -> None:
    """The same figures as JSON."""
    connections = []
    for chapter in chapters:
        if (ledger := chapter.ledger) is None:
            continue
        connections.append(
            {
                "platform": chapter.platform,
                "connection": chapter.id,
                "shop_orders": ledger.shop_orders,
                "imported": ledger.imported,
                "waiting": ledger.waiting,
                "parked": ledger.parked,
                "parked_expected": ledger.parked_expected,
                "parked_reasons": dict(ledger.reasons),
                "missing": len(ledger.missing),
                "duplicated": len(ledger.duplicated),
                "total_shop": {currency: str(total) for currency, total in ledger.total_shop.items()},
                "total_imported": {currency: str(total) for currency, total in ledger.total_imported.items()},
                "left_out": chapter.left_out,
                "stock_pushed": chapter.stock_pushed,
                "shipments_reported": 1 if chapter.seen_by_shop else 0,
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ok": not problems, "problems": list(problems), "connections": connections}, indent=1))
