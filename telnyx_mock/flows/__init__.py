"""Flows as data: what people do in a call or in a conversation, played against an app."""
