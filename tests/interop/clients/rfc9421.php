<?php
// SPDX-License-Identifier: Apache-2.0
// rfc9421.php URL CLIENT BODY. README.md beside it names the keys that it takes from the environment.
require __DIR__ . '/jwe.php';

[, $url, $client, $body] = $argv;
$type = 'application/json';
if (getenv('SEAL_KEY')) {
    [$body, $type] = [seal($body, $client, hex2bin(getenv('SEAL_KEY'))), 'application/jose'];
}

// Sign and send.
preg_match('~^https?://([^/]+)([^?]*)(.*)$~', $url, $at);
[$created, $nonce] = [getenv('CREATED') ?: time(), getenv('NONCE') ?: bin2hex(random_bytes(16))];
$digest = 'sha-256=:' . base64_encode(hash('sha256', $body, true)) . ':';
$covered = ['@method' => 'POST', '@authority' => getenv('AUTHORITY') ?: strtolower($at[1]), '@path' => $at[2],
    '@query' => $at[3] ?: '?', 'content-type' => $type, 'content-digest' => $digest];
$params = '("' . implode('" "', array_keys($covered)) . '")'
    . ";created=$created;keyid=\"$client\";nonce=\"$nonce\";alg=\"hmac-sha256\";tag=\"gw\"";
$lines = array_map(fn ($name, $value) => "\"$name\": $value\n", array_keys($covered), $covered);
$base = implode($lines) . "\"@signature-params\": $params";
$signature = base64_encode(hash_hmac('sha256', $base, hex2bin(getenv('SIGN_KEY')), true));
$answer = file_get_contents($url, false, stream_context_create(['http' => ['method' => 'POST', 'content' => $body,
    'header' => ["Host: {$covered['@authority']}", "Content-Type: $type", "Content-Digest: $digest",
        "Signature-Input: sig=$params", "Signature: sig=:$signature:"],
    'protocol_version' => 1.1, 'ignore_errors' => true, 'follow_location' => 0]]));

// Prove that the gateway made this reply, and for this very request.
$status = explode(' ', $http_response_header[0])[1];
$fields = [];
foreach (array_slice($http_response_header, 1) as $line) {
    [$name, $value] = explode(':', $line, 2);
    $fields[strtolower($name)] = trim($value);
}
$values = ['"@status"' => $status, '"content-digest"' => $fields['content-digest'] ?? ''];
if (isset($fields['content-type'])) {
    $values['"content-type"'] = $fields['content-type'];
}
foreach ($covered as $name => $value) {
    $values["\"$name\";req"] = $value;
}
if (!preg_match('/^([a-z][a-z0-9_-]*)=(\(([^()]*)\)(;.*))$/D', $fields['signature-input'] ?? '', $input)) {
    exit_with("$status, not signed: $answer");
}
[, $label, $params, $names, $fixed] = $input;
$names = explode(' ', $names);
$base = implode(array_map(fn ($name) => $name . ': ' . ($values[$name] ?? '') . "\n", $names))
    . "\"@signature-params\": $params";
$signature = base64_encode(hash_hmac('sha256', $base, hex2bin(getenv('REPLY_KEY')), true));
$required = array_diff(array_keys($values), ['"content-type";req']);
if (!hash_equals("$label=:$signature:", $fields['signature'] ?? '')
    || array_diff($required, $names) || array_diff($names, array_keys($values))
    || !str_contains($fixed, ";nonce=\"$nonce\"") || !str_contains($fixed, ';tag="gw-response"')
    || $values['"content-digest"'] !== 'sha-256=:' . base64_encode(hash('sha256', $answer, true)) . ':') {
    exit_with("$status, and not from the gateway: $answer");
}

echo $answer !== '' && getenv('OPEN_KEY') ? unseal($answer, hex2bin(getenv('OPEN_KEY'))) : $answer;
exit($status >= 400 ? 1 : 0);

function exit_with(string $why): never
{
    fwrite(STDERR, "$why\n");
    exit(1);
}
