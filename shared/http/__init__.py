"""How we call a shop: limits, retries, errors for who must act, redaction, and a guard for every address."""

from shared.http.client import Explain, Params, ShopClient
from shared.http.guard import Guard
from shared.http.limits import Bucket, Limit
from shared.http.redaction import Exchange, Observer, redact_headers, redact_text, redact_url
from shared.http.reply import Reply

__all__ = [
    "Bucket",
    "Exchange",
    "Explain",
    "Guard",
    "Limit",
    "Observer",
    "Params",
    "Reply",
    "ShopClient",
    "redact_headers",
    "redact_text",
    "redact_url",
]
