#!/usr/bin/env dotnet
#:project ../src/GaitProp.Core/GaitProp.Core.csproj
#:package System.CommandLine
#:package Spectre.Console
#:property PublishAot=false

// Fetches CIFAR-10: downloads the official archive, or takes one that is there, checks every byte, and puts it where gaitprop finds it.

using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using GaitProp;
using GaitProp.Data;
using Spectre.Console;

const int Failed = 1, BadUsage = 2, SignalBase = 128;

var to = new Option<string>("--to")
{
    Description = "The folder that gets cifar-10-batches-bin; gaitprop searches ./data and the user's cache folder.",
    HelpName = "DIR",
    DefaultValueFactory = _ => DataPlaces.Current.InCache,
};
var from = new Option<string?>("--from")
{
    Description = "Do not download: take this .tar.gz or .tar of the binary version, or this folder of its files.",
    HelpName = "FILE|DIR",
};
var url = new Option<string?>("--url")
{
    Description = $"Download from another address that has the same archive. [default: {Cifar10Installer.OfficialAddress}]",
    HelpName = "URL",
};
var command = new RootCommand("Fetches CIFAR-10 (binary version, 170 MB to download, 184 MB on disk), checks it and installs it. "
    + "An interrupted download goes on where it stopped.")
{
    to, from, url,
};
command.Validators.Add(result =>
{
    if (result.GetValue(from) is not null && result.GetValue(url) is not null)
        result.AddError("--from and --url exclude each other: give one of them.");
    foreach (var option in new[] { (Option)to, from, url })
    {
        if (result.GetResult(option) is { Implicit: false, Tokens: [{ Value: var value }] } && string.IsNullOrWhiteSpace(value))
            result.AddError($"{option.Name} is empty: give {option.HelpName}, or leave it out.");
    }

    if (result.GetValue(url) is { Length: > 0 } text && AddressOf(text) is null)
        result.AddError($"--url {text} is not an address: it has to begin with http:// or https://.");
});
command.SetAction((parsed, _) => InstallAsync(parsed.GetRequiredValue(to), parsed.GetValue(from), parsed.GetValue(url)));

var parsed = command.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Usage: dotnet run data-scripts/cifar10.cs -- [--to DIR] [--from FILE|DIR | --url URL] [--help]");
    return BadUsage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

static async Task<int> InstallAsync(string to, string? from, string? url)
{
    using var stop = new CancellationTokenSource();
    var signalled = 0;
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

    try
    {
        var address = url is null ? Cifar10Installer.OfficialAddress : AddressOf(url)!;
        var place = Path.GetFullPath(to);
        Console.WriteLine(from is null ? $"CIFAR-10 from {address} to {place}" : $"CIFAR-10 from {Path.GetFullPath(from)} to {place}");
        var installed = await ShowAsync(progress =>
        {
            var installer = new Cifar10Installer(to) { Address = address, Progress = progress };
            return from is null ? installer.DownloadAsync(stop.Token) : installer.ImportAsync(from, stop.Token);
        });
        Console.WriteLine(installed.WasThere
            ? $"CIFAR-10 is in {installed.Folder} already; all md5 sums are right, nothing was changed."
            : $"CIFAR-10 is in {installed.Folder}; all md5 sums are right.");
        Console.WriteLine(DataPlaces.Current.Explain(installed.Folder));
        return 0;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        Console.Error.WriteLine(from is null
            ? "Stopped. What came in is kept: running the same command again goes on from there."
            : "Stopped; nothing was installed.");
        return SignalBase + signalled;
    }
    catch (GaitPropException e)
    {
        Console.Error.WriteLine(e.Message);
        return Failed;
    }

    void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        signalled = context.Signal == PosixSignal.SIGINT ? 2 : 15;
        stop.Cancel();
    }
}

static Task<InstalledData> ShowAsync(Func<Action<InstallProgress>, Task<InstalledData>> install) =>
    Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi ? ShowLinesAsync(install) : ShowBarAsync(install);

// A log gets a line every two seconds, and every note.
static Task<InstalledData> ShowLinesAsync(Func<Action<InstallProgress>, Task<InstalledData>> install)
{
    var sinceLine = Stopwatch.StartNew();
    return install(progress =>
    {
        if (progress.Note is null && sinceLine.Elapsed.TotalSeconds < 2) return;
        Console.WriteLine(progress.ToString());
        sinceLine.Restart();
    });
}

static Task<InstalledData> ShowBarAsync(Func<Action<InstallProgress>, Task<InstalledData>> install) =>
    AnsiConsole.Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(context =>
        {
            var bar = context.AddTask("starting", maxValue: 1);
            return install(progress =>
            {
                bar.Value = progress.Fraction;
                bar.Description = Markup.Escape(progress.ToString());
            });
        });

static Uri? AddressOf(string text) =>
    Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
