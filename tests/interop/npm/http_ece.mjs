// SPDX-License-Identifier: Apache-2.0
import ece from 'http_ece';

const settings = job => ({ version: 'aes128gcm', keymap: { [job.keyid]: Buffer.from(job.key, 'hex') } });

// {plaintext, key, keyid, size, salt?} gives the body.
export function seal(job) {
  const salt = job.salt && Buffer.from(job.salt, 'hex').toString('base64url');
  const all = { ...settings(job), keyid: job.keyid, rs: job.size, salt };
  return ece.encrypt(Buffer.from(job.plaintext, 'base64'), all).toString('base64');
}

// {body, key, keyid} gives the plaintext.
export function open(job) {
  return ece.decrypt(Buffer.from(job.body, 'base64'), settings(job)).toString('base64');
}
