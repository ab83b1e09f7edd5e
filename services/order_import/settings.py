"""What may differ between installations in how orders are judged and handed on."""

from datetime import timedelta
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class OrderSettings(BaseSettings):
    """From the environment, prefix ORDER_IMPORT_.

    `rounding_tolerance` is in minor units of the order's currency (5 are 0.05 EUR, or 5 JPY): up to there a difference
    between an order's total and its parts is kept as a rounding difference, above it parks the order.

    A channel's cancellation of an order that was handed over is a request, to be answered within
    `cancellation_answer_within`. `cancellation_unanswered` says what becomes of it then: "keep" leaves it open and
    raises an error, "accept" cancels, "refuse" lets it expire and keeps the order.

    `document_most_bytes` bounds a PDF that is to be handed to a channel.
    """

    model_config = SettingsConfigDict(env_prefix="ORDER_IMPORT_", extra="ignore")

    rounding_tolerance: int = Field(default=5, ge=0, le=100)
    acknowledge_within: timedelta = timedelta(minutes=30)
    cancellation_answer_within: timedelta = Field(default=timedelta(hours=24), gt=timedelta(0))
    cancellation_unanswered: Literal["keep", "accept", "refuse"] = "keep"
    document_most_bytes: int = Field(default=10_000_000, ge=1000, le=15_000_000)
