// SPDX-License-Identifier: Apache-2.0
// gw1.mjs URL CLIENT BODY. README.md beside it names the keys that it takes from the environment.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { seal, unseal } from './jwe.mjs';

const [url, client, plain] = process.argv.slice(2), env = process.env, version = '1.4.0';
let [body, type] = [plain, 'application/json'];
if (env.SEAL_KEY) [body, type] = [seal(plain, client, Buffer.from(env.SEAL_KEY, 'hex')), 'application/jose'];

// Sign and send.
const at = new URL(url), host = env.AUTHORITY ?? at.host;
const stamp = env.CREATED ?? Math.floor(Date.now() / 1000), nonce = env.NONCE ?? randomBytes(16).toString('hex');
const text = ['GW1-HMAC-SHA256', client, version, stamp, nonce, 'POST', host, at.pathname + at.search,
  createHash('sha256').update(body).digest('hex')].join('\n');
const signature = createHmac('sha256', Buffer.from(env.SIGN_KEY, 'hex')).update(text).digest('hex');
const reply = await fetch(url, { method: 'POST', body, redirect: 'manual', headers: {
  'content-type': type, 'x-auth-token': client, 'x-auth-version': version, 'x-auth-timestamp': `${stamp}`,
  'x-auth-nonce': nonce, 'x-auth-signature': signature } });
const answer = Buffer.from(await reply.arrayBuffer());

// Prove that the gateway made this reply, and for this very request.
const proof = ['GW1-HMAC-SHA256-RESPONSE', client, nonce, reply.headers.get('x-auth-timestamp'), reply.status,
  createHash('sha256').update(answer).digest('hex')].join('\n');
const expected = createHmac('sha256', Buffer.from(env.REPLY_KEY, 'hex')).update(proof).digest();
const given = Buffer.from(reply.headers.get('x-auth-signature') ?? '', 'hex');
if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
  console.error(`${reply.status}, and not from the gateway: ${answer}`);
  process.exit(1);
}

process.stdout.write(answer.length && env.OPEN_KEY ? unseal(answer, Buffer.from(env.OPEN_KEY, 'hex')) : answer);
process.exitCode = reply.status >= 400 ? 1 : 0;
