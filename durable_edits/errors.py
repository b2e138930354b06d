"""Everything that can go wrong with an edit, as one tree.

    EditsError
    ├── InvalidRequest              the call itself is wrong; nothing was started
    │   ├── BadRequest
    │   ├── UnsupportedDocument
    │   ├── RequestTooLarge
    │   ├── RequestHeadersTooLarge
    │   ├── RequestTimeout          its body came too slowly
    │   ├── UploadIncomplete        completed before its bytes have come
    │   └── UploadMismatch          other bytes came than were declared
    ├── Unauthorized                no key, or a wrong one
    ├── LinkInvalid                 a signed link that nobody here has signed
    ├── Expired
    │   ├── LinkExpired
    │   └── UploadExpired
    ├── NotFound                    no such edit, file or template for this organization
    ├── Conflict                    the id or key is already in use
    │   └── IdempotencyConflict     the Idempotency-Key is another request's
    ├── RateLimited                 over EDITS_RATE_LIMIT
    ├── DocumentError               this document cannot be filled; trying again does not help
    │   ├── InvalidDocument         not a PDF, or damaged beyond reading
    │   ├── DocumentEncrypted
    │   ├── DocumentWithoutPages
    │   ├── DocumentWithoutFields
    │   ├── DocumentTooLarge
    │   ├── DocumentTooManyPages
    │   ├── DocumentTooComplex      over the child's memory or processor limit
    │   └── FillTimedOut            over EDITS_FILL_TIMEOUT
    ├── DocumentUnavailable         the document's URL gave no document
    │   ├── InvalidDataUrl
    │   ├── FetchRefused            an address, scheme or host that is not allowed
    │   ├── FetchFailed             the other side answered with an error, or too much
    │   └── FetchUnreachable        no answer (retried)
    ├── InstructionsError
    │   ├── InstructionsEmpty
    │   └── NothingToFill           no instruction matched a field
    ├── ModelError                  of a language model's provider
    │   ├── ModelUnavailable        no answer, too many requests, a fault of its own (retried: the edit waits)
    │   ├── ModelRefused            the key or the account is refused, or the question is
    │   ├── ModelUnknown            no such model, or no such provider here
    │   └── ModelAnswerInvalid      it answered, and never with what was asked for
    ├── RunError                    the run ended without our code's last word
    │   ├── Terminated
    │   ├── DeadlineExceeded        over EDITS_DEADLINE
    │   ├── TimedOut                a template's document was read by nobody in time
    │   ├── NotStarted
    │   ├── RunLost
    │   └── EditIdTaken
    └── InfrastructureError         ours to mend; retried
        ├── TemporalUnavailable
        ├── CatalogUnavailable
        ├── BlobsUnavailable
        ├── BlobMissing
        ├── PayloadUnreadable       encrypted with a key that is not here
        ├── StepGivenUp             a worker came too late with it, and nobody reads this
        ├── EngineCrashed           the child process died without an answer
        └── InternalError

`code` is the word on the wire, in Temporal's failure type and in the catalog; it never changes once released.
`message` tells the reader what to do next. `retryable` says whether the same call can succeed later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

MESSAGE_LIMIT = 1_000  # characters; a failure rides in Temporal's history, which is kept under 10 KB


class EditsError(Exception):
    """The root. `details` is JSON: numbers and names a program may act on, never document text."""

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **details: Any) -> None:
        self.message = message if len(message) <= MESSAGE_LIMIT else message[: MESSAGE_LIMIT - 1] + "…"
        self.details: dict[str, Any] = details
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Programs that run the engine in a pool of processes get errors back by pickle, which drops keyword arguments.
        return _rebuild, (type(self), self.message, self.details), self.__dict__.copy()


def _rebuild(kind: type[EditsError], message: str, details: dict[str, Any]) -> EditsError:
    return kind(message, **details)


def from_code(code: str, message: str, details: dict[str, Any] | None = None) -> EditsError:
    """The error that was stored, or came through Temporal, by its code."""
    kind = next((each for each in _walk(EditsError) if each.code == code), InternalError)
    return kind(message, **(details or {}))


def _walk(kind: type[EditsError]) -> Iterator[type[EditsError]]:
    for child in kind.__subclasses__():
        yield from _walk(child)
    yield kind


class InvalidRequest(EditsError):
    code = "invalid_request"


class BadRequest(InvalidRequest):
    code = "bad_request"


class UnsupportedDocument(InvalidRequest):
    code = "unsupported_document"


class RequestTooLarge(InvalidRequest):
    code = "request_too_large"


class RequestHeadersTooLarge(InvalidRequest):
    code = "request_headers_too_large"


class RequestTimeout(InvalidRequest):
    code = "request_timeout"


class Unauthorized(EditsError):
    code = "unauthorized"


class UploadIncomplete(InvalidRequest):
    code = "upload_incomplete"


class UploadMismatch(InvalidRequest):
    code = "upload_mismatch"


class LinkInvalid(EditsError):
    code = "link_invalid"


class Expired(EditsError):
    code = "expired"


class LinkExpired(Expired):
    code = "link_expired"


class UploadExpired(Expired):
    code = "upload_expired"


class NotFound(EditsError):
    code = "not_found"


class Conflict(EditsError):
    code = "conflict"


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"


class RateLimited(EditsError):
    code = "rate_limited"
    retryable = True


class DocumentError(EditsError):
    code = "invalid_document"


class InvalidDocument(DocumentError):
    code = "invalid_document"


class DocumentEncrypted(DocumentError):
    code = "document_encrypted"


class DocumentWithoutPages(DocumentError):
    code = "document_without_pages"


class DocumentWithoutFields(DocumentError):
    code = "document_without_fields"


class DocumentTooLarge(DocumentError):
    code = "document_too_large"


class DocumentTooManyPages(DocumentError):
    code = "document_too_many_pages"


class DocumentTooComplex(DocumentError):
    code = "document_too_complex"


class FillTimedOut(DocumentError):
    code = "fill_timed_out"


class DocumentUnavailable(EditsError):
    code = "document_unavailable"


class InvalidDataUrl(DocumentUnavailable):
    code = "invalid_data_url"


class FetchRefused(DocumentUnavailable):
    code = "fetch_refused"


class FetchFailed(DocumentUnavailable):
    code = "fetch_failed"


class FetchUnreachable(DocumentUnavailable):
    code = "fetch_unreachable"
    retryable = True


class InstructionsError(EditsError):
    code = "invalid_instructions"


class InstructionsEmpty(InstructionsError):
    code = "instructions_empty"


class NothingToFill(InstructionsError):
    code = "nothing_to_fill"


class ModelError(EditsError):
    code = "model_failed"


class ModelUnavailable(ModelError):
    """`details["retry_after"]`: seconds that the provider asks for, where it does."""

    code = "model_unavailable"
    retryable = True


class ModelRefused(ModelError):
    code = "model_refused"


class ModelUnknown(ModelError):
    code = "model_unknown"


class ModelAnswerInvalid(ModelError):
    code = "model_answer_invalid"


class RunError(EditsError):
    code = "run_failed"


class Terminated(RunError):
    code = "terminated"


class DeadlineExceeded(RunError):
    code = "deadline_exceeded"


class TimedOut(RunError):
    code = "timed_out"


class NotStarted(RunError):
    code = "not_started"


class RunLost(RunError):
    code = "run_lost"


class EditIdTaken(RunError):
    code = "edit_id_taken"


class InfrastructureError(EditsError):
    code = "infrastructure_error"
    retryable = True


class TemporalUnavailable(InfrastructureError):
    code = "temporal_unavailable"


class CatalogUnavailable(InfrastructureError):
    code = "catalog_unavailable"


class BlobsUnavailable(InfrastructureError):
    code = "blobs_unavailable"


class BlobMissing(InfrastructureError):
    code = "blob_missing"


class PayloadUnreadable(InfrastructureError):
    code = "payload_unreadable"


class StepGivenUp(InfrastructureError):
    code = "step_given_up"


class EngineCrashed(InfrastructureError):
    code = "engine_crashed"


class InternalError(InfrastructureError):
    code = "internal_error"


CODES = frozenset(kind.code for kind in _walk(EditsError))
