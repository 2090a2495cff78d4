using System.Diagnostics;
using System.Globalization;
using GaitProp.Benchmarks.Steps;
using GaitProp.Loading;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Devices;

/// <summary>
/// The peak of the memory that training takes, above what the process had before its network was made. libtorch keeps what it once had of a
/// device, so what is in use after some steps is the peak, and every case has a process of its own.
/// </summary>
internal static class DeviceMemory
{
    private const string Hidden = "device-memory-of";
    private const int Steps = 8;

    /// <summary>Measures a case in a process of its own, megabytes; or says in a few words why there is no number.</summary>
    /// <param name="network">The subject's name.</param>
    /// <param name="way">The way's name.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="smoke">Whether networks are small.</param>
    /// <param name="most">It is ended after so long.</param>
    public static string Measure(string network, string way, int batch, string device, bool smoke, TimeSpan most)
    {
        string[] words =
        [
            Hidden,
            network,
            way,
            batch.ToString(CultureInfo.InvariantCulture),
            device,
            smoke ? bool.TrueString : bool.FalseString,
        ];
        var own = Environment.ProcessPath!;
        var start =
            Path.GetFileNameWithoutExtension(own) == "dotnet"
                ? new ProcessStartInfo(own, [typeof(DeviceMemory).Assembly.Location, .. words])
                : new ProcessStartInfo(own, words);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(most))
        {
            process.Kill(entireProcessTree: true);
            return "no time";
        }

        return process.ExitCode == 0 ? said.Result.Trim()
            : errors.Result.Contains(DeviceReport.NoMemory, StringComparison.Ordinal) ? DeviceReport.NoMemory
            : $"ended with {process.ExitCode}";
    }

    /// <summary>Whether this process is one that measures a case; it then has done so.</summary>
    /// <param name="args">The command line.</param>
    public static bool IsCase(string[] args)
    {
        if (args is not [Hidden, var network, var way, var batch, var name, var smoke])
        {
            return false;
        }

        var device = ComputeDevice.Of(name);
        var subject = Subject.All(bool.Parse(smoke)).Single(s => s.Name == network);
        var images = int.Parse(batch, CultureInfo.InvariantCulture);
        var data = subject.Pictures(LearnerStep.Batches * images);
        using (var warm = NewDisposeScope())
        {
            // The libraries' own buffers: one product.
            _ = rand([512, 512], device: device).matmul(rand([512, 512], device: device)).sum().Number();
        }

        GC.Collect();
        var before = InUse(device);
        try
        {
            using var step = new LearnerStep(Way.All.Single(w => w.Name == way), subject, images, data, device);
            for (var i = 0; i < Steps; i++)
            {
                step.Contestant.Once();
            }

            step.Contestant.NowAndThen?.Invoke();
            step.Contestant.Settle?.Invoke();
            Console.WriteLine(((InUse(device) - before) / 1_000_000).ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (DeviceFailure.Of(e) is { IsMemory: true })
        {
            Console.Error.WriteLine(DeviceReport.NoMemory);
            Environment.Exit(3);
        }

        return true;
    }

    /// <summary>Bytes in use; on a CPU the most that the process ever had in memory.</summary>
    private static long InUse(Device device) =>
        device.type == DeviceType.CUDA
            ? CudaDriver.BytesInUse() ?? throw new GaitPropException("the CUDA driver does not say how much memory is in use.")
            : Process.GetCurrentProcess().PeakWorkingSet64;
}
