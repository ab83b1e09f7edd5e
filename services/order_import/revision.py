"""Which of two states of one order is newer."""

from datetime import datetime

from shared.contracts.order import Observation

Age = tuple[datetime, datetime, str]


def age(observed: Observation) -> Age:
    """Orders revisions: the platform's stamp, then Postgres' clock before the request; the hash breaks a tie, so that
    every worker chooses alike."""
    return observed.stamp, observed.observed_at, observed.content_hash
