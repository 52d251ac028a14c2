"""The catalogue: what Telnyx sends. Facts only; no I/O, no Hypothesis, no keys.

Importing this package loads no family; :func:`telnyx_mock.catalogue.registry.find` does.
"""
