"""What a busy page costs an import: `lockstep serve` imports 10,000 assistants of 7 KB into a new SQLite file, alone and while 200 event
streams stand open and `status` is asked 50 times a second. Prints both times, the server's memory and the times of `status`, and ends
with 1 where the bounds are not kept.
usage: serve_load.py BIN [--assistants N] [--rounds N] [--streams N] [--rate N]    BIN: where lockstep and lockstep-sandbox are"""
import argparse
import http.client
import json
import os
import pathlib
import selectors
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

MOST_COST, MOST_MIB, MOST_P99_MS = 1.10, 64, 50


def wait_for(path, what):
    for _ in range(400):
        if path.exists() and path.stat().st_size > 0:
            return path.read_text()
        time.sleep(0.05)
    sys.exit(f"{what} did not start")


class Service:
    """A server with a database of its own; ends with the block."""

    def __init__(self, program, environment):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.environment = {**environment, "LOCKSTEP_DB": str(self.folder / "load.db")}
        self.program = program
        self.run("init", "app")
        config = self.folder / "app/config/lockstep.yaml"
        config.write_text(config.read_text() + "\nserve: {listen: '127.0.0.1:0'}\n")
        self.run("migrate", cwd="app")
        with sqlite3.connect(self.folder / "load.db") as database:
            database.execute("INSERT INTO users (name, email, role) VALUES ('Admin', 'admin@example.com', 'admin')")
        self.token = self.run("token", "create", "load", "--scope", "admin", cwd="app").split("\n")[0]
        with open(self.folder / "out", "w", encoding="utf-8") as out, open(self.folder / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([program, "serve"], cwd=self.folder / "app", env=self.environment, stdout=out, stderr=log)
        self.port = int(wait_for(self.folder / "out", "lockstep serve").strip().rsplit(":", 1)[1])

    def run(self, *arguments, cwd="."):
        done = subprocess.run([self.program, *arguments], cwd=self.folder / cwd, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, connection, method, path, body=None):
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def import_all(self):
        connection = self.connect()
        start, worked = time.monotonic(), self.processor_seconds()
        run = json.loads(self.ask(connection, "POST", "/api/v1/runs", {"mode": "import", "syncs": ["assistants"]})[1])
        while run["state"] in ("queued", "running"):
            time.sleep(0.02)
            run = json.loads(self.ask(connection, "GET", "/api/v1/runs/" + run["id"])[1])
        assert run["state"] == "done", run
        return time.monotonic() - start, self.processor_seconds() - worked

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.folder)


class Load:
    """Streams that read, and a question at each beat; ends with the block."""

    def __init__(self, service, streams, rate):
        self.service, self.rate = service, rate
        self.stop = threading.Event()
        self.times, self.failures = [], []
        self.selector = selectors.DefaultSelector()
        for _ in range(streams):
            stream = socket.create_connection(("127.0.0.1", service.port))
            stream.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nAuthorization: Bearer {service.token}\r\n\r\n".encode())
            # Beyond 64 at once the server gives up who has not been heard yet; people do not come in the same instant.
            assert stream.recv(65536).startswith(b"HTTP/1.1 200 ")
            self.selector.register(stream, selectors.EVENT_READ)
        self.threads = [threading.Thread(target=self.drain)] + [threading.Thread(target=self.question, args=(i, 4)) for i in range(4)]
        for thread in self.threads:
            thread.start()

    def drain(self):
        while not self.stop.is_set():
            for key, _ in self.selector.select(0.2):
                if not key.fileobj.recv(65536):
                    self.failures.append("a stream was closed")
                    self.selector.unregister(key.fileobj)

    def question(self, index, of):
        connection = self.service.connect()
        due = time.monotonic() + index / self.rate
        while not self.stop.is_set():
            time.sleep(max(0, due - time.monotonic()))
            due += of / self.rate
            start = time.monotonic()
            status, body = self.service.ask(connection, "GET", "/api/v1/syncs/assistants/status")
            self.times.append(time.monotonic() - start)
            if status != 200:
                self.failures.append(body.decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def measure(program, environment, options, loaded):
    with Service(program, environment) as service:
        # The first comparison reads both sides whole; an operator's page has long been open.
        service.ask(service.connect(), "GET", "/api/v1/syncs/assistants/status")
        if not loaded:
            return *service.import_all(), service.peak_mib(), []
        with Load(service, options.streams, options.rate) as load:
            time.sleep(1)
            took, worked = service.import_all()
        assert not load.failures, load.failures[:5]
        return took, worked, service.peak_mib(), load.times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    for name, value in (("assistants", 10_000), ("rounds", 3), ("streams", 200), ("rate", 50)):
        parser.add_argument("--" + name, type=int, default=value)
    options = parser.parse_args()
    program = str((options.bin / "lockstep").resolve())
    folder = pathlib.Path(tempfile.mkdtemp())
    sandbox = subprocess.Popen([str((options.bin / "lockstep-sandbox").resolve()), "--port-file", str(folder / "port"), "--assistants",
                                str(options.assistants), "--bytes", "7000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = "http://127.0.0.1:" + wait_for(folder / "port", "the sandbox").strip()
        environment = {**os.environ, "VAPI_BASE_URL": address, "VAPI_API_KEY": "sandbox-key"}
        alone, loaded = [], []
        for _ in range(options.rounds):
            alone.append(measure(program, environment, options, False))
            loaded.append(measure(program, environment, options, True))
    finally:
        sandbox.terminate()
        sandbox.wait()
        shutil.rmtree(folder)
    first, second = min(each[0] for each in alone), min(each[0] for each in loaded)
    work = [min(each[1] for each in rounds) for rounds in (alone, loaded)]
    more = max(each[2] for each in loaded) - max(each[2] for each in alone)
    times = sorted(one for each in loaded for one in each[3])
    p50, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.99))
    print(f"import alone {first:.2f} s, beside {options.streams} streams and {options.rate} questions a second {second:.2f} s: {second / first:.3f}")
    print(f"processor time of the server meanwhile {work[0]:.2f} s and {work[1]:.2f} s, the answers included: {work[1] / work[0]:.3f}")
    print(f"memory at most {max(each[2] for each in alone):.0f} MiB alone, {more:+.0f} MiB beside them")
    print(f"status: {len(times)} answers, half within {p50:.1f} ms, 99 of 100 within {p99:.1f} ms, the longest {times[-1] * 1000:.0f} ms")
    return 0 if second / first <= MOST_COST and more <= MOST_MIB and p99 <= MOST_P99_MS else 1


sys.exit(main())
