using System.Globalization;

namespace GaitProp.Notebook.Server;

/// <summary>What a kernel has to say beside its messages: lines on standard error, which front ends show in their log.</summary>
/// <param name="writer">Where they go.</param>
/// <param name="name">What they begin with.</param>
internal sealed class KernelLog(TextWriter writer, string name)
{
    private readonly Lock _gate = new();

    /// <summary>Writes a line.</summary>
    /// <param name="line">The line.</param>
    public void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                writer.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"[{name} {DateTime.Now:HH:mm:ss}] {line.ReplaceLineEndings(" ")}")
                );
                writer.Flush();
            }
            catch (IOException)
            {
                // The front end has closed its log; the kernel goes on.
            }
        }
    }
}
