"""Each odd form says who refuses it and what mends it."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Lang, Severity, remedy, title
from warifu.domain.x509.content import Content
from warifu.domain.x509.forms import Form
from warifu.domain.x509.oddities import findings_of, misfit_of


@pytest.mark.parametrize("form", Form)
def test_every_form_is_told_in_both_languages(form: Form) -> None:
    """With a command that names the file as a shell reads it, and at least one program that refuses it."""
    (found,) = findings_of([form], "my file.pem", 7)
    assert "'my file.pem'" in str(found.evidence["command"])
    assert found.evidence["refused_by"]
    assert found.severity in (Severity.NOTE, Severity.WARNING)
    assert form.value not in title(found, Lang.JA)
    for lang in Lang:
        assert "'my file.pem'" in remedy(found, lang)


@pytest.mark.parametrize(
    ("forms", "is_bare", "command"),
    [
        (
            [Form.INDENTED, Form.MARK],
            False,
            r"cat a | sed '1s/^\xEF\xBB\xBF//' | sed 's/^[ \t]*//' > NEW.pem",
        ),
        ([Form.TRAILING], False, "cat a | head -c 9 > NEW.der"),
        ([Form.CONCATENATED], False, "openssl storeutl a > NEW.pem"),
        (
            [Form.CONCATENATED, Form.TRAILING],
            False,
            "cat a | head -c 9 > NEW && openssl storeutl NEW > NEW.pem",
        ),
        (
            [Form.RC2, Form.TRAILING],
            False,
            "cat a | head -c 9 > NEW && openssl pkcs12 -legacy -in NEW -out NEW.pem",
        ),
        ([Form.RC2], False, "openssl pkcs12 -legacy -in a -out NEW.pem"),
        ([Form.MARK, Form.MIXED], False, "(head -c 9 > NEW-1; cat > NEW-2) < a"),
    ],
)
def test_one_command_undoes_all_that_is_odd(forms: list[Form], is_bare: bool, command: str) -> None:
    """In the order in which it is undone when read; what mixes DER and PEM is divided first."""
    found = findings_of(forms, "a", 9, is_bare=is_bare)
    assert [command] * len(forms) == [one.evidence["command"] for one in found]


@pytest.mark.parametrize(("is_bare", "name"), [(True, "NEW.der"), (False, "NEW.pem")])
def test_what_base64_says_is_named_by_what_it_is(is_bare: bool, name: str) -> None:
    """DER, or PEM that was encoded once more."""
    (found,) = findings_of([Form.BARE], "a", is_bare=is_bare)
    assert str(found.evidence["command"]).endswith(f"> {name}")


@pytest.mark.parametrize(
    ("forms", "begun"), [([], "awk "), ([Form.END_DIFFERS], "awk "), ([Form.MARK], "cat ")]
)
@pytest.mark.parametrize("kind", [kind for kind in Content if kind is not Content.OTHER])
def test_a_misfit_is_told_with_what_writes_that_very_block(
    kind: Content, forms: list[Form], begun: str
) -> None:
    """Whatever lies there has a command of its own; only what is odd about lines is undone before it."""
    found = misfit_of(kind, "PKCS7", 9, "my file.pem", number=3, forms=forms)
    command = str(found.evidence["command"])
    assert command.startswith(begun)
    assert "'my file.pem'" in command
    assert "n==3)" in command
    assert "NEW." in command
