"""A software TPM, made as virtual machines get theirs: swtpm_setup makes its keys, swtpm_localca certifies them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from support.running import need_program

PACKAGE = "swtpm-tools"
MAKER, MODEL, VERSION = "id:00001014", "swtpm", "id:20191023"
"""What libtpms says of the TPM that it is: IBM's PCI vendor id, and the firmware it was written after."""


@dataclass(frozen=True)
class SoftwareTpm:
    """A TPM whose maker is its own CA.

    Args:
        folder: `root.pem` and `maker.pem` are the maker's CAs, `rsa.cer` and `ec.cer` the endorsement keys' certificates.
    """

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> SoftwareTpm:
        """Skips where the program is missing."""
        setup = need_program(PACKAGE, "swtpm_setup")
        folder.mkdir()
        (folder / "state").mkdir()
        (folder / "ca.conf").write_text(
            f"statedir = {folder}/ca\nsigningkey = {folder}/ca/key.pem\n"
            f"issuercert = {folder}/ca/maker.pem\ncertserial = {folder}/ca/serial\n"
        )
        (folder / "ca.options").write_text("")
        (folder / "setup.conf").write_text(
            f"create_certs_tool = {need_program(PACKAGE, 'swtpm_localca')}\n"
            f"create_certs_tool_config = {folder}/ca.conf\ncreate_certs_tool_options = {folder}/ca.options\n"
        )
        made = cls(folder)
        made.run(
            *(setup, "--tpm2", "--tpmstate", "state", "--create-ek-cert", "--overwrite"),
            *("--config", "setup.conf", "--write-ek-cert-files", str(folder)),
        )
        for name, given in {
            "root.pem": "ca/swtpm-localca-rootca-cert.pem",
            "maker.pem": "ca/maker.pem",
            "rsa.cer": "ek-rsa2048.crt",
            "ec.cer": "ek-secp384r1.crt",
        }.items():
            (folder / name).write_bytes((folder / given).read_bytes())
        return made

    def certify_platform(self, name: str) -> None:
        """Write the platform certificate of the same TPM, by the same CA: it is about the board, not about the key."""
        key = x509.load_der_x509_certificate((self.folder / "rsa.cer").read_bytes()).public_key()
        assert isinstance(key, RSAPublicKey)
        self.run(
            *(need_program(PACKAGE, "swtpm_cert"), "--type", "platform", "--tpm2", "--days", "100"),
            *("--modulus", f"{key.public_numbers().n:x}", "--exponent", "65537", "--serial", "9"),
            *("--tpm-manufacturer", MAKER, "--tpm-model", MODEL, "--tpm-version", VERSION),
            *("--signkey", "ca/key.pem", "--issuercert", "ca/maker.pem", "--out-cert", name),
            *("--platform-manufacturer", "Example", "--platform-model", "Board", "--platform-version", "1"),
        )

    def run(self, *argv: str) -> None:
        """Run one of its programs, with nothing of this user's own configuration."""
        beside = {**os.environ, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        done = subprocess.run(
            argv, cwd=self.folder, env=beside, capture_output=True, text=True, check=False, timeout=120
        )
        assert 0 == done.returncode, done.stdout + done.stderr
