"""A telephone in the browser: a page on this machine, on which a developer plays calls with the app."""
