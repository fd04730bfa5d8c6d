// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/listeners.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "gateway/net/handed.hpp"
#include "gateway/net/plain_server.hpp"
#include "gateway/net/resolve.hpp"

namespace gateway::app {

namespace {

door duplicate(listeners::listener& of) {
  sys::descriptor own(::fcntl(of.at.socket.native_handle(), F_DUPFD_CLOEXEC, 0));
  if (!own)
    throw std::system_error(errno, std::generic_category(), "duplicating a listening socket");
  return {of.number, std::move(own)};
}

}  // namespace

bound listen(net::event_loop& loop, const core::config::address& where,
             cannot_listen::listener whose, std::vector<sys::descriptor>* handed) {
  const net::socket_address address = net::resolve(where);
  const auto refused = [&](const std::string& why) {
    return cannot_listen(whose, "can't listen on " + net::format_address(address) + ": " + why);
  };
  try {
    if (handed != nullptr) {
      if (auto taken = net::take_listening(loop, address, *handed))
        return {std::move(*taken), {}, true};
    }
    return {net::listen_on(loop, address), sys::socket_file(where.path), false};
  } catch (const boost::system::system_error& e) {
    throw refused(e.code().message());
  } catch (const std::system_error& e) {
    throw refused(e.code().message());
  }
}

listeners::change listeners::prepare(net::event_loop& loop,
                                     const std::vector<core::config::listener>& wanted,
                                     unsigned workers, std::vector<sys::descriptor>* handed) {
  change made;
  std::vector<const listener*> left;
  for (const listener& l : all_) left.push_back(&l);
  for (const core::config::address& address : wanted) {
    const auto found =
        std::ranges::find_if(left, [&](const listener* l) { return l->configured == address; });
    if (found != left.end()) {
      made.numbers.push_back((*found)->number);
      left.erase(found);
      continue;
    }
    made.numbers.push_back(last_number_ + 1);
    made.opened.push_back(
        {address, ++last_number_, listen(loop, address, cannot_listen::listener::clients, handed)});
  }
  for (const listener* l : left) made.closed.push_back(l->number);
  for (unsigned i = 0; i < workers; ++i) {
    std::vector<door>& doors = made.doors.emplace_back();
    for (listener& l : made.opened) doors.push_back(duplicate(l));
  }
  return made;
}

void listeners::commit(change made) {
  std::erase_if(all_, [&](const listener& l) {
    return std::ranges::find(made.closed, l.number) != made.closed.end();
  });
  for (listener& l : made.opened) all_.push_back(std::move(l));
}

std::vector<door> listeners::duplicates() {
  std::vector<door> made;
  for (listener& l : all_) made.push_back(duplicate(l));
  return made;
}

std::vector<offered_socket> listeners::offer() {
  std::vector<offered_socket> all;
  for (listener& l : all_)
    all.push_back({l.at.socket.native_handle(), static_cast<bool>(l.at.file)});
  return all;
}

void listeners::close() {
  boost::system::error_code ignored;
  for (listener& l : all_) {
    l.at.file.remove();
    l.at.socket.close(ignored);
  }
}

void listeners::leave_files() {
  for (listener& l : all_) l.at.file.leave();
}

bool listeners::own_file(const std::string& path) {
  const auto found =
      std::ranges::find_if(all_, [&](const listener& l) { return l.configured.path == path; });
  if (found == all_.end()) return false;
  found->at.file = sys::socket_file(path);
  return true;
}

std::vector<net::socket_address> listeners::inherited() const {
  std::vector<net::socket_address> all;
  for (const listener& l : all_)
    if (l.at.inherited) all.push_back(l.at.socket.local_endpoint());
  return all;
}

std::vector<net::socket_address> listeners::addresses() const {
  std::vector<net::socket_address> all;
  for (const listener& l : all_) all.push_back(l.at.socket.local_endpoint());
  return all;
}

}  // namespace gateway::app
