"""The one place that speaks to model providers: a question in, believed values out, errors of the tree.

Retries are Temporal's: each call here is one request, and up to REPAIRS more where the answer is not one. Keys and
addresses come from the providers' own variables (OPENAI_API_KEY, ANTHROPIC_API_KEY, …).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_edits.errors import ModelAnswerInvalid, ModelError, ModelRefused, ModelUnavailable, ModelUnknown
from durable_edits.form import Unused
from durable_edits.models.answer import BadAnswer, Entry, answer_schema, read_answer
from durable_edits.models.names import ModelName
from durable_edits.models.question import ORDERS, Question
from durable_edits.models.reply import Reply, Usage
from durable_edits.models.support import Said

if TYPE_CHECKING:
    from pydantic_ai.models import Model

NO_KEY = "none"  # servers of one's own often want none, and their library wants some
REPAIRS = 2  # rounds in which a model may mend an answer that is none
# Seconds. A provider that is slower than that is not answering: the request is made again, by the workflow.
REQUEST_TIMEOUT = 120.0


@dataclass(frozen=True)
class Provider:
    """One model, ready to be asked."""

    name: ModelName

    async def ask(self, question: Question) -> Reply:
        """Raises ModelUnavailable (worth another try), ModelRefused, ModelUnknown, ModelAnswerInvalid."""
        from pydantic_ai import Agent, ModelRetry, NativeOutput, PromptedOutput, StructuredDict
        from pydantic_ai.exceptions import AgentRunError, UserError

        model = self._model()
        kind = StructuredDict(answer_schema(question))
        native = bool(model.profile.get("supports_json_schema_output"))
        agent = Agent(
            model,
            output_type=NativeOutput(kind) if native else PromptedOutput(kind),
            instructions=ORDERS,
            retries=REPAIRS,
        )

        @agent.output_validator
        def check(said: dict[str, Any]) -> dict[str, Any]:
            try:
                read_answer(question, said)
            except BadAnswer as error:
                raise ModelRetry(str(error)) from error
            return said

        settings: Any = {"request_timeout": REQUEST_TIMEOUT, "max_retries": 0}
        try:
            result = await agent.run(question.text(), model_settings=settings)
        except (AgentRunError, UserError) as error:
            raise _problem(self.name, error) from error
        spent = result.usage
        usage = Usage(
            requests=spent.requests,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            cost=spent.cost,
        )
        return _reply(question, read_answer(question, result.output), usage)

    def _model(self) -> Model:
        from pydantic_ai.exceptions import UserError
        from pydantic_ai.models import infer_model

        try:
            if self.name.url is None:
                return infer_model(f"{self.name.provider}:{self.name.model}")
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

            key = os.environ.get("OPENAI_API_KEY") or NO_KEY
            server = OpenAICompatibleProvider("openai-compatible", base_url=self.name.url, api_key=key)
            return OpenAIChatModel(self.name.model, provider=server)
        except (UserError, ImportError) as error:
            raise ModelUnknown(
                f"{self.name} cannot be asked from here: {error}. See EDITS_MODELS and the provider's own variables."
            ) from error


def _reply(question: Question, entries: list[Entry], usage: Usage) -> Reply:
    fields = {field.key: field for field in question.fields}
    said = Said(question.instructions)
    reply = Reply(values={}, quotes={}, doubted=[], usage=usage)
    for entry in entries:
        doubt = said.doubt(entry, fields[entry.key])
        if doubt:
            reply.doubted.append(Unused(label=entry.key, value=entry.value, reason=doubt))
        else:
            reply.values[entry.key] = entry.value
            reply.quotes[entry.key] = entry.quote
    return reply


def _problem(name: ModelName, error: Exception) -> ModelError:
    """What the provider's library raised, as an error of the tree; its text may hold document text, and stays out."""
    from pydantic_ai import exceptions as theirs

    status = f" (HTTP {error.status_code})" if isinstance(error, theirs.ModelHTTPError) else ""
    if isinstance(error, theirs.ModelAuthenticationError):
        return ModelRefused(f"{name} refuses the key{status}; set the provider's key for the workers.")
    if isinstance(error, theirs.ModelQuotaExceededError):
        return ModelRefused(f"The account for {name} has no quota left{status}; top it up, then send the edit again.")
    if isinstance(error, theirs.ModelNotFoundError):
        return ModelUnknown(f"The provider has no model {name}{status}; correct EDITS_MODELS.")
    if isinstance(error, theirs.ModelRequestRejectedError | theirs.ContentFilterError):
        return ModelRefused(f"{name} rejects the question{status}; use another model, or shorter instructions.")
    if isinstance(error, theirs.ModelAPIError):
        waiting = {} if error.retry_after is None else {"retry_after": error.retry_after}
        return ModelUnavailable(f"{name} does not answer{status}; it is asked again.", **waiting)
    return ModelAnswerInvalid(
        f"{name} gave no usable answer in {REPAIRS + 1} rounds; use another model, or name the fields by their keys."
    )
