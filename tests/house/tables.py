# SPDX-License-Identifier: Apache-2.0
"""What the house allows, and where. Every exception stands here, with its reason, and nowhere else."""

# A room includes itself and rooms of lower rank.
RANKS = {
    "core/base": 0,
    "core/crypto": 1, "core/http": 1, "core/json": 1,
    "core/keys": 2,
    "core/scheme": 3, "core/envelope": 3, "core/replay": 3, "core/limit": 3, "core/upstream": 3,
    "core/observe": 3,
    "core/route": 4,
    "core/config": 5,
    "core/admission": 6,  # reads the model; the model knows nothing of stages
    "core/explain": 7,  # takes a message through the stages
    "gateway/sys": 10,
    "gateway/log": 11, "gateway/metrics": 11,
    "gateway/net": 12,
    "gateway/replay": 13, "gateway/limit": 13, "gateway/upstream": 13,
    "gateway/session": 14, "gateway/admin": 14,
    "gateway/app": 15,
    "gateway/cli": 16,
}
MAIN = "gateway/main.cpp"  # stands above all rooms

# Entries of the root, beside dot-files.
ROOT_NAMES = {"gateway", "core", "conf", "tests", "bench", "CMakeLists.txt", "CMakePresets.json", "LICENSE",
              "README.md"}
ROOT_IGNORED = {"build", ".git"}

# Third-party headers that belong to certain rooms. Tests and benchmarks may include what they like.
LIBRARY_HOMES = [
    # include begins with, places that may, why
    ("openssl/", ("core/crypto/", "gateway/net/", "gateway/sys/"), "crypto is one room, TLS and entropy two"),
    ("yaml-cpp/", ("core/config/",), "YAML ends where the model begins"),
    ("boost/asio", ("gateway/net/",), "sockets are driven in one room, so that they can be exchanged"),
    ("boost/beast", ("gateway/net/",), "HTTP I/O is one room"),
    ("prometheus/", ("gateway/metrics/",), "the others count through the metrics room"),
    ("spdlog/", ("gateway/log/",), "the others log through the log room"),
    ("CLI/", ("gateway/cli/",), "arguments end at the command line"),
    ("hiredis/", ("gateway/replay/",), "Redis is one store among others"),
]

# Headers that nothing in core includes: it decides on values, and anything here would be a hidden input or output.
NOT_IN_CORE = (
    "thread", "mutex", "shared_mutex", "condition_variable", "semaphore", "latch", "barrier", "future",
    "stop_token", "atomic", "iostream", "fstream", "filesystem", "cstdio", "stdio.h", "random", "ctime", "time.h",
    "csignal", "signal.h", "unistd.h", "fcntl.h", "netdb.h", "poll.h", "sys/", "netinet/", "arpa/", "linux/",
    "boost/filesystem", "boost/thread", "boost/atomic", "boost/log", "boost/process",
)

# (rule, what, trees it holds in, places excepted, why). Searched in code without comments and literals.
CODE_TREES = ("core/", "gateway/", "tests/", "bench/")
TOKENS = [
    ("clock", r"\b(?:system|steady|high_resolution|utc)_clock\s*::\s*now\b|\b(?:clock_gettime|gettimeofday)\s*\(",
     ("core/", "gateway/", "tests/core/", "tests/gateway/"), ("gateway/sys/",),
     "the clock is read in gateway/sys alone"),
    ("random", r"\bstd::rand\b|\bs?rand\s*\(|\brandom_device\b|\bRAND_\w*bytes\b|\bget(?:random|entropy)\s*\(",
     ("core/", "gateway/"), ("gateway/sys/",), "random bytes come from gateway/sys alone"),
    ("random", r"\bstd::rand\b|\bs?rand\s*\(", ("tests/", "bench/"), (), "a seeded generator can be repeated"),
    ("environment", r"\b(?:secure_)?getenv\s*\(|\benviron\b", ("core/", "gateway/"), ("gateway/sys/",),
     "the environment is read in gateway/sys alone"),
    ("core_is_pure",
     r"\bstd::(?:jthread|thread|mutex|shared_mutex|atomic\w*|lock_guard|scoped_lock|unique_lock|cout|cerr|clog|ofstream"
     r"|ifstream|fstream|filesystem)\b|\b(?:thread_local|volatile)\b|\bf?printf\s*\(|\bfopen\s*\("
     r"|\btime\s*\(\s*(?:0|NULL|nullptr)\s*\)",
     ("core/",), (), "core gets values: no thread, lock, file, stream or global"),
    ("timer", r"\b(?:steady_timer|system_timer|high_resolution_timer|basic_waitable_timer|deadline_timer)\b",
     ("gateway/",), ("gateway/net/deadline", "gateway/net/alarm"),
     "one coarse sweep per worker, never a timer per operation"),
    ("conditional_await", r"[?:]\s*co_await\b", ("core/", "gateway/", "tests/", "bench/"), (),
     "GCC 12 evaluates a co_await in ?: whatever the condition says: use if"),
    ("sleep", r"\bsleep_(?:for|until)\b|\b(?:u|nano|clock_nano)?sleep\s*\(", CODE_TREES, (),
     "wait for what happens, not for time to pass"),
]

# The same for scripts, searched in their whole text.
SCRIPT_TOKENS = [
    ("sleep", r"\btime\.sleep\s*\(|\basyncio\.sleep\s*\(|(?:^|[;&|]|\bdo\b|\bthen\b)\s*sleep\s+[\d.$]|\bu?sleep\s*\(",
     ("tests/",), ("tests/house/",), "wait for what happens, not for time to pass"),
    ("kill_by_name", r"\b(?:killall|pkill)\b", ("",), ("tests/house/",),
     "a name may be someone else's process; use the id"),
]

UNFINISHED = (r"\b(?:TODO|FIXME|XXX|HACK|TBD|WIP)\b"
              r"|(?i:\bfor now\b|\bplaceholders?\b|\bstub(?:s|bed)?\b|\bnot yet implemented\b)")
UNFINISHED_EXCEPT = ("tests/house/", "LICENSE")

MACHINE_PATH = r"(?<![\w.}\)~])/(?:work|tmp|home|root|Users)/\w"
MACHINE_PATH_EXCEPT = ("tests/house/", "conf/", "LICENSE")

# Lines a file may have.
LONGEST_FILE = 400
LONGEST_TEST = 600
LONGEST_LINE = 120
LENGTH_EXCEPT = ("tests/vectors/",)

# Data that others wrote or a machine made: not read at all.
DATA = ("tests/vectors/", "tests/fuzz/seeds/", "bench/results/")
