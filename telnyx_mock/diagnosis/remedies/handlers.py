"""The handler of a request in each framework of Python: how it reads a request, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.app_facts import Framework


@dataclass(frozen=True)
class Handler:
    """How a framework calls the code that receives webhooks.

    *opening* is the beginning of the handler, with ``PATH`` for the path of the address. *headers*
    and *body* are expressions there for the headers, as a mapping, and for the raw bytes of the
    body. *answer* is the line that answers with ``STATUS``, *xml* the one that answers with the TeXML
    ``DOCUMENT``. *closing* follows the handler. *imports* are lines; *standard* are modules of the
    standard library.
    """

    opening: str
    headers: str
    body: str
    answer: str
    xml: str
    imports: tuple[str, ...] = ()
    standard: frozenset[str] = frozenset()
    closing: str = ""

    def text(self, path: str, *then: str) -> str:
        """Return a handler at *path* that refuses what is forged, and has the lines *then* for the rest."""
        lines = [
            *self.opening.replace("PATH", path).splitlines(),
            f"    if not is_genuine({self.headers}, {self.body}):",
            f"        {self.answering('401')}",
            *(f"    {line}" for line in then),
            *self.closing.replace("PATH", path).splitlines(),
        ]
        return "\n".join(lines) + "\n"

    def answering(self, status: str) -> str:
        """Return the line that answers with the *status*, an expression."""
        return self.answer.replace("STATUS", status)


_ASGI = """\
async def answer(send, status, body=b"", content_type=b"text/plain"):
    headers = [(b"content-type", content_type)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

async def webhooks(scope, receive, send):
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body, more = b"", True
    while more:  # add a limit of 1 MB if your server has none
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
"""

_WSGI = """\
def answer(start_response, status, body=b"", content_type="text/plain"):
    start_response(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", content_type)])
    return [body]

def webhooks(environ, start_response):
    names = {"telnyx-timestamp": "TIMESTAMP", "telnyx-signature-ed25519": "SIGNATURE_ED25519"}
    headers = {name: environ.get(f"HTTP_TELNYX_{end}", "") for name, end in names.items()}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
"""

_LAMBDA = """\
def handler(event, context):
    text = event.get("body", "")
    body = base64.b64decode(text) if event["isBase64Encoded"] else text.encode()
"""

_AIOHTTP = """\
async def webhooks(request):
    try:
        body = await request.read()
    except web.RequestPayloadError:  # it is not compressed as it says
        return web.Response(status=401)
"""

HANDLERS = {
    Framework.FLASK: Handler(
        imports=("from flask import request",),
        opening='@app.post("PATH")\ndef webhooks():\n',
        headers="request.headers",
        body="request.get_data()",
        answer='return "", STATUS',
        xml='return DOCUMENT, 200, {"Content-Type": "application/xml"}',
    ),
    Framework.FASTAPI: Handler(
        imports=("from fastapi import Request, Response",),
        opening='@app.post("PATH")\nasync def webhooks(request: Request):\n',
        headers="request.headers",
        body="await request.body()",
        answer="return Response(status_code=STATUS)",
        xml='return Response(DOCUMENT, media_type="application/xml")',
    ),
    Framework.STARLETTE: Handler(
        imports=("from starlette.responses import Response",),
        opening="async def webhooks(request):\n",
        headers="request.headers",
        body="await request.body()",
        answer="return Response(status_code=STATUS)",
        xml='return Response(DOCUMENT, media_type="application/xml")',
        closing='\napp.add_route("PATH", webhooks, methods=["POST"])\n',
    ),
    Framework.DJANGO: Handler(
        imports=(
            "from django.http import HttpResponse",
            "from django.views.decorators.csrf import csrf_exempt",
        ),
        opening="@csrf_exempt  # Telnyx has no CSRF token; its signature identifies it\n"
        "def webhooks(request):\n",
        headers="request.headers",
        body="request.body",
        answer="return HttpResponse(status=STATUS)",
        xml='return HttpResponse(DOCUMENT, content_type="application/xml")',
    ),
    Framework.AIOHTTP: Handler(
        imports=("from aiohttp import web",),
        opening=_AIOHTTP,
        headers="request.headers",
        body="body",
        answer="return web.Response(status=STATUS)",
        xml='return web.Response(text=DOCUMENT, content_type="application/xml")',
        closing='\napp.router.add_post("PATH", webhooks)\n',
    ),
    Framework.LAMBDA: Handler(
        standard=frozenset({"base64"}),
        opening=_LAMBDA,
        headers='event["headers"]',
        body="body",
        answer='return {"statusCode": STATUS}',
        xml='return {"statusCode": 200, "headers": {"content-type": "application/xml"}, "body": DOCUMENT}',
    ),
    Framework.ASGI: Handler(
        opening=_ASGI,
        headers="headers",
        body="body",
        answer="return await answer(send, STATUS)",
        xml='return await answer(send, 200, DOCUMENT.encode(), b"application/xml")',
    ),
    Framework.WSGI: Handler(
        imports=("from http import HTTPStatus",),
        opening=_WSGI,
        headers="headers",
        body="body",
        answer="return answer(start_response, STATUS)",
        xml='return answer(start_response, 200, DOCUMENT.encode(), "application/xml")',
    ),
    Framework.UNKNOWN: Handler(
        opening="def status_for(headers, body: bytes) -> int:\n"
        '    """Name the headers in small letters, and pass the body as it came, before it is decoded."""\n',
        headers="headers",
        body="body",
        answer="return STATUS",
        xml="return DOCUMENT  # with the content type application/xml",
    ),
}
"""The handlers of all frameworks but Express, which is not Python."""
