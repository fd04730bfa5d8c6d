-- SPDX-License-Identifier: Apache-2.0
-- The gateway's work on a message of the Laravel scheme (A1, AES-128-CBC, a form), for nginx with LuaJIT: signature,
-- freshness, MAC, decryption, replay. Written for speed: OpenSSL through FFI, keys and contexts prepared once, texts
-- looked at where they lie. It leaves out what would cost it more than the gateway: it does not check that the
-- plaintext is JSON.

local ffi = require "ffi"
local json = require "cjson.safe"

ffi.cdef [[
typedef struct { unsigned int h[8], low, high, data[16], used, size; } countersign_sha256;  /* OpenSSL's SHA256_CTX */
int SHA256_Init(countersign_sha256 *context);
int SHA256_Update(countersign_sha256 *context, const void *data, size_t size);
int SHA256_Final(unsigned char *digest, countersign_sha256 *context);
void *EVP_CIPHER_CTX_new(void);
const void *EVP_aes_128_cbc(void);
int EVP_DecryptInit_ex(void *context, const void *cipher, void *engine, const unsigned char *key,
                       const unsigned char *iv);
int EVP_DecryptUpdate(void *context, unsigned char *out, int *out_size, const unsigned char *in, int in_size);
int EVP_DecryptFinal_ex(void *context, unsigned char *out, int *out_size);
int EVP_DecodeBlock(unsigned char *out, const unsigned char *in, int in_size);
int CRYPTO_memcmp(const void *a, const void *b, size_t size);
int memcmp(const void *a, const void *b, size_t size);
]]

local crypto = ffi.load("libcrypto.so.3")
local C, copy, cast, new, text_of = ffi.C, ffi.copy, ffi.cast, ffi.new, ffi.string
local byte, char = string.byte, string.char

local WINDOW, FUTURE, RETENTION = 300, 60, 24 * 3600  -- seconds, the gateway's defaults
local LARGEST = 1024 * 1024                           -- client_body_buffer_size
local EQUALS, QUOTE, COLON = byte("="), byte('"'), byte(":")

local bytes = ffi.typeof("const uint8_t *")
local sha_size = ffi.sizeof("countersign_sha256")
local sha = new("countersign_sha256")
local digest = new("uint8_t[32]")
local hex = new("uint16_t[32]")          -- two digits each
local digits = new("uint16_t[256]")
local iv = new("uint8_t[24]")
local last = new("uint8_t[4]")           -- the group of base64 that is padded
local size = new("int[1]")
local members = new("uint8_t[?]", LARGEST)  -- the payload's JSON
local opened = new("uint8_t[?]", LARGEST)   -- its value, decrypted where it was decoded

for i = 0, 255 do
  copy(digits + i, string.format("%02x", i), 2)
end

local function keyed_sha(secret, pad)
  local block = {}
  for i = 1, 64 do
    block[i] = char(bit.bxor(byte(secret, i) or 0, pad))
  end
  local context = new("countersign_sha256")
  crypto.SHA256_Init(context)
  crypto.SHA256_Update(context, table.concat(block), 64)
  return context
end

local function prepare(id, secret)
  local aes = crypto.EVP_CIPHER_CTX_new()
  assert(crypto.EVP_DecryptInit_ex(aes, crypto.EVP_aes_128_cbc(), nil, secret, nil) == 1)
  local prefix = id .. ":"
  local mark = new("uint8_t[?]", #prefix + 32)
  copy(mark, prefix, #prefix)
  return {id = id, inner = keyed_sha(secret, 0x36), outer = keyed_sha(secret, 0x5c), aes = aes,
          mark = mark, mark_at = mark + #prefix, mark_size = #prefix + 32}
end

local clients = {load = prepare("load", "0123456789abcdef")}
local nobody = prepare("nobody", "an unknown token")  -- costs a stranger as much time as a client
local marks = ngx.shared.marks

-- HMAC of one or two texts into `digest`, and as text into `hex`.
local function mac(client, first, first_size, second, second_size)
  copy(sha, client.inner, sha_size)
  crypto.SHA256_Update(sha, first, first_size)
  if second then
    crypto.SHA256_Update(sha, second, second_size)
  end
  crypto.SHA256_Final(digest, sha)
  copy(sha, client.outer, sha_size)
  crypto.SHA256_Update(sha, digest, 32)
  crypto.SHA256_Final(digest, sha)
  for i = 0, 31 do
    hex[i] = digits[digest[i]]
  end
end

local function seconds(text)
  if #text ~= 10 then
    return nil
  end
  local value = 0
  for i = 1, 10 do
    local digit = byte(text, i) - 48
    if digit < 0 or digit > 9 then
      return nil
    end
    value = value * 10 + digit
  end
  return value
end

-- Decodes the field `data` of a form into `members`; its size, or nil.
local function read_form(body)
  local at, rest = cast(bytes, body), #body
  if rest < 9 or rest > LARGEST or C.memcmp(at, "data=", 5) ~= 0 then
    return nil
  end
  at, rest = at + 5, rest - 5
  while rest > 3 do  -- padding, percent-encoded or not
    if at[rest - 1] == EQUALS then
      rest = rest - 1
    elseif C.memcmp(at + rest - 3, "%3D", 3) == 0 then
      rest = rest - 3
    else
      break
    end
  end
  local over = rest % 4
  local whole = rest - over
  if over == 1 or crypto.EVP_DecodeBlock(members, at, whole) ~= whole / 4 * 3 then
    return nil
  end
  if over == 0 then
    return whole / 4 * 3
  end
  last[2] = EQUALS
  last[3] = EQUALS
  copy(last, at + whole, over)
  if crypto.EVP_DecodeBlock(members + whole / 4 * 3, last, 4) ~= 3 then
    return nil
  end
  return whole / 4 * 3 + over - 1
end

-- The texts of iv (24), value, its size, and mac (64). Laravel 8.56 and later write one layout, which is not parsed.
local function read_members(n)
  if n > 126 and C.memcmp(members, '{"iv":"', 7) == 0 and C.memcmp(members + 31, '","value":"', 11) == 0
      and C.memcmp(members + n - 84, '","mac":"', 9) == 0 and C.memcmp(members + n - 11, '","tag":""}', 11) == 0 then
    return members + 7, members + 42, n - 126, members + n - 75
  end
  local parsed = json.decode(text_of(members, n))
  if type(parsed) ~= "table" or type(parsed.iv) ~= "string" or type(parsed.value) ~= "string"
      or type(parsed.mac) ~= "string" or #parsed.iv ~= 24 or #parsed.mac ~= 64 then
    return nil
  end
  return cast(bytes, parsed.iv), cast(bytes, parsed.value), #parsed.value, cast(bytes, parsed.mac), parsed
end

-- The plaintext's size in `opened`, or nil.
local function open(client, body)
  local n = read_form(body)
  if not n then
    return nil
  end
  local iv_text, value, value_size, mac_text, anchor = read_members(n)
  if not iv_text or value_size < 24 or value_size % 4 ~= 0 then
    return nil
  end
  mac(client, iv_text, 24, value, value_size)
  if crypto.CRYPTO_memcmp(hex, mac_text, 64) ~= 0 then
    return nil
  end
  local sealed = crypto.EVP_DecodeBlock(opened, value, value_size)
  if value[value_size - 1] == EQUALS then
    sealed = sealed - (value[value_size - 2] == EQUALS and 2 or 1)
  end
  if sealed < 16 or crypto.EVP_DecodeBlock(iv, iv_text, 24) ~= 18
      or crypto.EVP_DecryptInit_ex(client.aes, nil, nil, nil, iv) ~= 1
      or crypto.EVP_DecryptUpdate(client.aes, opened, size, opened, sealed) ~= 1 then
    return nil
  end
  local plain = size[0]
  if crypto.EVP_DecryptFinal_ex(client.aes, opened + plain, size) ~= 1 then
    return nil
  end
  return plain + size[0], anchor
end

-- What PHP's serialize() made of a string, or the text itself: where it begins in `opened`, and its size.
local function unserialize(n)
  if n < 6 or opened[0] ~= 115 or opened[1] ~= COLON then  -- s:
    return 0, n
  end
  local length, at = 0, 2
  while at < n and opened[at] ~= COLON do
    length = length * 10 + opened[at] - 48
    at = at + 1
  end
  if at + 2 + length + 2 ~= n or opened[at + 1] ~= QUOTE or opened[n - 2] ~= QUOTE or opened[n - 1] ~= 59 then
    return nil
  end
  return at + 2, length
end

local function admit()
  local var = ngx.var
  local timestamp, token, signature = var.http_timestamp, var.http_token, var.http_signature
  if not timestamp or not token or not signature or not var.http_version then
    return ngx.exit(401)
  end
  local stamp, now = seconds(timestamp), ngx.time()
  if not stamp or stamp < now - WINDOW or stamp > now + FUTURE then
    return ngx.exit(401)
  end
  local client = clients[token] or nobody
  mac(client, timestamp, #timestamp)
  if #signature ~= 64 or crypto.CRYPTO_memcmp(hex, signature, 64) ~= 0 or client == nobody then
    return ngx.exit(401)
  end

  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  local n = body and open(client, body)
  if not n then
    return ngx.exit(401)
  end
  local at, length = unserialize(n)
  if not at then
    return ngx.exit(422)
  end
  copy(client.mark_at, digest, 32)  -- still the payload's MAC
  local fresh, why = marks:safe_add(text_of(client.mark, client.mark_size), true, stamp + WINDOW - now + RETENTION)
  if not fresh then
    return ngx.exit(why == "exists" and 401 or 503)
  end
  var.client_id = client.id
  ngx.req.set_body_data(text_of(opened + at, length))
end

return {admit = admit}
