"""Reads the methods of the official SDK: what each sends, and what it expects back.

The methods are generated code of one form, so their source tells where each parameter goes.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from telnyx import Telnyx
from telnyx._compat import cached_property
from telnyx._resource import SyncAPIResource

from scripts.operations.kinds import Kinds, parameters, without_none

_HTTP = {"_get", "_post", "_put", "_patch", "_delete", "_get_api_list"}


@dataclass
class Method:
    """One method of the SDK. *places* are the kinds of its parameters by place: path, query, header, body."""

    name: str
    http: str
    path: str
    places: dict[str, int] = field(default_factory=dict)
    sends: str = "json"
    answer: int | str | None = None


def methods(kinds: Kinds) -> Iterator[Method]:
    """Yield every method of the SDK that makes a request."""
    for name, function in sdk_methods():
        yield _Reader(name, function, kinds).method()


def sdk_methods() -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and the function of every method of the SDK that makes a request."""
    for prefix, resource in _resources(Telnyx, ""):
        for name, function in vars(resource).items():
            if not name.startswith("_") and inspect.isfunction(function) and _request(function):
                yield prefix + name, function


def _resources(holder: type, prefix: str) -> Iterator[tuple[str, type]]:
    for name, value in vars(holder).items():
        if isinstance(value, cached_property) and not name.startswith("with_"):
            resource = _returned(vars(value)["func"])
            if isinstance(resource, type) and issubclass(resource, SyncAPIResource):
                yield f"{prefix}{name}.", resource
                yield from _resources(resource, f"{prefix}{name}.")


def _returned(function: Any) -> Any:
    """Return what a property returns: it imports its class where it makes one."""
    tree = _tree(function)
    names = dict(vars(sys.modules[function.__module__]))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            code = compile(ast.Module([node], []), function.__module__, "exec")
            exec(code, names)  # noqa: S102 - the SDK's own import
    returned = next(node for node in ast.walk(tree) if isinstance(node, ast.Return)).value
    if isinstance(returned, ast.Call) and isinstance(returned.func, ast.Name):
        return names[returned.func.id]
    return None


def _tree(function: Any) -> ast.FunctionDef:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


def _request(function: Any) -> ast.Call | None:
    """Return the call by which the method makes its request."""
    for node in ast.walk(_tree(function)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=attr)) if (
                attr in _HTTP
            ):
                return node
    return None


class _Reader:
    def __init__(self, name: str, function: Any, kinds: Kinds) -> None:
        self.name = name
        self.kinds = kinds
        self.plain = inspect.unwrap(function)
        self.names = vars(sys.modules[self.plain.__module__])
        self.tree = _tree(function)
        self.hints = typing.get_type_hints(
            self.plain, {**vars(typing), **self.names}, include_extras=True
        )
        self.signature = inspect.signature(self.plain)
        request = _request(function)
        assert request is not None
        self.request = request
        assert isinstance(request.func, ast.Attribute)
        self.verb = request.func.attr
        self.given = {word.arg: word.value for word in request.keywords if word.arg}

    def method(self) -> Method:
        http = "GET" if self.verb == "_get_api_list" else self.verb.removeprefix("_").upper()
        if "method" in self.given:
            http = ast.literal_eval(self.given["method"]).upper()
        method = Method(self.name, http, self._path())
        path_names = re.findall(r"\{(\w+)\}", method.path)
        if path_names:
            method.places["path"] = self._object(
                {
                    self.path_names[name]: (name, self.hints[self.path_names[name]], True)
                    for name in path_names
                }
            )
        if (headers := self._headers()) is not None:
            method.places["header"] = headers
        if (query := self._query()) is not None:
            method.places["query"] = query
        self._body(method)
        method.answer = self._answer()
        return method

    def _path(self) -> str:
        self.path_names: dict[str, str] = {}
        match self.request.args[0]:
            case ast.Constant(value=str() as path):
                return path
            case ast.Call(args=[ast.Constant(value=str() as path)], keywords=words):
                self.path_names = {str(word.arg): ast.unparse(word.value) for word in words}
                return path
            case ast.IfExp(body=ast.Constant(value=str() as path)):
                return path
        raise TypeError(f"{self.name}: the path is {ast.unparse(self.request.args[0])}")

    def _object(self, found: dict[str, tuple[str, Any, bool]]) -> int:
        required: dict[str, int] = {}
        optional: dict[str, int] = {}
        for name, hint, needed in found.values():
            (required if needed else optional)[name] = self.kinds.of_type(hint)
        return self.kinds.of_object(required, optional)

    def _transformed(self, call: ast.expr) -> int:
        """Return the kind of what ``maybe_transform(values, type)`` sends."""
        assert isinstance(call, ast.Call), ast.unparse(call)
        values = call.args[0]
        if isinstance(
            values, ast.Name
        ):  # one parameter is all of the body, or a copy has the files
            copied = self._copied(values.id)
            if not isinstance(copied, ast.Dict):
                return self.kinds.of_type(self.hints[copied])
            values = copied
        assert isinstance(values, ast.Dict), ast.unparse(call)
        return self._sent(values, self._evaluated(call.args[1]))

    def _copied(self, name: str) -> ast.Dict | str:
        """Return what the method copies into the variable *name*, or the name itself."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=assigned)], value=ast.Call(args=[copied, *_])):
                    if assigned == name and isinstance(copied, ast.Dict):
                        return copied
                    if assigned == name and isinstance(copied, ast.Name):
                        return copied.id
        return name

    def _sent(self, values: ast.Dict, asked: Any) -> int:
        """Return the kind of the object of *values*, whose names in the API the type *asked* has."""
        found = {}
        names = [ast.literal_eval(key) for key in values.keys if key is not None]
        known = self._known(asked)
        for name in names:
            _api_name, hint, _ = known.get(name, (name, self.hints[name], False))
            found[name] = (_api_name, hint, self._is_required(name))
        return self._object(found)

    def _known(self, asked: Any) -> dict[str, tuple[str, Any, bool]]:
        variants = typing.get_args(asked) or (asked,)
        known: dict[str, tuple[str, Any, bool]] = {}
        for variant in variants:
            for name, (api_name, hint, needed) in parameters(variant).items():
                own = self.hints.get(name)
                known.setdefault(name, (api_name, hint if len(variants) == 1 else own, needed))
        return known

    def _is_required(self, name: str) -> bool:
        return self.signature.parameters[name].default is inspect.Parameter.empty

    def _evaluated(self, expression: ast.expr) -> Any:
        return eval(ast.unparse(expression), {**vars(typing), **self.names})  # noqa: S307 - the SDK's own types

    def _query(self) -> int | None:
        options = self.given["options"]
        assert isinstance(options, ast.Call)
        for word in options.keywords:
            if word.arg == "query":
                return self._transformed(word.value)
        return None

    def _headers(self) -> int | None:
        found = {}
        for node in ast.walk(self.tree):
            match node:
                case ast.Call(func=ast.Name(id="strip_not_given"), args=[ast.Dict() as values]):
                    for key, value in zip(values.keys, values.values, strict=True):
                        assert key is not None
                        header = ast.literal_eval(key)
                        name = next(
                            (
                                n.id
                                for n in ast.walk(value)
                                if isinstance(n, ast.Name) and n.id in self.hints
                            ),
                            None,
                        )
                        if name is not None:
                            found[name] = (header, self.hints[name], self._is_required(name))
        return self._object(found) if found else None

    def _body(self, method: Method) -> None:
        if "content" in self.given:
            method.sends = "binary"
            method.places["body"] = self.kinds.number("file")
            return
        if "body" not in self.given:
            return
        method.sends = "multipart" if "files" in self.given else "json"
        method.places["body"] = self._transformed(self.given["body"])

    def _answer(self) -> int | str | None:
        if "page" in self.given:
            page = self._evaluated(self.given["page"])
            return self._page(page, self._evaluated(self.given["model"]))
        cast_to = self._evaluated(self.given["cast_to"])
        name = getattr(cast_to, "__name__", "")
        if cast_to is type(None) or name == "NoneType":
            return None
        if name == "BinaryAPIResponse":
            return "binary"
        if cast_to is str:
            return "text"
        wrapped = typing.get_args(cast_to)
        return self.kinds.of_type(
            cast_to if not wrapped or typing.get_origin(cast_to) else wrapped[0]
        )

    def _page(self, page: Any, model: Any) -> int:
        """Return the kind of one page: the members of its class, with items of *model*."""
        item = self.kinds.of_type(model)
        required: dict[str, int] = {}
        optional: dict[str, int] = {}
        origin = typing.get_origin(page) or page
        plain = page.__pydantic_generic_metadata__["origin"] or origin
        for name, member in plain.model_fields.items():
            hint = member.annotation
            is_items = isinstance(
                typing.get_args(hint)[0] if typing.get_args(hint) else None, typing.TypeVar
            )
            number = (
                self.kinds.number(["list", item])
                if is_items
                else self.kinds.of_type(without_none(hint))
            )
            if is_items and name == "items" and "TopLevelArray" in plain.__name__:
                return number
            (required if member.is_required() else optional)[member.alias or name] = number
        return self.kinds.of_object(required, optional)
