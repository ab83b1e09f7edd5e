"""Order rules per connection, the channel's words they do not know yet, and what was decided about each order."""

from alembic import op

from migrations.pieces import statements

revision = "0007"
down_revision = "0006"

RULES = """
CREATE TABLE orders.rules (
    connection uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (connection, version)
);
CREATE TABLE orders.learned_words (
    connection uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'shipping', 'country')),
    word text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    orders bigint NOT NULL,
    PRIMARY KEY (connection, kind, word)
);
CREATE TABLE orders.heard_words (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection uuid NOT NULL,
    kind text NOT NULL,
    word text NOT NULL,
    orders int NOT NULL,
    heard_at timestamptz NOT NULL
)
"""

ORDERS = """
ALTER TABLE orders.orders ADD COLUMN rules_version int NOT NULL DEFAULT 0;
ALTER TABLE orders.orders ADD COLUMN approval text NOT NULL DEFAULT ''
    CHECK (approval IN ('', 'approved', 'refused', 'later'));
ALTER TABLE orders.orders ADD COLUMN approval_until timestamptz;
CREATE INDEX ON orders.orders (connection, rules_version) WHERE status IN ('parked', 'waiting');
CREATE INDEX ON orders.orders (approval_until) WHERE approval = 'later' AND status = 'waiting';
ALTER TABLE orders.order_versions ADD COLUMN rules_version int;
ALTER TABLE orders.order_versions ADD COLUMN decisions text
"""


def upgrade() -> None:
    for piece in (RULES, ORDERS):
        for statement in statements(piece):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
