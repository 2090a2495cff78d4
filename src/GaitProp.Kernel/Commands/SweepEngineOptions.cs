using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Engines;
using GaitProp.Runs;
using GaitProp.Storage;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>The options that say where a sweep is worked on.</summary>
internal sealed partial class SweepEngineOptions
{
    private const string Local = "local";
    private static readonly string[] Engines = [Local, SlurmArray.Name, KubernetesJob.Name];

    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "Who does it: local (processes here), slurm (one job array) or kubernetes (one Indexed Job). Default: local.",
        HelpName = string.Join("|", Engines),
        CustomParser = result => Words.One(result, "engine", Engines),
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Write what the engine would get, and submit nothing." };
    private readonly Option<string?> _partition = new("--partition") { Description = "Slurm's partition.", HelpName = "NAME" };
    private readonly Option<int?> _gpus = SharedOptions.Number(
        "--gpus",
        "GPUs of a task. It then computes with --device cuda, and fails where it finds none, unless you say --device yourself.",
        least: 0
    );
    private readonly Option<int?> _cpus = SharedOptions.Number("--cpus", "CPU cores of a task.", least: 1);
    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "Memory of a task, as the engine writes it: 16G (slurm), 16Gi (kubernetes).",
        HelpName = "SIZE",
    };
    private readonly Option<string?> _time = new("--time")
    {
        Description =
            "Time limit of a task: HOURS:MINUTES:SECONDS, such as 4:00:00. Slurm warns two minutes before, and the task goes back into the queue with a checkpoint. On Kubernetes the pod ends with a checkpoint, and that is one of the run's four tries.",
        HelpName = "H:MM:SS",
    };
    private readonly Option<int?> _maxRunning = SharedOptions.Number(
        "--max-running",
        "The most tasks at once. Default: as many as the engine has room for.",
        least: 1
    );
    private readonly Option<string?> _image = new("--image")
    {
        Description = "Kubernetes: the image. Default: gaitprop:VERSION, with GPUs gaitprop:VERSION-cuda, as the Dockerfile makes them.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _volume = new("--volume")
    {
        Description = "Kubernetes: the PersistentVolumeClaim of the store, which is mounted at /store. Default: gaitprop.",
        HelpName = "NAME",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        _engine.CompletionSources.Add(Engines);
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_engine, _dryRun, .. OfAnEngine];

    private IReadOnlyList<Option> OfAnEngine => [_partition, _gpus, _cpus, _memory, _time, _maxRunning, _image, _volume];

    /// <summary>The engine; <see langword="null"/> if the work is done here.</summary>
    /// <exception cref="GaitPropException">An option is given that says nothing to the engine.</exception>
    public string? Engine(ParseResult parsed)
    {
        var engine = parsed.GetValue(_engine) is { } named && named != Local ? named : null;
        var idle = OfAnEngine
            .Append(_dryRun)
            .FirstOrDefault(o =>
                parsed.GetResult(o) is { Implicit: false }
                && (
                    engine is null
                    || (engine == SlurmArray.Name && (o == _image || o == _volume))
                    || (engine == KubernetesJob.Name && o == _partition)
                )
            );
        return idle is null
            ? engine
            : throw new GaitPropException(
                $"{idle.Name} says nothing to {(engine is null ? "processes here: name an engine with --engine slurm or --engine kubernetes" : $"{engine}: leave it out")}."
            );
    }

    /// <summary>Hands a sweep to an engine, or shows what it would get.</summary>
    /// <param name="context">Where words go.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="runs">The store.</param>
    /// <param name="sweep">The sweep.</param>
    public void Submit(CommandContext context, ParseResult parsed, string engine, string runs, SweepRecord sweep)
    {
        if (engine == KubernetesJob.Name)
        {
            KubernetesJob.CheckPlaces(sweep.Words);
            if (parsed.GetResult(SharedOptions.LibTorchName) is System.CommandLine.Parsing.OptionResult { Implicit: false })
            {
                throw new GaitPropException(
                    $"{SharedOptions.LibTorchName} says nothing to kubernetes, whose image has a libtorch: leave it out."
                );
            }
        }

        var left = SweepRunStatus.Of(runs, sweep).Where(s => s.State != SweepState.Done).Select(s => s.Run.Number).ToArray();
        if (left.Length == 0)
        {
            context.Out.WriteLine(Text($"{sweep.Name}: all {sweep.Runs.Count} runs are done; there is nothing to submit."));
            return;
        }

        var folder = SweepRecord.FolderOf(runs, sweep.Name);
        var request = new EngineRequest
        {
            Sweep = sweep.Name,
            Folder = folder,
            Words = sweep.Words,
            Runs = sweep.Runs.Count,
            Left = left,
            Partition = parsed.GetValue(_partition),
            Gpus = parsed.GetValue(_gpus),
            Cpus = parsed.GetValue(_cpus),
            Memory = parsed.GetValue(_memory),
            Time = parsed.GetValue(_time) is { } time ? Limit(time) : null,
            MaxRunning = parsed.GetValue(_maxRunning),
            Image = parsed.GetValue(_image) ?? $"gaitprop:{Jupyter.OwnProgram.PackageVersion}{(parsed.GetValue(_gpus) > 0 ? "-cuda" : "")}",
            Volume = parsed.GetValue(_volume) ?? "gaitprop",
        };
        var (text, file) =
            engine == SlurmArray.Name
                ? (SlurmArray.Script(request), "array.sh")
                : (KubernetesJob.Manifest(request).ToJsonString(Experiments.ExperimentJson.Options) + "\n", "job.json");
        if (parsed.GetValue(_dryRun))
        {
            context.Out.Profile.Out.Writer.Write(text);
            return;
        }

        file = Path.Combine(folder, file);
        var wasCancelled = File.Exists(SweepRecord.CancelFile(runs, sweep.Name));

        // Before the engine has it: its first task may begin at once.
        sweep.Begin(runs);
        string id;
        try
        {
            AtomicFile.Write(file, System.Text.Encoding.UTF8.GetBytes(text));
            id = engine == SlurmArray.Name ? SlurmArray.Submit(file) : ToKubernetes(file, runs, sweep);
        }
        catch when (wasCancelled)
        {
            // Nobody has taken it.
            SweepRecord.Cancel(runs, sweep.Name);
            throw;
        }

        if (engine == SlurmArray.Name)
        {
            WriteDown(runs, sweep, id);
        }

        context.Whole(
            Text(
                $"{sweep.Name}: {left.Length} of {sweep.Runs.Count} runs submitted to {engine} as {id}. '{context.Prompt} sweep status' shows them, '{context.Prompt} sweep cancel' ends them."
            )
        );
    }

    /// <summary>A job of Slurm has its number only once Slurm has it: where it cannot be written down, the user gets it.</summary>
    private static void WriteDown(string runs, SweepRecord sweep, string id)
    {
        try
        {
            sweep.Sent(runs, new SweepJob(SlurmArray.Name, id, DateTimeOffset.Now));
        }
        catch (GaitPropException e)
        {
            throw new GaitPropException(
                $"Slurm has the job {id}, and it could not be written down: {e.Message.TrimEnd('.')}; 'scancel {id}' ends it.",
                e
            );
        }
    }

    /// <summary>Its name is known beforehand, and written down first: whatever happens, <c>sweep cancel</c> finds the job.</summary>
    private static string ToKubernetes(string file, string runs, SweepRecord sweep)
    {
        var job = new SweepJob(KubernetesJob.Name, KubernetesJob.JobName(sweep.Name), DateTimeOffset.Now);
        var isKnown = SweepRecord.Before(runs, sweep.Name)?.Jobs.Any(j => (j.Engine, j.Id) == (job.Engine, job.Id)) ?? false;
        sweep.Sent(runs, job);
        try
        {
            KubernetesJob.Submit(file, sweep.Name);
        }
        catch (GaitPropException e)
        {
            // A job that the cluster has already, whoever sent it, stays written down: cancel takes it away.
            if (isKnown || !KubernetesJob.IsThere(e))
            {
                sweep.NotSent(runs, job);
            }

            throw;
        }

        return job.Id;
    }

    private static TimeSpan Limit(string word)
    {
        var parts = Clock().Match(word);
        return
            parts.Success
            && int.TryParse(parts.Groups["h"].Value, CultureInfo.InvariantCulture, out var hours)
            && new TimeSpan(
                hours,
                int.Parse(parts.Groups["m"].Value, CultureInfo.InvariantCulture),
                int.Parse(parts.Groups["s"].Value, CultureInfo.InvariantCulture)
            )
                is var limit
            && limit > TimeSpan.Zero
            ? limit
            : throw new GaitPropException($"--time {word} is not possible: write hours, minutes and seconds, such as 4:00:00.");
    }

    [GeneratedRegex(@"\A(?<h>\d{1,5}):(?<m>[0-5]\d):(?<s>[0-5]\d)\z")]
    private static partial Regex Clock();
}
