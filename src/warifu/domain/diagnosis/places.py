"""Where products keep their certificates, below their own folder."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Symantec Endpoint Protection Manager": ("apache/conf/ssl/server.crt",),  # Broadcom KB 229342
        "VMware vCenter Server": ("etc/vmware/vmware-vmafd/machine-ssl.crt",),  # Lightwave, vmafd
    }
)


def product_of(path: str) -> str:
    """Return the product whose certificate file a path is; empty when none is known."""
    plain = "/" + path.replace("\\", "/").lower()
    return next(
        (product for product, files in PLACES.items() if any(plain.endswith(f"/{one}") for one in files)), ""
    )
