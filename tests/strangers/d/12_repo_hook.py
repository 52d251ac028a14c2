"""Repository push hook: checks the HMAC of the hosting service and queues a deploy."""
import hashlib
import hmac
import json
import logging
import os
import secrets
from collections import deque

from fastapi import BackgroundTasks, FastAPI, Header, HTTPException, Request

log = logging.getLogger("deploy-hook")

SECRET = (os.environ.get("REPO_WEBHOOK_SECRET") or secrets.token_hex(32)).encode()
BRANCH = os.environ.get("DEPLOY_BRANCH", "refs/heads/main")

app = FastAPI()
deliveries = deque(maxlen=500)
deploys = deque(maxlen=100)


def deploy(repository: str, commit: str):
    log.info("deploying %s at %s", repository, commit)
    deploys.append((repository, commit))


@app.post("/hooks/repo", status_code=202)
async def repo_hook(
    request: Request,
    background: BackgroundTasks,
    x_hub_signature_256: str = Header(default=""),
    x_github_event: str = Header(default=""),
    x_github_delivery: str = Header(default=""),
):
    body = await request.body()
    expected = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), x_hub_signature_256.encode()):
        raise HTTPException(403, "bad signature")
    if x_github_delivery in deliveries:
        return {"status": "duplicate"}
    deliveries.append(x_github_delivery)
    try:
        event = json.loads(body)
    except ValueError:
        raise HTTPException(400, "not JSON")
    if x_github_event == "push" and isinstance(event, dict) and event.get("ref") == BRANCH:
        repository = event.get("repository") or {}
        background.add_task(deploy, repository.get("full_name", "?"), event.get("after", "?"))
        return {"status": "queued"}
    return {"status": "ignored"}
