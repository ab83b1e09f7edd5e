"""Archived calls that are about several orders are sealed with the keys of all of them."""

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


def upgrade() -> None:
    for statement in statements(SHARED):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
