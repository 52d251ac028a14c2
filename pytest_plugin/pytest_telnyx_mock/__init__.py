"""The pytest plugin of telnyx-mock. When pytest starts, the plugin imports nothing of the core."""
