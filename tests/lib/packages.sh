#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Debian 12 packages that we need, by purpose: packages.sh PURPOSE… installs what is missing of them; with --list it
# only prints them. Purposes: build, tests, full, bench. Needs root or sudo only if something is missing.
set -eu

list() {
  case "$1" in
    build)
      echo g++ cmake ninja-build make  # with make GCC optimises the whole on all processors
      echo libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
      echo libssl-dev libyaml-cpp-dev prometheus-cpp-dev libspdlog-dev libcli11-dev
      ;;
    tests)
      echo libboost-test1.81-dev mold
      echo curl python3 python3-cryptography                           # house checks; a second implementation
      echo php-cli php-illuminate-encryption php-guzzlehttp-guzzle  # the clients of our users
      echo openssl nodejs golang-go                               # clients in other languages
      echo python3-jwcrypto                                       # JWE of another make
      command -v npm >/dev/null || echo npm  # whoever has Node from elsewhere has npm with it, and can't have Debian's
      echo nginx-light                                            # an upstream of another make
      echo strace                                                 # counts system calls
      echo sslscan                                                # looks for what is weak in TLS
      echo prometheus                                             # promtool, for the alert rules
      echo systemd                                                # systemd-analyze, for the unit
      ;;
    bench)
      echo python3 python3-cryptography
      echo nginx-light haproxy libnginx-mod-http-lua lua-cjson  # what the gateway is compared with
      echo linux-perf  # samples
      echo strace      # counts system calls
      echo valgrind    # counts instructions
      echo openssl     # one hash and one verification alone; certificates
      ;;
    full)
      echo clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev shellcheck
      echo valgrind  # counts instructions
      ;;
    *)
      echo "packages.sh: unknown purpose: $1" >&2
      exit 64
      ;;
  esac
}

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
    install --yes --no-install-recommends "$@" </dev/null
}

only_list=no
if [ "${1:-}" = --list ]; then
  only_list=yes
  shift
fi
missing=
for purpose in "$@"; do
  for package in $(list "$purpose"); do
    if [ "$only_list" = yes ]; then
      echo "$package"
    elif ! installed "$package"; then
      missing="$missing $package"
    fi
  done
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing" >&2
# The lists of a fresh machine are empty or old: only then is it worth fetching them.
# shellcheck disable=SC2086  # package names hold no blanks
if ! install $missing 2>/dev/null; then
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update </dev/null
  install $missing
fi

# Debian starts what it installs where systemd runs. Tests and benchmarks start their own, with their own files.
for service in nginx haproxy prometheus; do
  case "$missing " in
    *" $service"[\ -]*)
      if [ -d /run/systemd/system ]; then
        echo "packages.sh: the service $service is not needed: systemctl disable --now $service" >&2
      fi
      ;;
  esac
done
