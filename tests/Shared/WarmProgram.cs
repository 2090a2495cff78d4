using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Kernel.Commands;

[assembly: AssemblyFixture(typeof(WarmPrograms))]

namespace GaitProp.Tests;

/// <summary>
/// A process of the real program that runs one command line after the other, as a notebook does: most of a command's time is the start of
/// .NET and of libtorch. Standard input takes a request a line, standard output answers with one.
/// </summary>
internal sealed class WarmProgram : IDisposable
{
    /// <summary>What .NET runs before the program's own beginning.</summary>
    private const string Hook = "DOTNET_STARTUP_HOOKS";

    /// <summary>The end of a command on standard error: what native code has written for it stands before this.</summary>
    private const string EndOfCommand = "-- the command has ended --";

    private static readonly ConcurrentBag<WarmProgram> Idle = [];

    /// <summary>After this the program is killed, and the test that waits for it fails.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>How long a process that has nothing left to do may take to end.</summary>
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _folder;
    private readonly StringBuilder _error = new();

    /// <summary>Commands whose standard error has come in whole; more than there are, where it has been closed.</summary>
    private int _ended;

    /// <summary>Commands that were asked for.</summary>
    private int _asked;

    /// <summary>Starts a process. It runs what <see cref="Run(string[])"/> is given and nothing else, until it is disposed of.</summary>
    /// <param name="start">How the program is started; the folder is that of all its commands.</param>
    public WarmProgram(ProcessStartInfo start)
    {
        _folder = start.WorkingDirectory;
        start.Environment[Hook] = typeof(StartupHook).Assembly.Location;
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>Runs a command line in a process that has nothing else to do. The processes end after the last test.</summary>
    /// <param name="start">How the program is started, where a new process is needed; the folder is this command's.</param>
    /// <param name="variables">Environment variables of this command.</param>
    /// <param name="words">The words.</param>
    public static Finished Run(ProcessStartInfo start, IEnumerable<(string Name, string Value)> variables, string[] words)
    {
        var program = Idle.TryTake(out var idle) ? idle : new WarmProgram(start);
        var finished = program.Ask(start.WorkingDirectory, variables, words);
        Idle.Add(program);
        return finished;
    }

    /// <summary>Runs a command line in this process.</summary>
    /// <param name="words">The words.</param>
    public Finished Run(params string[] words) => Ask(_folder, [], words);

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(ToEnd))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    /// <summary>Ends the processes, all at once.</summary>
    internal static void EndAll()
    {
        foreach (var program in Idle)
        {
            program._process.StandardInput.Close();
        }

        foreach (var program in Idle)
        {
            program._process.WaitForExit(ToEnd);
        }
    }

    /// <summary>Answers requests until there are no more.</summary>
    internal static void Serve()
    {
        // Not for the processes that this one starts.
        Environment.SetEnvironmentVariable(Hook, null);
        var (answers, errors) = (Console.Out, Console.Error);
        while (Console.In.ReadLine() is { } line)
        {
            var request = JsonNode.Parse(line)!;
            Environment.CurrentDirectory = (string)request["folder"]!;
            var variables = request["variables"]!
                .AsObject()
                .Select(v => (Name: v.Key, Value: (string)v.Value!, Before: Environment.GetEnvironmentVariable(v.Key)))
                .ToArray();
            foreach (var (name, value, _) in variables)
            {
                Environment.SetEnvironmentVariable(name, value);
            }

            using var output = new Words();
            using var error = new Words();
            Console.SetOut(output);
            Console.SetError(error);
            string[] words = [.. request["words"]!.AsArray().Select(w => (string)w!)];
            var code = (Kernel.QuickStart.Serve(words) ?? CommandLine.RunAsync(words, CommandContext.Terminal())).GetAwaiter().GetResult();
            foreach (var (name, _, before) in variables)
            {
                Environment.SetEnvironmentVariable(name, before);
            }

            errors.WriteLine(EndOfCommand);
            errors.Flush();
            answers.WriteLine(
                new JsonObject
                {
                    ["code"] = code,
                    ["output"] = output.ToString(),
                    ["error"] = error.ToString(),
                }.ToJsonString()
            );
            answers.Flush();
        }
    }

    private Finished Ask(string folder, IEnumerable<(string Name, string Value)> variables, string[] words)
    {
        var request = new JsonObject
        {
            ["folder"] = folder,
            ["variables"] = new JsonObject(variables.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)v.Value))),
            ["words"] = new JsonArray([.. words.Select(w => (JsonNode)w)]),
        };
        _asked++;
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        using var limit = new Timer(_ => _process.Kill(entireProcessTree: true), null, Limit, Timeout.InfiniteTimeSpan);
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith("{\"code\":", StringComparison.Ordinal))
            {
                var answer = JsonNode.Parse(line)!;
                return new((int)answer["code"]!, (string)answer["output"]!, (string)answer["error"]! + Taken());
            }
        }

        _process.WaitForExit();
        throw new InvalidOperationException(
            $"{request["words"]!.ToJsonString()}: the program has ended with exit code {_process.ExitCode}. {Taken()}"
        );
    }

    private void Add(string? line)
    {
        lock (_error)
        {
            if (line is null)
            {
                // There is no more of it.
                _ended = int.MaxValue;
            }
            else if (!line.EndsWith(EndOfCommand, StringComparison.Ordinal))
            {
                _error.Append(line).Append('\n');
            }
            else
            {
                _ended++;
                if (line.Length > EndOfCommand.Length)
                {
                    // Words without an end of line.
                    _error.Append(line.AsSpan(0, line.Length - EndOfCommand.Length)).Append('\n');
                }
            }

            Monitor.PulseAll(_error);
        }
    }

    /// <summary>What native code has written to standard error; it comes on a way of its own, and is waited for.</summary>
    private string Taken()
    {
        lock (_error)
        {
            while (_ended < _asked)
            {
                Assert.True(Monitor.Wait(_error, Limit), "the program keeps its standard error to itself");
            }

            var text = _error.ToString();
            _error.Clear();
            return text;
        }
    }

    /// <summary>Standard output or error of one command: a file, of UTF-8, as far as it knows.</summary>
    private sealed class Words : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}

/// <summary>
/// Ends the processes that tests have shared while the runner still waits for tests. Once these have ended it gives this process a second to
/// go, says that it waits for threads, and ends it as failed ten seconds later.
/// </summary>
public sealed class WarmPrograms : IDisposable
{
    public void Dispose() => WarmProgram.EndAll();
}
