// SPDX-License-Identifier: Apache-2.0
// laravel.mjs URL TOKEN BODY. README.md beside it names the keys that it takes from the environment.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const [url, token, body] = process.argv.slice(2), env = process.env;
const version = '1.0.0', secret = Buffer.from(env.SECRET, 'hex');

// Seal as encrypt(json_encode(…)) of Illuminate\Encryption\Encrypter with AES-128-CBC.
const raw = env.IV ? Buffer.from(env.IV, 'hex') : randomBytes(16), iv = raw.toString('base64');
const cipher = createCipheriv('aes-128-cbc', secret, raw);
const value = cipher.update(`s:${Buffer.byteLength(body)}:"${body}";`, 'utf8', 'base64') + cipher.final('base64');
const mac = createHmac('sha256', secret).update(iv + value).digest('hex');
const data = Buffer.from(JSON.stringify({ iv, value, mac, tag: '' })).toString('base64');

// Sign and send.
const timestamp = `${env.CREATED ?? Math.floor(Date.now() / 1000)}`;
const signature = createHmac('sha256', secret).update(timestamp).digest('hex');
const reply = await fetch(url, { method: 'POST', body: new URLSearchParams({ data }), redirect: 'manual',
  headers: { timestamp, version, token, signature } });
let answer = Buffer.from(await reply.arrayBuffer());

// Prove that the gateway made this reply, and for this very request.
const proof = ['countersign-reply', reply.headers.get('timestamp'), reply.status, mac,
  createHash('sha256').update(answer).digest('hex')].join('\n');
const expected = createHmac('sha256', secret).update(proof).digest();
const given = Buffer.from(reply.headers.get('signature') ?? '', 'hex');
if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
  console.error(`${reply.status}, and not from the gateway: ${answer}`);
  process.exit(1);
}

// Open a sealed reply. Its MAC needs no look: the signature above holds every byte of it.
if (answer.length && env.OPEN_KEY) {
  const sealed = JSON.parse(Buffer.from(JSON.parse(answer).data, 'base64'));
  const opener = createDecipheriv('aes-128-cbc', Buffer.from(env.OPEN_KEY, 'hex'), Buffer.from(sealed.iv, 'base64'));
  const opened = Buffer.concat([opener.update(sealed.value, 'base64'), opener.final()]);
  answer = opened.subarray(opened.indexOf('"') + 1, -2); // s:SIZE:"…";
}
process.stdout.write(answer);
process.exitCode = reply.status >= 400 ? 1 : 0;
