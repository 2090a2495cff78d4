using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GaitProp.Kernel.Tests.Faults;

namespace GaitProp.Kernel.Tests.Engines;

/// <summary>
/// A Slurm of one node on this machine, with its own controller, node and key, in a folder that goes with it. It needs root, and Debian's
/// slurm-wlm and munge.
/// </summary>
internal sealed class SlurmCluster : IDisposable
{
    /// <summary>Ample for a busy machine: a cluster is there within a second.</summary>
    private static readonly TimeSpan ToStart = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(30);

    /// <summary>How often one is started, each time on other ports: somebody may take a port between its choice and its use.</summary>
    private const int Attempts = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-slurm-").FullName;

    private SlurmCluster() { }

    /// <summary>The variable by which Slurm's programs find it.</summary>
    public (string Name, string Value) Variable => ("SLURM_CONF", Path.Combine(_folder, "slurm.conf"));

    /// <summary>
    /// Starts one. The test is skipped, with the reason, where there is no Slurm or nobody who may start it; it fails where a Slurm that is
    /// there does not come up.
    /// </summary>
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

        for (var attempt = 1; ; attempt++)
        {
            var cluster = new SlurmCluster();
            string? said;
            try
            {
                said = cluster.Begin();
            }
            catch
            {
                cluster.Dispose();
                throw;
            }

            if (said is null)
            {
                return cluster;
            }

            cluster.Dispose();
            Assert.True(attempt < Attempts, $"Slurm does not start, {Attempts} times on other ports: {said}");
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
                process.WaitForExit(ToEnd);
            }
            catch (Exception e) when (e is IOException or FormatException or ArgumentException)
            {
                // It did not start, or has not written its number yet.
            }
        }

        // A daemon leaves its tasks at work, and one that is just starting has no number to be stopped by.
        for (var watch = Stopwatch.StartNew(); Left() is { Length: > 0 } left && watch.Elapsed < ToEnd; Thread.Sleep(20))
        {
            foreach (var id in left)
            {
                try
                {
                    using var process = Process.GetProcessById(id);
                    process.Kill();
                }
                catch (ArgumentException)
                {
                    // It has ended meanwhile.
                }
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The processes that have this cluster's settings: its daemons, and the tasks that they have started.</summary>
    private int[] Left()
    {
        var setting = $"{Variable.Name}={Variable.Value}";
        return
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
                .Where(id => id > 0 && Trial.Environ(id).Contains(setting)),
        ];
    }

    private string? Begin()
    {
        var (node, (port, nodePort)) = (Dns.GetHostName().Split('.')[0], FreePorts());
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
                SlurmdPort={nodePort}
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

    /// <summary>Two ports. Both are held until both are known: the system may give one again that was given back.</summary>
    private static (int First, int Second) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
