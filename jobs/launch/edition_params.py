"""Parameters of editions: full lists that leave."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from expectations.conf import Conf

CipherName = Literal["AES-256-GCM", "SM4-GCM"]


class EditionParams(Conf):
    """cipher: of containers. Workbooks and documents are locked as office programs open them, which is AES."""

    cipher: CipherName = Field(description="of what is no workbook and no document: AES-256-GCM, or SM4-GCM (GB/T 32907)")
