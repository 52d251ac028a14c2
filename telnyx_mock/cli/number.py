"""Numbers on the command line, and plain words for what is none."""

from __future__ import annotations

import click

__all__ = ["Number", "Whole"]


class Whole(click.IntRange):
    """A whole number, from a least one on."""

    name = "whole number"


class Number(click.FloatRange):
    """A number, from a least one on."""

    name = "number"
