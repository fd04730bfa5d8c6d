// SPDX-License-Identifier: Apache-2.0
import * as methods from '@octokit/webhooks-methods';

// {secret, body} gives the value of X-Hub-Signature-256.
export function sign(job) {
  return methods.sign(job.secret, Buffer.from(job.body, 'base64').toString());
}

// {secret, header, body} gives whether it is genuine.
export function verify(job) {
  return methods.verify(job.secret, Buffer.from(job.body, 'base64').toString(), job.header);
}
