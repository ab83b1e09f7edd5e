"""`@idempotent(key:)`: one key, one effect."""

from typing import Any

import orjson
from graphql import GraphQLError

from services.sandbox.shopify.execution import Call

Record = dict[str, Any]


class Keys:
    """What was answered under an idempotency key."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[bytes, Record]] = {}

    def replay(self, name: str, call: Call, key: str) -> Record | None:
        """The earlier answer; or an error's code where the key was used otherwise, or without success."""
        found = self._answers.get((name, key))
        if found is None:
            return None
        asked, answer = found
        if asked != _fingerprint(call):
            return {"code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"}
        return {"code": "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"} if answer["userErrors"] else answer

    def remember(self, name: str, call: Call, key: str, answer: Record) -> None:
        self._answers[name, key] = (_fingerprint(call), answer)


def _fingerprint(call: Call) -> bytes:
    return orjson.dumps(call.args, option=orjson.OPT_SORT_KEYS)


def key_of(call: Call) -> str:
    """The key of a call that must have one. Raises GraphQLError where it is missing."""
    if call.idempotency_key is None or not call.idempotency_key.strip():
        raise GraphQLError(
            "The @idempotent directive is required for this mutation but was not provided.",
            extensions={"code": "BAD_REQUEST"},
        )
    return call.idempotency_key
