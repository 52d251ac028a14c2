import handler
import pytest


class Table:
    def __init__(self):
        self.items = {}

    def put_item(self, Item):
        self.items[Item["pk"]] = Item


@pytest.fixture(autouse=True)
def table(monkeypatch):
    table = Table()
    monkeypatch.setattr(handler, "table", table)
    return table


@pytest.fixture
def telnyx_probe(table):
    return lambda: table.items
