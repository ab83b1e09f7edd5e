"""The whole system as real processes, with the sandbox as the outside world."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from services.ops.demo.story import put_master_data
from services.ops.fleet import loops
from services.ops.local.ports import free_ports
from services.ops.local.servers import Servers
from services.ops.stage import Api, Stage, set_up, wait_for
from tests.conftest import ROOT
from tests.journey.account import Account
from tests.journey.books import Books

LEASE_SECONDS = 6.0
ORDERS_EVERY = 2
ADDRESSES = {"woocommerce": "url", "shopify": "shop_url"}
_numbers = count(1)


def quiet(sentence: str) -> None:
    """Says nothing while servers and services start."""


@dataclass
class System:
    """A running system. Processes are called as in the fleet: sandbox, web, connectors, order_import, central."""

    stage: Stage
    servers: Servers
    kontor: Api
    sandbox: Api
    books: Books
    accounts: list[Account] = field(default_factory=list)

    @property
    def logs(self) -> Path:
        return self.stage.folder / "logs"

    def connect(
        self,
        platform: str = "woocommerce",
        *,
        features: Sequence[str] = ("orders", "articles"),
        seed: bool = False,
        shop: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        productive: bool = True,
    ) -> Account:
        """Opens a shop of its own and connects it; returns when both streams were read through once."""
        name = f"{platform}-{next(_numbers)}"
        body = {"platform": platform, "name": name, "seed": seed, "options": shop or {}}
        opened = self.sandbox.post("/_control/shops", body)
        made = self.kontor.post(
            "/connections",
            {
                "platform": platform,
                "name": name,
                "project": "journey",
                "credentials": {ADDRESSES.get(platform, "url"): opened["url"], **opened["credentials"]},
                "integration": dict.fromkeys(features, True),
                "options": {"orders_every_seconds": ORDERS_EVERY, "articles_every_seconds": 60} | (options or {}),
            },
        )
        if "stock" in features:
            # The orders of all journeys want more than the pretend merchant has, and nobody confirms an empty shop. Set
            # before it goes live: the guard looks at the very first push.
            self.kontor.put(f"/inventory/settings/{made['id']}", {"guard": {"zero_share": 100}})
        if productive:
            self.kontor.call("PATCH", f"/connections/{made['id']}", json={"productive": True})
        account = Account(
            made["id"], name, platform, f"/_control/{platform}/{name}", self.kontor, self.sandbox, self.books
        )
        self.accounts.append(account)
        account.placed = len(account.census())
        if productive and "orders" in features:
            wait_for(f"{name} was read once", lambda: self._read_once(account), seconds=60, every=0.2)
        return account

    def _read_once(self, account: Account) -> bool:
        return self.books.polled_since(account.id, "order", self.books.value("SELECT '-infinity'::timestamptz"))

    def key(self, name: str, role: str, **limits: Any) -> str:
        """A new API key."""
        made = self.kontor.post("/access/keys", {"name": name, "role": role, **limits})
        return str(made["key"])

    def disconnect(self, account: Account) -> None:
        """Deletes the connection, so that nobody works for it any more."""
        self.accounts.remove(account)
        self.kontor.call("DELETE", f"/connections/{account.id}", params={"confirm": account.name})

    def restart(self, *names: str) -> None:
        """Starts processes that have ended."""
        self.stage.fleet.start(*names)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.stage.fleet.kill(name)

    @contextmanager
    def replica(self, service: str) -> Iterator[str]:
        """One more loop process of a service; answers its name in the fleet."""
        name = f"{service}-replica"
        self.stage.fleet.add(loops(name, *(ADDRESSES if service == "connectors" else [service])))
        try:
            yield name
        finally:
            if name in self.stage.fleet.processes:
                self.stage.fleet.take_away(name)

    def holders(self, platform: str = "woocommerce") -> int:
        """How many replicas of a connector are alive, by their own announcement."""
        return int(
            self.books.value(
                """SELECT count(*) FROM connectors.holders WHERE "group" = $1 AND alive_until > now()""", platform
            )
        )

    def heal(self) -> None:
        """Whatever a test has broken runs again, and the connections it made are gone."""
        for account in list(self.accounts):
            account.mend()
        self.stage.fleet.watch()
        wait_for("the front door answers", self._answers, seconds=60, every=0.2)
        for account in list(self.accounts):
            self.disconnect(account)

    def condition(self) -> str:
        """How everything is at this moment, for whoever reads that a test failed on a machine that is gone since."""
        fleet = self.stage.fleet
        lines = [
            f"{name}: {'runs' if (code := process.poll()) is None else f'ended with {code}'}\n{fleet.log_tail(name)}"
            for name, process in fleet.processes.items()
        ]
        lines.append(f"waiting in queues: {self.books.queues()}")
        lines += [f"database: {row}" for row in self.books.busy()]
        return "\n".join(lines)

    def _answers(self) -> bool:
        return _status(self.kontor) == "ok"

    def close(self) -> None:
        self.stage.close()
        self.kontor.close()
        self.sandbox.close()
        self.books.close()


def _status(kontor: Api) -> str:
    try:
        return str(kontor.get("/health")["status"])
    except Exception:  # noqa: BLE001 - a door that does not open is an answer
        return "away"


def bring_up(folder: Path, servers: Servers, connectors: Sequence[str] = tuple(ADDRESSES)) -> System:
    """Migrates, starts every process, and tells Kontor the merchant's articles and their stock."""
    port, sandbox_port = free_ports(2)
    stage = set_up(
        ROOT,
        folder,
        servers,
        quiet,
        port=port,
        sandbox_port=sandbox_port,
        lease_seconds=LEASE_SECONDS,
        connectors=connectors,
        # Half an hour by default; a test cannot wait that long until an order counts as missing.
        extra={"JOURNAL_COMPLETENESS_GRACE": "PT2S"},
    )
    try:
        kontor, sandbox = Api(stage.addresses.origin, stage.admin_key), Api(stage.addresses.sandbox)
        books = Books(servers.postgres_url, servers.rabbitmq_url)
        system = System(stage, servers, kontor, sandbox, books)
        put_master_data(kontor, sandbox, quiet)
        known = len(sandbox.get("/_control/articles"))
        wait_for(
            "the order book knows every article",
            lambda: books.value("SELECT count(*) FROM orders.known_articles") >= known,
            seconds=60,
            every=0.2,
        )
    except BaseException:
        stage.close()
        raise
    return system
