"""A file in a locked container: docs/editions.md tells its format, byte by byte."""

from __future__ import annotations

import os
from datetime import date
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import Field, ValidationError

from expectations.conf import Conf
from jobs.launch.edition_params import CipherName
from jobs.runtime.errors import BadConfiguration

SUFFIX = ".mjc"
MAGIC = b"MINGJING-EDITION-1\n"
_LENGTH, _TAG = 4, 16
_LONGEST_HEADER = 64 << 10
_KEY_BYTES = {"AES-256-GCM": 32, "SM4-GCM": 16}
_CIPHERS = {"AES-256-GCM": algorithms.AES, "SM4-GCM": algorithms.SM4}
_WORK, _BLOCK = 1 << 15, 8
"""Of scrypt: 32 MiB and a tenth of a second a guess."""


class Header(Conf):
    """What stands in front in clear, and cannot be changed without the password. name: of the file inside."""

    cipher: CipherName
    number: int
    recipient: str
    purpose: str
    expires_on: date
    name: str
    kdf: Literal["scrypt"] = "scrypt"
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    nonce: str = Field(pattern=r"^[0-9a-f]{24}$")


def fresh_header(cipher: CipherName, number: int, recipient: str, purpose: str, expires_on: date, name: str) -> Header:
    """With a salt and a nonce of its own."""
    return Header(
        cipher=cipher, number=number, recipient=recipient, purpose=purpose, expires_on=expires_on, name=name,
        salt=os.urandom(16).hex(), nonce=os.urandom(12).hex(),
    )  # fmt: skip


def sealed(content: bytes, header: Header, password: str) -> bytes:
    told = header.model_dump_json().encode()
    front = MAGIC + len(told).to_bytes(_LENGTH, "big") + told
    lock = _cipher(header, password, None).encryptor()
    lock.authenticate_additional_data(front)
    return front + lock.update(content) + lock.finalize() + lock.tag


def header_of(container: bytes) -> Header | None:
    """Null for what is no container. As it stands: only `opened` says whether somebody has changed it."""
    parts = _parts(container)
    return parts and parts[1]


def refuse_other(container: bytes) -> None:
    """Raises BadConfiguration for what is no container: nobody should be asked for a password of it."""
    _parts_of_container(container)


def opened(container: bytes, password: str) -> tuple[Header, bytes]:
    """The header and the file inside. Raises BadConfiguration for what is no container, was changed, or has another password."""
    front, header, body = _parts_of_container(container)
    lock = _cipher(header, password, body[-_TAG:]).decryptor()
    lock.authenticate_additional_data(front)
    try:
        return header, lock.update(body[:-_TAG]) + lock.finalize()
    except InvalidTag:
        raise BadConfiguration(
            "The container does not open: the password is another one, or somebody has changed the file. Type the password again; else "
            "ask for the file as it was handed out. Nothing was written."
        ) from None


def _parts_of_container(container: bytes) -> tuple[bytes, Header, bytes]:
    if (parts := _parts(container)) is None:
        raise BadConfiguration(
            f"This is no container of an edition. Expected a file that ends with {SUFFIX}, as it was handed out."
        )
    return parts


def _parts(container: bytes) -> tuple[bytes, Header, bytes] | None:
    begin = len(MAGIC) + _LENGTH
    if not container.startswith(MAGIC) or len(container) < begin + _TAG:
        return None
    end = begin + int.from_bytes(container[len(MAGIC) : begin], "big")
    if end - begin > _LONGEST_HEADER or len(container) < end + _TAG:
        return None
    try:
        return container[:end], Header.model_validate_json(container[begin:end]), container[end:]
    except ValidationError:
        return None


def _cipher(header: Header, password: str, tag: bytes | None) -> Cipher[modes.GCM]:
    length = _KEY_BYTES[header.cipher]
    key = Scrypt(bytes.fromhex(header.salt), length, _WORK, _BLOCK, 1).derive(password.encode())
    return Cipher(_CIPHERS[header.cipher](key), modes.GCM(bytes.fromhex(header.nonce), tag))
