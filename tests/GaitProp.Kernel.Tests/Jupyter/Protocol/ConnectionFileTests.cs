using GaitProp.Kernel.Jupyter.Protocol;

namespace GaitProp.Kernel.Tests.Jupyter.Protocol;

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
        Assert.Equal((50002, 50003, 50004, 50005), (connection.PublishPort, connection.StdinPort, connection.ControlPort, connection.HeartbeatPort));
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
            var message = Assert.Throws<GaitPropException>(() => Read(text)).Message;
            Assert.Contains(word, message, StringComparison.Ordinal);
            Assert.Contains(_path, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_line() => Assert.Contains("nowhere.json", Assert.Throws<GaitPropException>(() => ConnectionFile.Read("nowhere.json")).Message, StringComparison.Ordinal);

    public void Dispose() => File.Delete(_path);

    private ConnectionFile Read(string text)
    {
        File.WriteAllText(_path, text);
        return ConnectionFile.Read(_path);
    }
}
