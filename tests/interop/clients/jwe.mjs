// SPDX-License-Identifier: Apache-2.0
// JWE compact, alg dir, enc A256GCM: what the clients here put into a body, and take out of a reply.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export function seal(plaintext, client, key) {
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: client })).toString('base64url');
  const iv = process.env.IV ? Buffer.from(process.env.IV, 'hex') : randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return [header, '', ...[iv, ciphertext, cipher.getAuthTag()].map(part => part.toString('base64url'))].join('.');
}

export function unseal(token, key) {
  const [header, , ...parts] = token.toString().split('.');
  const [iv, ciphertext, tag] = parts.map(part => Buffer.from(part, 'base64url'));
  const cipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(header)).setAuthTag(tag);
  return Buffer.concat([cipher.update(ciphertext), cipher.final()]);
}
