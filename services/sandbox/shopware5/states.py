"""The states of orders and payments: a number, and a text in the language of the shop."""

from typing import Any

ORDER = {
    -1: "Abgebrochen", 0: "Offen", 1: "In Bearbeitung (Wartet)", 2: "Komplett abgeschlossen",
    3: "Teilweise abgeschlossen", 4: "Storniert / Abgelehnt", 5: "Zur Lieferung bereit", 6: "Teilweise ausgeliefert",
    7: "Komplett ausgeliefert", 8: "Klärung notwendig", 42: "Druckfreigabe",
}  # fmt: skip
"""42 is one that this merchant has made for himself."""
PAYMENT = {
    9: "Teilweise in Rechnung gestellt", 10: "Komplett in Rechnung gestellt", 11: "Teilweise bezahlt",
    12: "Komplett bezahlt", 17: "Offen", 18: "Reserviert", 20: "Wiedergutschrift", 21: "Überprüfung notwendig",
}  # fmt: skip


def order_status(id: int) -> dict[str, Any]:
    return {"id": id, "description": ORDER[id], "position": id, "group": "state", "sendMail": 1}


def payment_status(id: int) -> dict[str, Any]:
    return {"id": id, "description": PAYMENT[id], "position": id, "group": "payment", "sendMail": 0}
