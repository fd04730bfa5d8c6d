# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# JWE compact, alg dir, enc A128CBC-HS256 (`openssl enc` has no GCM): what the clients here put into a body, and take
# out of a reply. The key's first half is for the MAC, the second for AES.

unhex() { printf %b "$(fold -w 2 <<<"$1" | sed 's/^/\\x/' | tr -d '\n')"; }
encode() { base64 | tr -d '\n=' | tr '+/' '-_'; }
decode() {
  local text
  text=$(tr -- '-_' '+/' <<<"$1")
  while ((${#text} % 4)); do text+='='; done
  base64 -d <<<"$text"
}

# tag_of HEADER IV CIPHERTEXT KEY: as they stand in the token, the key in hex
tag_of() {
  { printf %s "$1"; decode "$2"; decode "$3"; unhex "$(printf %016x $((8 * ${#1})))"; } |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:${4:0:32}" -binary | head -c 16 | encode
}

# seal PLAINTEXT CLIENT KEY
seal() {
  local header iv=${IV:-$(openssl rand -hex 16)} ciphertext
  header=$(printf '{"alg":"dir","enc":"A128CBC-HS256","kid":"%s"}' "$2" | encode)
  ciphertext=$(printf %s "$1" | openssl enc -aes-128-cbc -K "${3:32}" -iv "$iv" | encode)
  iv=$(unhex "$iv" | encode)
  printf '%s..%s.%s.%s' "$header" "$iv" "$ciphertext" "$(tag_of "$header" "$iv" "$ciphertext" "$3")"
}

# unseal FILE KEY
unseal() {
  local header iv ciphertext tag
  IFS=. read -r header _ iv ciphertext tag <"$1" || [ -n "$tag" ]
  [ "$tag" = "$(tag_of "$header" "$iv" "$ciphertext" "$2")" ] || return 1
  decode "$ciphertext" | openssl enc -d -aes-128-cbc -K "${2:32}" -iv "$(decode "$iv" | od -An -v -tx1 | tr -d ' \n')"
}
