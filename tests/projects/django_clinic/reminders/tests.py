import pytest

from reminders.models import Patient, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return Patient.objects.create(phone="+13125550142")


def test_reply_is_kept(telnyx_mock, patient):
    telnyx_mock.send(
        "message.received", text="yes", from_={"phone_number": patient.phone}
    ).assert_accepted()
    assert Reply.objects.get().text == "yes"


def test_thanks(telnyx_mock, patient, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        telnyx_mock.send(
            "message.received", text="yes", from_={"phone_number": patient.phone}
        ).assert_accepted()
    [command] = telnyx_mock.api.commands
    assert command.parameters["to"] == patient.phone


def test_stop(telnyx_mock, patient):
    telnyx_mock.send(
        "message.received", text="stop", from_={"phone_number": patient.phone}
    ).assert_accepted()
    patient.refresh_from_db()
    assert patient.opted_out


def test_unknown(telnyx_mock):
    telnyx_mock.send("message.received").assert_accepted()
    assert not Reply.objects.exists()


def test_forged(telnyx_mock, patient):
    telnyx_mock.send("message.received", forge="signature-missing").assert_refused()
    telnyx_mock.send("message.received", forge="body-changed").assert_refused()


class TestInClass:
    def test_x(self, telnyx_mock, patient):
        webhook = telnyx_mock.webhook("message.received", from_={"phone_number": patient.phone})
        telnyx_mock.deliver(webhook).assert_accepted()
        telnyx_mock.send(webhook).assert_accepted()
        assert Reply.objects.count() == 1
