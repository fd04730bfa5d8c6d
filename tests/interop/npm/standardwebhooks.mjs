// SPDX-License-Identifier: Apache-2.0
import { Webhook } from 'standardwebhooks';

// {secret, id, created, body} gives the value of webhook-signature.
export function sign(job) {
  return new Webhook(job.secret).sign(job.id, new Date(job.created * 1000), Buffer.from(job.body, 'base64'));
}

// {secret, headers, body} gives true.
export function verify(job) {
  new Webhook(job.secret).verify(Buffer.from(job.body, 'base64'), job.headers, { jsonParse: false });
  return true;
}
