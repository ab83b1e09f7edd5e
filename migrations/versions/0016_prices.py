"""Prices: what articles cost per price list, what each listing is told, and which pushes wait for a person."""

from alembic import op

from migrations.pieces import statements

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE inventory.prices (
        article_number text NOT NULL,
        price_list text NOT NULL DEFAULT '',
        currency text NOT NULL,
        amount numeric NOT NULL CHECK (amount >= 0),
        basis text NOT NULL CHECK (basis IN ('gross', 'net')),
        tax text NOT NULL CHECK (tax IN ('standard', 'reduced', 'exempt')),
        strike numeric,
        version int NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (article_number, price_list, currency)
    );
    CREATE TABLE inventory.price_settings (
        connection uuid PRIMARY KEY,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL
    );
    CREATE TABLE inventory.price_settings_history (
        connection uuid NOT NULL,
        version int NOT NULL,
        value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (connection, version)
    );
    CREATE TABLE inventory.price_offers (
        listing_id uuid PRIMARY KEY,
        version int NOT NULL DEFAULT 0,
        price jsonb,
        computed_at timestamptz,
        blocked_by text NOT NULL DEFAULT '',
        sent jsonb,
        sent_version int NOT NULL DEFAULT 0,
        sent_at timestamptz,
        told jsonb,
        told_version int NOT NULL DEFAULT 0,
        told_at timestamptz,
        outcome text NOT NULL DEFAULT '',
        outcome_version int NOT NULL DEFAULT 0,
        outcome_code text NOT NULL DEFAULT '',
        outcome_params jsonb NOT NULL DEFAULT '{}',
        outcome_at timestamptz,
        settled_version int NOT NULL DEFAULT 0
    ) WITH (fillfactor = 75);
    CREATE TABLE inventory.price_pushes (
        listing_id uuid NOT NULL,
        version int NOT NULL,
        price jsonb NOT NULL,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (listing_id, version)
    );
    CREATE TABLE inventory.price_dirty (
        bulk boolean NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        listing_id uuid,
        article_number text,
        connection uuid,
        again text NOT NULL DEFAULT '' CHECK (again IN ('', 'failed', 'always')),
        marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (bulk, id)
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
    CREATE TABLE inventory.price_guards (
        connection uuid PRIMARY KEY,
        opened_at timestamptz NOT NULL
    );
    CREATE TABLE inventory.price_holds (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        platform text NOT NULL,
        reason text NOT NULL CHECK (reason IN ('first', 'limits')),
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'discarded', 'over')),
        since timestamptz NOT NULL,
        zeroed int NOT NULL,
        moved int NOT NULL,
        examples jsonb NOT NULL DEFAULT '[]',
        decided_at timestamptz,
        decided_by text NOT NULL DEFAULT ''
    );
    CREATE UNIQUE INDEX price_holds_open ON inventory.price_holds (connection) WHERE state = 'open';
    CREATE INDEX price_holds_since ON inventory.price_holds (since, id);
    CREATE TABLE inventory.held_prices (
        listing_id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        hold uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('held', 'confirmed', 'discarded')),
        price jsonb NOT NULL
    );
    CREATE INDEX held_prices_hold ON inventory.held_prices (hold);
    ALTER TABLE inventory.connections ADD COLUMN prices_blocked_by text NOT NULL DEFAULT 'connection_not_read'
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
