"""A front end over bare ZeroMQ that speaks as VS Code does: no jupyter_client."""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid

import zmq

LIMIT = 90


class Client:
    def __init__(self, argv):
        self.argv = argv
        self.key = uuid.uuid4().hex
        self.context = zmq.Context()
        self.start()

    def start(self):
        """Chooses ports, writes the connection file, starts the program, and waits as VS Code does: for the ports, then for kernel_info and iopub."""
        ports = {}
        holders = []
        for name in ("shell", "iopub", "stdin", "control", "hb"):
            holder = self.context.socket(zmq.ROUTER)
            ports[f"{name}_port"] = holder.bind_to_random_port("tcp://127.0.0.1")
            holders.append(holder)
        for holder in holders:
            holder.close(0)
        self.folder = tempfile.mkdtemp(prefix="gaitprop-raw-")
        path = os.path.join(self.folder, "kernel-v3xyz.json")
        with open(path, "w") as file:
            json.dump({"key": self.key, "signature_scheme": "hmac-sha256", "transport": "tcp", "ip": "127.0.0.1", "kernel_name": "gaitprop-csharp", **ports}, file)
        time.sleep(0.1)
        self.process = subprocess.Popen([word.replace("{connection_file}", path) for word in self.argv], stdin=subprocess.DEVNULL)
        self.session = str(uuid.uuid4())
        identity = self.session.encode()
        self.sockets = {}
        for name, kind in (("shell", zmq.DEALER), ("control", zmq.DEALER), ("stdin", zmq.DEALER), ("iopub", zmq.SUB)):
            socket = self.context.socket(kind)
            socket.setsockopt(zmq.IDENTITY, identity)
            socket.setsockopt(zmq.LINGER, 0)
            if kind == zmq.SUB:
                socket.setsockopt(zmq.SUBSCRIBE, b"")
            self.sockets[name] = socket
        self.wait_for_ports([ports["shell_port"], ports["iopub_port"]])
        for name, socket in self.sockets.items():
            socket.connect(f"tcp://127.0.0.1:{ports[name + '_port']}")
        shell = self.send("shell", "kernel_info_request", {})
        control = self.send("control", "kernel_info_request", {})
        info = self.reply("shell", shell)
        assert self.reply("control", control)["content"]["status"] == "ok"
        assert info["content"]["language_info"]["name"] == "C#"
        self.published(lambda m: True)
        return info

    def wait_for_ports(self, ports):
        import socket as sockets

        until = time.time() + LIMIT
        for port in ports:
            while True:
                try:
                    sockets.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert time.time() < until and self.process.poll() is None, "the kernel does not listen"
                    time.sleep(0.05)

    def sign(self, parts):
        return hmac.new(self.key.encode(), b"".join(parts), hashlib.sha256).hexdigest().encode()

    def send(self, channel, kind, content):
        header = {"msg_id": str(uuid.uuid4()), "session": self.session, "username": "", "date": "2026-01-01T00:00:00.000Z", "msg_type": kind, "version": "5.2"}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        self.sockets[channel].send_multipart([b"<IDS|MSG>", self.sign(parts), *parts])
        return header["msg_id"]

    def receive(self, channel, until):
        while time.time() < until:
            if self.sockets[channel].poll(200):
                frames = self.sockets[channel].recv_multipart()
                at = frames.index(b"<IDS|MSG>")
                parts = frames[at + 2 : at + 6]
                assert frames[at + 1] == self.sign(parts), "wrong signature"
                header, parent, _, content = (json.loads(part) for part in parts)
                return {"type": header["msg_type"], "parent": parent.get("msg_id"), "content": content}
        raise TimeoutError(f"nothing on {channel}")

    def reply(self, channel, request):
        until = time.time() + LIMIT
        while True:
            message = self.receive(channel, until)
            if message["parent"] == request:
                return message

    def published(self, wanted):
        """What is published up to the first message that is wanted."""
        until = time.time() + LIMIT
        messages = []
        while not messages or not wanted(messages[-1]):
            messages.append(self.receive("iopub", until))
        return messages

    def outputs(self, request):
        return [m for m in self.published(lambda m: m["parent"] == request and m["content"].get("execution_state") == "idle") if m["parent"] == request]

    def execute(self, code):
        return self.send("shell", "execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True, "stop_on_error": True})

    def run(self, code):
        request = self.execute(code)
        outputs = self.outputs(request)
        return self.reply("shell", request)["content"], outputs

    def shut_down(self, restart):
        reply = self.reply("control", self.send("control", "shutdown_request", {"restart": restart}))
        assert reply["content"] == {"status": "ok", "restart": restart}, reply
        assert self.process.wait(LIMIT) == 0, self.process.returncode
        shutil.rmtree(self.folder)
