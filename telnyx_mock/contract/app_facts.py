"""What is known of the app that was judged: its framework, and the package that verifies for it."""

from __future__ import annotations

from enum import Enum


class Framework(Enum):
    """The framework in which a receiver is written. The values are names in reports."""

    FLASK = "flask"
    FASTAPI = "fastapi"
    STARLETTE = "starlette"
    DJANGO = "django"
    AIOHTTP = "aiohttp"
    LAMBDA = "lambda"
    EXPRESS = "express"
    ASGI = "asgi"
    """An ASGI app without a framework that we know."""
    WSGI = "wsgi"
    """A WSGI app without a framework that we know."""
    UNKNOWN = "unknown"


class Verifier(Enum):
    """The package by which a receiver verifies signatures. The values are names in reports."""

    SDK = "telnyx"
    """The official SDK."""
    PYNACL = "pynacl"
    CRYPTOGRAPHY = "cryptography"
    UNKNOWN = "unknown"
