"""What the suite of jupyter_kernel_test has no case for, with jupyter_client as the front end. Run as kernel_suite.py."""

import os
import signal
import time
import unittest
from queue import Empty

from jupyter_client.manager import start_new_kernel

LIMIT = 90


def processes_of(pid):
    """A process and what descends from it."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parents[int(name)] = int(file.read().rsplit(") ", 1)[1].split()[1])
        except OSError:
            pass
    found, more = [pid], True
    while more:
        more = [p for p, parent in parents.items() if parent in found and p not in found]
        found += more
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


class KernelCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = start_new_kernel(kernel_name="gaitprop-csharp", startup_timeout=LIMIT)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel(now=True)

    def run_cell(self, code, client=None, **how):
        """The content of the reply, and the outputs."""
        client = client or self.client
        outputs = []
        reply = client.execute_interactive(code, timeout=LIMIT, output_hook=lambda m: outputs.append(m), **how)
        return reply["content"], outputs

    def text(self, outputs, name="stdout"):
        return "".join(m["content"]["text"] for m in outputs if m["msg_type"] == "stream" and m["content"]["name"] == name)

    def wait_for(self, condition, what):
        until = time.time() + LIMIT
        while not condition():
            self.assertLess(time.time(), until, what)
            time.sleep(0.1)


class Cells(KernelCase):
    def test_a_megabyte_of_text_arrives_whole_in_order_and_before_the_end(self):
        content, outputs = self.run_cell('for (var i = 0; i < 100_000; i++) Console.WriteLine($"{i,9}");')
        self.assertEqual("ok", content["status"])
        self.assertEqual("".join(f"{i:9}\n" for i in range(100_000)), self.text(outputs))
        self.assertLess(len(outputs), 2000)

    def test_a_display_is_updated(self):
        _, outputs = self.run_cell('var shown = display("working"); shown.Update("done");')
        first = next(m for m in outputs if m["msg_type"] == "display_data")
        last = [m for m in outputs if m["msg_type"] == "update_display_data"][-1]
        self.assertEqual(first["content"]["transient"]["display_id"], last["content"]["transient"]["display_id"])
        self.assertIn("done", last["content"]["data"]["text/plain"])

    def test_input_is_asked_for_and_answered(self):
        _, outputs = self.run_cell(
            'Console.Write($"<{Console.ReadLine()}>");', allow_stdin=True, stdin_hook=lambda m: self.client.input("Ada 𝛾")
        )
        self.assertIn("<Ada 𝛾>", self.text(outputs))

    def test_without_input_the_cell_fails_and_says_so(self):
        content, _ = self.run_cell("Console.ReadLine()", allow_stdin=False)
        self.assertEqual("error", content["status"])

    def test_queued_cells_are_dropped_after_an_error(self):
        ids = [self.client.execute(code) for code in ('Thread.Sleep(1000); throw new Exception("x");', "1", "2")]
        replies = {}
        while len(replies) < 3:
            message = self.client.get_shell_msg(timeout=LIMIT)
            replies[message["parent_header"]["msg_id"]] = message["content"]["status"]
        self.assertEqual(["error", "aborted", "aborted"], [replies[i] for i in ids])
        self.drain()
        self.assertEqual("ok", self.run_cell("3")[0]["status"])

    def test_two_clients_on_one_kernel(self):
        other = self.manager.blocking_client()
        other.start_channels()
        try:
            other.wait_for_ready(timeout=LIMIT)
            self.assertEqual("ok", self.run_cell("var shared = 5;")[0]["status"])
            content, outputs = self.run_cell("shared + 1", client=other)
            self.assertEqual("6", next(m for m in outputs if m["msg_type"] == "execute_result")["content"]["data"]["text/plain"])
        finally:
            other.stop_channels()
        self.drain()

    def test_places_are_counted_in_code_points(self):
        code = 'var t = "𝛾👍🏽"; t.Leng'
        self.client.complete(code, len(code))
        content = self.client.get_shell_msg(timeout=LIMIT)["content"]
        self.assertIn("Length", content["matches"])
        self.assertEqual((len(code) - 4, len(code)), (content["cursor_start"], content["cursor_end"]))
        types = content["metadata"]["_jupyter_types_experimental"]
        self.assertEqual("property", next(t["type"] for t in types if t["text"] == "Length"))
        self.drain()

    def test_a_comm_is_closed(self):
        message = self.client.session.msg("comm_open", {"comm_id": "c", "target_name": "jupyter.widget", "data": {}})
        self.client.shell_channel.send(message)
        while True:
            answer = self.client.get_iopub_msg(timeout=LIMIT)
            if answer["msg_type"] == "comm_close":
                break
        self.assertEqual("c", answer["content"]["comm_id"])
        self.drain()

    def test_a_message_with_a_wrong_signature_runs_nothing(self):
        right, self.client.session.key = self.client.session.key, b"wrong"
        self.client.execute("var evil = 1;")
        self.client.session.key = right
        content, _ = self.run_cell("evil")
        self.assertEqual("error", content["status"])

    def drain(self):
        while True:
            try:
                self.client.get_iopub_msg(timeout=0.5)
            except Empty:
                return


class Interrupts(KernelCase):
    def interrupted(self, press):
        self.run_cell("var count = 0;")
        request = self.client.execute('Console.WriteLine("begun"); while (true) { count++; }')
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["msg_type"] == "stream":
                break
        press()
        reply = self.client._recv_reply(request, timeout=LIMIT) if hasattr(self.client, "_recv_reply") else self.client.get_shell_msg(timeout=LIMIT)
        self.assertEqual("error", reply["content"]["status"])
        content, outputs = self.run_cell("count > 0")
        self.assertEqual("ok", content["status"])
        self.assertIn("rue", str([m["content"] for m in outputs if m["msg_type"] == "execute_result"]))

    def test_by_message(self):
        self.interrupted(self.manager.interrupt_kernel)

    def test_by_signal(self):
        pid = self.manager.provisioner.process.pid
        self.interrupted(lambda: os.kill(pid, signal.SIGINT))
        self.assertTrue(alive(pid))


class Deaths(KernelCase):
    def test_a_cell_that_ends_its_process(self):
        for code, word in (
            ("Environment.Exit(1);", "exit code 1"),
            ("int F(int a) => F(a + 1) + 1; F(0)", "stack overflow"),
            ("System.Runtime.InteropServices.Marshal.WriteByte((nint)0x1234567, 0);", "SIGABRT"),
        ):
            with self.subTest(code=code):
                content, _ = self.run_cell(code)
                self.assertEqual(("error", "KernelDied"), (content["status"], content["ename"]))
                self.assertIn(word, content["evalue"])
                self.assertEqual("ok", self.run_cell("1 + 1")[0]["status"])


class Shutdowns(unittest.TestCase):
    def started(self):
        manager, client = start_new_kernel(kernel_name="gaitprop-csharp", startup_timeout=LIMIT)
        client.execute_interactive('System.Diagnostics.Process.Start("sleep", "1000");', timeout=LIMIT, output_hook=lambda m: None)
        pids = processes_of(manager.provisioner.process.pid)
        self.assertEqual(3, len(pids), "server, worker and sleep")
        return manager, client, pids

    def gone(self, pids):
        until = time.time() + LIMIT
        while any(map(alive, pids)):
            self.assertLess(time.time(), until, f"still alive: {[p for p in pids if alive(p)]}")
            time.sleep(0.1)

    def test_a_request_leaves_no_process(self):
        manager, client, pids = self.started()
        client.stop_channels()
        manager.shutdown_kernel()
        self.gone(pids)

    def test_a_killed_server_leaves_no_process(self):
        manager, client, pids = self.started()
        client.stop_channels()
        os.kill(pids[0], signal.SIGKILL)
        self.gone(pids)

    def test_a_restart_has_new_variables_and_leaves_no_process(self):
        manager, client, pids = self.started()
        client.stop_channels()
        manager.restart_kernel()
        self.gone(pids)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=LIMIT)
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    unittest.main()
