"""C2PA Content Credentials: who altered which photo, signed into each altered picture, last of all.

The operator names a certificate (C2PA_CERTIFICATE, C2PA_PRIVATE_KEY). Without one, a key and a root of our own lie in
DATA_DIR: such a picture proves that nothing was changed since, and readers that trust our root call it trusted.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

FOLDER: Final = "credentials"
_YEARS: Final = datetime.timedelta(days=3650)
# Thumbnails would add 270 kB to each picture, and nobody may make us fetch anything.
_OPTIONS: Final = {
    "version": 1,
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
}


@dataclass(frozen=True)
class Identity:
    """PEM texts: the certificate with its chain, its private key, and the root to trust (empty: the operator's CA)."""

    chain: str
    key: str
    root: str = ""


def identity() -> Identity:
    """The operator's, else our own, made at its first use. Raises OSError when the operator's files are not there."""
    if settings.C2PA_CERTIFICATE and settings.C2PA_PRIVATE_KEY:
        return Identity(Path(settings.C2PA_CERTIFICATE).read_text(), Path(settings.C2PA_PRIVATE_KEY).read_text())
    return _own(settings.DATA_DIR / FOLDER)


def signed(picture: bytes, parent: bytes, *, source_type: str, said: str, title: str) -> bytes:
    """The JPEG `picture` with credentials: an edit of the JPEG `parent`, of this DigitalSourceType.

    `said` is what was altered. Nothing may touch the bytes afterwards.
    """
    who = identity()
    signer = _signer(who.chain, who.key)
    manifest = {"claim_generator_info": [{"name": "Openhouse"}], "title": title, "format": "image/jpeg"}
    builder = c2pa.Builder(manifest, _context())
    builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
    builder.add_action({"action": "c2pa.edited", "digitalSourceType": source_type, "description": said})
    ingredient = json.dumps({"title": "original.jpg", "relationship": "parentOf"})
    builder.add_ingredient(ingredient, "image/jpeg", io.BytesIO(parent))
    target = io.BytesIO()
    builder.sign(signer, "image/jpeg", io.BytesIO(picture), target)
    return target.getvalue()


@cache
def _signer(chain: str, key: str) -> c2pa.Signer:
    """One for each process and identity."""
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain.encode(), private_key=key.encode(), ta_url=None)
    return c2pa.Signer.from_info(info)


@cache
def _context() -> c2pa.Context:
    return c2pa.Context(settings=c2pa.Settings.from_dict(_OPTIONS))


def _own(folder: Path) -> Identity:
    """Our own identity in `folder`, made when it is not there; of two that make it at once, one wins."""
    if not folder.is_dir():
        made = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=folder.parent))
        try:
            for name, text in vars(_made()).items():
                file = made / f"{name}.pem"
                file.touch(mode=0o600)
                file.write_text(text, encoding="ascii")
            with contextlib.suppress(OSError):  # another process was faster
                os.rename(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return Identity(*((folder / f"{name}.pem").read_text(encoding="ascii") for name in ("chain", "key", "root")))


def _made() -> Identity:
    """A root of ten years and a signing certificate under it, P-256; the profile that C2PA 2.1 asks for."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _named("Openhouse root"), _named("Openhouse")
    authority = (
        _certificate(root_name, root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(name, root_name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    root = authority.public_bytes(pem).decode()
    return Identity(leaf.public_bytes(pem).decode() + root, private, root)


def _named(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Openhouse"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
