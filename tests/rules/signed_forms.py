"""Documents that somebody signed, and what may still be changed in them."""

from __future__ import annotations

from tests.made_forms import FIRST, document, made_form, place, stream, text
from tests.rules.document_forms import OTHER
from tests.rules.rule import rule
from tests.rules.sources import edited, objects_of


def certified(permission: int) -> bytes:
    """Signed by its author, who allows nothing (1), filling in (2), or remarks too (3)."""
    reference = (
        f"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P {permission} /V /1.2 >> >>]"
    )
    return _signed(reference, perms=True)


def certified_with_xfa() -> bytes:
    """Filling in is allowed; the form has an XFA, and asks viewers to draw."""
    form = certified(2)
    entries = b"/SigFlags 3 /NeedAppearances true /XFA [(template) 99 0 R]"
    packet = stream("<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'></xdp:xdp>")
    return document({**objects_of(edited(form, (b"/SigFlags 3", entries))), 99: packet})


def locked(how: str, names: str) -> bytes:
    """Signed, with the fields that the signature locks: /All, /Include or /Exclude of names."""
    params = f"<< /Type /TransformParams /V /1.2 /Action /{how} /Fields [{names}] >>"
    return _signed(f"/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams {params} >>]")


def lock_before_signing() -> bytes:
    """The lock is said by the signature field, which nobody has signed yet."""
    sig = f"<< /T (s) /FT /Sig /Lock << /Type /SigFieldLock /Action /All >> {place((20, 100, 100, 140))} >>"
    return made_form([text("t"), text("other", OTHER), sig])


@rule
def signed() -> bytes:
    return _signed("")


def _signed(reference: str, *, perms: bool = False) -> bytes:
    value = (
        f"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 100 200 300] {reference} "
    )
    value += f"/Contents <{'00' * 64}> >>"
    sig = f"<< /T (s) /FT /Sig /V {FIRST + 3} 0 R {place((20, 100, 100, 140))} >>"
    fields = [text("t"), text("other", OTHER), sig, value]
    catalog = b"/Type /Catalog /Perms << /DocMDP 13 0 R >>" if perms else b"/Type /Catalog"
    changes = (b" 13 0 R] /DA", b"] /DA"), (b"/Type /Catalog", catalog)
    return edited(made_form(fields, acroform="/SigFlags 3"), *changes)
