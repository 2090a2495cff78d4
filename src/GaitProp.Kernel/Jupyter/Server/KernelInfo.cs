using System.Text.Json.Nodes;
using GaitProp.Kernel.Commands;

namespace GaitProp.Kernel.Jupyter.Server;

/// <summary>What the kernel says of itself.</summary>
internal static class KernelInfo
{
    /// <summary>The language as notebooks name it: front ends compare it with what is in the file, letter by letter.</summary>
    public static JsonObject Language => new()
    {
        ["name"] = "C#",
        ["file_extension"] = ".cs",
        ["mimetype"] = "text/x-csharp",
        ["pygments_lexer"] = "csharp",
        ["version"] = "14.0",
    };

    /// <summary>The content of a <c>kernel_info_reply</c>.</summary>
    public static JsonObject Reply => new()
    {
        ["status"] = "ok",
        ["protocol_version"] = KernelSession.ProtocolVersion,
        ["implementation"] = "gaitprop",
        ["implementation_version"] = Version,
        ["language_info"] = Language,
        ["banner"] = $"GaitProp {Version}: C# notebooks, and #!gaitprop for normalised GAIT-prop. #!lsmagic lists what there is.",
        ["debugger"] = false,
        ["supported_features"] = new JsonArray(),
        ["help_links"] = new JsonArray(
            Link("GAIT-prop (the paper)", "https://arxiv.org/abs/2006.06438"),
            Link("C#", "https://learn.microsoft.com/dotnet/csharp/"),
            Link("TorchSharp", "https://github.com/dotnet/TorchSharp")),
    };

    /// <summary>The version without the commit.</summary>
    private static string Version => CommandLine.Version.Split('+')[0];

    private static JsonObject Link(string text, string url) => new() { ["text"] = text, ["url"] = url };
}
