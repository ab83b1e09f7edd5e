"""A connection together with the shop behind it: what happens there, what became of it here."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.ops.ledger import Figures, Ledger, compare, figures
from services.ops.stage import Api, wait_for
from tests.journey.books import Books
from tests.journey.case import Case

SETTLE_SECONDS = 60.0
# Within a lease of six seconds a worker looks every second whether a connection has other settings.
WORKER_LOOKS_EVERY = 2.0


@dataclass
class Account:
    """One connection of the system under test. `shop` is the shop's address in the sandbox's control API."""

    id: str
    name: str
    platform: str
    shop: str
    kontor: Api
    sandbox: Api
    books: Books
    placed: int = 0

    def place(self, count: int = 1, *, per_second: float | None = None) -> list[str]:
        """Plain orders, which must all be imported; answers their ids. With `per_second` they come by and by, and the
        answer is empty."""
        body: dict[str, Any] = {"count": count} | ({"per_second": per_second} if per_second else {})
        answer = self.sandbox.post(f"{self.shop}/orders", body)
        self.placed += count
        if per_second:
            return []
        return [str(id) for id in range(int(answer["first_id"]), int(answer["last_id"]) + 1)]

    def place_case(self, name: str) -> str:
        """One awkward order by its name; answers its id."""
        self.placed += 1
        return str(self.sandbox.post(f"{self.shop}/orders", {"case": name})["id"])

    def edit(self, external_id: str, kind: str, **how: Any) -> None:
        """Something happens to an order in the shop."""
        self.sandbox.post(f"{self.shop}/orders/{external_id}/changes", {"kind": kind, **how})

    def fault(self, kind: str, **how: Any) -> None:
        """Something goes wrong at the shop from now on."""
        self.sandbox.post(f"{self.shop}/faults", {"kind": kind, **how})

    def struck(self, kind: str) -> int:
        """How often a fault has struck so far."""
        return int(self.sandbox.get(f"{self.shop}/faults")["struck"].get(kind, 0))

    def mend(self) -> None:
        """Nothing goes wrong any more."""
        self.sandbox.call("DELETE", f"{self.shop}/faults")

    def requests(self, latest: int = 2000) -> dict[str, Any]:
        """What the shop was asked."""
        answer: dict[str, Any] = self.sandbox.get(f"{self.shop}/requests", latest=latest)
        return answer

    def parcels(self) -> list[dict[str, Any]]:
        """The shipments the shop shows its customers."""
        found: list[dict[str, Any]] = self.sandbox.get(f"{self.shop}/parcels")
        return found

    def census(self) -> list[dict[str, Any]]:
        """The shop's own list."""
        rows: list[dict[str, Any]] = self.sandbox.get(f"{self.shop}/census")
        return rows

    def view(self) -> dict[str, Any]:
        """The connection as people see it."""
        shown: dict[str, Any] = self.kontor.get(f"/connections/{self.id}")
        return shown

    def change(self, **values: Any) -> None:
        """Changes settings of the connection."""
        self.kontor.call("PATCH", f"/connections/{self.id}", json=values)

    def wait_until_heard(self) -> None:
        """Returns when the connector works with the newest settings."""
        version = self.view()["version"]
        sql = "SELECT version FROM connectors.connections WHERE id = $1"
        wait_for(
            "the connector heard of it", lambda: self.books.value(sql, UUID(self.id)) >= version, seconds=20, every=0.1
        )
        time.sleep(WORKER_LOOKS_EVERY)

    def order(self, external_id: str) -> dict[str, Any]:
        """One order as the order book shows it."""
        (head,) = self.kontor.get("/orders", connection=self.id, external_id=external_id)["items"]
        whole: dict[str, Any] = self.kontor.get(f"/orders/{head['id']}")
        return whole

    def wait_for_orders(self, count: int, seconds: float = SETTLE_SECONDS) -> None:
        """Returns when that many orders are in the book. Raises StageError when they do not come."""
        what = f"{count} orders of {self.name} are in the book"
        wait_for(what, lambda: self.books.persisted(self.id) >= count, seconds=seconds, every=0.1)

    def settle(self, seconds: float = SETTLE_SECONDS) -> dict[str, int]:
        """Waits until everything is quiet: all orders here, a whole poll since, nothing in a table or a queue. Answers
        what still moves when the time is up."""
        began = self.books.value("SELECT clock_timestamp()")
        until = time.monotonic() + seconds
        while True:
            moving = self._moving(began)
            if not moving or time.monotonic() > until:
                return moving
            time.sleep(0.3)

    def ledger(self) -> Ledger:
        """The shop's list against ours."""
        return compare(self.platform, self.census(), self.kontor.pages(f"/orders/census/{self.id}/items"))

    def close(self, case: Case, *, seconds: float = SETTLE_SECONDS, recover_s: float | None = None) -> None:
        """Waits for quiet and enters the case's figures."""
        moving = self.settle(seconds)
        ledger = self.ledger()
        twice = [*self.books.effects_twice(self.id), *self._parcels_twice()]
        case.close(self._figures(ledger, moving, twice, recover_s), [*ledger.faults, *twice, *_stuck(moving)])

    def _figures(
        self, ledger: Ledger, moving: dict[str, int], twice: Sequence[str], recover_s: float | None
    ) -> Figures:
        return figures(
            ledger,
            confirmed=self.books.confirmed(self.id),
            effects_twice=len(twice),
            stuck=sum(moving.values()),
            recover_s=recover_s,
        )

    def _moving(self, since: Any) -> dict[str, int]:
        missing = self.placed - self.books.persisted(self.id)
        if missing > 0:
            return {"orders": missing}
        if moving := self.books.under_way(self.id):
            return moving
        if not self.books.polled_since(self.id, "order", since):
            return {"poll": 1}
        return self.books.queues()

    def _parcels_twice(self) -> list[str]:
        shown = Counter((one["order_id"], one["tracking_number"]) for one in self.parcels())
        return [f"order {id} has the parcel {number} {n} times" for (id, number), n in shown.items() if n > 1]


def _stuck(moving: dict[str, int]) -> list[str]:
    return [f"{count} still under way: {place}" for place, count in moving.items()]
