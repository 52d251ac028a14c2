import pytest
from pytest_telnyx_mock.contract import *  # noqa: F403
from reminders.models import Reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def telnyx_probe():
    return lambda: list(Reply.objects.values_list("event", flat=True))
