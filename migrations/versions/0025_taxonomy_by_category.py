"""Channels whose attributes are read category by category, and when each category was."""

from alembic import op

from migrations.pieces import statements

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE inventory.taxonomies ADD COLUMN by_category boolean NOT NULL DEFAULT false;
    ALTER TABLE inventory.taxonomy_categories ADD COLUMN read_at timestamptz
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
