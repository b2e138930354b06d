"""The error tree: as its docstring draws it, one code each, whole after a pickle, a status for each on the wire."""

from __future__ import annotations

import inspect
import pickle
import re
from collections import Counter

import pytest

from durable_edits import errors
from durable_edits.contracts import Problem
from durable_edits.errors import MESSAGE_LIMIT, EditsError
from gateway.errors import HTTP_STATUS, http_status, problem_status

# The branch and its most common leaf are one word on the wire: a client that knows the leaf knows the branch.
SHARED_CODES: dict[str, set[type[EditsError]]] = {
    "internal_error": {errors.EditsError, errors.InternalError},
    "invalid_document": {errors.DocumentError, errors.InvalidDocument},
}


def every_class() -> list[type[EditsError]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, EditsError)]


def walked(root: type[EditsError]) -> list[type[EditsError]]:
    """The class and everything below it, wherever it is defined."""
    return [root, *(kind for child in root.__subclasses__() for kind in walked(child))]


def drawn_tree() -> dict[str, str | None]:
    """Name -> parent's name, as the module's docstring shows it."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    (?P<bars>(?:│   |    )*(?:[├└]── )?)(?P<name>[A-Z]\w+)", line)
        if match is not None:
            depth = len(match["bars"]) // 4
            parents[match["name"]] = above[depth - 1] if depth else None
            above[depth:] = [match["name"]]
    return parents


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    real = {kind.__name__: kind.__bases__[0].__name__ if kind is not EditsError else None for kind in every_class()}

    assert drawn_tree() == real


def test_no_two_classes_share_a_code_unless_they_mean_to() -> None:
    classes = every_class()
    counts = Counter(kind.code for kind in classes)

    shared = {code: {kind for kind in classes if kind.code == code} for code, count in counts.items() if count > 1}

    assert shared == SHARED_CODES


def test_codes_are_words_of_the_wire() -> None:
    odd = [kind.code for kind in every_class() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)]

    assert odd == []


def test_what_is_ours_to_mend_may_be_tried_again_and_so_may_who_is_silent_and_who_was_too_fast() -> None:
    retryable = {kind for kind in every_class() if kind.retryable}

    ours = {kind for kind in every_class() if issubclass(kind, errors.InfrastructureError)}
    assert retryable == ours | {errors.FetchUnreachable, errors.ModelUnavailable, errors.RateLimited}


@pytest.mark.parametrize("kind", every_class(), ids=lambda kind: kind.__name__)
def test_an_error_comes_whole_out_of_another_process(kind: type[EditsError]) -> None:
    sent = kind("Send a smaller document.", limit=3, keys=["a", "b"])

    came = pickle.loads(pickle.dumps(sent))  # noqa: S301

    assert (type(came), came.message, came.details, str(came)) == (kind, sent.message, sent.details, str(sent))


def test_a_note_on_an_error_survives_the_journey_too() -> None:
    sent = errors.EngineCrashed("The engine died.")
    sent.add_note("while reading")

    came = pickle.loads(pickle.dumps(sent))  # noqa: S301

    assert came.__notes__ == ["while reading"]


def test_a_long_message_is_cut_for_the_history() -> None:
    error = EditsError("x" * 5 * MESSAGE_LIMIT)

    assert (len(error.message), error.message[-1]) == (MESSAGE_LIMIT, "…")


@pytest.mark.parametrize("kind", every_class(), ids=lambda kind: kind.__name__)
def test_every_class_has_a_status_that_fits_whose_fault_it_is(kind: type[EditsError]) -> None:
    status = http_status(kind)

    theirs = (
        errors.InvalidRequest,
        errors.Unauthorized,
        errors.LinkInvalid,
        errors.Expired,
        errors.NotFound,
        errors.Conflict,
        errors.RateLimited,
        errors.DocumentError,
        errors.ModelAnswerInvalid,  # theirs to mend: the same question again would be paid for and fail again
        errors.DocumentUnavailable,
        errors.InstructionsError,
        errors.EngineCrashed,
        errors.EditIdTaken,
    )
    assert status // 100 == (4 if issubclass(kind, theirs) else 5)


@pytest.mark.parametrize("kind", walked(EditsError), ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_is_in_the_table_by_itself_or_by_its_branch(kind: type[EditsError]) -> None:
    branch = [ancestor for ancestor in kind.__mro__ if issubclass(ancestor, EditsError)]

    assert any(ancestor in HTTP_STATUS for ancestor in branch[:-1] or branch)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.InvalidRequest, 422),
        (errors.BadRequest, 400),
        (errors.Unauthorized, 401),
        (errors.LinkInvalid, 403),
        (errors.LinkExpired, 410),
        (errors.UploadExpired, 410),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.IdempotencyConflict, 409),
        (errors.RateLimited, 429),
        (errors.RequestTooLarge, 413),
        (errors.DocumentTooLarge, 413),
        (errors.FetchRefused, 400),
        (errors.InvalidDataUrl, 422),
        (errors.NothingToFill, 422),
        (errors.DeadlineExceeded, 504),
        (errors.TimedOut, 504),
        (errors.CatalogUnavailable, 503),
        (errors.InternalError, 500),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_statuses_clients_rely_on(kind: type[EditsError], status: int) -> None:
    assert http_status(kind) == status


@pytest.mark.parametrize(
    "kind", [k for k in every_class() if k.code not in SHARED_CODES], ids=lambda kind: kind.__name__
)
def test_a_stored_failure_has_the_status_of_its_class(kind: type[EditsError]) -> None:
    stored = Problem(code=kind.code, message="…")

    assert problem_status(stored) == http_status(kind)


def test_a_shared_code_is_read_as_the_branch_and_the_leaf_alike() -> None:
    disagreeing = {
        code
        for code, kinds in SHARED_CODES.items()
        for kind in kinds
        if problem_status(Problem(code=code, message="…")) != http_status(kind)
    }

    assert disagreeing == set()


def test_a_code_from_a_newer_release_is_a_server_error() -> None:
    assert problem_status(Problem(code="unheard_of", message="…")) == 500
