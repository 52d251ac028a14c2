"""Health and status page of the voice platform. Nothing is received here."""
import os
import platform
import shutil
import socket
import tempfile
import time

from flask import Flask, jsonify, render_template_string

PATH = "/health"
STARTED = time.time()
VERSION = os.environ.get("APP_VERSION", "dev")

app = Flask(__name__)

PAGE = """<!doctype html>
<title>Status</title>
<h1>{{ "All good" if ok else "Degraded" }}</h1>
<ul>
{% for name, check in checks.items() %}
  <li>{{ name }}: {{ "ok" if check.ok else "failing" }} {{ check.detail }}</li>
{% endfor %}
</ul>
<p>Version {{ version }}, up {{ uptime }} seconds.</p>
"""


def check_disk():
    usage = shutil.disk_usage(tempfile.gettempdir())
    free = usage.free / usage.total if usage.total else 0.0
    return {"ok": free > 0.02, "detail": f"{free:.0%} free"}


def check_config():
    missing = [name for name in ("TELNYX_API_KEY", "TELNYX_PUBLIC_KEY") if not os.environ.get(name)]
    return {"ok": not missing, "detail": f"{len(missing)} settings missing" if missing else "complete"}


def check_clock():
    # signatures are judged by the clock, so an absurd one is worth a warning
    return {"ok": time.time() > 1_700_000_000, "detail": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


CHECKS = {"disk": check_disk, "configuration": check_config, "clock": check_clock}


def run_checks():
    results = {}
    for name, check in CHECKS.items():
        try:
            results[name] = check()
        except OSError as exc:
            results[name] = {"ok": False, "detail": type(exc).__name__}
    return results


@app.get(PATH)
def health():
    checks = run_checks()
    ok = all(c["ok"] for c in checks.values())
    body = {"ok": ok, "checks": checks, "version": VERSION, "host": socket.gethostname(),
            "python": platform.python_version(), "uptime": round(time.time() - STARTED)}
    return jsonify(body), 200 if ok else 503


@app.get("/status")
def status():
    checks = run_checks()
    return render_template_string(PAGE, ok=all(c["ok"] for c in checks.values()), checks=checks,
                                  version=VERSION, uptime=round(time.time() - STARTED))
