"""How often each operation may be called."""

from shared.http.limits import Limit

# Usage plans as the interface descriptions state them, each with one call less at once: Amazon counts a call when it
# arrives, we when it leaves. An answer that names another rate is believed.
PLANS = {
    "searchOrders": Limit(0.0056, 19),
    "getOrder": Limit(0.5, 29),
    "confirmShipment": Limit(2, 9),
    "searchListingsItems": Limit(5, 4),
    "getListingsItem": Limit(5, 9),
    "patchListingsItem": Limit(5, 4),
    "createFeedDocument": Limit(0.5, 14),
    "createFeed": Limit(0.0083, 14),
    "getFeed": Limit(2, 14),
    "getFeeds": Limit(0.0222, 9),
    "getFeedDocument": Limit(0.0222, 9),
    "getInventorySummaries": Limit(2, 1),
    "createReport": Limit(0.0167, 14),
    "getReports": Limit(0.0222, 9),
    "getReportDocument": Limit(0.0167, 14),
    "getMarketplaceParticipations": Limit(0.016, 14),
    "createRestrictedDataToken": Limit(1, 9),
}
