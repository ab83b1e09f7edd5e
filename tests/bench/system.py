"""A fresh system for a benchmark: own database and virtual host, own ports, thrown away afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from services.ops.local.servers import start
from services.ops.stage import Api, Stage, free_port, set_up, wait_for

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local" / "bench"
FEATURES = ("orders", "articles", "stock", "fulfilments")


@dataclass
class System:
    """A running system and its two doors."""

    stage: Stage
    kontor: Api
    sandbox: Api

    async def value(self, sql: str, *arguments: Any) -> Any:
        connection = await asyncpg.connect(self.stage.addresses.database_url)
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    def open_shop(self, name: str, platform: str = "woocommerce") -> dict[str, Any]:
        """A shop with a catalogue and no orders."""
        shop: dict[str, Any] = self.sandbox.post("/_control/shops", {"platform": platform, "name": name, "seed": False})
        return shop

    def connect(self, shop: dict[str, Any], **integration: bool) -> str:
        """A productive connection to a shop; features not named are on."""
        body = {
            "platform": shop["platform"],
            "name": f"{shop['platform']} {shop['name']}",
            "credentials": {"url": shop["url"], **shop["credentials"]},
            "integration": dict.fromkeys(FEATURES, True) | integration,
            "options": {"orders_every_seconds": 1, "articles_every_seconds": 600},
        }
        id = str(self.kontor.post("/connections", body)["id"])
        # What the ERP has not counted is 0, and nobody is here to confirm that; the guard looks at the very first push.
        self.kontor.put(f"/inventory/settings/{id}", {"guard": {"zero_share": 100}})
        self.kontor.call("PATCH", f"/connections/{id}", json={"productive": True})
        return id

    def put_articles(self) -> None:
        """The ERP's own articles, as in the demonstration."""
        rows = [{"number": a["number"], "title": a["title"]} for a in self.sandbox.get("/_control/articles")]
        self.kontor.put("/inventory/articles", {"articles": rows})
        self.kontor.put("/inventory/warehouses/main", {"name": "Main"})

    def await_articles(self, ids: list[str]) -> None:
        """Every connection has read its articles once, so that orders may be read."""

        def read() -> bool:
            health = [self.kontor.get(f"/connections/{id}/health") for id in ids]
            streams = [{one["stream"]: one for one in found["streams"]} for found in health]
            return all(one.get("article", {}).get("first_pass_at") for one in streams)

        wait_for("every connection has read its articles", read, seconds=300, every=1.0)


@contextmanager
def system(say: Any) -> Iterator[System]:
    """Brings a system up and takes it down with its data."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    running = start(ROOT, say, keep=False)
    running.provide("bench").drop()  # what a run that was ended left
    servers = running.provide("bench")
    try:
        stage = set_up(ROOT, FOLDER, servers, say, port=free_port(8180), lease_seconds=60)
        try:
            yield System(stage, Api(stage.addresses.origin, stage.admin_key), Api(stage.addresses.sandbox))
        finally:
            stage.close()
    finally:
        servers.drop()
        running.release()
