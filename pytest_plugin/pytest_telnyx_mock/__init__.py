"""The pytest plugin of telnyx-mock. Starting pytest with it loads nothing of the core."""
