"""Send requests to the app under test over ASGI, WSGI, AWS Lambda or HTTP."""
