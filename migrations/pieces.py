"""SQL that every service's first migration shares. Frozen: a later change is a new migration, not an edit here."""


def service_tables(schema: str) -> str:
    """Inbox, outbox, held, attempts and parked events of one service."""
    return f"""
    CREATE TABLE {schema}.inbox (
        event_id uuid PRIMARY KEY,
        received_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ON {schema}.inbox USING brin (received_at);
    CREATE TABLE {schema}.outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        exchange text NOT NULL,
        routing_key text NOT NULL,
        type text NOT NULL,
        body bytea NOT NULL,
        events int NOT NULL,
        event_ids text NOT NULL,
        traceparent text,
        due_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now()
    );
    ALTER TABLE {schema}.outbox ALTER COLUMN body SET STORAGE EXTERNAL;
    CREATE TABLE {schema}.held (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue text NOT NULL,
        body bytea NOT NULL,
        due_at timestamptz NOT NULL,
        waits_for text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ON {schema}.held (queue, due_at);
    CREATE INDEX ON {schema}.held (waits_for) WHERE waits_for <> '';
    CREATE TABLE {schema}.attempts (
        event_id uuid PRIMARY KEY,
        count int NOT NULL,
        last_error text NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE {schema}.parked_events (
        event_id uuid PRIMARY KEY,
        queue text NOT NULL,
        type text NOT NULL,
        body bytea NOT NULL,
        code text NOT NULL,
        detail text NOT NULL,
        attempts int NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT now()
    );
    """


def statements(sql: str) -> list[str]:
    """asyncpg takes one statement at a time; a piece that holds a function body goes through `op.execute` alone."""
    return [one.strip() for one in sql.split(";") if one.strip()]
