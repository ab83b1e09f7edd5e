"""What a platform said once about a record, and does not say again when the record is read anew."""

from alembic import op

from migrations.pieces import statements

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    for statement in statements("""
    CREATE TABLE connectors.notes (
        connection uuid NOT NULL,
        record text NOT NULL,
        note text NOT NULL,
        body text NOT NULL,
        place bigint GENERATED ALWAYS AS IDENTITY,
        added_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (connection, record, note)
    )
    """):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
