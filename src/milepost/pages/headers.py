"""The headers of every page: nothing from elsewhere, nothing inline, nothing kept by caches."""

from __future__ import annotations

from milepost.pages.style import SOURCE

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": f"'self' {SOURCE}",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(**changed: str) -> str:
    """The Content-Security-Policy; `script_src="'self' x"` changes one part of it."""
    parts = _POLICY | {name.replace("_", "-"): value for name, value in changed.items()}
    return "; ".join(f"{name} {value}" for name, value in parts.items())


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": policy(),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Encoding, Accept-Language, Cookie",
}
# Where nothing personal stands: with a policy Chromium begins another process for the page, and
# paints it some 30 ms later.
OPEN = {"Cross-Origin-Opener-Policy": "unsafe-none"}
NO_INDEX = {"X-Robots-Tag": "noindex, nofollow"}
# The number may be spoken.
LISTENING = {"Permissions-Policy": "camera=(), geolocation=(), microphone=(self)"}
# Reading barcodes needs WebAssembly and the reader's leave to look: on a page of its own.
LOOKING = {
    "Content-Security-Policy": policy(script_src="'self' 'wasm-unsafe-eval'"),
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
# The big map draws pictures of its own.
MAPPING = {"Content-Security-Policy": policy(img_src="'self' data: blob:")}
# May stand in a shop's page.
FRAMED = {"Content-Security-Policy": policy(frame_ancestors="*")}
