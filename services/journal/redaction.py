"""An archived body as support may see it: readable, and without any secret."""

import json
from typing import Any

from shared.http.redaction import MASK, is_secret_name, redact_text


def readable(body: bytes, media: str) -> Any:
    """JSON as JSON, anything else as text; values whose name sounds secret, and tokens inside texts, are masked."""
    text = body.decode("utf-8", "replace")
    if "json" in media:
        try:
            return _masked(json.loads(text))
        except (ValueError, RecursionError):
            pass
    return redact_text(text)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: MASK if _hides(name, one) else _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return redact_text(value) if isinstance(value, str) else value


def _hides(name: str, value: Any) -> bool:
    return is_secret_name(name) and value not in (None, "", [], {}) and not isinstance(value, bool)
