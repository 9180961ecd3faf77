"""What an archive is made of, as a CycloneDX document: a component for each wheel and jar, with version, licence and digest."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from jobs import __version__

_LONGEST_LICENCE = 100
"""Characters: some packages put the whole text into the field."""


def bill_of_materials(wheels: Iterable[Path], jars: Iterable[Path]) -> str:
    """The document as JSON, valid by CycloneDX' own schema; of the same files the same components. Raises ValueError for one that is not."""
    bom = Bom(components=[*map(_of_wheel, wheels), *map(_of_jar, jars)])
    bom.metadata.component = Component(name="mingjing", version=__version__, type=ComponentType.APPLICATION, bom_ref="mingjing")
    bom.register_dependency(bom.metadata.component, bom.components)
    content: str = JsonV1Dot6(bom).output_as_string(indent=1)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(content):
        raise ValueError(f"the bill of materials is not valid: {error}")
    return content + "\n"


def metadata_of(path: Path) -> Message:
    """What a wheel says of itself."""
    with zipfile.ZipFile(path) as wheel:
        told = next(name for name in wheel.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(wheel.read(told).decode("utf-8", errors="replace"))


def _of_wheel(path: Path) -> Component:
    metadata = metadata_of(path)
    name, version = str(metadata["Name"]), str(metadata["Version"])
    licence = str(metadata["License-Expression"] or metadata["License"] or "").strip()
    classified = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if line.startswith("License ::")]
    if not licence or len(licence) > _LONGEST_LICENCE or "\n" in licence:
        licence = " / ".join(classified)
    return Component(
        name=name,
        version=version,
        purl=PackageURL("pypi", name=name.lower().replace("_", "-"), version=version, qualifiers={"file_name": path.name}),
        bom_ref=path.name,
        type=ComponentType.LIBRARY,
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        hashes=[_digest(path)],
    )


def _of_jar(path: Path) -> Component:
    group, _, artifact = path.stem.partition("_")
    name, _, version = artifact.rpartition("-")
    return Component(
        name=name,
        group=group,
        version=version,
        purl=PackageURL("maven", namespace=group, name=name, version=version),
        bom_ref=path.name,
        type=ComponentType.LIBRARY,
        hashes=[_digest(path)],
    )


def _digest(path: Path) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(path.read_bytes()).hexdigest())
