"""Prometheus metrics that every service shows."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS_APPLIED = Counter("kontor_events_applied_total", "Events applied", ["service", "queue", "outcome"])
BATCH_SECONDS = Histogram("kontor_batch_seconds", "Time of one consumer transaction", ["service", "queue"])
LOOP_FAILURES = Counter("kontor_loop_failures_total", "Loop steps that raised", ["service", "loop"])
OUTBOX_DEPTH = Gauge("kontor_outbox_messages", "Messages waiting in the outbox", ["service"])
OUTBOX_AGE = Gauge("kontor_outbox_age_seconds", "Age of the oldest waiting message", ["service"])
STREAM_ITEMS = Counter("kontor_stream_items_total", "Items read from channels", ["platform", "stream", "outcome"])
PUSHES = Counter("kontor_pushes_total", "Items pushed to channels", ["platform", "kind", "outcome"])
