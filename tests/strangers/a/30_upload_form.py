"""Upload of announcements (WAV/MP3) for the IVR: a form for the office, login by token."""
import hmac
import os
import re
import secrets
import tempfile

from flask import Flask, abort, render_template_string, request
from werkzeug.exceptions import RequestEntityTooLarge

PATH = "/announcements"
FOLDER = os.environ.get("ANNOUNCEMENTS_DIR") or tempfile.mkdtemp(prefix="announcements-")
TYPES = {".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3"), ".wav": (b"RIFF",)}

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024

FORM = """<!doctype html>
<title>Announcements</title>
<form method="post" enctype="multipart/form-data">
  <p><label>Token <input type="password" name="token"></label></p>
  <p><label>Name <input name="name" maxlength="60"></label></p>
  <p><label>File <input type="file" name="audio" accept=".mp3,.wav"></label></p>
  <button>Upload</button>
</form>
{% if message %}<p>{{ message }}</p>{% endif %}
"""


def page(message="", status=200):
    return render_template_string(FORM, message=message), status


def allowed(token):
    expected = os.environ.get("UPLOAD_TOKEN", "")
    return bool(expected) and hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace"))


def file_name(name, extension):
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] or "announcement"
    return f"{stem}-{secrets.token_hex(4)}{extension}"


@app.errorhandler(RequestEntityTooLarge)
def too_large(exc):
    return page("The file is too large, 10 MB at most.", 413)


@app.get(PATH)
def show():
    return page()


@app.post(PATH)
def upload():
    if not allowed(request.form.get("token", "")):
        abort(403)
    audio = request.files.get("audio")
    if audio is None or not audio.filename:
        return page("Please choose a file.", 400)
    extension = os.path.splitext(audio.filename)[1].lower()
    if extension not in TYPES:
        return page("Only MP3 and WAV files.", 400)
    head = audio.stream.read(4)
    if not head.startswith(TYPES[extension]):
        return page("This does not look like an audio file.", 400)
    audio.stream.seek(0)
    stored = file_name(request.form.get("name", ""), extension)
    audio.save(os.path.join(FOLDER, stored))
    return page(f"Stored as {stored}.", 201)
