"""A server's TLS settings with a certificate that no authority has signed."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest


def self_signed_tls(folder: Path, address: str = "127.0.0.1") -> ssl.SSLContext:
    """Return the TLS settings of a server at *address*; skip the test if the command openssl is missing."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command to make a certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName=IP:{address}"]
    command = ["openssl", "req", "-x509", *curve, "-keyout", key, "-out", cert, "-days", "2", *names]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    key.unlink()
    cert.unlink()
    return context
