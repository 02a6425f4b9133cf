"""Containers as today's programs write them: openssl, keytool, NSS; each in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.pki import Entity
from support.running import need_program

PASSWORD = "geheim-1"


@dataclass(frozen=True)
class Workshop:
    """A folder with an identity and its root in plain files, and programs that pack them."""

    folder: Path

    @classmethod
    def of(cls, leaf: Entity, folder: Path) -> Workshop:
        (folder / "key.pem").write_bytes(leaf.key_pem)
        (folder / "chain.pem").write_bytes(leaf.fullchain_pem)
        (folder / "root.pem").write_bytes(leaf.root.pem)
        (folder / "password").write_text(PASSWORD + "\n")
        return cls(folder)

    def run(self, *argv: str, package: str) -> str:
        """Run a program in the folder; skip the test where it is not installed."""
        need_program(package, argv[0])
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "JAVA_TOOL_OPTIONS": ""}
        ran = subprocess.run(
            argv, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False, env=environment
        )
        assert 0 == ran.returncode, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def openssl(self, *arguments: str) -> str:
        return self.run("openssl", *arguments, package="openssl")

    def keytool(self, *arguments: str) -> str:
        return self.run("keytool", *arguments, package="default-jre-headless")

    def bytes_of(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def export(self, name: str, *options: str, password: str = PASSWORD) -> bytes:
        """A PKCS#12 file by openssl."""
        self.openssl(
            *("pkcs12", "-export", "-inkey", "key.pem", "-in", "chain.pem", "-name", "web"),
            *("-passout", f"pass:{password}", "-out", name, *options),
        )
        return self.bytes_of(name)

    def key_store(self, name: str, kind: str, *flags: str) -> bytes:
        """The identity in a key store by keytool, and a root that it trusts."""
        self.export("from.p12")
        self.keytool(
            *flags,
            *("-importkeystore", "-srckeystore", "from.p12", "-srcstorepass", PASSWORD),
            *("-destkeystore", name, "-deststorepass", PASSWORD, "-deststoretype", kind),
        )
        self.trust(name, kind, *flags)
        return self.bytes_of(name)

    def trust(self, name: str, kind: str, *flags: str) -> bytes:
        """A root that a store trusts, by keytool."""
        self.keytool(
            *flags,
            *("-importcert", "-noprompt", "-alias", "the root", "-file", "root.pem"),
            *("-keystore", name, "-storepass", PASSWORD, "-storetype", kind),
        )
        return self.bytes_of(name)

    def nss_export(self, name: str) -> bytes:
        """A PKCS#12 file by NSS, of indefinite length."""
        self.export("for-nss.p12")
        self.run("certutil", "-N", "-d", ".", "--empty-password", package="libnss3-tools")
        self.run("pk12util", "-i", "for-nss.p12", "-d", ".", "-W", PASSWORD, package="libnss3-tools")
        self.run(*("pk12util", "-o", name, "-n", "web", "-d", ".", "-W", PASSWORD), package="libnss3-tools")
        return self.bytes_of(name)
