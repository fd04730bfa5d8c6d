# SPDX-License-Identifier: Apache-2.0
"""What a result can't be read without: the machine, and the version of everything that took part."""

import os
import platform
import re
import subprocess

from peers import HAPROXY, KINDS, NGINX, PROCESSORS
from rig import BINARY, ROOT, machine


def first_line(*command):
    """The first line that the command says on either stream, or None."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
                              cwd=ROOT)
    except (OSError, subprocess.CalledProcessError):
        return None
    return next(iter(done.stdout.splitlines()), None)


def package(name):
    return first_line("dpkg-query", "--show", "--showformat=${Version}", name)


def build():
    """Compiler and flags of the binary, as the build folder beside it remembers them."""
    try:
        with open(os.path.join(os.path.dirname(BINARY), "CMakeCache.txt"), encoding="utf-8") as stream:
            cache = dict(re.findall(r"^(\w+):\w+=(.*)$", stream.read(), re.M))
    except OSError:
        return {}
    kind = cache.get("CMAKE_BUILD_TYPE", "")
    flags = [cache.get("CMAKE_CXX_FLAGS", ""), cache.get("CMAKE_CXX_FLAGS_" + kind.upper(), "")]
    return {"compiler": first_line(cache.get("CMAKE_CXX_COMPILER", "c++"), "--version"), "type": kind,
            "flags": " ".join(filter(None, flags)), "counts": cache.get("COUNTERSIGN_COUNTS") or None}


def versions():
    found = {"countersign": first_line("git", "describe", "--always", "--dirty", "--abbrev=12"),
             "nginx": first_line(NGINX, "-v"), "haproxy": first_line(HAPROXY, "-v"),
             "libnginx-mod-http-lua": package("libnginx-mod-http-lua"), "luajit": package("libluajit2-5.1-2"),
             "openssl": package("libssl3")}
    return {name: version for name, version in found.items() if version}


def describe():
    with open("/proc/meminfo", encoding="ascii") as stream:
        size = int(stream.readline().split()[1]) * 1024
    pinned = "the proxy on one processor, all else on another" if PROCESSORS else "not: there is one processor"
    return {"machine": {**machine(), "memory": size, "libc": " ".join(platform.libc_ver()), "pinned": pinned,
                        "load_average_before": os.getloadavg()},
            "build": build(), "versions": versions(),
            "access_log": {"gateway": "JSON to a file, through its own buffer",
                           "nginx": "combined to a file, buffer=64k flush=1s",
                           "nginx_lua": "combined to a file, buffer=64k flush=1s",
                           "haproxy": "httplog to a file as standard output, each line at once: it can't buffer"},
            "configurations": {name: f"bench/peers/{kind.template}" for name, kind in KINDS.items()}}
