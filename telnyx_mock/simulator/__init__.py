"""Plays whole calls: turns commands and what people do into the webhooks that Telnyx would send."""
