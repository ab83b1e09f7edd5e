"""Articles to shops that list what they are told: settings per connection, what each shop was told last, what is to be
compared, and which withdrawals wait for a person."""

from alembic import op

from migrations.pieces import statements

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.article_contents ALTER COLUMN connection DROP NOT NULL;
    ALTER TABLE inventory.connections ADD COLUMN products_blocked_by text NOT NULL DEFAULT 'connection_not_read';
    ALTER TABLE inventory.connections ADD COLUMN takes_products boolean NOT NULL DEFAULT true;
    UPDATE inventory.connections SET tried_at = '-infinity';
    CREATE INDEX listings_parent ON inventory.listings (connection, parent_external_id)
        WHERE parent_external_id IS NOT NULL;
    CREATE TABLE inventory.product_settings (
        connection uuid PRIMARY KEY,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL
    );
    CREATE TABLE inventory.product_settings_history (
        connection uuid NOT NULL,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (connection, version)
    );
    CREATE TABLE inventory.products (
        connection uuid NOT NULL,
        number text NOT NULL,
        product_id uuid NOT NULL,
        version int NOT NULL DEFAULT 0,
        state text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'waiting', 'accepted', 'refused', 'blocked')),
        code text NOT NULL DEFAULT '',
        params jsonb NOT NULL DEFAULT '{}',
        problems jsonb NOT NULL DEFAULT '[]',
        blocked_by text NOT NULL DEFAULT '',
        wanted boolean NOT NULL DEFAULT false,
        external_id text,
        digest text NOT NULL DEFAULT '',
        sent jsonb,
        sent_at timestamptz,
        reported_at timestamptz NOT NULL DEFAULT '-infinity',
        before jsonb,
        on_sale boolean NOT NULL DEFAULT false,
        off_sale_at timestamptz,
        hold uuid,
        held text NOT NULL DEFAULT '' CHECK (held IN ('', 'held', 'confirmed', 'discarded')),
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (connection, number)
    ) WITH (fillfactor = 85);
    CREATE INDEX products_subject ON inventory.products (connection, product_id);
    CREATE INDEX products_number ON inventory.products (number);
    CREATE INDEX products_hold ON inventory.products (hold) WHERE hold IS NOT NULL;
    CREATE TABLE inventory.product_dirty (
        bulk boolean NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        connection uuid,
        number text,
        again text NOT NULL DEFAULT '' CHECK (again IN ('', 'failed')),
        marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (bulk, id)
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
    CREATE TABLE inventory.product_holds (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        platform text NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'discarded', 'over')),
        since timestamptz NOT NULL,
        known int NOT NULL,
        leaving int NOT NULL,
        examples jsonb NOT NULL DEFAULT '[]',
        decided_at timestamptz,
        decided_by text NOT NULL DEFAULT ''
    );
    CREATE UNIQUE INDEX product_holds_open ON inventory.product_holds (connection) WHERE state = 'open';
    CREATE INDEX product_holds_since ON inventory.product_holds (since, id)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
