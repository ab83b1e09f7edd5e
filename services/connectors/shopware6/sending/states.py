"""State transitions: the shop is asked what it offers, because every shop may have states of its own."""

from typing import Any

from services.connectors.shopware6.client import Client


def word(row: dict[str, Any]) -> str:
    return str((row.get("stateMachineState") or {}).get("technicalName", ""))


async def reach(client: Client, machine: str, row: dict[str, Any], wanted: str, *, mail: bool) -> str:
    """Brings a row into a state it is not in yet. Answers why not, or nothing."""
    if word(row) == wanted:
        return ""
    offered = await client.transitions(machine, row["id"])
    action = next((one["actionName"] for one in offered if one.get("toStateName") == wanted), None)
    if action is None:
        ways = ", ".join(sorted({one.get("toStateName", "") for one in offered})) or "nothing"
        return f"from {word(row)} the shop offers {ways}, not {wanted}"
    await client.move(machine, row["id"], action, mail=mail)
    return ""
