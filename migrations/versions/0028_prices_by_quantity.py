"""Prices by quantity: an article has a price from one piece on, and further ones from more."""

from alembic import op

from migrations.pieces import statements

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.prices ADD COLUMN from_quantity int NOT NULL DEFAULT 1 CHECK (from_quantity >= 1);
    ALTER TABLE inventory.prices DROP CONSTRAINT prices_pkey;
    ALTER TABLE inventory.prices ADD PRIMARY KEY (article_number, price_list, currency, from_quantity)
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
