using System.CommandLine;
using System.Diagnostics;
using GaitProp;
using GaitProp.Benchmarks.Areas;
using GaitProp.Benchmarks.Devices;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Ranks;
using GaitProp.Runtime;

var MostOfASection = TimeSpan.FromMinutes(4);
if (MemoryArea.IsCase(args) || DeviceMemory.IsCase(args))
{
    return 0;
}

if (args is ["device", .. var words])
{
    return await DeviceReport.Command.Parse(words).InvokeAsync();
}

if (args is ["ranks" or "scale", .. var rest])
{
    return await (args[0] == "ranks" ? RankSteps.Command : ScaleModel.Command).Parse(rest).InvokeAsync();
}

var only = new Option<string[]>("--only")
{
    Description =
        "Measure the section of this name, or all below it: 'steps', 'steps/cifar-deep/256'; the others stay as the report has them.",
    HelpName = "NAME",
    AllowMultipleArgumentsPerToken = true,
};
var smoke = new Option<bool>("--smoke") { Description = "One short round of everything at a small size, in seconds: shows that it runs." };
var minutes = new Option<double>("--minutes")
{
    Description = "About how long all sections together may take; warm-up comes on top.",
    DefaultValueFactory = _ => 45,
};
var output = new Option<string?>("--out")
{
    Description = "The report. Default: benchmarks/report.md, and pictures in docs; with --smoke none.",
    HelpName = "FILE",
};
var data = new Option<string>("--data")
{
    Description = "The folder with ilsvrc-mini and cifar-10-batches-bin, as far as there are any.",
    HelpName = "DIR",
    DefaultValueFactory = _ => "../shared/data",
};
var without = new Option<string[]>("--without")
{
    Description = "Leave out of the sections of steps the ways whose names contain this, such as 'paper'.",
    HelpName = "WORDS",
    AllowMultipleArgumentsPerToken = true,
};
var list = new Option<bool>("--list") { Description = "Show the names of the sections, and measure nothing." };
var command = new RootCommand("What GaitProp costs, in ratios to backpropagation: writes benchmarks/report.md.")
{
    only,
    smoke,
    minutes,
    output,
    data,
    without,
    list,
};
command.SetAction(parsed =>
{
    var settings = new BenchmarkSettings
    {
        Smoke = parsed.GetValue(smoke),
        Budget = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
        Only = parsed.GetValue(only)!,
        Without = parsed.GetValue(without)!,
        Data = parsed.GetValue(data)!,
        Pictures =
            parsed.GetValue(smoke) ? null
            : parsed.GetValue(output) is { } report ? Path.GetDirectoryName(Path.GetFullPath(report))
            : Path.Combine(Repository(), "docs"),
    };
    Section[] all =
    [
        .. StepArea.Sections(settings),
        .. PartArea.Sections(settings),
        .. MemoryArea.Sections(settings),
        .. AngleArea.Sections(settings),
        .. TradeOffArea.Sections(settings),
        .. LoadingArea.Sections(settings),
        .. KernelArea.Sections(settings),
    ];
    var wanted = all.Where(s => settings.Wants(s.Name)).ToArray();
    if (parsed.GetValue(list))
    {
        Array.ForEach(wanted, s => Console.WriteLine(s.Name));
        return 0;
    }

    if (wanted.Length == 0)
    {
        Console.Error.WriteLine($"--only {string.Join(' ', settings.Only)}: there is no such section; --list shows them.");
        return 2;
    }

    var file = parsed.GetValue(output) ?? (settings.Smoke ? null : Path.Combine(Repository(), "benchmarks", "report.md"));
    var written = file is null ? null : new ReportFile(file);
    written?.EnsureWritable();
    var order = all.Select(s => s.Name).ToArray();
    var clock = Stopwatch.StartNew();
    LibTorch.Load();
    var failed = 0;
    foreach (var (i, section) in wanted.Index())
    {
        // Sections that end early leave their time to those after them; one alone never takes it all.
        var left = settings.Budget - clock.Elapsed;
        var budget = TimeSpan.FromSeconds(Math.Clamp(left.TotalSeconds / (wanted.Length - i), 10, MostOfASection.TotalSeconds));
        var label = FormattableString.Invariant($"[{i + 1}/{wanted.Length}] {section.Name}");
        Console.Error.WriteLine(label);
        string text;
        try
        {
            text = section.Measure(budget, line => Rewrite($"{label}: {line}"));
        }
        catch (Exception e) when (e is GaitPropException or IOException or UnauthorizedAccessException)
        {
            // One that cannot be measured here loses nothing of the others.
            failed++;
            Rewrite("");
            Console.Error.WriteLine($"{section.Name} is not measured: {e.Message}");
            continue;
        }
        finally
        {
            NativeHeap.GiveBack();
        }

        Rewrite("");
        Console.WriteLine($"## {section.Name}\n\n{text}");
        written?.Put(section.Name, text, order);
    }

    Console.WriteLine(
        FormattableString.Invariant(
            $"{wanted.Length - failed} sections in {clock.Elapsed.TotalSeconds:0} s{(file is null ? "" : $"; {file}")}"
        )
    );
    return failed == 0 ? 0 : 1;
});
try
{
    return await command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is GaitPropException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

// A line that is written over and over is for a terminal; a file would keep each of them.
static void Rewrite(string line)
{
    if (!Console.IsErrorRedirected)
    {
        Console.Error.Write(line.Length == 0 ? "\n" : $"\r{line}".PadRight(110)[..110]);
    }
}

static string Repository()
{
    var folder = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(folder, "GaitProp.slnx")))
    {
        folder =
            Path.GetDirectoryName(folder)
            ?? throw new GaitPropException("there is no clone of GaitProp around this program: name the report with --out.");
    }

    return folder;
}
