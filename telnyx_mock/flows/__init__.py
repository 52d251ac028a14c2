"""Flows as data: what people do in a call, in a conversation or with a fax machine."""
