"""Upload form for voicemail greetings: the office manager uploads an MP3 or WAV file, the PBX plays it."""
import base64
import os
import secrets
import tempfile
from pathlib import Path

from flask import Flask, Response, abort, redirect, render_template_string, request, send_from_directory, url_for
from werkzeug.utils import secure_filename

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secrets.token_hex(32)

PATH = "/greetings/upload"
FOLDER = Path(os.environ.get("GREETINGS_DIR") or tempfile.mkdtemp(prefix="greetings-")).resolve()
USER = os.environ.get("UPLOAD_USER", "office")
PASSWORD = os.environ.get("UPLOAD_PASSWORD", "")
TYPES = {".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), ".wav": (b"RIFF",)}

PAGE = """<!doctype html>
<title>Greetings</title>
<h1>Voicemail greetings</h1>
{% if error %}<p style="color:#a00">{{ error }}</p>{% endif %}
<form method="post" action="{{ url_for('upload') }}" enctype="multipart/form-data">
  <input type="hidden" name="csrf" value="{{ csrf }}">
  <input type="file" name="greeting" accept=".mp3,.wav" required>
  <button>Upload</button>
</form>
<ul>{% for name in files %}<li><a href="{{ url_for('greeting', name=name) }}">{{ name }}</a></li>{% endfor %}</ul>
"""


def logged_in() -> bool:
    given = request.authorization
    if not PASSWORD or given is None or given.type != "basic":
        return False
    expected = base64.b64encode(f"{USER}:{PASSWORD}".encode())
    actual = base64.b64encode(f"{given.username}:{given.password}".encode())
    return secrets.compare_digest(expected, actual)


def require_login():
    if not logged_in():
        abort(Response("login required", 401, {"WWW-Authenticate": 'Basic realm="greetings"'}))


def page(error: str = "", status: int = 200):
    token = request.cookies.get("csrf") or secrets.token_urlsafe(24)
    files = sorted(p.name for p in FOLDER.iterdir() if p.suffix in TYPES)
    response = Response(render_template_string(PAGE, error=error, files=files, csrf=token), status, mimetype="text/html")
    response.set_cookie("csrf", token, httponly=True, samesite="Strict")
    return response


@app.get(PATH)
def form():
    require_login()
    return page()


@app.post(PATH)
def upload():
    require_login()
    token = request.cookies.get("csrf", "")
    if not token or not secrets.compare_digest(token.encode(), request.form.get("csrf", "").encode()):
        return page("The form has expired, please try again.", 400)
    sent = request.files.get("greeting")
    name = secure_filename(sent.filename or "") if sent else ""
    suffix = Path(name).suffix.lower()
    if not sent or suffix not in TYPES:
        return page("Please choose an MP3 or WAV file.", 400)
    content = sent.read()
    if not content.startswith(TYPES[suffix]):
        return page("This does not look like an audio file.", 400)
    target = FOLDER / f"{Path(name).stem[:60]}{suffix}"
    target.write_bytes(content)
    return redirect(url_for("form"), code=303)


@app.get("/greetings/<name>")
def greeting(name):
    # public on purpose: the telephony platform downloads the file from here
    return send_from_directory(FOLDER, secure_filename(name))
