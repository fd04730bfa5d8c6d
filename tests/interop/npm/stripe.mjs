// SPDX-License-Identifier: Apache-2.0
import Stripe from 'stripe';

// {secret, created, body} gives the value of Stripe-Signature.
export function sign(job) {
  return Stripe.webhooks.generateTestHeaderString({ payload: Buffer.from(job.body, 'base64').toString(),
    secret: job.secret, timestamp: job.created });
}

// {secret, header, body, now} gives true.
export function verify(job) {
  return Stripe.webhooks.signature.verifyHeader(Buffer.from(job.body, 'base64'), job.header, job.secret, 300, undefined,
    job.now * 1000);
}
