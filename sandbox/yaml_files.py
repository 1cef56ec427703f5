"""YAML that people write: read with line numbers, checked against a model, refused in words.

Every mistake becomes an InputError that names file, line, key path and remedy; several at once where several are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sandbox.errors import InputError
from sandbox.yaml_words import MISSING, Where, cleaned, problem_words

Model = TypeVar("Model", bound=BaseModel)
_DEEPEST = 40


class SeveralInputErrors(InputError):
    """More than one mistake in one file; renders as one line each."""

    def __init__(self, errors: Sequence[InputError]) -> None:
        first = errors[0]
        super().__init__(first.message, file=first.file, line=first.line, field=first.field, remedy=first.remedy)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake at a key path, found by a check that goes beyond types."""

    where: Where
    message: str
    remedy: str | None = None


class YamlFile:
    """What a YAML file says: `data` as plain values, and the line of every key.

    Laid over another file, its data holds what that one says besides, and a mistake is told of the file that has it.
    """

    def __init__(self, file: str, tree: Any, base: YamlFile | None = None) -> None:
        self.file = file
        self._tree = tree
        self._base = base
        own = _plain(tree, file, ())
        self.data: Any = own if base is None else _laid_over(own, base.data)

    def over(self, base: YamlFile) -> YamlFile:
        """This file with what it doesn't say taken from `base`: mappings key by key; all else it replaces whole.

        Raises InputError where `base` holds no keys and values.
        """
        base.require_keys("it needs at least one key")
        return YamlFile(self.file, self._tree, base)

    def line_of(self, where: Where) -> int | None:
        """The line, from 1, of the deepest part of `where` that the file has."""
        return self._found(where)[1]

    def error(self, problem: Problem) -> InputError:
        """The problem as an error that points to where it was written, in this file or one below it."""
        source = self._source_of(problem.where)
        return InputError(
            problem.message,
            file=source.file,
            line=source.line_of(problem.where),
            field=key_path(problem.where) or None,
            remedy=problem.remedy,
        )

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Raise for the problems, if there are any, in the order of their lines, this file's before others'."""
        errors = sorted(
            map(self.error, problems), key=lambda error: (error.file != self.file, error.file or "", error.line or 0)
        )
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise SeveralInputErrors(errors)

    def validated(self, model: type[Model]) -> Model:
        """The data as `model`. Raises InputError for whatever does not fit."""
        self.require_keys(f"it needs at least: {', '.join(_required(model)) or 'one key'}")
        try:
            return model.model_validate(self.data)
        except ValidationError as invalid:
            self.refuse(_problems(model, self.data, invalid))
            raise

    def require_keys(self, remedy: str) -> None:
        """Raise InputError unless keys and values are in the file."""
        if not isinstance(self.data, Mapping):
            told = "nothing is in it" if self.data is None else f"keys and values were expected, not {self.data!r:.40}"
            raise InputError(told, file=self.file, line=1, remedy=remedy)

    def _source_of(self, where: Where) -> YamlFile:
        """The file that has the deepest part of `where`, the upper one of two that are level."""
        below = self._base._source_of(where) if self._base is not None else self
        return below if below._found(where)[0] > self._found(where)[0] else self

    def _found(self, where: Where) -> tuple[int, int | None]:
        """How many parts of `where` the file has, and the line, from 1, of the deepest."""
        node, line = self._tree, _line_of_node(self._tree)
        for depth, part in enumerate(where):
            place = _place(node, part)
            if place is None:
                return depth, line
            line, node = place
        return len(where), line


def _laid_over(upper: Any, lower: Any) -> Any:
    if not (isinstance(upper, Mapping) and isinstance(lower, Mapping)):
        return upper
    return {**lower, **{key: _laid_over(value, lower[key]) if key in lower else value for key, value in upper.items()}}


def read_yaml(path: Path) -> YamlFile:
    """Read a file. Raises InputError where it cannot be read or is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError("is not UTF-8 text", file=str(path), line=line, remedy="save the file as UTF-8") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=str(path)) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> YamlFile:
    """Parse YAML text; `file` is the name that errors show."""
    try:
        return YamlFile(file, YAML(typ="rt").load(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        raise InputError(_what(error), file=file, line=line, remedy=_remedy(error, text, line)) from None
    except (YAMLError, ValueError) as error:
        raise InputError(f"is not YAML: {str(error).splitlines()[0]}", file=file) from None


def key_path(where: Where) -> str:
    """`("faults", 2, "outage")` as a person writes it: `faults[2].outage`."""
    told = ""
    for part in where:
        told += f"[{part}]" if isinstance(part, int) else f".{part}" if told else str(part)
    return told


def _problems(model: type[BaseModel], data: Any, invalid: ValidationError) -> list[Problem]:
    found: dict[tuple[Where, str], Problem] = {}
    for error in invalid.errors(include_url=False):
        where = cleaned(error["loc"], data)
        message, remedy = problem_words(model, where, error)
        found.setdefault((where, message), Problem(where, message, remedy))
    # A key that is missing because it was misspelt is one mistake, not two.
    meant = {(problem.where[:-1], problem.remedy) for problem in found.values()}
    return [
        problem
        for problem in found.values()
        if problem.message != MISSING or (problem.where[:-1], f"did you mean {problem.where[-1]!r}?") not in meant
    ]


def _required(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items() if field.is_required()]


def _what(error: MarkedYAMLError) -> str:
    problem = (error.problem or "is not YAML").strip()
    if problem.startswith("found duplicate key"):
        return problem.split(" with value")[0].replace("found duplicate key", "the key stands twice:")
    return f"is not YAML: {problem}"


def _remedy(error: MarkedYAMLError, text: str, line: int | None) -> str | None:
    if "duplicate key" in (error.problem or ""):
        return "keep one of them"
    lines = text.splitlines()
    if line is not None and line <= len(lines) and "\t" in lines[line - 1]:
        return "indent with spaces, not with tabs"
    return None


def _line_of_node(node: Any) -> int | None:
    return int(node.lc.line) + 1 if isinstance(node, CommentedMap | CommentedSeq) else None


def _place(node: Any, part: str | int) -> tuple[int, Any] | None:
    if isinstance(node, CommentedMap | CommentedSeq) and node.lc.data and part in node.lc.data:
        return int(node.lc.data[part][0]) + 1, node[part]
    return None


def _plain(node: Any, file: str, where: Where) -> Any:
    if len(where) > _DEEPEST:
        raise InputError("is nested too deeply", file=file, field=key_path(where[:4]) + " …")
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value, file, (*where, str(key))) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value, file, (*where, index)) for index, value in enumerate(node)]
    return _plain_scalar(node)


def _plain_scalar(node: Any) -> Any:
    if node is None or isinstance(node, bool | datetime | date):
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)
