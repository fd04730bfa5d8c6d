// SPDX-License-Identifier: Apache-2.0
#include "bench/load/report.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include "core/crypto/cipher.hpp"
#include "core/json/check.hpp"

namespace bench::load {

namespace {

constexpr std::array<std::pair<const char*, unsigned>, 4> percentiles = {
    {{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p99.9", 999}}};

[[gnu::format(printf, 2, 3)]] void add(std::string& out, const char* format, ...) {
  std::array<char, 256> text;
  va_list arguments;
  va_start(arguments, format);
  const int size = std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  out.append(text.data(), std::min(static_cast<std::size_t>(std::max(size, 0)), text.size() - 1));
}

double us(std::uint64_t ns) { return static_cast<double>(ns) / 1000; }

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string speaker(const subject& s) {
  if (s.plain()) return "plain";
  return std::string(core::crypto::name(s.client->cipher));
}

unsigned long long number(std::uint64_t n) { return n; }

/// {"p50":…,"max":…,"mean":…}
void add_latency(std::string& out, const histogram& ns) {
  out.append("{");
  for (const auto& [label, per_mille] : percentiles)
    add(out, R"("%s":%.3f,)", label, us(ns.percentile(per_mille)));
  add(out, R"("max":%.3f,"mean":%.3f})", us(ns.max()), ns.mean() / 1000);
}

void say_latency(std::string& out, const histogram& ns) {
  for (const auto& [label, per_mille] : percentiles)
    add(out, " %s %.0f ", label, us(ns.percentile(per_mille)));
  add(out, " max %.0f  mean %.0f\n", us(ns.max()), ns.mean() / 1000);
}

}  // namespace

std::string human_report(const options& o, const subject& s, const tally& all, double seconds) {
  std::string out;
  add(out, "%llu requests of %llu B (%s) in %.2f s over %u connections: %.0f answers/s\n",
      number(all.requests), number(o.size), speaker(s).c_str(), seconds, o.connections,
      per_second(all.answers, seconds));
  if (o.rate > 0) add(out, "asked for: %.0f requests/s, latency from when each was due\n", o.rate);
  add(out, "latency, µs:");
  say_latency(out, all.latency_ns);
  if (o.allow_refused) {
    add(out, "refused: %llu, latency, µs:", number(all.refused_ns.count()));
    say_latency(out, all.refused_ns);
  }
  add(out, "bytes: %llu sent, %llu received; connections closed by the other side: %llu\n",
      number(all.bytes_sent), number(all.bytes_received), number(all.reconnects));
  out.append("statuses:");
  for (const auto& [status, count] : all.statuses) add(out, " %u × %llu", status, number(count));
  if (all.statuses.empty()) out.append(" none");
  add(out, "\nerrors: %llu", number(all.failed_total()));
  for (std::size_t i = 0; i < failures; ++i)
    if (all.failed[i] != 0)
      add(out, ", %s %llu", name(static_cast<failure>(i)).data(), number(all.failed[i]));
  return out.append("\n");
}

std::string json_report(const options& o, const subject& s, const tally& all, double seconds) {
  std::string out = R"({"url":)";
  core::json::append_string(out, o.url);
  add(out, R"(,"loop":"%s","rate_asked":%.3f,"connections":%u,"threads":%u,"size":%llu,)",
      o.rate > 0 ? "open" : "closed", o.rate, o.connections, o.threads, number(o.size));
  add(out, R"("sealed":"%s","requests":%llu,"answers":%llu,"seconds":%.6f,"rate":%.3f,)",
      speaker(s).c_str(), number(all.requests), number(all.answers), seconds,
      per_second(all.answers, seconds));
  out.append(R"("latency_us":)");
  add_latency(out, all.latency_ns);
  add(out, R"(,"refused":{"count":%llu,"latency_us":)", number(all.refused_ns.count()));
  add_latency(out, all.refused_ns);
  out.append(R"(},"answers_by_second":[)");
  for (std::size_t i = 0; i < all.by_second.size(); ++i)
    add(out, "%s%llu", i == 0 ? "" : ",", number(all.by_second[i]));
  add(out, R"(],"bytes":{"sent":%llu,"received":%llu,"messages":%llu},)", number(all.bytes_sent),
      number(all.bytes_received), number(all.message_bytes));
  add(out, R"("reconnects":%llu,"statuses":{)", number(all.reconnects));
  const char* comma = "";
  for (const auto& [status, count] : all.statuses) {
    add(out, R"(%s"%u":%llu)", comma, status, number(count));
    comma = ",";
  }
  add(out, R"(},"errors":{"total":%llu)", number(all.failed_total()));
  for (std::size_t i = 0; i < failures; ++i)
    add(out, R"(,"%s":%llu)", name(static_cast<failure>(i)).data(), number(all.failed[i]));
  return out.append("}}\n");
}

}  // namespace bench::load
