using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Tests.Protocol;

public sealed class ConnectionFileTests : IDisposable
{
    private const string Whole = """
        {"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005,
         "ip": "127.0.0.1", "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": ""}
        """;

    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void A_file_of_jupyter_is_read()
    {
        var connection = Read(Whole);
        Assert.Equal("tcp://127.0.0.1:50001", connection.Endpoint(connection.ShellPort));
        Assert.Equal(
            (50002, 50003, 50004, 50005),
            (connection.PublishPort, connection.StdinPort, connection.ControlPort, connection.HeartbeatPort)
        );
        Assert.Equal("k"u8, connection.Key);
    }

    [Theory]
    [InlineData("\"k\"", "\"\"", null)]
    [InlineData("\"tcp\"", "\"ipc\"", "transport")]
    [InlineData("hmac-sha256", "hmac-md5", "hmac-md5")]
    [InlineData("50003", "0", "stdin_port")]
    [InlineData("50004", "\"x\"", "control_port")]
    [InlineData("\"hb_port\"", "\"other\"", "hb_port")]
    [InlineData("{", "", "JSON")]
    public void What_this_kernel_does_not_have_is_one_line(string what, string instead, string? word)
    {
        var text = Whole.Replace(what, instead, StringComparison.Ordinal);
        if (word is null)
        {
            Assert.Empty(Read(text).Key);
        }
        else
        {
            var message = Assert.Throws<NotebookException>(() => Read(text)).Message;
            Assert.Contains(word, message, StringComparison.Ordinal);
            Assert.Contains(_path, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "k", 0)]
    [InlineData("localhost", "k", 0)]
    [InlineData("::1", "k", 0)]
    [InlineData("127.0.0.1", "", 1)]
    [InlineData("0.0.0.0", "k", 1)]
    [InlineData("*", "k", 1)]
    [InlineData("192.168.1.7", "k", 1)]
    public void An_empty_key_and_an_address_beyond_this_machine_are_warned_of(string address, string key, int warnings) =>
        Assert.Equal(
            warnings,
            Read(Whole.Replace("127.0.0.1", address, StringComparison.Ordinal).Replace("\"k\"", $"\"{key}\"", StringComparison.Ordinal))
                .Warnings()
                .Count()
        );

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("example.org")]
    public void Both_together_are_refused_in_one_line(string address)
    {
        var message = Assert
            .Throws<NotebookException>(() =>
                Read(Whole.Replace("127.0.0.1", address, StringComparison.Ordinal).Replace("\"k\"", "\"\"", StringComparison.Ordinal))
            )
            .Message;
        Assert.Contains("an empty key and the address", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"ip\": [], \"key\": \"k\"}")]
    public void Other_JSON_is_one_line(string text) =>
        Assert.DoesNotContain('\n', Assert.Throws<NotebookException>(() => Read(text)).Message);

    [Fact]
    public void A_file_that_is_not_there_is_one_line() =>
        Assert.Contains(
            "nowhere.json",
            Assert.Throws<NotebookException>(() => ConnectionFile.Read("nowhere.json")).Message,
            StringComparison.Ordinal
        );

    public void Dispose() => File.Delete(_path);

    private ConnectionFile Read(string text)
    {
        File.WriteAllText(_path, text);
        return ConnectionFile.Read(_path);
    }
}
