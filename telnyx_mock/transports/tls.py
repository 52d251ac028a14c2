"""Chooses the certificates to trust over HTTPS. They are always verified.

This is apart from the HTTP receiver, so that the command line can check ``--ca-bundle`` without
loading httpcore.
"""

from __future__ import annotations

import ssl

from telnyx_mock.errors import UsageError

__all__ = ["trusting"]


def trusting(ca_bundle: str) -> ssl.SSLContext:
    """A context that trusts the certificates in the file *ca_bundle* (PEM), and no others.

    With an empty *ca_bundle* it trusts what this machine trusts. Raises UsageError for a file that
    cannot be read, or has no certificate in it.
    """
    try:
        return ssl.create_default_context(cafile=ca_bundle or None)
    except ssl.SSLError:  # an OSError, too
        why = "has no certificate in it (PEM)"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    raise UsageError(f"The CA bundle {ca_bundle} {why}.")
