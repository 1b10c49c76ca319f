"""A rule set as a JSON file, and back: see docs/routing.md for its form.

What is exported and imported again is the same; an import is checked like the editor, every fault
told with its rule and field, and makes a draft only if there is none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from agencies.conditions import written
from agencies.models import Queue, Rule, RuleSet
from agencies.routing_editor import edits
from agencies.routing_editor.rule_form import RuleForm, SetForm, condition_problems
from agencies.rule_sets import as_data
from portal.accounts.actors import Actor

FORMAT, FORMAT_VERSION = "routing-rules", 1
MOST_BYTES, MOST_RULES = 5 * 1024 * 1024, 10_000
# The members of a rule and the type of each.
MEMBERS: dict[str, type] = {
    "code": str, "title": str, "queue": str, "tier": int, "review_kind": str, "legal_basis": str,
    "needs_second_signature": bool, "conditions": dict,
}
OPTIONAL = {"legal_basis": "", "needs_second_signature": False}


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong and where: ``rules[3].queue``, with the rule's code if it has one."""

    where: str
    message: str
    rule: str = ""


class FileRefused(Exception):
    def __init__(self, faults: list[FileFault]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.message}" for one in faults))
        self.faults = faults


def export(rule_set: RuleSet) -> str:
    """The file's text: rules in the order of their codes, each condition laid out for people."""
    rules = [as_data(r) for r in rule_set.rules.select_related("queue").order_by("code")]
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "title": rule_set.title,
            "default_queue": rule_set.default_queue.code}
    lines = [f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}," for k, v in head.items()]
    return "{\n" + "\n".join(lines) + '\n  "rules": [' + ",".join(map(_rule, rules)) + "\n  ]\n}\n"


def _rule(data: dict[str, Any]) -> str:
    members = [
        f'      "{name}": '
        + (written(value, "      ") if name == "conditions"
           else json.dumps(value, ensure_ascii=False))
        for name, value in data.items()
    ]
    return "\n    {\n" + ",\n".join(members) + "\n    }"


def import_file(actor: Actor, body: bytes, name: str = "") -> RuleSet:
    """A draft from a file. Raises FileRefused with every fault found."""
    reading = _read(body)
    if reading.faults:
        raise FileRefused(reading.faults)
    assert reading.default_queue is not None
    return edits.begin(
        actor, reading.title, reading.rules, name[:200], default_queue=reading.default_queue
    )


@dataclass
class _Reading:
    title: str = ""
    default_queue: Queue | None = None
    rules: list[Rule] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)

    def wrong(self, where: str, message: str, rule: str = "") -> None:
        self.faults.append(FileFault(where, message, rule))


def _read(body: bytes) -> _Reading:
    reading = _Reading()
    if len(body) > MOST_BYTES:
        reading.wrong("", _("The file is larger than %(size)s MB.") % {"size": MOST_BYTES // 2**20})
        return reading
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        reading.wrong("", _("The file is not UTF-8 text."))
    except json.JSONDecodeError as error:
        reading.wrong(
            _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno},
            _("This is not JSON (%(reason)s).") % {"reason": error.msg})
    except (ValueError, RecursionError):
        reading.wrong("", _("This is not JSON."))
    else:
        _whole(reading, data)
    return reading


def _whole(reading: _Reading, data: Any) -> None:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        reading.wrong("format", _("This is no file of routing rules: “format” must be “%(format)s”.")
                      % {"format": FORMAT})
        return
    if data.get("format_version") != FORMAT_VERSION:
        reading.wrong("format_version", _("Only version %(version)s of the form can be read.")
                      % {"version": FORMAT_VERSION})
    for key in data.keys() - {"format", "format_version", "title", "default_queue", "rules"}:
        reading.wrong(str(key), _("This member has no meaning here."))
    about = SetForm({name: data.get(name) if isinstance(data.get(name), str) else ""
                     for name in ("title", "default_queue")})
    for name, texts in about.errors.items():
        for text in texts:
            reading.wrong(name, str(text))
    if about.is_valid():
        reading.title = about.cleaned_data["title"]
        reading.default_queue = about.cleaned_data["default_queue"]
    rules = data.get("rules")
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        reading.wrong("rules", _("Give a list of at most %(count)s rules.") % {"count": MOST_RULES})
        return
    queues = {queue.code: queue for queue in Queue.objects.select_related("agency")}
    taken: set[str] = set()
    for number, rule in enumerate(rules, 1):
        _one(reading, f"rules[{number}]", rule, queues, taken)


def _one(
    reading: _Reading, here: str, data: Any, queues: dict[str, Queue], taken: set[str]
) -> None:
    if not isinstance(data, dict):
        reading.wrong(here, _("A rule is an object."))
        return
    code = data["code"] if isinstance(data.get("code"), str) else ""
    before = len(reading.faults)
    for key in data.keys() - MEMBERS.keys():
        reading.wrong(f"{here}.{key}", _("This member has no meaning here."), code)
    values = {**OPTIONAL, **data}
    for name, kind in MEMBERS.items():
        if name not in values:
            reading.wrong(f"{here}.{name}", _("This member is missing."), code)
        elif type(values[name]) is not kind:
            words = {str: _("text"), int: _("a whole number"), bool: _("true or false"),
                     dict: _("an object")}
            reading.wrong(f"{here}.{name}", _("This must be %(kind)s.") % {"kind": words[kind]}, code)
    if len(reading.faults) > before:
        return
    queue = queues.get(values["queue"])
    form = RuleForm({**values, "queue": queue}, taken=frozenset(taken))
    form.fields["queue"] = _KnownQueue(queue)
    for name, texts in form.errors.items():
        for text in texts:
            reading.wrong(f"{here}.{name}", str(text), code)
    for problem in condition_problems(values["conditions"]):
        reading.wrong(f"{here}.conditions", problem, code)
    if len(reading.faults) == before:
        taken.add(code)
        reading.rules.append(Rule(conditions=values["conditions"], **form.cleaned_data))


class _KnownQueue(forms.Field):
    """The queue looked up already: no query for each of thousands of rules."""

    def __init__(self, queue: Queue | None) -> None:
        super().__init__(required=False)
        self._queue = queue

    def clean(self, value: Any) -> Queue:
        if self._queue is None:
            raise forms.ValidationError(_("There is no queue with this code."))
        return self._queue
