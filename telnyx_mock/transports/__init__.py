"""Every way of reaching the app under test: ASGI, WSGI, AWS Lambda, HTTP. All I/O towards it is here."""
