<?php
// SPDX-License-Identifier: Apache-2.0
// The service, as a router script of PHP's built-in server: records what it got as a line of JSON in $RECORD, and
// answers with the file of $REPLIES that the query names.

$fields = [];
foreach (getallheaders() as $name => $value) {
    $fields[strtolower($name)] = $value;
}
$line = json_encode([
    'method' => $_SERVER['REQUEST_METHOD'],
    'target' => $_SERVER['REQUEST_URI'],
    'fields' => $fields,
    'body' => base64_encode(file_get_contents('php://input')),
]);
file_put_contents(getenv('RECORD'), $line . "\n", FILE_APPEND);
header('Content-Type: application/json');
readfile(getenv('REPLIES') . '/' . basename($_GET['reply'] ?? 'ok'));
