"""A hostile receiver: what it does, how it is started, and the verdict that a run must give.

The verdict is written down before anybody runs the case. :func:`app` registers a case that is an app
in process, :func:`server` one that is a server behind a socket; one declaration is all that it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T", bound=Callable[..., Any])


class Topic(Enum):
    """What a hostile receiver threatens: the paragraphs under which the cases stand in the docs."""

    REFUSALS = "A refusal counts only beside a genuine control"
    FLAKY = "Flaky is not faulty"
    ANSWERS = "Answers are what HTTP says that they are"
    EARLY_END = "No silent success"
    ENDLESS = "It ends"
    RAW_TEXT = "What others wrote reaches no terminal raw"
    FILES = "Files that others wrote are untrusted"
    CALLS = "No call leaves"
    MEMORY = "Memory and time stay flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app in process: *target* as on the command line. *files* are put into the working directory."""

    target: str
    files: Mapping[str, str] = field(default_factory=dict)


Serve = Callable[[str], AbstractContextManager[str]]
"""Starts a server that trusts a public key, until the block is left. The value is its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The verdict of ``telnyx-mock check``, and its bounds.

    *exit* is the exit code, or the codes of which either is right. *finds* are patterns of rules that
    have a finding, *may_find* of rules that may have one, and *not_finds* of rules that have none; no
    other rule may have an error if *no_other_error*. *says* are words on the terminal, whatever its line breaks. *seconds* and
    *megabytes* bound the process.
    """

    exit: int | tuple[int, ...]
    finds: tuple[str, ...] = ()
    may_find: tuple[str, ...] = ()
    not_finds: tuple[str, ...] = ()
    no_other_error: bool = False
    says: tuple[str, ...] = ()
    seconds: float = 60.0
    megabytes: int = 300

    @property
    def exits(self) -> tuple[int, ...]:
        """The exit codes that are right."""
        return self.exit if isinstance(self.exit, tuple) else (self.exit,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A hostile receiver. *name* says what it is in a few words, *does* in one sentence.

    *options* are further words for ``telnyx-mock check``. Cases that are *quick* belong to
    ``make test-slow``, all others to ``make hostile``.
    """

    name: str
    topic: Topic
    does: str
    made: App | Serve
    expected: Expected
    options: tuple[str, ...] = ()
    quick: bool = False

    def __str__(self) -> str:
        return self.name


CASES: dict[str, Case] = {}
"""Every case, by its name."""


def hostile(
    name: str,
    does: str,
    topic: Topic,
    made: App | Serve,
    *,
    options: str = "",
    quick: bool = False,
    **expected: Any,
) -> Case:
    """Register a case. Blanks separate *options*; *expected* are the fields of :class:`Expected`."""
    verdict = Expected(**expected)
    case = Case(
        name=name,
        topic=topic,
        does=" ".join(does.split()),
        made=made,
        expected=verdict,
        options=tuple(options.split()),
        quick=quick,
    )
    assert CASES.setdefault(name, case) is case, f"two cases have the name {name!r}"
    return case


def app(topic: Topic, *, called: bool = True, **about: Any) -> Callable[[T], T]:
    """Register an app: a class without arguments, or a factory; or, unless *called*, the app itself.

    Its docstring says what it does. *about* are ``options``, ``quick`` and the expected verdict.
    """

    def register(made: T) -> T:
        assert made.__doc__ is not None
        target = f"{made.__module__}:{made.__qualname__}{'()' if called else ''}"
        hostile(made.__qualname__, made.__doc__, topic, App(target=target), **about)
        return made

    return register
