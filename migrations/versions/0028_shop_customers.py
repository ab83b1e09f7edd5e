"""Accounts with a shop, taken over from it whether or not somebody ever ordered."""

from alembic import op

from migrations.pieces import statements

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE orders.shop_customers (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        platform text NOT NULL,
        external_id text NOT NULL,
        number text NOT NULL DEFAULT '',
        outcome text NOT NULL CHECK (outcome IN
            ('created', 'matched', 'default', 'waiting', 'unreadable', 'erased')),
        code text NOT NULL DEFAULT '',
        field text NOT NULL DEFAULT '',
        params jsonb NOT NULL DEFAULT '{}',
        customer_number text NOT NULL DEFAULT '',
        email_key text NOT NULL DEFAULT '',
        sealed bytea,
        payload uuid,
        stamp timestamptz NOT NULL,
        observed_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (connection, external_id)
    );
    CREATE INDEX ON orders.shop_customers (email_key) WHERE email_key <> '';
    ALTER TABLE connectors.backfills DROP CONSTRAINT backfills_noun_check,
        ADD CONSTRAINT backfills_noun_check CHECK (noun IN ('order', 'article', 'customer'))
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
