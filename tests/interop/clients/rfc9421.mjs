// SPDX-License-Identifier: Apache-2.0
// rfc9421.mjs URL CLIENT BODY. README.md beside it names the keys that it takes from the environment.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { seal, unseal } from './jwe.mjs';

const [url, client, text] = process.argv.slice(2), env = process.env;
let [body, type] = [text, 'application/json'];
if (env.SEAL_KEY) [body, type] = [seal(text, client, Buffer.from(env.SEAL_KEY, 'hex')), 'application/jose'];

// Sign and send.
const at = new URL(url);
const created = env.CREATED ?? Math.floor(Date.now() / 1000), nonce = env.NONCE ?? randomBytes(16).toString('hex');
const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
const covered = { '@method': 'POST', '@authority': env.AUTHORITY ?? at.host, '@path': at.pathname,
  '@query': at.search || '?', 'content-type': type, 'content-digest': digest };
const names = Object.keys(covered).map(name => `"${name}"`).join(' ');
const params = `(${names});created=${created};keyid="${client}";nonce="${nonce}";alg="hmac-sha256";tag="gw"`;
const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}\n`);
const base = `${lines.join('')}"@signature-params": ${params}`;
const signature = createHmac('sha256', Buffer.from(env.SIGN_KEY, 'hex')).update(base).digest('base64');
const reply = await fetch(url, { method: 'POST', body, redirect: 'manual', headers: {
  'content-type': type, 'content-digest': digest,
  'signature-input': `sig=${params}`, signature: `sig=:${signature}:` } });
const answer = Buffer.from(await reply.arrayBuffer());

// Prove that the gateway made this reply, and for this very request.
function refuse(why) {
  console.error(`${reply.status}, ${why}: ${answer}`);
  process.exit(1);
}
const values = { '"@status"': reply.status, '"content-digest"': reply.headers.get('content-digest') };
if (reply.headers.has('content-type')) values['"content-type"'] = reply.headers.get('content-type');
for (const [name, value] of Object.entries(covered)) values[`"${name}";req`] = value;
const input = /^([a-z][a-z0-9_-]*)=(\(([^()]*)\)(;.*))$/.exec(reply.headers.get('signature-input') ?? '');
if (!input) refuse('not signed');
const [, label, replyParams, list, fixed] = input, listed = list.split(' ');
const required = Object.keys(values).filter(name => name !== '"content-type";req');
const replyBase = listed.map(name => `${name}: ${values[name]}\n`).join('') + `"@signature-params": ${replyParams}`;
const mac = createHmac('sha256', Buffer.from(env.REPLY_KEY, 'hex')).update(replyBase).digest('base64');
const expected = Buffer.from(`${label}=:${mac}:`), given = Buffer.from(reply.headers.get('signature') ?? '');
if (expected.length !== given.length || !timingSafeEqual(expected, given)
  || !required.every(name => listed.includes(name)) || !listed.every(name => name in values)
  || !fixed.includes(`;nonce="${nonce}"`) || !fixed.includes(';tag="gw-response"')
  || values['"content-digest"'] !== `sha-256=:${createHash('sha256').update(answer).digest('base64')}:`) {
  refuse('and not from the gateway');
}

process.stdout.write(answer.length && env.OPEN_KEY ? unseal(answer, Buffer.from(env.OPEN_KEY, 'hex')) : answer);
process.exitCode = reply.status >= 400 ? 1 : 0;
