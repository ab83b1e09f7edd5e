"""One shop's whole state; the API, the shop's staff and its customers all change it through this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket
from services.sandbox.shopware6 import states
from services.sandbox.shopware6.catalogue import Catalogue
from services.sandbox.shopware6.library import Library
from services.sandbox.shopware6.till import Till
from services.sandbox.shopware6.tokens import Door, Integration
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, hexid, stamp

DOCUMENT_TYPES = (
    ("invoice", "Rechnung"),
    ("storno", "Stornorechnung"),
    ("delivery_note", "Lieferschein"),
    ("credit_note", "Gutschrift"),
)
READER = frozenset(
    f"{entity}:read"
    for entity in (
        "order", "order_line_item", "order_delivery", "order_delivery_position", "order_transaction", "order_address",
        "order_customer", "order_transaction_capture", "order_transaction_capture_refund", "customer", "country",
        "country_state", "currency", "language", "locale", "sales_channel", "state_machine_state", "shipping_method",
        "payment_method", "tag", "product", "property_group", "property_group_option", "integration", "acl_role",
        "order_transaction_capture_refund_position",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """`version` decides what the API knows. `lacking` are privileges taken from the shop's second integration."""

    version: str = "6.7.10.1"
    lacking: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))


@dataclass
class Stored:
    """An order and what the sandbox remembers of it."""

    body: dict[str, Any]
    written_at: datetime
    case: str
    expect: tuple[str, ...]


class Store:
    def __init__(self, name: str, faults: Faults, clock: Callable[[], datetime], options: Options) -> None:
        self.name, self.faults, self.clock, self.options = name, faults, clock, options
        version = options.numbers
        self.before_6_6 = version < (6, 6)
        self.before_6_7 = version < (6, 7)
        self.most = 500 if version >= (6, 5, 5) else None
        self.library = Library(clock)
        self.catalogue = Catalogue(clock, self.library, shelf_counts=self.before_6_6)
        self.till = Till(self.catalogue, names=version >= (6, 7))
        self.key = Integration(f"SWIA{hexid(name)[:22].upper()}", hexid("secret", name) * 2, "Kontor")
        self.limited_key = Integration(
            f"SWIA{hexid(name, 'reader')[:22].upper()}", hexid("secret", name, "reader") * 2, "Reader",
            READER - set(options.lacking),
        )  # fmt: skip
        self.door = Door([self.key, self.limited_key], clock, lambda: faults.active("revoke_token") is not None)
        self.orders: dict[str, Stored] = {}
        self.mails: list[tuple[str, str]] = []
        """Order id and event of every mail the shop has sent."""
        self.served: list[dict[str, Any]] = []
        self.translations: dict[str, dict[str, dict[str, Any]]] = {}
        """What products say in each language, by product and language."""
        self.documents: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        """Every uploaded file of the shop by its name, which is taken once."""

    def known(self, entity: str) -> Mapping[str, dict[str, Any]]:
        """Products, and what they refer to, by id."""
        if entity == "product":
            return self.catalogue.rows
        return self.catalogue.parts(entity) or self.library.all(entity)

    def now(self) -> str:
        return stamp(self.clock())

    def place(self, basket: Basket, expect: tuple[str, ...]) -> str:
        count = len(self.orders) + 1
        number = basket.number or str(10000 + count)
        body = self.till.order(basket, number, count)
        for line in body["lineItems"]:
            if isinstance(line["quantity"], int):
                self.catalogue.take(line["productId"], line["quantity"])
        self.orders[body["id"]] = Stored(body, self.clock(), basket.case, expect)
        return str(body["id"])

    def rows(self, entity: str, *, inherit: bool) -> list[dict[str, Any]]:
        """All rows of an entity that can be searched. Orders that are still being written are not among them."""
        if entity == "product":
            return self.catalogue.shown(inherit=inherit)
        if entity == "product_price":
            return list(self.catalogue.parts(entity).values())
        if entity == "currency":
            return [{"id": DEFAULT_CURRENCY, "isoCode": "EUR", "factor": 1, "isSystemDefault": True, "name": "Euro"}]
        if entity == "document":
            return list(self.documents.values())
        if entity == "document_type":
            return [
                {"id": hexid("document type", name), "technicalName": name, "name": label}
                for name, label in DOCUMENT_TYPES
            ]
        if entity == "integration":
            return [_shown(one) for one in (self.key, self.limited_key)]
        if entity != "order":
            return list(self.library.all(entity).values())
        late = self.faults.active("late_visibility")
        hidden = timedelta(seconds=late.seconds) if late else timedelta(0)
        now = self.clock()
        return [one.body for one in self.orders.values() if not late or now - one.written_at >= hidden]

    def move(self, machine: str, owner: dict[str, Any], row: dict[str, Any], action: str, *, mail: bool) -> None:
        """A state transition. Cancelling an order gives its stock back and leaves its deliveries and payments alone."""
        if not states.move(machine, row, action):
            return
        row["updatedAt"] = self.now()
        if mail:
            self.mails.append((owner["id"], f"state_enter.{machine}.state.{states.word(row)}"))
        if machine == "order" and states.word(row) == "cancelled":
            for line in row["lineItems"]:
                self.catalogue.take(line["productId"], -line["quantity"])


def changed_at(order: dict[str, Any]) -> str:
    """The latest stamp anywhere in an order."""
    rows = [order, order["orderCustomer"], *order["addresses"]]
    for name in ("lineItems", "deliveries", "transactions"):
        rows += order[name]
    rows += [refund for row in order["transactions"] for one in row["captures"] for refund in one["refunds"]]
    return str(max(stamp for row in rows for stamp in (row["createdAt"], row["updatedAt"]) if stamp))


def _shown(one: Integration) -> dict[str, Any]:
    roles = (
        []
        if one.privileges is None
        else [{"id": hexid(one.label), "name": one.label, "privileges": sorted(one.privileges)}]
    )
    return {
        "id": hexid("integration", one.access_key), "label": one.label, "accessKey": one.access_key,
        "admin": one.privileges is None, "aclRoles": roles,
    }  # fmt: skip
