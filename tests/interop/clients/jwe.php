<?php
// SPDX-License-Identifier: Apache-2.0
// JWE compact, alg dir, enc A256GCM: what the clients here put into a body, and take out of a reply.

function encode(string $data): string
{
    return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
}

function decode(string $text): string
{
    return base64_decode(strtr($text, '-_', '+/'), true);
}

function seal(string $plaintext, string $client, string $key): string
{
    $header = encode(json_encode(['alg' => 'dir', 'enc' => 'A256GCM', 'kid' => $client]));
    $iv = getenv('IV') ? hex2bin(getenv('IV')) : random_bytes(12);
    $ciphertext = openssl_encrypt($plaintext, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $iv, $tag, $header);
    return implode('.', [$header, '', encode($iv), encode($ciphertext), encode($tag)]);
}

function unseal(string $token, string $key): string
{
    [$header, , $iv, $ciphertext, $tag] = explode('.', $token);
    [$iv, $ciphertext, $tag] = array_map('decode', [$iv, $ciphertext, $tag]);
    $plaintext = openssl_decrypt($ciphertext, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $iv, $tag, $header);
    if (strlen($tag) !== 16 || $plaintext === false) {      // PHP takes a shorter tag
        throw new RuntimeException('this body does not open');
    }
    return $plaintext;
}
