// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/listener.hpp"

#include <optional>
#include <utility>

#include "core/http/forwarded.hpp"
#include "gateway/net/accept.hpp"
#include "gateway/net/deadlines.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/peer.hpp"
#include "gateway/session/turn_away.hpp"

namespace gateway::session {

namespace {

/// What counts a connection until its session has ended; nothing where nothing is counted.
using counted = std::optional<limit::counted_connection>;

/// Nothing at all if its address has as many connections as it may have.
std::optional<counted> count_address(const worker& w, const sys::descriptor& socket,
                                     connection_count& count) {
  const auto& limits = w.limits().per_address;
  if (!limits || !limits->connections) return counted();
  const std::string address = net::peer_address(socket.get());
  const auto key = core::limit::key_of_address(address);
  // A proxy has those of all who are behind it.
  if (!key || core::http::is_trusted(address, w.current().rules->model.trusted_proxies))
    return counted();
  if (!count.by_address.take(*key, *limits->connections)) return std::nullopt;
  return counted(std::in_place, count.by_address, *key);
}

net::task<void> run_counted(worker* w, sys::descriptor socket, connection_count* count,
                            counted of_address, entrance by) {
  try {
    co_await run_session(w, std::move(socket), by);
  } catch (const std::exception&) {
    // The exchange has reported its own; a session that can't even begin (no memory) ends alone.
  }
  of_address.reset();
  count->open.fetch_sub(1, std::memory_order_relaxed);
}

void refuse(worker& w, sys::descriptor socket, const entrance& by) {
  net::transport client(std::move(socket), w.sockets, w.deadlines, by.secured_by);
  turn_away(w, client, client.peer_address(), core::base::errc::overloaded);
}

}  // namespace

void take_client(worker& w, sys::descriptor socket, connection_count& count, entrance by) {
  by.introduces = w.current().introduces(by.listener);
  by.secured_by = w.current().secured_by(by.listener);
  if (count.open.fetch_add(1, std::memory_order_relaxed) >= w.limits().connections) {
    count.open.fetch_sub(1, std::memory_order_relaxed);
    refuse(w, std::move(socket), by);
    return;
  }
  std::optional<counted> of_address = count_address(w, socket, count);
  if (!of_address) {
    count.open.fetch_sub(1, std::memory_order_relaxed);
    w.watch.connection_refused();
    return;
  }
  net::spawn(w.context,
             run_counted(&w, std::move(socket), &count, std::move(*of_address), std::move(by)));
}

net::task<void> accept_clients(worker* w, net::stream_acceptor* acceptor, connection_count* count,
                               entrance by) {
  // So many in a row before those that are connected have their turn.
  static constexpr int at_once = 64;
  while (acceptor->is_open()) {
    const auto ec = co_await net::when_readable(*acceptor);
    if (ec || !acceptor->is_open()) co_return;
    bool failed = false;
    for (int i = 0; i < at_once && !failed; ++i) {
      net::accepted client = net::accept_now(*acceptor);
      failed = client.failed;
      if (!client.socket) break;
      take_client(*w, std::move(client.socket), *count, by);
    }
    if (!failed) continue;
    // No descriptors, or no memory.
    w->watch.accept_failed();
    co_await net::pause(w->context, std::chrono::milliseconds(100));
  }
}

void close_entrance(worker& w, net::stream_acceptor& acceptor, connection_count& count,
                    entrance by) {
  by.closing = true;
  for (;;) {
    net::accepted client = net::accept_now(acceptor);
    if (!client.socket) break;
    take_client(w, std::move(client.socket), count, by);
  }
  boost::system::error_code ignored;
  acceptor.close(ignored);
}

}  // namespace gateway::session
