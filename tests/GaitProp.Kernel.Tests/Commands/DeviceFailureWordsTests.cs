using System.Runtime.InteropServices;
using GaitProp.Kernel.Commands;
using Spectre.Console;

namespace GaitProp.Kernel.Tests.Commands;

/// <summary>A device that fails where no run could take it down: one line that says what to do, and no request to report it.</summary>
public sealed class DeviceFailureWordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.99 GiB.\nException raised from malloc at CUDACachingAllocator.cpp:1",
        "The memory of the device does not suffice (it tried to allocate 2.00 GiB): lower the batch, take float32 for float64, or compute elsewhere (--device)."
    )]
    [InlineData(
        "CUDA error: unspecified launch failure\nCUDA kernel errors might be asynchronously reported",
        "The device is lost (CUDA error: unspecified launch failure): look at it with 'nvidia-smi', and start again, with --device cpu if it stays away."
    )]
    public async Task One_line_says_what_to_do(string thrown, string expected)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 1000;
        var nothing = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(new StringWriter()) });
#pragma warning disable CA2201 // What TorchSharp throws.
        var context = new CommandContext(nothing, console, _ => throw new ExternalException(thrown));
#pragma warning restore CA2201

        var code = await CommandLine.RunAsync(
            [
                "train",
                "synthetic-shallow",
                "--rule",
                "bp",
                "--set",
                "network=dense 10",
                "--set",
                "trainImages=8",
                "--set",
                "testImages=8",
                "--runs",
                _folder,
                "--device",
                "cpu",
            ],
            context,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(CommandLine.Failure, code);
        Assert.Equal(expected, writer.ToString().Trim());
    }
}
