using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GaitProp.Kernel.Tests.Engines;

/// <summary>
/// A Slurm of one node on this machine, with its own controller, node and key, in a folder that goes with it. It needs root, and Debian's
/// slurm-wlm and munge.
/// </summary>
internal sealed class SlurmCluster : IDisposable
{
    private static readonly TimeSpan ToStart = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-slurm-").FullName;

    private SlurmCluster() { }

    /// <summary>The variable by which Slurm's programs find it.</summary>
    public (string Name, string Value) Variable => ("SLURM_CONF", Path.Combine(_folder, "slurm.conf"));

    /// <summary>Starts one; the test is skipped, with the reason, where that is not possible.</summary>
    public static SlurmCluster Start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Slurm's daemons are started by root, on Linux");
        foreach (var program in (string[])["munged", "slurmctld", "slurmd", "sbatch", "scontrol"])
        {
            Assert.SkipUnless(
                Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(p => File.Exists(Path.Combine(p, program))),
                $"there is no {program}: apt-get install slurm-wlm munge"
            );
        }

        var cluster = new SlurmCluster();
        try
        {
            var said = cluster.Begin();
            Assert.SkipWhen(said is not null, $"Slurm does not start here: {said}");
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Runs one of Slurm's programs.</summary>
    public Finished Run(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable.Name] = Variable.Value;
        return GaitPropProcess.Finish(Process.Start(start)!);
    }

    public void Dispose()
    {
        foreach (var daemon in (string[])["slurmd", "slurmctld", "munged"])
        {
            try
            {
                using var process = Process.GetProcessById(
                    int.Parse(File.ReadAllText(Path.Combine(_folder, $"{daemon}.pid")), CultureInfo.InvariantCulture)
                );
                GaitPropProcess.Signal(process, 15);
                process.WaitForExit(TimeSpan.FromSeconds(10));
            }
            catch (Exception e) when (e is IOException or FormatException or ArgumentException)
            {
                // It did not start.
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string? Begin()
    {
        var (node, port) = (Dns.GetHostName().Split('.')[0], FreePort());
        foreach (var name in (string[])["state", "spool"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
        }

        // Four tasks at once, whatever this machine has; arrays of 24 at the most. A task that goes back into the queue stays there until
        // the credentials of its last start have run out: two minutes, if nobody says less.
        File.WriteAllText(
            Variable.Value,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                ClusterName=test
                SlurmctldHost={node}(127.0.0.1)
                SlurmUser=root
                AuthType=auth/munge
                AuthInfo=socket={_folder}/munge.socket,cred_expire=10
                SlurmctldPort={port}
                SlurmdPort={FreePort()}
                StateSaveLocation={_folder}/state
                SlurmdSpoolDir={_folder}/spool
                SlurmctldPidFile={_folder}/slurmctld.pid
                SlurmdPidFile={_folder}/slurmd.pid
                SlurmctldLogFile={_folder}/slurmctld.log
                SlurmdLogFile={_folder}/slurmd.log
                SlurmdParameters=config_overrides
                ProctrackType=proctrack/pgid
                TaskPlugin=task/none
                SelectType=select/cons_tres
                SelectTypeParameters=CR_Core
                MpiDefault=none
                ReturnToService=2
                MaxArraySize=25
                JobAcctGatherType=jobacct_gather/none
                NodeName={node} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN
                PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP

                """
            )
        );
        var key = Path.Combine(_folder, "munge.key");
        File.WriteAllBytes(key, System.Security.Cryptography.RandomNumberGenerator.GetBytes(1024));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead);
        }

        return Daemon(
                "munged",
                "--force",
                $"--key-file={key}",
                $"--socket={_folder}/munge.socket",
                $"--pid-file={_folder}/munged.pid",
                $"--log-file={_folder}/munged.log",
                $"--seed-file={_folder}/munge.seed"
            )
            ?? Daemon("slurmctld")
            ?? Until(() => Run("scontrol", "ping").Output.Contains("UP", StringComparison.Ordinal), "slurmctld.log")
            ?? Daemon("slurmd")
            ?? Until(() => Run("sinfo", "-h", "-o", "%T").Output.Contains("idle", StringComparison.Ordinal), "slurmd.log");
    }

    /// <summary>Starts a daemon, which goes into the background; what it says where it does not.</summary>
    private string? Daemon(string name, params string[] words)
    {
        // Its output is not read to the end: the daemon keeps it open.
        var start = new ProcessStartInfo("sh", ["-c", "PATH=$PATH:/usr/sbin; \"$0\" \"$@\" >\"$LOG\" 2>&1 </dev/null", name, .. words]);
        start.Environment[Variable.Name] = Variable.Value;
        start.Environment["LOG"] = Path.Combine(_folder, $"{name}.said");
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0
            ? null
            : $"{name} ended with {process.ExitCode}: {File.ReadAllText(Path.Combine(_folder, $"{name}.said")).Trim()}";
    }

    private string? Until(Func<bool> condition, string log)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < ToStart; Thread.Sleep(200))
        {
            if (condition())
            {
                return null;
            }
        }

        return File.Exists(Path.Combine(_folder, log)) ? File.ReadLines(Path.Combine(_folder, log)).LastOrDefault() ?? log : $"no {log}";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
