#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# laravel.sh URL TOKEN BODY. README.md beside it names the keys that it takes from the environment. openssl gets them
# as arguments, which the machine's other users can see while it runs.
set -euo pipefail

url=$1 token=$2 body=$3 version=1.0.0
reply=$(mktemp -d)
trap 'rm -r "$reply"' EXIT
hmac() { openssl dgst -sha256 -mac HMAC -macopt "hexkey:$SECRET" -r | cut -c 1-64; }

# Seal as encrypt(json_encode(…)) of Illuminate\Encryption\Encrypter with AES-128-CBC.
random=${IV:-$(openssl rand -hex 16)}
iv=$(printf %b "$(fold -w 2 <<<"$random" | sed 's/^/\\x/' | tr -d '\n')" | base64)
value=$(printf 's:%d:"%s";' "$(printf %s "$body" | wc -c)" "$body" |
  openssl enc -aes-128-cbc -K "$SECRET" -iv "$random" | base64 | tr -d '\n')
mac=$(printf %s "$iv$value" | hmac)
data=$(printf '{"iv":"%s","value":"%s","mac":"%s","tag":""}' "$iv" "$value" "$mac" | base64 | tr -d '\n')

# Sign and send.
timestamp=${CREATED:-$(date +%s)}
signature=$(printf %s "$timestamp" | hmac)
status=$(printf %s "$data" | curl -sS --globoff --path-as-is --data-urlencode data@- -H "timestamp: $timestamp" \
  -H "version: $version" -H "token: $token" -H "signature: $signature" \
  -D "$reply/head" -o "$reply/body" -w '%{http_code}' "$url")

# Prove that the gateway made this reply, and for this very request.
field() { sed -n "s/\r$//; s/^$1: *//Ip" "$reply/head"; }
text=$(printf '%s\n' countersign-reply "$(field timestamp)" "$status" "$mac" \
  "$(sha256sum <"$reply/body" | cut -c 1-64)")
if [ "$(field signature)" != "$(printf %s "$text" | hmac)" ]; then
  echo "$status, and not from the gateway: $(cat "$reply/body")" >&2
  exit 1
fi

# Open a sealed reply. Its MAC needs no look: the signature above holds every byte of it.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | tr -d "\\\\"; }
if [ -s "$reply/body" ] && [ -n "${OPEN_KEY:-}" ]; then
  sealed=$(member data <"$reply/body" | base64 -d)
  iv=$(member iv <<<"$sealed" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  member value <<<"$sealed" | base64 -d | openssl enc -d -aes-128-cbc -K "$OPEN_KEY" -iv "$iv" |
    sed -z 's/^s:[0-9]*:"//; s/";$//'
else
  cat "$reply/body"
fi
[ "$status" -lt 400 ]
