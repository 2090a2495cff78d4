"""Debian's jupyter_kernel_test suite for the C# kernel. Run with JUPYTER_PATH at an installed kernelspec: python3 -m unittest kernel_suite"""

import jupyter_kernel_test
from jupyter_client.manager import start_new_kernel
from jupyter_kernel_test import validate_message

# The suite has limits of its own, down to a tenth of a second: whatever it waits for, here it may take this long.
TIMEOUT = jupyter_kernel_test.TIMEOUT = 90


class CSharpKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "gaitprop-csharp"
    language_name = "C#"
    file_extension = ".cs"
    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oh");'
    completion_samples = [{"text": "Console.WriteL", "matches": {"WriteLine"}}, {"text": "Math.Sq", "matches": {"Sqrt"}}]
    complete_code_samples = ["1 + 1", "var x = 1;", "for (var i = 0; i < 3; i++) { Console.Write(i); }"]
    incomplete_code_samples = ["for (var i = 0; i < 3; i++) {", "class A {", "var s = $@\"a"]
    invalid_code_samples = ["}", "var = ;;) 3"]
    code_generate_error = 'throw new InvalidOperationException("broken");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + "b"', "result": "ab"},
        {"code": "new[] { 1, 2, 3 }.Sum()", "result": "6"},
        {"code": "6 * 7", "result": "42"},
        {"code": "6 * 7", "result": "42"},
    ]
    code_display_data = [{"code": "display(\"x\");", "mime": "text/plain"}]
    code_history_pattern = "6 ?*7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Console.WriteLine"
    code_clear_output = "clear();"

    # The protocol has deprecated the pager's payload, and this kernel sends none: test_pager skips itself.

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=cls.kernel_name, startup_timeout=TIMEOUT)
        # Requests that were answered and of which the kernel has not said yet that it is done with them.
        cls.pending = set()
        try:
            cls.settle(lambda message: None)
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def settle(cls, check):
        """Reads all that the requests up to here lead to: until the kernel is idle after each of them and after one more."""
        last = cls.kc.kernel_info()
        answered = None
        while answered != last:
            reply = cls.kc.get_shell_msg(timeout=TIMEOUT)
            check(reply)
            answered = reply["parent_header"].get("msg_id")
        cls.pending.add(last)
        while cls.pending:
            check(cls.published())

    @classmethod
    def published(cls):
        message = cls.kc.get_iopub_msg(timeout=TIMEOUT)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            cls.pending.discard(message["parent_header"].get("msg_id"))
        return message

    def get_non_kernel_info_reply(self, timeout=None):
        reply = super().get_non_kernel_info_reply(timeout=TIMEOUT)
        self.pending.add(reply["parent_header"]["msg_id"])
        return reply

    def flush_channels(self):
        self.settle(validate_message)

    def execute_helper(self, code, timeout=TIMEOUT, silent=False, store_history=True, stop_on_error=True):
        """What the suite's own one does and checks."""
        msg_id = self.kc.execute(code=code, silent=silent, store_history=store_history, stop_on_error=stop_on_error)

        reply = self.get_non_kernel_info_reply(timeout=timeout)
        validate_message(reply, "execute_reply", msg_id)

        busy_msg = self.published()
        validate_message(busy_msg, "status", msg_id)
        self.assertEqual(busy_msg["content"]["execution_state"], "busy")

        output_msgs = []
        while True:
            msg = self.published()
            validate_message(msg, msg["msg_type"], msg_id)
            if msg["msg_type"] == "status":
                self.assertEqual(msg["content"]["execution_state"], "idle")
                break
            elif msg["msg_type"] == "execute_input":
                self.assertEqual(msg["content"]["code"], code)
                continue
            output_msgs.append(msg)

        return reply, output_msgs
