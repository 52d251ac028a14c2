"""The public names of the package: this list is the only one.

At run time ``lazy_loader`` reads it, and imports a name when it is first used.
"""

from . import contract as contract
from ._version import __version__ as __version__
from .attacks.forgeries import FORGERIES as FORGERIES
from .attacks.forgeries import Forgery as Forgery
from .contract.calls.machine import ReceiverMachine as ReceiverMachine
from .contract.own_rules import Trial as Trial
from .contract.own_rules import rule as rule
from .delivery import Delivery as Delivery
from .delivery import Policy as Policy
from .emulator import Emulator as Emulator
from .errors import DeliveryError as DeliveryError
from .errors import ReceiverFailure as ReceiverFailure
from .errors import TelnyxMockError as TelnyxMockError
from .errors import UsageError as UsageError
from .flows.flow import Act as Act
from .flows.flow import Flow as Flow
from .names import EventName as EventName
from .names import ForgeryName as ForgeryName
from .names import MalformedName as MalformedName
from .names import RuleName as RuleName
from .payload.captures import load_webhook as load_webhook
from .payload.draft import Draft as Draft
from .payload.request import Request as Request
from .payload.webhook import Webhook as Webhook
from .schema.json_values import ABSENT as ABSENT
from .signing.keys import KeyPair as KeyPair
from .signing.sign import sign as sign
from .signing.verification import verify as verify
from .simulator.async_people import AsyncCall as AsyncCall
from .simulator.async_people import AsyncConversation as AsyncConversation
from .simulator.async_people import AsyncFaxMachine as AsyncFaxMachine
from .simulator.call import Call as Call
from .simulator.conversation import Conversation as Conversation
from .simulator.fax_machine import FaxMachine as FaxMachine
from .simulator.player import Played as Played
from .transports.hooked import with_hooks as with_hooks
