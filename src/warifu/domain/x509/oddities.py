"""Forms that are read here and refused elsewhere: who refuses them, and one command that mends each.

Who refuses was tried with OpenSSL 3.0, GnuTLS 3.7, NSS 3.87, keytool of OpenJDK 17 and `cryptography` 50. The
commands are filters of GNU's programs and openssl's: where a file is odd in several ways, one goes into the next.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from types import MappingProxyType

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.x509.content import Content
from warifu.domain.x509.forms import Form

_ALL = ("OpenSSL", "GnuTLS", "NSS", "Java", "cryptography")
_REWRITTEN = (  # block by block: its Base64 padded, its END line by its BEGIN line
    'awk \'function e(){while(length(t)%4)t=t"=";print b;print t;sub("BEGIN","END",b);print b;b=t=""}'
    r"/^-----BEGIN /{if(b)e();b=$0;next}/^-----END /{if(b)e();next}b&&!/^[A-Za-z0-9+\/=]*\r?$/{e()}"
    'b{sub(/\\r$/,"");t=t $0;next}{print}END{if(b)e()}\' | fold -w 64'
)
_LINES = r"sed 's/-----BEGIN/\n&/g;s/-----\(BEGIN\|END\) [^-]*-----/&\n/g;s/\(.\)\(-----END\)/\1\n\2/g'"
_SPELT = (
    r"LC_ALL=C sed -E 's/^[^A-Za-z0-9+\/]+(BEGIN|END)[^A-Za-z0-9]*([A-Za-z0-9 #]*[A-Za-z0-9])[^A-Za-z0-9]+$"
    r"/-----\U\1 \2-----/I'"
)
_EACH_DECODED = 'while read -r one || [ -n "$one" ]; do printf %s "$one" | base64 -d; done'
_MENDED: Mapping[Form, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        Form.UTF_16: (_ALL, "iconv -f UTF-16 -t UTF-8"),
        Form.UTF_16_LE: (_ALL, "iconv -f UTF-16LE -t UTF-8"),
        Form.UTF_16_BE: (_ALL, "iconv -f UTF-16BE -t UTF-8"),
        Form.MARK: (("Java",), r"sed '1s/^\xEF\xBB\xBF//'"),
        Form.ZEROS: (("OpenSSL", "NSS", "Java"), r"tr -d '\000'"),
        Form.BARE_CR: (("OpenSSL",), r"tr -s '\r' '\n'"),
        Form.ESCAPED: (_ALL, r"sed 's/\\r//g;s/\\n/\n/g;s/\\\//\//g' | " + _LINES),
        Form.INDENTED: (("OpenSSL", "Java"), r"sed 's/^[ \t]*//'"),
        Form.GLUED: (("OpenSSL", "Java"), r"sed 's/----------BEGIN/-----\n-----BEGIN/g'"),
        Form.DAMAGED_LINES: (
            ("OpenSSL", "GnuTLS", "Java", "cryptography"),
            _SPELT,
        ),
        Form.SHARED_LINES: (
            ("OpenSSL", "NSS", "Java"),
            _LINES + r" | sed '/-----/!s/[ \t]\{1,\}/\n/g' | " + _REWRITTEN,
        ),
        Form.HEADERS: (
            ("OpenSSL", "GnuTLS", "NSS", "Java"),
            r"sed '/-----BEGIN/,/-----END/{/:/,/^\r\{0,1\}$/d}'",
        ),
        Form.END_DIFFERS: (("OpenSSL", "Java", "cryptography"), _REWRITTEN),
        Form.NO_END: (_ALL, _REWRITTEN),
        Form.UNPADDED: (("OpenSSL", "GnuTLS", "cryptography"), _REWRITTEN),
        Form.SEVERAL_IN_BLOCK: (
            _ALL,
            f"{_REWRITTEN.rpartition(' | ')[0]} | sed -n '/^-----BEGIN/{{n;p}}' | {_EACH_DECODED}",
        ),
        Form.SETTINGS: (("GnuTLS", "cryptography"), ""),
        Form.BARE: (_ALL, r"tr -d '\r\n' | sed 's/=\{1,\}/&\n/g' | " + _EACH_DECODED),
        Form.TRAILING: (("GnuTLS", "NSS", "cryptography"), "head -c {place}"),
        Form.CONCATENATED: (("GnuTLS", "NSS", "cryptography"), ""),
        Form.MIXED: (("GnuTLS", "NSS", "cryptography"), "(head -c {place} > NEW-1; cat > NEW-2)"),
        Form.RC2: (("OpenSSL 3",), ""),
    }
)
_WRITTEN: Mapping[Content, str] = MappingProxyType(
    {
        Content.CERTIFICATE: "openssl x509 -inform DER -out NEW.pem",
        Content.REQUEST: "openssl req -inform DER -out NEW.pem",
        Content.CRL: "openssl crl -inform DER -out NEW.pem",
        Content.PKCS7: "openssl pkcs7 -inform DER -print_certs -out NEW.pem",
        Content.PKCS12: "cat > NEW.p12",
        Content.KEY: "openssl pkey -inform DER -out NEW.key",
        Content.ENCRYPTED_KEY: (
            "(umask 077; base64 -w 64 | sed -e '1i -----BEGIN ENCRYPTED PRIVATE KEY-----' "
            "-e '$a -----END ENCRYPTED PRIVATE KEY-----' > NEW.key)"
        ),
        Content.PUBLIC_KEY: "openssl pkey -pubin -inform DER -out NEW.pem",
    }
)  # what writes the DER of each kind as what it is; openssl makes a key's file for its owner alone
_LIGHT = (Form.SETTINGS, Form.TRAILING, Form.MARK, Form.RC2)
_OF_LINES = tuple(Form)[: tuple(Form).index(Form.HEADERS)]
_LISTED = (Form.SEVERAL_IN_BLOCK, Form.SETTINGS, Form.CONCATENATED)


def findings_of(
    forms: Collection[Form], source: str, place: int = 0, *, is_bare: bool = False
) -> list[Finding]:
    """Return what is told of each form of a file, with the one command that undoes all of them.

    Args:
        place: how many bytes stand before what is odd, where the form has a place.
        is_bare: what Base64 without the lines around it says is DER.
    """
    command = _command_of(forms, source, place, is_bare=is_bare)
    return [_finding_of(form, source, command) for form in forms]


def misfit_of(
    kind: Content, label: str, offset: int, source: str, *, number: int, forms: Collection[Form]
) -> Finding:
    """Return what is told of a block that holds another kind than its label says.

    The command takes the block by its number and goes by its content alone: a label changed by hand over the whole file
    would be wrong for the blocks that are right.

    Args:
        number: of its BEGIN line in the file, from 1.
        forms: what was odd about the file; what was so about its lines is undone first.
    """
    odd = [form for form in forms if form in _OF_LINES]
    awk = f"awk '/-----BEGIN .*-----/&&(f=++n=={number})*0||/-----END /&&(f=0)||f&&!/-----|:/'"
    begun = f"{_pipe_of(odd, source, 0)} | {awk}" if odd else f"{awk} {shlex.quote(source)}"
    command = f"{begun} | base64 -di | {_WRITTEN[kind]}"
    evidence = {"label": label, "kind": kind.value, "offset": offset, "command": command}
    return Finding(Code.LABEL_MISFIT, source, evidence, Severity.WARNING)


def _finding_of(form: Form, source: str, command: str) -> Finding:
    evidence = {"form": form.value, "refused_by": _MENDED[form][0], "command": command}
    weight = Severity.NOTE if form in _LIGHT else Severity.WARNING
    return Finding(Code.ODD_FORM, source, evidence, weight)


def _command_of(forms: Collection[Form], source: str, place: int, *, is_bare: bool) -> str:
    file = shlex.quote(source)
    if Form.MIXED in forms:
        return f"{_MENDED[Form.MIXED][1]} < {file}".replace("{place}", str(place))
    pipe = _pipe_of(forms, source, place)
    last = "openssl storeutl {} > NEW.pem" if any(form in forms for form in _LISTED) else ""
    if Form.RC2 in forms:
        last = "openssl pkcs12 -legacy -in {} -out NEW.pem"
    if last:  # openssl finds one object alone in a pipe
        return last.format(file) if pipe == f"cat {file}" else f"{pipe} > NEW && {last.format('NEW')}"
    return f"{pipe} > NEW.{'der' if is_bare or Form.TRAILING in forms else 'pem'}"


def _pipe_of(forms: Collection[Form], source: str, place: int) -> str:
    """Return what prints a file with every form undone for which there is a filter."""
    steps = dict.fromkeys(_MENDED[form][1].replace("{place}", str(place)) for form in Form if form in forms)
    return " | ".join((f"cat {shlex.quote(source)}", *(step for step in steps if step)))
