"""The handler of a request in each framework of Python: how it reads a request, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.app_facts import Framework


@dataclass(frozen=True)
class Later:
    """The *lines* that answer, and let ``work(event)`` run afterwards.

    *before* stands above the handler, and ``BODY`` in the *lines* for the raw bytes.
    """

    lines: tuple[str, ...]
    before: str = ""
    imports: tuple[str, ...] = ()
    standard: frozenset[str] = frozenset({"json"})


@dataclass(frozen=True)
class Handler:
    """How a framework calls the code that receives webhooks.

    *opening* is the beginning of the handler, with ``PATH`` for the path of the address. *headers*
    and *body* are expressions there for the headers, as a mapping, and for the raw bytes of the
    body. *answer* is the line that answers with ``STATUS``, *xml* the one that answers with the TeXML
    ``DOCUMENT``. *closing* follows the handler. *imports* are lines; *standard* are modules of the
    standard library. *works_with_coroutines* says whether the handler is one.

    *later* answers, and then lets the app work.
    """

    opening: str
    headers: str
    body: str
    answer: str
    xml: str
    later: Later
    imports: tuple[str, ...] = ()
    standard: frozenset[str] = frozenset()
    closing: str = ""
    works_with_coroutines: bool = False

    def text(self, path: str, check: str, *then: str) -> str:
        """Return a handler at *path* with the lines *check*, which verify, and then the lines *then*."""
        body = f"({self.body})" if " " in self.body else self.body
        lines = [
            *self.opening.replace("PATH", path).splitlines(),
            *(f"    {line}" for each in (check, *then) for line in each.splitlines()),
            *self.closing.replace("PATH", path).splitlines(),
        ]
        text = "\n".join(lines) + "\n"
        return text.replace("BODY.", f"{body}.").replace("BODY", self.body)

    @property
    def checking(self) -> str:
        """The lines that refuse what is forged."""
        return f"if not is_genuine({self.headers}, {self.body}):\n    {self.answering('401')}"

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

_PARSE = "event = json.loads(BODY)"

_IN_THE_BACKGROUND = Later(
    (_PARSE, "return Response(background=BackgroundTask(work, event))  # your code"),
    imports=("from starlette.background import BackgroundTask",),
)


def _in_a_thread(answer: str) -> Later:
    thread = "threading.Thread(target=work, args=(event,)).start()  # your code"
    return Later((_PARSE, thread, answer), standard=frozenset({"json", "threading"}))


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
        later=_in_a_thread('return "", 200'),
    ),
    Framework.FASTAPI: Handler(
        imports=("from fastapi import Request, Response",),
        opening='@app.post("PATH")\nasync def webhooks(request: Request):\n',
        headers="request.headers",
        body="await request.body()",
        answer="return Response(status_code=STATUS)",
        xml='return Response(DOCUMENT, media_type="application/xml")',
        later=_IN_THE_BACKGROUND,
        works_with_coroutines=True,
    ),
    Framework.STARLETTE: Handler(
        imports=("from starlette.responses import Response",),
        opening="async def webhooks(request):\n",
        headers="request.headers",
        body="await request.body()",
        answer="return Response(status_code=STATUS)",
        xml='return Response(DOCUMENT, media_type="application/xml")',
        closing='\napp.add_route("PATH", webhooks, methods=["POST"])\n',
        later=_IN_THE_BACKGROUND,
        works_with_coroutines=True,
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
        later=_in_a_thread("return HttpResponse()"),
    ),
    Framework.AIOHTTP: Handler(
        imports=("from aiohttp import web",),
        opening=_AIOHTTP,
        headers="request.headers",
        body="body",
        answer="return web.Response(status=STATUS)",
        xml='return web.Response(text=DOCUMENT, content_type="application/xml")',
        closing='\napp.router.add_post("PATH", webhooks)\n',
        later=Later(
            (
                _PARSE,
                "task = asyncio.create_task(work(event))  # your code",
                "tasks.add(task)  # or it may be collected as garbage",
                "task.add_done_callback(tasks.discard)",
                "return web.Response()",
            ),
            before="tasks = set()\n",
            standard=frozenset({"asyncio", "json"}),
        ),
        works_with_coroutines=True,
    ),
    Framework.LAMBDA: Handler(
        standard=frozenset({"base64"}),
        opening=_LAMBDA,
        headers='event["headers"]',
        body="body",
        answer='return {"statusCode": STATUS}',
        xml='headers = {"content-type": "application/xml"}\n'
        'return {"statusCode": 200, "headers": headers, "body": DOCUMENT}',
        later=Later(
            (
                "# Nothing runs on after the answer: let another function read this queue, and work.",
                'queue.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=body.decode())',
                'return {"statusCode": 200}',
            ),
            before='queue = boto3.client("sqs")\n',
            imports=("import boto3",),
            standard=frozenset({"os"}),
        ),
    ),
    Framework.ASGI: Handler(
        opening=_ASGI,
        headers="headers",
        body="body",
        answer="return await answer(send, STATUS)",
        xml='return await answer(send, 200, DOCUMENT.encode(), b"application/xml")',
        later=Later((_PARSE, "await answer(send, 200)", "await work(event)  # your code")),
        works_with_coroutines=True,
    ),
    Framework.WSGI: Handler(
        imports=("from http import HTTPStatus",),
        opening=_WSGI,
        headers="headers",
        body="body",
        answer="return answer(start_response, STATUS)",
        xml='return answer(start_response, 200, DOCUMENT.encode(), "application/xml")',
        later=_in_a_thread("return answer(start_response, 200)"),
    ),
    Framework.UNKNOWN: Handler(
        opening="def answer_to(headers, body: bytes):\n"
        '    """Name the headers in small letters, and pass the body as it came, before it is decoded."""\n',
        headers="headers",
        body="body",
        answer="return STATUS",
        xml="return DOCUMENT  # with the content type application/xml",
        later=_in_a_thread("return 200"),
    ),
}
"""The handlers of all frameworks but Express, which is not Python."""
