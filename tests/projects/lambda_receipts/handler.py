import base64
import json
import os

from telnyx import Telnyx

client = Telnyx(api_key=os.environ["TELNYX_API_KEY"], public_key=os.environ["TELNYX_PUBLIC_KEY"])
unwrap = client.webhooks.unwrap
table = None


def get_table():
    global table
    if table is None:
        import boto3

        table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    return table


def lambda_handler(event, context):
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode("utf-8", "replace")
    headers = {k.lower(): v for k, v in event["headers"].items()}
    try:
        unwrap(body, headers=headers)
    except Exception:
        return {"statusCode": 401, "body": ""}
    data = json.loads(body)["data"]
    if data["event_type"] == "message.finalized":
        payload = data["payload"]
        get_table().put_item(
            Item={
                "pk": payload["id"],
                "status": payload["to"][0]["status"] if payload["to"] else "unknown",
                "cost": json.dumps(payload.get("cost")),
            }
        )
    return {"statusCode": 200, "body": json.dumps({"ok": True})}
