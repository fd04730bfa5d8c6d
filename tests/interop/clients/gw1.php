<?php
// SPDX-License-Identifier: Apache-2.0
// gw1.php URL CLIENT BODY. README.md beside it names the keys that it takes from the environment.
require __DIR__ . '/jwe.php';

[, $url, $client, $body] = $argv;
[$version, $type] = ['1.4.0', 'application/json'];
if (getenv('SEAL_KEY')) {
    [$body, $type] = [seal($body, $client, hex2bin(getenv('SEAL_KEY'))), 'application/jose'];
}

// Sign and send.
preg_match('~^https?://([^/]+)(.*)$~', $url, $at);
[$host, $target] = [getenv('AUTHORITY') ?: strtolower($at[1]), $at[2]];
[$timestamp, $nonce] = [getenv('CREATED') ?: time(), getenv('NONCE') ?: bin2hex(random_bytes(16))];
$text = implode("\n", ['GW1-HMAC-SHA256', $client, $version, $timestamp, $nonce, 'POST', $host, $target,
    hash('sha256', $body)]);
$signature = hash_hmac('sha256', $text, hex2bin(getenv('SIGN_KEY')));
$answer = file_get_contents($url, false, stream_context_create(['http' => ['method' => 'POST', 'content' => $body,
    'header' => ["Host: $host", "Content-Type: $type", "X-Auth-Token: $client", "X-Auth-Version: $version",
        "X-Auth-Timestamp: $timestamp", "X-Auth-Nonce: $nonce", "X-Auth-Signature: $signature"],
    'protocol_version' => 1.1, 'ignore_errors' => true, 'follow_location' => 0]]));

// Prove that the gateway made this reply, and for this very request.
$status = explode(' ', $http_response_header[0])[1];
$fields = [];
foreach (array_slice($http_response_header, 1) as $line) {
    [$name, $value] = explode(':', $line, 2);
    $fields[strtolower($name)] = trim($value);
}
$text = implode("\n", ['GW1-HMAC-SHA256-RESPONSE', $client, $nonce, $fields['x-auth-timestamp'] ?? '', $status,
    hash('sha256', $answer)]);
if (!hash_equals(hash_hmac('sha256', $text, hex2bin(getenv('REPLY_KEY'))), $fields['x-auth-signature'] ?? '')) {
    fwrite(STDERR, "$status, and not from the gateway: $answer\n");
    exit(1);
}

echo $answer !== '' && getenv('OPEN_KEY') ? unseal($answer, hex2bin(getenv('OPEN_KEY'))) : $answer;
exit($status >= 400 ? 1 : 0);
