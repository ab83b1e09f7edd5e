"""The guard against zeroing a live shop: what is held, what went through; and what an article says about its stock."""

from alembic import op

from migrations.pieces import statements

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE inventory.guards (
        connection uuid PRIMARY KEY,
        opened_at timestamptz,
        looked_at timestamptz NOT NULL DEFAULT '-infinity'
    );
    INSERT INTO inventory.guards (connection, opened_at)
        SELECT l.connection, min(o.sent_at) FROM inventory.offers o JOIN inventory.listings l ON l.id = o.listing_id
        WHERE o.sent_version > 0 GROUP BY l.connection;
    CREATE TABLE inventory.holds (
        id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        platform text NOT NULL,
        reason text NOT NULL CHECK (reason IN ('first', 'zero')),
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'discarded', 'over')),
        since timestamptz NOT NULL,
        listings int NOT NULL,
        zeroed int NOT NULL,
        examples jsonb NOT NULL DEFAULT '[]',
        decided_at timestamptz,
        decided_by text NOT NULL DEFAULT ''
    );
    CREATE UNIQUE INDEX holds_open ON inventory.holds (connection) WHERE state = 'open';
    CREATE INDEX holds_since ON inventory.holds (since, id);
    CREATE TABLE inventory.held_listings (
        listing_id uuid PRIMARY KEY,
        connection uuid NOT NULL,
        hold uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('held', 'confirmed', 'discarded'))
    );
    CREATE INDEX held_listings_hold ON inventory.held_listings (hold, listing_id);
    CREATE INDEX held_listings_connection ON inventory.held_listings (connection);
    CREATE TABLE inventory.zeroings (
        connection uuid NOT NULL,
        listing_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (connection, listing_id)
    );
    CREATE TABLE inventory.adjustments (
        article_number text PRIMARY KEY,
        correction numeric NOT NULL DEFAULT 0,
        pseudo_stock numeric,
        version int NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
