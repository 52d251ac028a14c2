"""Writes docs/reference from the code: ``python -m scripts.reference``, or ``make docs``.

Each kind of page has a module. ``failure_modes`` and ``official_sdk`` hold the facts that only
these pages need.
"""
