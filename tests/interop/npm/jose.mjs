// SPDX-License-Identifier: Apache-2.0
import { CompactEncrypt, compactDecrypt } from 'jose';

// {plaintext, key, alg, enc, kid} gives the token.
export async function seal(job) {
  return new CompactEncrypt(Buffer.from(job.plaintext, 'base64'))
    .setProtectedHeader({ alg: job.alg, enc: job.enc, kid: job.kid })
    .encrypt(Buffer.from(job.key, 'hex'));
}

// {token, key, alg, enc} gives the plaintext.
export async function open(job) {
  const { plaintext } = await compactDecrypt(job.token, Buffer.from(job.key, 'hex'),
    { keyManagementAlgorithms: [job.alg], contentEncryptionAlgorithms: [job.enc] });
  return Buffer.from(plaintext).toString('base64');
}
