"""What a database error means: bad data, a passing disturbance, or neither."""

import asyncpg

_TRANSIENT_CLASSES = ("08", "40", "53", "57")
_LOCK_NOT_AVAILABLE = "55P03"
_READ_ONLY = "25006"


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE behind an exception of asyncpg; empty when there is none."""
    seen: BaseException | None = error
    while seen is not None:
        state = getattr(seen, "sqlstate", None)
        if isinstance(state, str):
            return state
        seen = seen.__cause__
    return ""


def is_data_error(error: BaseException) -> bool:
    """Class 22 (data exception) or 23 (integrity): some row of the batch is at fault, its neighbours are not."""
    return sqlstate(error)[:2] in ("22", "23")


def is_transient(error: BaseException) -> bool:
    """Deadlock, serialisation, lost connection, server restarting or full: the same work may succeed later."""
    state = sqlstate(error)
    if state:
        return state[:2] in _TRANSIENT_CLASSES or state in (_LOCK_NOT_AVAILABLE, _READ_ONLY)
    return isinstance(error, asyncpg.InterfaceError | OSError)


def described(error: BaseException) -> str:
    """What happened, without the row that PostgreSQL names under DETAIL: it may be personal."""
    first = str(error).splitlines()[:1]
    return f"{type(error).__name__}: {first[0] if first else ''}"
