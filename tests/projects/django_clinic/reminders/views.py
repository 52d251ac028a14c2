import json

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from telnyx import Telnyx

from reminders.models import Patient, Reply


@method_decorator(csrf_exempt, name="dispatch")
class TelnyxHook(View):
    def post(self, request):
        client = Telnyx(
            api_key=settings.TELNYX["API_KEY"] or "x", public_key=settings.TELNYX["PUBLIC_KEY"]
        )
        try:
            body = request.body.decode()
            client.webhooks.unwrap(body, headers=dict(request.headers))
        except Exception:
            return HttpResponse(status=401)
        event = json.loads(body)["data"]
        if event["event_type"] == "message.received":
            self.received(client, event)
        return HttpResponse()

    def received(self, client, event):
        payload = event["payload"]
        patient = Patient.objects.filter(phone=payload["from"].get("phone_number")).first()
        if patient is None:
            return
        text = payload.get("text") or ""
        _, new = Reply.objects.get_or_create(
            event=event["id"], defaults={"patient": patient, "text": text}
        )
        if new and text.strip().upper() == "STOP":
            patient.opted_out = True
            patient.save()
        elif new:
            to = payload["to"][0]["phone_number"]
            transaction.on_commit(
                lambda: client.messages.send(from_=to, to=patient.phone, text="Thanks")
            )
