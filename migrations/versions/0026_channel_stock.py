"""Stock that lies with a channel, which sends it itself: a warehouse for each such connection, its levels as they were
read; and listings of one SKU in several marketplaces of one connection."""

from alembic import op

from migrations.pieces import statements

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.listings ADD COLUMN market text NOT NULL DEFAULT '', ADD COLUMN held_by_channel int;
    CREATE INDEX listings_held ON inventory.listings (article_number)
        WHERE held_by_channel IS NOT NULL AND article_number IS NOT NULL;
    ALTER TABLE inventory.warehouses ADD COLUMN connection uuid UNIQUE;
    CREATE VIEW inventory.channel_levels AS
    SELECT s.article_number, w.code AS warehouse, CAST(sum(s.quantity) AS numeric) AS quantity,
           min(s.read_at) AS read_at
    FROM (SELECT connection, article_number, sku, max(held_by_channel) AS quantity, max(observed_at) AS read_at
          FROM inventory.listings WHERE held_by_channel IS NOT NULL AND article_number IS NOT NULL
          GROUP BY connection, article_number, sku) s
    JOIN inventory.warehouses w ON w.connection = s.connection
    JOIN inventory.connections c ON c.id = s.connection AND NOT c.deleted
    GROUP BY s.article_number, w.code
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
