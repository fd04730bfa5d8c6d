// SPDX-License-Identifier: Apache-2.0
// Key: hex of the HMAC key, or PEM.
import signatures from 'http-message-signatures';

const { createSigner, createVerifier, httpbis } = signatures;
const key = job => job.algorithm === 'hmac-sha256' ? Buffer.from(job.key, 'hex') : job.key;

// {message: {method, url, headers}, fields, created, keyid, nonce, tag} gives the headers with the two new ones.
export async function sign(job) {
  const signed = await httpbis.signMessage({
    key: createSigner(key(job), job.algorithm, job.keyid),
    fields: job.fields,
    params: ['created', 'keyid', 'nonce', 'alg', 'tag'],
    paramValues: { created: new Date(job.created * 1000), nonce: job.nonce, tag: job.tag },
  }, job.message);
  return signed.headers;
}

// {message, request?} gives whether it is genuine. A signature that no key is known for gives null.
export async function verify(job) {
  return httpbis.verifyMessage({
    keyLookup: async ({ keyid }) => keyid === job.keyid
      ? { id: keyid, algs: [job.algorithm], verify: createVerifier(key(job), job.algorithm) } : null,
    requiredFields: job.fields,
    requiredParams: ['created', 'keyid', 'nonce', 'tag'],
  }, job.message, job.request);
}
