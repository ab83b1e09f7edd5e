"""Deleting must be meant: the connection's name typed again, or the token of a plan, which lives ten minutes."""

import hmac
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from shared.chassis.problems import Problem

VALID = timedelta(minutes=10)
DELETED = ["credentials", "settings", "access token", "webhook address"]
KEPT = ["orders and their versions", "articles and stock", "journal"]


def token(key: str, id: UUID, until: datetime) -> str:
    """A confirmation for one connection until then; the same for the same moment."""
    seconds = int(until.timestamp())
    return f"{seconds}.{hmac.new(key.encode(), f'delete:{id}:{seconds}'.encode(), sha256).hexdigest()}"


def refuse_unless_confirmed(confirm: str, *, key: str, id: UUID, name: str, now: datetime) -> None:
    """Raises a 422 problem unless the name was typed or a token of this connection is still valid."""
    if confirm == name:
        return
    seconds = re.match(r"(\d{1,11})\.", confirm, re.ASCII)
    until = None if seconds is None else datetime.fromtimestamp(int(seconds[1]), UTC)
    if until is None or not hmac.compare_digest(confirm.encode(), token(key, id, until).encode()):
        raise Problem(422, "confirmation_wrong", field="confirm", connection=name)
    if until <= now:
        raise Problem(422, "confirmation_expired", field="confirm", connection=name)
