"""The public names of the package: they load when first used, and type checkers know them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from mypy import api as mypy

import telnyx_mock

ROOT = Path(__file__).parent.parent

CODE = """\
import telnyx_mock
from telnyx_mock import Webhook
from telnyx_mock import Webhok  # attr-defined
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.strategies import Options, webhooks

key: KeyPair = telnyx_mock.KeyPair.generate()
webhook: type[Webhook] = telnyx_mock.Webhook
telnyx_mock.Policy("fast")  # arg-type
telnyx_mock.Emulatr  # attr-defined
telnyx_mock.contract.runn  # attr-defined
options: Options = {"presence": "all"}
webhooks("call.initiated", **options)
webhooks("call.initiated", presense="all")  # call-arg
webhooks("call.initiated", presence="some")  # arg-type
"""
"""Each line that mypy must refuse ends with the code of its error."""


def test_every_public_name_loads() -> None:
    for name in telnyx_mock.__all__:
        assert getattr(telnyx_mock, name) is not None
    assert set(telnyx_mock.__all__) <= set(dir(telnyx_mock))


def test_a_misspelt_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        telnyx_mock.nonsense  # noqa: B018


def test_a_type_checker_knows_the_public_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(CODE)
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    options = ["--strict", "--config-file=", "--cache-dir", os.devnull]
    printed, trouble, _ = mypy.run([*options, str(snippet)])
    assert not trouble
    errors = re.findall(r"^.*py:(\d+): error: .*\[(.*)\]$", printed, re.MULTILINE)
    refused = {int(number): code for number, code in errors}
    lines = enumerate(CODE.splitlines(), 1)
    expected = {number: line.partition("  # ")[2] for number, line in lines if "  # " in line}
    assert refused == expected, printed
