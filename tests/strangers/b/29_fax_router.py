"""Fax router: forwards incoming faxes to the right branch office and re-sends outbound faxes that failed."""
import logging
import os
import threading
from collections import OrderedDict

from fastapi import BackgroundTasks, FastAPI, Request, Response
from telnyx import Telnyx, TelnyxError

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("fax-router")

PATH = "/webhooks"
CONNECTION_ID = os.environ.get("FAX_CONNECTION_ID", "1494404757140276705")
BRANCHES = {
    "+15550100201": os.environ.get("BRANCH_NORTH", "+15550100301"),
    "+15550100202": os.environ.get("BRANCH_SOUTH", "+15550100302"),
}
DEFAULT_BRANCH = os.environ.get("BRANCH_DEFAULT", "+15550100300")

client = Telnyx(
    api_key=os.environ.get("TELNYX_API_KEY"),
    public_key=os.environ.get("TELNYX_PUBLIC_KEY"),
    timeout=15,
    max_retries=0,
)
app = FastAPI(title="fax-router")

processed: OrderedDict = OrderedDict()
mutex = threading.Lock()


def already_processed(event_id: str) -> bool:
    with mutex:
        if event_id in processed:
            return True
        processed[event_id] = True
        if len(processed) > 10000:
            processed.popitem(last=False)
    return False


def release(event_id: str) -> None:
    with mutex:
        processed.pop(event_id, None)


def send_fax(to: str, from_: str, media_url: str) -> None:
    try:
        fax = client.faxes.create(connection_id=CONNECTION_ID, to=to, from_=from_, media_url=media_url)
        logger.info("fax to %s queued: %s", to, fax.data.id if fax.data else "?")
    except TelnyxError as exc:
        logger.error("fax to %s not sent: %s", to, exc)
    except Exception:
        logger.exception("fax to %s not sent", to)


@app.post(PATH)
async def fax_events(request: Request, background_tasks: BackgroundTasks):
    payload = (await request.body()).decode("utf-8", "replace")
    try:
        event = client.webhooks.unwrap(payload, headers=dict(request.headers))
    except ValueError as exc:
        logger.warning("invalid webhook: %s", exc)
        return Response(status_code=400)

    data = getattr(event, "data", None)
    event_type = getattr(data, "event_type", None)
    if not event_type or not event_type.startswith("fax."):
        return Response(status_code=200)
    if already_processed(data.id):
        return Response(status_code=200)

    try:
        if event_type == "fax.received":
            fax = data.payload
            branch = BRANCHES.get(fax.to, DEFAULT_BRANCH)
            logger.info("fax %s from %s goes to %s", fax.fax_id, fax.from_, branch)
            background_tasks.add_task(send_fax, branch, fax.to, fax.media_url)
        elif event_type == "fax.failed":
            fax = data.payload
            logger.warning("fax %s to %s failed: %s", fax.fax_id, fax.to, fax.failure_reason)
            if fax.direction == "outbound" and fax.original_media_url:
                # most failures are busy lines, so just send it again
                background_tasks.add_task(send_fax, fax.to, fax.from_, fax.original_media_url)
        elif event_type == "fax.delivered":
            fax = data.payload
            logger.info("fax %s to %s delivered", fax.fax_id, fax.to)
    except Exception:
        release(data.id)
        raise
    return Response(status_code=200)


@app.get("/health")
def health():
    return {"status": "ok"}
