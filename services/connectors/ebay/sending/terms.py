"""On what terms something is listed: the seller's business policies and his place of stock."""

from collections.abc import Sequence

from services.connectors.ebay.client import Client
from services.connectors.ebay.client.listings import POLICIES
from services.connectors.ebay.sending.listings import too_often
from shared.connector_kit.declaration import PushResult
from shared.contracts.errors import Misconfigured, Rejected


class Unclear(Exception):
    """The seller must do something first: `result` is what every article hears until he does."""

    def __init__(self, result: PushResult) -> None:
        super().__init__(result.code)
        self.result = result


def unclear(what: str, site: str, wanted: str, known: Sequence[str]) -> Unclear:
    """He must say which one is meant."""
    words = {"what": what, "site": site, "wanted": wanted or "–", "known": ", ".join(known)[:300] or "–"}
    return Unclear(PushResult("failed", "listing_terms_unclear", words))


class Terms:
    """What the merchant entered, looked up at eBay once per batch. A policy is entered by its name, which may be the
    same on all marketplaces, or by its id; where there is only one, it is meant."""

    def __init__(self, client: Client) -> None:
        own = client.merchant
        self._client = client
        self._wanted = {
            "fulfillment": own.fulfillment_policy, "payment": own.payment_policy, "return": own.return_policy,
        }  # fmt: skip
        self._location = own.stock_location
        self._known: dict[tuple[str, str], dict[str, str]] = {}
        self._locations: list[str] | None = None

    async def policies(self, site: str, held: dict[str, str]) -> dict[str, str]:
        """Ids by kind. An offer that has one already (`held`) keeps it, unless another was entered. Raises Unclear."""
        return {kind: await self._policy(kind, site, str(held.get(f"{kind}PolicyId") or "")) for kind in POLICIES}

    async def location(self, held: str) -> str:
        """The key of the place of stock. Raises Unclear."""
        if held and not self._location:
            return held
        if self._locations is None:
            self._locations = await self._client.listings.locations()
        if self._location in self._locations:
            return self._location
        if not self._location and len(self._locations) == 1:
            return self._locations[0]
        raise unclear("stock_location", self._client.merchant.sites[0], self._location, self._locations)

    async def _policy(self, kind: str, site: str, held: str) -> str:
        wanted = self._wanted[kind]
        if held and not wanted:
            return held
        if (kind, site) not in self._known:
            self._known[kind, site] = await self._read(kind, site)
        known = self._known[kind, site]
        fitting = [id for id, name in known.items() if wanted in (id, name)] if wanted else list(known)
        if len(fitting) != 1:
            raise unclear(f"{kind}_policy", site, wanted, list(known.values()))
        return fitting[0]

    async def _read(self, kind: str, site: str) -> dict[str, str]:
        try:
            return await self._client.listings.policies(kind, site)
        except Misconfigured as error:
            # A consent that is older than this right is good for everything else: no reason to pause the account.
            if error.code != "scope_missing":
                raise
            words = {"field": error.field, "detail": error.detail}
            raise Unclear(PushResult("failed", "scope_missing", words)) from None


def refused(error: Rejected) -> PushResult:
    """In eBay's own words; what was changed too often today passes by itself."""
    if too_often(error.detail):
        return PushResult("retrying", "listing_changed_too_often", {"detail": error.detail})
    return PushResult("failed", "product_refused", {"detail": error.detail})
