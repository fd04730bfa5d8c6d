#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rfc9421.sh URL CLIENT BODY. README.md beside it names the keys that it takes from the environment. openssl gets them
# as arguments, which the machine's other users can see while it runs.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "$0")/jwe.sh"

url=$1 client=$2 body=$3 type=application/json
reply=$(mktemp -d)
trap 'rm -r "$reply"' EXIT
if [ -n "${SEAL_KEY:-}" ]; then
  body=$(seal "$body" "$client" "$SEAL_KEY") type=application/jose
fi

# Sign and send.
[[ $url =~ ^https?://([^/]+)([^?]*)(.*)$ ]]
authority=${AUTHORITY:-${BASH_REMATCH[1],,}} path=${BASH_REMATCH[2]} query=${BASH_REMATCH[3]:-?}
created=${CREATED:-$(date +%s)} nonce=${NONCE:-$(openssl rand -hex 16)}
digest="sha-256=:$(printf %s "$body" | openssl dgst -sha256 -binary | base64):"
params='("@method" "@authority" "@path" "@query" "content-type" "content-digest")'
params+=";created=$created;keyid=\"$client\";nonce=\"$nonce\";alg=\"hmac-sha256\";tag=\"gw\""
base=$(printf '"%s": %s\n' @method POST @authority "$authority" @path "$path" @query "$query" \
  content-type "$type" content-digest "$digest" @signature-params "$params")
signature=$(printf %s "$base" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$SIGN_KEY" -binary | base64)
status=$(printf %s "$body" | curl -sS --globoff --path-as-is --data-binary @- -H "Host: $authority" \
  -H "Content-Type: $type" -H "Content-Digest: $digest" -H "Signature-Input: sig=$params" \
  -H "Signature: sig=:$signature:" -D "$reply/head" -o "$reply/body" -w '%{http_code}' "$url")

# Prove that the gateway made this reply, and for this very request.
refuse() {
  echo "$status, $1: $(cat "$reply/body")" >&2
  exit 1
}
field() { sed -n "s/\r$//; s/^$1: *//Ip" "$reply/head"; }
declare -A value=(['"@status"']=$status ['"content-digest"']=$(field content-digest)
  ['"@method";req']=POST ['"@authority";req']=$authority ['"@path";req']=$path ['"@query";req']=$query
  ['"content-digest";req']=$digest)
answered=$(field content-type)
if [ -n "$answered" ]; then value['"content-type"']=$answered; fi
required=("${!value[@]}")
value['"content-type";req']=$type

[[ $(field signature-input) =~ ^([a-z][a-z0-9_-]*)=(\(([^()]*)\)(\;.*))$ ]] || refuse 'not signed'
label=${BASH_REMATCH[1]} params=${BASH_REMATCH[2]} fixed=${BASH_REMATCH[4]}
IFS=' ' read -r -a names <<<"${BASH_REMATCH[3]}"
base=
for name in "${names[@]}"; do
  base+="$name: ${value[$name]:?is not a component that this client knows}"$'\n'
done
for name in "${required[@]}"; do
  [[ " ${names[*]} " == *" $name "* ]] || refuse "$name is not signed"
done
base+="\"@signature-params\": $params"
signature=$(printf %s "$base" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$REPLY_KEY" -binary | base64)
digest="sha-256=:$(openssl dgst -sha256 -binary "$reply/body" | base64):"
if [ "$(field signature)" != "$label=:$signature:" ] || [[ $fixed != *";nonce=\"$nonce\""* ]] ||
  [[ $fixed != *';tag="gw-response"'* ]] || [ "${value['"content-digest"']}" != "$digest" ]; then
  refuse 'and not from the gateway'
fi

if [ -s "$reply/body" ] && [ -n "${OPEN_KEY:-}" ]; then
  unseal "$reply/body" "$OPEN_KEY"
else
  cat "$reply/body"
fi
[ "$status" -lt 400 ]
