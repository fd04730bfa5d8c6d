// SPDX-License-Identifier: Apache-2.0
// Standard input is a JSON list of jobs: {library, does, now?, …}. For each it prints a line of JSON: {"gives": …},
// or {"refuses": why} if the library threw. Bytes are base64 both ways. `now`, in seconds, is what the library takes
// for the time.
import { readFileSync } from 'node:fs';

const clock = Date.now;
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  const library = await import(`./${job.library}.mjs`);
  Date.now = job.now === undefined ? clock : () => job.now * 1000;
  let line;
  try {
    line = { gives: await library[job.does](job) };
  } catch (error) {
    if (error instanceof TypeError || error instanceof ReferenceError) throw error; // a fault of these scripts
    line = { refuses: `${error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(line));
}
