#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gw1.sh URL CLIENT BODY. README.md beside it names the keys that it takes from the environment. openssl gets them
# as arguments, which the machine's other users can see while it runs.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/jwe.sh"

url=$1 client=$2 body=$3 type=application/json version=1.4.0
reply=$(mktemp -d)
trap 'rm -r "$reply"' EXIT
if [ -n "${SEAL_KEY:-}" ]; then
  body=$(seal "$body" "$client" "$SEAL_KEY") type=application/jose
fi

# Sign and send.
[[ $url =~ ^https?://([^/]+)(.*)$ ]]
host=${AUTHORITY:-${BASH_REMATCH[1],,}} target=${BASH_REMATCH[2]}
timestamp=${CREATED:-$(date +%s)} nonce=${NONCE:-$(openssl rand -hex 16)}
text=$(printf '%s\n' GW1-HMAC-SHA256 "$client" "$version" "$timestamp" "$nonce" POST "$host" "$target" \
  "$(printf %s "$body" | sha256sum | cut -c 1-64)")
signature=$(printf %s "$text" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$SIGN_KEY" -r | cut -c 1-64)
status=$(printf %s "$body" | curl -sS --globoff --path-as-is --data-binary @- -H "Host: $host" \
  -H "Content-Type: $type" -H "X-Auth-Token: $client" -H "X-Auth-Version: $version" \
  -H "X-Auth-Timestamp: $timestamp" -H "X-Auth-Nonce: $nonce" -H "X-Auth-Signature: $signature" \
  -D "$reply/head" -o "$reply/body" -w '%{http_code}' "$url")

# Prove that the gateway made this reply, and for this very request.
field() { sed -n "s/\r$//; s/^$1: *//Ip" "$reply/head"; }
text=$(printf '%s\n' GW1-HMAC-SHA256-RESPONSE "$client" "$nonce" "$(field x-auth-timestamp)" "$status" \
  "$(sha256sum <"$reply/body" | cut -c 1-64)")
expected=$(printf %s "$text" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$REPLY_KEY" -r | cut -c 1-64)
if [ "$(field x-auth-signature)" != "$expected" ]; then
  echo "$status, and not from the gateway: $(cat "$reply/body")" >&2
  exit 1
fi

if [ -s "$reply/body" ] && [ -n "${OPEN_KEY:-}" ]; then
  unseal "$reply/body" "$OPEN_KEY"
else
  cat "$reply/body"
fi
[ "$status" -lt 400 ]
