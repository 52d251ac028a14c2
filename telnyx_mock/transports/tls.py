"""Chooses which certificates to trust for HTTPS. Every certificate is verified.

This module is separate from the HTTP receiver, so that the command line can check ``--ca-bundle``
without loading the HTTP client.
"""

from __future__ import annotations

import ssl

from telnyx_mock.errors import UsageError


def trusting(ca_bundle: str) -> ssl.SSLContext:
    """Return an SSL context that trusts only the certificates in the PEM file *ca_bundle*.

    If *ca_bundle* is empty, the context trusts the certificates that this machine trusts. Raises
    UsageError if the file cannot be read or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca_bundle or None)
    except ssl.SSLError:  # an OSError, too
        why = "has no certificate in it (PEM)"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    raise UsageError(f"The CA bundle {ca_bundle} {why}.")
