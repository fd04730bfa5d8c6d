// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/reload.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/net/resolve.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/session/session.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/process.hpp"
#include "tests/core/config/sample.hpp"
#include "tests/gateway/session/house.hpp"

namespace tests {

namespace {

namespace run = ::gateway::app;
using severity = ::core::config::problem::severity;

std::string with_routes(const std::string& routes, const std::string& more = {}) {
  return "listen: 127.0.0.1:0\nclients: {billing: {secret: 0123456789abcdef}}\n"
         "upstreams: {orders: http://127.0.0.1:9}\nroutes: [" +
         routes + "]\n" + more;
}
const std::string open = "{path: /open/, scheme: none, upstream: orders, content: any}";
const std::string api = "{path: /api/, scheme: laravel, upstream: orders}";

/// From 127.0.0.2, which is another client than 127.0.0.1.
peer another_client(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in from = listening::loopback(0);
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  BOOST_REQUIRE_EQUAL(::bind(descriptor, listening::generic(from), sizeof from), 0);
  sockaddr_in where = listening::loopback(port);
  BOOST_REQUIRE_EQUAL(::connect(descriptor, listening::generic(where), sizeof where), 0);
  return peer(descriptor);
}

/// Names and where they lead; none else is found.
using hosts = std::map<std::string, std::vector<std::string>>;

/// A worker on a thread of its own that goes by what the text says.
struct fixture {
  explicit fixture(const std::string& text = with_routes(open), hosts all = {})
      : known(std::move(all)) {
    auto first = std::make_shared<ses::generation>();
    ::core::config::model model = config::model_of(text);
    first->groups = run::look_up(model, {}, {}, names).groups;
    auto doors = state.doors.prepare(steward, model.listen, 1);
    counters =
        std::make_unique<::gateway::metrics::registry>(run::describe(model, first->groups, {}), 1);
    first->places = counters->shared_places();
    first->rules = std::make_shared<const ::core::admission::snapshot>(std::move(model));
    state.heritage.put_in_force(*first, now());
    state.generation = first;
    workers.push_back(std::make_unique<run::worker_thread>(
        run::shared_parts{first, marks, connections, steward}, std::move(doors.doors[0]),
        counters->worker(0), watch));
    state.doors.commit(std::move(doors));
    workers[0]->start();
  }
  ~fixture() {
    workers[0]->stop();
    workers[0]->join();
  }
  static std::int64_t now() { return ::core::base::unix_seconds(::gateway::sys::now()); }
  run::reload_outcome reload(const std::string& text) { return reload(config::read(text)); }
  run::reload_outcome reload(const ::core::config::reading& read) {
    return run::reload({[&] { return read; }, "file"},
                       {state, workers, *counters, steward, [this] { ++waited; }, names});
  }
  /// Where the endpoints of an upstream are, and how they are called.
  [[nodiscard]] std::string endpoints(std::size_t upstream) const {
    std::string all;
    for (const auto& e : state.generation->groups.at(upstream).endpoints)
      all += e.authority + '=' + io::host_of(e.address) + ' ';
    return all;
  }
  [[nodiscard]] std::string ask(const std::string& path) const {
    const peer client = connect_to(io::port_of(state.doors.addresses().at(0)));
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.receive(12).substr(9);
  }

  hosts known;
  ::gateway::upstream::resolver::lookup names = [this](const ::core::config::address& a) {
    if (io::is_address(a.host)) return io::resolve_all(a);
    const auto found = known.find(a.host);
    if (found == known.end()) throw std::runtime_error("can't find the host " + a.host);
    std::vector<io::socket_address> all;
    for (const std::string& one : found->second) all.push_back(io::resolve({one, a.port}));
    return all;
  };
  ::gateway::replay::store marks{{1000, 100, {}, 300, 60, false}, now()};
  io::event_loop steward{1};
  run::in_force state;
  std::unique_ptr<::gateway::metrics::registry> counters;
  ses::connection_count connections;
  watcher watch;
  std::vector<std::unique_ptr<run::worker_thread>> workers;
  std::atomic<int> waited = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(reload)

BOOST_AUTO_TEST_CASE(once_it_has_returned_workers_go_by_the_new_one) {
  fixture f;
  BOOST_TEST(f.ask("/api/x") == "404");
  BOOST_TEST(f.reload(with_routes(api)).done);
  BOOST_TEST(f.ask("/api/x") == "401");  // no credential
  BOOST_TEST(f.ask("/open/x") == "404");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_changes_nothing) {
  fixture f;
  const auto before = f.state.generation;
  const auto descriptors = ::gateway::sys::read_process()->open_descriptors;
  const listening taken;
  const std::string other_port =
      "listen: [127.0.0.1:0, '127.0.0.1:" + std::to_string(taken.port()) + "']";
  std::string in_use = with_routes(api);
  in_use.replace(in_use.find("listen: 127.0.0.1:0"), 19, other_port);
  auto no_host = config::read(with_routes(api));
  no_host.value.value().upstreams[0].endpoints[0].host = "no blanks in names.invalid";
  for (const auto& bad :
       {config::read(with_routes(api + ", nonsense")), config::read(in_use), no_host}) {
    const auto what = f.reload(bad);
    BOOST_TEST(!what.done);
    BOOST_REQUIRE(!what.problems.empty());
    BOOST_TEST((what.problems.back().level == severity::error));
    BOOST_TEST((f.state.generation == before));
    BOOST_TEST(f.state.doors.addresses().size() == 1U);
    BOOST_TEST(f.ask("/open/x") == "502");
  }
  BOOST_TEST(::gateway::sys::read_process()->open_descriptors <= descriptors + 2);
}

/// Of an upstream called orders and one called stock.
std::string with_upstreams(const std::string& orders, const std::string& stock,
                           const std::string& route = open) {
  std::string all = with_routes(route);
  const std::string old = "{orders: http://127.0.0.1:9}";
  return all.replace(all.find(old), old.size(), "{orders: " + orders + ", stock: " + stock + "}");
}

BOOST_AUTO_TEST_CASE(a_name_that_cannot_be_found_any_more_leads_where_it_did) {
  const std::string here = "http://127.0.0.1:9";
  fixture f(with_upstreams("https://a.example:81", "http://a.example:82"),
            {{"a.example", {"192.0.2.1", "192.0.2.2"}}});
  const auto condition = f.state.generation->groups[0].endpoints[0].condition;
  f.known.clear();
  const auto what = f.reload(with_upstreams("https://a.example:81", "http://a.example:82", api));
  BOOST_REQUIRE(what.done);
  BOOST_TEST(f.ask("/api/x") == "401");
  BOOST_TEST(f.endpoints(0) == "a.example:81=192.0.2.1 a.example:81=192.0.2.2 ");
  BOOST_TEST((f.state.generation->groups[0].endpoints[0].condition == condition));
  BOOST_TEST(
      (f.state.generation->groups[1].endpoints[1].address == io::resolve({"192.0.2.2", 82})));
  BOOST_REQUIRE_EQUAL(what.lost.size(), 2U);
  BOOST_TEST(what.lost[1].name.port == 82);
  BOOST_TEST((what.problems.back().level == severity::warning));
  BOOST_TEST(what.problems.back().message ==
             "can't find the host a.example; what it led to before is still used");
  // One that is found leads where it says.
  f.known = {{"a.example", {"192.0.2.3"}}};
  BOOST_TEST(f.reload(with_upstreams("https://a.example:81", here)).lost.empty());
  BOOST_TEST(f.endpoints(0) == "a.example:81=192.0.2.3 ");
}

BOOST_AUTO_TEST_CASE(what_a_lost_name_led_to_is_known_by_host_and_port_wherever_it_stands) {
  const std::string here = "http://127.0.0.1:9";
  fixture f(with_upstreams("{endpoints: [http://a.example, http://b.example]}", here),
            {{"a.example", {"192.0.2.1"}}, {"b.example", {"192.0.2.2"}}});
  f.known.clear();
  const auto what = f.reload(
      with_upstreams(here,
                     "{endpoints: [http://b.example, http://a.example, http://b.example], balance: "
                     "least_busy}"));
  BOOST_TEST(what.done);
  BOOST_TEST(what.lost.size() == 2U);
  BOOST_TEST(f.endpoints(1) == "b.example=192.0.2.2 a.example=192.0.2.1 b.example=192.0.2.2 ");
  // Another port is another service, and what is new was never found.
  for (const std::string other : {"http://a.example:81", "http://c.example"}) {
    const auto refused = f.reload(with_upstreams(here, other, api));
    BOOST_TEST(!refused.done);
    BOOST_TEST((refused.problems.back().level == severity::error));
    BOOST_TEST(refused.problems.back().message.starts_with("can't find the host "));
    BOOST_TEST(f.ask("/api/x") == "404");
  }
}

BOOST_AUTO_TEST_CASE(of_addresses_that_are_too_many_it_warns) {
  fixture f;
  for (int i = 0; i < 257; ++i)
    f.known["a.example"].push_back("198.18." + std::to_string(i / 200) + '.' +
                                   std::to_string(i % 200));
  const auto what = f.reload(with_upstreams("http://a.example", "http://127.0.0.1:9"));
  BOOST_REQUIRE(what.done);
  BOOST_TEST((what.problems.back().level == severity::warning));
  BOOST_TEST(what.problems.back().message.starts_with("upstreams.orders: its names have more"));
  f.known["a.example"].pop_back();
  for (const auto& p : f.reload(with_upstreams("http://a.example", "http://127.0.0.1:9")).problems)
    BOOST_TEST(p.message.find("addresses") == std::string::npos, p.message);
}

BOOST_AUTO_TEST_CASE(the_addresses_of_its_own_upstream_come_first) {
  fixture f(with_upstreams("http://a.example", "http://a.example"), {{"a.example", {"192.0.2.1"}}});
  auto other = std::make_shared<ses::generation>(*f.state.generation);
  other->groups[1].endpoints[0].address = io::resolve({"192.0.2.2", 80});
  f.state.generation = other;
  f.known.clear();
  BOOST_TEST(f.reload(with_upstreams("http://a.example", "http://a.example")).done);
  BOOST_TEST(f.endpoints(0) + f.endpoints(1) == "a.example=192.0.2.1 a.example=192.0.2.2 ");
}

BOOST_AUTO_TEST_CASE(without_a_source_it_says_so) {
  fixture f;
  const auto what = run::reload({}, {f.state, f.workers, *f.counters, f.steward, {}});
  BOOST_TEST(!what.done);
  BOOST_TEST(run::json_members(what) ==
             R"("problems":[{"severity":"error","line":0,"column":0,"path":"",)"
             R"("message":"there is none to read"}],"restart_needed":[])");
}

BOOST_AUTO_TEST_CASE(an_upstream_that_stays_keeps_its_places) {
  fixture f;
  const auto places = f.state.generation->groups[0].places;
  BOOST_TEST(places->try_take());
  const auto with_limit = [](int limit, const std::string& name) {
    std::string all =
        with_routes("{path: /open/, scheme: none, upstream: " + name + ", content: any}");
    const std::string old = "{orders: http://127.0.0.1:9}";
    return all.replace(all.find(old), old.size(),
                       "{" + name +
                           ": {endpoints: http://127.0.0.1:9, max_pending: 0, max_requests: " +
                           std::to_string(limit) + "}}");
  };
  BOOST_TEST(f.reload(with_limit(1, "orders")).done);
  BOOST_TEST((f.state.generation->groups[0].places == places));
  BOOST_TEST(!places->try_take());
  BOOST_TEST(f.ask("/open/x") == "503");
  // Away and back, while somebody has one of them.
  BOOST_TEST(f.reload(with_limit(1, "stock")).done);
  BOOST_TEST((f.state.generation->groups[0].places != places));
  BOOST_TEST(f.reload(with_limit(2, "orders")).done);
  BOOST_TEST((f.state.generation->groups[0].places == places));
  BOOST_TEST(places->try_take());
  BOOST_TEST(!places->try_take());
}

BOOST_AUTO_TEST_CASE(a_generation_dies_on_the_steward) {
  fixture f;
  const std::weak_ptr<const ses::generation> first = f.state.generation;
  BOOST_TEST(f.reload(with_routes(api)).done);
  BOOST_TEST(!first.expired());
  f.steward.restart();
  while (!first.expired() && f.steward.run_one() != 0) {
  }
  BOOST_TEST(first.expired());
}

BOOST_AUTO_TEST_CASE(while_a_name_server_takes_its_time_a_sign_of_life_is_given) {
  fixture f;
  const auto what = run::reload({[&f] {
                                   while (f.waited < 2) std::this_thread::yield();
                                   return config::read(with_routes(api));
                                 },
                                 "file"},
                                {f.state, f.workers, *f.counters, f.steward, [&f] { ++f.waited; }});
  BOOST_TEST(what.done);
  BOOST_TEST(f.waited >= 2);
}

// The worker accepts at both of its listeners in one turn, and the second goes with that turn: who
// was refused at the first has it close the other one, at which somebody is accepted before that.
BOOST_AUTO_TEST_CASE(who_is_accepted_in_a_listeners_last_turn_leaves_with_it) {
  std::string two = with_routes(open, "limits: {per_address: {connections: 1}}\n");
  two.replace(two.find("127.0.0.1:0"), 11, "[127.0.0.1:0, 127.0.0.1:0]");
  fixture f(two);
  std::vector<::core::config::listener> one = f.state.generation->rules->model.listen;
  one.pop_back();
  const auto closed = f.state.doors.prepare(f.steward, one, 1).closed;
  BOOST_REQUIRE_EQUAL(closed.size(), 1U);
  std::promise<void> busy;
  std::promise<void> queued;
  std::promise<void> removed;
  f.watch.on_refused = [&] {
    f.workers[0]->take_up(f.state.generation, {}, closed);
    removed.set_value();
  };
  f.watch.on_opened = [&] {
    busy.set_value();
    queued.get_future().wait();
  };
  f.workers[0]->take_up(f.state.generation, {}, {}).get();  // it knows of both from now on
  const peer first = another_client(io::port_of(f.state.doors.addresses().at(0)));
  busy.get_future().wait();
  const peer refused = another_client(io::port_of(f.state.doors.addresses().at(0)));
  const peer last = connect_to(io::port_of(f.state.doors.addresses().at(1)));
  queued.set_value();
  removed.get_future().wait();
  last.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = last.receive_all();
  BOOST_TEST(answer.starts_with("HTTP/1.1 404 "), answer);
  BOOST_TEST(answer.find("\r\nConnection: close\r\n") != std::string::npos, answer);
}

BOOST_AUTO_TEST_CASE(windows_are_handed_on) {
  fixture f;
  BOOST_TEST(f.reload(with_routes(api, "replay: {window: 60s}\n")).done);
  BOOST_TEST(f.reload(with_routes(api, "replay: {window: 600s}\n")).done);
  const auto& window = f.state.generation->rules->policies[0].window;
  BOOST_TEST(window.past == 600);
  BOOST_TEST(window.past_of(fixture::now()) == 60);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
