"""Backfills and manual runs of a connector, corrections of an order, and since when something is retried in vain."""

from alembic import op

from migrations.pieces import statements

revision = "0013"
down_revision = "0012"

CONNECTORS = """
CREATE TABLE connectors.backfills (
    id uuid PRIMARY KEY,
    connection uuid NOT NULL,
    noun text NOT NULL CHECK (noun IN ('order', 'article')),
    since timestamptz,
    until timestamptz NOT NULL,
    position timestamptz,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'stopped', 'failed')),
    seen int NOT NULL DEFAULT 0,
    published int NOT NULL DEFAULT 0,
    unreadable int NOT NULL DEFAULT 0,
    pages int NOT NULL DEFAULT 0,
    code text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT '',
    failing_since timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    asked_by text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE INDEX ON connectors.backfills (connection, asked_at DESC, id DESC);
CREATE INDEX ON connectors.backfills (connection, due_at) WHERE state = 'running';
CREATE TABLE connectors.runs (
    id uuid PRIMARY KEY,
    connection uuid NOT NULL,
    noun text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE connectors.run_items (
    run uuid NOT NULL REFERENCES connectors.runs (id) ON DELETE CASCADE,
    position int NOT NULL,
    connection uuid NOT NULL,
    noun text NOT NULL,
    external_id text NOT NULL,
    number text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT 'waiting'
        CHECK (outcome IN ('waiting', 'published', 'not_found', 'unreadable', 'failed')),
    code text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{}',
    settled_at timestamptz,
    PRIMARY KEY (run, position)
);
CREATE INDEX ON connectors.run_items (connection, noun, external_id) WHERE outcome = 'waiting';
ALTER TABLE connectors.work ADD COLUMN failing_since timestamptz;
INSERT INTO connectors.backfills (id, connection, noun, since, until, asked_by)
SELECT gen_random_uuid(), connection, substr(kind, 6), nullif(body -> 'window' ->> 0, '')::timestamptz,
       coalesce(nullif(body -> 'window' ->> 1, '')::timestamptz, now()), 'migration'
FROM connectors.work WHERE kind IN ('read:order', 'read:article') AND body ? 'window';
DELETE FROM connectors.work WHERE kind IN ('read:order', 'read:article') AND body ? 'window'
"""

# The causes of a version are a type in the code; a list here would have to change with every part that adds one.
ORDERS = """
ALTER TABLE orders.order_versions DROP CONSTRAINT IF EXISTS order_versions_cause_check;
CREATE TABLE orders.corrections (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    path text NOT NULL,
    content bytea,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'replaced', 'undone', 'overtaken')),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    ended_by text NOT NULL DEFAULT '',
    ended_at timestamptz
);
CREATE UNIQUE INDEX ON orders.corrections (order_id, path) WHERE state = 'active';
CREATE INDEX ON orders.corrections (order_id, made_at);
ALTER TABLE orders.parked_reasons ADD COLUMN retries_ended_at timestamptz
"""


def upgrade() -> None:
    for piece in (CONNECTORS, ORDERS):
        for statement in statements(piece):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
