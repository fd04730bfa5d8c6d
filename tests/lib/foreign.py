# SPDX-License-Identifier: Apache-2.0
"""Upstreams written by others, that record what they got: PHP's built-in server, and nginx."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from gateway import PATIENCE

PHP = "/usr/bin/php"
NGINX = "/usr/sbin/nginx"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop", "php")


def run_php(script, given=b"", environment=None):
    """Standard output of a PHP script; a warning is a failure."""
    done = subprocess.run([PHP, "-d", "display_errors=stderr", "-d", "error_reporting=-1", script], input=given,
                          capture_output=True, timeout=5 * PATIENCE, env={**os.environ, **(environment or {})})
    assert done.returncode == 0 and not done.stderr, (done.returncode, done.stderr.decode(), done.stdout[-2000:])
    return done.stdout


class Foreign:
    """A server that can't listen on port 0: it is told a port that was free a moment ago, and another if it lost the
    race. `replies` is {name: bytes}; the query's `reply=NAME` picks one, `ok` if it names none."""

    def __init__(self, replies=None):
        self.folder = tempfile.mkdtemp(prefix="countersign-upstream-")
        self.replies = os.path.join(self.folder, "replies")
        os.mkdir(self.replies)
        for name, text in {"ok": b'{"ok":true}', **(replies or {})}.items():
            with open(os.path.join(self.replies, name), "wb") as stream:
                stream.write(text)
        self.record = os.path.join(self.folder, "record")
        open(self.record, "wb").close()
        self.process = None
        for _ in range(10):
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
            if self._start():
                return
        self.close()
        raise AssertionError("found no free port in ten attempts")

    def _start(self):
        # To a file and not into a pipe: nobody reads on once it has started, and a full pipe would stop the server.
        said = os.path.join(self.folder, "stderr")
        with open(said, "wb") as stream:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=stream, env={**os.environ, **self.environment()})
        while True:
            with open(said, "rb") as stream:
                text = stream.read()
            if re.search(self.STARTED, text):
                return True
            if self.process.poll() is not None or b"in use" in text:
                self._end()
                return False
            try:  # returns early if it ends, and is no wait for time to pass: the loop ends with what it says
                self.process.wait(0.01)
            except subprocess.TimeoutExpired:
                pass

    def environment(self):
        return {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _end(self):
        if self.process.poll() is None:
            self.process.send_signal(self.END)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def stop(self):
        """Ends it and gives what it recorded, {X-Request-Id: {method, target, fields, body}}: once it has ended,
        nothing is missing."""
        self._end()
        with open(self.record, encoding="utf-8") as stream:
            records = [self.read(json.loads(line)) for line in stream]
        by_id = {record["fields"]["x-request-id"]: record for record in records}
        assert len(by_id) == len(records), "one request id stands there twice"
        return by_id

    def close(self):
        if self.process is not None:
            self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class PhpServer(Foreign):
    STARTED = rb"Development Server .* started"
    END = signal.SIGINT

    def command(self):
        return [PHP, "-d", "post_max_size=0", "-d", "enable_post_data_reading=0", "-S", f"127.0.0.1:{self.port}",
                os.path.join(FOLDER, "recorder.php")]

    def environment(self):
        return {"RECORD": self.record, "REPLIES": self.replies}

    @staticmethod
    def read(record):
        return {**record, "body": base64.b64decode(record["body"])}


# The first server reads the body, because it proxies, and logs it; the second, behind it, answers with a file.
NGINX_CONF = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
  log_format all escape=json '{{"method":"$request_method","target":"$request_uri","body":"$request_body",'
    '"fields":{{"x-request-id":"$http_x_request_id","x-client-id":"$http_x_client_id",'
    '"x-client-version":"$http_x_client_version","content-type":"$content_type",'
    '"content-length":"$content_length","host":"$http_host","signature":"$http_signature",'
    '"timestamp":"$http_timestamp","token":"$http_token","version":"$http_version"}}}}';
  access_log off;
  client_max_body_size 8m;
  client_body_buffer_size 8m;
  default_type application/json;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    access_log {record} all;
    location / {{
      proxy_method GET;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_pass http://unix:{folder}/socket;
    }}
  }}
  server {{
    listen unix:{folder}/socket;
    root {replies};
    location / {{ try_files /$arg_reply /ok =404; }}
  }}
}}
"""


class Nginx(Foreign):
    STARTED = rb'using the "\w+" event method'
    END = signal.SIGQUIT

    def command(self):
        path = os.path.join(self.folder, "nginx.conf")
        with open(path, "w", encoding="ascii") as stream:
            stream.write(NGINX_CONF.format(folder=self.folder, port=self.port, record=self.record,
                                           replies=self.replies))
        return [NGINX, "-p", self.folder, "-e", "stderr", "-c", path]

    @staticmethod
    def read(record):
        fields = {name: value for name, value in record["fields"].items() if value}
        return {**record, "fields": fields, "body": record["body"].encode()}
