"""Each odd form says who refuses it and what mends it."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Lang, Severity, remedy, title
from warifu.domain.x509.forms import Form
from warifu.domain.x509.oddities import finding_of


@pytest.mark.parametrize("form", Form)
def test_every_form_is_told_in_both_languages(form: Form) -> None:
    """With a command that names the file as a shell reads it, and at least one program that refuses it."""
    found = finding_of(form, "my file.pem")
    assert "'my file.pem'" in str(found.evidence["command"])
    assert found.evidence["refused_by"]
    assert found.severity in (Severity.NOTE, Severity.WARNING)
    assert form.value not in title(found, Lang.JA)
    for lang in Lang:
        assert "'my file.pem'" in remedy(found, lang)
