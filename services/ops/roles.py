"""One login role per service with rights on its own schema only. The shared schemas have rules of their own."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

SHARED = ("access", "archive")


async def ensure(connection: AsyncConnection, urls: Sequence[tuple[str, str]]) -> list[str]:
    """Creates the roles that the services' own URLs name, and gives them their rights; answers the new ones.

    `urls` are (schema, database URL). A URL that logs in as the migrating user itself is left alone.
    """
    me = (await connection.execute(text("SELECT current_user"))).scalar_one()
    database = (await connection.execute(text("SELECT current_database()"))).scalar_one()
    created = []
    for schema, url in urls:
        parsed = make_url(url)
        role, password = parsed.username, parsed.password
        if not role or role == me:
            continue
        known = (await connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role})).scalar()
        if not known:
            await connection.execute(text(f"CREATE ROLE {_name(role)} LOGIN PASSWORD {_text(password or '')}"))
            created.append(role)
        else:
            await connection.execute(text(f"ALTER ROLE {_name(role)} LOGIN PASSWORD {_text(password or '')}"))
        for statement in _rights(schema, _name(role), _name(str(database))):
            await connection.execute(text(statement))
    return created


def _rights(schema: str, role: str, database: str) -> list[str]:
    rights = [
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
        f"GRANT USAGE ON SCHEMA {schema}, access, archive TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA access TO {role}",
        f"GRANT SELECT, INSERT ON archive.keys TO {role}",
        f"GRANT INSERT ON archive.payloads TO {role}",
    ]
    if schema == "connections":
        rights.append(f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA access TO {role}")
    if schema == "journal":
        rights.append(f"GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA archive TO {role}")
    return rights


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
