"""Key pairs, signatures of webhooks, and verification that explains a mismatch."""
