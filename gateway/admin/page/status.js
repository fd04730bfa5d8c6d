// SPDX-License-Identifier: Apache-2.0
// Asks the gateway every few seconds, and writes what it says. Whatever comes from there becomes
// text (textContent), never markup: a version is a client's own word.
"use strict";

const EVERY_MS = 3000;
const PAGE = 50;
const seen = {offset: 0, now: 0, requests: null, at: 0, first: null};
const at = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en-GB");

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const child of children)
    if (child !== null && child !== undefined) element.append(child);  // strings become text nodes
  return element;
}

function list(items) {
  return make("ul", "plain", ...items.map((item) => make("li", "", item)));
}

function span(seconds) {
  const n = Math.max(0, Math.round(seconds));
  if (n < 120) return n + " s";
  if (n < 2 * 3600) return Math.round(n / 60) + " min";
  if (n < 2 * 86400) return Math.round(n / 3600) + " h";
  return Math.round(n / 86400) + " days";
}

function ago(text) {
  return text === null ? "never" : span((seen.now - Date.parse(text)) / 1000) + " ago";
}

function micros(us) {
  if (us === null) return "–";
  if (us < 1000) return us + " µs";
  return us < 1e6 ? us / 1000 + " ms" : us / 1e6 + " s";
}

// Rows by the table's own headings, which a narrow screen shows beside each value. Written only if
// something has changed, so that what is marked stays marked.
function fill(id, rows, nothing) {
  const table = at(id);
  const headings = [...table.tHead.rows[0].cells];
  const body = document.createElement("tbody");
  for (const cells of rows) {
    const row = make("tr");
    cells.forEach((cell, i) => {
      const td = make("td", headings[i].className, cell);
      td.dataset.label = headings[i].textContent;
      row.append(td);
    });
    body.append(row);
  }
  if (rows.length === 0) {
    const td = make("td", "faint", nothing);
    td.colSpan = headings.length;
    body.append(make("tr", "", td));
  }
  if (table.tBodies[0].isEqualNode(body)) return;
  table.tBodies[0].replaceWith(body);
}

function troubles(s) {
  const all = [];
  if (s.draining) all.push("The gateway is draining: it takes no new connections.");
  if (!s.reload_succeeded)
    all.push("The configuration could not be read again: the one before is in force. The gateway's log says why.");
  for (const upstream of s.upstreams) {
    const down = upstream.endpoints.filter((endpoint) => !endpoint.up);
    if (down.length) all.push(`${upstream.name}: ${down.map((e) => e.url).join(", ")} can't be reached.`);
    if (upstream.pending > 0) all.push(`${upstream.name} has enough: ${whole.format(upstream.pending)} wait in line.`);
  }
  if (s.replay && s.replay.marks > 0.9 * s.replay.capacity)
    all.push("The replay store is nearly full; a full one refuses.");
  if (s.log_lines_dropped > 0)
    all.push(`${whole.format(s.log_lines_dropped)} lines of the access log were lost.`);
  return all;
}

function figure(name, value, more) {
  return make("div", "", make("dt", "", name), make("dd", "", value, more ? make("small", "", " " + more) : null));
}

function showSummary(s) {
  const wrong = troubles(s);
  const verdict = at("verdict");
  const words = wrong.length === 0 ? "Serving, and nothing is amiss"
    : wrong.length === 1 ? "One thing needs a look" : `${wrong.length} things need a look`;
  if (verdict.textContent !== words) verdict.textContent = words;
  verdict.className = wrong.length ? "bad" : "";
  at("troubles").replaceChildren(...wrong.map((text) => make("li", "", text)));
  at("facts").textContent = `Version ${s.version}, up for ${span((seen.now - Date.parse(s.started)) / 1000)}, ` +
    `configured ${ago(s.configured)}.`;
  const requests = s.routes.reduce((sum, route) => sum + route.requests.all, 0);
  const refused = s.refusals.reduce((sum, one) => sum + one.count, 0);
  const seconds = (seen.now - seen.at) / 1000;
  const rate = seen.requests === null || seconds <= 0 ? null : (requests - seen.requests) / seconds;
  if (seconds > 0) Object.assign(seen, {requests, at: seen.now});
  at("figures").replaceChildren(
    figure("requests a second", rate === null ? "–" : whole.format(rate < 10 ? rate.toFixed(1) : Math.round(rate))),
    figure("in flight", whole.format(s.in_flight)),
    figure("connections", whole.format(s.connections), "of " + whole.format(s.max_connections)),
    figure("refused or failed", whole.format(refused)),
    ...(s.replay
      ? [figure("remembered messages", whole.format(s.replay.marks), "of " + whole.format(s.replay.capacity))] : []));
}

function showUpstreams(all) {
  fill("upstreams", all.map((u) => [
    make("span", "name", u.name),
    list(u.endpoints.map((e) => make("span", "",
      make("span", e.up ? "good" : "bad", e.up ? "● up " : "▲ down "), make("code", "", e.url),
      make("span", "faint", ` ${whole.format(e.connections)} open, ${whole.format(e.requests)} requests` +
        (e.failed ? `, ${whole.format(e.failed)} failed` : ""))))),
    `${whole.format(u.in_flight)} of ${whole.format(u.max_requests)}`,
    `${whole.format(u.pending)} of ${whole.format(u.max_pending)}`,
    whole.format(u.turned_away)]), "no services");
}

function proof(route) {
  if (route.scheme === "none") return make("span", "warn", "none: anyone");
  if (route.observes) return make("span", "warn", `${route.scheme}, observed only`);
  const seals = route.envelope !== "none" && route.envelope !== route.scheme;
  return seals ? `${route.scheme}, ${route.envelope}` : route.scheme;
}

function showRoutes(all) {
  fill("routes", all.map((r) => [
    make("span", "name", r.name),
    make("code", "", (r.host || "") + r.path),
    proof(r),
    r.upstream,
    whole.format(r.requests.all),
    whole.format(r.requests.refused),
    make("span", r.requests.failed ? "bad" : "", whole.format(r.requests.failed)),
    `${micros(r.own.half_us)}, ${micros(r.own.most_us)}`,
    `${micros(r.whole.half_us)}, ${micros(r.whole.most_us)}`]), "no routes");
}

function showRefusals(all) {
  const reasons = new Map();
  for (const one of all) {
    const sum = reasons.get(one.reason) || {count: 0, clients: new Map()};
    sum.count += one.count;
    const who = one.client === "-" ? "nobody known" : one.client;
    sum.clients.set(who, (sum.clients.get(who) || 0) + one.count);
    reasons.set(one.reason, sum);
  }
  if (seen.first === null) seen.first = new Map([...reasons].map(([reason, sum]) => [reason, sum.count]));
  const total = [...reasons.values()].reduce((sum, one) => sum + one.count, 0);
  const rows = [...reasons].sort((a, b) => b[1].count - a[1].count).map(([reason, sum]) => {
    const meter = make("meter");
    meter.max = total;
    meter.value = sum.count;
    meter.title = Math.round(100 * sum.count / total) + " %";
    const more = sum.count - (seen.first.get(reason) || 0);
    const whose = [...sum.clients].sort((a, b) => b[1] - a[1]).slice(0, 3)
      .map(([client, count]) => `${client} ${whole.format(count)}`);
    const others = sum.clients.size - whose.length;
    return [make("code", "", reason), meter, whole.format(sum.count),
      more > 0 ? make("span", "warn", "+" + whole.format(more)) : make("span", "faint", "none"),
      whose.join(", ") + (others > 0 ? `, ${others} others` : "")];
  });
  fill("refusals", rows, "nothing was refused");
}

function clock(offset) {
  if (offset === null) return make("span", "faint", "–");
  if (Math.abs(offset) <= 2) return "in step";
  const words = span(Math.abs(offset)) + (offset > 0 ? " behind" : " ahead");
  return Math.abs(offset) > 30 ? make("span", "warn", "▲ " + words) : words;
}

function secret(s) {
  const parts = [make("code", "", s.id), " "];
  if (!s.in_force) {
    const coming = s.from !== null && Date.parse(s.from) > seen.now;
    parts.push(make("span", "faint", coming ? "not yet in force" : "over"));
    return make("span", "", ...parts);
  }
  const words = [];
  if (s.age_seconds !== null) words.push(span(s.age_seconds) + " old");
  if (s.last_used === null) {
    words.push("not used");
  } else {
    words.push("used " + ago(s.last_used) + (s.address ? " from " + s.address : "") +
      (s.version ? " by " + s.version : ""));
  }
  parts.push(make("span", "faint", words.join(", ")));
  if (s.until !== null) {
    const left = (Date.parse(s.until) - seen.now) / 1000;
    const ends = ` ends in ${span(left)}`;
    parts.push(left < 14 * 86400 ? make("span", "warn", " ▲" + ends) : make("span", "faint", "," + ends));
  }
  return make("span", "", ...parts);
}

function showClients(all) {
  fill("clients", all.clients.map((c) => {
    const versions = c.versions.slice(0, 4).map((v) => make("span", "", make("code", "", v.version),
      make("span", "faint", " " + ago(v.last_seen))));
    if (c.versions.length > 4) versions.push(make("span", "faint", `and ${c.versions.length - 4} more`));
    const refused = Object.entries(c.refusals).sort((a, b) => b[1] - a[1]).slice(0, 4)
      .map(([reason, count]) => make("span", "", make("code", "", reason), " " + whole.format(count)));
    const listed = (items) => items.length ? list(items) : make("span", "faint", "–");
    return [make("span", "", make("span", "name", c.id), c.enabled ? null : make("span", "warn", " disabled")),
      ago(c.last_seen), listed(versions), clock(c.clock_offset_seconds), list(c.secrets.map(secret)),
      whole.format(c.proven), listed(refused)];
  }), "no clients");
  at("pages").hidden = all.total <= PAGE;
  const last = seen.offset + all.clients.length;
  at("page").textContent = `${whole.format(seen.offset + 1)} to ${whole.format(last)} of ${whole.format(all.total)}`;
  at("before").disabled = seen.offset === 0;
  at("after").disabled = all.next === null;
}

async function get(path) {
  const answer = await fetch(path, {cache: "no-store", credentials: "omit"});
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function look() {
  const page = `/clients?offset=${seen.offset}&limit=${PAGE}`;
  const [status, clients] = await Promise.all([get("/status.json"), get(page)]);
  seen.now = Date.parse(status.now);
  showSummary(status);
  showUpstreams(status.upstreams);
  showRoutes(status.routes);
  showRefusals(status.refusals);
  showClients(clients);
}

async function turn() {
  const pulse = at("pulse");
  try {
    if (!document.hidden) await look();
    pulse.className = "";
    at("pulse-text").textContent = "live, every " + EVERY_MS / 1000 + " s";
  } catch (problem) {
    pulse.className = "lost";
    at("pulse-text").textContent = "no answer from the gateway; what you see is old";
  }
}

async function run() {
  await turn();
  setTimeout(run, EVERY_MS);
}

function leaf(by) {
  seen.offset = Math.max(0, seen.offset + by);
  turn();
}

at("before").addEventListener("click", () => leaf(-PAGE));
at("after").addEventListener("click", () => leaf(PAGE));
document.addEventListener("visibilitychange", () => { if (!document.hidden) turn(); });
run();
