"""Cancellations of both directions, return cases, and what inventory keeps of goods that came back."""

from alembic import op

from migrations.pieces import statements

revision = "0012"
down_revision = "0011"

ASKED = """
CREATE TABLE orders.cancellations (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    version int NOT NULL,
    whole boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'accepted', 'refused', 'expired', 'overtaken', 'withdrawn')),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    overdue_told_at timestamptz,
    decided_at timestamptz,
    decided_by text NOT NULL DEFAULT '',
    code text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT ''
);
CREATE INDEX ON orders.cancellations (order_id);
CREATE INDEX ON orders.cancellations (due_at) WHERE state = 'asked';
CREATE INDEX ON orders.cancellations (asked_at DESC, id DESC);
CREATE TABLE orders.cancellation_lines (
    cancellation_id uuid NOT NULL REFERENCES orders.cancellations (id),
    position int NOT NULL,
    order_id uuid NOT NULL,
    line_external_id text NOT NULL,
    kind text NOT NULL,
    sku text NOT NULL,
    article_number text NOT NULL,
    requires_shipping boolean NOT NULL,
    quantity numeric NOT NULL,
    held numeric NOT NULL,
    PRIMARY KEY (cancellation_id, position)
);
CREATE INDEX ON orders.cancellation_lines (order_id)
"""

CALL_OFFS = """
CREATE TABLE orders.call_offs (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    reference text NOT NULL,
    request_hash text NOT NULL,
    whole boolean NOT NULL,
    reason text NOT NULL,
    notify_customer boolean NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'reported', 'failed', 'blocked')),
    version int NOT NULL DEFAULT 1,
    attempts int NOT NULL DEFAULT 0,
    code text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{}',
    external_id text NOT NULL DEFAULT '',
    reported_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    UNIQUE (order_id, reference)
);
CREATE TABLE orders.call_off_lines (
    call_off_id uuid NOT NULL REFERENCES orders.call_offs (id),
    position int NOT NULL,
    order_id uuid NOT NULL,
    line_external_id text NOT NULL,
    quantity numeric NOT NULL,
    echoed numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (call_off_id, position)
);
CREATE INDEX ON orders.call_off_lines (order_id)
"""

RETURNS = """
CREATE TABLE orders.returns (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders.orders (id),
    version int NOT NULL,
    cause text NOT NULL CHECK (cause IN ('cancelled_late', 'returned')),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'received', 'closed')),
    opened_at timestamptz NOT NULL,
    received_at timestamptz,
    closed_at timestamptz,
    handled_by text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT ''
);
CREATE INDEX ON orders.returns (order_id);
CREATE INDEX ON orders.returns (opened_at DESC, id DESC);
CREATE TABLE orders.return_lines (
    return_id uuid NOT NULL REFERENCES orders.returns (id),
    position int NOT NULL,
    order_id uuid NOT NULL,
    line_external_id text NOT NULL,
    article_number text NOT NULL,
    quantity numeric NOT NULL,
    restocked numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (return_id, position)
);
CREATE INDEX ON orders.return_lines (order_id)
"""

GROWN = """
ALTER TABLE orders.order_versions DROP CONSTRAINT order_versions_cause_check;
ALTER TABLE orders.order_versions ADD CONSTRAINT order_versions_cause_check
    CHECK (cause IN ('received', 'rejudged', 'shipped', 'rejected', 'decided', 'returned'));
ALTER TABLE inventory.demands ADD COLUMN returned numeric NOT NULL DEFAULT 0
"""


def upgrade() -> None:
    for piece in (ASKED, CALL_OFFS, RETURNS, GROWN):
        for statement in statements(piece):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Kontor's schema only grows; restore a backup to go back.")
