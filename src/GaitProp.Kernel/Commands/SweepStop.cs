using System.Runtime.InteropServices;
using GaitProp.Runs;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// What stops work on a sweep beside an interrupt: <c>sweep cancel</c>, on whatever machine it is said, and the warning of Slurm before a
/// time limit.
/// </summary>
internal sealed class SweepStop : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop;
    private readonly Timer _look;
    private readonly PosixSignalRegistration? _warning;
    private readonly string _file;

    /// <summary>Begins to look out.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="sweep">The sweep's name.</param>
    /// <param name="task">What Slurm calls this task; <see langword="null"/> if it is none.</param>
    /// <param name="interrupt">The user's interrupt, which stops too.</param>
    public SweepStop(string runs, string sweep, string? task, CancellationToken interrupt)
    {
        _file = SweepRecord.CancelFile(runs, sweep);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Look();
        _look = new Timer(_ => Look(), null, LookEvery, LookEvery);
        _warning =
            task is null || !OperatingSystem.IsLinux()
                ? null
                : PosixSignalRegistration.Create(
                    (PosixSignal)10,
                    signal =>
                    {
                        signal.Cancel = true;
                        IsWarned = true;
                        _stop.Cancel();
                    }
                );
    }

    /// <summary>Stops the work.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the sweep was cancelled.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Whether Slurm has warned this task.</summary>
    public bool IsWarned { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _warning?.Dispose();
        using (var ended = new ManualResetEvent(false))
        {
            if (_look.Dispose(ended))
            {
                ended.WaitOne();
            }
        }

        _stop.Dispose();
    }

    private void Look()
    {
        if (File.Exists(_file))
        {
            IsCancelled = true;
            _stop.Cancel();
        }
    }
}
