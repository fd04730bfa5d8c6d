<?php
// SPDX-License-Identifier: Apache-2.0
// A client of Guzzle and Illuminate's Encrypter. Standard input is a JSON list of runs; for each request it prints a
// line of JSON: what it said, what the service should get, what was answered.

require '/usr/share/php/Illuminate/Encryption/autoload.php';
require '/usr/share/php/GuzzleHttp/autoload.php';
require __DIR__ . '/replies.php';

use Illuminate\Encryption\Encrypter;

function signature(string $construction, int $timestamp, string $secret): string
{
    switch ($construction) {
        case 'A1': return hash_hmac('sha256', (string) $timestamp, $secret);
        case 'A2': return hash_hmac('sha256', $timestamp . $secret, $secret);
        case 'A3': return hash('sha256', $timestamp . $secret);
    }
    throw new InvalidArgumentException($construction);
}

// What is put into the envelope, and what the service has to get for it.
function say(Encrypter $encrypter, array $run, $message): array
{
    switch ($run['says']) {
        case 'encrypt(json)':
            return [$encrypter->encrypt(json_encode($message)), json_encode($message)];
        case 'encryptString(json)':
            return [$encrypter->encryptString(json_encode($message)), json_encode($message)];
        case 'encrypt(value)':
            if (is_string($message) && is_array(json_decode($message, true))) {
                return [$encrypter->encrypt($message), $message];
            }
            return [$encrypter->encrypt($message), plain_json($message)];
        case 'encryptString(value)':
            return [$encrypter->encryptString($message), plain_json($message)];
    }
    throw new InvalidArgumentException($run['says']);
}

function plain_json($value): string
{
    return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR);
}

function body_options(string $form, string $payload): array
{
    switch ($form) {
        case 'form': return ['form_params' => ['data' => $payload]];
        case 'json': return ['json' => ['data' => $payload]];
        case 'raw': return ['body' => $payload, 'headers' => ['Content-Type' => 'text/plain']];
    }
    throw new InvalidArgumentException($form);
}

function converse(array $run, string $name, $message): void
{
    $secret = base64_decode($run['secret']);
    [$payload, $expected] = say(new Encrypter($secret, $run['cipher']), $run, $message);
    $timestamp = time();
    $options = body_options($run['form'], $payload);
    $options['headers'] = ($options['headers'] ?? []) + [
        $run['fields']['timestamp'] => $timestamp,
        $run['fields']['version'] => $run['version'],
        $run['fields']['token'] => $run['token'],
        $run['fields']['signature'] => signature($run['construction'], $timestamp, $secret),
    ];
    $client = new GuzzleHttp\Client(['http_errors' => false]);
    for ($time = 0; $time < ($run['times'] ?? 1); $time++) {
        $response = $client->post($run['url'], $options);
        $told = [
            'said' => $name,
            'expected' => base64_encode($expected),
            'status' => $response->getStatusCode(),
            'request_id' => $response->getHeaderLine('X-Request-Id'),
            'answer' => base64_encode((string) $response->getBody()),
        ];
        if (isset($run['reply'])) {
            $told += open_reply($run, $secret, $payload, $response);
        }
        echo json_encode($told), "\n";
    }
}

$messages = require __DIR__ . '/messages.php';
foreach (json_decode(file_get_contents('php://stdin'), true) as $run) {
    foreach ($messages as $name => $message) {
        $wanted = !isset($run['messages']) || in_array($name, $run['messages'], true);
        if ($wanted && ($run['says'] !== 'encryptString(value)' || is_string($message))) {
            converse($run, $name, $message);
        }
    }
}
