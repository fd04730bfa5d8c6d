<?php
// SPDX-License-Identifier: Apache-2.0
// Proves and opens a reply with what the client has: its secret, its own payload, and Illuminate's Encrypter.

use Illuminate\Encryption\Encrypter;
use Psr\Http\Message\ResponseInterface;

// What identified the request: the payload's MAC, or iv and tag where the cipher has no MAC.
function request_mark(string $cipher, string $payload): string
{
    $members = json_decode(base64_decode($payload), true);
    if (substr($cipher, -3) === 'GCM') {
        return bin2hex(base64_decode($members['iv']) . base64_decode($members['tag']));
    }
    return $members['mac'];
}

function open_reply(array $run, string $secret, string $payload, ResponseInterface $response): array
{
    $cipher = $run['cipher'];
    $body = (string) $response->getBody();
    $sealed = $run['reply']['form'] === 'json' ? json_decode($body, true)['data'] : $body;
    $timestamp = $response->getHeaderLine($run['fields']['timestamp']);
    $text = implode("\n", ['countersign-reply', $timestamp, $response->getStatusCode(), request_mark($cipher, $payload),
        hash('sha256', $body)]);
    $size = strpos($cipher, '256') === false ? 16 : 32;
    $key = hash_hkdf('sha256', $secret, $size, 'laravel-reply:' . $cipher, 'gw-kdf-v1');
    $encrypter = new Encrypter($key, $cipher);
    $opened = $run['reply']['plaintext'] === 'raw' ? $encrypter->decryptString($sealed) : $encrypter->decrypt($sealed);
    return [
        'genuine' => hash_equals(hash_hmac('sha256', $text, $secret),
            $response->getHeaderLine($run['fields']['signature'])),
        'age' => time() - (int) $timestamp,
        'echoed' => [$response->getHeaderLine($run['fields']['token']),
            $response->getHeaderLine($run['fields']['version'])],
        'type' => $response->getHeaderLine('Content-Type'),
        'opened' => base64_encode(is_string($opened) ? $opened : serialize($opened)),
        'opened_as' => gettype($opened),
        'same_as_json_decode' => isset($run['reply']['text'])
            && $opened === json_decode(base64_decode($run['reply']['text']), true),
        'own_key_opens' => opens($secret, $cipher, $sealed),
    ];
}

function opens(string $secret, string $cipher, string $sealed): bool
{
    try {
        (new Encrypter($secret, $cipher))->decryptString($sealed);
        return true;
    } catch (Illuminate\Contracts\Encryption\DecryptException $e) {
        return false;
    }
}
