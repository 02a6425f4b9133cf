"""Forms that are read here and refused elsewhere: who refuses them, and one command that mends each.

Who refuses was tried with OpenSSL 3.0, GnuTLS 3.7, NSS 3.87, keytool of OpenJDK 17 and `cryptography` 50.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from types import MappingProxyType

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.forms import Form

_ALL = ("OpenSSL", "GnuTLS", "NSS", "Java", "cryptography")
_MENDED: Mapping[Form, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        Form.UTF_16: (_ALL, "iconv -f UTF-16 -t UTF-8 {} > NEW.pem"),
        Form.MARK: (("Java",), r"sed '1s/^\xEF\xBB\xBF//' {} > NEW.pem"),
        Form.ESCAPED: (_ALL, r"sed 's/\\r//g; s/\\n/\n/g' {} > NEW.pem"),
        Form.INDENTED: (("OpenSSL", "Java"), r"sed 's/^[ \t]*//' {} > NEW.pem"),
        Form.GLUED: (("OpenSSL", "Java"), r"sed 's/----------BEGIN/-----\n-----BEGIN/g' {} > NEW.pem"),
        Form.BARE: (_ALL, "base64 -d {} > NEW.der"),
        Form.NO_END: (_ALL, r"sed '$a-----END CERTIFICATE-----' {} > NEW.pem"),
        Form.END_DIFFERS: (
            ("OpenSSL", "Java", "cryptography"),
            r"sed 's/-----END .*-----/-----END CERTIFICATE-----/' {} > NEW.pem",
        ),
        Form.SETTINGS: (("GnuTLS", "cryptography"), "openssl x509 -in {} -out NEW.pem"),
        Form.CONCATENATED: (("GnuTLS", "NSS", "cryptography"), "openssl storeutl -certs {} > NEW.pem"),
        Form.TRAILING: (("GnuTLS", "NSS", "cryptography"), "openssl x509 -in {} -out NEW.pem"),
        Form.RC2: (("OpenSSL 3",), "openssl pkcs12 -legacy -in {} -out NEW.pem"),
    }
)
_LIGHT = (Form.SETTINGS, Form.TRAILING, Form.MARK, Form.RC2)


def finding_of(form: Form, source: str) -> Finding:
    """Return what is told of a form."""
    refused_by, command = _MENDED[form]
    evidence = {
        "form": form.value,
        "refused_by": refused_by,
        "command": command.format(shlex.quote(source)),
    }
    weight = Severity.NOTE if form in _LIGHT else Severity.WARNING
    return Finding(Code.ODD_FORM, source, evidence, weight)
