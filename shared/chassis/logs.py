"""Structured logs: one JSON object a line. No payloads, no secrets, no personal data belong in them."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog


def without_rows(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes out of an error's text what PostgreSQL says about the row at fault: it may be personal."""
    text = line.get("exception")
    if isinstance(text, str) and "DETAIL:" in text:
        line["exception"] = "\n".join(part for part in text.splitlines() if "DETAIL:" not in part)
    return line


def configure(level: str = "INFO") -> None:
    """Sets structlog up for the whole process; safe to call twice."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose lines carry the room's name."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return bound
