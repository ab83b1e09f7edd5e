"""A merchant on the whole journey of one connection, and what he can do and see over REST."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from services.ops.ledger import Ledger, compare
from tests.journey.account import Account
from tests.journey.system import System


@dataclass
class Merchant:
    """Somebody with an administrator's key, and the shop he is about to connect. `freed` are orders that the shop's own
    list expects to be parked, and that he has set free."""

    system: System
    account: Account
    credentials: dict[str, Any]
    http: httpx2.Client
    freed: set[str] = field(default_factory=set)
    new_articles: list[str] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: Any = None, *, expect: int = 200, if_match: str = "", key: str = ""
    ) -> httpx2.Response:
        """One call, with the ETag it is about and an Idempotency-Key where they are given."""
        named = {name: value for name, value in (("If-Match", if_match), ("Idempotency-Key", key)) if value}
        answer = self.http.request(method, path, json=body, headers=named)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer

    def get(self, path: str) -> Any:
        return self.ask("GET", path).json()

    def answers(self, path: str) -> bool:
        """Whether there is such a thing by now."""
        return self.http.get(path).status_code == 200

    @property
    def path(self) -> str:
        return f"/connections/{self.account.id}"

    @property
    def connector(self) -> str:
        return f"/connectors/{self.account.platform}/connections/{self.account.id}"

    def ledger(self) -> Ledger:
        """The shop's own list against the order book."""
        shop = [row | ({"expect": []} if row["external_id"] in self.freed else {}) for row in self.account.census()]
        ours = self.system.kontor.pages(f"/orders/census/{self.account.id}/items")
        return compare(self.account.platform, shop, ours)

    def sell(self, count: int) -> None:
        """Plain orders in his shop, which must all be imported."""
        self.account.sandbox.post(f"{self.account.shop}/orders", {"count": count})

    def stock_shown(self) -> Any:
        """What the shop tells its customers, by SKU."""
        return self.account.sandbox.get(f"{self.account.shop}/stock")

    def status(self, external_id: str) -> str:
        return str(self.account.order(external_id)["status"])

    def reasons(self, external_id: str) -> dict[str, str]:
        """Why an order is parked: the code of each reason, and what it is about."""
        return {one["code"]: one["key"] for one in self.account.order(external_id)["reasons"]}

    def give_rows(self, *words: str) -> None:
        """One row in the payment table for each of these words of the shop."""
        now = self.ask("GET", f"/orders/rules/{self.account.id}")
        rules = now.json()["rules"]
        rules["payments"]["rows"] |= dict.fromkeys(words, "Prepaid")
        self.ask("PUT", f"/orders/rules/{self.account.id}", rules, if_match=now.headers["etag"])

    def open_words(self) -> set[str]:
        """The payment words that have come and have no row."""
        words = self.get(f"/orders/rules/{self.account.id}")["open_words"]
        return {one["word"] for one in words if one["kind"] == "payment"}

    def adds_up(self) -> bool:
        """Whether every order of the shop is accounted for, once every new word has its row."""
        if words := self.open_words():
            self.give_rows(*words)
        return self.ledger().faults == []

    def belongings(self) -> dict[str, Any]:
        """What a connection has: its orders, its rules, its listings and their articles."""
        mine, pages = {"connection": self.account.id}, self.system.kontor.pages
        return {
            "orders": {one["id"] for one in pages("/orders", **mine)},
            "rules": self.get(f"/orders/rules/{self.account.id}")["version"],
            "listings": {one["id"]: one["article_number"] for one in pages("/inventory/listings", **mine)},
        }

    def codes(self) -> set[str]:
        """What the journal says of the connection itself."""
        lines = self.system.kontor.pages("/journal/entries", connection=self.account.id, noun="connection")
        return {line["code"] for line in lines}
