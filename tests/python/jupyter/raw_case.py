"""Start, execute, complete, interrupt, restart, over bare ZeroMQ. Usage: raw_case.py COMMAND... (the kernel's argv, with {connection_file})"""

import sys

import raw_client


def main():
    client = raw_client.Client(sys.argv[1:])
    content, outputs = client.run("var x = 20; x + 22")
    assert content["status"] == "ok" and content["execution_count"] == 1, content
    results = [m for m in outputs if m["type"] == "execute_result"]
    assert results[0]["content"]["data"]["text/plain"] == "42", outputs
    print("start, execute: ok")

    code = 'var s = "𝛾👍"; s.Leng'
    content = client.reply("shell", client.send("shell", "complete_request", {"code": code, "cursor_pos": len(code)}))["content"]
    assert "Length" in content["matches"], content
    assert (content["cursor_start"], content["cursor_end"]) == (len(code) - 4, len(code)), content
    print("complete behind letters of two units: ok")

    request = client.execute('Console.WriteLine("begun"); while (true) { }')
    client.published(lambda m: m["type"] == "stream" and "begun" in m["content"]["text"])
    assert client.reply("control", client.send("control", "interrupt_request", {}))["content"]["status"] == "ok"
    assert client.reply("shell", request)["content"]["status"] == "error"
    client.outputs(request)
    content, outputs = client.run("x")
    assert content["status"] == "ok" and any(m["type"] == "execute_result" for m in outputs), outputs
    print("interrupt by message, variables alive: ok")

    client.shut_down(True)
    client.start()
    content, outputs = client.run("x")
    assert content["status"] == "error", content
    content, outputs = client.run("1 + 1")
    assert content["status"] == "ok" and content["execution_count"] == 2, content
    print("restart: ok")
    client.shut_down(False)
    print("all: ok")


main()
