"""What a model gave, and the plan with it."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel

from durable_edits.form import Plan, Unused
from durable_edits.models.question import Question


class Usage(BaseModel):
    """`cost` in US dollars by public price lists; None for a model that none of them has."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None


class Reply(BaseModel):
    """`values` are believed, `doubted` are not, each with the reason."""

    values: dict[str, str]
    quotes: dict[str, str]
    doubted: list[Unused]
    usage: Usage


def with_reply(plan: Plan, question: Question, reply: Reply) -> Plan:
    """What the rules were sure of stands; what the model quotes is no longer unused, what it made up is."""
    fills = {field.key: field.fills for field in question.fields}
    added = {fills[key]: value for key, value in reply.values.items()}
    quoted = " ".join(reply.quotes.values())
    left = [unused for unused in plan.unused if not unused.value or unused.value not in quoted]
    return plan.model_copy(update={"values": added | plan.values, "unused": left + reply.doubted})
