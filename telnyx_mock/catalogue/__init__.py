"""The catalogue: every event that Telnyx sends, as declarations without behaviour.

Importing this package imports no family; :func:`telnyx_mock.catalogue.registry.find` does.
"""
