"""Answers with a body of a model's."""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel


def json_answer(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status_code=status, media_type="application/json")
