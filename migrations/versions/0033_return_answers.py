"""Answers to returns that buyers opened, and what a channel made of each part of a return."""

from alembic import op

from migrations.pieces import statements

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    for statement in statements("""
    ALTER TABLE orders.goods_back ADD COLUMN return_id uuid REFERENCES orders.returns (id),
        ADD COLUMN parts jsonb NOT NULL DEFAULT '[]'
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
