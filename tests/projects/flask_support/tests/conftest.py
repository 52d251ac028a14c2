import contextlib
import sqlite3

import pytest
from support import create_app


@pytest.fixture
def database(tmp_path):
    return str(tmp_path / "support.db")


@pytest.fixture
def app(telnyx_key, database):
    return create_app(
        {
            "TESTING": True,
            "DATABASE": database,
            "TELNYX_PUBLIC_KEY": telnyx_key.public_key,
            "TELNYX_API_KEY": "KEY",
        }
    )


@pytest.fixture
def telnyx_receiver(app):
    return app


@pytest.fixture
def rows(database):
    def rows(table):
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute(f"SELECT * FROM {table}").fetchall()

    return rows


@pytest.fixture
def telnyx_probe(rows):
    return lambda: (rows("messages"), rows("missed"))
