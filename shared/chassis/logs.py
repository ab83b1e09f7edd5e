"""Structured logs: one JSON object a line. No payloads, no secrets, no personal data belong in them."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_VALUE = re.compile(r"input_value=.*?(?=, input_type=|\n|$)")


def without_values(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes out of an error's text what PostgreSQL says about the row at fault, and the value that pydantic quotes:
    both may be personal."""
    text = line.get("exception")
    if isinstance(text, str):
        kept = [part for part in text.splitlines() if "DETAIL:" not in part]
        line["exception"] = _VALUE.sub("input_value=…", "\n".join(kept))
    return line


def configure(level: str = "INFO") -> None:
    """Sets structlog up for the whole process; safe to call twice."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_values,
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
