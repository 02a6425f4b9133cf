"""Makes `request-1.json` once: the record of a request as format 1 writes it. Run with PYTHONPATH=src:tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from support.pki import NOW, make_ca
from support.requests import pending, request_for, template_for
from warifu.domain.rotation.requests import issue, submit
from warifu.wire.requests import encode_request

if __name__ == "__main__":
    issuing = make_ca("Golden Root").intermediate("Golden Issuing")
    template = template_for(issuing, "web.example", "192.0.2.10")
    made = request_for(template)
    record = replace(pending(template, made=made), issuer="corporate")
    leaf = issuing.leaf(*template.names, public=made.request.parsed.public_key()).value
    sent = submit(record, now=NOW + timedelta(days=1))
    done = issue(sent, leaf, (issuing.value,), now=NOW + timedelta(days=2))
    Path(__file__).with_name("request-1.json").write_bytes(encode_request(done))
