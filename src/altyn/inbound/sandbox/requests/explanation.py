"""What happened to a logged request, in sentences.

A fixed sentence is in the reader's language. Rules and notes come from the tables of the methods,
in English, as in the header X-Altyn-Rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.refusals import Refusal
from altyn.domain.request_log import LoggedRequest
from altyn.inbound.request_log.open_call import HTTP_ERROR
from altyn.inbound.sandbox.requests.texts import REQUEST_TEXTS
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.table import Method, Parameter

REFERENCE: Final = "docs/reference"
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A fixed text by its key in REQUEST_TEXTS, with its values; `fact`: what a table says of it,
    in English."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    fact: str = ""

    @property
    def english(self) -> str:
        """The whole sentence in English."""
        fixed = REQUEST_TEXTS[self.key].text(ENGLISH, **self.values)
        return f"{fixed} {self.fact}" if self.fact else fixed


def explanation_of(found: LoggedRequest, language: str = ENGLISH) -> Iterator[Sentence]:
    """What happened: the error, the rule, the parameter's row, where to read on."""
    facts, method = found.line.facts, METHODS.get(found.line.facts.method)
    by_table = method is not None and facts.refusal in set(Refusal)
    if method is not None and by_table and facts.status:
        yield from _error(method, Refusal(facts.refusal), facts.parameter, language)
    else:
        yield _outcome(found)
    if facts.rule:
        rule = f"{facts.parameter}: {facts.rule}" if facts.parameter else facts.rule
        yield Sentence("rule_is", fact=rule)
    if method is None:
        return
    row = next((each for each in method.parameters if facts.parameter in each.names), None)
    if row is not None and by_table:  # another refusal is not about the method's own parameter
        yield _row(row)
    yield Sentence(
        "read_on", fact=f"{REFERENCE}/{method.name}.md; {found.content.source or method.source}"
    )


def _outcome(found: LoggedRequest) -> Sentence:
    """How a request ended that no table of a method refuses."""
    facts = found.line.facts
    if not facts.refused:
        return Sentence("carried_out")
    if not facts.status:
        return Sentence("left_unanswered")
    if facts.status < HTTP_ERROR:
        return Sentence("refused_in_answer")
    return Sentence("refused_with_http", {"status": facts.status})


def _error(method: Method, refusal: Refusal, parameter: str, language: str) -> Iterator[Sentence]:
    error = method.refusals.get(refusal)
    if error is not None:
        text = error.text(language, name=parameter)
        values = {"code": error.code, "text": text, "reason": refusal.value}
        yield Sentence("refused_with_error", values)


def _row(row: Parameter) -> Sentence:
    values = {"name": row.name, "notation": row.type.notation}
    if row.optional_with:
        values["permission"] = row.optional_with
        return Sentence("row_or_permission", values, row.note)
    if row.required and row.unless:
        return Sentence("row_or_another", {**values, "other": row.unless}, row.note)
    return Sentence("row_mandatory" if row.required else "row_optional", values, row.note)
