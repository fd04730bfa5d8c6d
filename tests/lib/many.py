# SPDX-License-Identifier: Apache-2.0
"""A configuration with a client for each cipher, and routes for each setting that a client has to know."""

SECRETS = {
    "AES-128-CBC": b"fedcba9876543210",
    "AES-256-CBC": b"fedcba98765432100123456789ABCDEF",
    "AES-128-GCM": b"FEDCBA9876543210",
    "AES-256-GCM": b"FEDCBA98765432100123456789abcdef",
}
PAYLOADS = ("auto", "form", "json", "raw")
PLAINTEXTS = ("auto", "php_serialized", "raw")
CONSTRUCTIONS = ("A1", "A2", "A3")
REPLIES = [(plaintext, form) for plaintext in ("string", "array", "raw") for form in ("json", "text")]

HEAD = """listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
upstreams: {{orders: {upstream}}}
clients:
"""


def configuration(upstream):
    """Paths: /PAYLOAD/PLAINTEXT/CONSTRUCTION/ for what is sent, /reply/PLAINTEXT/FORM/ for what comes back, /signed/,
    /sealed/ (no more than that), /plain/ (scheme: none), /free/ (any request without a body)."""
    lines = [HEAD.format(upstream=upstream)]
    for cipher, secret in SECRETS.items():
        lines.append(f'  {cipher.lower()}: {{secret: "utf8:{secret.decode()}", cipher: {cipher}}}\n')
    schemes, routes = ["schemes:\n"], ["routes:\n"]
    for payload in PAYLOADS:
        for plaintext in PLAINTEXTS:
            for construction in CONSTRUCTIONS:
                name = f"{payload}-{plaintext}-{construction}"
                weak = ", allow_weak: true" if construction == "A3" else ""
                schemes.append(f"  {name}: {{preset: laravel, payload: {payload}, plaintext: {plaintext}, "
                               f"construction: {construction}{weak}, field: sealed, headers: {{timestamp: X-Time, "
                               "version: X-Version, token: X-Token, signature: X-Signature}}\n")
                routes.append(f"  - {{path: /{payload}/{plaintext}/{construction}/, scheme: {name}, "
                              "upstream: orders}\n")
    for plaintext, form in REPLIES:
        routes.append(f"  - {{path: /reply/{plaintext}/{form}/, scheme: laravel, upstream: orders, bodyless: safe, "
                      f"reply: {{sign: true, seal: true, plaintext: {plaintext}, form: {form}}}}}\n")
    routes.append("  - {path: /signed/, scheme: laravel, upstream: orders, bodyless: all, reply: {sign: true}}\n"
                  "  - {path: /sealed/, scheme: laravel, upstream: orders, reply: {seal: true}}\n"
                  "  - {path: /plain/, scheme: none, upstream: orders, content: any}\n"
                  "  - {path: /free/, scheme: laravel, upstream: orders, bodyless: all}\n"
                  "  - {host: api.example.com, path: /named/, scheme: laravel, upstream: orders}\n")
    return "".join(lines + schemes + routes)
