"""What signatures in the document forbid (ISO 32000-1, 12.8.2): any change at all, or a change of some fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pypdf.generic import DictionaryObject

from durable_edits.form import FieldKind, Reason
from durable_edits.pdf.document import items, resolved
from durable_edits.pdf.tree import FieldNode, text_of

NO_CHANGES = 1  # /P of a certification; 2 allows filling in


@dataclass(frozen=True, slots=True)
class Lock:
    """`all_but`: whether the names are those that stay free."""

    names: frozenset[str]
    all_but: bool

    def holds(self, key: str) -> bool:
        named = any(key == name or key.startswith(f"{name}.") for name in self.names)
        return named != self.all_but


@dataclass(frozen=True, slots=True)
class Locks:
    """`certified`: by somebody who allows nothing, or filling in and no more; `closed`: who allows nothing."""

    certified: bool
    closed: bool
    fields: tuple[Lock, ...]

    def reason(self, key: str) -> Reason | None:
        """Why a field may not be changed, if so."""
        if self.closed:
            return Reason.CERTIFIED
        return Reason.LOCKED if any(lock.holds(key) for lock in self.fields) else None


def read_locks(root: DictionaryObject, nodes: Iterable[FieldNode]) -> Locks:
    permissions = resolved(root.get("/Perms"), DictionaryObject)
    certificate = resolved(permissions.get("/DocMDP"), DictionaryObject) if permissions is not None else None
    transforms = list(_transforms(certificate, "/DocMDP"))
    closed = any(parameters.get("/P", 2) == NO_CHANGES for parameters in transforms)
    return Locks(bool(transforms), closed, tuple(_field_locks(nodes)))


def _field_locks(nodes: Iterable[FieldNode]) -> Iterator[Lock]:
    for node in nodes:
        signature = resolved(node.values.get("/V"), DictionaryObject)
        if node.kind is not FieldKind.SIGNATURE or signature is None:
            continue  # a lock holds from the signing on
        own = [found for place in node.places if (found := resolved(place.dictionary.get("/Lock"), DictionaryObject))]
        for each in [*_transforms(signature, "/FieldMDP"), *own]:
            names = frozenset(text_of(name) for name in items(each.get("/Fields")))
            match each.get("/Action"):
                case "/All":
                    yield Lock(frozenset(), all_but=True)
                case "/Include":
                    yield Lock(names, all_but=False)
                case "/Exclude":
                    yield Lock(names, all_but=True)


def _transforms(signature: DictionaryObject | None, method: str) -> Iterator[DictionaryObject]:
    for item in items(signature.get("/Reference")) if signature is not None else []:
        reference = resolved(item, DictionaryObject)
        if reference is not None and reference.get("/TransformMethod") == method:
            yield resolved(reference.get("/TransformParams"), DictionaryObject) or DictionaryObject()
