"""Sends webhooks, once or with the retries of Telnyx, and returns the outcome."""

from telnyx_mock.delivery.delivery import Attempt as Attempt
from telnyx_mock.delivery.delivery import Delivery as Delivery
from telnyx_mock.delivery.emitter import Emitter as Emitter
from telnyx_mock.delivery.emitter import Recorder as Recorder
from telnyx_mock.delivery.redelivery import Steps as Steps
from telnyx_mock.delivery.redelivery import adeliver as adeliver
from telnyx_mock.delivery.redelivery import attempted as attempted
from telnyx_mock.delivery.redelivery import deliver as deliver
from telnyx_mock.delivery.redelivery import steps as steps
from telnyx_mock.delivery.retry_policy import POLICIES as POLICIES
from telnyx_mock.delivery.retry_policy import Policy as Policy
from telnyx_mock.delivery.retry_policy import policy_for as policy_for
