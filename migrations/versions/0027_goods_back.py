"""Goods that internal systems report as come back, on their way to the channels."""

from alembic import op

from migrations.pieces import statements

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE orders.goods_back (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES orders.orders (id),
        reference text NOT NULL,
        request_hash text NOT NULL,
        tracking_number text NOT NULL,
        received_at timestamptz NOT NULL,
        lines jsonb NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'reported', 'failed', 'blocked')),
        version int NOT NULL DEFAULT 1,
        attempts int NOT NULL DEFAULT 0,
        code text NOT NULL DEFAULT '',
        params jsonb NOT NULL DEFAULT '{}',
        external_id text NOT NULL DEFAULT '',
        reported_at timestamptz,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL DEFAULT '',
        UNIQUE (order_id, reference)
    );
    CREATE INDEX ON orders.goods_back (created_at DESC, id DESC)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
