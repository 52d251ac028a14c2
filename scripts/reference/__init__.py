"""Writes docs/reference from the code: ``python -m scripts.reference``, or ``make docs``.

One module for each kind of page, and beside them the facts that only these pages need:
``failure_modes`` and ``official_sdk``.
"""
