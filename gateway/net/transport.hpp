// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection's bytes, with a deadline on every wait. This is all that sessions know of sockets:
// what drives them (today an epoll set within Asio's loop) can be exchanged behind it, and whether
// the bytes go through TLS, nobody sees once it has been agreed on.

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/readiness.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/net/tls_stream.hpp"
#include "gateway/net/unsent.hpp"
#include "gateway/sys/descriptor.hpp"

namespace gateway::net {

enum class io_error {
  none,
  eof,      ///< the peer has finished sending
  timeout,  ///< the deadline passed
  broken,   ///< reset, refused, closed by us, or anything else: the connection is of no more use
  in_vain,  ///< whoever it was for has gone
};

struct io_result {
  io_error error = io_error::none;
  std::size_t bytes = 0;
};

class transport final : private deadlines::entry, private readiness::entry {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// Without a socket until connect().
  transport(readiness& sockets, deadlines& wheel);
  /// For a socket that is connected, as accept() gave it; plain without `by`. Else a handshake()
  /// must come first.
  transport(sys::descriptor socket, readiness& sockets, deadlines& wheel,
            std::shared_ptr<const tls_server> by = nullptr);
  transport(transport&&) = delete;
  /// Tells the peer that nothing follows, where TLS has a word for it.
  ~transport() override;

  /// What an operation gives to co_await. At most one at a time on a connection.
  template <class Result>
  class [[nodiscard]] operation {
   public:
    explicit operation(transport& on) : on_(on) {}
    [[nodiscard]] bool await_ready() const noexcept { return on_.doing_ == doing::nothing; }
    void await_suspend(std::coroutine_handle<> waiting) const noexcept { on_.waiting = waiting; }
    [[nodiscard]] Result await_resume() const noexcept { return Result{on_.result_}; }

   private:
    transport& on_;
  };
  struct just_error {
    explicit just_error(const io_result& of) : error(of.error) {}
    // NOLINTNEXTLINE(google-explicit-constructor): it is one
    operator io_error() const { return error; }
    io_error error;
  };

  /// Connects a new socket. @return none, timeout or broken.
  operation<just_error> connect(const socket_address& to, milliseconds timeout);
  /// Why connect() has failed, in the kernel's words, or how long it waited.
  [[nodiscard]] std::string why_not_connected() const;

  /// From now on TLS is spoken with the client, beginning with a handshake(). Nothing of it has
  /// been read.
  void secure(std::shared_ptr<const tls_server> by);
  /// From now on TLS is spoken to the endpoint at `host`, beginning with a handshake(). Once
  /// connected.
  void secure(std::shared_ptr<const tls_client> by, const std::string& host,
              std::shared_ptr<tls_session> kept);
  /// Agrees on TLS; at once where the connection is plain. `timeout` is for all of it.
  /// @return none, timeout or broken.
  operation<just_error> handshake(milliseconds timeout);
  /// Is it one that TLS is spoken on?
  [[nodiscard]] bool secured() const { return tls_ != nullptr; }
  /// There if secured().
  [[nodiscard]] const tls_stream* tls() const { return tls_.get(); }
  /// What comes from now on is plain: for a last word to a peer that doesn't speak TLS.
  void speak_plainly() { tls_.reset(); }

  /// Reads what is there, at least a byte, at most into.size().
  operation<io_result> read_some(std::span<char> into, milliseconds timeout);

  /// Waits without holding a buffer until there is something to read (or the peer closed).
  operation<just_error> wait_readable(milliseconds timeout);

  /// The next read, wait or write_unless_answered is for `whom`, with which nothing is done
  /// meanwhile: once that one has ended it is in_vain.
  void on_behalf_of(transport& whom) {
    whom_ = &whom;
    whom.doing_ = doing::follow;
    whom.leader_ = this;
  }

  /// Writes all parts, four at most, with as few sends as the kernel allows (one, usually).
  /// `timeout` is for each pause in the progress. `bytes` tells how much was accepted by the
  /// kernel, also on an error.
  operation<io_result> write(std::span<const std::string_view> parts, milliseconds timeout);

  /// As write, but gives up (error none, bytes less than all) as soon as the peer has something to
  /// say: an upstream may answer before it has read the body.
  operation<io_result> write_unless_answered(std::span<const std::string_view> parts,
                                             milliseconds timeout);

  /// From now on it is unused: what the loop hears of it until it is used again is known to
  /// quiet().
  void rest() { resting_since_ = turns(); }

  /// True if an unused connection is still open and silent. The kernel is asked unless the loop has
  /// turned since rest(): one request may follow another without a turn.
  [[nodiscard]] bool quiet() const;

  /// True if the peer has finished sending and all of it was read, or the connection is of no more
  /// use. For the moments in which nobody reads.
  [[nodiscard]] bool ended() const;

  /// One attempt to read without waiting, while nothing else is read. @return nothing if there is
  /// nothing.
  std::optional<io_result> read_now(std::span<char> into);
  /// One attempt to send without waiting, while nothing else is written. `bytes` tells how much was
  /// accepted; the next attempt must begin with what was not.
  io_result write_now(std::string_view bytes);

  /// Who moves what two connections say to each other.
  class driver {
   public:
    struct step {
      std::optional<io_error> over{};  ///< how it ended, once it has
      bool moved = false;              ///< the deadline begins anew: `patience` from now
      bool more = false;               ///< there is more to do, and others had to wait
      milliseconds patience{};
    };
    /// To be done whenever something new may be had of either.
    virtual step drive() = 0;

   protected:
    ~driver() = default;
  };
  /// Has `by` called for whatever is heard of this connection and of `other`, until it says that it
  /// is over, or nothing moves for `timeout`. Meanwhile nothing else is done with either but
  /// read_now() and write_now(); both are closed after that.
  operation<just_error> drive_both(transport& other, driver& by, milliseconds timeout);

  /// Tells the peer that nothing follows.
  void finish_sending();
  /// What was sent is not whole: no end is to be said that makes it look so.
  void cut() {
    if (tls_) tls_->cut();
  }
  void close();
  /// Lets what waits run out of time now; what was complete already stays complete.
  void interrupt() { expire(); }
  /// Lets what waits run out of time `longest` from now.
  void hurry(milliseconds longest) {
    if (doing_ != doing::nothing && doing_ != doing::ended) arm(longest);
  }
  [[nodiscard]] bool is_open() const { return static_cast<bool>(socket_); }

  /// The peer's address without port, e.g. "127.0.0.1".
  [[nodiscard]] std::string peer_address() const;

 private:
  enum class doing {
    nothing,
    connect,
    handshake,
    read,
    wait,
    write,
    write_unless_answered,
    drive,
    follow,  ///< what is heard is for the one that it is driven with
    ended
  };

  void adopt(sys::descriptor socket);
  void expire() override;
  void ready() override;
  void begin(doing what, milliseconds timeout);
  bool advance();
  bool end_now(io_error error);
  void end_later(io_error error);
  bool try_connect();
  bool try_handshake();
  bool try_read();
  bool try_write();
  bool try_read_secured();
  bool try_write_secured();
  bool try_driving();
  bool is_in_vain();
  void part();
  bool has_something();
  [[nodiscard]] bool hears_nothing() const;

  sys::descriptor socket_;
  std::unique_ptr<tls_stream> tls_;  ///< null: plain
  doing doing_ = doing::nothing;
  io_result result_;
  int refusal_ = 0;  ///< errno of connect(); 0: none
  milliseconds timeout_{};
  std::span<char> into_;
  unsent left_;
  driver* driver_ = nullptr;
  transport* whom_ = nullptr;    ///< for whom it reads or waits
  transport* leader_ = nullptr;  ///< whom it follows
  unsigned eager_ = 0;           ///< operations in a row that did not wait
  bool deferred_ = false;        ///< a write that gave way
  bool unsure_ = false;          ///< has all that may_read stands for been read meanwhile?
  std::uint64_t resting_since_ = never;
  static constexpr std::uint64_t never = ~std::uint64_t{0};
};

}  // namespace gateway::net
