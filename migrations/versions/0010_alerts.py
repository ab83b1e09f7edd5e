"""Alerts: who wants to hear of what, what each was told, what is on its way; and what the watchmen have seen."""

from alembic import op

from migrations.pieces import statements

revision = "0010"
down_revision = "0009"

ALERTS = """
ALTER TABLE journal.problems ADD COLUMN outcome text NOT NULL DEFAULT 'warning';
UPDATE journal.problems p SET outcome = e.outcome FROM journal.entries e WHERE e.at = p.last_at AND e.id = p.entry;
CREATE INDEX ON journal.entries (at) WHERE code = 'order_received';
CREATE TABLE journal.subscriptions (
    id uuid PRIMARY KEY,
    idempotency_key text UNIQUE,
    request_hash text NOT NULL,
    connections uuid[],
    least text NOT NULL CHECK (least IN ('warning', 'error')),
    way text NOT NULL CHECK (way IN ('mail', 'webhook')),
    address text NOT NULL,
    sealed text NOT NULL DEFAULT '',
    rhythm text NOT NULL CHECK (rhythm IN ('instant', 'daily', 'weekly')),
    hour int NOT NULL,
    weekday int NOT NULL,
    zone text NOT NULL,
    quiet_from int,
    quiet_until int,
    language text NOT NULL CHECK (language IN ('de', 'en')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    due_at timestamptz
);
CREATE TABLE journal.notices (
    subscription uuid NOT NULL REFERENCES journal.subscriptions (id) ON DELETE CASCADE,
    cause text NOT NULL,
    connection uuid,
    state text NOT NULL CHECK (state IN ('opening', 'open', 'closing')),
    sentence text NOT NULL,
    since timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (subscription, cause, connection)
);
CREATE TABLE journal.deliveries (
    id uuid PRIMARY KEY,
    subscription uuid NOT NULL UNIQUE REFERENCES journal.subscriptions (id) ON DELETE CASCADE,
    subject text NOT NULL,
    body text NOT NULL,
    opened int NOT NULL,
    closed int NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    answer text NOT NULL DEFAULT ''
);
CREATE INDEX ON journal.deliveries (due_at)
"""


def watched(schema: str) -> str:
    """What a service's watchmen have seen, and since when it is in the journal."""
    return f"""
    CREATE TABLE {schema}.watched (
        watchman text NOT NULL,
        subject text NOT NULL,
        noun text NOT NULL,
        connection uuid,
        platform text NOT NULL,
        params jsonb NOT NULL,
        seen_at timestamptz NOT NULL,
        told_at timestamptz,
        PRIMARY KEY (watchman, subject)
    )
    """


def upgrade() -> None:
    for piece in (ALERTS, watched("journal"), watched("orders")):
        for statement in statements(piece):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
