"""Strings and streams of an encrypted document (ISO 32000-2, 7.6): read, and written under the key it already has."""

from __future__ import annotations

import hashlib
import warnings

from pypdf._encryption import CryptFilter, Encryption

with warnings.catch_warnings():  # RC4 is old; documents are older
    warnings.simplefilter("ignore")
    from pypdf._crypt_providers import aes_cbc_encrypt, rc4_encrypt

BLOCK = 16


class Cipher:
    """The keys of one document that has been opened."""

    def __init__(self, encryption: Encryption) -> None:
        self._encryption = encryption
        self._last = (0, 0), encryption._make_crypt_filter(0, 0)

    def decrypt_string(self, number: int, generation: int, raw: bytes) -> bytes:
        return bytes(self._filters(number, generation).str_crypt.decrypt(raw, strict=False))

    def decrypt_stream(self, number: int, generation: int, raw: bytes) -> bytes:
        return bytes(self._filters(number, generation).stm_crypt.decrypt(raw, strict=False))

    def encrypt_string(self, number: int, generation: int, raw: bytes) -> bytes:
        return self._encrypt(self._encryption.StrF, number, generation, raw)

    def encrypt_stream(self, number: int, generation: int, raw: bytes) -> bytes:
        return self._encrypt(self._encryption.StmF, number, generation, raw)

    def _encrypt(self, method: str, number: int, generation: int, raw: bytes) -> bytes:
        if method == "/Identity":
            return raw
        key = self._key(number, generation, method)
        if method == "/V2":
            return rc4_encrypt(key, raw)
        # Not random, so that the same request gives the same bytes; differs with what is encrypted and with the key.
        start = hashlib.sha256(key + raw).digest()[:BLOCK]
        padding = BLOCK - len(raw) % BLOCK
        return start + aes_cbc_encrypt(key, start, raw + bytes((padding,)) * padding)

    def _key(self, number: int, generation: int, method: str) -> bytes:
        """Algorithm 1; from AES-256 on the document's key is that of every object."""
        encryption = self._encryption
        key: bytes = encryption._key or b""
        if encryption.V >= 5:
            return key
        length = 5 if encryption.V == 1 else encryption.Length // 8
        salted = key[:length] + (number & 0xFFFFFF).to_bytes(3, "little") + (generation & 0xFFFF).to_bytes(2, "little")
        salted += b"sAlT" if method == "/AESV2" else b""
        return hashlib.md5(salted, usedforsecurity=False).digest()[: min(length + 5, 16)]

    def _filters(self, number: int, generation: int) -> CryptFilter:
        """An object's strings are read one after the other."""
        if self._last[0] != (number, generation):
            self._last = (number, generation), self._encryption._make_crypt_filter(number, generation)
        return self._last[1]
