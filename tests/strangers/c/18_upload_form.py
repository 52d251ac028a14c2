"""Hold-music upload (Starlette): an HTML form, a raw upload, and a health page."""
import hashlib
import os
import pathlib
import shutil
import tempfile
import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

PATH = "/music/upload"
MAX_BYTES = int(os.environ.get("MUSIC_MAX_BYTES", str(5 * 1024 * 1024)))
FOLDER = pathlib.Path(os.environ.get("MUSIC_DIR") or tempfile.mkdtemp(prefix="music-"))
STARTED = time.time()
KINDS = {"audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/x-wav": ".wav"}

FORM = """<!doctype html>
<meta charset="utf-8">
<title>Hold music</title>
<h1>Upload hold music</h1>
<input type="file" id="f" accept="audio/mpeg,audio/wav">
<button id="b">Upload</button>
<p id="out"></p>
<script>
document.getElementById("b").onclick = async () => {
  const file = document.getElementById("f").files[0];
  if (!file) return;
  const answer = await fetch(location.pathname, {method: "POST", headers: {"Content-Type": file.type}, body: file});
  document.getElementById("out").textContent = answer.ok ? "Stored." : "Refused: " + answer.status;
};
</script>
"""


async def form(request: Request):
    return HTMLResponse(FORM)


async def upload(request: Request):
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in KINDS:
        return JSONResponse({"error": "only mp3 and wav"}, status_code=415)
    digest, size, chunks = hashlib.sha256(), 0, []
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES:
            return JSONResponse({"error": "too large"}, status_code=413)
        digest.update(chunk)
        chunks.append(chunk)
    if size == 0:
        return JSONResponse({"error": "empty"}, status_code=400)
    if shutil.disk_usage(FOLDER).free < 10 * MAX_BYTES:
        return JSONResponse({"error": "no space"}, status_code=507)
    name = digest.hexdigest()[:32] + KINDS[kind]
    (FOLDER / name).write_bytes(b"".join(chunks))
    return JSONResponse({"name": name, "bytes": size}, status_code=201)


async def health(request: Request):
    writable = os.access(FOLDER, os.W_OK)
    return JSONResponse(
        {"status": "ok" if writable else "degraded", "uptime": int(time.time() - STARTED)},
        status_code=200 if writable else 503,
    )


async def robots(request: Request):
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


app = Starlette(
    routes=[
        Route(PATH, form, methods=["GET"]),
        Route(PATH, upload, methods=["POST"]),
        Route("/health", health),
        Route("/robots.txt", robots),
    ]
)
