"""A support line in Flask: keeps messages and missed calls, and thanks those who write."""

import sqlite3

from flask import Flask

from support import hooks


def create_app(config=None):
    app = Flask(__name__)
    app.config.from_prefixed_env("SUPPORT")
    app.config.setdefault("DATABASE", "support.db")
    app.config.update(config or {})
    app.register_blueprint(hooks.bp)
    connection = sqlite3.connect(app.config["DATABASE"])
    connection.execute("CREATE TABLE IF NOT EXISTS messages (event PRIMARY KEY, sender, text)")
    connection.execute("CREATE TABLE IF NOT EXISTS missed (event PRIMARY KEY, caller)")
    connection.close()
    return app
