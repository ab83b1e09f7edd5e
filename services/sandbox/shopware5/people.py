"""The shop's customers: those with an account, whether or not they ever ordered, and a new one for every guest."""

from typing import Any

from services.sandbox.merchant import Address, Basket
from services.sandbox.shopware5.values import ZERO_TIME

Row = dict[str, Any]
FIRST_NUMBER = 20_000
NEVER_ORDERED: tuple[tuple[str, Address, Row], ...] = (
    (
        "wilma.neugier@post.example",
        Address("Wilma", "Neugier", "Lange Zeile 4", "91054", "Erlangen", phone="09131 4711"),
        {},
    ),
    # Written by an old version: dates of zero, a name at the address only.
    (
        "einkauf@tante-emma.example",
        Address("Emma", "Krämer", "Am Hafen 9", "18055", "Rostock", company="Tante Emma GmbH"),
        {"firstname": "", "lastname": "", "firstLogin": "0000-00-00", "lastLogin": ZERO_TIME, "groupKey": "H"},
    ),
    # Imported by a plugin, which gave no number, and locked since.
    (
        "ohne.nummer@post.example",
        Address("Otto", "Ohnezahl", "Königsallee 1", "40212", "Düsseldorf"),
        {"number": "", "active": False, "defaultShippingAddress": None},
    ),
)


class People:
    """Customers by their id. Somebody with an account is known by his e-mail."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self._accounts: dict[str, int] = {}
        for email, address, differing in NEVER_ORDERED:
            self.register(email, address, **differing)

    def register(self, email: str, address: Address, **differing: Any) -> Row:
        """Somebody makes an account; one e-mail has one."""
        if email not in self._accounts:
            self._accounts[email] = len(self.rows) + 1
            self._add(email, address, address, 0, differing)
        return self.rows[self._accounts[email]]

    def buyer(self, basket: Basket, billing: Address) -> Row:
        """The customer of an order, as the order shows him."""
        group = {"groupKey": "H"} if basket.net_prices else {}
        if basket.guest:
            row = self._add(basket.email, billing, basket.shipping or billing, 1, {"number": ""} | group)
        else:
            row = self.register(basket.email, billing, **group)
        return {name: value for name, value in row.items() if not isinstance(value, dict | list)}

    def _add(self, email: str, billing: Address, shipping: Address, mode: int, differing: Row) -> Row:
        id = len(self.rows) + 1
        row: Row = {
            "id": id, "number": str(FIRST_NUMBER + id), "paymentId": 5, "groupKey": "EK", "shopId": 1,
            "priceGroupId": None, "encoderName": "bcrypt", "hashPassword": "$2y$10$abcdefghijklmnopqrstuv",
            "active": True, "email": email, "salutation": "mr", "title": None, "firstname": billing.first_name,
            "lastname": billing.last_name, "firstLogin": "2019-03-01T00:00:00+0100", "lastLogin": ZERO_TIME,
            "birthday": None, "accountMode": mode, "confirmationKey": "", "sessionId": "q2w3e4r5t6z7u8",
            "newsletter": 0, "languageId": "1", "internalComment": "", "failedLogins": 0, "lockedUntil": None,
            "doubleOptinRegister": False, "doubleOptinConfirmDate": None, "paymentData": [],
            "attribute": {"id": id, "customerId": id},
            "defaultBillingAddress": _address(2 * id, billing),
            "defaultShippingAddress": _address(2 * id + 1, shipping),
        }  # fmt: skip
        self.rows[id] = row | differing
        return self.rows[id]

    def listed(self) -> list[Row]:
        """Heads, as the list shows them: without number and addresses."""
        return [
            {name: value for name, value in row.items() if name != "number" and not isinstance(value, dict | list)}
            for row in self.rows.values()
        ]


def _address(id: int, given: Address) -> Row:
    return {
        "id": id, "company": given.company or None, "department": "", "salutation": "mr", "title": None,
        "firstname": given.first_name, "lastname": given.last_name, "street": given.street, "zipcode": given.postcode,
        "city": given.city, "phone": given.phone or None, "vatId": "", "additionalAddressLine1": None,
        "additionalAddressLine2": None, "countryId": 2, "stateId": None, "state": None,
        "country": {"id": 2, "iso": given.country}, "attribute": {"id": id, "customerAddressId": id},
    }  # fmt: skip
