"""Debian's jupyter_kernel_test suite for the C# kernel. Run with JUPYTER_PATH at an installed kernelspec: python3 -m unittest kernel_suite"""

import jupyter_kernel_test

jupyter_kernel_test.TIMEOUT = 90


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

    def get_non_kernel_info_reply(self, timeout=jupyter_kernel_test.TIMEOUT):
        return super().get_non_kernel_info_reply(timeout=timeout or jupyter_kernel_test.TIMEOUT)
