using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Protocol;

/// <summary>Where the front end wants the kernel to listen: the file that it names when it starts one.</summary>
/// <param name="Address">The address, such as <c>127.0.0.1</c>.</param>
/// <param name="ShellPort">Requests.</param>
/// <param name="ControlPort">Requests that are answered while a cell runs: interrupt, shutdown.</param>
/// <param name="StdinPort">Questions to the user.</param>
/// <param name="PublishPort">Outputs, to every client.</param>
/// <param name="HeartbeatPort">Echoes.</param>
/// <param name="Key">Signs the messages; empty if they are not signed.</param>
internal sealed record ConnectionFile(
    string Address,
    int ShellPort,
    int ControlPort,
    int StdinPort,
    int PublishPort,
    int HeartbeatPort,
    byte[] Key
)
{
    /// <summary>Reads a connection file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="NotebookException">It cannot be read, or asks for what this kernel does not have.</exception>
    public static ConnectionFile Read(string path)
    {
        JsonNode? json;
        try
        {
            json = WholeJson.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException(
                $"the connection file {path} cannot be read: {e.Message.ReplaceLineEndings(" ")} It is what a Jupyter front end makes when it starts a kernel.",
                e
            );
        }
        catch (JsonException e)
        {
            throw new NotebookException($"{path} is no connection file: it is not JSON ({e.Message.ReplaceLineEndings(" ")}).", e);
        }

        if (json is not JsonObject file)
        {
            throw new NotebookException($"{path} is no connection file: it holds no JSON object.");
        }

        var transport = Text(file, path, "transport") ?? "tcp";
        if (transport != "tcp")
        {
            throw new NotebookException(
                $"{path} asks for transport '{transport}'; this kernel has tcp only: set the front end's KernelManager.transport to 'tcp'."
            );
        }

        var scheme = Text(file, path, "signature_scheme") ?? MessageSignature.Scheme;
        var key = Text(file, path, "key") ?? "";
        if (key.Length > 0 && scheme != MessageSignature.Scheme)
        {
            throw new NotebookException(
                $"{path} asks for signatures by '{scheme}'; this kernel has {MessageSignature.Scheme} only: set the front end's Session.signature_scheme."
            );
        }

        var address = Text(file, path, "ip") is { Length: > 0 } named ? named : "127.0.0.1";
        if (key.Length == 0 && !IsLoopback(address))
        {
            throw new NotebookException(
                $"{path} has an empty key and the address {address}: whoever reaches that address could run code here. Give the front end a key (Session.key), or the address 127.0.0.1."
            );
        }

        return new ConnectionFile(
            address,
            Port(file, path, "shell_port"),
            Port(file, path, "control_port"),
            Port(file, path, "stdin_port"),
            Port(file, path, "iopub_port"),
            Port(file, path, "hb_port"),
            Encoding.UTF8.GetBytes(key)
        );
    }

    /// <summary>The file for a kernel that this process starts.</summary>
    public JsonObject Json() =>
        new()
        {
            ["transport"] = "tcp",
            ["ip"] = Address,
            ["shell_port"] = ShellPort,
            ["control_port"] = ControlPort,
            ["stdin_port"] = StdinPort,
            ["iopub_port"] = PublishPort,
            ["hb_port"] = HeartbeatPort,
            ["signature_scheme"] = MessageSignature.Scheme,
            ["key"] = Encoding.ASCII.GetString(Key),
        };

    /// <summary>What is allowed and better otherwise, in a line each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Key.Length == 0)
        {
            yield return "the connection file has an empty key: every user of this machine can run code here; give the front end a key (Session.key)";
        }

        if (!IsLoopback(Address))
        {
            yield return $"the kernel listens on {Address}, beyond this machine: messages are signed and not encrypted, so others can read them; use 127.0.0.1 and an SSH tunnel";
        }
    }

    private static bool IsLoopback(string address) =>
        address == "localhost" || (System.Net.IPAddress.TryParse(address, out var number) && System.Net.IPAddress.IsLoopback(number));

    /// <summary>A port as NetMQ writes it.</summary>
    /// <param name="port">The port.</param>
    public string Endpoint(int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"tcp://{Address}:{port}");

    private static string? Text(JsonObject file, string path, string name) =>
        file[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => throw new NotebookException($"{path}: \"{name}\" is no text."),
        };

    private static int Port(JsonObject file, string path, string name) =>
        file[name] is JsonValue value && value.TryGetValue<int>(out var port) && port is > 0 and < 65536
            ? port
            : throw new NotebookException($"{path}: \"{name}\" is missing or no port between 1 and 65535.");
}
