"""Archived calls that are about several orders are sealed with the keys of all of them. Refunds that internal systems
ask for, on their way to the channels. Order lines are found by our own article number, too."""

from alembic import op

from migrations.pieces import statements

revision = "0019"
down_revision = "0018"

# What was told of several orders in one call was sealed with a key that no erasure destroyed, and nobody can tell any
# more which orders it was about: it goes.
SHARED = """
ALTER TABLE archive.payloads ADD COLUMN further_keys uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX ON archive.payloads USING gin (further_keys) WHERE further_keys <> '{}';
UPDATE archive.payloads p SET body = NULL
WHERE p.noun IN ('fulfilment-push', 'cancellation-push', 'document-push') AND p.body IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM orders.orders o WHERE o.id = p.key_id)
"""

REFUNDS = """
CREATE TABLE orders.refunds (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    reference text NOT NULL,
    request_hash text NOT NULL,
    currency text NOT NULL,
    shipping numeric NOT NULL,
    goodwill numeric NOT NULL,
    reason text NOT NULL,
    notify_customer boolean NOT NULL,
    lines jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'reported', 'failed', 'blocked')),
    version int NOT NULL DEFAULT 1,
    attempts int NOT NULL DEFAULT 0,
    code text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{}',
    external_id text NOT NULL DEFAULT '',
    reported_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    UNIQUE (order_id, reference)
);
CREATE INDEX ON orders.refunds (created_at DESC, id DESC);
CREATE INDEX ON orders.order_lines (article_number) WHERE article_number <> ''
"""


def upgrade() -> None:
    for statement in (*statements(SHARED), *statements(REFUNDS)):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
