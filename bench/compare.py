# SPDX-License-Identifier: Apache-2.0
"""The gateway's CPU for a request beside nginx's, which only passes the same sealed bodies on. One worker each."""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile

from rig import Gateway, Load, Service, cpu_seconds, machine

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
access_log: {{path: /dev/null}}
clients: {{load: {{secret: 0123456789abcdef}}}}
upstreams: {{service: {url}}}
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""

NGINX = """
daemon off;
pid {folder}/pid;
error_log stderr error;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log /dev/null;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  client_body_buffer_size 1m; client_max_body_size 16m;
  keepalive_requests 1000000000;
  upstream service {{ server 127.0.0.1:{upstream}; keepalive 512; keepalive_requests 1000000000; }}
  server {{
    listen unix:{folder}/ready; listen 127.0.0.1:{port};
    location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


class Nginx:
    """nginx in front of this upstream, as a context. `pid` is its one worker."""

    def __init__(self, upstream):
        self._folder = tempfile.TemporaryDirectory(prefix="countersign-nginx-")
        # nginx can't be asked which port the kernel chose: one that was free a moment ago has to do.
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = os.path.join(self._folder.name, "nginx.conf")
        with open(config, "w", encoding="ascii") as stream:
            stream.write(NGINX.format(folder=self._folder.name, upstream=upstream, port=port))
        self._process = subprocess.Popen(["/usr/sbin/nginx", "-e", "stderr", "-c", config])
        self.url = f"http://127.0.0.1:{port}"
        self.pid = None
        while not self.pid:
            if self._process.poll() is not None:
                raise SystemExit("nginx ended")
            with open(f"/proc/{self._process.pid}/task/{self._process.pid}/children", encoding="ascii") as stream:
                self.pid = next(map(int, stream.read().split()), None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def pin(pid, processor):
    if os.cpu_count() > 1:
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(thread), {processor})


def measure(pid, url, config, given, size):
    """CPU microseconds a request."""
    before = cpu_seconds(pid)
    load = Load(url + "/", "-c", config, "--client", "load", "--requests", "1000000000", "--seconds",
                str(given.seconds), "--connections", str(given.connections), "--size", size)
    pin(load.process.pid, 1)
    status, found = load.result()
    if status:
        raise SystemExit(f"{url}: {found}")
    return (cpu_seconds(pid) - before) / found["requests"] * 1e6


def compare(given, size):
    with Service() as service, Gateway(CONFIGURATION.format(url=service.url)) as gateway, \
            Nginx(service.port) as nginx:
        pin(gateway.process.pid, 0)
        pin(nginx.pid, 0)
        peers = {"gateway": (gateway.process.pid, gateway.url), "nginx": (nginx.pid, nginx.url)}
        taken = {name: [] for name in peers}
        for _ in range(given.rounds):  # in turn, so that what else the machine does meets both
            for name, (pid, url) in peers.items():
                taken[name].append(measure(pid, url, gateway.config, given, size))
        ours, theirs = (statistics.median(taken[name]) for name in ("gateway", "nginx"))
        spread = ", ".join(f"{name} {min(all_of):.1f} to {max(all_of):.1f}" for name, all_of in taken.items())
        print(f"{size:>6}  gateway {ours:7.1f} µs  nginx {theirs:7.1f} µs  ratio {ours / theirs:.2f}  ({spread})")


def main():
    parser = argparse.ArgumentParser(prog="compare.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each run")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--sizes", nargs="+", default=["200B", "1KiB", "64KiB"])
    given = parser.parse_args()
    print(machine())
    for size in given.sizes:
        compare(given, size)


if __name__ == "__main__":
    sys.exit(main())
