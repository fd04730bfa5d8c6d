<?php
// SPDX-License-Identifier: Apache-2.0
// laravel.php URL TOKEN BODY, without a package. README.md beside it names the keys that it takes from the environment.

[, $url, $token, $body] = $argv;
[$version, $secret] = ['1.0.0', hex2bin(getenv('SECRET'))];

// Seal as encrypt(json_encode(…)) of Illuminate\Encryption\Encrypter with AES-128-CBC.
$iv = getenv('IV') ? hex2bin(getenv('IV')) : random_bytes(16);
$value = openssl_encrypt(serialize($body), 'aes-128-cbc', $secret, 0, $iv);
$mac = hash_hmac('sha256', base64_encode($iv) . $value, $secret);
$members = ['iv' => base64_encode($iv), 'value' => $value, 'mac' => $mac, 'tag' => ''];
$data = base64_encode(json_encode($members, JSON_UNESCAPED_SLASHES));

// Sign and send.
$timestamp = getenv('CREATED') ?: time();
$signature = hash_hmac('sha256', (string) $timestamp, $secret);
$answer = file_get_contents($url, false, stream_context_create(['http' => ['method' => 'POST',
    'header' => ['Content-Type: application/x-www-form-urlencoded', "timestamp: $timestamp", "version: $version",
        "token: $token", "signature: $signature"],
    'content' => http_build_query(['data' => $data]),
    'protocol_version' => 1.1, 'ignore_errors' => true, 'follow_location' => 0]]));

// Prove that the gateway made this reply, and for this very request.
$status = explode(' ', $http_response_header[0])[1];
$fields = [];
foreach (array_slice($http_response_header, 1) as $line) {
    [$name, $text] = explode(':', $line, 2);
    $fields[strtolower($name)] = trim($text);
}
$text = implode("\n", ['countersign-reply', $fields['timestamp'] ?? '', $status, $mac, hash('sha256', $answer)]);
if (!hash_equals(hash_hmac('sha256', $text, $secret), $fields['signature'] ?? '')) {
    fwrite(STDERR, "$status, and not from the gateway: $answer\n");
    exit(1);
}

// Open a sealed reply. Its MAC needs no look: the signature above holds every byte of it.
if ($answer !== '' && getenv('OPEN_KEY')) {
    $sealed = json_decode(base64_decode(json_decode($answer, true)['data']), true);
    $iv = base64_decode($sealed['iv']);
    $opened = openssl_decrypt($sealed['value'], 'aes-128-cbc', hex2bin(getenv('OPEN_KEY')), 0, $iv);
    if ($opened === false) {
        throw new RuntimeException('this body does not open');
    }
    $answer = unserialize($opened, ['allowed_classes' => false]);
}
echo $answer;
exit($status >= 400 ? 1 : 0);
