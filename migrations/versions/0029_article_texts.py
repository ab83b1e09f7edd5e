"""Texts of articles that are made for one shop."""

from alembic import op

from migrations.pieces import statements

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE inventory.article_texts (
        connection uuid NOT NULL,
        article_number text NOT NULL,
        texts jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        PRIMARY KEY (connection, article_number)
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
