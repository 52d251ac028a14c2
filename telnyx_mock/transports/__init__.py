"""Every way to reach the app under test: ASGI, WSGI, AWS Lambda, HTTP. All I/O with it is here."""
